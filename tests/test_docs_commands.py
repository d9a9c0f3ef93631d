"""docs/commands.md: every console block is run, and prints what it shows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from replayaws import format as text_format
from tests.shelf import cassette, interaction, polled, run, shelve

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com")


def examples() -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that the block shows."""
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = example.partition("\n")
            yield command, output


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that the page speaks of."""
    folder = tmp_path_factory.mktemp("project")
    shelve(polled(), folder)
    key = {"Bucket": "media", "Key": "a.wav"}
    upload = interaction("s3.PutObject", {**key, "Body": "sound"}, {"ETag": '"e"'})
    shelve(
        cassette(upload, interaction("s3.HeadObject", key, seconds=0.2), owner="tests/test_s3.py::test_upload"), folder
    )
    again = folder / "again"
    shelve(polled(outcome="FAILED"), again).rename(folder / "recorded-again.json")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_jobs.py").write_text("def test_completed(): pass\n")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Record"]):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize(("command", "shown"), list(examples()), ids=[command for command, _ in examples()])
def test_prints_what_the_page_shows(command: str, shown: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The output is the block's, `…` standing for anything."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("PYTHONPATH", str(PAGE.parent.parent))
    name, *arguments = command.split()
    assert name == "replayaws"
    output = "\n".join(line.rstrip() for line in run(*arguments).output.splitlines()) + "\n"
    pattern = re.escape(shown.rstrip("\n")).replace("…", "(?s:.*?)")
    assert re.fullmatch(pattern, output.rstrip("\n")), output


def test_shows_every_command(project: Path) -> None:
    """No command is left out of the page."""
    from replayaws.cli import COMMANDS

    text = PAGE.read_text(encoding="utf-8")
    told_elsewhere = {"demo", "run"}
    assert [
        name
        for name in COMMANDS
        if name not in told_elsewhere and f"`{name}" not in text and f"replayaws {name}" not in text
    ] == []


def test_gitattributes_name_the_driver_that_git_is_told(project: Path) -> None:
    """git takes the page's attributes and its two settings."""
    text = PAGE.read_text(encoding="utf-8")
    (attributes,) = re.findall(r"^```gitattributes\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (project / ".gitattributes").write_text(attributes)
    path = "cassettes/tests/test_jobs/test_completed.json"
    told = subprocess.run(
        ["git", "check-attr", "-a", path], cwd=project, capture_output=True, text=True, check=True
    ).stdout
    assert f"{path}: diff: replayaws" in told
    assert f"{path}: eol: lf" in told
    (settings,) = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for line in settings.splitlines():
        subprocess.run(line, shell=True, cwd=project, check=True)  # the page's own words
    body = subprocess.run(
        ["git", "check-attr", "text", "cassettes/a/b.files/0000.txt"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert body.endswith("text: unset\n")


def test_cassettes_merge_by_lines(tmp_path: Path) -> None:
    """A call inserted on one branch and an answer changed on another merge without conflict."""
    base, ours, theirs = tmp_path / "base.json", tmp_path / "ours.json", tmp_path / "theirs.json"
    made = polled()
    identity = interaction("sts.GetCallerIdentity", {}, {"Account": "123456789012"}, seconds=0.1)
    start, *polls = made.interactions
    base.write_bytes(text_format.dumps(made))
    ours.write_bytes(text_format.dumps(msgspec.structs.replace(made, interactions=[start, identity, *polls])))
    theirs.write_bytes(text_format.dumps(polled(outcome="FAILED")))
    subprocess.run(["git", "merge-file", ours, base, theirs], check=True)
    merged = text_format.loads(ours.read_bytes()).interactions
    assert [one.operation for one in merged] == [
        "StartTranscriptionJob",
        "GetCallerIdentity",
        "GetTranscriptionJob",
        "GetTranscriptionJob",
    ]
    assert b"FAILED" in bytes(merged[-1].response)
