"""The one table that decides what happens to a call."""

from __future__ import annotations

import enum

from replayaws.modes import Mode


class Decision(enum.Enum):
    """What happens to one call."""

    REPLAY = "replay"
    RECORD = "record"
    ALIGN = "call AWS beside the recording"
    COMPARE = "call AWS and compare"
    FALL_BACK = "fall back"
    REFUSE = "refuse"


def decide(
    mode: Mode,
    *,
    cassette_exists: bool,
    match_found: bool,
    routed_to_moto: bool,
    fallback: bool,
    must_be_live: bool = False,
) -> Decision:
    """What happens to a call.

    :param cassette_exists: whether the owner had a cassette when it began.
    :param match_found: whether an interaction of that cassette answers the call.
    :param routed_to_moto: whether the service is always moto's, recording included.
    :param fallback: whether moto may answer what no cassette holds.
    :param must_be_live: whether the owner is a wider fixture, with a cassette, of a test that is being recorded: what
        it makes must be there.
    """
    if routed_to_moto:
        return Decision.FALL_BACK
    if mode is Mode.VERIFY:
        return Decision.COMPARE
    if mode.records and cassette_exists and must_be_live:
        return Decision.ALIGN
    if mode is Mode.ALL:
        return Decision.RECORD
    if match_found:
        return Decision.REPLAY
    if mode is Mode.NEW_EPISODES or (mode is Mode.ONCE and not cassette_exists):
        return Decision.RECORD
    return Decision.FALL_BACK if fallback else Decision.REFUSE
