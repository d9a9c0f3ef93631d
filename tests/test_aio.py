"""aiobotocore's bodies and event streams: the same recordings as boto3's, both ways."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiobotocore")

import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.eventstream import AioEventStream
from aiobotocore.httpchecksum import StreamingChecksumBody
from aiobotocore.response import StreamingBody
from aiobotocore.session import AioSession
from botocore.exceptions import EventStreamError

from replayaws import aio, bodies, codec, shapes, sidecars
from replayaws.errors import MissError
from tests.scripted import Reply, message, scripted
from tests.streams import DEAD, Recording
from tests.streams import client as sync_client

LINES = b"".join(b"line %d, \xe9\r\n" % number for number in range(2500))
CONTENT = {"empty": b"", "small": b"short text", "json": json.dumps({"a": [1, 2.5]}).encode(), "large": LINES}
GET = {"Bucket": "media", "Key": "a"}
CONVERSE = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "hello"}]}]}
MESSAGES = [
    message({"role": "assistant"}, event_type="messageStart"),
    message({"contentBlockIndex": 0, "delta": {"text": "Hé"}}, event_type="contentBlockDelta"),
    message({"stopReason": "end_turn"}, event_type="messageStop"),
]
ERROR = message({"message": "slow down"}, message_type="exception", exception_type="throttlingException")


@functools.cache
def _session() -> AioSession:
    session = AioSession()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    return session


@contextlib.asynccontextmanager
async def client(service: str, url: str, recording: AioRecording | None = None, **config: Any) -> AsyncIterator[Any]:
    """An aiobotocore client; its answers are recorded, or come from the recording where there is no server."""
    settings = AioConfig(
        retries={"max_attempts": 0},
        s3={"addressing_style": "path"},
        inject_host_prefix=False,
        read_timeout=10,
        **config,
    )
    async with _session().create_client(service, "us-east-1", endpoint_url=url, config=settings) as made:
        if recording is not None and url == DEAD:
            made.meta.events.register("before-call.*.*", recording.before_call)
            recording.httpx = aio.uses_httpx(made)
        elif recording is not None:
            made.meta.events.register_first("after-call.*.*", recording.after_call)
        yield made


class AioRecording(Recording):
    """What an aiobotocore client got; answers one once it is finished."""

    httpx = False
    prefetch = True

    def after_call(self, parsed: dict[str, Any], model: Any, **_: Any) -> Any:
        self.tap = aio.tap(parsed, model)
        if self.tap is None:
            return None
        rest = {name: value for name, value in parsed.items() if name != self.tap.member}
        self.response = codec.encode(rest, model.output_shape)
        return self.tap.prefetch() if self.prefetch else None

    def before_call(self, model: Any, params: Any, request_signer: Any, **_: Any) -> Any:
        assert aio.is_async(request_signer)
        parsed = codec.decode(self.response, model.output_shape)
        make = aio.maker(parsed, model, self.written, folder=self.folder, incomplete=self.incomplete, httpx=self.httpx)
        parsed[bodies.streaming_member(model)] = make()
        return aio.response(params["url"], 200, {}), parsed


async def _collect(pieces: Any) -> list[Any]:
    return [piece async for piece in pieces]


async def _readinto(body: Any) -> bytes:
    buffer, read = bytearray(7000), b""
    while count := await body.readinto(buffer):
        read += buffer[:count]
    return read


async def _with(body: Any) -> bytes:
    async with body as stream:
        data: bytes = await stream.read()
    return data


async def _read_by(body: Any, size: int) -> bytes:
    read = b""
    while chunk := await body.read(size):
        read += chunk
    return read


async def _next(body: Any) -> bytes:
    read = b""
    while True:
        try:
            read += await anext(body)
        except StopAsyncIteration:
            return read


async def _raw_exactly(body: Any) -> Any:
    content = body.raw_stream.content
    return await content.readexactly(5), await content.readline(), await content.read(), content.at_eof()


async def _raw_chunks(body: Any) -> bytes:
    return b"".join([chunk async for chunk, _ in body.raw_stream.content.iter_chunks()])


async def _tell(body: Any) -> Any:
    await body.read(2)
    return body.tell(), await body.read(), body.tell()


WAYS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "read": lambda body: body.read(),
    "read(n)": lambda body: _read_by(body, 4096),
    "read(0)": lambda body: body.read(0),
    "async for": lambda body: _joined(body),
    "anext": _next,
    "iter_chunks": lambda body: _joined(body.iter_chunks(10_000)),
    "iter_lines": lambda body: _collect(body.iter_lines()),
    "readlines": lambda body: body.readlines(),
    "async with": _with,
    "readinto": _readinto,
    "tell": _tell,
}
RAW: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "raw_stream.content.read": lambda body: body.raw_stream.content.read(),
    "raw_stream.content.iter_chunked": lambda body: _joined(body.raw_stream.content.iter_chunked(1000)),
    "raw_stream.content.iter_any": lambda body: _joined(body.raw_stream.content.iter_any()),
    "raw_stream.content.iter_chunks": _raw_chunks,
    "raw_stream.content.readexactly": _raw_exactly,
}


async def _joined(pieces: Any) -> bytes:
    return b"".join(await _collect(pieces))


async def outcome(read: Callable[[Any], Awaitable[Any]], body: Any) -> Any:
    try:
        return await read(body)
    except Exception as error:
        return type(error), str(error)


async def get(s3: Any) -> Any:
    return (await s3.get_object(**GET))["Body"]


@pytest.mark.parametrize("way", {**WAYS, **RAW})
def test_whole(way: str, tmp_path: Path) -> None:
    """Each way of reading gives the same live, while recording and replayed, and the recording is whole."""
    if way.startswith("raw_stream") and not hasattr(StreamingBody, "raw_stream"):
        pytest.skip("aiobotocore 2 does not show the response below a body")
    read = {**WAYS, **RAW}[way]

    recording, reply = AioRecording(tmp_path), Reply()

    async def go(url: str) -> None:
        async with (
            client("s3", url) as live,
            client("s3", url, recording) as recorder,
            client("s3", DEAD, recording) as player,
        ):
            for name, data in CONTENT.items():
                for reply.body in (data, [data[:5], data[5:9], data[9:]] if data else data):
                    if way == "read(0)" and not isinstance(reply.body, bytes):
                        continue  # not read to the end, and no length by which to fetch it at once
                    expected = await outcome(read, await get(live))
                    assert await outcome(read, await get(recorder)) == expected, name
                    assert recorded_bytes(recording) == data
                    assert recording.incomplete is None
                    assert await outcome(read, await get(player)) == expected, name

    with scripted(lambda _: reply) as url:
        asyncio.run(go(url))


def recorded_bytes(recording: Recording) -> bytes:
    written = recording.finish()
    if isinstance(written, dict) and "$file" in written:
        return (recording.folder / written["$file"]).read_bytes()
    return codec.blob_bytes(written)


def test_small_body_never_read(tmp_path: Path) -> None:
    """A small body is fetched at once: when its owner ends there may be no event loop left."""
    recording = AioRecording(tmp_path)

    async def go(url: str) -> None:
        async with client("s3", url, recording) as s3:
            await get(s3)

    with scripted(lambda _: Reply(LINES)) as url:
        asyncio.run(go(url))
    assert recorded_bytes(recording) == LINES
    assert recording.incomplete is None


def test_large_body_never_read(tmp_path: Path) -> None:
    """A body that could not be fetched any more is recorded as incomplete; replay refuses to read on."""
    recording = AioRecording(tmp_path)
    recording.prefetch = False

    async def go(url: str) -> bytes:
        async with client("s3", url, recording) as s3:
            data: bytes = await (await get(s3)).read(100)
            return data

    with scripted(lambda _: Reply(LINES)) as url:
        live = asyncio.run(go(url))
    recording.finish()
    assert recording.incomplete == (
        f"read by the program up to 100 of {len(LINES)} bytes, and the event loop could not fetch the rest"
    )

    async def again() -> None:
        async with client("s3", DEAD, recording) as s3:
            body = await get(s3)
            assert await body.read(100) == live
            with pytest.raises(MissError, match=r"s3\.GetObject: the program reads on"):
                await body.read(1)

    asyncio.run(again())


def test_rest_fetched_by_an_idle_loop(tmp_path: Path) -> None:
    """A body left unread is fetched at its owner's end by its event loop, where that one is idle."""
    recording = AioRecording(tmp_path)
    recording.prefetch = False
    loop = asyncio.new_event_loop()
    with scripted(lambda _: Reply(LINES)) as url:
        entered = client("s3", url, recording)
        s3 = loop.run_until_complete(entered.__aenter__())
        body = loop.run_until_complete(get(s3))
        first = loop.run_until_complete(body.read(10))
        assert recorded_bytes(recording) == LINES
        assert first + loop.run_until_complete(body.read()) == LINES
        loop.run_until_complete(entered.__aexit__(None, None, None))
    loop.close()
    assert recording.incomplete is None


