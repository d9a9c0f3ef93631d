"""Whose calls are made now: a test, a fixture instance, an import, a program. Its deck is made at its first call.

Most owners make none, so one must cost next to nothing.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from replayaws import stack

if TYPE_CHECKING:
    from pathlib import Path

    from replayaws.deck import Deck
    from replayaws.errors import MissError
    from replayaws.modes import Mode
    from replayaws.options import Options
    from replayaws.run import RecordedCall, Run

_making = threading.RLock()


class Owner:
    """Whoever makes the calls while it is inserted into the stack.

    :param id: full id, such as ``"tests/test_jobs.py::test_start"``.
    :param path: the cassette's file; the owner's own in the library where not given.
    :param parent: the owner of the wider scope that this one stands under.
    :ivar failed: whether it is known to have failed before it ends.
    :param binds_in: a wider owner in which this one's bindings count: what an imported module made is there for every test.
    """

    __slots__ = ("__weakref__", "_binds_in", "_deck", "_path", "closed", "failed", "id", "options", "parent", "run")

    def __init__(
        self,
        run: Run,
        id: str,  # noqa: A002  # what pytest calls it
        *,
        path: Path | None = None,
        parent: Owner | None = None,
        options: Options | None = None,
        binds_in: Owner | None = None,
    ) -> None:
        self.run, self.id, self.parent = run, id, parent
        self.options = run.options if options is None else options
        self._path, self._binds_in = path, binds_in
        self._deck: Deck | None = None
        self.closed = self.failed = False
        if "faker.proxy" in sys.modules:
            from replayaws import invention

            invention.watch()

    @property
    def mode(self) -> Mode:
        """How recordings are made and used."""
        return self.run.mode

    @property
    def deck(self) -> Deck:
        """What answers its calls."""
        if self._deck is None:
            with _making:
                if self._deck is None:
                    self._deck = self._made()
        return self._deck

    def _made(self) -> Deck:
        from replayaws.deck import Deck

        first, self.run.at_first_call = self.run.at_first_call, None
        if first is not None:
            first()
        parent = None if self.parent is None else self.parent.deck
        made = Deck(self.run, self.id, path=self._path, parent=parent, options=self.options)
        if self._binds_in is not None:
            made.bind_in(self._binds_in.deck)
        made.closed = self.closed
        return made

    @property
    def calls(self) -> list[RecordedCall]:
        """The calls made so far."""
        return [] if self._deck is None else self._deck.calls

    @property
    def misses(self) -> list[MissError]:
        """The calls that nothing answered."""
        return [] if self._deck is None else self._deck.misses

    def stand_under(self, parent: Owner) -> None:
        """A wider fixture has been set up since this owner began: what it binds counts here too."""
        self.parent = parent
        if self._deck is not None:
            self._deck.stand_under(parent.deck)

    def leave_moto(self) -> None:
        """Undo what this owner did in moto."""
        if self._deck is not None:
            self._deck.leave_moto()

    def tear_down(self) -> None:
        """From here on its calls are those of its tear-down, on which no test relies."""
        if self._deck is not None:
            self._deck.tearing_down = True

    def close(self, *, passed: bool) -> list[str]:
        """The owner has finished: write what was recorded if it passed.

        :returns: faults that the replay itself has; each is a reason to fail the owner.
        :raises ReplayAWSError: when the cassette cannot be written, or holds a secret.
        """
        if self.closed:
            return []
        self.closed = True
        stack.eject(self)
        return [] if self._deck is None else self._deck.close(passed=passed)
