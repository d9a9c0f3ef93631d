"""Parameters that were refused, changed in the way that the refusal asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from replayaws.fallback import filling

if TYPE_CHECKING:
    from botocore.model import OperationModel

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MISSING_KEY = re.compile(r"KeyError: '(\w+)'")


def amended(
    model: OperationModel, params: dict[str, Any], given: dict[str, Any], said: str, known: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Other parameters to try, the likeliest first: with a member that the refusal names, or without it.

    :param given: members that stay.
    :param said: the refusal, or how moto failed.
    :param known: what was recorded, to fill a member from.
    """
    shape: Any = model.input_shape
    members = {} if shape is None else shape.members
    named = sorted((name for name in members if _stands_in(name, said)), key=said.find)
    for name in [*named, *(name for name in members if name not in named and _is_meant(name, said))]:
        if name not in params:
            yield {**params, name: filling.substantial(name, members[name], params, known)}
    for name in named:
        if name in params and name not in given:
            yield {other: value for other, value in params.items() if other != name}


def _stands_in(name: str, said: str) -> bool:
    return re.search(rf"\b{name}\b", said) is not None


def _is_meant(name: str, said: str) -> bool:
    """Whether all words of a member's name stand in a sentence, or a crash missed it under another spelling."""
    missing = _MISSING_KEY.search(said)
    if missing is not None:
        return missing[1].replace("_", "").lower() == name.lower()
    words = {word.lower() for word in _WORD.findall(name) if len(word) > 2}
    spoken = {word.lower() for word in re.findall(r"[A-Za-z]+", said)}
    return len(words) > 1 and words <= spoken
