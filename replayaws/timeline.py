"""A cassette by resource: which resource does a call speak of, and in which states was it seen, in which order?

Decided from the model, never from lists of services: the members of the URI name a resource, else the first required
string; a structure that holds something like ``…Status`` or ``State`` beside something like ``…Name``, ``…Id`` or
``…Arn`` tells the state of the resource so named.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from replayaws import shapes
from replayaws.interaction import Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

STATE_NAME = re.compile(r"(?:Status|State|Phase)$|^(?:status|state|phase)$")
"""Member names that tell a state."""

_IDENTIFIER_NAME = re.compile(r"(?:Name|Id|ID|Identifier|Arn|ARN|Url|Key|Bucket)$|^(?:name|id|arn|key|bucket)$")
_WANTED_STATE = re.compile(r"^(?:desired|Desired|target|Target|previous|Previous)")
_WHOLE_STATE = re.compile(r"^(?:last)?(?:status|state)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Event:
    """One sight of a resource.

    :param index: of the interaction in its cassette.
    :param seconds: since the recording began.
    :param operation: AWS's name of the operation.
    :param state: the state that the answer told, ``None`` where it told none.
    :param error: the error's code, where AWS answered with one.
    :param count: how often in a row.
    """

    index: int
    seconds: float
    operation: str
    state: str | None = None
    error: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Lane:
    """One resource and what was seen of it, in order."""

    service: str
    resource: str
    events: tuple[Event, ...]

    def states(self) -> list[tuple[str, int]]:
        """The states in order, each with how often it was seen in a row."""
        told = (event for event in self.events if event.state is not None)
        return [
            (str(state), sum(event.count for event in group))
            for state, group in itertools.groupby(told, key=lambda event: event.state)
        ]


def model_of(interaction: Interaction) -> OperationModel | None:
    """The installed botocore's model of the call; ``None`` for plain HTTP and for what botocore no longer knows."""
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError

    if interaction.service == "http":
        return None
    try:
        return shapes.operation_model(interaction.service, interaction.operation)
    except (UnknownServiceError, OperationNotFoundError):
        return None


def lanes(interactions: Sequence[Interaction]) -> list[Lane]:
    """The timelines of all resources that a cassette's calls speak of, in order of first sight."""
    events: dict[tuple[str, str], list[Event]] = {}
    for index, interaction in enumerate(interactions):
        model = model_of(interaction)
        error = interaction.decoded_error()
        seen = sightings(
            model, params=interaction.decoded_params(), response={} if error else interaction.decoded_response()
        )
        for resource, state in seen:
            event = Event(
                index=index,
                seconds=interaction.seconds,
                operation=interaction.operation,
                state=state,
                error=error_code(error) if error else None,
                count=interaction.count,
            )
            events.setdefault((interaction.service, resource), []).append(event)
    return [Lane(service, resource, tuple(seen)) for (service, resource), seen in events.items()]


def error_code(error: dict[str, Any]) -> str:
    """The code of AWS's error, a word also where it has none."""
    return str(error.get("Code") or "error")


def sightings(
    model: OperationModel | None, *, params: dict[str, Any], response: dict[str, Any]
) -> list[tuple[str, str | None]]:
    """Resources that a call and its answer speak of, each with the state told of it.

    :param params: the parameters in written form.
    :param response: the parsed output in written form; ``{}`` for an error.
    """
    if model is None:
        return []
    own = resource_of(model, params)
    echoes = set(_texts(params))
    seen: dict[str, str | None] = {}
    if model.output_shape is not None:
        for resource, state in _states(response, model.output_shape, echoes):
            name = resource or own
            if name and seen.get(name) is None:
                seen[name] = state
    if own and own not in seen and not (len(seen) == 1 and model.input_shape is not None and _is_creation(model)):
        seen[own] = None
    return list(seen.items())


def _is_creation(model: OperationModel) -> bool:
    return not shapes.is_read(model, model.name) and model.name.startswith(
        ("Create", "Run", "Start", "Allocate", "Request")
    )


