"""The text of a miss."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from replayaws.errors import MissError
from replayaws.explanation import explain
from replayaws.found import Missed
from replayaws.player import Player
from tests.cases.matching import GET, START, UUID_1, UUID_2
from tests.playing import call, find, play, player, recorded

JOB = {"TranscriptionJobName": "a"}


def _explained(playing: Player, name: str, params: Any, **options: Any) -> str:
    region = options.pop("region", "eu-west-1")
    missed = find(playing, name, params, region=region)
    assert isinstance(missed, Missed)
    settings: dict[str, Any] = {
        "cassette_path": "cassettes/test_jobs/test_one.json",
        "owner": "tests/test_jobs.py::test_one",
        "moto_said": "moto 5.2.5 does not implement it.",
        "command": "pytest --record-aws=new_episodes tests/test_jobs.py::test_one",
    }
    return explain(missed, call=call(name, params, region=region), **{**settings, **options})


def test_the_whole_message() -> None:
    """The call, the cassette, the reason, the closest recordings with what differs, moto's word and the command."""
    playing = player(
        recorded(START, {**JOB, "LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://media/a.wav"}}),
        recorded(START, {**JOB, "LanguageCode": "de-DE", "Media": {"MediaFileUri": "s3://media/b.wav"}}),
    )
    params = {**JOB, "LanguageCode": "de-DE", "Media": {"MediaFileUri": "s3://media/c.wav"}, "Tags": []}
    assert _explained(playing, START, params) == (
        "No recording answers transcribe.StartTranscriptionJob in eu-west-1.\n"
        "  made by:   tests/test_jobs.py::test_one\n"
        '  params:    {"TranscriptionJobName":"a","LanguageCode":"de-DE","Media":{"MediaFileUri":"s3://media/c.wav"},"Tags":[]}\n'
        "  cassette:  cassettes/test_jobs/test_one.json\n"
        "  reason:    it was recorded with other parameters only\n"
        "  closest recordings:\n"
        "    interaction 1, not played yet:\n"
        '      Media.MediaFileUri: recorded "s3://media/b.wav", live "s3://media/c.wav"\n'
        "      Tags: not recorded, live []\n"
        "    interaction 0, not played yet:\n"
        '      LanguageCode: recorded "en-US", live "de-DE"\n'
        '      Media.MediaFileUri: recorded "s3://media/a.wav", live "s3://media/c.wav"\n'
        "      Tags: not recorded, live []\n"
        "  moto:      moto 5.2.5 does not implement it\n"
        "To record it: pytest --record-aws=new_episodes tests/test_jobs.py::test_one"
    )


def test_a_redacted_name_that_the_program_uses() -> None:
    """When the program uses what replay gave it in place of a redacted value, the message says how to keep the value."""
    playing = player(recorded(GET, {"TranscriptionJobName": "orders"}))
    assert "keep = [" in _explained(playing, GET, {"TranscriptionJobName": "REDACTED-1"})
    assert "keep = [" not in _explained(playing, GET, {"TranscriptionJobName": "others"})


def _nothing() -> str:
    return _explained(player(recorded(GET, JOB)), START, JOB)


def _played() -> str:
    playing = player(recorded(START, JOB))
    play(playing, START, JOB)
    return _explained(playing, START, JOB)


def _stale() -> str:
    playing = player(recorded(GET, JOB), recorded("transcribe.DeleteTranscriptionJob", JOB))
    play(playing, "transcribe.DeleteTranscriptionJob", JOB)
    return _explained(playing, GET, JOB)


def _waiting() -> str:
    media = {"Bucket": "media"}
    playing = player(
        recorded("s3.ListObjectsV2", {**media, "Prefix": "in/"}),
        recorded("s3.PutObject", {**media, "Key": "in/1"}),
        recorded("s3.ListObjectsV2", {**media, "Prefix": "in/"}, {"KeyCount": 1}),
    )
    for _ in range(100):
        play(playing, "s3.ListObjectsV2", {**media, "Prefix": "in/"})
    return _explained(playing, "s3.ListObjectsV2", {**media, "Prefix": "in/"})


def _bound_to_another() -> str:
    playing = player(recorded(START, {"TranscriptionJobName": UUID_1}), recorded(GET, {"TranscriptionJobName": UUID_1}))
    play(playing, START, {"TranscriptionJobName": UUID_2})
    return _explained(playing, START, {"TranscriptionJobName": UUID_2[::-1].replace("-", "0")[:32]})


def _refused() -> str:
    playing = player(
        recorded("transcribe.ListTranscriptionJobs", {}, {"X": UUID_2}),
        recorded(START, {"TranscriptionJobName": UUID_1}),
    )
    return _explained(playing, START, {"TranscriptionJobName": UUID_2})


def _region() -> str:
    return _explained(player(recorded(GET, JOB)), GET, JOB, region="us-east-1")


def _elsewhere() -> str:
    return _explained(player(), GET, JOB, elsewhere=["cassettes/test_jobs/test_two.json"])


@pytest.mark.parametrize(
    ("miss", "text"),
    [
        (_nothing, "reason:    no transcribe.StartTranscriptionJob was recorded at all"),
        (_played, "reason:    it was recorded once, and the program has made it as often already"),
        (_played, "interaction 0, played once of 1"),
        (
            _stale,
            "it was recorded only before transcribe.DeleteTranscriptionJob (interaction 1), which the program has made since",
        ),
        (_waiting, "interaction 2 waits behind s3.PutObject (interaction 1), which the program has not made"),
        (_bound_to_another, "reason:    it was recorded with other parameters only"),
        (_refused, f'interaction 1 differs in "{UUID_1}" recorded, "{UUID_2}" live, and these are not bound: '),
        (_refused, "the live one names something else in the cassette"),
        (_region, "it was recorded in another region only (eu-west-1)"),
        (_region, "region: recorded eu-west-1, live us-east-1"),
        (_elsewhere, "but:       cassettes/test_jobs/test_two.json holds this call"),
    ],
)
def test_each_kind_of_miss_says_why(miss: Callable[[], str], text: str) -> None:
    """Nothing recorded, played, stale, waiting, not bound, another region, another cassette."""
    assert text in miss()


def test_without_a_cassette_it_says_so() -> None:
    """A test that was never recorded is told how to record it."""
    text = explain(
        None,
        call=call(GET, JOB),
        cassette_path=None,
        owner="t.py::t",
        moto_said="",
        command="pytest --record-aws t.py::t",
    )
    assert "cassette:  none was recorded" in text
    assert "moto:" not in text
    assert text.endswith("To record it: pytest --record-aws t.py::t")


def test_times_are_shown_as_times_and_long_values_short() -> None:
    """A reader sees dates, not seconds since 1970, and no page-long value."""
    now = datetime.datetime(2026, 12, 24, 8, tzinfo=datetime.timezone.utc)
    playing = player(recorded("cloudtrail.LookupEvents", {"StartTime": "2026-01-01T00:00:00Z"}), now=lambda: now)
    text = _explained(playing, "cloudtrail.LookupEvents", {"StartTime": "2026-01-02T00:00:00Z", "NextToken": "x" * 900})
    assert 'StartTime: recorded "2026-01-01T00:00:00Z", live "2026-01-02T00:00:00Z"' in text
    assert max(len(line) for line in text.splitlines()) < 200


def test_a_miss_survives_pickling() -> None:
    """A worker process can send it."""
    assert pickle.loads(pickle.dumps(MissError(_stale()))).explanation == _stale()
