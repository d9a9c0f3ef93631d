"""Finding the recording that answers a call, at this point of the program."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replayaws.bindings import Bindings
from replayaws.found import Missed
from replayaws.interaction import Interaction
from replayaws.player import Player
from tests.cases.timeline import CALLS, TIMELINE, Case
from tests.playing import cassette, find, play, player, recorded, steps


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
            playing.play(found)
    owed = [text for name, *_ in steps(case.debts) for text in playing.debts() if name in text] if case.debts else []
    assert len(playing.debts()) == len(owed)


_CALLS = st.sampled_from(
    ["Start", "Get", "Delete", "Jobs", "Put", "Remove", "Object", "List", "Prefix", "Item", "Save", "Send", "Receive"]
)
_STEPS = st.lists(st.tuples(_CALLS, st.sampled_from("AB")), max_size=14)


def _made(number: int, verb: str, subject: str) -> Interaction:
    name, params, _ = CALLS[verb]
    return recorded(name, params(subject), {"Answer": str(number)})


def _answer(playing: Player, verb: str, subject: str) -> str | None:
    name, params, _ = CALLS[verb]
    found = find(playing, name, params(subject))
    if isinstance(found, Missed):
        return None
    playing.play(found)
    answer: str = found.interaction.decoded_response()["Answer"]
    return answer


@given(_STEPS)
def test_any_program_replays_to_the_recorded_answers_in_the_recorded_order(program: list[tuple[str, str]]) -> None:
    """What was recorded, call by call, is what comes back, call by call."""
    playing = player(*(_made(number, *step) for number, step in enumerate(program)))
    assert [_answer(playing, *step) for step in program] == [str(number) for number in range(len(program))]
    assert playing.unplayed() == []
    assert playing.debts() == []


def _everything(playing: Player, program: list[tuple[str, str]]) -> tuple[list[object], list[int], list[str]]:
    """What each call of a program gets, and what stands at its end."""
    answers: list[object] = []
    for verb, subject in program:
        name, params, _ = CALLS[verb]
        found = find(playing, name, params(subject))
        if isinstance(found, Missed):
            answers.append((found.reason, found.index, found.behind))
            continue
        answers.append((found.index, found.credit))
        playing.play(found)
    debts = playing.debts()
    return answers, playing.unplayed(), debts


@given(_STEPS, st.lists(st.integers(1, 3), min_size=14, max_size=14), st.data())
def test_the_short_way_gives_what_the_long_way_gives(
    recording: list[tuple[str, str]], counts: list[int], data: st.DataObject
) -> None:
    """A program that goes as recorded for a while, then does not, gets what it would get without the short way."""
    tape = [msgspec.structs.replace(_made(n, *step), count=counts[n]) for n, step in enumerate(recording)]
    as_recorded = [step for step, count in zip(recording, counts, strict=False) for _ in range(count)]
    kept = data.draw(st.integers(0, len(as_recorded)))
    program = as_recorded[:kept] + data.draw(_STEPS)
    short, long = player(*tape), player(*tape)
    long.unplayed()  # asks the search, and so leaves the short way
    assert _everything(short, program) == _everything(long, program)


_LIVES = st.lists(st.integers(0, 3), min_size=1, max_size=3)


@given(st.lists(_LIVES, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_permuting_calls_that_do_not_depend_on_each_other_changes_nothing(lives: list[list[int]], chance: Any) -> None:
    """Jobs that know nothing of each other, started, polled and deleted in turns: each sees its own history."""
    programs = [
        [(verb, f"{number}") for polls in life for verb in ("Start", *["Get"] * polls, "Delete", "Get")]
        for number, life in enumerate(lives)
    ]

    def interleaved() -> list[tuple[str, str]]:
        waiting = [list(program) for program in programs]
        order = [number for number, program in enumerate(programs) for _ in program]
        chance.shuffle(order)
        return [waiting[number].pop(0) for number in order]

    first, again = interleaved(), interleaved()
    playing = player(*(_made(number, *step) for number, step in enumerate(first)))
    expected: dict[str, list[str]] = {}
    for number, (_, subject) in enumerate(first):
        expected.setdefault(subject, []).append(str(number))
    answers: dict[str, list[str | None]] = {}
    for step in again:
        answers.setdefault(step[1], []).append(_answer(playing, *step))
    assert answers == expected
    assert playing.debts() == []


_NAMES = st.sampled_from(
    ["a", "b", "job-3f2a91cc", "job-77aacd10", "job-a7b80c1d", "3f2a91cc0f1e4d2c", "91bb0deb77aacd10"]
)
_PARAMS = st.fixed_dictionaries(
    {"TranscriptionJobName": _NAMES},
    optional={"LanguageCode": st.sampled_from(["en-US", "de-DE"]), "JobExecutionSettings": _NAMES},
)


@given(st.lists(_PARAMS, max_size=8), st.lists(_PARAMS, max_size=8))
def test_a_call_never_receives_an_answer_recorded_for_other_parameters(
    tape: list[dict[str, str]], program: list[dict[str, str]]
) -> None:
    """What answers a call has its parameters, once the live values are the recorded ones that they are bound to."""
    bindings = Bindings()
    name = "transcribe.StartTranscriptionJob"
    playing = player(*(recorded(name, params) for params in tape), bindings=bindings)
    for params in program:
        index = play(playing, name, params)
        if isinstance(index, int):
            assert bindings.to_recorded(params) == tape[index]
    recorded_values, live_values = zip(*bindings.pairs(), strict=True) if bindings.pairs() else ((), ())
    assert len(set(recorded_values)) == len(set(live_values)) == len(bindings.pairs())


def test_a_fixture_and_a_test_play_their_own_cassettes_with_shared_names() -> None:
    """A generated bucket name, bound by the fixture, is the one that the test's recording speaks of."""
    bucket, live = "media-3f2a91cc", "media-91bb0deb"
    wide = Bindings()
    fixture = player(
        recorded("s3.CreateBucket", {"Bucket": bucket}), recorded("s3.DeleteBucket", {"Bucket": bucket}), bindings=wide
    )
    narrow = Bindings(wide)
    test = player(recorded("s3.PutObject", {"Bucket": bucket, "Key": "k"}), bindings=narrow)
    assert play(fixture, "s3.CreateBucket", {"Bucket": live}) == 0
    assert play(test, "s3.PutObject", {"Bucket": live, "Key": "k"}) == 0
    assert play(test, "s3.PutObject", {"Bucket": "media-00aa11bb", "Key": "k"}) == "other params"
    assert play(fixture, "s3.DeleteBucket", {"Bucket": live}) == 1
    assert narrow.pairs() == wide.pairs() == [("3f2a91cc", "91bb0deb")]


