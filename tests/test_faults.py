"""Faults on top of a recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from replayaws import shapes
from replayaws.errors import OptionError
from replayaws.faults import Fault, apply, change, fail
from replayaws.interaction import Interaction, raw
from tests.playing import recorded

GET = "transcribe.GetTranscriptionJob"
ANSWER = {"TranscriptionJob": {"TranscriptionJobStatus": "COMPLETED", "Tags": [{"Key": "a"}, {"Key": "b"}]}}


def _get(**more: Any) -> Interaction:
    interaction: Interaction = recorded(
        GET, {"TranscriptionJobName": "a"}, ANSWER, metadata=raw({"HTTPStatusCode": 200}), **more
    )
    return interaction


def _applied(*faults: Fault, interaction: Interaction | None = None) -> Interaction:
    return apply(faults, interaction or _get(), shapes.operation_model("transcribe", "GetTranscriptionJob"))


def test_an_error_takes_the_place_of_the_answer_as_often_as_asked() -> None:
    """Twice throttled, then the recording."""
    fault = fail(GET, "ThrottlingException", times=2, message="slower")
    for _ in range(2):
        failed = _applied(fault)
        assert failed.decoded_error() == {"Message": "slower", "Code": "ThrottlingException"}
        assert failed.decoded_response() == {}
        assert failed.decoded_metadata()["HTTPStatusCode"] == 400
    assert fault.is_spent
    assert _applied(fault) == _get()


def test_a_modelled_error_has_its_class_and_status() -> None:
    """What the model says of the error holds."""
    failed = _applied(fail(GET, "InternalFailureException"))
    assert failed.exception == "InternalFailureException"
    assert failed.decoded_metadata()["HTTPStatusCode"] == 500


def test_a_change_alters_one_place_of_the_answer() -> None:
    """The rest of the payload stays the real one."""
    changed = _applied(change(GET, "TranscriptionJob.TranscriptionJobStatus", "FAILED")).decoded_response()
    assert changed["TranscriptionJob"] == {**ANSWER["TranscriptionJob"], "TranscriptionJobStatus": "FAILED"}


def test_a_change_may_add_a_member_and_reach_into_lists() -> None:
    """A member that AWS left out, and each element of a list."""
    added = _applied(change(GET, "TranscriptionJob.FailureReason", "no sound")).decoded_response()
    assert added["TranscriptionJob"]["FailureReason"] == "no sound"
    tags = _applied(change(GET, "TranscriptionJob.Tags[].Value", "x")).decoded_response()["TranscriptionJob"]["Tags"]
    assert tags == [{"Key": "a", "Value": "x"}, {"Key": "b", "Value": "x"}]


def test_a_change_is_written_as_the_model_says() -> None:
    """A datetime becomes a timestamp of the cassette."""
    import datetime

    moment = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.timezone.utc)
    changed = _applied(change(GET, "TranscriptionJob.CompletionTime", moment)).decoded_response()
    assert changed["TranscriptionJob"]["CompletionTime"] == "2026-11-22T10:00:00+00:00"


def test_a_change_leaves_errors_alone_and_other_operations_too() -> None:
    """Only a successful answer of that operation changes, and only such ones count."""
    fault = change(GET, "TranscriptionJob.TranscriptionJobStatus", "FAILED")
    failed = _get(error=raw({"Code": "NotFoundException"}))
    assert _applied(fault, interaction=failed) == failed
    other = recorded("transcribe.ListTranscriptionJobs")
    assert _applied(fault, interaction=other) == other
    assert not fault.is_spent


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: fail("transcribe.GetTranscriptionJobs", "X"), "Did you mean 'GetTranscriptionJob'"),
        (lambda: fail("transcrib.GetTranscriptionJob", "X"), "Did you mean 'transcribe'"),
        (lambda: fail(GET, "NotFoundExeption"), "Did you mean 'NotFoundException'"),
        (lambda: fail(GET, "ThrottlingException", times=0), "1 or more"),
        (lambda: change(GET, "TranscriptionJob.Status", "x"), "Did you mean 'TranscriptionJobStatus'"),
        (lambda: change(GET, "TranscriptionJob.TranscriptionJobStatus", 5), "does not fit"),
        (lambda: change(GET, "TranscriptionJob[", "x"), "not JMESPath"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_the_nearest(make: Callable[[], Fault], message: str) -> None:
    """Validated against the model when it is made."""
    with pytest.raises(OptionError) as refused:
        make()
    assert message in str(refused.value)


def test_services_that_model_few_errors_take_any() -> None:
    """EC2 and S3 answer with errors that no model lists."""
    assert fail("ec2.RunInstances", "InsufficientInstanceCapacity").exception is None
    assert fail("s3.GetObject", "PreconditionFailed").exception is None
