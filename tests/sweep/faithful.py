"""A parsed result in a form that pickles, and that is equal only when every value and every type is."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any

from replayaws.placeholders import PLACEHOLDER


def faithful(value: Any) -> Any:
    """What equal results have in common: values and their types, time zones' classes included.

    Bodies and event streams are read to their end. Maps become plain dicts of a type's name and items, so that the order
    of members does not count, as it does not for ``==``.
    """
    if isinstance(value, dict):
        return ("map", type(value).__name__, {key: faithful(item) for key, item in value.items()})
    if isinstance(value, list):
        return ("list", "list", [faithful(item) for item in value])
    if isinstance(value, datetime.datetime):
        return ("datetime", type(value.tzinfo).__name__, f"{value.isoformat()} fold {value.fold}")
    if isinstance(value, float):
        return ("float", "float", "NaN" if math.isnan(value) else repr(value))
    if value is None or isinstance(value, (str, bytes, bool, int)):
        return ("scalar", type(value).__name__, value)
    if hasattr(value, "read"):
        return ("body", "StreamingBody", value.read())
    return ("events", "EventStream", [faithful(event) for event in value])


@dataclass(frozen=True)
class Difference:
    """One leaf that was not replayed as it was.

    :param path: of members, keys and indexes.
    :param what: both values.
    :param redacted: whether a placeholder stands there instead.
    """

    path: tuple[str | int, ...]
    what: str
    redacted: bool = False

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.what}"


def differences(live: Any, replayed: Any, path: tuple[str | int, ...] = ()) -> list[Difference]:
    """Where two results in faithful form differ."""
    if live == replayed:
        return []
    (kind, name, one), (_, other_name, other) = live, replayed
    if name != other_name:
        return [Difference(path, f"{_short(live)} became {_short(replayed)}")]
    if kind == "map":
        other = _under_live_keys(one, other)
        found = [Difference((*path, key), f"{_short(one[key])} is gone") for key in one if key not in other]
        found += [
            Difference((*path, key), f"{_short(other[key])} came from nowhere") for key in other if key not in one
        ]
        common = [(key, one[key], other[key]) for key in one if key in other]
    elif kind in ("list", "events") and len(one) == len(other):
        found, common = [], [(index, *pair) for index, pair in enumerate(zip(one, other, strict=True))]
    else:
        return [Difference(path, f"{_short(live)} became {_short(replayed)}", _is_redacted(other))]
    for step, first, second in common:
        found += differences(first, second, (*path, step))
    return found


def _is_redacted(value: Any) -> bool:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return isinstance(text, str) and PLACEHOLDER.search(text) is not None


def _under_live_keys(live: dict[str, Any], replayed: dict[str, Any]) -> dict[str, Any]:
    """A replayed map with its redacted keys, if it has any, put back: they stand where the live ones stood."""
    hidden = [key for key in live if key not in replayed]
    placeholders = [key for key in replayed if key not in live]
    if len(hidden) != len(placeholders) or not all(map(_is_redacted, placeholders)):
        return replayed
    names = dict(zip(placeholders, hidden, strict=True))
    return {names.get(key, key): value for key, value in replayed.items()}


def lost(sent: Any, arrived: Any, path: str = "") -> list[str]:
    """Paths of members of an answer as it was meant that its result, in faithful form, does not have."""
    if isinstance(sent, dict) and arrived[0] == "map":
        found = [f"{path}.{key}" for key in sent if key not in arrived[2]]
        return found + [
            line for key in sent if key in arrived[2] for line in lost(sent[key], arrived[2][key], f"{path}.{key}")
        ]
    if isinstance(sent, list) and arrived[0] in ("list", "events"):
        if len(sent) != len(arrived[2]):
            return [f"{path}: {len(sent)} items, {len(arrived[2])} arrived"]
        pairs = enumerate(zip(sent, arrived[2], strict=True))
        return [line for index, pair in pairs for line in lost(*pair, f"{path}[{index}]")]
    return []


def _short(value: Any) -> str:
    text = f"{value[1]} {value[2]!r}"
    return text if len(text) <= 120 else text[:117] + "..."
