"""``replayaws diff``: two cassettes by meaning, also as git's diff driver."""

from __future__ import annotations

import difflib
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from replayaws import changes, outline
from replayaws import format as text_format
from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.changes import ABSENT, Changes
from replayaws.cli import gathering, terminal
from replayaws.cli.terminal import clean
from replayaws.errors import CassetteError

if TYPE_CHECKING:
    from rich.console import Console

    from replayaws.interaction import Interaction

_GIT_ARGUMENTS = (7, 9)  # path old-file old-hex old-mode new-file new-hex new-mode, and two more for a rename


@click.command()
@click.argument("sides", metavar="OLD [NEW]", nargs=-1, required=True)
@click.option("--textconv", is_flag=True, help="Print one cassette as text without what always changes; for git.")
@gathering.json_option
@click.pass_context
def command(context: click.Context, sides: tuple[str, ...], textconv: bool, as_json: bool) -> None:
    """Compare two cassettes, or two revisions of one, by meaning.

    OLD and NEW are cassettes, test ids, or revisions as git names them (HEAD~3:cassettes/test_jobs/test_done.json); one
    alone is compared with its last commit. Times, request ids and invented names do not count. Exit code 1 when they
    differ.

    As git's driver: git config diff.replayaws.command "replayaws diff", and in .gitattributes: cassettes/**/*.json
    diff=replayaws.
    """
    if textconv:
        if len(sides) != 1:
            raise click.UsageError("--textconv takes one file.")
        _print_as_text(Path(sides[0]))
        return
    if len(sides) in _GIT_ARGUMENTS:
        _print_for_git(sides[0], Path(sides[1]), Path(sides[4]))
        return  # git takes any other exit code for a crash
    if len(sides) > 2:
        raise click.UsageError("give one or two cassettes.")
    if len(sides) == 1 and _is_revision(sides[0]):
        raise click.UsageError("name what to compare the revision with: a file, or another revision.")
    old_name, new_name = (f"HEAD:{_in_repository(sides[0])}", sides[0]) if len(sides) == 1 else sides
    old, new = _read(old_name), _read(new_name)
    found = changes.between(old, new)
    if as_json:
        terminal.print_json(_as_data(found, old, new))
    else:
        _print((found, old, new), f"{old_name} -> {new_name}")
    context.exit(1 if found else 0)


def _in_repository(name: str) -> str:
    (path,) = gathering.paths_of([name])[:1]
    return f"./{path.relative_to(Path.cwd()) if path.is_absolute() else path}".replace("\\", "/")


def _is_revision(name: str) -> bool:
    return not Path(name).exists() and "::" not in name and ":" in name


def _read(name: str) -> Cassette:
    """The cassette of a file, an owner, or a revision that git knows."""
    if _is_revision(name):
        return text_format.loads(_git_show(name), path=name)
    return gathering.load(gathering.paths_of([name])[0])


def _git_show(revision: str) -> bytes:
    try:
        done = subprocess.run(["git", "show", revision], capture_output=True, check=False)
    except FileNotFoundError:
        raise CassetteError("git is not installed", path=revision, fix="Name two files instead.") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").rstrip(".")
        raise CassetteError(f"git cannot show it: {reason}", path=revision, fix="Name a revision as REV:path.")
    return done.stdout


Compared = tuple[Changes, Cassette, Cassette]


def _print_for_git(name: str, old_file: Path, new_file: Path) -> None:
    """What changed by meaning; where a side is damaged, why it cannot be read, and the lines: git stops at an error."""
    try:
        old, new = _side(old_file), _side(new_file)
    except CassetteError as error:
        click.echo(f"{name}: no cassette on one side: {error.reason}. Its lines:")
        before, after = [file.read_bytes().decode(errors="replace").splitlines() for file in (old_file, new_file)]
        for line in difflib.unified_diff(before, after, fromfile=f"a/{name}", tofile=f"b/{name}", lineterm=""):
            click.echo(clean(line))
        return
    _print((changes.between(old, new), old, new), name)


def _side(path: Path) -> Cassette:
    """A side as git names it; a file that is new or gone is an empty one."""
    text = path.read_bytes() if path.name not in ("null", "nul") else b""
    if text:
        return text_format.loads(text, path=str(path))
    return Cassette(replayaws=FORMAT_VERSION, owner="", recorded=Provenance(at="", source=""), interactions=[])


def _as_data(found: Changes, old: Cassette, new: Cassette) -> dict[str, Any]:
    def value(one: changes.Value) -> dict[str, Any]:
        sides = {"old": one.old, "new": one.new}
        return {"path": one.path, **{name: side for name, side in sides.items() if side is not ABSENT}}

    return {
        "differs": bool(found),
        "cassette": [value(one) for one in found.frame],
        "interactions": [
            {
                "change": "added" if change.old is None else "removed" if change.new is None else "changed",
                "call": _of(change, old, new).call,
                "old": change.old,
                "new": change.new,
                "values": [value(one) for one in change.values],
            }
            for change in found.interactions
        ],
        "renamed": [{"old": one, "new": two} for one, two in found.renamed],
    }


def _of(change: changes.Change, old: Cassette, new: Cassette) -> Interaction:
    return old.interactions[change.old] if change.old is not None else new.interactions[change.new or 0]


def _print(compared: Compared, title: str) -> None:
    found, old, new = compared
    screen = terminal.console()
    screen.print(terminal.styled((title, "bold")))
    if not found:
        screen.print(terminal.styled(("the same by meaning", "dim")))
    for value in found.frame:
        _print_value(screen, value, indent=2)
    for change in found.interactions:
        interaction = _of(change, old, new)
        sign, style = ("+", "green") if change.old is None else ("-", "red") if change.new is None else ("~", "yellow")
        subject, ended = outline.subject(interaction), "" if sign == "~" else outline.outcome(interaction)
        about = (f"  {terminal.brief(subject, 40)}" if subject else "", "cyan")
        ended = f"  {terminal.brief(ended, 90)}" if ended else ""
        screen.print(terminal.styled((f"{sign} {interaction.call}", style), about, ended))
        for value in change.values:
            _print_value(screen, value, indent=4)
    if found.renamed:
        pairs = ", ".join(f"{one} -> {two}" for one, two in found.renamed[:3])
        more = f" and {len(found.renamed) - 3} more" if len(found.renamed) > 3 else ""
        screen.print(terminal.styled((f"not counted: {pairs}{more}", "dim")))


def _print_value(screen: Console, value: changes.Value, *, indent: int) -> None:
    place = " " * indent + clean(value.path)
    sides = [terminal.brief("nothing" if side is ABSENT else side, 90) for side in (value.old, value.new)]
    screen.print(terminal.styled((place, ""), "  ", (sides[0], "red"), " -> ", (sides[1], "green")))


def _print_as_text(path: Path) -> None:
    """A cassette for git's own line diff; a file that is none as it is."""
    data = path.read_bytes()
    try:
        cassette = text_format.loads(data)
    except CassetteError:
        click.echo(data, nl=False)
        return
    click.echo(clean(f"{cassette.owner}, from {cassette.recorded.source}"))
    for interaction in cassette.interactions:
        click.echo("\n" + clean(f"{interaction.call} {interaction.region or ''}".rstrip()))
        for title, value in (
            ("params", interaction.decoded_params()),
            ("error", interaction.decoded_error()),
            ("response", interaction.decoded_response()),
        ):
            if value:
                text = json.dumps(value, indent=2, ensure_ascii=False)
                click.echo("\n".join(clean(line) for line in f"{title} {text}".splitlines()))
