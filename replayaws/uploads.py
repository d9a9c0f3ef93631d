"""Streaming request bodies: known by their content before they are sent, and read through where nothing is sent.

A file is read, digested and wound back before sending: afterwards it is at its end. A body that cannot be wound back
is replaced by one that digests what passes through it.
"""

from __future__ import annotations

import hashlib
import inspect
import io
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from replayaws import codec
from replayaws.recorded import Source
from replayaws.sidecars import Spool

if TYPE_CHECKING:
    from botocore.model import OperationModel

_CHUNK = 64 * 1024


def take_request_body(params: dict[str, Any], model: OperationModel) -> RequestBody | None:
    """The streaming body among the parameters of a call, ``None`` where there is none.

    :param params: the parameters at the last ``before-parameter-build`` handler; a body that cannot be wound back is
        replaced in them.
    """
    shape: Any = model.input_shape
    member: str | None = None if shape is None else shape.serialization.get("payload")
    if not member or shape.members[member].type_name != "blob" or params.get(member) is None:
        return None
    return RequestBody(params, member)


def write_params(params: dict[str, Any], model: OperationModel, body: RequestBody | None) -> dict[str, Any]:
    """The parameters of a call in written form.

    :param body: what :func:`take_request_body` gave for them.
    """
    if body is None:
        written: dict[str, Any] = codec.encode(params, model.input_shape)
        return written
    written = codec.encode({**params, body.member: None}, model.input_shape)
    written[body.member] = body.written()
    return written


class RequestBody:
    """A streaming request body.

    :param params: the parameters that hold it.
    :param member: its name among them.
    """

    def __init__(self, params: dict[str, Any], member: str) -> None:
        self.member = member
        self._body = body = params[member]
        self._written: Any = None
        self._passing: _Passing | None = None
        if not hasattr(body, "read"):
            self._written = _written_bytes(body)
        elif _can_rewind(body):
            self._written = _written_file(body)
        else:
            params[member] = self._body = self._passing = passing(body)

    def settle(self) -> Awaitable[None] | None:
        """What must be awaited before :meth:`written`, for a body with an asynchronous ``read``; else ``None``."""
        return self._passing.gather_async() if isinstance(self._passing, _AsyncPassing) else None

    def written(self) -> Any:
        """The written form: the content of a small body, the digest of one beyond the inline limit.

        A body that cannot be wound back and was not sent yet is read to its end, and sent from a temporary file.
        """
        if self._passing is not None:
            self._passing.gather()
            return self._passing.content.written()
        return self._written

    def consume(self) -> None:
        """Read the body through, as sending it would: it ends at its end, and progress callbacks are called."""
        body: Any = self._body
        if isinstance(body, _AsyncPassing) or not hasattr(body, "read"):
            return
        transferring = getattr(body, "signal_transferring", None)
        if transferring:
            transferring()  # from here on s3transfer's bodies report progress, the last of it when they are closed
        while body.read(_CHUNK):
            pass


def _can_rewind(body: Any) -> bool:
    try:
        if hasattr(body, "seekable") and not body.seekable():
            return False
        body.seek(body.tell())
    except (AttributeError, OSError, ValueError):
        return False
    return True


def _written_bytes(body: Any) -> Any:
    content = _Content()
    content.add(body)
    return content.written()


def _written_file(body: Any) -> Any:
    start, content = body.tell(), _Content()
    while chunk := body.read(_CHUNK):
        content.add(chunk)
    body.seek(start)
    return content.written()


def _bytes(chunk: Any) -> Any:
    return chunk.encode() if isinstance(chunk, str) else memoryview(chunk).cast("B")


class _Content:
    """What passed through: the bytes of a small body, the digest of any."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._small = bytearray()
        self._size = 0

    def add(self, chunk: Any) -> None:
        data = _bytes(chunk)
        for part in (data,) if self._size else codec.timeless(data):
            self._digest.update(part)
        self._size += len(data)
        if self._size <= codec.INLINE_LIMIT:
            self._small += data

    def written(self) -> Any:
        if self._size <= codec.INLINE_LIMIT:
            return codec.encode_blob(bytes(self._small))
        return {"$sha256": self._digest.hexdigest(), "$size": self._size}


class _Passing:
    """A body that cannot be wound back; what is read from it is digested.

    :param source: the program's body.
    """

    def __init__(self, source: Any) -> None:
        self._source = source
        self._gathered: Source | None = None
        self._ended = False
        self.content = _Content()

    def read(self, size: int | None = None) -> Any:
        size = None if size is None or size < 0 else size
        if self._gathered:
            return self._gathered.read(size)
        return self._pass_on(self._source.read() if size is None else self._source.read(size), size)

    def _pass_on(self, chunk: Any, size: int | None) -> Any:
        self.content.add(chunk)
        self._ended = self._ended or size is None or (size > 0 and not chunk)
        return chunk

    def gather(self) -> None:
        """Read what was not sent yet into a temporary file, from which it is read from now on."""
        spool = Spool(None)
        while not self._ended:
            spool.write(_bytes(self._pass_on(self._source.read(_CHUNK), _CHUNK)))
        self._read_from(spool)

    def _read_from(self, spool: Spool) -> None:
        spool.close()
        if self._gathered is None:
            self._gathered = Source(spool.open, spool.size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


class _AsyncPassing(_Passing):
    """One whose ``read`` is asynchronous, as aiobotocore takes it."""

    async def read(self, size: int | None = None) -> Any:
        size = None if size is None or size < 0 else size
        if self._gathered:
            return self._gathered.read(size)
        return self._pass_on(await (self._source.read() if size is None else self._source.read(size)), size)

    def gather(self) -> None:
        """Done by :meth:`gather_async`."""

    async def gather_async(self) -> None:
        """:meth:`gather`, awaited."""
        spool = Spool(None)
        while not self._ended:
            spool.write(_bytes(self._pass_on(await self._source.read(_CHUNK), _CHUNK)))
        self._read_from(spool)


class _PassingWithLength(_Passing):
    """One of known length: http.client then sends it with a Content-Length."""

    def __len__(self) -> int:
        return len(self._source)


class _PassingFile(_Passing, io.IOBase):
    """One that is a file to whoever asks."""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """The program's to close."""


def passing(body: Any) -> _Passing:
    """The stand-in for a body, with as much of its kind as the HTTP clients look at."""
    if inspect.iscoroutinefunction(body.read):
        return _AsyncPassing(body)
    if isinstance(body, io.IOBase):
        return _PassingFile(body)
    return _PassingWithLength(body) if hasattr(type(body), "__len__") else _Passing(body)
