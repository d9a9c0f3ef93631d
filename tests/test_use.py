"""A cassette outside pytest: as a context manager and as a decorator."""

from __future__ import annotations

import contextlib
import gc
import weakref
from pathlib import Path
from typing import Any

import boto3
import pytest

import replayaws
from replayaws import stack


def sqs(**options: Any) -> Any:
    """A client as a program makes one."""
    return boto3.client("sqs", region_name="eu-central-1", **options)


def live(url: str) -> Any:
    """A client of the server on loopback."""
    return sqs(endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, moto_url: str) -> None:
    """The surroundings of a recording."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)


def test_record_then_replay(tmp_path: Path, moto_url: str, credentials: None) -> None:
    """What was recorded in one block is what the next is answered, by a client of any endpoint."""
    path = tmp_path / "cassettes" / "queue.json"
    with replayaws.use_cassette(path, mode="once") as cassette:
        created = live(moto_url).create_queue(QueueName="one")
    assert cassette.recording
    assert [call.source for call in cassette.calls] == ["aws"]
    with replayaws.use_cassette(path, fallback="error") as cassette:
        assert sqs().create_queue(QueueName="one")["QueueUrl"] == created["QueueUrl"]
    assert not cassette.recording
    assert [(call.name, call.source) for call in cassette.calls] == [("sqs.CreateQueue", "cassette")]


def test_what_replayed_does_not_wait_for_the_garbage_collector(
    tmp_path: Path, moto_url: str, credentials: None
) -> None:
    """Thousands of tests each leave a cassette and its index behind: no cycle may keep them, or collecting costs a suite."""
    path = tmp_path / "queue.json"
    with replayaws.use_cassette(path, mode="once"):
        live(moto_url).create_queue(QueueName="three")
    client = sqs()
    with replayaws.use_cassette(path, fallback="error"):
        client.create_queue(QueueName="three")  # what is made once for a client
    gc.collect()
    gc.disable()
    try:
        with replayaws.use_cassette(path, fallback="error"):
            client.create_queue(QueueName="three")
            deck = weakref.ref(stack.current())
            assert deck() is not None
        assert deck() is None
    finally:
        gc.enable()


def test_as_a_decorator(tmp_path: Path, moto_url: str, credentials: None) -> None:
    """Each call of the function plays the cassette from its start."""
    path = tmp_path / "queue.json"
    with replayaws.use_cassette(path, mode="once"):
        live(moto_url).create_queue(QueueName="two")

    @replayaws.use_cassette(path, fallback="error")
    def create() -> str:
        url: str = sqs().create_queue(QueueName="two")["QueueUrl"]
        return url

    assert create() == create()


def test_without_a_recording_moto_answers(tmp_path: Path) -> None:
    """moto, and its state is gone after the block."""
    for _ in range(2):
        with replayaws.use_cassette(tmp_path / "none.json") as cassette:
            assert "QueueUrls" not in sqs().list_queues()
            sqs().create_queue(QueueName="three")
            assert len(sqs().list_queues()["QueueUrls"]) == 1
        assert {call.source for call in cassette.calls} == {"moto"}


def test_a_block_that_fails_writes_nothing(tmp_path: Path, moto_url: str, credentials: None) -> None:
    """An exception in the block leaves no cassette."""

    def fails() -> None:
        with replayaws.use_cassette(tmp_path / "x.json", mode="once"):
            live(moto_url).create_queue(QueueName="four")
            raise RuntimeError("the program failed")

    with pytest.raises(RuntimeError):
        fails()
    assert list(tmp_path.glob("*.json")) == []


def test_a_swallowed_miss_is_raised_at_the_end(tmp_path: Path) -> None:
    """A program that catches everything still learns of the miss."""

    def swallows() -> None:
        with replayaws.use_cassette(tmp_path / "x.json", fallback="error"), contextlib.suppress(BaseException):
            sqs().list_queues()

    with pytest.raises(replayaws.MissError, match=r"No recording answers sqs\.ListQueues"):
        swallows()


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("x.json", {"mode": "onse"}, "mode is 'onse'; one of: none, once"),
        ("x.yaml", {}, "does not end in .json"),
        ("x.json", {"falback": "error"}, "unknown option 'falback'; did you mean 'fallback'?"),
    ],
)
def test_wrong_use(tmp_path: Path, path: str, options: dict[str, Any], said: str) -> None:
    """A wrong mode, path or option is one clear error."""
    with pytest.raises(replayaws.OptionError, match=said.replace("?", r"\?")):
        replayaws.use_cassette(tmp_path / path, **options)


def test_waits_take_no_time_and_the_programs_own_do(tmp_path: Path) -> None:
    """Waiters do not sleep after an offline answer; the program's own ``time.sleep`` is untouched."""
    import time

    with replayaws.use_cassette(tmp_path / "x.json"):
        client = boto3.client("dynamodb", region_name="eu-central-1")
        slept: list[float] = []
        real, time.sleep = time.sleep, slept.append
        try:
            with pytest.raises(Exception, match="Max attempts exceeded"):
                client.get_waiter("table_exists").wait(TableName="none", WaiterConfig={"Delay": 60, "MaxAttempts": 3})
            assert slept == []
            time.sleep(0.2)
            assert slept == [0.2]
        finally:
            time.sleep = real
