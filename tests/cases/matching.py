"""Does a live call match a recorded one, and what does that bind? One row for each question.

The recording was made at 2026-11-22T10:15:03Z, the replay runs at 2026-12-24T08:00:00Z.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any

from replayaws import codec

UUID_1, UUID_2 = "3f2a91cc-0f1e-4d2c-8b3a-d23456abcdef", "91cc00ab-feff-4d2c-9b3a-ab7def12e456"
HEX_1, HEX_2 = "3f2a91cc", "91bb0deb"
LONG_1, LONG_2 = "3f2a91cc0f1e4d2c", "91bb0deb77aacd10"
TOKEN_1, TOKEN_2 = "xK3-9aBqLm2Zt5Vw_7", "Qp8dR_4tYv1Nc6Js-0"


@dataclass(frozen=True)
class Case:
    """One row."""

    title: str
    call: str
    recorded: Any
    live: Any
    matches: bool
    binds: tuple[tuple[str, str], ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    response: Any = None
    error: Any = None


def _start(name: str, **more: Any) -> dict[str, Any]:
    return {"TranscriptionJobName": name, "Media": {"MediaFileUri": "s3://media/a.wav"}, **more}


def _get(name: str) -> dict[str, Any]:
    return {"TranscriptionJobName": name}


def _invoke(payload: Any) -> dict[str, Any]:
    return {"FunctionName": "f", "Payload": payload}


def _zipped(content: bytes, at: int) -> Any:
    return codec.encode_blob(gzip.compress(content, mtime=at))


_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]}'
_POLICY_REORDERED = '{"Statement":[{"Action":"s3:*","Effect":"Allow"}],"Version":"2012-10-17"}'
START, GET = "transcribe.StartTranscriptionJob", "transcribe.GetTranscriptionJob"
NOT_FOUND = {"Code": "NotFoundException", "Message": "no such job"}

MATCHING = [
    # What does not count.
    Case("equal parameters", GET, _get("a"), _get("a"), True),
    Case("other parameters", GET, _get("a"), _get("b"), False),
    Case("order of members", START, _start("a"), dict(reversed(_start("a").items())), True),
    Case(
        "order of lists counts",
        "ec2.DescribeVpcs",
        {"VpcIds": ["vpc-1", "vpc-2"]},
        {"VpcIds": ["vpc-2", "vpc-1"]},
        False,
    ),
    Case(
        "order of sets does not",
        "dynamodb.PutItem",
        {"TableName": "t", "Item": {"a": {"SS": ["x", "y"]}}},
        {"TableName": "t", "Item": {"a": {"SS": ["y", "x"]}}},
        True,
    ),
    Case("a member more", START, _start("a"), _start("a", LanguageCode="en-US"), False),
    Case("true is not one", "ec2.DescribeVpcs", {"DryRun": True}, {"DryRun": 1}, False),
    Case(
        "an idempotency token",
        "ec2.RunInstances",
        {"MinCount": 1, "MaxCount": 1, "ClientToken": UUID_1},
        {"MinCount": 1, "MaxCount": 1, "ClientToken": UUID_2},
        True,
    ),
    Case(
        "an idempotency token that was left out",
        "ec2.RunInstances",
        {"MinCount": 1, "MaxCount": 1},
        {"MinCount": 1, "MaxCount": 1, "ClientToken": UUID_2},
        True,
    ),
    Case(
        "a policy with other spaces and order",
        "iam.CreateRole",
        {"RoleName": "r", "AssumeRolePolicyDocument": _POLICY},
        {"RoleName": "r", "AssumeRolePolicyDocument": _POLICY_REORDERED},
        True,
    ),
    Case(
        "a policy that says something else",
        "iam.CreateRole",
        {"RoleName": "r", "AssumeRolePolicyDocument": _POLICY},
        {"RoleName": "r", "AssumeRolePolicyDocument": _POLICY.replace("Allow", "Deny")},
        False,
    ),
    Case(
        "JSON in a queue message",
        "sqs.SendMessage",
        {"QueueUrl": "q", "MessageBody": '{"a": 1, "b": [2]}'},
        {"QueueUrl": "q", "MessageBody": '{"b":[2],"a":1}'},
        True,
    ),
    Case(
        "JSON in a string within JSON",
        "sqs.SendMessage",
        {"QueueUrl": "q", "MessageBody": '{"a": "{\\"x\\": 1, \\"y\\": 2}"}'},
        {"QueueUrl": "q", "MessageBody": '{"a":"{\\"y\\":2,\\"x\\":1}"}'},
        True,
    ),
    Case(
        "JSON in a blob",
        "lambda.Invoke",
        _invoke({"$json": {"a": 1, "b": 2}}),
        _invoke({"$json": {"b": 2, "a": 1}, "$spaced": True}),
        True,
    ),
    Case(
        "what gzip compressed at another time",
        "s3.PutObject",
        {"Bucket": "b", "Key": "k", "Body": _zipped(b"the same", 1795342503)},
        {"Bucket": "b", "Key": "k", "Body": _zipped(b"the same", 1798099201)},
        True,
    ),
    Case(
        "something else that gzip compressed",
        "s3.PutObject",
        {"Bucket": "b", "Key": "k", "Body": _zipped(b"the same", 1795342503)},
        {"Bucket": "b", "Key": "k", "Body": _zipped(b"not same", 1795342503)},
        False,
    ),
    Case(
        "a blob by its digest",
        "s3.PutObject",
        {"Bucket": "b", "Key": "k", "Body": {"$sha256": "ab", "$size": 1}},
        {"Bucket": "b", "Key": "k", "Body": {"$sha256": "ab", "$size": 1}},
        True,
    ),
    Case(
        "a blob of another digest",
        "s3.PutObject",
        {"Bucket": "b", "Key": "k", "Body": {"$sha256": "ab", "$size": 1}},
        {"Bucket": "b", "Key": "k", "Body": {"$sha256": "cd", "$size": 1}},
        False,
    ),
    Case(
        "another large body of the same size",
        "s3.PutObject",
        {"Bucket": "b", "Key": "k", "Body": {"$sha256": "42e8bc96b8eec8c4" * 4, "$size": 1}},
        {"Bucket": "b", "Key": "k", "Body": {"$sha256": "fdb7f88419c3dd00" * 4, "$size": 1}},
        False,
    ),
    Case(
        "another body that is not text, of the same size",
        "s3.PutObject",
        {"Bucket": "b", "Key": "k", "Body": {"$base64": "Zk3vXq9LbT2w"}},
        {"Bucket": "b", "Key": "k", "Body": {"$base64": "Rj7uYc4NdP8x"}},
        False,
    ),
    Case(
        "an ignored member",
        START,
        _start("a", Tags=[{"Key": "k", "Value": "1"}]),
        _start("a", Tags=[{"Key": "k", "Value": "2"}]),
        True,
        options={"ignore": [f"{START}:Tags"]},
    ),
    Case(
        "an ignored member of every operation",
        START,
        _start("a"),
        _start("a", Tags=[]),
        True,
        options={"ignore": [":Tags"]},
    ),
    Case(
        "an ignored member of a list",
        START,
        _start("a", Tags=[{"Key": "k", "Value": "1"}]),
        _start("a", Tags=[{"Key": "k", "Value": "2"}]),
        True,
        options={"ignore": [f"{START}:Tags[?Key=='k'].Value"]},
    ),
    Case(
        "an ignored member that is not the one",
        START,
        _start("a", Tags=[{"Key": "k", "Value": "1"}]),
        _start("a", Tags=[{"Key": "j", "Value": "1"}]),
        False,
        options={"ignore": [f"{START}:Tags[].Value"]},
    ),
    # Times.
    Case(
        "an instant written with another offset",
        "cloudtrail.LookupEvents",
        {"StartTime": "2026-01-01T00:00:00Z"},
        {"StartTime": "2026-01-01T02:00:00+02:00"},
        True,
    ),
    Case(
        "another instant",
        "cloudtrail.LookupEvents",
        {"StartTime": "2026-01-01T00:00:00Z"},
        {"StartTime": "2026-01-02T00:00:00Z"},
        False,
    ),
    Case(
        "an hour before now",
        "cloudtrail.LookupEvents",
        {"StartTime": "2026-11-22T09:15:04.2Z"},
        {"StartTime": "2026-12-24T07:00:02Z"},
        True,
    ),
    Case(
        "two hours before now is not one",
        "cloudtrail.LookupEvents",
        {"StartTime": "2026-11-22T09:15:04.2Z"},
        {"StartTime": "2026-12-24T06:00:02Z"},
        False,
    ),
    Case(
        "a week ago today, in whole days",
        "cloudtrail.LookupEvents",
        {"StartTime": "2026-11-15T00:00:00Z"},
        {"StartTime": "2026-12-17T00:00:00Z"},
        True,
    ),
    Case(
        "another day ago",
        "cloudtrail.LookupEvents",
        {"StartTime": "2026-11-15T00:00:00Z"},
        {"StartTime": "2026-12-18T00:00:00Z"},
        False,
    ),
    Case(
        "milliseconds that were now",
        "logs.FilterLogEvents",
        {"logGroupName": "g", "startTime": 1795342503000},
        {"logGroupName": "g", "startTime": 1798099201000},
        True,
    ),
    Case(
        "a number that is not now",
        "logs.FilterLogEvents",
        {"logGroupName": "g", "startTime": 1795342503000},
        {"logGroupName": "g", "startTime": 1798009201000},
        False,
    ),
    Case(
        "seconds in a string, an hour from now",
        "dynamodb.PutItem",
        {"TableName": "t", "Item": {"id": {"S": "1"}, "ttl": {"N": "1795346103"}}},
        {"TableName": "t", "Item": {"id": {"S": "1"}, "ttl": {"N": "1798102801"}}},
        True,
    ),
    Case(
        "seconds in a string, two hours from now",
        "dynamodb.PutItem",
        {"TableName": "t", "Item": {"id": {"S": "1"}, "ttl": {"N": "1795346103"}}},
        {"TableName": "t", "Item": {"id": {"S": "1"}, "ttl": {"N": "1798106401"}}},
        False,
    ),
    Case(
        "milliseconds in a string that were now, in a read",
        "dynamodb.Query",
        {"TableName": "t", "ExpressionAttributeValues": {":now": {"N": "1795342503120"}}},
        {"TableName": "t", "ExpressionAttributeValues": {":now": {"N": "1798099201340"}}},
        True,
    ),
    # Generated values, in mutations.
    Case("a UUID", START, _start(f"job-{UUID_1}"), _start(f"job-{UUID_2}"), True, ((UUID_1, UUID_2),)),
    Case(
        "a UUID as hex digits",
        START,
        _start(UUID_1.replace("-", "")),
        _start(UUID_2.replace("-", "")),
        True,
        ((UUID_1.replace("-", ""), UUID_2.replace("-", "")),),
    ),
    Case("eight hex digits", START, _start(f"job-{HEX_1}"), _start(f"job-{HEX_2}"), True, ((HEX_1, HEX_2),)),
    Case(
        "live digits that happen to be a number",
        START,
        _start(f"job-{HEX_1}"),
        _start("job-81750264"),
        True,
        ((HEX_1, "81750264"),),
    ),
    Case(
        "a URL-safe token",
        "s3.PutObject",
        {"Bucket": "b", "Key": f"in/{TOKEN_1}"},
        {"Bucket": "b", "Key": f"in/{TOKEN_2}"},
        True,
        ((TOKEN_1, TOKEN_2),),
    ),
    Case(
        "a name made of a time that was now",
        START,
        _start("job-20261122101504"),
        _start("job-20261224080001"),
        True,
        (("20261122101504", "20261224080001"),),
    ),
    Case(
        "a name made of seconds since 1970",
        START,
        _start("job-1795342503"),
        _start("job-1798099201"),
        True,
        (("1795342503", "1798099201"),),
    ),
    Case(
        "two generated parts",
        START,
        _start(f"{HEX_1}-x-{LONG_1}"),
        _start(f"{HEX_2}-x-{LONG_2}"),
        True,
        ((HEX_1, HEX_2), (LONG_1, LONG_2)),
    ),
    Case(
        "generated inside JSON",
        "sqs.SendMessage",
        {"QueueUrl": "q", "MessageBody": f'{{"id": "{UUID_1}", "n": 1}}'},
        {"QueueUrl": "q", "MessageBody": f'{{"id":"{UUID_2}","n":1}}'},
        True,
        ((UUID_1, UUID_2),),
    ),
    Case("in a part that is fixed, another word", START, _start(f"job-{UUID_1}"), _start(f"task-{UUID_2}"), False),
    Case(
        "one live value for two recorded",
        START,
        _start(f"{LONG_1}-{LONG_2[::-1]}"),
        _start("77aacd1091bb0deb-77aacd1091bb0deb"),
        False,
    ),
    Case(
        "two live values for one recorded",
        START,
        _start(f"{LONG_1}-{LONG_1}"),
        _start(f"{LONG_2}-{LONG_2[::-1]}"),
        False,
    ),
    Case("a live value of another length", START, _start(f"job-{HEX_1}"), _start(f"job-{HEX_2}00"), False),
    Case("a typo", START, _start(f"job-{UUID_1}"), _start(f"job-{UUID_1[:-1]}e"), False),
    Case("another date", START, _start("report-20261122"), _start("report-20261224"), False),
    Case("another dated name", START, _start("report-2026-11-22"), _start("report-2026-12-24"), False),
    Case("another number", START, _start("job-10000001"), _start("job-20000002"), False),
    Case("another word", START, _start("transcription"), _start("subscriptions"), False),
    Case("another numbered word", START, _start("customer1job"), _start("customer2job"), False),
    Case("a random name for a word", START, _start("transcription"), _start("x7k2p9q4w1e8z"), False),
    Case(
        "another instance",
        "ec2.TerminateInstances",
        {"InstanceIds": ["i-0a1b2c3d4e5f60718"]},
        {"InstanceIds": ["i-0f9e8d7c6b5a49382"]},
        False,
    ),
    Case(
        "generated, but bindings are off",
        START,
        _start(f"job-{UUID_1}"),
        _start(f"job-{UUID_2}"),
        False,
        options={"bind": False},
    ),
    # Generated values, in reads.
    Case(
        "a read of a UUID that does not exist",
        GET,
        _get(UUID_1),
        _get(UUID_2),
        True,
        ((UUID_1, UUID_2),),
        error=NOT_FOUND,
    ),
    Case(
        "a read of a UUID that stands nowhere else",
        "s3.ListObjectsV2",
        {"Bucket": "b", "Prefix": UUID_1},
        {"Bucket": "b", "Prefix": UUID_2},
        True,
        ((UUID_1, UUID_2),),
        response={"KeyCount": 0, "Prefix": UUID_1},
    ),
    Case(
        "a read of a UUID that exists",
        GET,
        _get(UUID_1),
        _get(UUID_2),
        False,
        response={"TranscriptionJob": {"TranscriptionJobName": UUID_1}},
    ),
    Case("a read of a few random characters", GET, _get(f"job-{HEX_1}"), _get(f"job-{HEX_2}"), False, error=NOT_FOUND),
    Case(
        "a read of another instance",
        "ec2.DescribeInstances",
        {"InstanceIds": ["i-0a1b2c3d4e5f60718"]},
        {"InstanceIds": ["i-0f9e8d7c6b5a49382"]},
        False,
    ),
    # What redaction hid.
    Case(
        "a secret of another number",
        "secretsmanager.CreateSecret",
        {"Name": "n", "SecretString": "REDACTED-1"},
        {"Name": "n", "SecretString": "REDACTED-7"},
        True,
    ),
    Case(
        "one secret for two",
        "rds.ModifyDBInstance",
        {"DBInstanceIdentifier": "d", "MasterUserPassword": "REDACTED-1", "TdeCredentialPassword": "REDACTED-2"},
        {"DBInstanceIdentifier": "d", "MasterUserPassword": "REDACTED-7", "TdeCredentialPassword": "REDACTED-7"},
        False,
    ),
    Case(
        "a placeholder anywhere",
        "sns.Subscribe",
        {"TopicArn": "t", "Protocol": "email", "Endpoint": "redacted-1@example.com"},
        {"TopicArn": "t", "Protocol": "email", "Endpoint": "redacted-4@example.com"},
        True,
    ),
    Case(
        "another account",
        "sqs.GetQueueUrl",
        {"QueueName": "q", "QueueOwnerAWSAccountId": "123456789012"},
        {"QueueName": "q", "QueueOwnerAWSAccountId": "111122223333"},
        True,
    ),
    Case(
        "another account in an ARN",
        "sns.Publish",
        {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message": "m"},
        {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": "m"},
        True,
    ),
    Case(
        "two accounts for one",
        "sns.Publish",
        {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message": "123456789012"},
        {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": "444455556666"},
        False,
    ),
]
