"""aiobotocore, and what stands on it, recorded and replayed: the same cassettes as boto3's, moto in process where they end."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiobotocore")

import boto3
from aiobotocore.session import AioSession, get_session

import replayaws

CONTENT = random.Random(5).randbytes(300_000)
TABLE: dict[str, Any] = {
    "TableName": "jobs",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def aws(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for AWS that everything talks to."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers any more, and there are no credentials."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")


async def by_aiobotocore(session: AioSession, bucket: str) -> list[Any]:
    """A program on aiobotocore; what it saw."""
    seen: list[Any] = []
    async with session.create_client("s3") as s3, session.create_client("dynamodb") as dynamodb:
        await s3.create_bucket(Bucket=bucket)
        await asyncio.gather(*(s3.put_object(Bucket=bucket, Key=key, Body=CONTENT + key.encode()) for key in "abc"))
        answers = await asyncio.gather(*(s3.get_object(Bucket=bucket, Key=key) for key in "abc"))
        for answer in answers:
            async with answer["Body"] as body:
                seen.append(await body.read())
        small = await s3.put_object(Bucket=bucket, Key="small", Body=b"text")
        seen.append(small["ETag"])
        lines = (await s3.get_object(Bucket=bucket, Key="small"))["Body"]
        seen.append([line async for line in lines.iter_lines()])
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
        seen.append([entry["Key"] async for page in pages for entry in page["Contents"]])
        seen.append((await s3.get_bucket_location(Bucket=bucket))["LocationConstraint"])
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket=bucket, Key="none")
        await dynamodb.create_table(**{**TABLE, "TableName": bucket})
        await dynamodb.get_waiter("table_exists").wait(TableName=bucket)
        await dynamodb.put_item(TableName=bucket, Item={"id": {"S": "1"}, "n": {"N": "2"}})
        seen.append((await dynamodb.get_item(TableName=bucket, Key={"id": {"S": "1"}}))["Item"])
    return seen


def by_boto3(bucket: str) -> list[Any]:
    """The same program on boto3."""
    session = boto3.session.Session()
    s3, dynamodb = session.client("s3"), session.client("dynamodb")
    s3.create_bucket(Bucket=bucket)
    for key in "abc":
        s3.put_object(Bucket=bucket, Key=key, Body=CONTENT + key.encode())
    seen: list[Any] = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in "abc"]
    seen.append(s3.put_object(Bucket=bucket, Key="small", Body=b"text")["ETag"])
    seen.append(list(s3.get_object(Bucket=bucket, Key="small")["Body"].iter_lines()))
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
    seen.append([entry["Key"] for page in pages for entry in page["Contents"]])
    seen.append(s3.get_bucket_location(Bucket=bucket)["LocationConstraint"])
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="none")
    dynamodb.create_table(**{**TABLE, "TableName": bucket})
    dynamodb.get_waiter("table_exists").wait(TableName=bucket)
    dynamodb.put_item(TableName=bucket, Item={"id": {"S": "1"}, "n": {"N": "2"}})
    seen.append(dynamodb.get_item(TableName=bucket, Key={"id": {"S": "1"}})["Item"])
    return seen


def test_both_ways(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What aiobotocore recorded answers aiobotocore and boto3; what boto3 recorded answers aiobotocore."""
    by_aio, by_sync = tmp_path / "aio.json", tmp_path / "sync.json"
    with replayaws.use_cassette(by_aio, mode="all"):
        seen = asyncio.run(by_aiobotocore(get_session(), "media-one"))
    with replayaws.use_cassette(by_sync, mode="all"):
        assert by_boto3("media-two") == seen
    offline(monkeypatch)
    with replayaws.use_cassette(by_aio, fallback="error") as cassette:
        assert asyncio.run(by_aiobotocore(get_session(), "media-one")) == seen
    assert {call.source for call in cassette.calls} == {"cassette"}
    with replayaws.use_cassette(by_aio, fallback="error"):
        assert by_boto3("media-one") == seen
    with replayaws.use_cassette(by_sync, fallback="error"):
        assert asyncio.run(by_aiobotocore(get_session(), "media-two")) == seen


