"""``replayaws prune``: cassettes that no test owns any more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

import click

from replayaws import collecting
from replayaws.cli import gathering, terminal
from replayaws.errors import CassetteError
from replayaws.library import Library, sidecar_folder


@click.command()
@click.argument("tests", nargs=-1)
@click.option(
    "--collected",
    type=click.File("r", encoding="utf-8"),
    help="File with the ids of all tests, one a line, instead of asking pytest ('-' for standard input).",
)
@click.option("--yes", is_flag=True, help="Delete; without it the cassettes are only listed.")
@gathering.json_option
@click.pass_context
def command(context: click.Context, tests: tuple[str, ...], collected: TextIO | None, yes: bool, as_json: bool) -> None:
    """Delete cassettes that no test owns.

    Asks `pytest --collect-only` for the tests there are; TESTS are its arguments. A cassette of a fixture goes when no
    test lies where the fixture is used. A renamed test: `replayaws mv`. Exit code 1 when orphans are left.
    """
    library = gathering.library()
    ids = _ids(collected) if collected is not None else _collect(tests)
    if not ids:
        raise CassetteError(
            "no tests were collected, so every cassette would be an orphan",
            fix="Run it where pytest finds the tests, or name them.",
        )
    found = orphans(library, ids)
    if yes:
        for path, _ in found:
            _delete(library, path)
    if as_json:
        listed = [{"path": str(gathering.shown(path)), "owner": owner} for path, owner in found]
        terminal.print_json({"tests": len(ids), "orphans": listed, "deleted": yes})
    else:
        screen = terminal.console()
        for path, owner in found:
            screen.print(terminal.styled(f"{gathering.shown(path)}  ", (owner, "dim")))
        kept = "deleted" if yes else "to delete with --yes" if found else "nothing to delete"
        click.echo(f"{terminal.plural(len(found), 'orphan')} among {terminal.plural(len(ids), 'test')}: {kept}.")
    context.exit(1 if found and not yes else 0)


def orphans(library: Library, collected: Sequence[str]) -> list[tuple[Path, str]]:
    """Cassettes whose owner is no collected test, nor a fixture or import with a collected test below it.

    :param collected: ids of all tests of the project.
    """
    tests = set(collected)
    return [(path, owner) for path, owner in library.owners() if not _is_owned(owner, tests)]


def _is_owned(owner: str, tests: set[str]) -> bool:
    if owner in tests:
        return True
    where, _, name = owner.rpartition("::@")
    if not where and owner.endswith("::"):
        where, name = owner.removesuffix("::"), owner  # calls made while a module was imported
    if not name or "::" not in owner or not where:
        return False
    if where == "conftest.py":
        return True
    folder = where.removesuffix("conftest.py").removesuffix("__init__.py").rstrip("/")
    return any(test == folder or test.startswith((folder + "/", folder + "::")) for test in tests)


def _ids(lines: Iterable[str]) -> list[str]:
    return [line.rstrip("\n") for line in lines if "::" in line and not line.startswith((" ", "="))]


def _collect(arguments: Sequence[str]) -> list[str]:
    """The ids of the tests that pytest collects."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", collecting.__name__, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "collected"
        done = subprocess.run(
            command, capture_output=True, check=False, env={**os.environ, collecting.VARIABLE: str(listing)}
        )
        if done.returncode not in (0, 5) or not listing.is_file():
            output = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
            raise CassetteError(
                "pytest could not collect the tests:\n" + "\n".join(output[-15:]) + "\n",
                fix="Repair the collection, or give --collected FILE",
            )
        return _ids(listing.read_text(encoding="utf-8").splitlines())


def _delete(library: Library, path: Path) -> None:
    path.unlink()
    shutil.rmtree(sidecar_folder(path), ignore_errors=True)
    folder = path.parent
    while folder != library.folder and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
