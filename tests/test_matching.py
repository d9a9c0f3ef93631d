"""Which parameters count, which may differ, and what that binds."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from replayaws import shapes
from replayaws.bindings import Bindings
from replayaws.errors import OptionError
from replayaws.found import Missed
from replayaws.interaction import raw
from replayaws.matching import Plan, differences
from tests.cases.matching import GET, HEX_1, HEX_2, MATCHING, START, UUID_1, UUID_2, Case
from tests.playing import find, play, player, recorded

NOW = datetime.datetime(2026, 12, 24, 8, tzinfo=datetime.timezone.utc)


def _playing(*interactions: Any, **options: Any) -> Any:
    return player(*interactions, now=lambda: NOW, **options)


@pytest.mark.parametrize("case", MATCHING, ids=lambda case: case.title)
def test_matching(case: Case) -> None:
    """A live call matches a recorded one, and binds, as the table says."""
    error = {} if case.error is None else {"error": raw(case.error)}
    bindings = Bindings()
    playing = _playing(recorded(case.call, case.recorded, case.response, **error), bindings=bindings, **case.options)
    found = play(playing, case.call, case.live)
    assert (found == 0) is case.matches, find(playing, case.call, case.live)
    assert tuple(bindings.pairs()) == case.binds


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("transcribe.StartTranscriptionJob:Tag", "Did you mean 'Tags'"),
        ("transcribe.StartTranscriptionJob:Media.MediaFileUrl", "Did you mean 'MediaFileUri'"),
        ("transcribe.StartTranscription:Tags", "Did you mean 'StartTranscriptionJob'"),
        ("transcibe.StartTranscriptionJob:Tags", "Did you mean 'transcribe'"),
        ("transcribe.StartTranscriptionJob:Tags[", "not JMESPath"),
        ("transcribe.StartTranscriptionJob:length(Tags)", "computes a value"),
        ("transcribe.StartTranscriptionJob:TranscriptionJobName[0]", "no member"),
        ("transcribe.StartTranscriptionJob", "write it as"),
        ("Tags", "write it as"),
    ],
)
def test_a_wrong_rule_is_an_error_that_names_the_nearest(rule: str, message: str) -> None:
    """Whatever the user wrote is used or refused."""
    with pytest.raises(OptionError, match=r"ignore rule|JMESPath|computes") as refused:
        player(ignore=[rule])
    assert message in str(refused.value)


def test_what_is_bound_at_a_mutation_holds_for_later_calls() -> None:
    """The live name of a job reads that job, and no other name does."""
    bindings = Bindings()
    playing = _playing(
        recorded(START, {"TranscriptionJobName": f"job-{HEX_1}"}),
        recorded(GET, {"TranscriptionJobName": f"job-{HEX_1}"}),
        bindings=bindings,
    )
    assert play(playing, START, {"TranscriptionJobName": f"job-{HEX_2}"}) == 0
    assert play(playing, GET, {"TranscriptionJobName": f"job-{HEX_2}"}) == 1
    assert play(playing, GET, {"TranscriptionJobName": "job-77aacd10"}) == "other params"
    assert bindings.to_live(f"arn:x:job-{HEX_1}") == f"arn:x:job-{HEX_2}"


@pytest.mark.parametrize(
    "more", [{}, {"Tags": [{"Key": "ms", "Value": "1798099200450"}]}], ids=["the same call", "another"]
)
def test_a_live_second_may_stand_for_two_recorded_ones(more: dict[str, Any]) -> None:
    """Calls that tell the time, recorded in two seconds, replay within one; one more than was recorded is a miss."""

    def params(at: int, ms: str) -> dict[str, Any]:
        return {"TranscriptionJobName": f"job-{at}", **({"Tags": [{"Key": "ms", "Value": ms}]} if more else {})}

    playing = _playing(
        recorded(START, params(1795342503, "1795342503120")), recorded(START, params(1795342504, "1795342504010"))
    )
    now = {"TranscriptionJobName": "job-1798099200"}
    first = {**now, "Tags": [{"Key": "ms", "Value": "1798099200120"}]} if more else now
    assert play(playing, START, first) == 0
    assert play(playing, START, {**now, **more}) == 1
    assert not isinstance(play(playing, START, {**now, **more}), int)


def test_a_recorded_second_may_stand_for_two_live_ones() -> None:
    """Calls recorded within one second replay in two; what was named in the second one is read by that name."""
    at, name = "1795342503", {"TranscriptionJobName": "job-1795342503"}
    playing = _playing(
        recorded(START, {**name, "Tags": [{"Key": "at", "Value": at}, {"Key": "until", "Value": at}]}),
        recorded(START, {"TranscriptionJobName": "other-1795342503"}),
        recorded("transcribe.DeleteTranscriptionJob", {"TranscriptionJobName": "other-1795342503"}),
    )
    tags = [{"Key": "at", "Value": "1798099200"}, {"Key": "until", "Value": "1798099201"}]
    assert play(playing, START, {"TranscriptionJobName": "job-1798099200", "Tags": tags}) == 0
    assert play(playing, START, {"TranscriptionJobName": "other-1798099202"}) == 1
    assert play(playing, "transcribe.DeleteTranscriptionJob", {"TranscriptionJobName": "other-1798099202"}) == 2
    assert playing.bindings.own() == [("1795342503", "1798099200")]


def test_a_recorded_second_stands_for_no_other_time() -> None:
    """A time that is not now is another time, whatever the recorded one is bound to."""
    playing = _playing(*(recorded(START, {"TranscriptionJobName": "job-1795342503"}) for _ in range(2)))
    assert play(playing, START, {"TranscriptionJobName": "job-1798099200"}) == 0
    assert play(playing, START, {"TranscriptionJobName": "job-1798095600"}) == "refused"


def test_candidates_that_differ_in_nothing_else_are_taken_in_recorded_order() -> None:
    """Two jobs with generated names: the first live one is the first recorded one, each with its own reads."""
    names = ["3f2a91cc0f1e4d2c", "a7b80c1d2e3f4a5b"]
    live = ["91bb0deb77aacd10", "0c4d5e6f7a8b9c1d"]
    playing = _playing(
        *(recorded(START, {"TranscriptionJobName": name}) for name in names),
        *(recorded(GET, {"TranscriptionJobName": name}) for name in names),
    )
    assert [play(playing, START, {"TranscriptionJobName": name}) for name in live] == [0, 1]
    assert [play(playing, GET, {"TranscriptionJobName": name}) for name in reversed(live)] == [3, 2]


def test_a_live_value_that_stands_in_the_cassette_names_that_and_nothing_else() -> None:
    """Another recorded resource is never taken for a generated name."""
    playing = _playing(
        recorded(START, {"TranscriptionJobName": UUID_1}),
        recorded("transcribe.ListTranscriptionJobs", {}, {"Id": UUID_2}),
    )
    found = find(playing, START, {"TranscriptionJobName": UUID_2})
    assert isinstance(found, Missed)
    assert found.refusal is not None
    assert "names something else" in found.refusal.why


def test_a_value_that_an_earlier_answer_held_is_not_generated_by_the_run() -> None:
    """An id that AWS gave out is never bound."""
    playing = _playing(
        recorded("kms.CreateKey", {}, {"KeyMetadata": {"KeyId": UUID_1}}), recorded("kms.DisableKey", {"KeyId": UUID_1})
    )
    play(playing, "kms.CreateKey")
    assert play(playing, "kms.DisableKey", {"KeyId": UUID_2}) == "refused"
    assert play(playing, "kms.DisableKey", {"KeyId": UUID_1}) == 1


def test_secrets_stay_the_ones_they_were() -> None:
    """The first live value takes the placeholder; another does not fit any more, and the same does again."""
    call = "secretsmanager.PutSecretValue"

    def params(secret: str) -> dict[str, str]:
        return {"SecretId": "s", "SecretString": secret}

    playing = _playing(*(recorded(call, params(secret)) for secret in ("REDACTED-1", "REDACTED-2", "REDACTED-1")))
    assert play(playing, call, params("REDACTED-8")) == 0
    assert play(playing, call, params("REDACTED-9")) == 1
    assert play(playing, call, params("REDACTED-8")) == 2
    assert play(playing, call, params("REDACTED-8")) == "played"


def test_a_placeholder_of_the_cassette_stands_for_itself() -> None:
    """A secret that came out of a recorded answer is that one, and takes no other's place."""
    call = "secretsmanager.PutSecretValue"
    playing = _playing(
        recorded(call, {"SecretId": "s", "SecretString": "REDACTED-1"}),
        recorded("secretsmanager.GetSecretValue", {"SecretId": "t"}, {"SecretString": "REDACTED-2"}),
    )
    assert play(playing, call, {"SecretId": "s", "SecretString": "REDACTED-2"}) == "refused"


