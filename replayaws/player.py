"""The timeline: which recording of a cassette answers this call, at this point of the program?"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.interaction import NOTHING, Call, Interaction
from replayaws.matching import Plan
from replayaws.relations import Progress, Relations, Sight, values_of

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

PATIENCE = 100
"""How often one recording answers a read while a newer one waits behind a mutation that never comes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A match.

    :param index: of the interaction in the cassette.
    :param pairs: (recorded, live) values that playing it binds.
    :param credit: whether mutations before it, that touch it, have not been replayed yet.
    """

    index: int
    interaction: Interaction
    line: Line
    pairs: tuple[tuple[str, str], ...] = ()
    credit: bool = False


Reason = Literal["nothing recorded", "other params", "already played", "stale", "waiting", "other region"]


@dataclass(frozen=True, slots=True)
class Missed:
    """A miss: why nothing answers the call.

    :param reason: the kind of miss.
    :param indexes: the recordings that came closest.
    """

    reason: Reason
    indexes: tuple[int, ...] = ()


class Line:
    """The recordings of one call, in recorded order, and how far they are played."""

    __slots__ = ("indexes", "plays", "position", "sight", "track")

    def __init__(self, track: Track) -> None:
        self.track = track
        self.indexes: list[int] = []
        self.position = 0
        self.plays = 0
        self.sight: Sight | None = None


class Track:
    """The recordings of one operation, looked up by region and text of the parameters."""

    __slots__ = ("blank", "lines", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines: dict[str | None, dict[bytes, Line]] = {}
        self.blank: dict[str | None, Line] = {}

    def add(self, index: int, interaction: Interaction, *, by_order: bool) -> None:
        """Enter a recording."""
        if by_order or interaction.params == NOTHING:
            line = self.blank.get(interaction.region)
            if line is None:
                line = self.blank[interaction.region] = Line(self)
        else:
            lines = self.lines.setdefault(interaction.region, {})
            text = self.plan.text(interaction.decoded_params())
            line = lines.get(text)  # type: ignore[assignment]
            if line is None:
                line = lines[text] = Line(self)
        line.indexes.append(index)


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Player:
    """Plays one cassette.

    :param cassette: what to play.
    :param bindings: where generated values are tied; those of the owner.
    :param polls: ``"honour"`` repeats a poll as often as it was recorded, ``"collapse"`` answers each state once.
    :param bind: whether values that the run generated may be bound.
    :param ignore: what of the parameters does not count, ``"service.Operation:JMESPath"``.
    :param now: the time, as an aware datetime.
    """

    def __init__(
        self,
        cassette: Cassette,
        *,
        bindings: Bindings,
        polls: Literal["honour", "collapse"] = "honour",
        bind: bool = True,
        ignore: Sequence[str] = (),
        now: Callable[[], datetime.datetime] = _utc_now,
    ) -> None:
        self.cassette = cassette
        self.bindings = bindings
        self._interactions = cassette.interactions
        self._polls, self._bind, self._ignore, self._now = polls, bind, tuple(ignore), now
        self._by_order = cassette.recorded.matched_by == "order"
        self._by_name: dict[str, list[int]] | None = None
        self._tracks: dict[tuple[str, str], Track] = {}
        self._relations: dict[str, Relations] = {}
        self._plays: dict[int, int] = {}
        self._mutations_played: list[tuple[int, int, bool]] = []
        self._progress = Progress()
        self._time = 0
        self._credit: dict[int, tuple[str, frozenset[str]]] = {}

    def find(self, call: Call, model: OperationModel | None) -> Found | Missed:
        """The recording that answers a call.

        :param call: redacted, in live identifiers.
        :param model: ``None`` for plain HTTP.
        """
        track = self._tracks.get((call.service, call.operation)) or self._track(call.service, call.operation, model)
        params = self.bindings.to_recorded(call.params)
        text = track.plan.text(params)
        line = self._line(track, call.region, text)
        if line is None:
            return self._missed(track, call)
        return self._choose(line)

    def play(self, found: Found, call: Call) -> None:
        """Mark a recording as played, and bind what the match bound."""
        index, line, interaction = found.index, found.line, found.interaction
        for recorded, live in found.pairs:
            self.bindings.bind(recorded, live)
        self._time += 1
        plays = self._plays[index] = self._plays.get(index, 0) + 1
        position = bisect_right(line.indexes, index) - 1
        if position != line.position:
            line.position, line.plays = position, 0
        line.plays += 1
        if line.track.plan.is_read:
            if found.credit and line.sight is not None:
                self._credit[index] = (interaction.service, line.sight.values)
            return
        if plays >= interaction.count:
            line.position, line.plays = position + 1, 0
        self._play_mutation(index, interaction, plays)

    def unplayed(self) -> list[int]:
        """Indexes of recordings with plays left: mutations not played as often as recorded, reads never played."""
        return [
            index
            for index, interaction in enumerate(self._interactions)
            if (plays := self._plays.get(index, 0)) == 0
            or (plays < interaction.count and not self._tracks[interaction.service, interaction.operation].plan.is_read)
        ]

    def debts(self) -> list[str]:
        """Explanations of reads answered on credit whose mutations never came; for the end of the owner."""
        found = []
        for index, (service, values) in sorted(self._credit.items()):
            missing = self._relations[service].missing(values, index)
            if missing:
                names = ", ".join(f"{self._interactions[one].call} (interaction {one})" for one in missing[:5])
                found.append(
                    f"{self._interactions[index].call} was answered by interaction {index}, which was recorded after "
                    f"{names}; the program never made {'that call' if len(missing) == 1 else 'those calls'}."
                )
        return found

    # Lookup

    def _track(self, service: str, operation: str, model: OperationModel | None) -> Track:
        track = self._tracks[service, operation] = Track(Plan(model, operation=operation))
        for index in self._recorded().get(f"{service}.{operation}", ()):
            track.add(index, self._interactions[index], by_order=self._by_order)
        return track

    def _recorded(self) -> dict[str, list[int]]:
        if self._by_name is None:
            self._by_name = {}
            for index, interaction in enumerate(self._interactions):
                self._by_name.setdefault(interaction.call, []).append(index)
        return self._by_name

    def _line(self, track: Track, region: str | None, text: bytes) -> Line | None:
        for place in (region, None):
            lines = track.lines.get(place)
            if lines is not None and text in lines:
                return lines[text]
        return track.blank.get(region) or track.blank.get(None)

    def _missed(self, track: Track, call: Call) -> Missed:
        recorded = self._recorded().get(call.name, [])
        if not recorded:
            return Missed("nothing recorded")
        return Missed("other params", tuple(recorded[:3]))

    # The timeline

    def _choose(self, line: Line) -> Found | Missed:
        if line.track.plan.is_read:
            return self._choose_read(line)
        if line.position >= len(line.indexes):
            return Missed("already played", (line.indexes[-1],))
        index = line.indexes[line.position]
        return Found(index, self._interactions[index], line)

    def _choose_read(self, line: Line) -> Found | Missed:
        indexes, position = line.indexes, line.position
        interaction = self._interactions[indexes[position]]
        relations = self._relations_of(interaction.service, line.track.plan.model)
        sight = line.sight
        if sight is None:
            sight = line.sight = self._sight(line, interaction)
        relations.look(sight)
        missing = relations.first_missing(sight.values)
        horizon = len(self._interactions) if missing is None else missing
        fresh = bisect_right(indexes, sight.governed)
        unplayed = max(position if self._plays_left(line) else position + 1, fresh)
        ahead = max(bisect_right(indexes, self._progress.since(sight.since)), unplayed)
        for candidate in (ahead, unplayed):
            if candidate < len(indexes) and indexes[candidate] < horizon:
                return self._found(line, candidate)
        given = line.plays > 0 and position >= fresh
        if given and indexes[position] < horizon:
            if line.plays >= max(PATIENCE, interaction.count) and unplayed < len(indexes):
                return Missed("waiting", (indexes[unplayed],))
            return self._found(line, position)
        if unplayed < len(indexes):
            return self._found(line, unplayed, credit=True)
        if given:
            return self._found(line, position, credit=True)
        return Missed("stale", (indexes[-1],))

    def _plays_left(self, line: Line) -> bool:
        count = self._interactions[line.indexes[line.position]].count
        return line.plays < (1 if self._polls == "collapse" else count)

    def _found(self, line: Line, position: int, *, credit: bool = False) -> Found:
        index = line.indexes[position]
        return Found(index, self._interactions[index], line, credit=credit)

    def _sight(self, line: Line, interaction: Interaction) -> Sight:
        model = line.track.plan.model
        if interaction.params == NOTHING or self._by_order:
            return Sight(frozenset())
        tokens = () if model is None else model.idempotent_members
        return Sight(values_of(interaction.decoded_params(), model and model.input_shape, leave_out=tokens))

    def _play_mutation(self, index: int, interaction: Interaction, plays: int) -> None:
        finished = plays >= interaction.count
        if plays == 1:
            self._progress.play(index, self._time)
        self._mutations_played.append((index, self._time, finished))
        relations = self._relations.get(interaction.service)
        if relations is not None:
            relations.play(index, self._time)
            if finished:
                relations.finish(index)

    def _relations_of(self, service: str, model: OperationModel | None) -> Relations:
        relations = self._relations.get(service)
        if relations is None:
            relations = self._relations[service] = Relations(self._mutations_of(service, model and model.service_model))
            for index, time, finished in self._mutations_played:
                if self._interactions[index].service == service:
                    relations.play(index, time)
                    if finished:
                        relations.finish(index)
        return relations

    def _mutations_of(
        self, service: str, models: ServiceModel | None
    ) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        mutations = {}
        for name, indexes in self._recorded().items():
            if name.partition(".")[0] != service:
                continue
            operation = name.partition(".")[2]
            model = models.operation_model(operation) if models and operation in models.operation_names else None
            if Plan(model, operation=operation).is_read:
                continue
            for index in indexes:
                mutations[index] = self._mutation_values(self._interactions[index], model)
        return mutations

    def _mutation_values(
        self, interaction: Interaction, model: OperationModel | None
    ) -> tuple[frozenset[str], frozenset[str]]:
        tokens = () if model is None else model.idempotent_members
        params = values_of(interaction.decoded_params(), model and model.input_shape, leave_out=tokens)
        return params, params | values_of(interaction.decoded_response(), model and model.output_shape)
