"""The command itself: its list, its errors, and what it does not import."""

from __future__ import annotations

import importlib
import pkgutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

import replayaws.cli
from replayaws.cli import COMMANDS, main
from tests.shelf import polled, run, shelve

ROOT = Path(__file__).parent.parent

MODULES = {
    "import" if module.name == "import_" else module.name
    for module in pkgutil.iter_modules(replayaws.cli.__path__)
    if hasattr(importlib.import_module(f"replayaws.cli.{module.name}"), "command")
}


def test_lists_exactly_the_commands_that_there_are() -> None:
    """Every module with a command is listed, and every command listed has its module."""
    assert set(COMMANDS) == MODULES


@pytest.mark.parametrize("name", sorted(MODULES & set(COMMANDS)))
def test_lists_the_help_that_a_command_has(name: str) -> None:
    """The line of the list is the first line of the command's own help."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert (command.help or "").strip().splitlines()[0] == COMMANDS[name]


def test_help_imports_no_command() -> None:
    """`replayaws --help` lists every command without importing what commands need."""
    code = (
        "import sys; from replayaws.cli import main; main(['--help'], standalone_mode=False)\n"
        "heavy = {'botocore', 'boto3', 'moto', 'vcr', 'rich', 'msgspec', 'pytest', 'replayaws.cli.show'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 0, done.stderr
    for name, line in COMMANDS.items():
        assert f"  {name}" in done.stdout
        assert line in " ".join(done.stdout.split())


def test_names_the_nearest_command() -> None:
    """A mistyped command is an error that names the nearest."""
    result = run("shwo")
    assert result.exit_code == 2
    assert "No such command 'shwo'. Did you mean 'show'?" in result.output


def test_says_where_cassettes_were_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cassettes the error names the folder and how to record."""
    monkeypatch.chdir(tmp_path)
    result = run("show")
    assert result.exit_code == 2
    assert f"Error: {tmp_path / 'cassettes'}: no cassettes there. Record some: pytest --record-aws." in result.output


def test_finds_the_folder_that_the_project_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of `pyproject.toml` is the one that commands mean."""
    monkeypatch.chdir(tmp_path)
    shelve(polled(), tmp_path)
    (tmp_path / "cassettes").rename(tmp_path / "recordings")
    (tmp_path / "pyproject.toml").write_text('[tool.replayaws]\ncassettes = "recordings"\n')
    assert "recordings/tests/test_jobs/test_completed.json" in run("show").output


def test_damaged_cassette_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged file gives file, line and fix, and no traceback."""
    monkeypatch.chdir(tmp_path)
    path = shelve(polled(), tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    result = run("show")
    assert result.exit_code == 2
    assert result.output.startswith("Error: cassettes/tests/test_jobs/test_completed.json:")
    assert "Restore the file from version control" in result.output


def test_a_file_that_cannot_be_written_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file and what the system said."""
    monkeypatch.chdir(tmp_path)
    shelve(polled(), tmp_path)
    result = run("view", "-o", "nowhere/page.html")
    assert result.exit_code == 2
    assert result.output == "Error: nowhere/page.html: No such file or directory. Check the path and its permissions.\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_prints_a_completion_script(shell: str) -> None:
    """Each shell's script asks `replayaws` itself for completions."""
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_REPLAYAWS_COMPLETE={shell}_complete" in result.output


def test_completes_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the script asks for is answered with the commands."""
    code = "from replayaws.cli import main; main(prog_name='replayaws')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        env={"_REPLAYAWS_COMPLETE": "bash_complete", "COMP_WORDS": "replayaws com", "COMP_CWORD": "1", "PATH": ""},
        check=False,
    )
    assert done.stdout.split() == ["plain,compare", "plain,completion"]


def test_nothing_above_the_project_is_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which other projects lie is refused by what writes, and may be read."""
    (tmp_path / "other").mkdir()
    path = shelve(polled(), tmp_path / "other")
    before = path.read_bytes()
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    for folder in ("..", tmp_path):
        result = run("redact", folder)
        assert result.exit_code == 2
        assert "other projects lie in that folder; nothing was written. Name a folder of cassettes." in result.output
    assert path.read_bytes() == before
    assert run("stats", "..").exit_code == 0


def test_a_program_that_cannot_be_run_is_named() -> None:
    """A program that is not there is exit code 2 with the form of the command; a signal is told as shells tell it."""
    result = run("run", "--", "no-such-program")
    assert result.exit_code == 2
    assert "no-such-program cannot be run" in result.output
    assert "-- python backup.py" in result.output
    code = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert run("run", "--", sys.executable, "-c", code).exit_code == 128 + signal.SIGTERM


def test_a_program_does_not_run_where_recording_cannot_begin(tmp_path: Path) -> None:
    """Without credentials `run --record` says so, and the program, whose calls would go unrecorded, is not run."""
    command = [sys.executable, "-m", "replayaws", "run", "--record", "--", sys.executable, "-c", "print('it ran')"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("replayaws: Recording needs AWS credentials, and there are none. Set AWS_PROFILE")
    assert "it ran" not in done.stdout
    assert done.stderr.count("\n") == 1


def test_a_file_of_tests_means_their_cassettes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of tests stands for the cassettes of its tests and fixtures; one without any says how to record them."""
    monkeypatch.chdir(tmp_path)
    shelve(polled(), tmp_path)
    shelve(polled(owner="tests/test_jobs.py::@bucket"), tmp_path)
    shelve(polled(owner="tests/test_jobs_other.py::test_a"), tmp_path)
    output = run("show", "tests/test_jobs.py").output
    assert "tests/test_jobs.py::test_completed" in output
    assert "tests/test_jobs.py::@bucket" in output
    assert "test_jobs_other" not in output
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_none.py").touch()
    result = run("lint", "tests/test_none.py")
    assert result.exit_code == 2
    assert "Record them: pytest --record-aws tests/test_none.py." in result.output
