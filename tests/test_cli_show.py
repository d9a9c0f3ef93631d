"""`replayaws show`: the timeline that a person reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shelf import OWNER, cassette, interaction, job, polled, run, shelve


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shows_a_timeline_with_polls_folded(project: Path) -> None:
    """Five calls are two lines: the start, and the poll with its states."""
    shelve(polled(), project)
    lines = run("show").output.splitlines()
    assert lines[0] == OWNER
    assert lines[1].startswith("cassettes/tests/test_jobs/test_completed.json, recorded 2026-01-05T10:15:03Z (")
    assert lines[1].endswith("from aws")
    assert lines[2] == "5 calls in 1 min 1 s"
    assert lines[3].split() == ["0.0", "s", "transcribe.StartTranscriptionJob", "job-7f3a", "IN_PROGRESS", "120", "ms"]
    assert "transcribe.GetTranscriptionJob    job-7f3a  IN_PROGRESS x3 → COMPLETED  400 ms" in lines[4]
    assert len(lines) == 5


def test_finds_a_cassette_by_its_test(project: Path) -> None:
    """A test id names a cassette as a path does."""
    shelve(polled(), project)
    shelve(polled(owner="tests/test_jobs.py::test_other"), project)
    assert run("show", OWNER).output.startswith(OWNER)
    missing = run("show", "tests/test_jobs.py::test_third")
    assert missing.exit_code == 2
    assert "no cassette of tests/test_jobs.py::test_third. Record it: pytest --record-aws" in missing.output


def test_shows_an_error_with_its_message(project: Path) -> None:
    """What AWS refused stands in the line with code and message."""
    error = {"Code": "NoSuchKey", "Message": "The specified key does not exist."}
    shelve(cassette(interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, error=error, status=404)), project)
    assert "s3.GetObject  b/k  NoSuchKey: The specified key does not exist." in run("show").output


def test_opens_bodies_and_event_streams(project: Path) -> None:
    """A streamed body shows its first lines, an event stream its events; --payloads shows all."""
    events = [{"contentBlockDelta": {"delta": {"text": f"word {n}"}, "contentBlockIndex": 0}} for n in range(8)]
    shelve(
        cassette(
            interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, {"Body": "first line\nsecond line\n"}),
            interaction("s3.GetObject", {"Bucket": "b", "Key": "raw"}, {"Body": {"$base64": "//79AA=="}}),
            interaction("bedrock-runtime.ConverseStream", {"modelId": "m"}, {"stream": events}),
        ),
        project,
    )
    brief, whole = run("show").output, run("show", "--payloads").output
    assert "body of 23 bytes" in brief
    assert "| first line\n            | second line" in brief
    assert "bytes that are not text, beginning ff fe fd 00" in brief
    assert "8 events" in brief
    assert "word 4" in brief
    assert "word 5" not in brief
    assert "… 3 more; --payloads shows all" in brief
    assert "word 7" in whole


def test_opens_a_body_beside_the_cassette(project: Path) -> None:
    """A large body is read from its file; a missing one is said."""
    body = {"Body": {"$file": "0000.txt", "$size": 11}}
    path = shelve(cassette(interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, body)), project)
    assert "the file with a recorded body is missing" in run("show").output
    beside = path.with_name("test_completed.files")
    beside.mkdir()
    (beside / "0000.txt").write_text("hello there")
    assert "| hello there" in run("show").output


def test_leads_no_one_out_of_the_folder(project: Path) -> None:
    """A cassette cannot make the command read a file elsewhere."""
    (project / "cassettes" / "tests" / "test_jobs").mkdir(parents=True)
    (project / "cassettes" / "tests" / "test_jobs" / "outside.txt").write_text("private")
    body = {"Body": {"$file": "../outside.txt", "$size": 7}}
    shelve(cassette(interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, body)), project)
    output = run("show", "--payloads").output
    assert "leads out of its folder" in output
    assert "private" not in output


def test_steers_no_terminal(project: Path) -> None:
    """Control characters of a recording are spelled out."""
    shelve(
        cassette(interaction("sqs.SendMessage", {"MessageBody": "\x1b[2J\x07[red]"}, {"MessageId": "\u202em"})), project
    )
    output = run("show", "--payloads").output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "[red]" in output


def test_filters_by_call(project: Path) -> None:
    """--call keeps the calls whose name holds a text."""
    shelve(polled(), project)
    output = run("show", "--call", "start").output
    assert "StartTranscriptionJob" in output
    assert "GetTranscriptionJob" not in output


def test_prints_json(project: Path) -> None:
    """--json gives every cassette whole."""
    shelve(polled(), project)
    (shown,) = json.loads(run("show", "--json").output)
    assert shown["path"] == "cassettes/tests/test_jobs/test_completed.json"
    assert shown["owner"] == OWNER
    assert shown["interactions"][1]["count"] == 3
    assert shown["interactions"][1]["response"] == job("IN_PROGRESS")
