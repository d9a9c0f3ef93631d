"""A live answer beside the recorded one: align their identifiers, or say how AWS has drifted."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from replayaws import alignment
from replayaws.interaction import Call, Interaction

if TYPE_CHECKING:
    from replayaws.bindings import Bindings
    from replayaws.comparison import Difference
    from replayaws.recorder import Take
    from replayaws.redaction import Redactor


def align(call: Call, take: Take, recorded: Interaction | None, redactor: Redactor, bindings: Bindings) -> str | None:
    """Pair the identifiers of a live answer with the recorded ones.

    :returns: why the two do not align, ``None`` where they do.
    """
    if recorded is None:
        return f"it calls {call.name}, which the cassette does not hold with these parameters"
    live = _live(take, redactor)
    if _outcome(live) != _outcome(recorded) and not (_failed(live) and _failed(recorded)):
        return f"{call.name} {_outcome(live)} now, and {_outcome(recorded)} when it was recorded"
    for one, other in alignment.pairs(recorded.decoded_response(), live.decoded_response()):
        bindings.bind(one, other)
    return None


def compare(call: Call, take: Take, recorded: Interaction | None, redactor: Redactor, bindings: Bindings) -> list[str]:
    """How a live answer differs from the recorded one, a line for each difference."""
    if recorded is None:
        return [f"{call.name}: the cassette does not hold this call"]
    live = _live(take, redactor)
    for one, other in alignment.pairs(recorded.decoded_response(), live.decoded_response()):
        bindings.bind(one, other)
    return [
        f"{call.name}: {_sentence(difference)}"
        for difference in _differences(take, recorded, live, bindings)
        if not _is_number(difference)
    ]


def _live(take: Take, redactor: Redactor) -> Interaction:
    """What has been answered now, redacted, in the live identifiers."""
    from replayaws.bindings import Bindings

    return take.interaction(redactor, Bindings())


def _differences(take: Take, recorded: Interaction, live: Interaction, bindings: Bindings) -> list[Difference]:
    from replayaws import bodies, comparison
    from replayaws.recorder import ApiTake

    was, now = comparison.recorded_answer(recorded), comparison.recorded_answer(live)
    now = dataclasses.replace(now, response=bindings.to_recorded(now.response))
    if not isinstance(take, ApiTake):
        return comparison.http_differences(was, now)
    stream = bodies.streaming_member(take.model)
    if stream is not None:  # the program has yet to read it
        was.response.pop(stream, None)
    return comparison.answer_differences(was, now, take.model)


def _is_number(difference: Difference) -> bool:
    """Whether two numbers differ: sizes, counts and durations are data, which AWS answers anew each time."""
    return difference.kind == "value" and not isinstance(difference.recorded, (bool, str))


def _failed(interaction: Interaction) -> bool:
    return bool(interaction.decoded_metadata().get("HTTPStatusCode", 200) >= 300)


def _outcome(interaction: Interaction) -> str:
    error = interaction.decoded_error()
    if error is not None:
        return f"fails with {error.get('Code')}"
    return f"answers {interaction.decoded_metadata().get('HTTPStatusCode')}" if _failed(interaction) else "succeeds"


def _sentence(difference: Difference) -> str:
    from replayaws.comparison import MEANING

    values = [
        f"{word} {value!r}"
        for word, value in (("recorded", difference.recorded), ("now", difference.other))
        if value is not None
    ]
    place = difference.path or "the answer"
    return f"{place}: {MEANING[difference.kind]}" + (f" ({', '.join(values)})" if values else "")
