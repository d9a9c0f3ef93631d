"""The async twin of :mod:`replayaws.bodies`: aiobotocore's bodies and event streams.

Imported only where the program uses aiobotocore. What is recorded and how it is written is the same: a cassette of
boto3 answers aiobotocore, and the other way round.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.eventstream import AioEventStream
from aiobotocore.httpchecksum import HttpxStreamingChecksumBody, StreamingChecksumBody
from aiobotocore.response import HttpxStreamingBody, StreamingBody
from botocore.eventstream import NoInitialResponseError
from botocore.exceptions import EventStreamError

from replayaws.aio_bodies import AiohttpResponse, AiohttpTee, HttpxTee, httpx_response
from replayaws.bodies import streaming_member
from replayaws.errors import MissError
from replayaws.events import EventTap, RecordedEvents, event_shape
from replayaws.recorded import Blob, Source, beyond_recording, checksum_of, correct_length
from replayaws.sidecars import Spool, Taken

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.bodies import Tap

_OLD = not hasattr(StreamingBody, "raw_stream")
_RAW, _LENGTH = ("__wrapped__", "_self_content_length") if _OLD else ("_raw_stream", "_content_length")
"""Where a body keeps the response below it and its length; bodies of aiobotocore 2 are proxies of the response."""

PREFETCH = 1024 * 1024
"""Bytes up to which a body is fetched at once: at the owner's end there may be no event loop left to fetch it with."""


def is_async(thing: Any) -> bool:
    """Whether a request signer, client, response or body is aiobotocore's."""
    return any(kind.__module__.partition(".")[0] == "aiobotocore" for kind in type(thing).__mro__)


def response(url: str, status: int, headers: dict[str, str]) -> AioAWSResponse:
    """The HTTP response beside an answer from ``before-call``; it has no body."""
    return AioAWSResponse(url, status, headers, None)


def uses_httpx(client: Any) -> bool:
    """Whether a client sends through httpx, whose bodies are closed asynchronously."""
    session = getattr(client.meta.config, "http_session_cls", None)
    return getattr(session, "__name__", "") == "HttpxSession"


def tap(parsed: dict[str, Any], model: OperationModel, *, folder: Path | None = None) -> Tap | None:
    """As :func:`replayaws.bodies.tap`; an ``after-call`` handler returns the tap's ``prefetch()``, to be awaited."""
    name = streaming_member(model)
    stream = None if name is None else parsed.get(name)
    if name is None or stream is None:
        return None
    if isinstance(stream, AioEventStream):
        events = EventTap(name, event_shape(model))
        parsed[name] = TappedAioEventStream(stream, events)
        return events
    return AioBlobTap(name, stream, folder) if isinstance(stream, (StreamingBody, HttpxStreamingBody)) else None


class AioBlobTap:
    """A blob body of aiobotocore, being recorded."""

    def __init__(self, name: str, body: Any, folder: Path | None) -> None:
        self.member = name
        self._spool = Spool(folder)
        length = getattr(body, _LENGTH)
        kind = HttpxTee if isinstance(body, HttpxStreamingBody) else AiohttpTee
        self._tee = kind(getattr(body, _RAW), self._spool, None if length is None else int(length))
        setattr(body, _RAW, self._tee)

    def prefetch(self) -> Awaitable[None] | None:
        """Fetch a small body now; the program reads it from memory."""
        expected = self._tee.expected
        return self._tee.drain() if expected is not None and expected <= PREFETCH else None

    def finish(self) -> Taken:
        """What the program read, and the rest where there is an event loop to fetch it with."""
        self._tee.drain_from_outside()
        return self._spool.taken(self.member, self._tee.incomplete)


