"""`replayaws prune`: cassettes that no test owns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replayaws.library import Library
from tests.shelf import cassette, interaction, polled, run, shelve


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_jobs.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_kept(n): pass\n"
        "@pytest.mark.slow\n"
        "def test_slow(): pass\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\naddopts = -m 'not slow' -q\n")
    return tmp_path


OWNED = (
    "tests/test_jobs.py::test_kept[1]",
    "tests/test_jobs.py::test_slow",
    "tests/test_jobs.py::@bucket",
    "tests/test_jobs.py::",
    "tests::@queue",
    "conftest.py::@region",
)
ORPHANS = (
    "tests/test_jobs.py::test_kept[3]",
    "tests/test_jobs.py::test_renamed",
    "tests/test_gone.py::@bucket",
    "tests/test_gone.py::",
)


def test_lists_and_then_deletes(project: Path) -> None:
    """Orphans are listed with exit code 1, deleted with --yes; deselected tests and used fixtures keep theirs."""
    kept = [shelve(polled(owner=owner), project) for owner in OWNED]
    gone = [shelve(polled(owner=owner), project) for owner in ORPHANS]
    bodies = gone[0].with_name("test_kept[3].files")
    bodies.mkdir()
    (bodies / "0000.bin").write_bytes(b"x")
    listed = run("prune")
    assert listed.exit_code == 1
    assert "4 orphans among 3 tests: to delete with --yes." in listed.output
    for owner in ORPHANS:
        assert f"  {owner}\n" in listed.output
    assert all(path.exists() for path in (*kept, *gone))
    deleted = run("prune", "--yes")
    assert deleted.exit_code == 0
    assert "4 orphans among 3 tests: deleted." in deleted.output
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)
    assert not bodies.exists()
    assert not (project / "cassettes" / "tests" / "test_gone").exists()
    assert run("prune").output == "0 orphans among 3 tests: nothing to delete.\n"


def test_looks_only_where_it_is_told(project: Path) -> None:
    """With a file or folder of tests, cassettes elsewhere are no orphans."""
    for owner in ("tests/test_jobs.py::test_renamed", "tests/test_gone.py::test_a", "other/test_x.py::test_y"):
        shelve(polled(owner=owner), project)
    told = json.loads(run("prune", "--json", "tests/test_jobs.py").output)
    assert [one["owner"] for one in told["orphans"]] == ["tests/test_jobs.py::test_renamed"]
    told = json.loads(run("prune", "--json", "./tests/").output)
    assert [one["owner"] for one in told["orphans"]] == [
        "tests/test_gone.py::test_a",
        "tests/test_jobs.py::test_renamed",
    ]


def test_takes_a_list_of_tests(project: Path) -> None:
    """--collected replaces asking pytest."""
    shelve(polled(owner="tests/test_jobs.py::test_a"), project)
    shelve(polled(owner="tests/test_jobs.py::test_b"), project)
    listed = "tests/test_jobs.py::test_a\n\n1 test collected in 0.01s\n"
    told = json.loads(run("prune", "--json", "--collected", "-", stdin=listed).output)
    assert told == {
        "tests": 1,
        "orphans": [{"path": "cassettes/tests/test_jobs/test_b.json", "owner": "tests/test_jobs.py::test_b"}],
        "deleted": False,
    }


def test_refuses_to_prune_everything(project: Path) -> None:
    """Without a single test nothing is called an orphan."""
    path = shelve(polled(), project)
    result = run("prune", "--yes", "--collected", "-", stdin="")
    assert result.exit_code == 2
    assert "no tests were collected" in result.output
    assert path.exists()


def test_refuses_when_collection_fails(project: Path) -> None:
    """A broken test file is shown, and nothing is deleted."""
    path = shelve(polled(), project)
    (project / "tests" / "test_broken.py").write_text("import nosuchmodule\n")
    result = run("prune", "--yes")
    assert result.exit_code == 2
    assert "pytest could not collect the tests" in result.output
    assert "nosuchmodule" in result.output
    assert path.exists()


def test_takes_out_what_a_passing_test_does_not_play(project: Path) -> None:
    """--unplayed runs the tests, lists the recordings that they leave, and with --yes removes just those."""
    (project / "tests" / "test_jobs.py").write_text(
        "import boto3\n"
        "def test_one_call():\n"
        "    sqs = boto3.client('sqs', region_name='eu-central-1')\n"
        "    assert sqs.send_message(QueueUrl='https://q/1/a', MessageBody='one')['MessageId'] == 'm-1'\n"
        "def test_failing():\n"
        "    assert False\n"
    )
    sent = [
        interaction("sqs.SendMessage", {"QueueUrl": "https://q/1/a", "MessageBody": text}, {"MessageId": f"m-{number}"})
        for number, text in enumerate(["one", "two"], start=1)
    ]
    path = shelve(cassette(*sent, owner="tests/test_jobs.py::test_one_call"), project)
    failing = shelve(cassette(*sent, owner="tests/test_jobs.py::test_failing"), project)
    untouched = failing.read_bytes()
    listed = run("prune", "--unplayed")
    assert listed.output.splitlines() == [
        "cassettes/tests/test_jobs/test_one_call.json  tests/test_jobs.py::test_one_call",
        "  interaction 1: sqs.SendMessage",
        "1 unplayed recording in 1 cassette: to delete with --yes.",
    ]
    assert listed.exit_code == 1
    assert run("prune", "--unplayed", "--yes").exit_code == 0
    left = Library(project / "cassettes").load(path).interactions
    assert [one.decoded_params()["MessageBody"] for one in left] == ["one"]
    assert failing.read_bytes() == untouched
    assert run("prune", "--unplayed").output == "0 unplayed recordings in 0 cassettes: nothing to delete.\n"


def test_takes_nothing_from_a_test_that_moto_helps(project: Path) -> None:
    """A test that passes because moto answers what its recordings no longer do keeps them: they may be its to repair."""
    (project / "tests" / "test_jobs.py").write_text(
        "import boto3\n"
        "def test_renamed():\n"
        "    boto3.client('sqs', region_name='eu-central-1').create_queue(QueueName='two')\n"
    )
    made = interaction("sqs.CreateQueue", {"QueueName": "one"}, {"QueueUrl": "https://q/1/one"})
    path = shelve(cassette(made, owner="tests/test_jobs.py::test_renamed"), project)
    before = path.read_bytes()
    assert run("prune", "--unplayed", "--yes").output.startswith("0 unplayed recordings")
    assert path.read_bytes() == before
