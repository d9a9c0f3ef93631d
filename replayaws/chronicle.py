"""The recorded timeline of a cassette, and how far the program has come on it: what answers a call at this point?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from replayaws import shapes
from replayaws.cassette import Cassette
from replayaws.found import Found, Missed
from replayaws.interaction import NOTHING, Interaction
from replayaws.relations import NONE, Frontier, Progress, Relations, Sight, values_of
from replayaws.tracks import Line

if TYPE_CHECKING:
    from botocore.model import OperationModel

PATIENCE = 100
"""How often one recording answers a read while a newer one waits behind a mutation that never comes."""


class Chronicle:
    """What was replayed of a cassette, in which order.

    :param collapse: whether each state of a poll is answered once, however often it was recorded.
    """

    def __init__(self, cassette: Cassette, *, collapse: bool) -> None:
        self._interactions = cassette.interactions
        self._collapse = collapse
        self._plays: dict[int, int] = {}
        self._time = 0
        self._progress: dict[str, Progress] = {}
        self._reached = NONE
        self._done: set[int] = set()
        self._mutations_played: list[tuple[int, int]] = []
        self._frontiers: dict[str, Frontier] = {}
        self._relations: dict[str, Relations] = {}
        self._credit: dict[int, Line] = {}

    @cached_property
    def by_name(self) -> dict[str, list[int]]:
        """Indexes of the recordings of each operation."""
        by_name: dict[str, list[int]] = {}
        for index, interaction in enumerate(self._interactions):
            by_name.setdefault(interaction.call, []).append(index)
        return by_name

    @cached_property
    def _by_service(self) -> dict[str, list[tuple[str, list[int]]]]:
        by_service: dict[str, list[tuple[str, list[int]]]] = {}
        for name, indexes in self.by_name.items():
            service, _, operation = name.partition(".")
            by_service.setdefault(service, []).append((operation, indexes))
        return by_service

    def plays(self, index: int) -> int:
        """How often a recording was played."""
        return self._plays.get(index, 0)

    def play(self, found: Found) -> None:
        """Mark a recording as played."""
        index, line = found.index, found.line
        assert line is not None
        self._time += 1
        plays = self._plays[index] = self._plays.get(index, 0) + 1
        if line.text is not None and index != line.indexes[line.position]:
            line.position, line.plays = bisect_right(line.indexes, index) - 1, 0
        line.plays += 1
        if line.track.plan.is_read:
            if found.credit:
                self._credit[index] = line
            return
        if line.text is None or plays >= found.interaction.count:
            self._done.add(index)
        if line.text is not None and plays >= found.interaction.count:
            line.position, line.plays = line.position + 1, 0
        self._play_mutation(index, found.interaction.service)

    def is_exhausted(self, line: Line) -> bool:
        """Whether no recording of a line has plays left."""
        if not line.track.plan.is_read:
            return line.position >= len(line.indexes)
        return line.position == len(line.indexes) - 1 and not self._plays_left(line)

    def debts(self) -> list[tuple[int, list[int]]]:
        """(index, mutations before it that were never replayed) of each read that was answered on credit."""
        found = ((index, self._missing(line, index)) for index, line in sorted(self._credit.items()))
        return [(index, missing) for index, missing in found if missing]

    def choose(self, line: Line) -> Found | Missed:
        """The recording of a line that answers at this point of the program."""
        if line.text is None:
            return self._next_in_order(line)
        if line.track.plan.is_read:
            return self._choose_at_once(line) or self._choose_by_relations(line)
        if line.position >= len(line.indexes):
            return Missed("played", line.indexes[-1])
        index = line.indexes[line.position]
        return Found(index, self._interactions[index], line)

    def _next_in_order(self, line: Line) -> Found:
        """Without parameters there is only the order: one after the other, after the last the first, as placebo does."""
        return self._found(line, line.plays % len(line.indexes))

    def _choose_at_once(self, line: Line) -> Found | None:
        """The answer of a program that goes as it was recorded, found without knowing what touches what."""
        indexes, position = line.indexes, line.position
        if not self._plays_left(line):
            position = min(position + 1, len(indexes) - 1)
        index = indexes[position]
        if index <= self._reached:
            return None
        first_missing = self._frontier(line).first
        if first_missing is not None and first_missing < index:
            return None
        return Found(index, self._interactions[index], line)

    def _choose_by_relations(self, line: Line) -> Found | Missed:
        indexes, position = line.indexes, line.position
        service = self._interactions[indexes[0]].service
        relations = self._relations_of(line)
        sight = self._sight(line)
        relations.look(sight)
        missing = relations.first_missing(sight.values)
        horizon = len(self._interactions) if missing is None else missing
        fresh = bisect_right(indexes, sight.governed)
        unplayed = max(position if self._plays_left(line) else position + 1, fresh)
        others = (progress.since(sight.since) for name, progress in self._progress.items() if name != service)
        reached = max(relations.reached(sight), *others, NONE)
        for candidate in (max(bisect_right(indexes, reached), unplayed), unplayed):
            if candidate < len(indexes) and indexes[candidate] < horizon:
                return self._found(line, candidate)
        given = line.plays > 0 and position >= fresh
        if given and indexes[position] < horizon:
            if line.plays >= max(PATIENCE, self._interactions[indexes[position]].count) and unplayed < len(indexes):
                return Missed("waiting", indexes[unplayed], behind=self._named(self._missing(line, indexes[unplayed])))
            return self._found(line, position)
        if unplayed < len(indexes):
            return self._found(line, unplayed, credit=True)
        if given:
            return self._found(line, position, credit=True)
        return Missed("stale", indexes[-1], behind=self._named([sight.governed]))

    def _named(self, indexes: Iterable[int]) -> tuple[tuple[int, str], ...]:
        return tuple((index, self._interactions[index].call) for index in indexes)

    def _plays_left(self, line: Line) -> bool:
        count = 1 if self._collapse else self._interactions[line.indexes[line.position]].count
        return line.plays < count

    def _found(self, line: Line, position: int, *, credit: bool = False) -> Found:
        index = line.indexes[position]
        return Found(index, self._interactions[index], line, credit=credit)

    def _play_mutation(self, index: int, service: str) -> None:
        self._reached = max(self._reached, index)
        self._mutations_played.append((index, self._time))
        progress = self._progress.get(service)
        if progress is None:
            progress = self._progress[service] = Progress()
        progress.play(index, self._time)
        relations = self._relations.get(service)
        if relations is not None:
            relations.play(index, self._time)

    def _missing(self, line: Line, before: int) -> list[int]:
        return self._relations_of(line).missing(self._sight(line).values, before)

    def _sight(self, line: Line) -> Sight:
        if line.sight is None:
            line.sight = Sight(_params_values(self._interactions[line.indexes[0]], line.track.plan.model))
        return line.sight

    def _frontier(self, line: Line) -> Frontier:
        service = self._interactions[line.indexes[0]].service
        frontier = self._frontiers.get(service)
        if frontier is None:
            mutations = [
                index
                for name, model, indexes in self._operations_of(service, line.track.plan.model)
                if not shapes.is_read(model, name)
                for index in indexes
            ]
            frontier = self._frontiers[service] = Frontier(sorted(mutations), self._done)
        return frontier

    def _relations_of(self, line: Line) -> Relations:
        service = self._interactions[line.indexes[0]].service
        relations = self._relations.get(service)
        if relations is None:
            mutations, reads = {}, []
            for name, model, indexes in self._operations_of(service, line.track.plan.model):
                for index in indexes:
                    interaction = self._interactions[index]
                    params = _params_values(interaction, model)
                    answer = values_of(interaction.decoded_response(), model.output_shape if model else None)
                    if shapes.is_read(model, name):
                        reads.append(params | answer)
                    else:
                        mutations[index] = params, params | answer
            relations = self._relations[service] = Relations(mutations, reads, self._done)
            for index, time in self._mutations_played:
                if self._interactions[index].service == service:
                    relations.play(index, time)
        return relations

    def _operations_of(
        self, service: str, model: OperationModel | None
    ) -> Iterator[tuple[str, OperationModel | None, list[int]]]:
        for operation, indexes in self._by_service[service]:
            yield operation, None if model is None else shapes.beside(model, operation), indexes


def _params_values(interaction: Interaction, model: OperationModel | None) -> frozenset[str]:
    if interaction.params == NOTHING:
        return frozenset()
    if model is None:
        return values_of(interaction.decoded_params(), None)
    return values_of(interaction.decoded_params(), model.input_shape, leave_out=model.idempotent_members)
