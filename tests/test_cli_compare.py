"""`replayaws compare` in the terminal and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shelf import DOCUMENTED, cassette, interaction, run, shelve


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def row(output: str, *parts: str) -> bool:
    """Whether a line of the output holds these parts, in order."""
    return any(all(part in line for part in parts) for line in output.splitlines())


def test_tells_where_moto_differs() -> None:
    """The table names call, member, both values and the kind; states stand below, a summary last; exit code 1."""
    result = run("compare", DOCUMENTED)
    assert result.exit_code == 1
    assert row(
        result.output,
        "TranscriptionJob.TranscriptionJobStatus",
        "recorded: IN_PROGRESS",
        "moto: nothing",
        "but not sent",
    )
    assert row(result.output, "TranscriptionJob.TranscriptionJobStatus", "IN_PROGRESS", "moto: QUEUED", "another state")
    assert row(
        result.output, "(the answer)", "BadRequestException", "moto: success", "accepted, though refused when recorded"
    )
    assert (
        "    recorded  IN_PROGRESS x4 → COMPLETED x2\n    moto      QUEUED → IN_PROGRESS → COMPLETED x3\n"
        in result.output
    )
    assert "4 of 10 answers as recorded, 6 different.\n" in result.output
    assert (
        "A recording matters for: transcribe.GetTranscriptionJob, transcribe.StartTranscriptionJob\n" in result.output
    )


def test_says_when_moto_does_not_differ(project: Path) -> None:
    """Equal answers give exit code 0 and no table."""
    identity = {"UserId": "AIDACKCEVSQ6C2EXAMPLE", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/a"}
    shelve(cassette(interaction("sts.GetCallerIdentity", {}, identity)), project)
    result = run("compare")
    assert result.exit_code == 0
    assert "1 of 1 answers as recorded, 0 different." in result.output
    assert "A recording matters" not in result.output


def test_prints_json() -> None:
    """--json gives every call with its differences and every resource with both sequences of states."""
    told = json.loads(run("compare", "--json", DOCUMENTED).output)
    (one,) = told["cassettes"]
    assert told["moto"].startswith("moto ")
    assert one["differs"]
    assert one["left_out"] == 0
    assert {
        "kind": "state",
        "path": "TranscriptionJob.TranscriptionJobStatus",
        "recorded": "IN_PROGRESS",
        "moto": "QUEUED",
    } in one["calls"][1]["differences"]
    assert one["resources"][0]["moto"][0] == {"state": "QUEUED", "count": 1}


def test_says_what_was_left_out(project: Path) -> None:
    """Calls that cannot be put to moto are counted."""
    shelve(cassette(interaction("http.GET", {"url": "https://example.com/"})), project)
    assert "1 left out: plain HTTP, or without known parameters or model" in run("compare").output