def maker(
    parsed: dict[str, Any],
    model: OperationModel,
    written: Any,
    *,
    folder: Path | None = None,
    incomplete: str | None = None,
    refuse: Callable[[str], BaseException] = MissError,
    httpx: bool = False,
) -> Callable[[], Any]:
    """As :func:`replayaws.bodies.maker`.

    :param httpx: whether the client sends through httpx: its bodies are of other classes.
    """
    beyond = beyond_recording(model, incomplete, refuse)
    if model.has_event_stream_output:
        shape = event_shape(model)
        return lambda: ReplayedAioEventStream(
            RecordedEvents(written, shape, operation=model.name, beyond=beyond), model
        )
    blob = Blob.of(written, folder)
    if incomplete is None:
        correct_length(parsed, model, blob.size)
    return lambda: _streaming_body(parsed.get("ResponseMetadata", {}), blob, beyond, httpx=httpx)


def _streaming_body(
    metadata: dict[str, Any], blob: Blob, beyond: Callable[[], BaseException] | None, *, httpx: bool
) -> Any:
    source = Source(blob.open, blob.size, beyond=beyond)
    raw: Any = httpx_response(metadata, source) if httpx else AiohttpResponse(metadata, source)
    length = metadata.get("HTTPHeaders", {}).get("content-length")
    checksum = checksum_of(metadata, blob)
    if checksum is None:
        return (HttpxStreamingBody if httpx else StreamingBody)(raw, length)
    kind, expected = checksum
    return (HttpxStreamingChecksumBody if httpx else StreamingChecksumBody)(raw, length, kind(), expected)


def adapt(parsed: dict[str, Any], model: OperationModel, *, httpx: bool = False) -> None:
    """Turn the body or event stream that a synchronous client got, the fallback's, into aiobotocore's, in place."""
    name = streaming_member(model)
    if name is None or name not in parsed:
        return
    if model.has_event_stream_output:
        parsed[name] = ReplayedAioEventStream(_Events(iter(parsed[name])), model)
        return
    data: bytes = parsed[name].read()
    blob = Blob(len(data), lambda: io.BytesIO(data), data)
    parsed[name] = _streaming_body(parsed.get("ResponseMetadata", {}), blob, None, httpx=httpx)


class _Events:
    """The events of a synchronous stream, one by one."""

    def __init__(self, events: Iterator[dict[str, Any]]) -> None:
        self._events = events

    def next(self) -> dict[str, Any] | None:
        return next(self._events, None)

    def close(self) -> None:
        self._events = iter(())


class TappedAioEventStream(AioEventStream):  # type: ignore[misc]  # aiobotocore ships no types
    """A live event stream that tells its tap of each event."""

    def __init__(self, stream: AioEventStream, tap: EventTap) -> None:
        self.__dict__.update(stream.__dict__)  # the stream may have been read from: it goes on where it is
        self._tap = tap

    async def __anext__(self) -> AsyncIterator[dict[str, Any]]:
        try:
            async for event in super().__anext__():
                self._tap.event(event)
                yield event
        except EventStreamError as error:
            self._tap.error(error)
            raise
        except Exception as error:
            self._tap.broke(error)
            raise
        self._tap.end()

    def close(self) -> None:
        self._tap.close()
        super().close()


class ReplayedAioEventStream(AioEventStream):  # type: ignore[misc]  # aiobotocore ships no types
    """A recorded event stream."""

    def __init__(self, events: RecordedEvents | _Events, model: OperationModel) -> None:
        self._raw_stream = events
        self._output_shape = event_shape(model)
        self._operation_name = model.name

    async def __anext__(self) -> AsyncIterator[dict[str, Any]]:
        while (event := self._raw_stream.next()) is not None:
            yield event

    async def get_initial_response(self) -> Any:
        """As live: the message was consumed when the output was parsed, if there ever was one."""
        raise NoInitialResponseError()


async def parse_location(parsed: dict[str, Any], http_response: Any) -> None:
    """What botocore's handler reads of an S3 bucket's location from the body, in aiobotocore's own way."""
    from aiobotocore.handlers import parse_get_bucket_location

    await parse_get_bucket_location(parsed=parsed, http_response=http_response)
