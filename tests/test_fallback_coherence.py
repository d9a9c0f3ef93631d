"""moto is brought to the recorded state, in its own identifiers, before it answers."""

from __future__ import annotations

import io
from typing import Any

import pytest

from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.fallback import Fallback
from replayaws.fallback.journal import Entry

REGION = "eu-west-1"
JOB = {"TranscriptionJobName": "job", "LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://media/a.wav"}}


@pytest.fixture
def fallback() -> Fallback:
    return Fallback()


def replayed(fallback: Fallback, call: str, params: dict[str, Any], response: Any, *, read: bool = False) -> None:
    service, _, operation = call.partition(".")
    fallback.journal(
        service=service, operation=operation, region=REGION, params=params, response=response, failed=False, read=read
    )


def ask(fallback: Fallback, call: str, /, **params: Any) -> MotoAnswer | NoAnswer:
    service, _, operation = call.partition(".")
    return fallback.answer(service=service, operation=operation, region=REGION, params=params)


def answered(fallback: Fallback, call: str, /, **params: Any) -> dict[str, Any]:
    answer = ask(fallback, call, **params)
    assert isinstance(answer, MotoAnswer), answer
    assert not answer.refused, answer.parsed
    return answer.parsed


def test_identifiers_are_translated_both_ways(fallback: Fallback) -> None:
    """moto made another vpc than AWS did; the app never notices."""
    replayed(
        fallback,
        "ec2.CreateVpc",
        {"CidrBlock": "10.1.0.0/16"},
        {"Vpc": {"VpcId": "vpc-0recorded0000001", "CidrBlock": "10.1.0.0/16"}},
    )
    subnet = answered(fallback, "ec2.CreateSubnet", VpcId="vpc-0recorded0000001", CidrBlock="10.1.1.0/24")["Subnet"]
    assert subnet["VpcId"] == "vpc-0recorded0000001"
    found = answered(fallback, "ec2.DescribeVpcs", VpcIds=["vpc-0recorded0000001"])["Vpcs"]
    assert [vpc["VpcId"] for vpc in found] == ["vpc-0recorded0000001"]


def test_a_body_is_kept_as_it_was_when_it_was_replayed(fallback: Fallback) -> None:
    """The app closes its file and changes its dict afterwards; moto gets what AWS got."""
    located = {"LocationConstraint": REGION}
    params = {"Bucket": "files", "CreateBucketConfiguration": located}
    replayed(fallback, "s3.CreateBucket", params, {})
    located["LocationConstraint"] = "changed"
    with io.BytesIO(b"content") as file:
        replayed(fallback, "s3.PutObject", {"Bucket": "files", "Key": "k", "Body": file}, {"ETag": '"x"'})
        assert file.read() == b"content"
    assert answered(fallback, "s3.GetObject", Bucket="files", Key="k")["Body"].read() == b"content"
    assert fallback.rejected == []


def test_replayed_reads_keep_motos_state_machines_in_step(fallback: Fallback) -> None:
    """A job that was replayed to its end does not go back to its beginning."""
    replayed(fallback, "transcribe.StartTranscriptionJob", JOB, {"TranscriptionJob": {"TranscriptionJobName": "job"}})
    done = {"TranscriptionJob": {"TranscriptionJobName": "job", "TranscriptionJobStatus": "COMPLETED"}}
    replayed(fallback, "transcribe.GetTranscriptionJob", {"TranscriptionJobName": "job"}, lambda: done, read=True)
    job = answered(fallback, "transcribe.GetTranscriptionJob", TranscriptionJobName="job")["TranscriptionJob"]
    assert job["TranscriptionJobStatus"] == "COMPLETED"


def test_a_replayed_service_error_changed_nothing(fallback: Fallback) -> None:
    """What AWS refused is not made in moto, which may be less strict."""
    fallback.journal(
        service="sqs",
        operation="CreateQueue",
        region=REGION,
        params={"QueueName": "q"},
        response={},
        failed=True,
        read=False,
    )
    assert "QueueUrls" not in answered(fallback, "sqs.ListQueues")


def test_what_moto_cannot_take_is_named(fallback: Fallback) -> None:
    """The report says which replayed call moto would not take, and why."""
    replayed(fallback, "transcribe.CreateVocabularyFilter", {"VocabularyFilterName": "f", "LanguageCode": "en-US"}, {})
    answered(fallback, "sqs.ListQueues")
    assert len(fallback.rejected) == 1
    assert fallback.rejected[0].startswith("transcribe.CreateVocabularyFilter: moto ")


def test_what_existed_before_the_recording_is_made_from_what_was_recorded_of_it(fallback: Fallback) -> None:
    """A table that a recorded Describe shows takes items with its key."""
    table = {
        "TableName": "orders",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5, "NumberOfDecreasesToday": 0},
        "TableStatus": "ACTIVE",
    }
    replayed(fallback, "dynamodb.DescribeTable", {"TableName": "orders"}, {"Table": table}, read=True)
    answered(fallback, "dynamodb.PutItem", TableName="orders", Item={"id": {"S": "1"}})
    refused = ask(fallback, "dynamodb.PutItem", TableName="orders", Item={"other": {"S": "1"}})
    assert isinstance(refused, MotoAnswer)
    assert refused.refused
    assert fallback.rejected == []


def test_an_object_and_its_bucket_are_made_for_a_recorded_read(fallback: Fallback) -> None:
    """One refused call may imply several things."""
    replayed(fallback, "s3.GetObject", {"Bucket": "files", "Key": "k"}, {"Body": b"content"}, read=True)
    assert answered(fallback, "s3.GetObject", Bucket="files", Key="k")["Body"].read() == b"content"


def test_what_the_rest_of_the_recording_shows_to_exist_is_made_too(fallback: Fallback) -> None:
    """An unrecorded call may come before the first recorded one that names the queue."""
    url = f"https://sqs.{REGION}.amazonaws.com/123456789012/orders"
    fallback.foresee(
        lambda: [Entry("sqs", "GetQueueUrl", REGION, {"QueueName": "orders"}, {"QueueUrl": url}, read=True)]
    )
    answered(fallback, "sqs.SendMessage", QueueUrl=url, MessageBody="one")


def test_what_no_recording_mentions_does_not_exist(fallback: Fallback) -> None:
    """A missing bucket stays missing: only what was recorded is made."""
    replayed(fallback, "s3.HeadBucket", {"Bucket": "files"}, {}, read=True)
    answer = ask(fallback, "s3.ListObjectsV2", Bucket="other")
    assert isinstance(answer, MotoAnswer)
    assert answer.parsed["Error"]["Code"] == "NoSuchBucket"


def test_what_was_deleted_is_not_made_again(fallback: Fallback) -> None:
    """What the program deleted stays deleted, although the recording shows that it existed."""
    replayed(
        fallback,
        "sqs.GetQueueUrl",
        {"QueueName": "q"},
        {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/123456789012/q"},
        read=True,
    )
    answered(fallback, "sqs.DeleteQueue", QueueUrl=f"https://sqs.{REGION}.amazonaws.com/123456789012/q")
    answer = ask(fallback, "sqs.GetQueueUrl", QueueName="q")
    assert isinstance(answer, MotoAnswer)
    assert answer.refused
