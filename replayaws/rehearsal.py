"""A cassette's calls put to somebody else, such as moto on fresh state, and where the answers differ."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from replayaws import alignment, codec, timeline
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.comparison import Answer, Difference, answer_differences, recorded_answer, unique
from replayaws.interaction import Call, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

    from replayaws.fallback.answers import MotoAnswer

Ask: TypeAlias = Callable[[Call, "OperationModel", Answer], Answer]
"""Answers a call that was answered so when recorded, from the other side's own, continuing state."""


@dataclass(frozen=True, slots=True)
class Step:
    """One interaction beside what the other side answered to the same call, as often as it was recorded."""

    index: int
    interaction: Interaction
    answers: tuple[Answer, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """The state of a resource as one answer told it, on either side; ``None`` where that side told none.

    :param index: of the interaction.
    :param count: how often in a row.
    """

    index: int
    recorded: str | None
    other: str | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource's states as recorded and as the other side told them, in order."""

    service: str
    name: str
    sights: tuple[Sight, ...]

    @property
    def recorded(self) -> list[tuple[str, int]]:
        """The recorded states in order, each with how often it was seen in a row."""
        return _counted((sight.recorded, sight.count) for sight in self.sights)

    @property
    def other(self) -> list[tuple[str, int]]:
        """The other side's states in order."""
        return _counted((sight.other, sight.count) for sight in self.sights)

    @property
    def differs(self) -> bool:
        """Whether the states or their order differ; how often each was seen does not count."""
        return [state for state, _ in self.recorded] != [state for state, _ in self.other]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cassette beside the other side's answers to its calls.

    :param left_out: how many interactions could not be put to the other side.
    """

    owner: str
    source: str
    steps: tuple[Step, ...]
    resources: tuple[Resource, ...]
    left_out: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything that counts is different."""
        return any(step.differences for step in self.steps) or any(resource.differs for resource in self.resources)


def compare(cassette: Cassette, ask: Ask) -> Comparison:
    """Put a cassette's calls to somebody else, in recorded order, and see where the answers differ.

    Plain HTTP, calls whose parameters are not known and operations that botocore has no model of are left out.

    :param ask: answers one call; it keeps its own state between calls and speaks in the recording's identifiers.
    """
    steps = []
    for index, interaction in enumerate(cassette.interactions):
        model = timeline.model_of(interaction)
        if model is None or cassette.recorded.matched_by != "params":
            continue
        recorded = recorded_answer(interaction)
        answers = tuple(ask(interaction.as_call(), model, recorded) for _ in range(interaction.count))
        found = unique(difference for answer in answers for difference in answer_differences(recorded, answer, model))
        steps.append(Step(index, interaction, answers, tuple(found)))
    left_out = len(cassette.interactions) - len(steps)
    return Comparison(cassette.owner, cassette.recorded.source, tuple(steps), tuple(_resources(steps)), left_out)


def _resources(steps: list[Step]) -> Iterator[Resource]:
    seen: dict[tuple[str, str], list[Sight]] = {}
    for step in steps:
        recorded = _states(step.interaction, recorded_answer(step.interaction))
        for answer in step.answers:
            other = _states(step.interaction, answer)
            for name in dict.fromkeys([*recorded, *other]):
                sights = seen.setdefault((step.interaction.service, name), [])
                _add(sights, Sight(step.index, recorded.get(name), other.get(name)))
    for (service, name), sights in seen.items():
        yield Resource(service, name, tuple(sights))


def _states(interaction: Interaction, answer: Answer) -> dict[str, str]:
    if answer.error is not None or answer.refusal is not None:
        return {}
    params, model = interaction.decoded_params(), timeline.model_of(interaction)
    sightings = timeline.sightings(model, params=params, response=answer.response)
    return {resource: state for resource, state in sightings if state is not None}


def _add(sights: list[Sight], sight: Sight) -> None:
    last = sights[-1] if sights else None
    if last and (last.index, last.recorded, last.other) == (sight.index, sight.recorded, sight.other):
        sights[-1] = replace(last, count=last.count + 1)
    else:
        sights.append(sight)


def _counted(states: Iterable[tuple[str | None, int]]) -> list[tuple[str, int]]:
    told = ((state, count) for state, count in states if state is not None)
    return [(state, sum(n for _, n in group)) for state, group in itertools.groupby(told, key=lambda pair: pair[0])]


_LARGEST_STAND_IN = 64 * 1024 * 1024
"""Bytes; a body that a cassette holds by digest only is put to moto as zeros, up to this many of them."""


def against_moto(cassette: Cassette) -> Comparison:
    """Where moto differs from what a cassette recorded.

    moto starts empty and is called in recorded order. Identifiers that it made itself are translated, so that later
    calls reach what earlier ones made.
    """
    from replayaws.fallback.answers import NoAnswer
    from replayaws.fallback.fallback import Fallback

    fallback = Fallback()
    bindings = Bindings()
    default_region = cassette.recorded.region

    def ask(call: Call, model: OperationModel, recorded: Answer) -> Answer:
        answer = fallback.answer(
            service=call.service,
            operation=call.operation,
            region=call.region or default_region,
            params=_live(bindings.to_live(call.params), model.input_shape),
        )
        if isinstance(answer, NoAnswer):
            return Answer(refusal=answer.reason)
        written = written_answer(answer, model)
        if recorded.error is None and written.error is None:
            for one, other in alignment.pairs(recorded.response, written.response):
                bindings.bind(one, other)
        return Answer(bindings.to_recorded(written.response), bindings.to_recorded(written.error), written.status)

    return compare(cassette, ask)


def _live(written: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
    """The parameters of a call as a client takes them; a body known by its digest only becomes zeros of its size."""
    if shape is None:
        return written
    value: dict[str, Any] = codec.decode(_with_bodies(written, shape), shape)
    return value


def _with_bodies(written: Any, shape: Shape | None) -> Any:
    kind = None if shape is None else shape.type_name
    if kind == "blob" and isinstance(written, dict) and "$sha256" in written:
        return "\0" * min(int(written.get("$size", 0)), _LARGEST_STAND_IN)
    if kind == "structure" and isinstance(written, dict):
        members = shape.members  # type: ignore[union-attr]  # a structure
        return {name: _with_bodies(item, members.get(name)) for name, item in written.items()}
    if kind == "list" and isinstance(written, list):
        return [_with_bodies(item, shape.member) for item in written]  # type: ignore[union-attr]  # a list
    return written


def written_answer(answer: MotoAnswer, model: OperationModel) -> Answer:
    """moto's answer in written form, bodies and event streams read."""
    parsed = {name: value for name, value in answer.parsed.items() if name not in ("ResponseMetadata", "Error")}
    shape = model.output_shape
    members = {} if shape is None else shape.members
    events = model.get_event_stream_output()
    response = {}
    for name, value in parsed.items():
        member = members.get(name)
        if events is not None and member is not None and member.name == events.name:
            response[name] = [codec.encode(event, member) for event in value]
        else:
            response[name] = codec.encode_blob(value.read()) if hasattr(value, "read") else codec.encode(value, member)
    error = codec.encode(answer.parsed.get("Error") or {}, None) if answer.refused else None
    return Answer(response, error, answer.http.status_code)
