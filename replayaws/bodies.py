"""Streaming blob bodies: taken while the program reads them, whole when their owner ends, and given back on replay.

Live, botocore's ``StreamingBody`` holds urllib3's response, and that one holds http.client's. Recording puts a tee
between the last two, replay puts the recorded bytes in the place of http.client's: so each way of reading, whether
through the body, in a ``with`` statement or on urllib3's response itself, runs through the very code it runs through
live. Event streams are taken in :mod:`replayaws.events`, and aiobotocore's bodies in :mod:`replayaws.aio`.
"""

from __future__ import annotations

import collections
import contextlib
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from replayaws.errors import MissError
from replayaws.recorded import Blob, Source, beyond_recording, body_maker, correct_length
from replayaws.sidecars import Spool, Taken

if TYPE_CHECKING:
    from botocore.model import OperationModel

CHUNK = 256 * 1024
"""Bytes read at a time where we, not the program, read."""

DRAIN_SECONDS = 5.0
"""How long a body that does not say its length is read at its owner's end: a live video never ends."""


class Tap(Protocol):
    """A streaming member of one answer, being recorded."""

    member: str

    def finish(self) -> Taken:
        """At the owner's end: what was read, and the unread rest of a blob body."""

    def prefetch(self) -> Awaitable[None] | None:
        """In an ``after-call`` handler: what aiobotocore's emitter is to await, ``None`` where there is nothing."""


def streaming_member(model: OperationModel) -> str | None:
    """The member of the operation's output that streams, a blob or events; ``None`` where there is none."""
    shape: Any = model.output_shape
    if shape is None:
        return None
    if shape.event_stream_name:
        name: str = shape.event_stream_name
        return name
    payload: str | None = shape.serialization.get("payload")
    return payload if payload and shape.members[payload].type_name == "blob" else None


def tap(parsed: dict[str, Any], model: OperationModel, *, folder: Path | None = None) -> Tap | None:
    """Begin to record the streaming member of an answer; the program sees no difference.

    :param parsed: botocore's parsed output, at ``after-call``; its body is tapped in place, its event stream replaced.
    :param folder: where a large body is spooled, best on the cassettes' own file system; the system's temporary
        folder where absent.
    :returns: the tap, or ``None`` where this answer does not stream: most operations, and every error.
    """
    take_abandoned()
    name = streaming_member(model)
    stream = None if name is None else parsed.get(name)
    if name is None or stream is None:
        return None
    if model.has_event_stream_output:
        from replayaws.events import tap_events

        return tap_events(parsed, name, model)
    from botocore.response import StreamingBody

    return BlobTap(name, stream, folder) if isinstance(stream, StreamingBody) else None


_abandoned: collections.deque[BlobTap] = collections.deque()


def take_abandoned() -> None:
    """Read the bodies that the program let go of unread, so that they do not hold their connections until the end.

    Not done when such a body is collected: a collection may come while a connection pool holds its lock.
    """
    while _abandoned:
        _abandoned.popleft().finish()


class BlobTap:
    """A blob body of botocore, being recorded."""

    def __init__(self, name: str, body: Any, folder: Path | None) -> None:
        self.member = name
        self._spool = Spool(folder)
        self._raw = _urllib3_response(body)
        length = body._content_length
        self._tee = Tee(self._raw._fp, self._spool, expected=None if length is None else int(length))
        self._raw._fp = self._tee
        self._raw.chunked = False  # urllib3 would read chunks from below the tee; http.client takes them apart too
        self._body = weakref.ref(body)
        weakref.finalize(body, _abandoned.append, self).atexit = False

    def finish(self) -> Taken:
        """What the program read and what it left unread."""
        if self._raw is not None:
            self._tee.drain(read_on=self._body() is not None)
            _release_connection(self._raw, reusable=self._tee.incomplete is None)
            self._raw = None
        return self._spool.taken(self.member, self._tee.incomplete)

    def prefetch(self) -> None:
        """Nothing: a synchronous body can be read at the end."""


def _release_connection(raw: Any, *, reusable: bool) -> None:
    """As urllib3 does after the last byte, of which it has not heard where we read it."""
    if reusable:
        raw.release_conn()
    elif raw._connection is not None:
        raw._connection.close()


def _urllib3_response(body: Any) -> Any:
    raw = body._raw_stream
    if getattr(raw, "_fp", None) is None:
        from urllib3.response import HTTPResponse

        raw = HTTPResponse(raw, preload_content=False, decode_content=False, enforce_content_length=False)
        body._raw_stream = raw
    return raw


