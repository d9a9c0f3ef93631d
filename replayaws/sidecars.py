"""Large bodies as files: spooled while they arrive, in a file beside the cassette afterwards."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from replayaws import codec
from replayaws.errors import CassetteError

_BUFFER = 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What was recorded of one streaming member.

    :param member: its name in the output.
    :param kind: ``"blob"`` or ``"events"``.
    :param data: a blob of up to :data:`replayaws.codec.INLINE_LIMIT` bytes.
    :param path: the temporary file that holds a larger one; it goes with the last reference to this value unless it
        was moved away.
    :param size: bytes of the blob.
    :param events: the events in written form; ``{"$error": …}`` for one that was raised.
    :param incomplete: why it is not whole, ``None`` where it is.
    """

    member: str
    kind: Literal["blob", "events"]
    data: bytes = b""
    path: Path | None = None
    size: int = 0
    events: list[Any] = field(default_factory=list)
    incomplete: str | None = None
    spool: Spool | None = field(default=None, repr=False)


class Spool:
    """The bytes of a body in the order in which they come, in memory or, beyond the inline limit, in a file.

    :param folder: where the file is made; the system's temporary folder where it is ``None`` or not there.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if folder is not None and folder.is_dir() else None
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self.path: Path | None = None
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append."""
        self.size += len(data)
        if self._file is None and self.size <= codec.INLINE_LIMIT:
            self._memory += data
            return
        if self._file is None:
            self._file = self._begin_file()
        self._file.write(data)

    def _begin_file(self) -> BinaryIO:
        handle, name = tempfile.mkstemp(prefix=".replayaws-", suffix=".body", dir=self._folder)
        self.path = Path(name)
        file = os.fdopen(handle, "wb", buffering=_BUFFER)
        weakref.finalize(self, _discard, file, self.path)
        file.write(self._memory)
        self._memory.clear()
        return file

    def close(self) -> None:
        """All is here: what follows reads only."""
        if self._file is not None:
            self._file.close()

    def open(self) -> io.BufferedIOBase:
        """What is here, from its beginning, after :meth:`close`."""
        return io.BytesIO(self._memory) if self.path is None else self.path.open("rb")

    def taken(self, member: str, incomplete: str | None) -> Taken:
        """What is here, as the recording of a member."""
        self.close()
        return Taken(
            member, "blob", data=bytes(self._memory), path=self.path, size=self.size, incomplete=incomplete, spool=self
        )


def _discard(file: BinaryIO, path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)


def write(taken: Taken, folder: Path, *, number: int, content_type: str = "") -> tuple[Any, Path | None]:
    """The written form of a streaming member, and its file where it takes one.

    :param taken: what was recorded; its temporary file is moved.
    :param folder: gets the file; from there it is to be moved, under the same name, beside the cassette.
    :param number: the place of the interaction in its cassette. The file is named for it and for its content: a new
        body never takes the name of another one that an older cassette still needs.
    :param content_type: the answer's ``Content-Type``, which gives the file its extension.
    """
    if taken.kind == "events":
        return taken.events, None
    if taken.path is None:
        return codec.encode_blob(taken.data), None
    path = folder / f"{number:04}-{_digest(taken.path)[:8]}{_extension(content_type)}"
    shutil.move(taken.path, path)
    path.chmod(0o666 & ~_umask())
    return {"$file": path.name, "$size": taken.size}, path


def _digest(path: Path) -> str:
    digest, buffer = hashlib.sha256(), bytearray(_BUFFER)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(memoryview(buffer)[:count])
    return digest.hexdigest()


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _extension(content_type: str) -> str:
    media = content_type.partition(";")[0].strip().lower()
    return mimetypes.MimeTypes(()).guess_extension(media) or ".bin"


_FIX = "Restore the file from version control, or record again with --record-aws=all."


def file_of(written: Mapping[str, Any], folder: Path | None) -> Path:
    """The sidecar file that a written form names.

    :param written: ``{"$file": name, "$size": bytes}``.
    :param folder: the folder beside the cassette.
    :raises CassetteError: when the file is missing, not a plain file in that very folder, or of another size.
    """
    name, size = written.get("$file"), written.get("$size")
    if folder is None or not isinstance(name, str) or isinstance(size, bool) or not isinstance(size, int):
        raise CassetteError(f"a body is written as {dict(written)!r}, which names no file", path=folder, fix=_FIX)
    path = folder / name
    if name in ("", ".", "..") or any(sign in name for sign in "/\\:\0") or path.is_symlink() or folder.is_symlink():
        raise CassetteError(f"a body is said to be in {name!r}, which leads out of its folder", path=folder, fix=_FIX)
    if not path.is_file():
        raise CassetteError("the file with a recorded body is missing", path=path, fix=_FIX)
    if path.stat().st_size != size:
        reason = f"the file with a recorded body has {path.stat().st_size} bytes where {size} were recorded"
        raise CassetteError(reason, path=path, fix=_FIX)
    return path
