"""Ways to answer a call without AWS: ours and others', each recorded from the same world."""

from __future__ import annotations

import contextlib
import copy
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import msgspec
from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody
from botocore.stub import Stubber

from benchmarks.rows import REGION, Row, params_of, populate
from replayaws import format

KEYS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
Call = Callable[[], Any]


class World:
    """The recorded world: a moto server, and the same made once more in this process for moto itself."""

    def __init__(self, endpoint: str, queue_url: str, folder: Path) -> None:
        self.endpoint, self.queue_url, self.folder = endpoint, queue_url, folder

    def client(self, service: str, *, session: Any = None) -> Any:
        """A client of the server."""
        session = session or boto3.Session()
        return session.client(service, region_name=REGION, endpoint_url=self.endpoint, **KEYS)


@contextlib.contextmanager
def asking(endpoint: str) -> Iterator[None]:
    """The environment of a recording, which asks STS who records."""
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    try:
        yield
    finally:
        del os.environ["AWS_ENDPOINT_URL"]


def call_of(client: Any, row: Row, queue_url: str) -> Call:
    """The measured call; a body is read, because some peers make it only then."""
    method, params, body = getattr(client, row.operation), params_of(row, queue_url), row.body
    if body is None:
        return lambda: method(**params)
    return lambda: method(**params)[body].read()


def answer_of(world: World, row: Row) -> tuple[dict[str, Any], bytes]:
    """What the world answers, and the bytes of its body."""
    answer = getattr(world.client(row.service), row.operation)(**params_of(row, world.queue_url))
    body = answer.pop(row.body).read() if row.body else b""
    return answer, body


@contextlib.contextmanager
def ready(world: World, row: Row) -> Iterator[Call]:
    """A hand-written ``before-call`` handler that returns a ready answer."""
    client, (answer, body) = world.client(row.service), answer_of(world, row)
    response = AWSResponse(world.endpoint, 200, {}, None)

    def handler(**_: Any) -> Any:
        if row.body:
            return response, {**answer, row.body: StreamingBody(io.BytesIO(body), len(body))}
        return response, answer

    client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}.*", handler)
    yield call_of(client, row, world.queue_url)


@contextlib.contextmanager
def ours(world: World, row: Row) -> Iterator[Call]:
    """A cassette of ours."""
    import replayaws

    path = world.folder / f"{row.service}.json"
    client = world.client(row.service)
    call = call_of(client, row, world.queue_url)
    if not path.exists():
        with asking(world.endpoint), replayaws.use_cassette(path, mode="all"):
            call()
        if row.operation == "send_message":  # each recording of a mutation answers once
            cassette = format.loads(path.read_bytes())
            many = msgspec.structs.replace(cassette, interactions=cassette.interactions * MOST_MUTATIONS)
            path.write_bytes(format.dumps(many))
    with replayaws.use_cassette(path, fallback="error"):
        yield call


MOST_MUTATIONS = 5_000


@contextlib.contextmanager
def vcrpy(world: World, row: Row) -> Iterator[Call]:
    """vcrpy, as pytest-recording uses it."""
    import vcr

    recorder = vcr.VCR(cassette_library_dir=str(world.folder / "vcrpy"))
    client = world.client(row.service)
    call = call_of(client, row, world.queue_url)
    with recorder.use_cassette(f"{row.service}.yaml", record_mode="once"):
        call()
    with recorder.use_cassette(f"{row.service}.yaml", record_mode="none", allow_playback_repeats=True):
        yield call


@contextlib.contextmanager
def placebo(world: World, row: Row) -> Iterator[Call]:
    """placebo, a pill of one response."""
    import placebo as original

    session = boto3.Session()
    folder = world.folder / "placebo" / row.service
    folder.mkdir(parents=True, exist_ok=True)
    pill = original.attach(session, data_path=str(folder))
    client = world.client(row.service, session=session)
    call = call_of(client, row, world.queue_url)
    if not any(folder.iterdir()):
        pill.record()
        with contextlib.redirect_stdout(None):
            call()
        pill.stop()
    pill.playback()
    with contextlib.redirect_stdout(None):  # it prints what it restores
        yield call
    pill.stop()


@contextlib.contextmanager
def stubber(world: World, row: Row) -> Iterator[Call]:
    """botocore's Stubber; queueing the next answer is part of the call."""
    client, (answer, body) = world.client(row.service), answer_of(world, row)
    call = call_of(client, row, world.queue_url)
    stub = Stubber(client)

    def stubbed() -> Any:
        given = {**answer, row.body: StreamingBody(io.BytesIO(body), len(body))} if row.body else answer
        stub._queue.append({"operation_name": operation, "response": (response, given), "expected_params": None})
        return call()

    operation = client.meta.method_to_api_mapping[row.operation]
    response = AWSResponse(world.endpoint, 200, {}, None)
    stub.add_response(row.operation, copy.deepcopy(answer) if not row.body else {})  # validated once, like a fixture's
    stub._queue.clear()
    with stub:
        yield stubbed


class Moto:
    """moto in this process, its world made once."""

    def __init__(self) -> None:
        from moto import mock_aws

        self._mock = mock_aws()
        self._made: str | None = None

    @contextlib.contextmanager
    def __call__(self, world: World, row: Row) -> Iterator[Call]:
        """moto's own answers, at AWS's endpoints."""
        self._mock.start(reset=False)
        try:
            if self._made is None:
                self._made = populate(lambda name: boto3.client(name, region_name=REGION, **KEYS))
            client = boto3.client(row.service, region_name=REGION, **KEYS)
            yield call_of(client, row, self._made)
        finally:
            self._mock.stop(remove_data=False)


PEERS: dict[str, Any] = {
    "ready": ready,
    "ours": ours,
    "Stubber": stubber,
    "placebo": placebo,
    "vcrpy": vcrpy,
    "moto": Moto(),
}