def test_moto_in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no cassette holds a call, moto answers aiobotocore in process, bodies included."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with replayaws.use_cassette(tmp_path / "none.json") as cassette:
        seen = asyncio.run(by_aiobotocore(get_session(), "media"))
    assert [len(body) for body in seen[:3]] == [len(CONTENT) + 1] * 3
    assert seen[4:6] == [[b"text"], ["a", "b", "c", "small"]]
    assert {call.source for call in cassette.calls} == {"moto"}


def test_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that nothing answers is refused, within gather too."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    async def program() -> None:
        async with get_session().create_client("s3") as s3:
            await asyncio.gather(s3.list_buckets(), s3.head_bucket(Bucket="media"))

    def run() -> None:
        with replayaws.use_cassette(tmp_path / "none.json", fallback="error"):
            asyncio.run(program())

    with pytest.raises(replayaws.MissError, match=r"s3\.(ListBuckets|HeadBucket)"):
        run()


def test_asynchronous_upload(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body with an asynchronous read, which aiobotocore sends over https only, is matched by its content."""

    class Source:
        def __init__(self, data: bytes) -> None:
            self.data = data

        async def read(self, size: int = -1) -> bytes:
            await asyncio.sleep(0)
            size = len(self.data) if size < 0 else size
            piece, self.data = self.data[:size], self.data[size:]
            return piece

    path = tmp_path / "upload.json"
    with replayaws.use_cassette(path, mode="all"):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="piped")
        etag = s3.put_object(Bucket="piped", Key="a", Body=CONTENT)["ETag"]
    offline(monkeypatch)

    async def program(data: bytes) -> None:
        async with get_session().create_client("s3", endpoint_url="https://127.0.0.1:9") as s3:
            await s3.create_bucket(Bucket="piped")
            assert (await s3.put_object(Bucket="piped", Key="a", Body=Source(data)))["ETag"] == etag

    def replay(data: bytes) -> None:
        with replayaws.use_cassette(path, fallback="error"):
            asyncio.run(program(data))

    replay(CONTENT)
    with pytest.raises(replayaws.MissError, match="PutObject"):
        replay(CONTENT[:-1] + b"!")


def test_aioboto3(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """aioboto3's resources and transfers are recorded and replayed."""
    aioboto3 = pytest.importorskip("aioboto3")
    if not hasattr(aioboto3, "__version__") or int(aioboto3.__version__.partition(".")[0]) < 9:
        pytest.skip("an aioboto3 from before it took part in boto3's sessions")

    async def program() -> Any:
        session = aioboto3.Session()
        async with session.client("s3") as s3, session.resource("dynamodb") as dynamodb:
            await s3.create_bucket(Bucket="aioboto3")
            (tmp_path / "source").write_bytes(CONTENT)
            await s3.upload_file(str(tmp_path / "source"), "aioboto3", "a")
            await s3.download_file("aioboto3", "a", str(tmp_path / "target"))
            table = await dynamodb.create_table(**{**TABLE, "TableName": "aioboto3"})
            await table.put_item(Item={"id": "1", "n": 2})
            item = (await table.get_item(Key={"id": "1"}))["Item"]
        return (tmp_path / "target").read_bytes(), item

    path = tmp_path / "aioboto3.json"
    with replayaws.use_cassette(path, mode="all"):
        seen = asyncio.run(program())
    assert seen == (CONTENT, {"id": "1", "n": 2})
    offline(monkeypatch)
    with replayaws.use_cassette(path, fallback="error"):
        assert asyncio.run(program()) == seen


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_s3fs(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """s3fs, whose event loop runs in a thread of its own, is recorded and replayed."""
    s3fs = pytest.importorskip("s3fs")

    def program() -> Any:
        files = s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)
        files.mkdir("s3fs-media")
        with files.open("s3fs-media/a.bin", "wb") as file:
            file.write(CONTENT)
        with files.open("s3fs-media/a.bin", "rb", block_size=100_000) as file:
            head = file.read(1000)
            file.seek(200_000)
            rest = file.read()
        return head, rest, files.ls("s3fs-media"), files.cat_file("s3fs-media/a.bin")

    path = tmp_path / "s3fs.json"
    with replayaws.use_cassette(path, mode="all"):
        seen = program()
    assert seen == (CONTENT[:1000], CONTENT[200_000:], ["s3fs-media/a.bin"], CONTENT)
    offline(monkeypatch)
    with replayaws.use_cassette(path, fallback="error"):
        assert program() == seen
