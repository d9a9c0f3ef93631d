"""Finding the recording that answers a call, at this point of the program."""

from __future__ import annotations

import pytest

from replayaws.bindings import Bindings
from replayaws.interaction import Interaction
from replayaws.player import Missed, Player
from tests.cases.timeline import TIMELINE, Case
from tests.playing import call, cassette, find, recorded, steps


def _tape(case: Case) -> list[Interaction]:
    return [
        recorded(name, params, {**response, "Answer": answer}, count=count)
        for name, params, answer, count, response in steps(case.recorded)
    ]


@pytest.mark.parametrize("case", TIMELINE, ids=lambda case: case.title)
def test_the_timeline(case: Case) -> None:
    """Each program of the table gets the answers that the table gives."""
    playing = Player(cassette(*_tape(case)), bindings=Bindings(), polls=case.polls)  # type: ignore[arg-type]
    for name, params, expected, times, _ in steps(case.program):
        for _ in range(times):
            found = find(playing, name, params)
            if isinstance(found, Missed):
                assert expected == "miss", found
                continue
            assert found.interaction.decoded_response()["Answer"] == expected
            playing.play(found, call(name, params))
    owed = [text for name, *_ in steps(case.debts) for text in playing.debts() if name in text] if case.debts else []
    assert len(playing.debts()) == len(owed)
