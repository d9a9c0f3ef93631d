"""What stands in a cassette: where does this word stand first, does it stand anywhere? Read once, when first asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from replayaws.interaction import Interaction
from replayaws.placeholders import PLACEHOLDER

_WORD = re.compile(rb"[A-Za-z0-9]{8,}")
_HAS_DIGIT = re.compile(rb"\d")


class Vocabulary:
    """The words of a cassette: runs of eight or more letters and digits, with a digit among them.

    :param interactions: in recorded order.
    """

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self._interactions = interactions

    @cached_property
    def _standing(self) -> dict[bytes, list[int]]:
        standing: dict[bytes, list[int]] = {}
        for index, interaction in enumerate(self._interactions):
            for payload in _payloads(interaction):
                for word in set(_WORD.findall(payload)):
                    if _HAS_DIGIT.search(word):
                        indexes = standing.setdefault(word, [])
                        if not indexes or indexes[-1] != index:
                            indexes.append(index)
        return standing

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """All placeholders that stand in the cassette."""
        return frozenset(
            match[0]
            for interaction in self._interactions
            for payload in _payloads(interaction)
            for match in PLACEHOLDER.finditer(payload.decode("utf-8", "replace"))
        )

    def holds(self, text: str) -> bool:
        """Whether one of the text's words stands anywhere."""
        return any(word in self._standing for word in _WORD.findall(text.encode()))

    def indexes(self, text: str) -> list[int]:
        """Indexes of the interactions in which the text's rarest word stands."""
        found = [self._standing[word] for word in _WORD.findall(text.encode()) if word in self._standing]
        return min(found, key=len, default=[])


def _payloads(interaction: Interaction) -> Iterator[bytes]:
    yield bytes(interaction.params)
    yield bytes(interaction.response)
    yield bytes(interaction.error)