def test_closed(tmp_path: Path) -> None:
    """A body closed before its end is recorded as incomplete."""
    recording = AioRecording(tmp_path)
    recording.prefetch = False

    async def go(url: str) -> None:
        async with client("s3", url, recording) as s3:
            body = await get(s3)
            await body.read(10)
            body.close()
            recording.finish()

    with scripted(lambda _: Reply(LINES)) as url:
        asyncio.run(go(url))
    assert recording.incomplete == f"closed by the program after 10 of {len(LINES)} bytes"


def test_kind_of_body(tmp_path: Path) -> None:
    """Replay hands out aiobotocore's own class, also where a checksum was validated."""
    checksum = base64.b64encode(zlib.crc32(LINES).to_bytes(4, "big")).decode()
    headers: dict[str, str] = {}

    async def go(url: str, kind: type) -> None:
        recording = AioRecording(tmp_path)
        async with client("s3", url, recording) as s3:
            live = await get(s3)
            recording.finish()
        async with client("s3", DEAD, recording) as s3:
            replayed = await get(s3)
            assert type(replayed) is type(live) is kind
            assert await replayed.read() == LINES

    with scripted(lambda _: Reply(LINES, headers=headers)) as url:
        asyncio.run(go(url, StreamingBody))
        headers["x-amz-checksum-crc32"] = checksum
        asyncio.run(go(url, StreamingChecksumBody))


