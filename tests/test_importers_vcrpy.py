"""Cassettes of vcrpy become cassettes that replay the tests they came from."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import vcr
import yaml
from botocore.config import Config

import replayaws
from replayaws.cassette import Cassette
from replayaws.importers import Imported, import_vcrpy
from replayaws.library import Library
from replayaws.rules import Rules
from tests import recorded_by_others
from tests.recorded_by_others import comparable

KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}


def client(service: str, endpoint: str | None = None) -> Any:
    config = Config(s3={"addressing_style": "path"})
    return boto3.client(service, region_name="eu-west-1", endpoint_url=endpoint, config=config, **KEYS)


def bring_in(tmp_path: Path, *files: Path) -> tuple[Imported, Path]:
    """What an import gives, and the file of its first cassette."""
    imported = import_vcrpy(files, rules=Rules())
    place = tmp_path / "cassettes" / "imported.json"
    if imported.cassettes:
        Library(tmp_path / "cassettes").save(imported.cassettes[0][1], place)
    return imported, place


def one(imported: Imported) -> Cassette:
    assert list(imported.refused) == []
    [(_, cassette)] = imported.cassettes
    return cassette


def record(story: Callable[[Any], list[Any]], moto_url: str, file: Path) -> list[Any]:
    """Run a program against the stand-in, recorded by vcrpy; what it saw."""
    urllib.request.urlopen(urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST")).read()
    with vcr.use_cassette(str(file), record_mode="all"):
        return story(lambda service: client(service, moto_url))


def as_json(file: Path) -> Path:
    """A YAML cassette written as vcrpy's JSON serializer writes one, which knows text only."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.decode() if isinstance(value, bytes) else value

    written = file.with_suffix(".json")
    written.write_text(json.dumps(plain(yaml.safe_load(file.read_text())), indent=4))
    return written


@pytest.mark.parametrize("story", recorded_by_others.STORIES, ids=lambda story: story.__name__)
def test_what_vcrpy_recorded_replays_as_it_was_live(
    story: Callable[[Any], list[Any]], moto_url: str, tmp_path: Path
) -> None:
    """A program recorded with vcrpy gets the same answers from the imported cassette, with nothing to connect to."""
    live = record(story, moto_url, tmp_path / "recorded.yaml")
    imported, place = bring_in(tmp_path, tmp_path / "recorded.yaml")
    assert one(imported).recorded.source == moto_url
    with replayaws.use_cassette(place, fallback="error"):
        replayed = story(lambda service: client(service, moto_url))
    assert comparable(replayed) == comparable(live)


def test_json_cassettes_give_the_same_as_yaml_ones(moto_url: str, tmp_path: Path) -> None:
    """The serializer of a cassette makes no difference."""
    record(recorded_by_others.query_story, moto_url, tmp_path / "recorded.yaml")
    from_yaml, _ = bring_in(tmp_path, tmp_path / "recorded.yaml")
    from_json, _ = bring_in(tmp_path, as_json(tmp_path / "recorded.yaml"))
    assert one(from_json).interactions == one(from_yaml).interactions
