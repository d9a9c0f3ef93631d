"""Two cassettes by meaning: which calls came and went, which answers changed?

Times, request ids and invented names do not count.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import alignment, timeline
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.interaction import NOTHING, Interaction

if TYPE_CHECKING:
    from botocore.model import Shape


@dataclass(frozen=True, slots=True)
class Value:
    """A value that changed.

    :param path: such as ``"response.TranscriptionJob.Settings"``.
    :param old: in written form; :data:`ABSENT` where there was none.
    :param new: in written form; :data:`ABSENT` where there is none.
    """

    path: str
    old: Any
    new: Any


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """An interaction that came (no ``old``), went (no ``new``), or is answered otherwise.

    :param old: index in the old cassette.
    :param new: index in the new cassette.
    """

    old: int | None
    new: int | None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one cassette to another.

    :param frame: values outside the interactions.
    :param renamed: invented names and identifiers that are others now, old and new; they do not count as changes.
    """

    frame: tuple[Value, ...]
    interactions: tuple[Change, ...]
    renamed: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.frame or self.interactions)


def between(old: Cassette, new: Cassette) -> Changes:
    """What changed from one cassette to another."""
    bindings = _bindings(old.interactions, new.interactions)
    frame = [
        Value(path, one, two)
        for path, one, two in (
            ("owner", old.owner, new.owner),
            ("recorded.source", old.recorded.source, new.recorded.source),
            ("recorded.matched_by", old.recorded.matched_by, new.recorded.matched_by),
            ("kept", old.kept, new.kept),
            ("values", sorted(old.values), sorted(new.values)),
        )
        if one != two
    ]
    interactions = tuple(_interactions(old.interactions, new.interactions, bindings))
    return Changes(tuple(frame), interactions, tuple(bindings.pairs()))


def _bindings(old: Sequence[Interaction], new: Sequence[Interaction]) -> Bindings:
    """Identifiers of the old cassette tied to the new one's, learned from the same calls in the same order."""
    bindings = Bindings()
    matcher = difflib.SequenceMatcher(None, [_name(one) for one in old], [_name(one) for one in new], autojunk=False)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            one, two = old[block.a + offset], new[block.b + offset]
            for part in ("decoded_params", "decoded_response"):
                for left, right in alignment.pairs(getattr(one, part)(), getattr(two, part)()):
                    bindings.bind(left, right)
    return bindings


def _name(interaction: Interaction) -> tuple[str, str | None]:
    return interaction.call, interaction.region


def _interactions(old: Sequence[Interaction], new: Sequence[Interaction], bindings: Bindings) -> Iterator[Change]:
    old_keys = [(*_name(one), _text(one.decoded_params()), one.params == NOTHING) for one in old]
    new_keys = [(*_name(one), _text(bindings.to_recorded(one.decoded_params())), one.params == NOTHING) for one in new]
    matcher = difflib.SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            for one, two in zip(range(old_from, old_to), range(new_from, new_to), strict=True):
                values = tuple(_values(old[one], new[two], bindings))
                if values:
                    yield Change(one, two, values)
        else:
            yield from _replaced(old, new, range(old_from, old_to), range(new_from, new_to), bindings)


def _replaced(
    old: Sequence[Interaction], new: Sequence[Interaction], gone: range, come: range, bindings: Bindings
) -> Iterator[Change]:
    """Calls that are not the same: with other parameters where the name is, else gone and come."""
    left = list(come)
    for one in gone:
        partner = next((two for two in left if _name(old[one]) == _name(new[two])), None)
        if partner is None:
            yield Change(one, None)
            continue
        yield from (Change(None, two) for two in left[: left.index(partner)])
        del left[: left.index(partner) + 1]
        yield Change(one, partner, tuple(_values(old[one], new[partner], bindings)))
    yield from (Change(None, two) for two in left)


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def _values(old: Interaction, new: Interaction, bindings: Bindings) -> Iterator[Value]:
    model = timeline.model_of(old)
    shapes = (None, None) if model is None else (model.input_shape, model.output_shape)
    to_old = bindings.to_recorded
    yield from _walk(old.decoded_params(), to_old(new.decoded_params()), shapes[0], "params")
    one, two = old.decoded_error(), to_old(new.decoded_error())
    yield from _walk(ABSENT if one is None else one, ABSENT if two is None else two, None, "error")
    shape = shapes[1] if one is None and two is None else None
    yield from _walk(old.decoded_response(), to_old(new.decoded_response()), shape, "response")
    if old.incomplete != new.incomplete:
        yield Value("incomplete", old.incomplete or ABSENT, new.incomplete or ABSENT)


def _walk(old: Any, new: Any, shape: Shape | None, path: str) -> Iterator[Value]:
    kind = None if shape is None else shape.type_name
    if old == new or (kind == "timestamp" and isinstance(old, str) and isinstance(new, str)):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            member = _member(shape, kind, name)
            yield from _walk(old.get(name, ABSENT), new.get(name, ABSENT), member, f"{path}.{name}")
    elif isinstance(old, list) and isinstance(new, list):
        element = shape.member if kind == "list" else None  # type: ignore[union-attr]  # a list
        for number in range(max(len(old), len(new))):
            one = old[number] if number < len(old) else ABSENT
            two = new[number] if number < len(new) else ABSENT
            yield from _walk(one, two, element, f"{path}[{number}]")
    else:
        yield Value(path, old, new)


def _member(shape: Shape | None, kind: str | None, name: str) -> Shape | None:
    if kind == "structure":
        found: Shape | None = shape.members.get(name)  # type: ignore[union-attr]  # a structure
        return found
    return shape.value if kind == "map" else None  # type: ignore[union-attr]  # a map
