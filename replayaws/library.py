"""The cassettes on disk: owners to paths, loading, atomic saving. The only module that touches the folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from replayaws.errors import CassetteError

if TYPE_CHECKING:
    from replayaws.cassette import Cassette

SUFFIX = ".json"
SIDECARS = ".files"
LONGEST_NAME = 120
"""Characters of a file name, the suffix left out: with a hash and a sidecar suffix it stays under every system's 255 bytes."""

_REFUSED = r'[<>:"/\\|?*\x00-\x1f\x7f]'
_RESERVED = r"(?i:con|prn|aux|nul|com\d|lpt\d)(\.|$)"


class Library:
    """A folder of cassettes.

    :param folder: the folder; it need not exist before something is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).absolute()
        self._default_region: str | None = None
        self._folders: dict[str, Path] = {}
        self._real_folders: dict[Path, str] = {}

    def paths(self) -> list[Path]:
        """Every cassette of the folder, sorted."""
        return sorted(
            path
            for path in self.folder.rglob("*" + SUFFIX)
            if path.is_file()
            and not path.name.startswith(".")
            and not any(part.endswith(SIDECARS) for part in path.relative_to(self.folder).parts[:-1])
        )

    def path_of(self, owner: str) -> Path:
        """The file of an owner: where its cassette is, or where it will be written.

        Two owners whose names differ only in case, or only in characters that file systems refuse, have two files.
        """
        return self.find(owner)[0]

    def find(self, owner: str) -> tuple[Path, bytes | None]:
        """The file of an owner, as :meth:`path_of`, and its text; ``None`` where there is no file, or it was not read."""
        candidates = []
        for path in self._candidates(owner):
            candidates.append(path)
            try:
                with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # Path.open costs as much as the reading
                    text = file.read()
            except OSError:
                if path.is_file():
                    return path, None  # loading it will say what is wrong
                continue
            if self._belongs(text, path, owner):
                return path, text
        plain, *others = candidates
        return (others[0] if others and _taken(plain) else plain), None

    def _candidates(self, owner: str) -> Iterator[Path]:
        """The file by the owner's plain name, where that can name one, then that by a unique name."""
        file, _, names = owner.partition("::")
        folder = self._folder_of(file)
        name = names.replace("::", ".") or "import"
        safe = _safe(name)
        if safe == name:
            yield self._checked(folder, safe + SUFFIX)
        unique = f"{safe[:LONGEST_NAME]}~{hashlib.sha256(owner.encode('utf-8', 'replace')).hexdigest()[:8]}"
        yield self._checked(folder, unique + SUFFIX)

    def _folder_of(self, file: str) -> Path:
        folder = self._folders.get(file)
        if folder is None:
            folder = self._folders[file] = self.folder.joinpath(
                *(_safe(part) for part in Path(file.removesuffix(".py")).parts)
            )
        return folder

    def within(self, path: Path | str) -> Path:
        """The path, refused when it leads out of the folder.

        :raises CassetteError: for a path outside the folder, also by way of a link.
        """
        whole = self.folder / path
        return self._checked(whole.parent, whole.name)

    def _checked(self, folder: Path, name: str) -> Path:
        whole, root = folder / name, self._real_folder(self.folder)
        is_plain = name not in ("", "..") and not os.path.islink(whole)  # noqa: PTH114  # this is asked at each lookup
        real = f"{self._real_folder(folder)}{os.sep}{name}" if is_plain else os.path.realpath(whole)
        if real != root and not real.startswith(root.rstrip(os.sep) + os.sep):
            raise CassetteError(
                f"the cassette would lie outside the folder {self.folder}",
                path=whole,
                fix="Name a file inside it, or set another folder with aws_cassettes.",
            )
        return whole

    def _real_folder(self, folder: Path) -> str:
        """Remembered: looking at every part of a path for links takes longer than all else of finding a cassette."""
        real = self._real_folders.get(folder)
        if real is None:
            real = self._real_folders[folder] = os.path.realpath(folder)
        return real

    def _belongs(self, text: bytes, path: Path, owner: str) -> bool:
        """Whether the cassette of a text is this owner's: its own, or one that was moved to the path by hand."""
        from replayaws import format

        if format.is_of(text, owner):
            return True
        inside = format.glance(text)
        return inside is None or inside == owner or path not in self._candidates(inside)

    def load(self, path: Path, text: bytes | None = None) -> Cassette:
        """The cassette at a path.

        :param text: its text, where the caller has it already.
        :raises CassetteError: when it is damaged, newer, not readable.
        """
        if text is None:
            try:
                text = path.read_bytes()
            except OSError as error:
                raise CassetteError(
                    f"cannot be read: {error.strerror or error}", path=path, fix="Check the file and its permissions."
                ) from None
        from replayaws import format

        return format.loads(text, path=str(path))

    def save(
        self, cassette: Cassette, path: Path, *, text: bytes | None = None, files: Mapping[str, Path] | None = None
    ) -> None:
        """Write a cassette so that at any moment the old or the new file stands, whole.

        :param text: its text, where the caller has it already.
        :param files: new sidecar bodies, by name; moved beside the cassette. Others that it no longer names are removed.
        :raises CassetteError: when the folder cannot be written; the old file stands untouched.
        """
        if text is None:
            from replayaws import format

            text = format.dumps(cassette)
        files = files or {}
        beside = sidecar_folder(path)
        added: list[Path] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if files:
                beside.mkdir(exist_ok=True)
            for name, source in files.items():
                added += [] if (beside / name).exists() else [beside / name]
                shutil.move(source, beside / name)
            _write_atomically(path, text)
        except OSError as error:
            for file in added:
                with contextlib.suppress(OSError):
                    file.unlink()
            with contextlib.suppress(OSError):
                beside.rmdir()
            raise CassetteError(
                f"cannot be written: {error.strerror or error}",
                path=path,
                fix=f"Make {path.parent} writable, or set another folder with aws_cassettes.",
            ) from None
        _remove_unnamed(beside, text)

    def default_region(self) -> str | None:
        """The default region that the first cassette of the folder was recorded with; read once."""
        if self._default_region is None:
            from replayaws import format

            self._default_region = ""
            for path in self.paths():
                region = format.glance_region(path.read_bytes())
                if region:
                    self._default_region = region
                    break
        return self._default_region or None

    def owner_of(self, path: Path) -> str | None:
        """The owner that a cassette names; ``None`` where it cannot be read."""
        try:
            text = path.read_bytes()
        except OSError:
            return None
        from replayaws import format  # takes msgspec, which a run without cassettes need not import

        return format.glance(text)

    def owners(self) -> Iterator[tuple[Path, str]]:
        """Every cassette with its owner, read without decoding the interactions; damaged ones are left out."""
        for path in self.paths():
            owner = self.owner_of(path)
            if owner is not None:
                yield path, owner


