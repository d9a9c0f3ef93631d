"""A secret that a fixture hands to a test is one secret in all their cassettes."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest

from replayaws.placeholders import is_placeholder
from tests.worlds import World

SUITE = """
import os, pytest, boto3, replayaws as recording

def remembered(secret):
    if "SECRETS" in os.environ:
        with open(os.environ["SECRETS"], "a") as file:
            print(secret, file=file)
    return secret

def key(user):
    role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/app", RoleSessionName=user)
    return remembered(role["Credentials"]["SecretAccessKey"])

def digest(text):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    return sqs.send_message(QueueUrl=url, MessageBody=text)["MD5OfMessageBody"]

def check(name, text):
    made = digest(text)
    assert made == recording.value(name, lambda: made), name
    return made

@pytest.fixture(scope="session")
def one():
    secret = key("one")
    yield secret
    key("late")

@pytest.fixture(scope="module")
def two(one):
    return key("two")

@pytest.fixture(scope="module")
def three():
    return key("three")

def test_own_first(one):
    own = key("own-of-first")
    assert check("own", own) != check("one", one)

def test_fixture_first(one, two):
    assert check("one", one) != check("two", two)
    own = key("own-of-second")
    assert len({check("own", own), check("one again", one), check("two again", two)}) == 3

def test_siblings(three, one):
    assert check("three", three) != check("one", one)
"""


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """Where the suite writes down the secrets that AWS gave it."""
    return tmp_path / "secrets.txt"


def leaked(world: World, known: Path) -> list[str]:
    """The secrets that stand in a file of the project."""
    files = b"\n".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    secrets = [secret for secret in known.read_text().split() if not is_placeholder(secret)]
    return [secret for secret in secrets if secret.encode() in files]


def test_each_test_gets_its_own_answers(world: World, moto_url: str, known: Path) -> None:
    """No secret of a fixture stands in a test's cassette, and each call gets the answer to the secret that it names."""
    world.write(test_keys=SUITE)
    done = world.record(moto_url, SECRETS=str(known))
    assert done.counts() == {"passed": 3}, done.text
    assert leaked(world, known) == []
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 3}, replayed.text
    for name in ("own_first", "fixture_first", "siblings"):
        assert world.replay("--aws-fallback=error", "-k", name).counts()["passed"] == 1


def test_a_test_that_is_recorded_later(world: World, moto_url: str, known: Path) -> None:
    """Fixtures run live for a test that is recorded later: it speaks of their secrets as their cassettes do."""
    world.write(test_keys=SUITE)
    done = world.record(moto_url, "-k", "fixture_first", SECRETS=str(known))
    assert done.counts()["passed"] == 1, done.text
    done = world.record(moto_url, SECRETS=str(known))
    assert done.counts() == {"passed": 3}, done.text
    assert leaked(world, known) == []
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 3}, replayed.text


def test_on_two_workers(world: World, moto_url: str, known: Path) -> None:
    """The same on two workers, of which each sets the fixtures up."""
    pytest.importorskip("xdist")
    world.write(test_keys=SUITE)
    done = world.record(moto_url, "-n", "2", SECRETS=str(known))
    assert done.counts() == {"passed": 3}, done.text
    assert leaked(world, known) == []
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 3}, replayed.text


@pytest.mark.parametrize("padding", [10, 40_000], ids=["inline", "in a file"])
def test_a_secret_in_a_body(world: World, moto_url: str, padding: int) -> None:
    """What a fixture has read in a body is hidden in a test's cassette, although the fixture's own is written later."""
    secret = "Zx9" + "kLm2Qp7"
    s3 = boto3.client(
        "s3", region_name="us-east-1", endpoint_url=moto_url, aws_access_key_id="a", aws_secret_access_key="b"
    )
    s3.create_bucket(Bucket="config")
    s3.put_object(Bucket="config", Key="config.json", Body=json.dumps({"password": secret, "pad": "x " * padding}))
    world.write(
        test_body="""
        import boto3, json, pytest
        @pytest.fixture(scope="session")
        def config():
            s3 = boto3.client("s3", region_name="us-east-1")
            get = lambda: s3.get_object(Bucket="config", Key="config.json")["Body"]
            return json.loads(get().read()), get()
        def test_it(config):
            config, unread = config
            sqs = boto3.client("sqs")
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="it is " + config["password"])
            assert unread.read(5) == b'{"pas'
        """
    )
    assert world.record(moto_url).counts() == {"passed": 1}
    files = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert b"it is REDACTED-1" in files
    assert secret.encode() not in files
    assert world.replay("--aws-fallback=error").counts() == {"passed": 1}
