"""``replayaws prune``: cassettes that no test owns any more, and recordings that no test plays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import click
import msgspec

from replayaws.cli import gathering, terminal
from replayaws.errors import CassetteError
from replayaws.library import Library, sidecar_folder
from replayaws.pytest_plugin import collecting


@click.command()
@click.argument("tests", nargs=-1)
@click.option("--unplayed", is_flag=True, help="Run the tests, and take what they did not play out of their cassettes.")
@click.option(
    "--collected",
    type=click.File("r", encoding="utf-8"),
    help="File with the ids of all tests, one a line, instead of asking pytest ('-' for standard input).",
)
@click.option("--yes", is_flag=True, help="Delete; without it is only listed what would be.")
@gathering.json_option
@click.pass_context
def command(
    context: click.Context,
    tests: tuple[str, ...],
    unplayed: bool,
    collected: TextIO | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete cassettes that no test owns.

    Asks `pytest --collect-only` for the tests there are. With TESTS, files or folders, only what lies below them is
    looked at. A cassette of a fixture goes when no test lies where the fixture is used. With --unplayed the tests are
    run instead, offline and without moto's help, and single recordings go that a passing test did not play. A renamed
    test: `replayaws mv`.
    Exit code 1 when something is left to delete.
    """
    library = gathering.library()
    if unplayed:
        found = _prune_unplayed(library, tests, yes=yes, as_json=as_json)
    else:
        found = _prune_orphans(library, tests, collected, yes=yes, as_json=as_json)
    context.exit(1 if found and not yes else 0)


def _prune_orphans(
    library: Library, tests: Sequence[str], collected: TextIO | None, *, yes: bool, as_json: bool
) -> bool:
    ids = _ids(collected) if collected is not None else _pytest(tests, "--collect-only")["collected"]
    if not ids:
        raise CassetteError(
            "no tests were collected, so every cassette would be an orphan",
            fix="Run it where pytest finds the tests, or name them.",
        )
    found = [(path, owner) for path, owner in orphans(library, ids) if _lies_below(owner, tests)]
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
        click.echo(
            f"{terminal.plural(len(found), 'orphan')} among {terminal.plural(len(ids), 'test')}: {_done(found, yes)}."
        )
    return bool(found)


def _lies_below(owner: str, places: Sequence[str]) -> bool:
    plain = [place.replace("\\", "/").removeprefix("./").rstrip("/") for place in places]
    return not plain or any(owner == place or owner.startswith((place + "/", place + "::")) for place in plain)


def _done(found: Sequence[object], yes: bool) -> str:
    return "nothing to delete" if not found else "deleted" if yes else "to delete with --yes"


def orphans(library: Library, collected: Sequence[str]) -> list[tuple[Path, str]]:
    """Cassettes whose owner is no collected test, nor a fixture or import with a collected test below it.

    :param collected: ids of all tests of the project.
    """
    tests = set(collected)
    return [(path, owner) for path, owner in library.owners() if not _is_owned(owner, tests)]


def _is_owned(owner: str, tests: set[str]) -> bool:
    if owner in tests:
        return True
    if owner.endswith("::"):
        where = owner.removesuffix("::")  # calls made while a module was imported
    else:
        where, of_fixture, _ = owner.rpartition("::@")
        if not of_fixture:
            return False
    if where == "conftest.py":
        return True
    folder = where.removesuffix("conftest.py").removesuffix("__init__.py").rstrip("/")
    return any(test == folder or test.startswith((folder + "/", folder + "::")) for test in tests)


def _ids(lines: Iterable[str]) -> list[str]:
    return [line.rstrip("\n") for line in lines if "::" in line and not line.startswith((" ", "="))]


def _prune_unplayed(library: Library, tests: Sequence[str], *, yes: bool, as_json: bool) -> bool:
    indexes: dict[str, list[int]] = _pytest(tests, "--aws-unplayed=warn", "--aws-fallback=error")["unplayed"]
    listed = []
    for owner, unplayed in sorted(indexes.items()):
        path = library.path_of(owner)
        if not path.is_file():
            continue  # a cassette that a marker placed elsewhere, perhaps for several tests
        cassette = library.load(path)
        calls = [{"index": index, "call": cassette.interactions[index].call} for index in unplayed]
        listed.append({"path": str(gathering.shown(path)), "owner": owner, "unplayed": calls})
        if yes:
            left = [one for index, one in enumerate(cassette.interactions) if index not in unplayed]
            library.save(msgspec.structs.replace(cassette, interactions=left), path)
    _print_unplayed(listed, yes=yes, as_json=as_json)
    return bool(listed)


def _print_unplayed(listed: list[dict[str, Any]], *, yes: bool, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"cassettes": listed, "deleted": yes})
        return
    screen = terminal.console()
    for one in listed:
        screen.print(terminal.styled((f"{one['path']}  ", "bold"), (one["owner"], "dim")))
        for call in one["unplayed"]:
            screen.print(terminal.styled(f"  interaction {call['index']}: {call['call']}"))
    calls = sum(len(one["unplayed"]) for one in listed)
    click.echo(
        f"{terminal.plural(calls, 'unplayed recording')} in {terminal.plural(len(listed), 'cassette')}: {_done(listed, yes)}."
    )


def _pytest(arguments: Sequence[str], *options: str) -> dict[str, Any]:
    """What pytest found, by way of :mod:`replayaws.pytest_plugin.collecting`."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", collecting.__name__, *options, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "collected"
        done = subprocess.run(
            command, capture_output=True, check=False, env={**os.environ, collecting.VARIABLE: str(listing)}
        )
        if done.returncode not in (0, 1, 5) or not listing.is_file():
            output = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
            raise CassetteError(
                "pytest could not collect the tests:\n" + "\n".join(output[-15:]) + "\n",
                fix="Repair the collection, or give --collected FILE.",
            )
        found: dict[str, Any] = json.loads(listing.read_text(encoding="utf-8"))
        return found


def _delete(library: Library, path: Path) -> None:
    path.unlink()
    shutil.rmtree(sidecar_folder(path), ignore_errors=True)
    folder = path.parent
    while folder != library.folder and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
