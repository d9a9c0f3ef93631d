"""What a recording made and did not take away again."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from replayaws import shapes
from replayaws.cassette import Cassette
from replayaws.interaction import Interaction

_MAKES = re.compile(r"(?:Create|Run|Allocate|Register|Import|Put|Start|Request|Copy|Complete)(?P<noun>[A-Z]\w*)")
_TAKES = re.compile(
    r"(?:Delete|Terminate|Release|Deregister|Remove|Destroy|BatchDelete|Schedule(?=\w+Deletion))[A-Z]\w*"
)
_NAMES = re.compile(r".*(?:[Nn]ame|[Bb]ucket|[Kk]ey|Id|Identifier|Alias|Path)")
_VERBS = ("Delete", "Terminate", "Release", "Deregister", "Remove", "Destroy")


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that was made and is likely still there.

    :param index: of the interaction that made it.
    :param call: that call.
    :param region: where.
    :param name: its most telling identifier.
    """

    index: int
    call: str
    region: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.call} made {self.name}" + (f" in {self.region}" if self.region else "")


@dataclass(frozen=True, slots=True)
class _Entry:
    leftover: Leftover
    owner: str
    service: str
    names: frozenset[str]


class Made:
    """What the calls of some cassettes made and no later call of them took away.

    A call makes something when its service has an operation that takes the same away; a call takes something away
    when everything that it names was named when that was made. So a deleted bucket takes its policy along, and a deleted
    object leaves the bucket.
    """

    def __init__(self) -> None:
        self._made: list[_Entry] = []
        self._lock = threading.Lock()

    def enter(self, cassette: Cassette) -> None:
        """One more cassette. What a test makes is often taken away by its fixture, whose cassette is entered later."""
        with self._lock:
            for index, interaction in enumerate(cassette.interactions):
                if interaction.exception is None and interaction.decoded_error() is None:
                    self._follow(cassette.owner, index, interaction)

    def _follow(self, owner: str, index: int, interaction: Interaction) -> None:
        if _TAKES.match(interaction.operation):
            taken = [_flat(choice) for choice in _choices(interaction.decoded_params())]
            self._made = [entry for entry in self._made if not _is_taken(entry, interaction, taken)]
        elif _makes(interaction):
            names = [*_texts(interaction.decoded_params()), *_texts(interaction.decoded_response())]
            leftover = Leftover(index, interaction.call, interaction.region, _telling(interaction))
            self._made.append(_Entry(leftover, owner, interaction.service, frozenset(names)))

    def left(self) -> dict[Leftover, str]:
        """What is left, with its owner, each thing once."""
        left: dict[tuple[str, str | None, str], tuple[Leftover, str]] = {}
        for entry in self._made:
            one = entry.leftover
            left.setdefault((one.call, one.region, one.name), (one, entry.owner))
        return dict(left.values())


def leftovers(cassette: Cassette) -> list[Leftover]:
    """What the calls of a cassette made and no later call of it took away."""
    made = Made()
    made.enter(cassette)
    return list(made.left())


def _makes(interaction: Interaction) -> bool:
    found = _MAKES.fullmatch(interaction.operation)
    if found is None:
        return False
    from botocore.exceptions import UnknownServiceError

    try:
        operations = shapes.service_model(interaction.service).operation_names
    except UnknownServiceError:
        return False
    noun = found["noun"].removesuffix("s")
    counterparts = {f"{verb}{noun}{end}" for verb in _VERBS for end in ("", "s")} | {f"Schedule{noun}Deletion"}
    return not counterparts.isdisjoint(operations)


def _is_taken(entry: _Entry, interaction: Interaction, taken: list[set[str]]) -> bool:
    if entry.service != interaction.service or entry.leftover.region != interaction.region:
        return False
    return any(choice and choice <= entry.names for choice in taken)


def _choices(params: dict[str, Any]) -> Iterator[Any]:
    """The parameters, once for each item of a list in them: who deletes many deletes each."""
    for name, value in params.items():
        if isinstance(value, list) and value:
            rest = {key: item for key, item in params.items() if key != name}
            for item in value:
                yield from _choices({**rest, name: {"": item}})
            return
        if isinstance(value, dict):
            inner = list(_choices(value))
            if len(inner) > 1:
                for choice in inner:
                    yield {**params, name: choice}
                return
    yield params


def _flat(value: Any) -> set[str]:
    return set(_texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _telling(interaction: Interaction) -> str:
    """What a person would look for: an ARN, an id, a name; the last of the parameters' names where there is a path."""
    for pattern in (r".*Arns?$", r".*(?:Id|Url)$"):
        for name, value in _named(interaction.decoded_response()):
            if re.match(pattern, name) and "Request" not in name:
                return value
    texts = {name: value for name, value in interaction.decoded_params().items() if isinstance(value, str)}
    names = [value for name, value in texts.items() if _NAMES.fullmatch(name)] or list(texts.values())
    return "/".join(value[:200] for value in names[:2]) or interaction.operation


def _named(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _named(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item, name)
