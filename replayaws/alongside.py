"""A live answer beside the recorded one: align their identifiers, or say how AWS has drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import alignment
from replayaws.interaction import Call, Interaction

if TYPE_CHECKING:
    from replayaws.bindings import Bindings
    from replayaws.comparison import Difference
    from replayaws.recorder import ApiTake
    from replayaws.redaction import Redactor


def align(
    call: Call, take: ApiTake, recorded: Interaction | None, redactor: Redactor, bindings: Bindings
) -> str | None:
    """Pair the identifiers of a live answer with the recorded ones.

    :returns: why the two do not align, ``None`` where they do.
    """
    if recorded is None:
        return f"it calls {call.name}, which the cassette does not hold with these parameters"
    live = _response(take, redactor)
    if (recorded.decoded_error() is None) != (take.error is None):
        return f"{call.name} {_outcome(take.error)} now, and {_outcome(recorded.decoded_error())} when it was recorded"
    for one, other in alignment.pairs(recorded.decoded_response(), live):
        bindings.bind(one, other)
    return None


def compare(
    call: Call, take: ApiTake, recorded: Interaction | None, redactor: Redactor, bindings: Bindings
) -> list[str]:
    """How a live answer differs from the recorded one, a line for each difference."""
    if recorded is None:
        return [f"{call.name}: the cassette does not hold this call"]
    from replayaws import comparison

    live = _response(take, redactor)
    for one, other in alignment.pairs(recorded.decoded_response(), live):
        bindings.bind(one, other)
    was = comparison.Answer(
        response=recorded.decoded_response(),
        error=recorded.decoded_error(),
        status=recorded.decoded_metadata().get("HTTPStatusCode"),
    )
    error = None if take.error is None else redactor.error(take.error)
    now = comparison.Answer(
        response=bindings.to_recorded(live), error=error, status=take.metadata.get("HTTPStatusCode")
    )
    return [
        f"{call.name}: {_sentence(difference)}" for difference in comparison.answer_differences(was, now, take.model)
    ]


def _response(take: ApiTake, redactor: Redactor) -> dict[str, Any]:
    response = msgspec.json.decode(take.response or b"{}")
    return redactor.response(response, take.model, error=take.error is not None)


def _outcome(error: dict[str, Any] | None) -> str:
    return "succeeds" if error is None else f"fails with {error.get('Code')}"


def _sentence(difference: Difference) -> str:
    from replayaws.comparison import MEANING

    values = [
        f"{word} {value!r}"
        for word, value in (("recorded", difference.recorded), ("now", difference.other))
        if value is not None
    ]
    place = difference.path or "the answer"
    return f"{place}: {MEANING[difference.kind]}" + (f" ({', '.join(values)})" if values else "")