async def _drain(stream: Any) -> list[Any]:
    events: list[Any] = []
    try:
        async for event in stream:
            events.append(event)
    except EventStreamError as error:
        events.append((type(error), str(error), error.response))
    return events


@pytest.mark.parametrize("messages", [MESSAGES, [*MESSAGES[:1], ERROR]], ids=["whole", "error"])
def test_events(messages: list[bytes], tmp_path: Path) -> None:
    """An event stream gives the same events, and raises the same error, live, while recording and replayed."""
    recording = AioRecording(tmp_path)

    async def go(url: str) -> None:
        async with client("bedrock-runtime", url) as live, client("bedrock-runtime", url, recording) as recorder:
            expected = await _drain((await live.converse_stream(**CONVERSE))["stream"])
            stream = (await recorder.converse_stream(**CONVERSE))["stream"]
            assert isinstance(stream, AioEventStream)
            assert await _drain(stream) == expected
            recording.finish()
        async with client("bedrock-runtime", DEAD, recording) as player:
            stream = (await player.converse_stream(**CONVERSE))["stream"]
            assert isinstance(stream, AioEventStream)
            assert await _drain(stream) == expected

    with scripted(lambda _: Reply(messages)) as url:
        asyncio.run(go(url))
    assert recording.incomplete is None


def test_events_stopped(tmp_path: Path) -> None:
    """A program that stops early gets as many events on replay; one more is refused."""
    recording = AioRecording(tmp_path)

    async def go(url: str) -> None:
        async with client("bedrock-runtime", url, recording) as recorder:
            stream = (await recorder.converse_stream(**CONVERSE))["stream"]
            events = aiter(stream)
            first = await anext(events)
            await events.aclose()
            stream.close()
            recording.finish()
        assert recording.incomplete == "closed by the program after 1 event"
        async with client("bedrock-runtime", DEAD, recording) as player:
            events = aiter((await player.converse_stream(**CONVERSE))["stream"])
            assert await anext(events) == first
            with pytest.raises(MissError, match="ConverseStream: the program reads on"):
                await anext(events)

    with scripted(lambda _: Reply(MESSAGES)) as url:
        asyncio.run(go(url))