def resource_of(model: OperationModel, params: dict[str, Any]) -> str | None:
    """The resource that the parameters name, ``None`` where they name none."""
    if model.input_shape is None:
        return None
    members = model.input_shape.members
    in_uri = [name for name, shape in members.items() if shape.serialization.get("location") == "uri"]
    texts = [str(params[name]) for name in in_uri if isinstance(params.get(name), str)]
    if texts:
        return "/".join(map(tail, texts))
    required = [name for name in model.input_shape.required_members if _IDENTIFIER_NAME.search(name)]
    others = [name for name in params if name in members and _IDENTIFIER_NAME.search(name) and name not in required]
    plural = [name for name in params if name in members and members[name].type_name == "list"]
    for name in [*required, *others, *plural]:
        value = params.get(name)
        if isinstance(value, list) and len(value) == 1 and _IDENTIFIER_NAME.search(name.removesuffix("s")):
            value = value[0]
        if isinstance(value, str) and not getattr(members[name], "enum", None):
            return tail(value)
    return None


def tail(text: str) -> str:
    """The last part of an ARN or URL; anything else as it is."""
    if text.startswith("arn:") or "://" in text[:12]:
        return re.split(r"[:/]", text.rstrip("/"))[-1] or text
    return text


def _states(value: Any, shape: Shape, echoes: set[str]) -> Iterator[tuple[str | None, str]]:
    """Pairs of resource and state below a value; no resource for a state at the top, which is of the call's own."""
    yield from _walk(value, shape, echoes, depth=0)


def _walk(value: Any, shape: Shape, echoes: set[str], *, depth: int) -> Iterator[tuple[str | None, str]]:
    if isinstance(value, list) and shape.type_name == "list":
        for item in value:
            yield from _walk(item, shape.member, echoes, depth=depth + 1)  # type: ignore[attr-defined]  # a list shape
    elif isinstance(value, dict) and shape.type_name == "map":
        for item in value.values():
            yield from _walk(item, shape.value, echoes, depth=depth + 1)  # type: ignore[attr-defined]  # a map shape
    elif isinstance(value, dict) and shape.type_name == "structure":
        members = shape.members  # type: ignore[attr-defined]  # a structure
        identifier = _identifier(value, shape, echoes)
        state = _state(value, members, identifier)
        if state is not None and (identifier is not None or depth == 0):
            yield (None if identifier is None else tail(str(value[identifier]))), state
        for name, item in value.items():
            if name in members and isinstance(item, (list, dict)):
                yield from _walk(item, members[name], echoes, depth=depth + 1)


def _identifier(value: dict[str, Any], shape: Shape, echoes: set[str]) -> str | None:
    """The member that names the resource which a structure describes."""
    members = shape.members  # type: ignore[attr-defined]  # a structure
    named = [
        name for name in value if _IDENTIFIER_NAME.search(name) and name in members and isinstance(value[name], str)
    ]
    candidates = [name for name in named if not getattr(members[name], "enum", None)]
    if not candidates:
        return None
    stems = _stems(shape)

    def rank(name: str) -> tuple[bool, bool, int, bool]:
        lower = name.lower()
        whole = any(stem and lower.startswith(stem) for stem in stems)
        related = max(_common(lower, stem) for stem in stems)
        return whole, value[name] in echoes, related, lower.endswith("name")

    return max(candidates, key=rank)


@functools.lru_cache(maxsize=4096)
def _stems(shape: Shape) -> frozenset[str]:
    """What a structure is called: its own name, and what its states are said to be of; in lower case."""
    members = shape.members  # type: ignore[attr-defined]  # a structure
    return frozenset(
        {STATE_NAME.sub("", name).lower() for name in members if STATE_NAME.search(name)} | {shape.name.lower()}
    )


def _state(value: dict[str, Any], members: dict[str, Shape], identifier: str | None) -> str | None:
    told = {}
    for name, item in value.items():
        if name not in members or not STATE_NAME.search(name) or _WANTED_STATE.match(name):
            continue
        text = _state_text(item)
        if text is not None:
            told[name] = text
    if not told:
        return None

    def rank(name: str) -> tuple[bool, int]:
        return bool(_WHOLE_STATE.match(name)), _common(name.lower(), (identifier or "").lower())

    return told[max(told, key=rank)]


def _common(one: str, two: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def _state_text(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        for name in ("State", "Status", "Name", "Code", "state", "status", "name", "code"):
            if isinstance(item.get(name), str):
                return str(item[name])
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(_texts, value.values()))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(_texts, value))


def folded(states: Iterable[tuple[str, int]]) -> str:
    """States as people read them: ``IN_PROGRESS x3 → COMPLETED``."""
    return " → ".join(state if count == 1 else f"{state} x{count}" for state, count in states)
