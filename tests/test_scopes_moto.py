"""Moto's state follows the scopes of fixtures; a suite with mocks of its own behaves as without us."""

from __future__ import annotations

import pytest

from tests.servers import Server
from tests.worlds import World

CONFTEST = """
import boto3, pytest

@pytest.fixture(scope="session")
def default_bucket():
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="default")
    yield "default"

@pytest.fixture
def default_file_name():
    return "a.txt"

@pytest.fixture(scope="SCOPE")
def file_in_bucket(default_bucket):
    boto3.client("s3", region_name="us-east-1").put_object(Bucket=default_bucket, Key="a.txt", Body=b"text")
    return "a.txt"
"""

TESTS = """
import boto3, pytest

s3 = boto3.client("s3", region_name="us-east-1")

def keys(bucket):
    return sorted(item.key for item in boto3.resource("s3", region_name="us-east-1").Bucket(bucket).objects.all())

def test_reads(default_bucket, file_in_bucket):
    assert s3.get_object(Bucket=default_bucket, Key=file_in_bucket)["Body"].read() == b"text"

@pytest.mark.parametrize("n", [1, 2])
def test_own_changes_are_gone_afterwards(default_bucket, file_in_bucket, n):
    assert keys(default_bucket) == ["a.txt"]
    s3.put_object(Bucket=default_bucket, Key=f"own-{n}", Body=b"x")
    s3.create_bucket(Bucket=f"own-{n}")
    assert keys(default_bucket) == ["a.txt", f"own-{n}"]

def test_a_delete_is_undone_too(default_bucket, file_in_bucket):
    s3.delete_object(Bucket=default_bucket, Key="a.txt")
    assert keys(default_bucket) == []

def test_still_there(default_bucket, file_in_bucket):
    assert keys(default_bucket) == ["a.txt"]
    assert len(s3.list_buckets()["Buckets"]) == 1
"""


@pytest.mark.parametrize("scope", ["session", "package", "module", "class", "function"])
def test_the_story_on_moto_alone(world: World, scope: str) -> None:
    """What a fixture put into moto is there for each test under it; a test's own changes are gone afterwards."""
    world.file("tests/conftest.py", CONFTEST.replace("SCOPE", scope))
    world.write(test_a=TESTS, test_b=TESTS)
    outcome = world.replay()
    assert outcome.counts() == {"passed": 10}, outcome.text


def test_fixtures_replayed_and_tests_on_moto(world: World, own_moto: Server) -> None:
    """Fixture calls were replayed and test calls fall to moto: it knows what the fixture made."""
    world.file("tests/conftest.py", CONFTEST.replace("SCOPE", "module"))
    world.write(test_a=TESTS)
    recorded = world.record(own_moto.url, "-k", "test_reads", AWS_DEFAULT_REGION="us-east-1")
    assert recorded.counts() == {"passed": 1}, recorded.text
    own_moto.stop()
    outcome = world.replay()
    assert outcome.counts() == {"passed": 5}, outcome.text
    assert "answered by moto" in outcome.text


MOCKED = """
import boto3, pytest
from moto import mock_aws

@pytest.fixture(scope="SCOPE")
def bucket():
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="mine")
        yield "mine"

def test_one(bucket):
    boto3.client("s3", region_name="us-east-1").put_object(Bucket=bucket, Key="k", Body=b"x")

@pytest.mark.parametrize("n", [1, 2])
def test_two(bucket, n):
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.put_object(Bucket=bucket, Key=f"n{n}", Body=b"x")
    print("KEYS", [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]])

@mock_aws
class TestMocked:
    def test_method(self):
        boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="q")
        print("QUEUES", boto3.client("sqs", region_name="us-east-1").list_queues()["QueueUrls"])
"""


@pytest.mark.parametrize("scope", ["session", "module", "class", "function"])
def test_a_suite_with_mocks_of_its_own(world: World, scope: str) -> None:
    """With and without the plugin, a suite with ``mock_aws`` fixtures sees the same."""
    world.write(test_a=MOCKED.replace("SCOPE", scope))
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    without = world.pytest("-s", "-p", "no:replayaws", **keys)
    within = world.pytest("-s", **keys)
    assert without.counts() == within.counts() == {"passed": 4}, within.text

    def printed(text: str) -> list[str]:
        return [line for line in text.splitlines() if "KEYS" in line or "QUEUES" in line]

    assert printed(without.text) == printed(within.text)
    assert "replayaws ---" not in within.text
