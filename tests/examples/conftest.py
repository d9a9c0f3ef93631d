"""Fixtures of the examples: AWS state at three scopes, and no mock anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest


@pytest.fixture(scope="session")
def default_bucket() -> Iterator[str]:
    """A bucket for the whole run."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="examples-media", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield "examples-media"
    s3.delete_bucket(Bucket="examples-media")


@pytest.fixture(scope="session")
def default_file_name() -> str:
    """Name of the file in it."""
    return "notes/today.txt"


@pytest.fixture(scope="module")
def file_in_bucket(default_bucket: str, default_file_name: str) -> Iterator[str]:
    """A text object in the bucket, for the tests of a module."""
    item = boto3.resource("s3").Object(default_bucket, default_file_name)
    item.put(Body="What AWS said is what the test hears.\n")
    yield default_file_name
    item.delete()
