"""What one owner, and everything under it, did: the replayed calls, and what was made in moto."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from replayaws.bindings import Bindings

if TYPE_CHECKING:
    from replayaws.fallback.journal import Entry
    from replayaws.fallback.world import Snapshot


class Scope:
    """What one owner did.

    :param bindings: the app's identifiers and moto's.
    :ivar entries: the replayed calls, in order; the first ``applied`` of them moto has been brought through.
    :ivar noted: give the entries of further replayed calls; most runs never need them.
    :ivar foreseen: gives what else the scope's recording has, whether or not it will be replayed.
    :ivar snapshot: moto's state when the scope first reached moto; ``None`` while it has not.
    :ivar applied_outside: ``applied`` of the wider scopes at that moment.
    :ivar made: what was made in moto in this scope, whether or not it is still there.
    """

    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.entries: list[Entry] = []
        self.noted: list[Callable[[], Entry]] = []
        self.applied = 0
        self.foreseen: Callable[[], Iterable[Entry]] = tuple
        self.snapshot: Snapshot | None = None
        self.applied_outside: list[int] = []
        self.made: set[Any] = set()
