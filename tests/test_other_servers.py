"""Recording from servers that are not built on moto: what they answer is what replays, with moto turned off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers
from tests.servers import Server
from tests.worlds import World


@pytest.fixture(scope="module")
def dynalite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A DynamoDB from npm."""
    try:
        with servers.dynalite(tmp_path_factory.mktemp("dynalite")) as server:
            yield server
    except RuntimeError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def s3rver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An S3 from npm."""
    try:
        with servers.s3rver(tmp_path_factory.mktemp("s3rver")) as server:
            yield server
    except RuntimeError as error:
        pytest.skip(str(error))


DYNAMODB = """
import boto3, pytest
from decimal import Decimal

def test_items():
    table = boto3.resource("dynamodb").create_table(
        TableName="items", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for n in range(30):
            batch.put_item(Item={"id": str(n), "n": Decimal(n), "raw": bytes([n])})
    assert table.get_item(Key={"id": "7"})["Item"]["raw"].value == bytes([7])
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName="items", PaginationConfig={"PageSize": 7})
    assert len({item["id"]["S"] for page in pages for item in page["Items"]}) == 30
    with pytest.raises(table.meta.client.exceptions.ConditionalCheckFailedException):
        table.put_item(Item={"id": "7"}, ConditionExpression="attribute_not_exists(id)")
    table.delete()
"""

S3 = """
import io, boto3, pytest

def test_objects():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="files")
    s3.upload_fileobj(io.BytesIO(b"large" * 2_000_000), "files", "large.bin")
    s3.put_object(Bucket="files", Key="k e y/\\u00e9", Body=bytes(range(256)))
    assert s3.get_object(Bucket="files", Key="k e y/\\u00e9")["Body"].read() == bytes(range(256))
    target = io.BytesIO()
    s3.download_fileobj("files", "large.bin", target)
    assert target.getvalue() == b"large" * 2_000_000
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="files")["Contents"]] == ["k e y/\\u00e9", "large.bin"]
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="files", Key="none")
"""


def test_dynamodb_of_dynalite(world: World, dynalite: Server) -> None:
    """Tables, batches, scans in pages and modelled errors."""
    world.write(test_a=DYNAMODB)
    assert world.record(dynalite.url).counts() == {"passed": 1}
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 1}, replayed.text


def test_s3_of_s3rver(world: World, s3rver: Server) -> None:
    """Multipart uploads, ranged downloads, keys that need quoting, and modelled errors."""
    world.write(test_a=S3)
    recorded = world.record(s3rver.url, key="S3RVER", AWS_DEFAULT_REGION="us-east-1")
    assert recorded.counts() == {"passed": 1}, recorded.text
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 1}, replayed.text
