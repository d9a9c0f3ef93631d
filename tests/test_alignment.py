"""Identifiers of two answers to the same call, paired by where they stand."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws.alignment import pairs

CASES: dict[str, tuple[Any, Any, list[tuple[str, str]]]] = {
    "an id": ({"Vpc": {"VpcId": "vpc-0a1"}}, {"Vpc": {"VpcId": "vpc-9f8"}}, [("vpc-0a1", "vpc-9f8")]),
    "an ARN, and what differs in it": (
        {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:jobs-3f2a"},
        {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:jobs-91cc"},
        [
            ("jobs-3f2a", "jobs-91cc"),
            ("arn:aws:sns:eu-west-1:123456789012:jobs-3f2a", "arn:aws:sns:eu-west-1:123456789012:jobs-91cc"),
        ],
    ),
    "a URL of another form, whole": (
        {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"},
        {"QueueUrl": "https://queue.local/jobs"},
        [("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", "https://queue.local/jobs")],
    ),
    "an ETag, without its quotes": ({"ETag": '"0a1b2c3d"'}, {"ETag": '"9f8e7d6c"'}, [("0a1b2c3d", "9f8e7d6c")]),
    "states are no identifiers": ({"Status": "IN_PROGRESS"}, {"Status": "QUEUED"}, []),
    "times are none": ({"CreatedAt": "2026-11-22T10:15:03Z"}, {"CreatedAt": "2026-11-23T11:00:00Z"}, []),
    "numbers are none": ({"Size": "1024"}, {"Size": "2048"}, []),
    "sentences are none": ({"Message": "Job 1 not found"}, {"Message": "Job 2 not found"}, []),
    "equal values are none": ({"Id": "vpc-1"}, {"Id": "vpc-1"}, []),
    "list elements by what they share": (
        {"Vpcs": [{"Cidr": "10.0.0.0/16", "VpcId": "vpc-1a"}, {"Cidr": "10.1.0.0/16", "VpcId": "vpc-2b"}]},
        {"Vpcs": [{"Cidr": "10.1.0.0/16", "VpcId": "vpc-8y"}, {"Cidr": "10.0.0.0/16", "VpcId": "vpc-9z"}]},
        [("vpc-1a", "vpc-9z"), ("vpc-2b", "vpc-8y")],
    ),
    "a longer list, those that share something": (
        [{"Default": True, "Id": "sg-0d"}, {"Name": "web", "Id": "sg-1a"}],
        [{"Name": "web", "Id": "sg-7x"}],
        [("sg-1a", "sg-7x")],
    ),
    "each side once": ({"AId": "id-1", "BId": "id-1"}, {"AId": "id-7", "BId": "id-8"}, [("id-1", "id-7")]),
    "members of one side only": ({"Id": "id-1"}, {"OtherId": "id-2"}, []),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_pairs(case: tuple[Any, Any, list[tuple[str, str]]]) -> None:
    """Differing identifiers in the same place are a pair; states, times, numbers and sentences are not."""
    recorded, other, expected = case
    assert pairs(recorded, other) == expected
