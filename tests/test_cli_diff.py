"""`replayaws diff`: two cassettes by meaning, by hand and as git's driver."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from replayaws.cassette import Cassette, Provenance
from replayaws.interaction import raw
from tests.shelf import cassette, interaction, job, polled, run, shelve

GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*arguments: str) -> str:
    """git's output."""
    return subprocess.run([*GIT, *arguments], capture_output=True, text=True, check=True).stdout


def again(made: Cassette) -> Cassette:
    """The same program recorded again on another day: other times, request ids, counts."""
    return msgspec.structs.replace(
        made,
        recorded=Provenance(at="2026-06-30T08:00:00Z", source="aws", botocore="1.45.0"),
        interactions=[
            msgspec.structs.replace(one, seconds=one.seconds + 2, took=0.3, metadata=raw({"RequestId": "another"}))
            for one in made.interactions
        ],
    )


def test_recording_again_is_no_difference(project: Path) -> None:
    """Times, request ids and botocore's version do not count."""
    old, new = shelve(polled(), project), shelve(again(polled(owner="tests/test_jobs.py::test_b")), project)
    new.write_bytes(new.read_bytes().replace(b"test_b", b"test_completed"))
    result = run("diff", old, new)
    assert result.exit_code == 0
    assert "the same by meaning" in result.output


def test_invented_names_are_no_difference(project: Path) -> None:
    """A job that was named by a random value is the same job, and the pair is told."""
    old = shelve(polled("job-5b1f9c3e77aa"), project)
    new = shelve(again(polled("job-0d44e8a1c2ff")), project / "new")
    result = run("diff", old, new)
    assert result.exit_code == 0
    assert "not counted: job-5b1f9c3e77aa -> job-0d44e8a1c2ff" in result.output


def test_tells_what_changed(project: Path) -> None:
    """A state, a call that came and a call that went are three marks."""
    old_made, new_made = polled(), again(polled(outcome="FAILED"))
    identity = interaction("sts.GetCallerIdentity", {}, {"Account": "123456789012"})
    listed = interaction("transcribe.ListTranscriptionJobs", {}, {"TranscriptionJobSummaries": []})
    old = shelve(msgspec.structs.replace(old_made, interactions=[identity, *old_made.interactions]), project)
    new = shelve(msgspec.structs.replace(new_made, interactions=[*new_made.interactions, listed]), project / "new")
    result = run("diff", old, new)
    assert result.exit_code == 1
    assert result.output.splitlines()[1:] == [
        "- sts.GetCallerIdentity  Account=123456789012",
        "~ transcribe.GetTranscriptionJob  job-7f3a",
        "    response.TranscriptionJob.TranscriptionJobStatus  COMPLETED -> FAILED",
        "+ transcribe.ListTranscriptionJobs  0 TranscriptionJobSummaries",
    ]


def test_tells_changed_parameters(project: Path) -> None:
    """The same operation with other parameters is one changed call."""
    old = shelve(cassette(interaction("sqs.SendMessage", {"QueueUrl": "https://q/1/a", "MessageBody": "one"})), project)
    new = shelve(
        cassette(interaction("sqs.SendMessage", {"QueueUrl": "https://q/1/a", "MessageBody": "two"})), project / "new"
    )
    assert "    params.MessageBody  one -> two" in run("diff", old, new).output


def test_tells_an_answer_that_became_an_error(project: Path) -> None:
    """Success on one side and an error on the other is a change of both."""
    call = {"Bucket": "b", "Key": "k"}
    old = shelve(cassette(interaction("s3.GetObject", call, {"ContentLength": 3})), project)
    new = shelve(cassette(interaction("s3.GetObject", call, error={"Code": "NoSuchKey"}, status=404)), project / "new")
    output = run("diff", old, new).output
    assert '    error  nothing -> {"Code": "NoSuchKey"}' in output
    assert "    response.ContentLength  3 -> nothing" in output