def test_recorded_by_boto3(tmp_path: Path) -> None:
    """What boto3 recorded answers aiobotocore, and the other way round."""
    by_boto3, by_aio = AioRecording(tmp_path), AioRecording(tmp_path)
    with scripted(lambda _: Reply(LINES)) as url:
        recorder = sync_client("s3", url)
        sync = Recording(tmp_path)
        recorder.meta.events.register_first("after-call.*.*", sync.after_call)
        recorder.get_object(**GET)["Body"].read()
        by_boto3.written, by_boto3.response = sync.finish(), sync.response

        async def go() -> None:
            async with client("s3", DEAD, by_boto3) as player:
                assert await (await get(player)).read() == LINES
            async with client("s3", url, by_aio) as recorder:
                await (await get(recorder)).read()

        asyncio.run(go())
    by_aio.finish()
    sync.written, sync.response = by_aio.written, by_aio.response
    assert sync.replayed("s3").get_object(**GET)["Body"].read() == LINES


def test_adapt() -> None:
    """The body and the event stream that a synchronous client got become aiobotocore's."""
    get_object = shapes.operation_model("s3", "GetObject")
    converse = shapes.operation_model("bedrock-runtime", "ConverseStream")
    blob: dict[str, Any] = {"ResponseMetadata": {}}
    blob["Body"] = bodies.maker(blob, get_object, "text")()
    aio.adapt(blob, get_object)
    stream: dict[str, Any] = {"ResponseMetadata": {}}
    stream["stream"] = bodies.maker(stream, converse, [{"messageStart": {"role": "assistant"}}])()
    aio.adapt(stream, converse)
    error: dict[str, Any] = {"Error": {"Code": "NoSuchKey"}}
    aio.adapt(error, get_object)
    assert error == {"Error": {"Code": "NoSuchKey"}}

    async def go() -> None:
        assert await blob["Body"].read() == b"text"
        assert await _drain(stream["stream"]) == [{"messageStart": {"role": "assistant"}}]

    asyncio.run(go())


@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend now prefers httpx2:DeprecationWarning")
@pytest.mark.parametrize("way", WAYS)
def test_httpx(way: str, tmp_path: Path) -> None:
    """A client that sends through httpx gets httpx's kind of body, which is closed asynchronously."""
    pytest.importorskip("httpx")
    AioHttpxStreamingBody = pytest.importorskip("aiobotocore", "3.0").response.AioHttpxStreamingBody
    from aiobotocore.httpxsession import HttpxSession

    async def go(url: str) -> None:
        recording = AioRecording(tmp_path)
        config = {"http_session_cls": HttpxSession}
        async with client("s3", url, **config) as live, client("s3", url, recording, **config) as recorder:
            expected = await outcome(WAYS[way], await get(live))
            assert await outcome(WAYS[way], await get(recorder)) == expected
            assert recorded_bytes(recording) == LINES
        async with client("s3", DEAD, recording, **config) as player:
            body = await get(player)
            assert type(body) is AioHttpxStreamingBody
            assert await outcome(WAYS[way], body) == expected
            await body.close()

    with scripted(lambda _: Reply(LINES)) as url:
        asyncio.run(go(url))


def test_large_in_little_memory(tmp_path: Path) -> None:
    """A body beyond the inline limit goes to a file, for aiobotocore as for boto3."""
    recording = AioRecording(tmp_path)

    async def go(url: str) -> None:
        async with client("s3", url, recording) as s3:
            async for _ in await get(s3):
                pass

    with scripted(lambda _: Reply(LINES)) as url:
        asyncio.run(go(url))
    taken = recording.tap.finish()
    assert taken.path is not None
    written, path = sidecars.write(taken, tmp_path, number=3)
    assert path is not None
    assert msgspec.json.encode(written)
    assert path.read_bytes() == LINES
