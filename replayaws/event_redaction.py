"""Redaction across the events of a stream: a secret may begin in one event and end in another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Place = tuple[str, ...]


def redact_across(events: list[Any], redact: Callable[[str], str]) -> None:
    """Redacts the texts that stand at one place in successive events as the one text that they are together.

    What stands in place of a secret goes to the event in which the secret begins; the others lose their part of it.

    :param events: in written form, each redacted by itself already; changed in place.
    :param redact: redacts a text.
    """
    pieces: dict[Place, list[tuple[dict[str, Any], str]]] = {}
    for event in events:
        for place, holder, name in _texts(event, ()):
            pieces.setdefault(place, []).append((holder, name))
    for holders in pieces.values():
        whole = "".join(holder[name] for holder, name in holders)
        redacted = redact(whole) if len(holders) > 1 else whole
        if redacted != whole:
            _share_out(holders, whole, redacted)


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any], str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and not name.startswith("$"):
                yield (*place, name), value, name
            else:
                yield from _texts(item, (*place, name))


def _share_out(holders: list[tuple[dict[str, Any], str]], whole: str, redacted: str) -> None:
    """Cuts the changed stretch out of the pieces and puts the new one where it began."""
    begin = _common_length(whole, redacted)
    rest = _common_length(whole[begin:][::-1], redacted[begin:][::-1])
    end, new = len(whole) - rest, redacted[begin : len(redacted) - rest]
    at = 0
    for holder, name in holders:
        text = holder[name]
        before, after = text[: max(0, begin - at)], text[max(0, end - at) :]
        takes = at <= begin < at + len(text)
        holder[name] = before + (new if takes else "") + after if at < end and at + len(text) > begin else text
        at += len(text)


def _common_length(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