def sidecar_folder(path: Path) -> Path:
    """Where the large bodies of a cassette lie."""
    return path.with_name(path.name.removesuffix(SUFFIX) + SIDECARS)


def _safe(name: str) -> str:
    safe = re.sub(_REFUSED, "_", name)  # not compiled above, where each start of pytest would pay for it
    if safe.endswith((".", " ")):
        safe = safe[:-1] + "_"
    if re.match(_RESERVED, safe):
        safe = "_" + safe
    try:
        safe.encode()
    except UnicodeEncodeError:
        safe = safe.encode("ascii", "replace").decode().replace("?", "_")
    while len(safe.encode()) > LONGEST_NAME:
        safe = safe[: len(safe) - max(1, (len(safe.encode()) - LONGEST_NAME) // 4)]
    return safe


def _names_in(folder: Path) -> Iterable[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return ()


def _taken(path: Path) -> bool:
    """Whether a file of that name stands there on any file system, case ignored."""
    name = path.name.casefold()
    return any(other.casefold() == name for other in _names_in(path.parent))


def _write_atomically(path: Path, text: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_usual_mode(path))
        os.replace(temporary, path)  # noqa: PTH105  # one system call, named as what it is
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    _sync_folder(path.parent)


def _usual_mode(path: Path) -> int:
    """The permissions that the file has, or that an ordinary new file would get (mkstemp's are narrower)."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_unnamed(beside: Path, text: bytes) -> None:
    for name in list(_names_in(beside)):
        if f'"{name}"'.encode() not in text:
            with contextlib.suppress(OSError):
                (beside / name).unlink()
    with contextlib.suppress(OSError):
        beside.rmdir()
