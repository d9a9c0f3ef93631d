"""What a test may say about its recording: values of its own, and faults on top of what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from replayaws import stack
from replayaws.errors import ReplayAWSError

if TYPE_CHECKING:
    from replayaws.deck import Deck

T = TypeVar("T")


def _owner(what: str) -> Deck:
    owner = stack.current()
    if owner is None:
        raise ReplayAWSError(
            f"replayaws.{what} was called outside a test and outside use_cassette(); call it within one."
        )
    return owner


def value(name: str, factory: Callable[[], T]) -> T:
    """A value that a test invents: made once when recording, given back on replay.

    :param name: what the cassette calls it; the same name gives the same value within a test.
    :param factory: makes it, such as ``lambda: f"job-{uuid.uuid4()}"``; what it makes must be JSON: a string, a number, a list.
    :raises ReplayAWSError: outside a test.
    """
    made: T = _owner("value").values.give(name, factory)
    return made


def fail(call: str, error: str, *, times: int = 1, message: str = "") -> None:
    """Let the next calls of an operation fail as AWS would, whatever was recorded.

    :param call: ``"service.Operation"``, such as ``"transcribe.GetTranscriptionJob"``.
    :param error: the error code, such as ``"ThrottlingException"``.
    :param times: how many calls fail.
    :param message: the error's message.
    :raises OptionError: for an unknown operation, or an error that the operation's service does not have.
    """
    from replayaws import faults

    _owner("fail").faults.append(faults.fail(call, error, times=times, message=message))


def change(call: str, path: str, value: Any, *, times: int = 1) -> None:
    """Alter one member of the next recorded answers of an operation.

    :param call: ``"service.Operation"``.
    :param path: JMESPath of the member, such as ``"TranscriptionJob.TranscriptionJobStatus"``.
    :param value: what stands there instead; checked against the model.
    :param times: how many answers are altered.
    :raises OptionError: for an unknown operation, a path that its output does not have, or a value that does not fit.
    """
    from replayaws import faults

    _owner("change").faults.append(faults.change(call, path, value, times=times))
