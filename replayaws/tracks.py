"""The recordings of one operation, so that a call finds its own with a look into two or three dictionaries."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from replayaws import invention
from replayaws.interaction import NOTHING, Interaction
from replayaws.matching import Plan
from replayaws.relations import Sight
from replayaws.slots import Slot, skeleton
from replayaws.unification import Level


class Line:
    """The recordings of one call, in recorded order, and how far they are played.

    :param text: what the call is looked up by; ``None`` where its parameters are unknown.
    :ivar position: of the recording played last, or to be played next by a mutation, in ``indexes``.
    :ivar plays: how often that one was played.
    :ivar sight: of a read; see :class:`replayaws.relations.Sight`.
    """

    __slots__ = ("indexes", "plays", "position", "sight", "slots", "text", "track")

    def __init__(self, track: Track, text: bytes | None) -> None:
        self.track, self.text = track, text
        self.indexes: list[int] = []
        self.slots: tuple[Slot, ...] = ()
        self.position = self.plays = 0
        self.sight: Sight | None = None


class Family:
    """Lines that differ in slots only, in recorded order, those with plays left apart.

    :ivar last: the line of the family that was played last and has no plays left; a read may repeat it.
    """

    __slots__ = ("last", "waiting")

    def __init__(self) -> None:
        self.waiting: OrderedDict[int, Line] = OrderedDict()
        self.last: Line | None = None


@dataclass(slots=True)
class _Region:
    lines: dict[bytes, Line] = field(default_factory=dict)
    blank: Line | None = None
    families: dict[tuple[Level, str], dict[tuple[int, ...], dict[tuple[str, ...], Family]]] | None = None


class Track:
    """The recordings of one operation, by region and parameters.

    :param plan: how its parameters are normalised.
    :param level: how a slot of a recorded call may differ.
    :param invented: values, as JSON writes them, that were made up for the recording, the longest first.
    """

    __slots__ = ("_invented", "_level", "_regions", "plan")

    def __init__(self, plan: Plan, *, level: Callable[[Slot, int], Level], invented: Sequence[str] = ()) -> None:
        self.plan, self._level, self._invented = plan, level, invented
        self._regions: dict[str | None, _Region] = {}

    def add(self, index: int, interaction: Interaction, *, by_order: bool) -> None:
        """Enter a recording.

        :param by_order: whether the cassette knows no parameters.
        """
        region = self._regions.get(interaction.region)
        if region is None:
            region = self._regions[interaction.region] = _Region()
        if by_order or interaction.params == NOTHING:
            line = region.blank = region.blank or Line(self, None)
        else:
            text = self.plan.text(interaction.decoded_params())
            known = region.lines.get(text)
            if known is None:
                known = region.lines[text] = Line(self, text)
            line = known
        line.indexes.append(index)

    def exact(self, region: str | None, text: bytes) -> Line | None:
        """The recordings of exactly this call."""
        here = self._regions.get(region)
        if here is not None and text in here.lines:
            return here.lines[text]
        anywhere = self._regions.get(None)
        return None if anywhere is None else anywhere.lines.get(text)

    def blank(self, region: str | None) -> Line | None:
        """The recordings whose parameters are unknown."""
        for name in (region, None):
            here = self._regions.get(name)
            if here is not None and here.blank is not None:
                return here.blank
        return None

    def families(self, region: str | None, text: bytes) -> Iterator[tuple[Family, tuple[Slot, ...]]]:
        """Families that differ from the call in slots only, with the slots of the call; the most alike first."""
        written = text.decode()
        bones, slots = skeleton(written, tuple(invention.within(written)) if self._invented else ())
        for level in ("redacted", "generated"):
            for name in dict.fromkeys((region, None)):
                here = self._regions.get(name)
                if here is None:
                    continue
                if here.families is None:
                    here.families = self._sorted_into_families(here)
                for varying, by_rest in here.families.get((level, bones), {}).items():
                    family = by_rest.get(_rest(slots, varying))
                    if family is not None:
                        yield family, slots

    @property
    def regions(self) -> Collection[str | None]:
        """The regions that something was recorded in."""
        return self._regions.keys()

    def lines(self) -> Iterator[tuple[str | None, Line]]:
        """All lines with their regions."""
        for name, region in self._regions.items():
            yield from ((name, line) for line in region.lines.values())
            if region.blank is not None:
                yield name, region.blank

    def _sorted_into_families(
        self, region: _Region
    ) -> dict[tuple[Level, str], dict[tuple[int, ...], dict[tuple[str, ...], Family]]]:
        families: dict[tuple[Level, str], dict[tuple[int, ...], dict[tuple[str, ...], Family]]] = {}
        for line in region.lines.values():
            written = (line.text or b"").decode()
            bones, line.slots = skeleton(written, tuple(word for word in self._invented if word in written))
            levels = [self._level(slot, line.indexes[0]) for slot in line.slots]
            for level, varies in (("redacted", ("redacted",)), ("generated", ("redacted", "generated"))):
                if level not in levels:
                    continue
                varying = tuple(position for position, one in enumerate(levels) if one in varies)
                by_rest = families.setdefault((level, bones), {}).setdefault(varying, {})
                family = by_rest.setdefault(_rest(line.slots, varying), Family())
                family.waiting[line.indexes[0]] = line
        return families


def _rest(slots: tuple[Slot, ...], varying: tuple[int, ...]) -> tuple[str, ...]:
    left_out = set(varying)
    return tuple(slot.text for position, slot in enumerate(slots) if position not in left_out)
