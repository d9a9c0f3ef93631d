"""Cassettes of every released format load, are sound, and replay through real clients as when they were recorded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from replayaws import format as text_format
from replayaws import linting, shapes, upgrades
from replayaws.cassette import FORMAT_VERSION
from replayaws.errors import CassetteError
from tests import released

VERSIONS = sorted(int(path.name) for path in released.FOLDER.iterdir() if path.is_dir())
CASSETTES = [path for version in VERSIONS for path in sorted((released.FOLDER / str(version)).glob("*.json"))]
PROGRAMS = {program.__name__: program for program in released.PROGRAMS}
every_cassette = pytest.mark.parametrize("path", CASSETTES, ids=lambda path: f"{path.parent.name}-{path.stem}")


def test_every_version_is_there() -> None:
    """Each version of the format has its files, and each elder one a step to the next."""
    assert list(range(1, FORMAT_VERSION + 1)) == VERSIONS
    assert sorted(upgrades.STEPS) == VERSIONS[:-1]
    present = {path.stem for path in CASSETTES if path.parent.name == str(FORMAT_VERSION)}
    assert present == set(PROGRAMS)
    for version in VERSIONS:
        expected = json.loads(released.expected_of(version).read_text(encoding="utf-8"))
        assert set(expected) == {path.stem for path in CASSETTES if path.parent.name == str(version)}


@every_cassette
def test_loads_and_is_written_as_it_was(path: Path) -> None:
    """One of the present format is written byte for byte as it was; an elder one is written in the present format."""
    text = path.read_bytes()
    written = text_format.dumps(text_format.loads(text, path=str(path)))
    if path.parent.name == str(FORMAT_VERSION):
        assert written == text
    assert text_format.dumps(text_format.loads(written)) == written
    Draft202012Validator(text_format.schema()).validate(json.loads(written))


@every_cassette
def test_nothing_in_it_is_wrong(path: Path) -> None:
    """The installed botocore knows all that stands in it; one body was recorded in part on purpose."""
    cassette = text_format.loads(path.read_bytes())
    found = {(finding.rule, cassette.interactions[finding.index or 0].call) for finding in linting.lint(cassette)}
    unknown = {(rule, call) for rule, call in found if rule.startswith("unknown-")}
    expected = {("incomplete", "s3.GetObject")} if path.stem == "tags" else set()
    assert found - (unknown if not _services_known(path) else set()) == expected


@every_cassette
def test_replays(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that it was recorded from sees what it saw of it then, and the file stays as it is."""
    if not _services_known(path):
        pytest.skip("the installed botocore is older than a service in it")
    if path.stem == "values":
        pytest.importorskip("faker")
    expected = json.loads(released.expected_of(int(path.parent.name)).read_text(encoding="utf-8"))[path.stem]
    cassette = tmp_path / path.name
    shutil.copy(path, cassette)
    if path.with_suffix(".files").exists():
        shutil.copytree(path.with_suffix(".files"), cassette.with_suffix(".files"))
    source = text_format.loads(path.read_bytes()).recorded.source
    with released.surroundings(tmp_path, source):
        assert released.replayed(PROGRAMS[path.stem], cassette) == expected
    assert cassette.read_bytes() == path.read_bytes()


def _services_known(path: Path) -> bool:
    names = {interaction.service for interaction in text_format.loads(path.read_bytes()).interactions}
    return names - {"http"} <= set(shapes.services())


# -- when the version rises ----------------------------------------------------------------------------------------------


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """A step as there might be one: other names for the list and the call."""
    interactions = [{"call": one.pop("operation"), **one} for one in document.pop("calls")]
    return {**document, "interactions": interactions}


ELDER = {
    "replayaws": 1,
    "owner": "tests/test_jobs.py::test_completed",
    "recorded": {"at": "2026-11-22T10:15:03Z", "source": "aws"},
    "calls": [
        {
            "operation": "sqs.GetQueueUrl",
            "region": "eu-central-1",
            "params": {"QueueName": "öl"},
            "response": {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/öl", "Big": 2**70},
            "metadata": {"HTTPStatusCode": 200},
        }
    ],
}


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package as it would be after the format has changed."""
    monkeypatch.setattr(text_format, "FORMAT_VERSION", 2)
    monkeypatch.setattr("replayaws.deck.FORMAT_VERSION", 2, raising=False)
    monkeypatch.setattr("replayaws.cassette.FORMAT_VERSION", 2)
    monkeypatch.setattr(upgrades, "STEPS", {1: renamed})


@pytest.fixture
def elder(tmp_path: Path) -> Path:
    """A cassette of the elder format."""
    path = tmp_path / "elder.json"
    path.write_text(json.dumps(ELDER, indent=2))
    return path


@pytest.mark.usefixtures("next_version")
def test_an_elder_cassette_replays_and_stays(elder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is brought up to date in memory, answers, and its file is not touched."""
    before = elder.read_bytes()
    with released.surroundings(elder.parent, ""):
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        from replayaws import use_cassette

        with use_cassette(elder, fallback="error"):
            answer = released.client("sqs").get_queue_url(QueueName="öl")
    assert answer["QueueUrl"] == "https://sqs.eu-central-1.amazonaws.com/123456789012/öl"
    assert elder.read_bytes() == before


@pytest.mark.usefixtures("next_version")
def test_an_elder_cassette_is_written_in_the_new_format(elder: Path) -> None:
    """What writes it, writes the version of today, and nothing of it is lost."""
    loaded = text_format.loads(elder.read_bytes())
    written = json.loads(text_format.dumps(loaded))
    assert written["replayaws"] == 2
    assert written["interactions"] == [
        {"call": "sqs.GetQueueUrl", **{k: v for k, v in ELDER["calls"][0].items() if k != "operation"}}
    ]


@pytest.mark.usefixtures("next_version")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"calls": None}, "it cannot be brought from format 1 to 2"),
        ({"calls": [{"operation": "sqs"}]}, "interactions[0]: \"call\" is 'sqs'"),
        ({"replayaws": 0}, "format 0 does not exist"),
        ({"replayaws": 3}, "written in format 3; this version of replayaws reads formats up to 2"),
        ({"replayaws": None}, 'it has no "replayaws" member'),
    ],
)
def test_a_damaged_elder_cassette_is_a_clear_error(change: dict[str, Any], said: str) -> None:
    """What a step cannot read, or what comes of it, is said as of any damaged file."""
    with pytest.raises(CassetteError) as error:
        text_format.loads(json.dumps({**ELDER, **change}).encode(), path="cassettes/a.json")
    assert said in str(error.value)
    assert str(error.value).startswith("cassettes/a.json")


def test_a_newer_cassette_says_to_upgrade() -> None:
    """A cassette of a format that is not known yet names both versions and the command."""
    newer = json.dumps({**ELDER, "replayaws": FORMAT_VERSION + 1}).encode()
    with pytest.raises(CassetteError, match=r"pip install --upgrade replayaws") as error:
        text_format.loads(newer, path="cassettes/a.json")
    assert f"written in format {FORMAT_VERSION + 1}" in str(error.value)


def test_steps_are_taken_in_order() -> None:
    """A document passes through every version between its own and the one wanted."""
    steps = {
        number: lambda document, number=number: {**document, "path": [*document["path"], number]}
        for number in (1, 2, 3)
    }
    made = upgrades.upgrade({"replayaws": 2, "path": []}, to=4, steps=steps)
    assert made == {"replayaws": 4, "path": [2, 3]}
