"""The least policy with which a cassette can be recorded again."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws.cassette import Cassette, Provenance
from replayaws.interaction import Interaction, raw
from replayaws.policy import policy


def cassette(*calls: tuple[str, dict[str, Any]]) -> Cassette:
    """A cassette of calls in one region."""
    interactions = [Interaction(call=call, region="eu-west-1", params=raw(params)) for call, params in calls]
    at = Provenance(at="2026-11-22T10:15:03Z", source="aws")
    return Cassette(replayaws=1, owner="test", recorded=at, interactions=interactions)


CALLS = [
    ("s3.ListObjectsV2", {"Bucket": "b"}, "s3:ListBucket", ["arn:aws:s3:::b"]),
    ("s3.HeadObject", {"Bucket": "b", "Key": "k"}, "s3:GetObject", ["arn:aws:s3:::b/*"]),
    ("s3.ListBuckets", {}, "s3:ListAllMyBuckets", ["*"]),
    ("cloudwatch.PutMetricData", {"Namespace": "n"}, "cloudwatch:PutMetricData", ["*"]),
    ("stepfunctions.ListStateMachines", {}, "states:ListStateMachines", ["*"]),
    ("dynamodb.GetItem", {"TableName": "t"}, "dynamodb:GetItem", ["arn:aws:dynamodb:eu-west-1:*:table/t"]),
    (
        "sqs.SendMessageBatch",
        {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"},
        "sqs:SendMessage",
        ["arn:aws:sqs:eu-west-1:*:q"],
    ),
    (
        "sns.Publish",
        {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:jobs-0f3a9c1b7d"},
        "sns:Publish",
        ["arn:aws:sns:eu-west-1:*:jobs-*"],
    ),
    ("lambda.Invoke", {"FunctionName": "f"}, "lambda:InvokeFunction", ["arn:aws:lambda:eu-west-1:*:function:f"]),
    ("apigateway.GetRestApis", {}, "apigateway:GET", ["*"]),
]


@pytest.mark.parametrize(("call", "params", "action", "resources"), CALLS, ids=[call for call, *_ in CALLS])
def test_a_call_needs(call: str, params: dict[str, Any], action: str, resources: list[str]) -> None:
    """Each call needs the action that IAM has for it, on the resource that it names."""
    statements = policy([cassette((call, params))])["Statement"]
    assert statements == [{"Effect": "Allow", "Action": [action], "Resource": resources}]


def test_a_role_that_is_handed_over_needs_pass_role() -> None:
    """Who gives a role to a service must be allowed to pass it."""
    role = "arn:aws:iam::123456789012:role/app"
    statements = policy([cassette(("lambda.CreateFunction", {"FunctionName": "f", "Role": role}))])["Statement"]
    assert {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": ["arn:aws:iam::*:role/app"]} in statements


def test_asking_who_one_is_needs_no_permission() -> None:
    """GetCallerIdentity is always allowed."""
    assert policy([cassette(("sts.GetCallerIdentity", {}))])["Statement"] == []