def test_unplayed_are_mutations_not_made_as_often_and_reads_never_made() -> None:
    """A poll given up early counts as played."""
    get, put = (
        ("transcribe.GetTranscriptionJob", {"TranscriptionJobName": "a"}),
        ("s3.PutObject", {"Bucket": "b", "Key": "k"}),
    )
    playing = player(recorded(*get, count=9), recorded(*put, count=2), recorded("sts.GetCallerIdentity"))
    play(playing, *get)
    play(playing, *put)
    assert playing.unplayed() == [1, 2]


def test_an_indexed_cassette_is_not_searched_again() -> None:
    """The thousandth call of an operation looks at no more recordings than the first but one."""

    class Counting(list[Interaction]):
        looks = 0

        def __getitem__(self, index: Any) -> Any:
            Counting.looks += 1
            return super().__getitem__(index)

    def looks(size: int) -> int:
        tape = cassette(*(_made(number, "Item", f"k{number}") for number in range(size)))
        playing = Player(msgspec.structs.replace(tape, interactions=Counting(tape.interactions)), bindings=Bindings())
        _answer(playing, "Item", "k0")
        Counting.looks = 0
        for number in range(1, 50):
            assert _answer(playing, "Item", f"k{number}") == str(number)
        return Counting.looks

    assert looks(50) == looks(1000)
