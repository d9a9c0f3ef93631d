"""What the program is told when nothing answers a call: why, what was near, where else it stands, how to record it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from replayaws.elsewhere import holding
from replayaws.explanation import explain

if TYPE_CHECKING:
    from replayaws.deck import Deck
    from replayaws.found import Missed
    from replayaws.interaction import Call


def refusal(deck: Deck, call: Call, missed: Missed | None, moto_said: str) -> str:
    """The whole text of a miss.

    :param call: redacted.
    :param missed: why the cassette does not answer it, ``None`` where there is no cassette.
    :param moto_said: why moto does not.
    """
    library = deck.run.library
    elsewhere = holding(call, (path for path in library.paths() if path != deck.path), library.load)
    return explain(
        missed,
        call=call,
        cassette_path=str(deck.path) if deck.report.had_cassette else None,
        owner=deck.owner,
        moto_said=moto_said,
        command=deck.command + _renamed(deck, elsewhere),
        elsewhere=[str(path) for path in elsewhere],
    )


def _renamed(deck: Deck, elsewhere: list[Path]) -> str:
    """What to do when the cassette of a test that is gone holds the call: it may have been this one."""
    known = None if deck.run.owners is None else deck.run.owners()
    if deck.report.had_cassette or known is None:
        return ""
    owners = [owner for path in elsewhere if (owner := deck.run.library.owner_of(path))]
    gone = [owner for owner in owners if "::" in owner and "@" not in owner and owner not in known]
    return f"\nIf this test was {gone[0]} before: replayaws mv '{gone[0]}' '{deck.owner}'" if gone else ""
