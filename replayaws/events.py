"""botocore's event streams: each event taken as the program gets it, and given again on replay.

The parsed stream is wrapped, not the bytes below it: services of the JSON and CBOR protocols have consumed the first
message already when the program gets the stream. A stream is never read further than the program reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.eventstream import EventStream, NoInitialResponseError
from botocore.exceptions import EventStreamError

from replayaws import codec
from replayaws.errors import CassetteError
from replayaws.recorded import RECORD_AGAIN
from replayaws.sidecars import Taken

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape


class EventTap:
    """An event stream, being recorded.

    :param name: the output's member.
    :param shape: its shape.
    """

    def __init__(self, name: str, shape: Shape) -> None:
        self.member = name
        self._shape = shape
        self._events: list[Any] = []
        self._incomplete: str | None = None
        self._ended = False

    def event(self, event: dict[str, Any]) -> None:
        """The program is about to get this event."""
        self._events.append(codec.encode(event, self._shape))

    def error(self, error: EventStreamError) -> None:
        """The stream raised the error that AWS sent in it, which is its last message."""
        response: dict[str, Any] = codec.encode(error.response, None)
        self._events.append({"$error": response.pop("Error", {}), **response})
        self._ended = True

    def broke(self, error: Exception) -> None:
        """The connection failed."""
        self._incomplete = f"the connection failed after {self._count()}: {type(error).__name__}: {error}"

    def end(self) -> None:
        """The stream is exhausted."""
        self._ended = True

    def close(self) -> None:
        """The program closed the stream."""
        if not self._ended and self._incomplete is None:
            self._incomplete = f"closed by the program after {self._count()}"

    def _count(self) -> str:
        return f"{len(self._events)} events" if len(self._events) != 1 else "1 event"

    def finish(self) -> Taken:
        """The events that the program got; the stream is not read any further."""
        left = None if self._ended else self._incomplete or f"read by the program up to {self._count()}"
        return Taken(self.member, "events", events=list(self._events), incomplete=left)

    def prefetch(self) -> None:
        """Nothing."""


def tap_events(parsed: dict[str, Any], name: str, model: OperationModel) -> EventTap | None:
    """Begin to record the event stream of a parsed output, which is replaced by one that looks the same."""
    if not isinstance(parsed[name], EventStream):
        return None
    tap = EventTap(name, event_shape(model))
    parsed[name] = TappedEventStream(parsed[name], tap)
    return tap


def event_shape(model: OperationModel) -> Any:
    """The shape of the operation's events: a union whose members are the kinds of event."""
    return model.get_event_stream_output()


class TappedEventStream(EventStream):  # type: ignore[type-arg]  # generic in its stubs only
    """A live event stream that tells its tap of each event."""

    def __init__(self, stream: EventStream[Any], tap: EventTap) -> None:
        self.__dict__.update(stream.__dict__)  # the stream may have been read from: it goes on where it is
        self._tap = tap

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            for event in super().__iter__():
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


class RecordedEvents:
    """The events of a recording in written form, decoded one by one as they are asked for.

    :param operation: AWS's name of it, for the error that the recording may hold.
    :param beyond: makes the error for reading on past the end of an incomplete recording.
    """

    def __init__(
        self, written: Any, shape: Shape, *, operation: str, beyond: Callable[[], BaseException] | None
    ) -> None:
        if not isinstance(written, list) or not all(isinstance(event, dict) for event in written):
            raise CassetteError("an event stream is not a list of events", fix=RECORD_AGAIN)
        self._written, self._shape, self._operation, self._beyond = written, shape, operation, beyond
        self._position = 0
        self.closed = False

    def next(self) -> dict[str, Any] | None:
        """The next event, ``None`` at the end.

        :raises EventStreamError: where it was raised when recording.
        """
        if self._position == len(self._written):
            if self._beyond and not self.closed:
                raise self._beyond()
            return None
        written = self._written[self._position]
        self._position += 1
        if "$error" in written:
            others = {name: value for name, value in written.items() if name != "$error"}
            response: Any = codec.decode({"Error": written["$error"], **others}, None)
            raise EventStreamError(response, self._operation)
        try:
            event: dict[str, Any] = codec.decode(written, self._shape)
        except (ValueError, TypeError, AttributeError) as error:
            where = f"event {self._position} of a recorded stream is damaged: {error}"
            raise CassetteError(where, fix=RECORD_AGAIN) from None
        return event

    def close(self) -> None:
        """The program is done with the stream."""
        self.closed = True


def restore_events(model: OperationModel, written: Any, beyond: Callable[[], BaseException] | None) -> EventStream[Any]:
    """A fresh event stream of a recording.

    :raises CassetteError: when ``written`` is no list of events.
    """
    events = RecordedEvents(written, event_shape(model), operation=model.name, beyond=beyond)
    return ReplayedEventStream(events, event_shape(model), model.name)


class ReplayedEventStream(EventStream):  # type: ignore[type-arg]  # generic in its stubs only
    """A recorded event stream."""

    def __init__(self, events: RecordedEvents, shape: Shape, operation: str) -> None:
        self._raw_stream = events
        self._output_shape = shape
        self._operation_name = operation

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (event := self._raw_stream.next()) is not None:
            yield event

    def get_initial_response(self) -> Any:
        """As live: the message was consumed when the output was parsed, if there ever was one."""
        raise NoInitialResponseError()
