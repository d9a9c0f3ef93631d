"""Which resource does a call speak of, and in which state was it?"""

from __future__ import annotations

from typing import Any

import pytest

from replayaws import timeline
from tests.shelf import interaction, job, polled

ARN = "arn:aws:states:eu-central-1:123456789012:execution:machine:run-1"

CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, str | None]] = [
    ("transcribe.GetTranscriptionJob", {"TranscriptionJobName": "j"}, job("FAILED", "j"), "j", "FAILED"),
    (
        "dynamodb.CreateTable",
        {"TableName": "t"},
        {"TableDescription": {"TableName": "t", "TableStatus": "CREATING"}},
        "t",
        "CREATING",
    ),
    ("s3.PutObject", {"Bucket": "b", "Key": "a/b.txt"}, {}, "b/a/b.txt", None),
    ("s3.CreateBucket", {"Bucket": "b"}, {"Location": "/b"}, "b", None),
    ("sqs.SendMessage", {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/q"}, {}, "q", None),
    ("sqs.CreateQueue", {"QueueName": "q"}, {"QueueUrl": "https://sqs/1/q"}, "q", None),
    (
        "lambda.CreateFunction",
        {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r"},
        {"FunctionName": "f", "State": "Pending", "LastUpdateStatus": "InProgress"},
        "f",
        "Pending",
    ),
    (
        "ec2.RunInstances",
        {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1},
        {
            "Instances": [
                {"ImageId": "ami-1", "InstanceId": "i-1", "State": {"Code": 0, "Name": "pending"}, "VpcId": "vpc-1"}
            ]
        },
        "i-1",
        "pending",
    ),
    (
        "ec2.CreateVpc",
        {"CidrBlock": "10.0.0.0/16"},
        {"Vpc": {"OwnerId": "1", "State": "pending", "VpcId": "vpc-1"}},
        "vpc-1",
        "pending",
    ),
    (
        "cloudformation.DescribeStacks",
        {"StackName": "s"},
        {
            "Stacks": [
                {"StackId": "arn:aws:cloudformation:::stack/s/1", "StackName": "s", "StackStatus": "CREATE_COMPLETE"}
            ]
        },
        "s",
        "CREATE_COMPLETE",
    ),
    (
        "stepfunctions.DescribeExecution",
        {"executionArn": ARN},
        {"executionArn": ARN, "name": "run-1", "status": "RUNNING"},
        "run-1",
        "RUNNING",
    ),
    (
        "athena.GetQueryExecution",
        {"QueryExecutionId": "q"},
        {"QueryExecution": {"QueryExecutionId": "q", "Status": {"State": "SUCCEEDED"}}},
        "q",
        "SUCCEEDED",
    ),
    (
        "rds.DescribeDBInstances",
        {"DBInstanceIdentifier": "db"},
        {"DBInstances": [{"DBInstanceIdentifier": "db", "DBInstanceStatus": "available", "DBName": "x"}]},
        "db",
        "available",
    ),
    (
        "eks.DescribeCluster",
        {"name": "c"},
        {"cluster": {"name": "c", "arn": "a", "status": "CREATING"}},
        "c",
        "CREATING",
    ),
    (
        "ecs.DescribeTasks",
        {"cluster": "c", "tasks": ["arn:aws:ecs:::task/c/7f"]},
        {"tasks": [{"taskArn": "arn:aws:ecs:::task/c/7f", "desiredStatus": "RUNNING", "lastStatus": "PENDING"}]},
        "7f",
        "PENDING",
    ),
]


@pytest.mark.parametrize(("call", "params", "response", "resource", "state"), CASES, ids=[case[0] for case in CASES])
def test_finds_resource_and_state(
    call: str, params: dict[str, Any], response: dict[str, Any], resource: str, state: str | None
) -> None:
    """The one resource, told from ARNs, URLs, owners and neighbours, with its own state."""
    (lane,) = [lane for lane in timeline.lanes([interaction(call, params, response)]) if lane.resource == resource]
    assert [event.state for event in lane.events] == [state]


def test_follows_one_resource_through_its_states() -> None:
    """Start, polls and a list are one lane, polls counted."""
    summaries = {
        "TranscriptionJobSummaries": [{"TranscriptionJobName": "job-7f3a", "TranscriptionJobStatus": "COMPLETED"}]
    }
    listed = interaction("transcribe.ListTranscriptionJobs", {}, {"Status": "COMPLETED", **summaries}, seconds=70)
    (lane,) = timeline.lanes([*polled().interactions, listed])
    assert (lane.service, lane.resource) == ("transcribe", "job-7f3a")
    assert lane.states() == [("IN_PROGRESS", 4), ("COMPLETED", 2)]
    assert timeline.folded(lane.states()) == "IN_PROGRESS x4 → COMPLETED x2"


def test_an_error_is_an_event_without_state() -> None:
    """What AWS refused stands in the lane of what it was asked for."""
    error = {"Code": "NoSuchKey"}
    (lane,) = timeline.lanes([interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, error=error)])
    assert [(event.error, event.state) for event in lane.events] == [("NoSuchKey", None)]


def test_what_botocore_does_not_know_has_no_lane() -> None:
    """Plain HTTP and unknown operations are left out, not guessed at."""
    unknown = [interaction("http.GET", {"url": "https://b"}), interaction("nosuch.Thing", {"Name": "n"})]
    assert timeline.lanes(unknown) == []
