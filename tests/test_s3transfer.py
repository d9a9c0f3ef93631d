"""s3transfer: its worker threads' multipart and ranged transfers are recorded whole and replayed in any order."""

from __future__ import annotations

import hashlib
import io
import random
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig

import replayaws

MIB = 1024 * 1024
CONTENT = random.Random(7).randbytes(11 * MIB)
DEAD = "http://127.0.0.1:9"


class Piped:
    """A body that can be read once, from front to back."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class Progress:
    """Bytes that were reported as transferred."""

    def __init__(self) -> None:
        self.bytes = 0
        self._lock = threading.Lock()

    def __call__(self, count: int) -> None:
        with self._lock:
            self.bytes += count


def client(url: str) -> Any:
    """A client of a server on loopback."""
    return boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )


def transfer(s3: Any, folder: Path, *, threads: int) -> dict[str, Any]:
    """Upload and download in each of the ways of boto3; returns what the program saw."""
    config = TransferConfig(
        multipart_threshold=5 * MIB,
        multipart_chunksize=5 * MIB,
        max_concurrency=max(threads, 1),
        use_threads=threads > 0,
    )
    ranged = TransferConfig(
        multipart_threshold=MIB, multipart_chunksize=2 * MIB, max_concurrency=max(threads, 1), use_threads=threads > 0
    )
    (folder / "source").write_bytes(CONTENT)
    seen: dict[str, Any] = {name: Progress() for name in ("file", "piped", "down", "small")}
    s3.create_bucket(Bucket="media")
    s3.upload_file(str(folder / "source"), "media", "file", Config=config, Callback=seen["file"])
    s3.upload_fileobj(Piped(CONTENT), "media", "piped", Config=config, Callback=seen["piped"])
    s3.upload_fileobj(io.BytesIO(b"small"), "media", "small", Config=config, Callback=seen["small"])
    s3.copy({"Bucket": "media", "Key": "file"}, "media", "copy", Config=config)
    s3.download_file("media", "copy", str(folder / "down"), Config=ranged, Callback=seen["down"])
    target = io.BytesIO()
    s3.download_fileobj("media", "small", target, Config=ranged)
    with (folder / "source").open("rb") as file:
        etag = s3.put_object(Bucket="media", Key="put", Body=file)["ETag"]
    return {
        **{name: progress.bytes for name, progress in seen.items()},
        "downloaded": hashlib.sha256((folder / "down").read_bytes()).hexdigest(),
        "small content": target.getvalue(),
        "etag": etag,
    }


@pytest.fixture(scope="module")
def recorded(moto_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A cassette of transfers, and what the program saw when they were recorded."""
    folder = tmp_path_factory.mktemp("transfers")
    path = folder / "transfers.json"
    with pytest.MonkeyPatch.context() as environment, replayaws.use_cassette(path, mode="all"):
        environment.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        environment.setenv("AWS_ENDPOINT_URL", moto_url)
        seen = transfer(client(moto_url), folder, threads=4)
    return path, seen


def test_recorded_whole(recorded: tuple[Path, dict[str, Any]]) -> None:
    """The program sees its transfers complete while recording; uploads are kept as digests, downloads beside the cassette."""
    path, seen = recorded
    assert seen["downloaded"] == hashlib.sha256(CONTENT).hexdigest()
    assert seen["file"] == seen["piped"] == seen["down"] == len(CONTENT)
    assert path.stat().st_size < 200_000
    beside = [file.stat().st_size for file in path.with_suffix(".files").iterdir()]
    assert sum(beside) == len(CONTENT)


@pytest.mark.parametrize("threads", [0, 1, 2, 10])
def test_other_number_of_threads(threads: int, recorded: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """A replay with more threads, fewer or none sees the same, progress included, without a server."""
    path, seen = recorded
    with replayaws.use_cassette(path, mode="none", fallback="error"):
        assert transfer(client(DEAD), tmp_path, threads=threads) == seen


def test_a_hundred_schedules(recorded: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """A hundred replays, each with another schedule of the threads, all see the same."""
    path, seen = recorded
    s3, chance, interval = client(DEAD), random.Random(11), sys.getswitchinterval()
    try:
        for _ in range(100):
            sys.setswitchinterval(chance.choice([1e-6, 1e-5, 1e-4, 5e-3]))
            with replayaws.use_cassette(path, mode="none", fallback="error"):
                assert transfer(s3, tmp_path, threads=chance.randint(1, 12)) == seen
    finally:
        sys.setswitchinterval(interval)


def test_other_content_is_a_miss(recorded: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """An upload of other content than was recorded is refused, also when a worker thread makes it."""
    path, _ = recorded
    (tmp_path / "source").write_bytes(CONTENT[:-1] + b"!")
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3 = client(DEAD)

    def upload() -> None:
        with replayaws.use_cassette(path, fallback="error"):
            s3.create_bucket(Bucket="media")
            s3.upload_file(str(tmp_path / "source"), "media", "file", Config=config)

    with pytest.raises(replayaws.MissError, match=r"UploadPart"):
        upload()