class Tee:
    """Stands in the place of http.client's response below urllib3's, and keeps what is read from it.

    :param source: http.client's response.
    :param spool: gets the bytes.
    :param expected: ``Content-Length``, ``None`` where the answer had none.
    """

    def __init__(self, source: Any, spool: Spool, *, expected: int | None) -> None:
        self._source, self._spool, self._expected = source, spool, expected
        self._lock = threading.Lock()
        self._ended = False
        self._rest: Source | None = None
        self.incomplete: str | None = None

    def read(self, amt: int | None = None) -> bytes:
        """At most ``amt`` bytes, all where it is ``None``."""
        return self._read("read", amt)

    def read1(self, amt: int | None = None) -> bytes:
        """At most ``amt`` bytes from at most one read of the socket."""
        return self._read("read1", amt)

    def _read(self, way: str, amt: int | None) -> bytes:
        with self._lock:
            return self._rest.read(amt) if self._rest else self._take(way, amt)

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; returns how many bytes."""
        view = memoryview(buffer)
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def _take(self, way: str, amt: int | None) -> bytes:
        try:
            data: bytes = getattr(self._source, way)() if amt is None else getattr(self._source, way)(amt)
        except Exception as error:
            self._end(f"the connection failed after {self._count()} bytes: {type(error).__name__}: {error}")
            raise
        if self._ended:
            return data
        self._spool.write(data)
        if (way == "read" and amt is None) or (not data and amt != 0) or self._spool.size == self._expected:
            short = self._expected is not None and self._spool.size < self._expected
            self._end(f"the connection ended after {self._count()} bytes" if short else None)
        return data

    def _count(self) -> str:
        return str(self._spool.size) if self._expected is None else f"{self._spool.size} of {self._expected}"

    def _end(self, incomplete: str | None) -> None:
        if not self._ended:
            self._ended, self.incomplete = True, incomplete
            self._spool.close()

    def close(self) -> None:
        """Close the connection; what was not read is not in the recording."""
        with self._lock:
            if self._rest:
                self._rest.close()
            else:
                self._end(f"closed by the program after {self._count()} bytes")
            self._source.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._rest.closed if self._rest else bool(self._source.closed)

    def isclosed(self) -> bool:
        """Whether it was closed, or read to its end: what http.client's response says."""
        if self._rest:
            return self._rest.isclosed()
        isclosed = getattr(self._source, "isclosed", None)
        return bool(isclosed() if isclosed else self._source.closed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def drain(self, *, read_on: bool) -> None:
        """Read the rest.

        :param read_on: whether the program may still read it, after us.
        """
        with self._lock:
            if self._ended:
                return
            position = self._spool.size
            deadline = time.monotonic() + DRAIN_SECONDS
            if self._expected is None:
                _set_timeout(self._source, DRAIN_SECONDS)
            way = "read1" if self._expected is None and hasattr(self._source, "read1") else "read"
            try:
                while not self._ended:
                    self._take(way, CHUNK)
                    if self._expected is None and time.monotonic() > deadline:
                        self._end(f"still arriving when the recording ended, after {self._count()} bytes")
            except Exception:  # the end says why; the program had not asked for these bytes
                pass
            if read_on:
                self._rest = Source(self._spool.open, self._spool.size, position=position)
                self._rest.opened()  # now: the file will be moved
            self._source.close()


def _set_timeout(source: Any, seconds: float) -> None:
    with contextlib.suppress(AttributeError):
        source.fp.raw._sock.settimeout(seconds)


def maker(
    parsed: dict[str, Any],
    model: OperationModel,
    written: Any,
    *,
    folder: Path | None = None,
    incomplete: str | None = None,
    refuse: Callable[[str], BaseException] = MissError,
) -> Callable[[], Any]:
    """What makes the streaming member of a recorded answer, fresh and unread.

    :param parsed: the rest of the output; its ``ResponseMetadata`` must be there, and is corrected where the body has another
        length than the recorded ``Content-Length``, as redaction or a hand may have left it.
    :param written: the member in written form: a blob inline or ``{"$file": …, "$size": …}``, or the list of events.
    :param folder: where sidecar files lie.
    :param incomplete: why the recording is not whole; reading on past its end raises.
    :param refuse: makes the error of reading on from a text.
    :raises CassetteError: when the written form is damaged, or its file is missing, of another size or elsewhere.
    """
    beyond = beyond_recording(model, incomplete, refuse)
    if model.has_event_stream_output:
        from replayaws.events import restore_events

        return lambda: restore_events(model, written, beyond)
    blob = Blob.of(written, folder)
    if incomplete is None:
        correct_length(parsed, model, blob.size)
    return body_maker(parsed.get("ResponseMetadata", {}), blob, beyond)
