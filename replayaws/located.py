"""JMESPath that changes: the expression selects, what it selected is replaced where it stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Text(str):
    """A string that is known again by identity after JMESPath selected it."""


class _Whole(int):
    """The same for an integer."""


class _Real(float):
    """The same for a float."""


# JMESPath's functions look types up by the name of the class.
_Text.__name__, _Whole.__name__, _Real.__name__ = "str", "int", "float"


def replace_at(expression: str, value: dict[str, Any], replace: Callable[[Any], Any]) -> dict[str, Any]:
    """The value with each string and number replaced that a JMESPath selects, or that stands inside what it selects."""
    import jmespath

    located = _locate(value)
    selected: set[int] = set()
    _gather(jmespath.search(expression, located), selected)
    replaced: dict[str, Any] = _replaced(located, selected, replace)
    return replaced


def _locate(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _locate(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_locate(item) for item in value]
    if isinstance(value, str):
        return _Text(value)
    if type(value) is int:
        return _Whole(value)
    return _Real(value) if type(value) is float else value


def _gather(value: Any, selected: set[int]) -> None:
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            _gather(item, selected)
    elif isinstance(value, (_Text, _Whole, _Real)):
        selected.add(id(value))


def _replaced(value: Any, selected: set[int], replace: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, selected, replace) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, selected, replace) for item in value]
    if isinstance(value, _Text):
        return replace(str(value)) if id(value) in selected else str(value)
    if isinstance(value, (_Whole, _Real)):
        plain = int(value) if isinstance(value, _Whole) else float(value)
        return replace(plain) if id(value) in selected else plain
    return value
