"""Streaming request bodies: known by content before they are sent, sent whole, read through on replay."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from s3transfer.utils import ReadFileChunk

from replayaws import codec, shapes, uploads

PUT = shapes.operation_model("s3", "PutObject")
SMALL, LARGE = b"caf\xc3\xa9", bytes(range(256)) * 400


class Piped:
    """A body that cannot be wound back and has nothing but ``read``."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)
        self.name = "piped"

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class PipedWithLength(Piped):
    def __len__(self) -> int:
        return len(self._file.getvalue())


class Awaited(Piped):
    async def read(self, size: int = -1) -> bytes:  # type: ignore[override]  # aiobotocore takes such a body too
        await asyncio.sleep(0)
        return super().read(size)


class Pipe(io.RawIOBase):
    """A file that says it cannot be wound back."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._file.readinto(buffer)


def _at_its_middle(data: bytes) -> io.BytesIO:
    file = io.BytesIO(b"before" + data)
    file.seek(6)
    return file


BODIES: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "BytesIO": io.BytesIO,
    "a file at its middle": _at_its_middle,
    "s3transfer's chunk": lambda data: ReadFileChunk(io.BytesIO(data + b"more"), len(data), len(data) + 4),
    "only read": Piped,
    "with a length": PipedWithLength,
    "a pipe": Pipe,
    "a buffered pipe": lambda data: io.BufferedReader(Pipe(data)),
}


def written(data: bytes) -> Any:
    if len(data) <= codec.INLINE_LIMIT:
        return data.decode()
    return {"$sha256": hashlib.sha256(data).hexdigest(), "$size": len(data)}


def read(body: Any) -> bytes:
    return bytes(body.read() if hasattr(body, "read") else body)


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("kind", BODIES)
def test_known_before_sending(kind: str, data: bytes) -> None:
    """Each kind of body is known by its content before it is sent, and is sent whole after that."""
    params = {"Bucket": "b", "Key": "k", "Body": BODIES[kind](data)}
    body = uploads.take_request_body(params, PUT)
    assert body is not None
    assert uploads.write_params(params, PUT, body) == {"Bucket": "b", "Key": "k", "Body": written(data)}
    assert read(params["Body"]) == data


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("kind", BODIES)
def test_known_after_sending(kind: str, data: bytes) -> None:
    """A body that was sent piece by piece is known by its content afterwards."""
    params = {"Body": BODIES[kind](data)}
    body = uploads.take_request_body(params, PUT)
    assert body is not None
    sent = params["Body"]
    if hasattr(sent, "read"):
        assert b"".join(iter(lambda: sent.read(1000), b"")) == data
    assert body.written() == written(data)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_sent_in_part(data: bytes) -> None:
    """A body whose sending broke off is still known by its whole content."""
    params = {"Body": Piped(data)}
    body = uploads.take_request_body(params, PUT)
    assert body is not None
    params["Body"].read(3)
    assert body.written() == written(data)
    assert params["Body"].read() == data[3:]


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_awaited(data: bytes) -> None:
    """A body with an asynchronous read is known once it was awaited, and is read asynchronously after that."""
    params = {"Body": Awaited(data)}
    body = uploads.take_request_body(params, PUT)
    assert body is not None

    async def go() -> bytes:
        waiting = body.settle()
        assert waiting is not None
        await waiting
        assert body.written() == written(data)
        return b"".join([await params["Body"].read(5), await params["Body"].read()])  # type: ignore[misc]

    assert asyncio.run(go()) == data


@pytest.mark.parametrize("kind", BODIES)
def test_consumed(kind: str) -> None:
    """On replay a body ends up read to its end, as when it was sent."""
    params = {"Body": BODIES[kind](LARGE)}
    body = uploads.take_request_body(params, PUT)
    assert body is not None
    body.written()
    body.consume()
    if hasattr(params["Body"], "read"):
        assert params["Body"].read() == b""


def test_progress() -> None:
    """s3transfer's progress is reported once on replay, for each byte, and never by digesting."""
    seen: list[int] = []
    size = len(LARGE)
    chunk = ReadFileChunk(
        io.BytesIO(LARGE), size, size, [lambda bytes_transferred: seen.append(bytes_transferred)], False
    )
    body = uploads.take_request_body({"Body": chunk}, PUT)
    assert body is not None
    body.written()
    assert seen == []
    body.consume()
    assert sum(seen) == len(LARGE)


def test_files(tmp_path: Path) -> None:
    """An open file is digested from where it stands and wound back to there; an unread pipe of the system is replaced."""
    (tmp_path / "a").write_bytes(LARGE)
    with (tmp_path / "a").open("rb") as file:
        file.seek(100)
        params: dict[str, Any] = {"Body": file}
        body = uploads.take_request_body(params, PUT)
        assert body is not None
        assert body.written() == written(LARGE[100:])
        assert params["Body"] is file
        assert file.tell() == 100
    end, begin = os.pipe()
    os.write(begin, SMALL)
    os.close(begin)
    with os.fdopen(end, "rb") as pipe:
        params = {"Body": pipe}
        body = uploads.take_request_body(params, PUT)
        assert body is not None
        assert isinstance(params["Body"], io.IOBase)
        assert body.written() == SMALL.decode()
        assert params["Body"].read() == SMALL


def test_attributes() -> None:
    """The stand-in for a body shows what the body shows."""
    params: dict[str, Any] = {"Body": Piped(SMALL)}
    uploads.take_request_body(params, PUT)
    assert params["Body"].name == "piped"
    assert not hasattr(params["Body"], "seek")


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("s3", "PutObject", {"Bucket": "b"}),
        ("s3", "GetObject", {"Key": "k"}),
        ("s3", "ListBuckets", {}),
        ("s3", "CreateBucket", {"CreateBucketConfiguration": {}}),
        ("sqs", "SendMessage", {"MessageBody": "m"}),
    ],
)
def test_no_body(service: str, operation: str, params: dict[str, Any]) -> None:
    """A call without a streaming body is written as it is."""
    model = shapes.operation_model(service, operation)
    assert uploads.take_request_body(params, model) is None
    assert uploads.write_params(params, model, None) == params
