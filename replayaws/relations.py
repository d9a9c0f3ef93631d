"""How the mutations of a service bear on its reads: which touch one, which govern it, and how far the program has come.

*Values* are the strings of the parameters, enum members, tokens, timestamps and blobs left out; a mutation has those
of its answer as well. A mutation *touches* a read when they share a value, or the read has none. It *governs* the read
when one's values contain the other's.

Everything is looked up by value, so that what a call costs does not grow with the cassette.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape

NONE = -1
"""An index before all interactions, a time before all plays."""
ALL = ""
"""The cluster of everything; no value is the empty string."""


class Sight:
    """What one read, of one set of parameters, has seen of the mutations that govern it.

    :param values: of its parameters.
    :param governed: index of the last on the timeline of the replayed mutations that govern it.
    :param since: when, counted in plays, the last of them was replayed.
    """

    __slots__ = ("governed", "read_up_to", "since", "values")

    def __init__(self, values: frozenset[str]) -> None:
        self.values = values
        self.governed = self.since = NONE
        self.read_up_to = 0

    def govern(self, index: int, time: int) -> None:
        self.governed, self.since = max(self.governed, index), max(self.since, time)


class Relations:
    """The mutations of one service, and its reads as far as they tell which values belong together.

    :param mutations: index to (values of its parameters, values of parameters and answer).
    :param reads: values of parameters and answer of each read.
    :param done: indexes of the mutations that were replayed as often as they were recorded; grows.
    """

    def __init__(
        self,
        mutations: dict[int, tuple[frozenset[str], frozenset[str]]],
        reads: Iterable[frozenset[str]],
        done: Container[int],
    ) -> None:
        self._mutations = mutations
        self._order = sorted(mutations)
        self._holding: dict[str, list[int]] = {}
        self._unvalued: list[int] = []
        self._clusters = Clusters()
        for index in self._order:
            params, values = mutations[index]
            self._clusters.join(values)
            for value in values:
                self._holding.setdefault(value, []).append(index)
            if not params:
                self._unvalued.append(index)
        for values in reads:
            self._clusters.join(values)
        self._peopled = {self._clusters.root(next(iter(values))) for _, values in mutations.values() if values}
        self._progress: dict[str | None, Progress] = {}
        self._done = done
        self._frontiers: dict[str | None, Frontier] = {}
        self._log: dict[str, list[tuple[int, int]]] = {}
        self._within: dict[str, dict[frozenset[str], tuple[int, int]]] = {}
        self._any = self._all = (NONE, NONE)

    def play(self, index: int, time: int) -> None:
        """A mutation was replayed."""
        params, values = self._mutations[index]
        for value in values:
            self._log.setdefault(value, []).append((time, index))
        if params:
            word = min(params, key=lambda value: (len(self._holding[value]), value))
            sets = self._within.setdefault(word, {})
            sets[params] = _later(sets.get(params), index, time)
        else:
            self._any = _later(self._any, index, time)
        root = self._clusters.root(next(iter(values))) if params else None
        for key in {root, ALL}:
            self._progress.setdefault(key, Progress()).play(index, time)
        self._all = _later(self._all, index, time)

    def look(self, sight: Sight) -> None:
        """Bring a read's sight up to date."""
        values = sight.values
        if not values:
            sight.govern(*self._all)
            return
        sight.govern(*self._any)
        for value in values:
            for params, seen in self._within.get(value, {}).items():
                if params <= values:
                    sight.govern(*seen)
        rarest = min(values, key=lambda value: (len(self._holding.get(value, ())), value))
        log = self._log.get(rarest, [])
        for position in range(sight.read_up_to, len(log)):
            time, index = log[position]
            if values <= self._mutations[index][1]:
                sight.govern(index, time)
        sight.read_up_to = len(log)

    def reached(self, sight: Sight) -> int:
        """How far on the timeline the program has come for a read, by mutations of this service.

        Mutations of resources that have nothing to do with the read's, not even through others, do not count.
        """
        root = self._clusters.root(next(iter(sight.values))) if sight.values else ALL
        keys = (root, None) if root in self._peopled else (ALL,)
        return max((self._progress[key].since(sight.since) for key in keys if key in self._progress), default=NONE)

    def first_missing(self, values: frozenset[str]) -> int | None:
        """Index of the first mutation that touches a read of these values and is not replayed yet, or ``None``."""
        if not values:
            return self._frontier(None, self._order)
        found = [self._frontier(value, self._holding.get(value, ())) for value in values]
        found.append(self._frontier(ALL, self._unvalued))
        return min((index for index in found if index is not None), default=None)

    def missing(self, values: frozenset[str], before: int) -> list[int]:
        """Indexes of all mutations before an index that touch a read of these values and have not been replayed."""
        return [
            index
            for index in self._order[: bisect_left(self._order, before)]
            if index not in self._done and self._touches(index, values)
        ]

    def _touches(self, index: int, values: frozenset[str]) -> bool:
        params, all_values = self._mutations[index]
        return not values or not params or not values.isdisjoint(all_values)

    def _frontier(self, key: str | None, indexes: Sequence[int]) -> int | None:
        frontier = self._frontiers.get(key)
        if frontier is None:
            frontier = self._frontiers[key] = Frontier(indexes, self._done)
        return frontier.first