def test_a_polled_window_of_time_moves_on() -> None:
    """Polls whose times were now are one call, answered in recorded order."""
    call = "cloudtrail.LookupEvents"
    playing = _playing(
        *(
            recorded(call, {"EndTime": f"2026-11-22T10:15:{second:02}Z"}, seconds=float(second - 3))
            for second in (3, 13, 23)
        )
    )
    live = {"EndTime": "2026-12-24T08:00:00Z"}
    assert [play(playing, call, live) for _ in range(4)] == [0, 1, 2, 2]


def test_times_taken_before_a_long_wait_match_after_a_short_one() -> None:
    """Replay shortens what lies between the beginning and the call."""
    call = "cloudtrail.LookupEvents"
    playing = _playing(recorded(call, {"StartTime": "2026-11-22T09:15:05Z"}, seconds=1800.0))
    assert play(playing, call, {"StartTime": "2026-12-24T07:00:01Z"}) == 0


def test_an_import_without_parameters_matches_by_operation_and_order() -> None:
    """Each operation's recordings answer in their order, and begin again after the last, as placebo's do."""
    from replayaws.player import Player
    from tests.playing import cassette

    tape = cassette(recorded(START), recorded(GET), recorded(GET), matched_by="order")
    playing = Player(tape, bindings=Bindings())
    assert play(playing, GET, {"TranscriptionJobName": "a"}) == 1
    assert play(playing, START, {"TranscriptionJobName": "a"}) == 0
    assert [play(playing, GET, {"TranscriptionJobName": "b"}) for _ in range(3)] == [2, 1, 2]
    assert playing.debts() == []


