"""A suite whose names are made up by every run replays without change, and its misses and faults reach the test."""

from __future__ import annotations

from tests.worlds import World

SUITE = """
import json, secrets, time, uuid
import boto3, pytest
from faker import Faker

@pytest.fixture(scope="module")
def bucket():
    name = f"media-{uuid.uuid4().hex}"
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=name)
    yield name
    for item in client.list_objects_v2(Bucket=name).get("Contents", []):
        client.delete_object(Bucket=name, Key=item["Key"])
    client.delete_bucket(Bucket=name)

def only_cassette(replayaws):
    assert replayaws.recording or {call.source for call in replayaws.calls} == {"cassette"}

def test_names(bucket, replayaws):
    client = boto3.client("s3", region_name="us-east-1")
    key = f"in/{secrets.token_hex(16)}-{time.strftime('%Y%m%d%H%M%S')}.json"
    client.put_object(Bucket=bucket, Key=key, Body=json.dumps({"id": str(uuid.uuid4())}).encode())
    assert [item["Key"] for item in client.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    with pytest.raises(client.exceptions.NoSuchKey):
        client.get_object(Bucket=bucket, Key=f"none-{uuid.uuid4()}")
    only_cassette(replayaws)

def test_faker(replayaws):
    client = boto3.client("sqs", region_name="us-east-1")
    url = client.create_queue(QueueName=f"jobs-{uuid.uuid4()}")["QueueUrl"]
    name = Faker().name()
    client.send_message(QueueUrl=url, MessageBody=json.dumps({"to": name}))
    [message] = client.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"to": name}
    client.delete_queue(QueueUrl=url)
    only_cassette(replayaws)
"""


def test_a_suite_of_generated_names(world: World, moto_url: str) -> None:
    """uuid4, token_hex, a time and Faker, across a fixture and tests, with the server gone."""
    world.write(test_names=SUITE)
    recorded = world.record(moto_url)
    assert recorded.counts() == {"passed": 2}, recorded.text
    for _ in range(3):
        replayed = world.replay()
        assert replayed.counts() == {"passed": 2}, replayed.text
