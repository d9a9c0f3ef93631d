"""``replayaws mv``: cassettes follow a renamed test, class, file or folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from replayaws.cli import gathering, terminal
from replayaws.errors import CassetteError
from replayaws.library import Library, sidecar_folder


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("-n", "--dry-run", is_flag=True, help="Only tell what would be moved.")
@gathering.json_option
def command(old: str, new: str, dry_run: bool, as_json: bool) -> None:
    """Follow a renamed test or file with its cassettes.

    OLD and NEW are ids of a test (tests/test_a.py::test_x), a class, a file or a folder. The owner inside moves too,
    and the bodies beside the cassette. Nothing is overwritten.
    """
    library = gathering.library()
    moves = list(_moves(library, old, new))
    if not moves:
        raise CassetteError(
            f"no cassette of {old}", path=gathering.shown(library.folder), fix="`replayaws show` lists the owners."
        )
    for _, owner, target in moves:
        if target.exists():
            raise CassetteError(
                f"there is a cassette of {owner} already",
                path=gathering.shown(target),
                fix="Delete it, or name another test.",
            )
    for source, owner, target in moves:
        if not dry_run:
            _move(library, source, owner, target)
    if as_json:
        terminal.print_json([{"from": str(source), "to": str(to), "owner": owner} for source, owner, to in moves])
        return
    for source, _, target in moves:
        click.echo(f"{gathering.shown(source)} -> {gathering.shown(target)}")
    done = "would be moved" if dry_run else "moved"
    click.echo(f"{terminal.plural(len(moves), 'cassette')} {done}.")


def _moves(library: Library, old: str, new: str) -> Iterator[tuple[Path, str, Path]]:
    """Where each cassette of the old name is, whose it will be, and where it will lie."""
    for path, owner in library.owners():
        renamed = renamed_owner(owner, old, new)
        if renamed is not None:
            yield path, renamed, library.path_of(renamed)


def renamed_owner(owner: str, old: str, new: str) -> str | None:
    """An owner after a renaming; ``None`` when it is not below the old name.

    :param old: id of a test, class, file or folder; parametrized tests are below the plain name of the test.
    """
    old, new = old.rstrip("/"), new.rstrip("/")
    rest = owner.removeprefix(old)
    if owner == old or (owner.startswith(old) and rest.startswith(("::", "[", "/"))):
        return new + rest
    return None


def _move(library: Library, source: Path, owner: str, target: Path) -> None:
    cassette = library.load(source)
    bodies = sidecar_folder(source)
    if bodies.is_dir():
        shutil.copytree(bodies, sidecar_folder(target), dirs_exist_ok=True)
    library.save(msgspec.structs.replace(cassette, owner=owner), target)
    source.unlink()
    shutil.rmtree(bodies, ignore_errors=True)
    folder = source.parent
    while folder != library.folder and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
