"""`replayaws stats`: figures of a folder of cassettes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shelf import cassette, interaction, polled, run, shelve


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shelve(polled(), tmp_path)
    s3 = interaction("s3.PutObject", {"Bucket": "b", "Key": "k"}, took=0.5)
    shelve(cassette(s3, owner="tests/test_s3.py::test_put", source="http://127.0.0.1:5000"), tmp_path)
    return tmp_path


def test_tells_the_totals() -> None:
    """Calls count polls; sources and services are told apart."""
    output = run("stats").output
    assert "calls            6\n" in output
    assert "services         transcribe 5, s3 1\n" in output
    assert "recorded from    aws 1, http://127.0.0.1:5000 1\n" in output
    assert "oldest           2026-01-05T10:15:03Z (" in output
    assert "AWS answered in  1.0 s\n" in output
    assert "recording took   1 min 2 s, waits and polls included\n" in output


def test_counts_bodies_beside_a_cassette(project: Path) -> None:
    """The size is that of the file and its bodies."""
    before = json.loads(run("stats", "--json").output)["total"]["bytes"]
    beside = project / "cassettes" / "tests" / "test_s3" / "test_put.files"
    beside.mkdir()
    (beside / "0000.bin").write_bytes(bytes(5000))
    assert json.loads(run("stats", "--json").output)["total"]["bytes"] == before + 5000


def test_prints_each_cassette() -> None:
    """--each adds a row for every cassette."""
    output = run("stats", "--each").output
    (row,) = [line for line in output.splitlines() if line.startswith("cassettes/tests/test_s3/test_put.json")]
    assert " s3 " in row
    assert "500 ms" in row


def test_measures_replay() -> None:
    """Replaying what took AWS seconds is measured, not assumed."""
    total = json.loads(run("stats", "--json").output)["total"]
    assert total["aws_seconds"] == 1.02
    assert 0 < total["replay_seconds"] < total["recorded_seconds"]
