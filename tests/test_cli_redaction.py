"""`replayaws rules`, `redact` and `policy`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replayaws.library import Library
from replayaws.rules import builtin
from tests.shelf import OWNER, cassette, interaction, polled, run, shelve


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(project: Path, text: str) -> None:
    """The project's `[tool.replayaws]`."""
    (project / "pyproject.toml").write_text(f"[tool.replayaws]\n{text}\n")


def test_lists_every_rule() -> None:
    """Each rule that is built in stands with its id and what it hides."""
    lines = run("rules").output.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in builtin()]
    assert any(line.startswith("jwt ") and "JSON web tokens" in line for line in lines)


def test_marks_rules_that_are_off_and_the_projects_own(project: Path) -> None:
    """What `keep` names is marked off; own rules follow with what they look for."""
    settings(project, 'keep = ["email"]\nredact = [{id = "customer", pattern = "C-[0-9]{6}"}]')
    output = run("rules").output
    assert "off: keep" in next(line for line in output.splitlines() if line.startswith("email "))
    assert "off" not in next(line for line in output.splitlines() if line.startswith("jwt "))
    assert "pattern C-[0-9]{6}  (yours)" in output.splitlines()[-1]
    told = json.loads(run("rules", "--json").output)
    assert [rule["id"] for rule in told["builtin"] if rule["kept"]] == ["email"]
    assert told["custom"][0]["what"] == "C-[0-9]{6}"


def test_refuses_a_rule_that_is_none(project: Path) -> None:
    """A wrong rule is one error that names it."""
    settings(project, 'keep = ["emial"]')
    result = run("rules")
    assert result.exit_code == 2
    assert "'emial'" in result.output


def test_rewrites_what_a_new_rule_hides(project: Path) -> None:
    """A rule added after recording takes effect on the files, once."""
    path = shelve(
        cassette(interaction("sqs.SendMessage", {"MessageBody": "order of C-123456"}, {"MessageId": "m"})), project
    )
    other = shelve(polled(owner="tests/test_jobs.py::test_other"), project)
    untouched = other.read_bytes()
    assert run("redact").output == "0 of 2 cassettes rewritten.\n"
    settings(project, 'redact = [{id = "customer", pattern = "C-[0-9]{6}"}]')
    before = path.read_bytes()
    checked = run("redact", "--check")
    assert checked.exit_code == 1
    assert checked.output == "cassettes/tests/test_jobs/test_completed.json\n1 of 2 cassettes would change.\n"
    assert path.read_bytes() == before
    assert run("redact").exit_code == 0
    body = Library(path.parent).load(path).interactions[0].decoded_params()["MessageBody"]
    assert body.startswith("order of ")
    assert "C-123456" not in body
    assert other.read_bytes() == untouched
    assert run("redact", "--check").exit_code == 0


def test_prints_a_policy(project: Path) -> None:
    """The policy allows the operations that were recorded, and no others."""
    shelve(polled(), project)
    policy = json.loads(run("policy", OWNER).output)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert policy["Version"] == "2012-10-17"
    assert actions == {"transcribe:StartTranscriptionJob", "transcribe:GetTranscriptionJob"}


def test_names_a_body_that_a_new_rule_would_change(project: Path) -> None:
    """A body beside a cassette is not rewritten but named, and the exit code is 1."""
    body = {"Body": {"$file": "0000.txt", "$size": 17}}
    path = shelve(cassette(interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, body)), project)
    beside = path.with_name("test_completed.files")
    beside.mkdir()
    (beside / "0000.txt").write_text("order of C-123456")
    assert run("redact").exit_code == 0
    settings(project, 'redact = [{id = "customer", pattern = "C-[0-9]{6}"}]')
    result = run("redact")
    assert result.exit_code == 1
    assert "test_completed.files/0000.txt: this body holds what a rule hides" in result.output
    assert (beside / "0000.txt").read_text() == "order of C-123456"
