"""Calls made while modules are imported, and fixtures of asyncio and anyio."""

from __future__ import annotations

import pytest

from tests.servers import Server
from tests.worlds import World

IMPORTED = """
import uuid, boto3
BUCKET = f"media-{uuid.uuid4()}"
boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
"""

TEST = """
import boto3, pytest
from made import BUCKET

@pytest.mark.parametrize("n", range(4))
def test_put(n):
    s3 = boto3.client("s3")
    s3.put_object(Bucket=BUCKET, Key=str(n), Body=b"x")
    assert s3.get_object(Bucket=BUCKET, Key=str(n))["Body"].read() == b"x"
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_an_import_made_is_there_for_every_test(world: World, own_moto: Server, workers: str) -> None:
    """A bucket with a generated name, made at import, by one worker or several, replays for the tests of all of them."""
    world.file("made.py", IMPORTED)
    world.file("pytest.ini", "[pytest]\npythonpath = .\n")
    world.write(test_a=TEST)
    recorded = world.record(own_moto.url, *(["-n", workers] if workers != "1" else []))
    assert recorded.counts() == {"passed": 4}, recorded.text
    own_moto.stop()
    assert "tests/test_a/import.json" in world.cassettes()
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 4}, replayed.text
    one = world.replay("--aws-fallback=error", "-k", "2")
    assert one.counts() == {"passed": 1}, one.text


LATE = """
import os, time
if os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
    time.sleep(4)  # the other worker has written its recording by now, and had not when this began
"""


def test_a_worker_whose_import_calls_late_runs_live_too(world: World, own_moto: Server) -> None:
    """What it makes is what its tests need: it must not replay what the other worker wrote in the meantime."""
    world.file("made.py", LATE + IMPORTED)
    world.file("pytest.ini", "[pytest]\npythonpath = .\n")
    world.write(test_a=TEST)
    _record_in_two_workers_and_replay(world, own_moto)


def _record_in_two_workers_and_replay(world: World, server: Server) -> None:
    recorded = world.record(server.url, "-n", "2")
    assert recorded.counts() == {"passed": 4}, recorded.text
    server.stop()
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 4}, replayed.text


LATE_FIXTURE = """
import boto3, os, pytest, time, uuid

@pytest.fixture(scope="module")
def bucket():
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
        time.sleep(4)
    name = f"media-{uuid.uuid4()}"
    boto3.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name

@pytest.mark.parametrize("n", range(4))
def test_put(bucket, n):
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key=str(n), Body=b"x")
    assert s3.get_object(Bucket=bucket, Key=str(n))["Body"].read() == b"x"
"""


def test_a_worker_whose_fixture_calls_late_runs_live_too(world: World, own_moto: Server) -> None:
    """The same of a fixture that several workers set up."""
    world.write(test_a=LATE_FIXTURE)
    _record_in_two_workers_and_replay(world, own_moto)


ASYNC = """
import asyncio, boto3, pytest, pytest_asyncio

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def queue():
    sqs = boto3.client("sqs")
    url = await asyncio.to_thread(lambda: sqs.create_queue(QueueName="asyncio")["QueueUrl"])
    yield url
    await asyncio.to_thread(lambda: sqs.delete_queue(QueueUrl=url))

@pytest.mark.asyncio(loop_scope="module")
async def test_asyncio(queue):
    sqs = boto3.client("sqs")
    await asyncio.to_thread(lambda: sqs.send_message(QueueUrl=queue, MessageBody="x"))

@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"

@pytest.fixture(scope="module")
async def tagged(anyio_backend):
    return boto3.client("sqs").create_queue(QueueName="anyio")["QueueUrl"]

@pytest.mark.anyio
async def test_anyio(tagged):
    import anyio
    from functools import partial
    await anyio.to_thread.run_sync(partial(boto3.client("sqs").send_message, QueueUrl=tagged, MessageBody="x"))
"""


def test_async_fixtures_own_their_calls(world: World, own_moto: Server) -> None:
    """Wider fixtures of pytest-asyncio and anyio have cassettes of their own, calls in their threads included."""
    pytest.importorskip("pytest_asyncio")
    pytest.importorskip("anyio")
    world.plugins = ("replayaws", "asyncio", "anyio")
    world.write(test_a=ASYNC)
    recorded = world.record(own_moto.url)
    assert recorded.counts() == {"passed": 2}, recorded.text
    own_moto.stop()
    assert {"tests/test_a/@queue.json", "tests/test_a/@tagged.json"} <= set(world.cassettes())
    replayed = world.pytest("--aws-fallback=error", "-k", "asyncio or anyio")
    assert replayed.counts() == {"passed": 2}, replayed.text
