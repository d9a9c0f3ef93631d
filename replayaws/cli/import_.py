"""``replayaws import``: recordings of other tools, turned into cassettes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from replayaws.cli import gathering, terminal
from replayaws.cli.rules import rules_of_project
from replayaws.errors import CassetteError, SecretFound
from replayaws.library import Library

if TYPE_CHECKING:
    from replayaws.importers import Imported


@click.group()
def command() -> None:
    """Turn recordings of vcrpy and placebo into cassettes.

    No source file is touched; what is redacted while recording is redacted here; what cannot be taken is named with the
    reason. Exit code 1 when something was refused.
    """


def _options(function: Any) -> Any:
    function = click.option(
        "--into", type=click.Path(path_type=Path, file_okay=False), help="Folder to write to, instead of the project's."
    )(function)
    function = click.option("--force", is_flag=True, help="Overwrite cassettes that are there.")(function)
    function = click.option("-n", "--dry-run", is_flag=True, help="Write nothing.")(function)
    return click.pass_context(gathering.json_option(function))


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_options
def vcrpy(context: click.Context, files: tuple[Path, ...], **options: Any) -> None:
    """Cassettes of vcrpy and pytest-recording (YAML or JSON; files or folders)."""
    from replayaws.importers import import_vcrpy

    _store(context, import_vcrpy(files, rules=rules_of_project()), **options)


@command.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@_options
def placebo(context: click.Context, folder: Path, **options: Any) -> None:
    """Recordings of placebo and of Cloud Custodian (a folder, or a zip file).

    They carry no parameters: calls match by operation and order, and the cassette says so.
    """
    from replayaws.importers import import_placebo

    _store(context, import_placebo(folder, rules=rules_of_project()), **options)


def _store(
    context: click.Context, imported: Imported, *, into: Path | None, force: bool, dry_run: bool, as_json: bool
) -> None:
    library = gathering.library() if into is None else Library(into.absolute())
    imported = _without_secrets(imported)
    targets = _targets(library, imported, by_owner=into is None)
    taken = [] if force else [target for target in targets if target.exists()]
    if taken and not dry_run:
        raise CassetteError(
            "there is a cassette already; nothing was written",
            path=gathering.shown(taken[0]),
            fix="Import with --force to overwrite, or --into another folder.",
        )
    if not dry_run:
        for target, (_, cassette) in zip(targets, imported.cassettes, strict=True):
            library.save(cassette, target)
    calls = [len(cassette.interactions) for _, cassette in imported.cassettes]
    _report(targets, calls, imported.refused, dry_run=dry_run, as_json=as_json)
    context.exit(1 if imported.refused or not targets else 0)


def _without_secrets(imported: Imported) -> Imported:
    """What the guard lets pass; it reads the bytes to be written, as after a recording."""
    from replayaws import format
    from replayaws.guard import Guard

    guard, passed, refused = Guard(), [], list(imported.refused)
    for place, cassette in imported.cassettes:
        try:
            guard.check(format.dumps(cassette), name=place)
            passed.append((place, cassette))
        except SecretFound as found:
            refused.append((place, str(found).removeprefix(f"{place}: not written, ")))
    return dataclasses.replace(imported, cassettes=passed, refused=refused)


def _targets(library: Library, imported: Imported, *, by_owner: bool) -> list[Path]:
    """Where each cassette is stored: where its test will look for it, as far as the test is known."""
    targets: list[Path] = []
    for path, cassette in imported.cassettes:
        file, names, _ = cassette.owner.partition("::")
        owned = library.path_of(cassette.owner) if by_owner and names and file.endswith(".py") else None
        targets.append(library.within(path) if owned is None or owned in targets else owned)
    return targets


def _report(
    targets: list[Path], calls: list[int], refused: Sequence[tuple[str, str]], *, dry_run: bool, as_json: bool
) -> None:
    if as_json:
        written = [
            {"path": str(gathering.shown(path)), "calls": count} for path, count in zip(targets, calls, strict=True)
        ]
        not_taken = [{"what": what, "why": why} for what, why in refused]
        terminal.print_json({"written": not dry_run, "cassettes": written, "refused": not_taken})
        return
    screen = terminal.console()
    for path, count in zip(targets, calls, strict=True):
        screen.print(terminal.styled(f"{gathering.shown(path)}  ", (terminal.plural(count, "call"), "dim")))
    for what, why in refused:
        screen.print(terminal.styled(("not taken: ", "red"), f"{what}: {why}"))
    done = "would be written" if dry_run else "written"
    screen.print(terminal.styled(f"{terminal.plural(len(targets), 'cassette')} {done}, {len(refused)} not taken."))