class Frontier:
    """The first of some mutations that has not been replayed yet.

    :param indexes: of the mutations, ascending.
    :param done: indexes of the mutations that were replayed as often as they were recorded; grows.
    """

    __slots__ = ("_done", "_indexes", "_position")

    def __init__(self, indexes: Sequence[int], done: Container[int]) -> None:
        self._indexes, self._done = indexes, done
        self._position = 0

    @property
    def first(self) -> int | None:
        """Its index; ``None`` when all are replayed."""
        indexes, done = self._indexes, self._done
        while self._position < len(indexes) and indexes[self._position] in done:
            self._position += 1
        return indexes[self._position] if self._position < len(indexes) else None


def _later(seen: tuple[int, int] | None, index: int, time: int) -> tuple[int, int]:
    return (index, time) if seen is None else (max(seen[0], index), time)


class Clusters:
    """Values that belong together, because some call or answer holds both, directly or through others."""

    __slots__ = ("_parent",)

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, values: Iterable[str]) -> None:
        """These belong together."""
        first: str | None = None
        for value in values:
            root = self.root(value)
            if first is None:
                first = root
            elif root != first:
                self._parent[root] = first

    def root(self, value: str) -> str:
        """The value that names a value's cluster."""
        parent = self._parent
        path = []
        while (above := parent.setdefault(value, value)) != value:
            path.append(value)
            value = above
        for one in path:
            parent[one] = value
        return value


class Progress:
    """How far the program has come: replayed mutations, in the order of their replay.

    :ivar last: the last of them on the timeline.
    """

    __slots__ = ("_indexes", "_times", "last")

    def __init__(self) -> None:
        self.last = NONE
        self._times: list[int] = []
        self._indexes: list[int] = []

    def play(self, index: int, time: int) -> None:
        """A mutation was replayed at a time, counted in plays."""
        self.last = max(self.last, index)
        while self._indexes and self._indexes[-1] <= index:
            self._indexes.pop()
            self._times.pop()
        self._times.append(time)
        self._indexes.append(index)

    def since(self, time: int) -> int:
        """The last index on the timeline of those replayed at this time or later."""
        position = bisect_left(self._times, time)
        return self._indexes[position] if position < len(self._indexes) else NONE


def values_of(value: Any, shape: Shape | None, *, leave_out: Iterable[str] = ()) -> frozenset[str]:
    """The values of parameters, or of an answer, in written form."""
    found: set[str] = set()
    if isinstance(value, dict):
        left_out = frozenset(leave_out)
        value = {name: item for name, item in value.items() if name not in left_out}
    _collect(value, shape, found.add)
    found.discard("")
    return frozenset(found)


def _collect(value: Any, shape: Any, add: Callable[[str], None]) -> None:
    kind = None if shape is None else shape.type_name
    if isinstance(value, str):
        if kind not in ("timestamp", "blob") and not (kind == "string" and getattr(shape, "enum", None)):
            add(value)
    elif isinstance(value, dict):
        if kind == "blob":
            return
        members = shape.members if kind == "structure" else None
        below = shape.value if kind == "map" else None
        for name, item in value.items():
            _collect(item, below if members is None else members.get(name), add)
    elif isinstance(value, list):
        member = shape.member if kind == "list" else None
        for item in value:
            _collect(item, member, add)
