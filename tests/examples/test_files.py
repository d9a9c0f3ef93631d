"""Another file reads the object with a client of its own."""

from __future__ import annotations

import boto3


def test_the_object_is_read(default_bucket: str, file_in_bucket: str) -> None:
    """What the fixture put there is what the test reads."""
    body = boto3.client("s3").get_object(Bucket=default_bucket, Key=file_in_bucket)["Body"]
    assert body.read() == b"What AWS said is what the test hears.\n"


def test_the_object_is_listed(default_bucket: str, file_in_bucket: str) -> None:
    """The resource lists it."""
    assert [item.key for item in boto3.resource("s3").Bucket(default_bucket).objects.all()] == [file_in_bucket]
