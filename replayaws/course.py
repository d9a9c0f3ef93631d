"""The recordings in the order in which they were made, as long as the program keeps to it: most do to their end.

Then the next recording is the one that :mod:`replayaws.chronicle` would choose, and nothing needs to know what touches
what, nor an index of the cassette.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import shapes
from replayaws.interaction import NOTHING, Call, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel

_MOST_OPEN = 20
"""Reads that may be open: each is looked at for each call."""


class Course:
    """How far a program has come that makes its calls as they were recorded.

    A read that was answered the same several times stands in a cassette once, whatever was called in between: it stays open
    until it was played as often, or a mutation comes.

    :ivar played: index and model of each recording that was played, in order, once for each time.
    """

    __slots__ = ("_interactions", "_next", "_open", "_plays", "_reached", "played")

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self._interactions = interactions
        self._next = self._plays = 0
        self._open: dict[int, int] = {}
        self._reached = -1
        self.played: list[tuple[int, OperationModel | None]] = []

    def find(self, call: Call, params: dict[str, Any]) -> int | None:
        """The index of the recording of exactly this call that comes next; ``None`` where the program has left the course.

        :param params: the call's, in recorded identifiers.
        """
        if len(self._open) > _MOST_OPEN:
            return None
        for index in self._open:
            if _is_of(self._interactions[index], call, params):
                return index if index > self._reached else None
        if self._next < len(self._interactions) and _is_of(self._interactions[self._next], call, params):
            return self._next
        return None

    def play(self, index: int, model: OperationModel | None) -> None:
        """The recording that was found is played."""
        interaction = self._interactions[index]
        self.played.append((index, model))
        if not shapes.is_read(model, interaction.operation):
            self._reached = index
            self._plays += 1
            if self._plays == interaction.count:
                self._next, self._plays = self._next + 1, 0
            return
        plays = self._open.pop(index, 0) + 1
        if plays < interaction.count:
            self._open[index] = plays
        if index == self._next:
            self._next += 1


def _is_of(interaction: Interaction, call: Call, params: dict[str, Any]) -> bool:
    if interaction.region != call.region or interaction.call != call.name or interaction.params == NOTHING:
        return False
    recorded = interaction.decoded_params()
    return recorded == params and _text(recorded) == _text(params)  # True == 1, in JSON it is not


def _text(params: dict[str, Any]) -> bytes:
    return msgspec.json.encode(params, order="sorted")