def test_prints_json(project: Path) -> None:
    """--json gives each change with its values."""
    old, new = shelve(polled(), project), shelve(polled(outcome="FAILED"), project / "new")
    told = json.loads(run("diff", "--json", old, new).output)
    assert told["differs"]
    assert told["interactions"] == [
        {
            "change": "changed",
            "call": "transcribe.GetTranscriptionJob",
            "old": 2,
            "new": 2,
            "values": [
                {
                    "path": "response.TranscriptionJob.TranscriptionJobStatus",
                    "old": "COMPLETED",
                    "new": "FAILED",
                }
            ],
        }
    ]


def test_compares_with_revisions(project: Path) -> None:
    """One cassette is compared with its last commit; REV:path names any other."""
    git("init", "-q")
    path = shelve(polled(), project).relative_to(project)
    git("add", "-A")
    git("commit", "-qm", "recorded")
    assert run("diff", path).exit_code == 0
    shelve(polled(outcome="FAILED"), project)
    for result in (run("diff", path), run("diff", f"HEAD:{path.as_posix()}", path)):
        assert result.exit_code == 1
        assert "COMPLETED -> FAILED" in result.output
    assert run("diff", f"HEAD:{path.as_posix()}", f"HEAD:{path.as_posix()}").exit_code == 0
    wrong = run("diff", "HEAD:nowhere.json", path)
    assert wrong.exit_code == 2
    assert "git cannot show it" in wrong.output
    alone = run("diff", f"HEAD:{path.as_posix()}")
    assert alone.exit_code == 2
    assert "name what to compare the revision with" in alone.output


def test_is_gits_driver(project: Path) -> None:
    """`git diff` shows changed, new and deleted cassettes by meaning."""
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from replayaws.cli import main; main()"
    driver = project / "driver.py"
    driver.write_text(code)
    git("init", "-q")
    root = Path(__file__).parent.parent
    git("config", "diff.replayaws.command", f"'{sys.executable}' '{driver}' '{root}' diff")
    (project / ".gitattributes").write_text("cassettes/**/*.json diff=replayaws\n")
    shelve(polled(), project)
    gone = shelve(polled(owner="tests/test_jobs.py::test_gone"), project)
    git("add", "-A")
    git("commit", "-qm", "recorded")
    shelve(again(polled(outcome="FAILED")), project)
    gone.unlink()
    git("add", "--intent-to-add", str(shelve(polled(owner="tests/test_jobs.py::test_new"), project)))
    output = git("--no-pager", "diff", "--no-renames")
    assert "    response.TranscriptionJob.TranscriptionJobStatus  COMPLETED -> FAILED" in output
    assert "- transcribe.StartTranscriptionJob  job-7f3a  IN_PROGRESS" in output
    assert "+ transcribe.StartTranscriptionJob  job-7f3a  IN_PROGRESS" in output
    assert "RequestId" not in output
    shelve(polled(), project).write_text("{ not json")
    damaged = git("--no-pager", "diff", "--no-renames")
    assert "test_completed.json: no cassette on one side: not valid JSON" in damaged
    assert "+{ not json" in damaged
    assert "test_new.json" in damaged, "git goes on with the next file"
    shelve(again(polled(outcome="FAILED")), project)
    renamed = git("--no-pager", "diff", "--find-renames")
    assert "  owner  tests/test_jobs.py::test_gone -> tests/test_jobs.py::test_new" in renamed


def test_converts_to_text_for_git(project: Path) -> None:
    """--textconv gives the same text for a recording made again, and another for another answer."""
    old = run("diff", "--textconv", shelve(polled(), project)).output
    assert run("diff", "--textconv", shelve(again(polled()), project)).output == old
    other = run("diff", "--textconv", shelve(polled(outcome="FAILED"), project)).output
    assert [line for line in other.splitlines() if line not in old.splitlines()] == [
        '    "TranscriptionJobStatus": "FAILED"'
    ]
    assert json.dumps(job("FAILED"), indent=2) in other


def test_converts_a_damaged_cassette_as_it_is(project: Path) -> None:
    """git can still show a file that is no cassette."""
    path = project / "damaged.json"
    path.write_text("{ not json")
    assert run("diff", "--textconv", path).output == "{ not json"
