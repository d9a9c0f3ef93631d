"""moto's state follows the scopes, and stays apart from a user's own ``mock_aws``."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from replayaws.fallback.answers import MotoAnswer
from replayaws.fallback.fallback import Fallback

REGION = "eu-west-1"
LOCATED = {"LocationConstraint": REGION}


@pytest.fixture
def fallback() -> Fallback:
    return Fallback()


def ask(fallback: Fallback, call: str, /, **params: Any) -> dict[str, Any]:
    service, _, operation = call.partition(".")
    answer = fallback.answer(service=service, operation=operation, region=REGION, params=params)
    assert isinstance(answer, MotoAnswer), answer
    return answer.parsed


def body(fallback: Fallback, key: str) -> bytes | None:
    answer = ask(fallback, "s3.GetObject", Bucket="files", Key=key)
    return answer["Body"].read() if "Body" in answer else None


def queues(fallback: Fallback) -> list[str]:
    return [url.rpartition("/")[2] for url in ask(fallback, "sqs.ListQueues").get("QueueUrls", [])]


def test_what_a_scope_put_in_is_gone_when_it_is_left(fallback: Fallback) -> None:
    """A module's queue is there for each of its tests; a test's own is not there for the next."""
    fallback.enter()
    ask(fallback, "sqs.CreateQueue", QueueName="of-module")
    for name in ("first", "second"):
        fallback.enter()
        assert queues(fallback) == ["of-module"]
        ask(fallback, "sqs.CreateQueue", QueueName=name)
        ask(fallback, "sqs.DeleteQueue", QueueUrl=f"https://sqs.{REGION}.amazonaws.com/123456789012/of-module")
        assert queues(fallback) == [name]
        fallback.leave()
    assert queues(fallback) == ["of-module"]
    fallback.leave()
    assert queues(fallback) == []


def test_objects_come_back_as_they_were(fallback: Fallback) -> None:
    """S3's objects, which moto keeps in open files, survive being overwritten and deleted in an inner scope."""
    ask(fallback, "s3.CreateBucket", Bucket="files", CreateBucketConfiguration=LOCATED)
    ask(fallback, "s3.PutObject", Bucket="files", Key="a", Body=b"old")
    ask(fallback, "s3.PutObject", Bucket="files", Key="b", Body=b"old")
    fallback.enter()
    ask(fallback, "s3.PutObject", Bucket="files", Key="a", Body=b"new")
    ask(fallback, "s3.DeleteObject", Bucket="files", Key="b")
    assert (body(fallback, "a"), body(fallback, "b")) == (b"new", None)
    fallback.leave()
    assert (body(fallback, "a"), body(fallback, "b")) == (b"old", b"old")


def test_services_that_refer_to_each_other_come_back_together(fallback: Fallback) -> None:
    """A topic that delivers to a queue does so after a rollback as well."""
    queue = ask(fallback, "sqs.CreateQueue", QueueName="inbox")["QueueUrl"]
    topic = ask(fallback, "sns.CreateTopic", Name="news")["TopicArn"]
    ask(fallback, "sns.Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:inbox")
    fallback.enter()
    ask(fallback, "sns.Publish", TopicArn=topic, Message="inner")
    fallback.leave()
    ask(fallback, "sns.Publish", TopicArn=topic, Message="outer")
    messages = ask(fallback, "sqs.ReceiveMessage", QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert ["outer" in message["Body"] for message in messages] == [True]


def test_a_replayed_call_of_a_wider_scope_is_there_again_in_the_next_test(fallback: Fallback) -> None:
    """A module fixture was replayed; each of its tests falls back on the queue that it made."""
    fallback.enter()
    fallback.journal(
        service="sqs",
        operation="CreateQueue",
        region=REGION,
        params={"QueueName": "of-module"},
        response={"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/123456789012/of-module"},
        failed=False,
        read=False,
    )
    for _ in range(2):
        fallback.enter()
        assert queues(fallback) == ["of-module"]
        ask(fallback, "sqs.CreateQueue", QueueName="own")
        fallback.leave()
    fallback.leave()
    assert queues(fallback) == []


def test_a_users_mock_and_ours_do_not_see_each_other(fallback: Fallback) -> None:
    """A ``mock_aws`` of the user starts empty, resets nothing of ours, and holds nothing of ours."""
    ask(fallback, "s3.CreateBucket", Bucket="files", CreateBucketConfiguration=LOCATED)
    ask(fallback, "s3.PutObject", Bucket="files", Key="ours", Body=b"ours")
    with mock_aws():
        theirs = boto3.client("s3", region_name=REGION)
        assert theirs.list_buckets()["Buckets"] == []
        theirs.create_bucket(Bucket="files", CreateBucketConfiguration=LOCATED)
        theirs.put_object(Bucket="files", Key="theirs", Body=b"theirs")
        ask(fallback, "s3.PutObject", Bucket="files", Key="more", Body=b"ours")
        assert [found["Key"] for found in theirs.list_objects_v2(Bucket="files")["Contents"]] == ["theirs"]
    assert (body(fallback, "ours"), body(fallback, "more"), body(fallback, "theirs")) == (b"ours", b"ours", None)


def test_two_fallbacks_do_not_see_each_other() -> None:
    """Each has a state of its own."""
    one, other = Fallback(), Fallback()
    ask(one, "sqs.CreateQueue", QueueName="one")
    assert queues(other) == []
    assert queues(one) == ["one"]


def test_leaving_more_than_was_entered_is_an_error(fallback: Fallback) -> None:
    """Scopes nest."""
    with pytest.raises(RuntimeError, match="without Fallback"):
        fallback.leave()
