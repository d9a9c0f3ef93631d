"""One line per call: what a call spoke of and how it ended, for people. Polls with other answers are one line."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from replayaws import codec, timeline
from replayaws.interaction import Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel


@dataclass(frozen=True, slots=True)
class Line:
    """One call, or the same call in a row, polled until its answer changed.

    :param interactions: the interactions, in order, with their indexes in the cassette.
    :param subject: the resource or parameter that tells this call from others; ``""`` where it has none.
    :param outcome: how it ended, such as ``"IN_PROGRESS x3 → COMPLETED"``.
    :param failed: whether AWS answered the last one with an error.
    """

    interactions: tuple[tuple[int, Interaction], ...]
    subject: str
    outcome: str
    failed: bool

    @property
    def first(self) -> Interaction:
        """The interaction that the line begins with."""
        return self.interactions[0][1]

    @property
    def calls(self) -> int:
        """How many calls were made, polls included."""
        return sum(interaction.count for _, interaction in self.interactions)


def lines(interactions: Sequence[Interaction]) -> Iterator[Line]:
    """A cassette's calls, one line each, polls folded."""
    numbered = enumerate(interactions)
    for _, group in itertools.groupby(numbered, key=lambda pair: _same(pair[1])):
        together = tuple(group)
        outcomes = [(outcome(interaction), interaction.count) for _, interaction in together]
        first = together[0][1]
        yield Line(together, subject(first), timeline.folded(_merged(outcomes)), bool(together[-1][1].decoded_error()))


def _same(interaction: Interaction) -> tuple[Any, ...]:
    return interaction.call, interaction.region, bytes(interaction.params)


def _merged(outcomes: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for text, group in itertools.groupby(outcomes, key=lambda pair: pair[0]):
        yield text, sum(count for _, count in group)


def subject(interaction: Interaction) -> str:
    """What a call spoke of: the one resource that it names or whose state it got, else its first plain parameter."""
    params = interaction.decoded_params()
    response = {} if interaction.decoded_error() else interaction.decoded_response()
    seen = timeline.sightings(timeline.model_of(interaction), params=params, response=response)
    if len(seen) == 1:
        return seen[0][0]
    for name, value in params.items():
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value) if name in ("url", "URL") else f"{name}={value}"
    return ""


def outcome(interaction: Interaction) -> str:
    """How a call ended, in a few words."""
    error = interaction.decoded_error()
    if error is not None:
        message = error.get("Message") or error.get("message") or ""
        return f"{timeline.error_code(error)}: {message}" if message else timeline.error_code(error)
    response = interaction.decoded_response()
    model = timeline.model_of(interaction)
    stream = stream_member(model, response)
    if stream is not None:
        told = _stream_outcome(response[stream])
        return f"{told}, incomplete: {interaction.incomplete}" if interaction.incomplete else told
    states = _states(interaction, model, response)
    return states or _contents(response)


def stream_member(model: OperationModel | None, response: dict[str, Any]) -> str | None:
    """The member that holds a streamed body or a list of events, where the answer has one."""
    if model is None or model.output_shape is None:
        return None
    if not (model.has_streaming_output or model.has_event_stream_output):
        return None
    shape: Any = model.get_streaming_output() or model.get_event_stream_output()
    for name, member in model.output_shape.members.items():
        if member is shape or member.name == shape.name:
            return name if response.get(name) is not None else None
    return None


def _stream_outcome(written: Any) -> str:
    if isinstance(written, list):
        return f"{len(written)} event" + ("" if len(written) == 1 else "s")
    if isinstance(written, dict) and "$size" in written:
        return f"body of {written['$size']:,} bytes"
    try:
        return f"body of {len(codec.blob_bytes(written)):,} bytes"
    except ValueError:
        return "body"


def _states(interaction: Interaction, model: OperationModel | None, response: dict[str, Any]) -> str:
    seen = timeline.sightings(model, params=interaction.decoded_params(), response=response)
    told = [state for _, state in seen if state is not None]
    if len(told) <= 1:
        return "".join(told)
    counted = [(state, told.count(state)) for state in dict.fromkeys(told)]
    return ", ".join(state if count == 1 else f"{count} {state}" for state, count in counted)


def _contents(response: dict[str, Any]) -> str:
    """The lists of an answer by length, else its first plain member."""
    lists = [f"{len(value)} {name}" for name, value in response.items() if isinstance(value, list)]
    if lists:
        return ", ".join(lists)
    for name, value in response.items():
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return f"{name}={value}"
    for name, value in response.items():
        if isinstance(value, dict) and value:
            return f"{name}={json.dumps(value, ensure_ascii=False)}" if len(value) == 1 else name
    return "ok"
