"""Where two answers to one call differ, and what does not count."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws import shapes
from replayaws.comparison import Answer, answer_differences, differences

GET_JOB = ("transcribe", "GetTranscriptionJob")
INSTANCES = ("ec2", "DescribeInstances")
OBJECT = ("s3", "GetObject")
QUEUE = ("sqs", "GetQueueAttributes")
TABLE = ("dynamodb", "DescribeTable")

CASES: list[tuple[str, tuple[str, str], Any, Any, list[tuple[str, str]]]] = [
    (
        "equal",
        GET_JOB,
        {"TranscriptionJob": {"LanguageCode": "en-US"}},
        {"TranscriptionJob": {"LanguageCode": "en-US"}},
        [],
    ),
    (
        "a missing member",
        GET_JOB,
        {"TranscriptionJob": {"Transcript": {}}},
        {"TranscriptionJob": {}},
        [("missing", "TranscriptionJob.Transcript")],
    ),
    (
        "an extra member",
        GET_JOB,
        {"TranscriptionJob": {}},
        {"TranscriptionJob": {"Settings": {}}},
        [("extra", "TranscriptionJob.Settings")],
    ),
    ("null is no member", GET_JOB, {"TranscriptionJob": {"Settings": None}}, {"TranscriptionJob": {}}, []),
    (
        "another state",
        GET_JOB,
        {"TranscriptionJob": {"TranscriptionJobStatus": "IN_PROGRESS"}},
        {"TranscriptionJob": {"TranscriptionJobStatus": "QUEUED"}},
        [("state", "TranscriptionJob.TranscriptionJobStatus")],
    ),
    (
        "another value of an enum",
        GET_JOB,
        {"TranscriptionJob": {"MediaFormat": "wav"}},
        {"TranscriptionJob": {"MediaFormat": "mp3"}},
        [("value", "TranscriptionJob.MediaFormat")],
    ),
    (
        "names, times and texts do not count",
        GET_JOB,
        {
            "TranscriptionJob": {
                "TranscriptionJobName": "a",
                "FailureReason": "x",
                "CreationTime": "2026-01-05T10:00:00Z",
            }
        },
        {
            "TranscriptionJob": {
                "TranscriptionJobName": "b",
                "FailureReason": "y",
                "CreationTime": "2026-02-05T10:00:00Z",
            }
        },
        [],
    ),
    (
        "another type",
        TABLE,
        {"Table": {"ItemCount": 3}},
        {"Table": {"ItemCount": "3"}},
        [("type", "Table.ItemCount")],
    ),
    (
        "a whole number for a float is none",
        ("cloudwatch", "GetMetricStatistics"),
        {"Datapoints": [{"Sum": 1}]},
        {"Datapoints": [{"Sum": 1.0}]},
        [],
    ),
    (
        "an element is compared with the one most like it",
        INSTANCES,
        {
            "Reservations": [
                {
                    "ReservationId": "r-1",
                    "Instances": [
                        {"Architecture": "arm64", "KeyName": "x", "EbsOptimized": True},
                        {"Architecture": "i386", "KeyName": "y"},
                    ],
                }
            ]
        },
        {
            "Reservations": [
                {
                    "ReservationId": "r-2",
                    "Instances": [
                        {"Architecture": "i386", "KeyName": "y"},
                        {"Architecture": "arm64", "KeyName": "x", "EbsOptimized": False},
                    ],
                }
            ]
        },
        [("value", "Reservations[].Instances[].EbsOptimized")],
    ),
    (
        "times sent as numbers do not count",
        ("logs", "DescribeLogGroups"),
        {"logGroups": [{"creationTime": 1795375415774, "storedBytes": 3}]},
        {"logGroups": [{"creationTime": 1795375420769, "storedBytes": 4}]},
        [("value", "logGroups[].storedBytes")],
    ),
    ("a list that is empty", INSTANCES, {"Reservations": [{}]}, {"Reservations": []}, [("missing", "Reservations[]")]),
    (
        "a list that should be empty",
        INSTANCES,
        {"Reservations": []},
        {"Reservations": [{}]},
        [("extra", "Reservations[]")],
    ),
    (
        "a key of a map",
        QUEUE,
        {"Attributes": {"FifoQueue": "true"}},
        {"Attributes": {}},
        [("missing", "Attributes.FifoQueue")],
    ),
    ("content of bodies does not count", OBJECT, {"Body": {"$file": "0.bin", "$size": 5}}, {"Body": "hello"}, []),
]


@pytest.mark.parametrize(
    ("operation", "recorded", "other", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_differences(operation: tuple[str, str], recorded: Any, other: Any, expected: list[tuple[str, str]]) -> None:
    """Members, types, states and flags count; what differs by nature does not."""
    shape = shapes.operation_model(*operation).output_shape
    assert [(found.kind, found.path) for found in differences(recorded, other, shape)] == expected


def test_a_difference_holds_both_sides() -> None:
    """What was recorded and what came instead stand beside the path."""
    (found,) = differences({"Table": {"TableStatus": "CREATING"}}, {"Table": {"TableStatus": "ACTIVE"}}, None)
    assert (found.path, found.recorded, found.other) == ("Table.TableStatus", "CREATING", "ACTIVE")


def test_each_difference_is_told_once_per_path() -> None:
    """A member that is missing in a hundred elements is one difference."""
    many = {"Reservations": [{"OwnerId": str(n), "RequesterId": "r"} for n in range(100)]}
    fewer = {"Reservations": [{"OwnerId": str(n)} for n in range(100)]}
    shape = shapes.operation_model(*INSTANCES).output_shape
    assert [found.path for found in differences(many, fewer, shape)] == ["Reservations[].RequesterId"]


ERROR = {"Code": "NoSuchKey", "Message": "gone"}

OUTCOMES: list[tuple[str, Answer, Answer, list[tuple[str, Any, Any]]]] = [
    (
        "refused",
        Answer({"ETag": "e"}, status=200),
        Answer(error=ERROR, status=404),
        [("refused", "success", "NoSuchKey: gone")],
    ),
    ("accepted", Answer(error=ERROR, status=404), Answer({}, status=200), [("accepted", "NoSuchKey: gone", "success")]),
    ("another error", Answer(error=ERROR), Answer(error={"Code": "404"}), [("error", "NoSuchKey", "404")]),
    ("another message", Answer(error=ERROR), Answer(error={"Code": "NoSuchKey", "Message": "away"}), []),
    (
        "another status of an error",
        Answer(error=ERROR, status=404),
        Answer(error=ERROR, status=400),
        [("status", 404, 400)],
    ),
    ("another status", Answer({}, status=204), Answer({}, status=200), [("status", 204, 200)]),
    (
        "no answer",
        Answer({}),
        Answer(refusal="moto does not implement it"),
        [("unanswered", "success", "moto does not implement it")],
    ),
]


@pytest.mark.parametrize(
    ("recorded", "other", "expected"), [case[1:] for case in OUTCOMES], ids=[case[0] for case in OUTCOMES]
)
def test_outcomes(recorded: Answer, other: Answer, expected: list[tuple[str, Any, Any]]) -> None:
    """Success and errors, on either side."""
    found = answer_differences(recorded, other, shapes.operation_model(*OBJECT))
    assert [(one.kind, one.recorded, one.other) for one in found] == expected
