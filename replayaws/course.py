"""The recordings in the order in which they were made, as long as the program keeps to it: most do to their end.

Then the next recording is the one that :mod:`replayaws.chronicle` would choose, and nothing needs to know what touches
what, nor an index of the cassette.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws.interaction import NOTHING, Call, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel


class Course:
    """How far a program has come that makes its calls as they were recorded.

    :ivar played: index and model of each recording that was played, in order, once for each time.
    """

    __slots__ = ("_interactions", "_next", "_plays", "played")

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self._interactions = interactions
        self._next = self._plays = 0
        self.played: list[tuple[int, OperationModel | None]] = []

    def next(self, call: Call, params: dict[str, Any]) -> int | None:
        """The index of the next recording where it is of exactly this call, else ``None``.

        :param params: the call's, in recorded identifiers.
        """
        if self._next == len(self._interactions):
            return None
        interaction = self._interactions[self._next]
        if interaction.region != call.region or interaction.call != call.name or interaction.params == NOTHING:
            return None
        recorded = interaction.decoded_params()
        if recorded != params or _text(recorded) != _text(params):  # True == 1, in JSON it is not
            return None
        return self._next

    def play(self, model: OperationModel | None) -> None:
        """The next recording is played."""
        self.played.append((self._next, model))
        self._plays += 1
        if self._plays == self._interactions[self._next].count:
            self._next, self._plays = self._next + 1, 0


def _text(params: dict[str, Any]) -> bytes:
    return msgspec.json.encode(params, order="sorted")
