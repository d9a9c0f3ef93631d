"""`replayaws mv`: cassettes follow a renaming."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replayaws.cli.mv import renamed_owner
from replayaws.library import Library
from tests.shelf import cassette, interaction, polled, run, shelve


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("owner", "old", "new", "renamed"),
    [
        ("tests/test_a.py::test_x", "tests/test_a.py::test_x", "tests/test_a.py::test_y", "tests/test_a.py::test_y"),
        (
            "tests/test_a.py::test_x[1]",
            "tests/test_a.py::test_x",
            "tests/test_a.py::test_y",
            "tests/test_a.py::test_y[1]",
        ),
        ("tests/test_a.py::test_xy", "tests/test_a.py::test_x", "tests/test_a.py::test_y", None),
        ("tests/test_a.py::A::test_x", "tests/test_a.py::A", "tests/test_a.py::B", "tests/test_a.py::B::test_x"),
        ("tests/test_a.py::@bucket", "tests/test_a.py", "tests/test_b.py", "tests/test_b.py::@bucket"),
        ("tests/test_a.py::", "tests/test_a.py", "tests/test_b.py", "tests/test_b.py::"),
        ("tests/unit/test_a.py::t", "tests/unit/", "tests/fast", "tests/fast/test_a.py::t"),
        ("tests/units/test_a.py::t", "tests/unit", "tests/fast", None),
    ],
)
def test_names_the_new_owner(owner: str, old: str, new: str, renamed: str | None) -> None:
    """A test, its parameters, a class, a file with its fixtures, a folder; nothing that only begins alike."""
    assert renamed_owner(owner, old, new) == renamed


def test_moves_file_owner_and_bodies(project: Path) -> None:
    """After it the cassette is the new test's, bodies and all, and nothing is left of the old one."""
    body = {"Body": {"$file": "0000.txt", "$size": 5}}
    old = shelve(cassette(interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, body)), project)
    beside = old.with_name("test_completed.files")
    beside.mkdir()
    (beside / "0000.txt").write_text("hello")
    result = run("mv", "tests/test_jobs.py::test_completed", "tests/test_media.py::Jobs::test_done")
    assert result.exit_code == 0
    assert result.output == (
        "cassettes/tests/test_jobs/test_completed.json -> cassettes/tests/test_media/Jobs.test_done.json\n"
        "1 cassette moved.\n"
    )
    library = Library(project / "cassettes")
    new = library.path_of("tests/test_media.py::Jobs::test_done")
    assert library.load(new).owner == "tests/test_media.py::Jobs::test_done"
    assert (new.with_name("Jobs.test_done.files") / "0000.txt").read_text() == "hello"
    assert not old.parent.exists()


def test_moves_a_whole_file(project: Path) -> None:
    """Every owner of a test file follows it; --dry-run only tells."""
    for name in ("test_a", "test_b[x]", "@bucket"):
        shelve(polled(owner=f"tests/test_jobs.py::{name}"), project)
    shelve(polled(owner="tests/test_other.py::test_a"), project)
    before = sorted(project.rglob("*.json"))
    assert "3 cassettes would be moved." in run("mv", "-n", "tests/test_jobs.py", "tests/test_new.py").output
    assert sorted(project.rglob("*.json")) == before
    moved = json.loads(run("mv", "--json", "tests/test_jobs.py", "tests/test_new.py").output)
    assert sorted(one["owner"] for one in moved) == [
        "tests/test_new.py::@bucket",
        "tests/test_new.py::test_a",
        "tests/test_new.py::test_b[x]",
    ]
    assert sorted(owner for _, owner in Library(project / "cassettes").owners()) == [
        *sorted(one["owner"] for one in moved),
        "tests/test_other.py::test_a",
    ]


def test_overwrites_nothing(project: Path) -> None:
    """A cassette of the new name is an error, and both stay."""
    shelve(polled(owner="tests/test_jobs.py::test_a"), project)
    shelve(polled(owner="tests/test_jobs.py::test_b"), project)
    result = run("mv", "tests/test_jobs.py::test_a", "tests/test_jobs.py::test_b")
    assert result.exit_code == 2
    assert "there is a cassette of tests/test_jobs.py::test_b already" in result.output
    assert len(list(project.rglob("*.json"))) == 2


def test_says_when_there_is_nothing(project: Path) -> None:
    """An unknown old name is an error that says where to look."""
    result = run("mv", "tests/test_x.py", "tests/test_y.py")
    assert result.exit_code == 2
    assert "no cassette of tests/test_x.py. `replayaws show` lists the owners." in result.output
