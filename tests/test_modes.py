"""The one table that decides what happens to a call."""

from __future__ import annotations

import pytest

from replayaws.decisions import decide
from replayaws.modes import Mode

TABLE = """
mode          cassette  match  routed  fallback  live  decision
none          no        no     no      yes       no    fall back
none          no        no     no      no        no    refuse
none          yes       no     no      yes       no    fall back
none          yes       yes    no      yes       no    replay
none          yes       yes    yes     yes       no    fall back
once          no        no     no      yes       no    record
once          yes       yes    no      yes       no    replay
once          yes       no     no      yes       no    fall back
once          yes       no     no      no        no    refuse
once          no        no     yes     yes       no    fall back
once          yes       yes    no      yes       yes   call AWS beside the recording
once          no        no     no      yes       yes   record
new_episodes  yes       yes    no      yes       no    replay
new_episodes  yes       no     no      yes       no    record
new_episodes  no        no     no      yes       no    record
all           yes       yes    no      yes       no    record
all           no        no     no      yes       no    record
all           yes       yes    no      yes       yes   call AWS beside the recording
all           yes       yes    yes     yes       no    fall back
verify        yes       yes    no      yes       no    call AWS and compare
verify        yes       no     no      yes       no    call AWS and compare
verify        yes       yes    yes     yes       no    fall back
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines()[1:], ids=lambda row: " ".join(row.split()))
def test_what_happens_to_a_call(row: str) -> None:
    """Mode, cassette, match, routing, fallback and need decide, as the row says."""
    mode, cassette, match, routed, fallback, live, decision = row.split(None, 6)
    found = decide(
        Mode(mode),
        cassette_exists=cassette == "yes",
        match_found=match == "yes",
        routed_to_moto=routed == "yes",
        fallback=fallback == "yes",
        must_be_live=live == "yes",
    )
    assert found.value == decision
