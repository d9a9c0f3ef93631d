"""A parsed result in a form that pickles, and that is equal only when every value and every type is."""

from __future__ import annotations

import datetime
import math
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


def differences(live: Any, replayed: Any, path: str = "") -> list[str]:
    """Where two results in faithful form differ, as paths with both values; a placeholder counts as equal."""
    if live == replayed or live[:2] != replayed[:2]:
        return [] if live == replayed else [f"{path}: {_short(live)} became {_short(replayed)}"]
    kind, _, one = live
    other = replayed[2]
    if kind == "map":
        found = [f"{path}.{key}: {_short(one[key])} is gone" for key in one if key not in other]
        found += [f"{path}.{key}: {_short(other[key])} came out of nowhere" for key in other if key not in one]
        return found + [
            line for key in one if key in other for line in differences(one[key], other[key], f"{path}.{key}")
        ]
    if kind in ("list", "events") and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for index, pair in pairs for line in differences(*pair, f"{path}[{index}]")]
    return [] if _is_redacted(other) else [f"{path}: {_short(live)} became {_short(replayed)}"]


def _is_redacted(value: Any) -> bool:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return isinstance(text, str) and PLACEHOLDER.search(text) is not None


def redactions(live: Any, replayed: Any) -> int:
    """How many leaves of two results without differences differ all the same: those that hold placeholders."""
    if live == replayed:
        return 0
    kind, _, one = live
    if kind == "map":
        return sum(redactions(one[key], replayed[2][key]) for key in one)
    if kind in ("list", "events"):
        return sum(redactions(*pair) for pair in zip(one, replayed[2], strict=True))
    return 1


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
