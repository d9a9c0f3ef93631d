"""Recorded bodies, given back through the classes that botocore reads them with live: bytes inline or in a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayaws import codec
from replayaws.errors import CassetteError
from replayaws.sidecars import file_of

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from botocore.response import StreamingBody

RECORD_AGAIN = "Record it again with --record-aws=all."


def beyond_recording(
    model: OperationModel, incomplete: str | None, refuse: Callable[[str], BaseException]
) -> Callable[[], BaseException] | None:
    """What makes the error of reading on past an incomplete recording; ``None`` for a whole one."""
    if incomplete is None:
        return None
    text = (
        f"{model.service_model.service_name}.{model.name}: the program reads on past what the cassette holds of the "
        f"answer's stream ({incomplete}). {RECORD_AGAIN}"
    )
    return lambda: refuse(text)


class Blob:
    """A recorded body: its size, how to open it, and its bytes where they are inline.

    :param size: in bytes.
    :param open: a fresh binary file at its beginning.
    :param data: the bytes of an inline body, else ``None``.
    """

    __slots__ = ("data", "open", "size")

    def __init__(self, size: int, open_: Callable[[], io.BufferedIOBase], data: bytes | None = None) -> None:
        self.size, self.open, self.data = size, open_, data

    @classmethod
    def of(cls, written: Any, folder: Path | None) -> Blob:
        """The body that a written form tells of.

        :raises CassetteError: as :func:`restore`.
        """
        if isinstance(written, Mapping) and "$file" in written:
            path = file_of(written, folder)
            return cls(written["$size"], lambda: path.open("rb"))
        try:
            data = codec.blob_bytes(written)
        except (ValueError, TypeError) as error:
            raise CassetteError(f"a body is {error}", path=folder, fix=RECORD_AGAIN) from None
        return cls(len(data), lambda: io.BytesIO(data), data)


def correct_length(parsed: dict[str, Any], model: OperationModel, size: int) -> None:
    """Let ``Content-Length``, and the member that shows it, agree with the body."""
    headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if "content-length" not in headers or headers["content-length"] == str(size):
        return
    headers["content-length"] = str(size)
    shape: Any = model.output_shape
    for name, member in shape.members.items():
        if member.serialization.get("name", "").lower() == "content-length" and name in parsed:
            parsed[name] = size


def checksum_of(metadata: dict[str, Any], blob: Blob) -> tuple[Callable[[], Any], str | None] | None:
    """What validates the body as live: botocore's class and the expected value; ``None`` where nothing did.

    The expected value is ``None``, which botocore takes for "do not check", where an inline body is not what AWS sent:
    redaction or a hand has changed it.
    """
    algorithm = metadata.get("ChecksumAlgorithm")
    kind = checksum_class(algorithm)
    if kind is None:
        return None
    expected: str | None = metadata.get("HTTPHeaders", {}).get(f"x-amz-checksum-{algorithm}")
    if blob.data is not None and expected is not None:
        check = kind()
        check.update(blob.data)
        expected = expected if check.b64digest() == expected else None
    return kind, expected


def checksum_class(algorithm: str | None) -> Callable[[], Any] | None:
    """botocore's class for a checksum algorithm, such as ``"crc32"``; ``None`` where it has none."""
    from botocore.httpchecksum import _CHECKSUM_CLS  # type: ignore[attr-defined]  # it has no accessor

    kind: Callable[[], Any] | None = _CHECKSUM_CLS.get(algorithm) if algorithm else None
    return kind


def body_maker(
    metadata: dict[str, Any], blob: Blob, beyond: Callable[[], BaseException] | None
) -> Callable[[], StreamingBody]:
    """What makes a fresh, unread body of botocore's, once for each answer."""
    from botocore.httpchecksum import StreamingChecksumBody
    from botocore.response import StreamingBody

    from replayaws.late_response import LateResponse

    headers, status = metadata.get("HTTPHeaders", {}), metadata.get("HTTPStatusCode", 200)
    length = headers.get("content-length")
    checksum = checksum_of(metadata, blob)

    def make() -> StreamingBody:
        raw: Any = LateResponse(Source(blob.open, blob.size, beyond=beyond), headers, status)
        if checksum is None:
            return StreamingBody(raw, length)
        kind, expected = checksum
        return StreamingChecksumBody(raw, length, kind(), expected)  # type: ignore[arg-type]  # None: do not check

    return make


class Source:
    """Recorded bytes in the place of http.client's response below urllib3's.

    :param open_: opens them at their beginning, at the first read.
    :param size: how many there are.
    :param position: where reading begins.
    :param beyond: makes the error for reading on past the end of an incomplete recording.
    """

    def __init__(
        self,
        open_: Callable[[], io.BufferedIOBase],
        size: int,
        *,
        position: int = 0,
        beyond: Callable[[], BaseException] | None = None,
    ) -> None:
        self._open, self._size, self.position, self._beyond = open_, size, position, beyond
        self._file: io.BufferedIOBase | None = None
        self._ended = self.closed = False
        self.fp = _NoSocket

    def read(self, amt: int | None = None) -> bytes:
        """``amt`` bytes, or all up to the end; nothing after the end or ``close()``."""
        left = self._size - self.position
        if self._beyond and not self.closed and (amt is None or amt > left):
            raise self._beyond()
        return self._read(left if amt is None else min(amt, left), at_end=amt != 0)

    def read1(self, amt: int | None = None) -> bytes:
        """Up to ``amt`` bytes: those there are, where an incomplete recording has fewer."""
        left = self._size - self.position
        if self._beyond and not self.closed and not left and amt != 0:
            raise self._beyond()
        return self._read(left if amt is None else min(amt, left), at_end=amt != 0)

    def _read(self, amt: int, *, at_end: bool) -> bytes:
        if self.isclosed():
            return b""
        file = self.opened()
        data = file.read(amt)
        self.position += len(data)
        if not self._beyond and (self.position == self._size or (at_end and not data)):
            self._ended = True
            file.close()
        return data

    def opened(self) -> io.BufferedIOBase:
        """The file, at the position where it is read next."""
        if self._file is None:
            self._file = self._open()
            self._file.seek(self.position)
        return self._file

    def __del__(self) -> None:
        if self._file:
            self._file.close()  # the program may let go of a body without closing it, as it may live

    def close(self) -> None:
        """Let go of the file."""
        self.closed = True
        if self._file:
            self._file.close()

    def isclosed(self) -> bool:
        """Whether it was closed or read to its end."""
        return self._ended or self.closed


class _NoSocket:
    """What ``StreamingBody.set_socket_timeout`` reaches for through http.client's response."""

    raw: type[_NoSocket]
    _sock: type[_NoSocket]

    @staticmethod
    def settimeout(seconds: float | None) -> None:
        """Nothing waits here."""


_NoSocket.raw = _NoSocket._sock = _NoSocket
