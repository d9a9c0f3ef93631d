"""Plays a cassette: finds the recording that answers a call, and remembers what was played."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.course import Course
from replayaws.found import Found, Missed
from replayaws.interaction import Call

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.search import Search

_SHORT = 1000
"""Interactions of a cassette up to which nothing is indexed before the program leaves its course: more take a moment."""


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Player:
    """Plays one cassette; not thread-safe: its deck calls under a lock.

    While the program goes as it was recorded, the next recording answers. From the first call on that is another one, all
    recordings are searched.

    :param cassette: what to play.
    :param bindings: where generated values are tied; those of the owner.
    :param polls: ``"honour"`` repeats a poll as often as it was recorded, ``"collapse"`` answers each state once.
    :param bind: whether values that the run generated may be bound.
    :param ignore: what of the parameters does not count, ``"service.Operation:JMESPath"``.
    :param now: the time, as an aware datetime.
    :raises OptionError: for a rule of ``ignore`` that cannot be.
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
        self.cassette, self.bindings = cassette, bindings
        self._collapse, self._bind, self._ignore = polls == "collapse", bind, ignore
        self._now, self._began = now, now()
        self._search: Search | None = None
        self._course = Course(cassette.interactions)
        in_order = not ignore and polls == "honour" and cassette.recorded.matched_by != "order"
        if not in_order or len(cassette.interactions) > _SHORT:
            self._leave_course()

    def find(self, call: Call, model: OperationModel | None) -> Found | Missed:
        """The recording that answers a call.

        :param call: redacted, in live identifiers.
        :param model: ``None`` for plain HTTP.
        """
        if self._search is None:
            index = self._course.find(call, self.bindings.to_recorded(call.params))
            if index is not None:
                return Found(index, self.cassette.interactions[index], None, model=model)
        return self._leave_course().find(call, model)

    def play(self, found: Found) -> None:
        """Mark a recording as played, and bind what the match ties."""
        if self._search is None:
            self._course.play(found.index, found.model)
        elif found.line is None:  # found before another thread's call left the course
            self._search.catch_up(found.index, found.model)
        else:
            self._search.play(found)

    def has_placeholders(self, call: Call) -> bool:
        """Whether recordings of a call's operation have placeholders among their parameters."""
        return self._leave_course().has_placeholders(call)

    def take_for(self, uses: Mapping[str, str]) -> bool:
        """Take placeholders in live calls for the texts that recordings have in their place; whether any may be so taken."""
        return self._leave_course().take_for(uses)

    def unplayed(self) -> list[int]:
        """Indexes of recordings with plays left: mutations not played as often as recorded, reads never played."""
        return self._leave_course().unplayed()

    def debts(self) -> list[str]:
        """Explanations of reads answered on credit whose mutations never came; for the end of the owner."""
        return [] if self._search is None else self._search.debts()

    def _leave_course(self) -> Search:
        """The program goes another way than it was recorded: from here on all that was played so far counts."""
        if self._search is None:
            from replayaws.ignoring import Ignored
            from replayaws.search import Search

            self._search = Search(
                self.cassette,
                self.bindings,
                Ignored(self._ignore),
                collapse=self._collapse,
                bind=self._bind,
                began=self._began,
                now=self._now,
            )
            for index, model in self._course.played:
                self._search.catch_up(index, model)
        return self._search
