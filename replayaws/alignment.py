"""Two answers to the same call, side by side: which identifiers of the one are which of the other?

Learned from where they stand, never from a list of names: the two values are walked together, and where strings
differ that have the form of an identifier they are a pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_LARGE = 200
_SEPARATORS = re.compile(r"([:/?&=,;@#]+)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}")
_REGION = re.compile(r"[a-z]{2,3}(?:-[a-z]+)+-\d[a-z]?")
_NAMED = re.compile(
    r"(?:Id|ID|Identifier|Arn|ARN|Url|URL|URI|Uri|Handle|Token|Key|ETag|Name|Version)s?$|^(?:id|arn|name|key)$"
)


def pairs(recorded: Any, other: Any) -> list[tuple[str, str]]:
    """Identifiers of a recorded answer and those of another answer to the same call, paired by where they stand.

    :param recorded: JSON value.
    :param other: JSON value.
    :returns: (recorded, other), each side once, in the order in which they stand.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for one, two in _walk(recorded, other, name=""):
        if one not in found and two not in taken:
            found[one] = two
            taken.add(two)
    return list(found.items())


def _walk(one: Any, two: Any, *, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(one, str) and isinstance(two, str):
        yield from _identifiers(one, two, name=name)
    elif isinstance(one, dict) and isinstance(two, dict):
        for key, value in one.items():
            if key in two:
                yield from _walk(value, two[key], name=key)
    elif isinstance(one, list) and isinstance(two, list):
        for left, right in _partners(one, two):
            yield from _walk(left, right, name=name)


def _identifiers(one: str, two: str, *, name: str) -> Iterator[tuple[str, str]]:
    one, two = one.strip('"'), two.strip('"')
    if one == two or not _is_identifier(one, name=name) or not _is_identifier(two, name=name):
        return
    left, right = _SEPARATORS.split(one), _SEPARATORS.split(two)
    if len(left) == 1 or len(left) != len(right) or left[1::2] != right[1::2]:
        yield one, two
        return
    parts = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    if all(_is_identifier(a, name="Id") and _is_identifier(b, name="Id") for a, b in parts):
        yield from parts
    yield one, two


def _is_identifier(text: str, *, name: str) -> bool:
    if not 3 <= len(text) <= 2048 or any(character.isspace() for character in text):
        return False
    if _DATE.search(text) or _REGION.fullmatch(text):
        return False
    if _NAMED.search(name):
        return len(text) >= 8 or any(character.isdigit() for character in text)
    if text.replace(".", "").isdigit():
        return len(text) == 12 or text.count(".") == 3
    return any(character.isdigit() for character in text) and any(character.isalpha() for character in text)


def _partners(one: list[Any], two: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Elements of two lists that stand for the same thing: those with the most equal scalars, else by order."""
    if len(one) == len(two) and (len(one) < 2 or not isinstance(one[0], dict) or len(one) > _LARGE):
        yield from zip(one, two, strict=True)
        return
    if not one or not two or len(one) > _LARGE or len(two) > _LARGE:
        return
    left, right = [_scalars(item) for item in one], [_scalars(item) for item in two]
    scores = sorted(
        ((-len(a & b), abs(i - j), i, j) for i, a in enumerate(left) for j, b in enumerate(right)),
    )
    used_left: set[int] = set()
    used_right: set[int] = set()
    partners = []
    for score, _, i, j in scores:
        if i in used_left or j in used_right or (score == 0 and len(one) != len(two)):
            continue
        used_left.add(i)
        used_right.add(j)
        partners.append((i, j))
    for i, j in sorted(partners):
        yield one[i], two[j]


def _scalars(value: Any, path: str = "") -> set[tuple[str, Any]]:
    if isinstance(value, dict):
        return {scalar for name, item in value.items() for scalar in _scalars(item, f"{path}.{name}")}
    if isinstance(value, list):
        return {scalar for item in value for scalar in _scalars(item, f"{path}[]")}
    return {(path, value)} if isinstance(value, (str, int, float, bool)) else set()
