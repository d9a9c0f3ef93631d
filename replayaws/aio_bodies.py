"""What stands below aiobotocore's bodies: tees in the place of aiohttp's and httpx's responses, and recorded ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from replayaws.bodies import CHUNK
from replayaws.recorded import Source
from replayaws.sidecars import Spool


class Tee:
    """Stands in the place of the HTTP client's response below aiobotocore's body, and keeps what is read from it.

    :param source: the response.
    :param expected: ``Content-Length``, ``None`` where the answer had none.
    """

    def __init__(self, source: Any, spool: Spool, expected: int | None) -> None:
        self._source, self._spool, self.expected = source, spool, expected
        self._ended = False
        self._rest: Source | None = None
        self._failure: Exception | None = None
        self.incomplete: str | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    async def fetch(self, amt: int) -> bytes:
        """At most ``amt`` bytes from the connection, all for ``-1``; empty at the end."""
        raise NotImplementedError

    async def take(self, amt: int) -> bytes:
        """At most ``amt`` bytes, all for ``-1``, kept on the way."""
        if self._rest:
            data = self._rest.read1(None if amt < 0 else amt)
            if not data and amt and self._failure:
                raise self._failure
            return data
        try:
            data = await self.fetch(amt)
        except Exception as error:
            self.end(f"the connection failed after {self._count()} bytes: {type(error).__name__}: {error}")
            raise
        if self._ended:
            return data
        self._spool.write(data)
        if amt < 0 or (not data and amt) or self._spool.size == self.expected:
            short = self.expected is not None and self._spool.size < self.expected
            self.end(f"the connection ended after {self._count()} bytes" if short else None)
        return data

    def _count(self) -> str:
        return str(self._spool.size) if self.expected is None else f"{self._spool.size} of {self.expected}"

    def end(self, incomplete: str | None) -> None:
        """No more bytes will be taken."""
        if not self._ended:
            self._ended, self.incomplete = True, incomplete
            self._spool.close()

    def closed_by_program(self) -> None:
        """What was not read is not in the recording."""
        self.end(f"closed by the program after {self._count()} bytes")

    async def drain(self) -> None:
        """Read the rest; the program may read on all the same."""
        position = self._spool.size
        while not self._ended:
            try:
                await self.take(CHUNK)
            except Exception as error:
                self._failure = error  # the program gets it when it reads that far
        self._rest = Source(self._spool.open, self._spool.size, position=position)
        self._rest.opened()  # now: the file will be moved

    def drain_from_outside(self) -> None:
        """Read the rest if the event loop can be run; what has arrived already, if not."""
        if self._ended:
            return
        loop = getattr(self._source, "_loop", None)
        if loop is not None and not loop.is_closed() and not _loop_is_running() and self.expected is not None:
            loop.run_until_complete(self.drain())
            return
        self.end(f"read by the program up to {self._count()} bytes, and the event loop could not fetch the rest")


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class AiohttpTee(Tee):
    """For aiohttp's response, which is read through its ``content``."""

    def __init__(self, source: Any, spool: Spool, expected: int | None) -> None:
        super().__init__(source, spool, expected)
        self.content = _Content(self.take, self._at_eof)

    async def fetch(self, amt: int) -> bytes:
        data: bytes = await self._source.content.read(amt)
        return data

    def _at_eof(self) -> bool:
        if self._rest:
            return self._rest.isclosed()
        return bool(self._source.content.at_eof())

    def close(self) -> None:
        self.closed_by_program()
        self._source.close()

    async def read(self) -> bytes:
        """All there is."""
        return await self.content.read()

    async def __aenter__(self) -> AiohttpTee:
        return self

    async def __aexit__(self, *error: Any) -> None:
        self.closed_by_program()
        await self._source.__aexit__(*error)


class HttpxTee(Tee):
    """For httpx's response, which is read through its ``aiter_raw()``."""

    def __init__(self, source: Any, spool: Spool, expected: int | None) -> None:
        super().__init__(source, spool, expected)
        self._chunks: AsyncIterator[bytes] | None = None

    async def fetch(self, amt: int) -> bytes:
        if self._chunks is None:
            self._chunks = self._source.aiter_raw().__aiter__()
        return await anext(self._chunks, b"")

    async def aiter_raw(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """The chunks as they come."""
        while chunk := await self.take(CHUNK):
            yield chunk

    async def aclose(self) -> None:
        self.closed_by_program()
        await self._source.aclose()


class _Content:
    """What the program sees as aiohttp's ``response.content``: the reading methods of its ``StreamReader``.

    :param take: reads at most so many bytes, all for ``-1``.
    :param at_eof: whether all was read.
    """

    def __init__(self, take: Callable[[int], Awaitable[bytes]], at_eof: Callable[[], bool]) -> None:
        self._take, self.at_eof = take, at_eof

    async def read(self, n: int = -1) -> bytes:
        return await self._take(n)

    async def readany(self) -> bytes:
        return await self._take(CHUNK)

    async def readchunk(self) -> tuple[bytes, bool]:
        data = await self._take(CHUNK)
        return data, bool(data)

    async def readexactly(self, n: int) -> bytes:
        data = b""
        while len(data) < n:
            chunk = await self._take(n - len(data))
            if not chunk:
                raise asyncio.IncompleteReadError(data, n)
            data += chunk
        return data

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        data = bytearray()
        while not data.endswith(separator) and (byte := await self._take(1)):
            data += byte
        return bytes(data)

    async def readline(self) -> bytes:
        return await self.readuntil()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while line := await self.readline():
            yield line

    async def iter_any(self) -> AsyncIterator[bytes]:
        while chunk := await self.readany():
            yield chunk

    async def iter_chunked(self, n: int) -> AsyncIterator[bytes]:
        while chunk := await self._take(n):
            yield chunk

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        while chunk := await self._take(CHUNK):
            yield chunk, True


class AiohttpResponse:
    """As much of aiohttp's response as aiobotocore and those who reach below it use."""

    def __init__(self, metadata: dict[str, Any], source: Source) -> None:
        self._source = source
        self.url = ""
        self.status = metadata.get("HTTPStatusCode", 200)
        self.headers = metadata.get("HTTPHeaders", {})
        self.content = _Content(self._take, source.isclosed)

    async def _take(self, amt: int) -> bytes:
        return self._source.read() if amt < 0 else self._source.read1(amt)

    async def read(self) -> bytes:
        return await self.content.read()

    async def __aenter__(self) -> AiohttpResponse:
        return self

    async def __aexit__(self, *error: Any) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        return self._source.isclosed()

    def close(self) -> None:
        self._source.close()

    release = close


def httpx_response(metadata: dict[str, Any], source: Source) -> Any:
    from aiobotocore._httpx import httpx

    class Stream(httpx.AsyncByteStream):  # type: ignore[misc]  # known only where httpx is installed
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while chunk := source.read1(CHUNK):
                yield chunk

        async def aclose(self) -> None:
            source.close()

    return httpx.Response(metadata.get("HTTPStatusCode", 200), headers=metadata.get("HTTPHeaders", {}), stream=Stream())
