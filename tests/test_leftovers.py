"""What a recording made and did not take away again."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws.cassette import Cassette, Provenance
from replayaws.interaction import Interaction, raw
from replayaws.leftovers import leftovers
from tests.worlds import Outcome, World

B = {"Bucket": "b"}
BUCKET, OBJECT = ("s3.CreateBucket", B, {}), {**B, "Key": "k"}
START, DELETE = "transcribe.StartTranscriptionJob", "transcribe.DeleteTranscriptionJob"
RUN = ("ec2.RunInstances", {"ImageId": "ami-1"}, {"Instances": [{"InstanceId": "i-1"}]})
MADE = {"QueueUrl": "https://sqs/q"}

PROGRAMS: list[tuple[str, list[tuple[str, dict[str, Any], dict[str, Any]]], list[str]]] = [
    ("made and deleted", [BUCKET, ("s3.DeleteBucket", B, {})], []),
    ("made and kept", [BUCKET], ["s3.CreateBucket made b"]),
    ("an answered id", [("sqs.CreateQueue", {"QueueName": "q"}, MADE), ("sqs.DeleteQueue", MADE, {})], []),
    ("an object", [BUCKET, ("s3.PutObject", OBJECT, {}), ("s3.DeleteObject", OBJECT, {})], ["s3.CreateBucket made b"]),
    (
        "a bucket with what is in it",
        [BUCKET, ("s3.PutBucketPolicy", {**B, "Policy": "{}"}, {}), ("s3.DeleteBucket", B, {})],
        [],
    ),
    (
        "many at once",
        [
            ("s3.PutObject", OBJECT, {}),
            ("s3.PutObject", {**B, "Key": "l"}, {}),
            ("s3.DeleteObjects", {**B, "Delete": {"Objects": [{"Key": "k"}, {"Key": "l"}]}}, {}),
        ],
        [],
    ),
    ("another verb", [RUN, ("ec2.TerminateInstances", {"InstanceIds": ["i-1"]}, {})], []),
    (
        "another one deleted",
        [(START, {"TranscriptionJobName": "a"}, {}), (DELETE, {"TranscriptionJobName": "b"}, {})],
        ["transcribe.StartTranscriptionJob made a"],
    ),
    ("only read", [("s3.GetObject", {**B, "Key": "k"}, {}), ("sqs.SendMessage", {**MADE, "MessageBody": "m"}, {})], []),
]


@pytest.mark.parametrize(("title", "calls", "expected"), PROGRAMS, ids=[title for title, *_ in PROGRAMS])
def test_what_is_left(title: str, calls: list[tuple[str, dict[str, Any], dict[str, Any]]], expected: list[str]) -> None:
    """A resource is left when nothing that was called later named all of it and took it away."""
    interactions = [
        Interaction(call=call, params=raw(params), response=raw(response)) for call, params, response in calls
    ]
    at = Provenance(at="2026-11-22T10:15:03Z", source="aws")
    cassette = Cassette(replayaws=1, owner="test", recorded=at, interactions=interactions)
    assert [str(leftover) for leftover in leftovers(cassette)] == expected


def test_the_run_names_what_all_its_recordings_left(world: World, moto_url: str) -> None:
    """What a test put into its fixture's bucket goes with the bucket; what nobody deleted is named, when recording only."""
    world.write(
        test_left="""
        import boto3, pytest
        @pytest.fixture(scope="module")
        def bucket():
            client = boto3.client("s3", region_name="us-east-1")
            client.create_bucket(Bucket="left-bucket")
            yield client
            client.delete_object(Bucket="left-bucket", Key="k")
            client.delete_bucket(Bucket="left-bucket")
        def test_put(bucket):
            bucket.put_object(Bucket="left-bucket", Key="k", Body=b"x")
        def test_topic():
            boto3.client("sns").create_topic(Name="left-topic")
        """
    )
    recorded = world.record(moto_url)
    assert "created and not deleted: 1" in recorded.text, recorded.text
    assert ":left-topic in eu-central-1 (tests/test_left.py::test_topic)" in recorded.text
    assert "replayaws policy" in recorded.text
    replayed = world.replay()
    assert replayed.counts() == {"passed": 2}
    assert "created and not deleted" not in replayed.text
    assert "replayaws policy" not in replayed.text


def lines_of(outcome: Outcome) -> list[str]:
    """What the run said that it left, sorted."""
    after = outcome.text.partition("created and not deleted: ")[2].splitlines()
    count = int(after[0]) if after else 0
    return sorted(line.strip() for line in after[1 : 1 + count])


SUITE = """
import boto3, pytest
@pytest.fixture(scope="session")
def topic():
    yield boto3.client("sns").create_topic(Name="kept-topic")["TopicArn"]
@pytest.mark.parametrize("number", range(4))
def test_queue(topic, number):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=f"queue-{number}")["QueueUrl"]
    if number % 2:
        sqs.delete_queue(QueueUrl=url)
"""


def test_workers_tell_what_they_left(world: World, moto_url: str) -> None:
    """What tests on several workers left is one list, in which a fixture that each of them set up stands once."""
    pytest.importorskip("xdist")
    world.write(test_left=SUITE)
    done = world.record(moto_url, "-n", "2")
    assert done.counts() == {"passed": 4}, done.text
    left = lines_of(done)
    assert [line.partition(" made ")[0] for line in left] == ["sns.CreateTopic", "sqs.CreateQueue", "sqs.CreateQueue"]
    assert left[0].endswith(":kept-topic in eu-central-1 (tests/test_left.py::@topic)")
    assert [line.rpartition("::")[2] for line in left[1:]] == ["test_queue[0])", "test_queue[2])"]
    assert "created and not deleted" not in world.replay("-n", "2").text


def test_what_is_not_written_is_left_all_the_same(world: World, moto_url: str) -> None:
    """A test that fails, and a fixture that runs live beside its cassette, leave what they made too; old recordings nothing."""
    world.write(test_left=SUITE.replace("if number", "assert number < 2\n    if number"))
    assert world.record(moto_url, "-k", "1").counts()["passed"] == 1
    done = world.record(moto_url, "-k", "1 or 2", mode="--record-aws=new_episodes")
    assert done.counts()["failed"] == 1, done.text
    made = [line.rpartition(" (")[2] for line in lines_of(done)]
    assert made == ["tests/test_left.py::@topic)", "tests/test_left.py::test_queue[2])"]