def test_unknown_parameters_match_anything_that_nothing_else_matches() -> None:
    """A recording whose parameters are null answers what no exact recording does."""
    from replayaws.interaction import NOTHING, Interaction

    unknown = Interaction(call=GET, region="eu-west-1", params=NOTHING)
    playing = _playing(unknown, recorded(GET, {"TranscriptionJobName": "a"}))
    assert play(playing, GET, {"TranscriptionJobName": "a"}) == 1
    assert play(playing, GET, {"TranscriptionJobName": "b"}) == 0


def test_plain_http_matches_by_url_and_body_beside_boto3() -> None:
    """HTTP is found with the same player, by method, URL and body."""
    playing = _playing(
        recorded("http.GET", {"url": "https://a/x"}, region=None),
        recorded(START, {"TranscriptionJobName": "a"}),
        recorded("http.PUT", {"url": "https://a/x", "body": "1"}, region=None),
    )
    assert [play(playing, "http.GET", {"url": "https://a/x"}, region=None) for _ in range(2)] == [0, 0]
    assert play(playing, "http.PUT", {"url": "https://a/x", "body": "2"}, region=None) == "other params"
    assert play(playing, "http.PUT", {"url": "https://a/x", "body": "1"}, region=None) == 2
    assert play(playing, START, {"TranscriptionJobName": "a"}) == 1


def test_regions_are_exact() -> None:
    """A call in another region is a miss; a recording without a region fits every one."""
    playing = _playing(
        recorded(GET, {"TranscriptionJobName": "a"}), recorded(GET, {"TranscriptionJobName": "b"}, region=None)
    )
    assert play(playing, GET, {"TranscriptionJobName": "a"}, region="us-east-1") == "other params"
    assert play(playing, GET, {"TranscriptionJobName": "b"}, region="us-east-1") == 1


def test_differences_name_paths() -> None:
    """Each difference has its path, the recorded value and the live one."""
    plan = Plan(shapes.operation_model("transcribe", "StartTranscriptionJob"), operation="StartTranscriptionJob")
    one = plan.normal({"TranscriptionJobName": "a", "Tags": [{"Key": "k", "Value": "1"}]})
    two = plan.normal({"TranscriptionJobName": "b", "Tags": [{"Key": "k", "Value": "2"}], "LanguageCode": "en-US"})
    assert list(differences(one, two)) == [
        ("TranscriptionJobName", "a", "b"),
        ("Tags[0].Value", "1", "2"),
        ("LanguageCode", None, "en-US"),
    ]
