"""Walks over Python values of calls and answers: their strings rewritten, their JSON, their leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """The value with every string in it, keys included, rewritten. Bytes, streams and times stay as they are."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, dict):
        return {rewrite(name): rewritten(item, rewrite) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rewritten(item, rewrite) for item in value]
    return value


def plain(value: Any) -> Any:
    """The value as JSON, for alignment: whatever is no JSON becomes ``None``."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items() if name != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path of member names, leaf) for everything in the value that is no container; list indexes are left out."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, str(name)))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item, path)
    elif value is not None:
        yield path, value


def structures(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every structure inside a value with the name of the member that holds it, the inner ones first."""
    if isinstance(value, dict):
        for member, item in value.items():
            if member != "ResponseMetadata":
                yield from structures(item, member)
        yield name, value
    elif isinstance(value, list):
        for item in value:
            yield from structures(item, name)
