"""Finds the recording that answers a call of a program that goes its own way: by parameters, in the light of the timeline."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from replayaws import invention
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.chronicle import Chronicle
from replayaws.encoded_placeholders import may_stand_in
from replayaws.found import Found, Missed, Near
from replayaws.ignoring import Ignored
from replayaws.interaction import Call, Interaction
from replayaws.matching import Plan, differences, shown
from replayaws.placeholders import PLACEHOLDER
from replayaws.slots import Slot
from replayaws.tracks import Family, Line, Track
from replayaws.unification import Refusal, Unification

if TYPE_CHECKING:
    from botocore.model import OperationModel

_COMPARED = 300
"""Recordings that a miss is compared with at most."""

_REMEMBERED = 1000
"""Calls whose line is remembered."""


class Search:
    """What all recordings of a cassette say to a call, at the point where the program is.

    :param bindings: where generated values are tied; those of the owner.
    :param collapse: whether each state of a poll is answered once, however often it was recorded.
    :param bind: whether values that the run generated may be bound.
    :param began: when the owner began, as an aware datetime.
    :param now: the time, as an aware datetime.
    """

    def __init__(
        self,
        cassette: Cassette,
        bindings: Bindings,
        ignored: Ignored,
        *,
        collapse: bool,
        bind: bool,
        began: datetime.datetime,
        now: Callable[[], datetime.datetime],
    ) -> None:
        self._interactions = cassette.interactions
        self._bindings, self._ignored = bindings, ignored
        self._by_order = cassette.recorded.matched_by == "order"
        self._invented = invention.longest_first(map(invention.written, cassette.invented))
        self._unification = Unification(cassette, bindings, bind=bind, began=began, now=now)
        self._hidden: dict[str, bool] = {}
        self._tracks: dict[tuple[str, str], Track] = {}
        self._seen: dict[int, tuple[dict[str, Any], Track, str | None, Line]] = {}
        self._chronicle = Chronicle(cassette, collapse=collapse)

    def find(self, call: Call, model: OperationModel | None) -> Found | Missed:
        """The recording that answers a call.

        :param call: redacted, in live identifiers.
        :param model: ``None`` for plain HTTP.
        """
        params = self._translated(call)
        track = self._track_of(call.service, call.operation, model)
        known = self._seen.get(id(params))  # equal parameters are one object, see replayaws.parameters
        if known is not None and known[0] is params and known[1] is track and known[2] == call.region:
            return self._or_explained(self._chronicle.choose(known[3]), call, track)
        text = track.plan.text(params)
        line = track.exact(call.region, text)
        found = self._find_alike(track, call.region, text) if line is None else self._chronicle.choose(line)
        if line is not None and isinstance(found, Missed) and found.reason == "played":
            alike = self._find_alike(track, call.region, text)  # the next second may have come when it was recorded
            found = alike if isinstance(alike, Found) else found
        if line is not None:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[id(params)] = params, track, call.region, line
        elif isinstance(found, Missed):
            blank = track.blank(call.region)
            found = found if blank is None else self._chronicle.choose(blank)
        return self._or_explained(found, call, track)

    def _or_explained(self, found: Found | Missed, call: Call, track: Track) -> Found | Missed:
        return found if isinstance(found, Found) else replace(found, nearest=lambda: self._nearest(call, track))

    def _translated(self, call: Call) -> dict[str, Any]:
        params: dict[str, Any] = self._unification.redacted.to_recorded(self._bindings.to_recorded(call.params))
        return params

    def play(self, found: Found) -> None:
        """Mark a recording as played, and bind what the match ties."""
        if found.fit is not None:
            self._unification.tie(found.fit)
        self._chronicle.play(found)

    def catch_up(self, index: int, model: OperationModel | None) -> None:
        """A recording was played before the search began."""
        interaction = self._interactions[index]
        track = self._track_of(interaction.service, interaction.operation, model)
        line = track.exact(interaction.region, track.plan.text(interaction.decoded_params()))
        self._chronicle.play(Found(index, interaction, line))

    def has_placeholders(self, call: Call) -> bool:
        """Whether recordings of a call's operation have placeholders among their parameters."""
        known = self._hidden.get(call.name)
        if known is None:
            texts = (bytes(self._interactions[index].params) for index in self._chronicle.by_name.get(call.name, ()))
            known = self._hidden[call.name] = any(PLACEHOLDER.search(text.decode()) for text in texts)
        return known

    def take_for(self, uses: Mapping[str, str]) -> bool:
        """Take placeholders in live calls for the texts that recordings have in their place; whether any may be so taken."""
        taken = [self._unification.redacted.bind(text, placeholder) for placeholder, text in uses.items()]
        return any(taken)

    def unplayed(self) -> list[int]:
        """Indexes of recordings with plays left: mutations not played as often as recorded, reads never played."""
        return [index for index, recorded in enumerate(self._interactions) if self._has_plays_left(index, recorded)]

    def debts(self) -> list[str]:
        """Explanations of reads answered on credit whose mutations never came; for the end of the owner."""
        return [self._debt(index, behind) for index, behind in self._chronicle.debts()]

    def _debt(self, index: int, behind: Sequence[int]) -> str:
        names = ", ".join(f"{self._interactions[one].call} (interaction {one})" for one in behind[:5])
        more = f" and {len(behind) - 5} more" if len(behind) > 5 else ""
        return (
            f"{self._interactions[index].call} was answered with interaction {index}, which was recorded after "
            f"{names}{more}: the program has not made {'that call' if len(behind) == 1 else 'those calls'}."
        )

    def _nearest(self, call: Call, track: Track) -> list[Near]:
        """The recordings of a call's operation, the most alike first."""
        live = track.plan.normal(self._translated(call))
        near = []
        for region, line in islice(track.lines(), _COMPARED):
            recorded = self._interactions[line.indexes[0]].decoded_params()
            differing = () if line.text is None else tuple(differences(track.plan.normal(recorded), live))
            near += [self._near(index, region, line, differing) for index in line.indexes[:_COMPARED]]
        return sorted(near, key=lambda one: (one.region != call.region, len(one.differences), one.index))

    def _near(self, index: int, region: str | None, line: Line, differing: tuple[tuple[str, Any, Any], ...]) -> Near:
        return Near(
            index=index,
            region=region,
            plays=self._chronicle.plays(index),
            count=self._interactions[index].count,
            is_read=line.track.plan.is_read,
            differences=tuple((path, shown(one), shown(two)) for path, one, two in differing),
        )

    def _has_plays_left(self, index: int, interaction: Interaction) -> bool:
        plays = self._chronicle.plays(index)
        if plays == 0:
            return True
        is_read = self._tracks[interaction.service, interaction.operation].plan.is_read
        return not is_read and plays < interaction.count

    # Looking up

    def _track_of(self, service: str, operation: str, model: OperationModel | None) -> Track:
        return self._tracks.get((service, operation)) or self._track(service, operation, model)

    def _track(self, service: str, operation: str, model: OperationModel | None) -> Track:
        name = f"{service}.{operation}"
        indexes = self._chronicle.by_name.get(name, ())
        encoded = may_stand_in(b"\n".join(bytes(self._interactions[index].params) for index in indexes))
        plan = Plan(model, operation=operation, ignored=self._ignored.paths(name), encoded=encoded)
        level = self._unification.level
        track = Track(plan, level=lambda slot, index: level(slot, index, is_read=plan.is_read), invented=self._invented)
        self._tracks[service, operation] = track
        for index in indexes:
            track.add(index, self._interactions[index], by_order=self._by_order)
        return track

    def _find_alike(self, track: Track, region: str | None, text: bytes) -> Found | Missed:
        missed: Missed | None = None
        for family, slots in track.families(region, text):
            found = self._find_in(family, slots)
            if isinstance(found, Found):
                return found
            missed = missed or found
        return missed or self._miss(track, region)

    def _find_in(self, family: Family, slots: Sequence[Slot]) -> Found | Missed | None:
        chosen: Found | None = None
        credit: Found | None = None
        missed: Missed | None = None
        exhausted: list[int] = []
        for key, line in family.waiting.items():
            if self._chronicle.is_exhausted(line):
                exhausted.append(key)
                continue
            found = self._fit(line, slots)
            if isinstance(found, Missed):
                missed = missed or found
                continue
            if not found.credit:
                chosen = found
                break
            credit = credit or found
        for key in exhausted:
            family.last = family.waiting.pop(key)
        if chosen is not None:
            return chosen
        if family.last is not None and family.last.track.plan.is_read:
            again = self._fit(family.last, slots)
            if isinstance(again, Found) and (credit is None or not again.credit):
                return again
        return credit or missed

    def _fit(self, line: Line, slots: Sequence[Slot]) -> Found | Missed:
        fit = self._unification.unify(line.slots, slots, line.indexes, is_read=line.track.plan.is_read)
        if isinstance(fit, Refusal):
            return Missed("refused", line.indexes[0], refusal=fit)
        found = self._chronicle.choose(line)
        return replace(found, fit=fit) if isinstance(found, Found) else found

    def _miss(self, track: Track, region: str | None) -> Missed:
        if not track.regions:
            return Missed("nothing recorded")
        return Missed("other params" if region in track.regions or None in track.regions else "other region")
