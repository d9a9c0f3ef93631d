"""What an owner that passed still fails for, or is told: its recording is too old, debts were not paid, calls not played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayaws import ages

if TYPE_CHECKING:
    from replayaws.cassette import Cassette
    from replayaws.deck import Deck
    from replayaws.player import Player


def of(deck: Deck, cassette: Cassette, player: Player | None) -> list[str]:
    """Faults of what a deck played.

    :param player: ``None`` where its calls did not come from the cassette.
    """
    faults = _of_age(deck, cassette)
    return faults if player is None else faults + _of_play(deck, player)


def _of_age(deck: Deck, cassette: Cassette) -> list[str]:
    """Faults of a recording that is older than the options allow."""
    if deck.options.max_age is None:
        return []
    overdue = ages.overdue(cassette, deck.path, deck.options.max_age, deck.command)
    return [] if overdue is None else _said(deck, overdue, fails=deck.options.stale == "fail")


def _of_play(deck: Deck, player: Player) -> list[str]:
    """Faults of a replay: credit that was never paid, and recordings that were not played, where the options ask for them."""
    faults = [f"{deck.owner}: {debt} Record it again: {deck.command}" for debt in player.debts()]
    left = player.unplayed() if deck.options.unplayed != "ignore" else []
    deck.report.unplayed = left
    if not left:
        return faults
    names = ", ".join(f"{player.cassette.interactions[index].call} (interaction {index})" for index in left[:5])
    more = f" and {len(left) - 5} more" if len(left) > 5 else ""
    said = f"{deck.owner} did not play {names}{more} of {deck.path}. Record it again: {deck.command}"
    return faults + _said(deck, said, fails=deck.options.unplayed == "fail")


def _said(deck: Deck, text: str, *, fails: bool) -> list[str]:
    if not fails:
        deck.report.notes.append(text)
    return [text] if fails else []
