"""``replayaws redact``: cassettes as the rules of today would have recorded them."""

from __future__ import annotations

from pathlib import Path

import click

from replayaws import format as text_format
from replayaws.cassette import Cassette
from replayaws.cli import gathering, terminal
from replayaws.cli.rules import rules_of_project
from replayaws.library import Library, sidecar_folder
from replayaws.rules import Rules


@click.command()
@gathering.cassettes_argument
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when a cassette would change.")
@gathering.json_option
@click.pass_context
def command(context: click.Context, given: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Rewrite cassettes by the redaction rules of today.

    For rules that were added after recording. What was redacted before stays so; a rule that is now kept off brings
    nothing back. Bodies beside a cassette keep their bytes; one that holds what a rule hides is named, to be recorded
    again, and the exit code is 1.
    """
    rules = rules_of_project()
    paths = gathering.paths_of(given)
    changed, bodies = [], []
    for path in terminal.followed(paths, what="Redacting"):
        cassette = gathering.load(path)
        bodies += _bodies_with_secrets(path, cassette, rules)
        if _rewrite(path, cassette, rules, check=check):
            changed.append(path)
    if as_json:
        terminal.print_json(
            {
                "cassettes": len(paths),
                "changed": [str(path) for path in changed],
                "written": not check,
                "bodies": [str(path) for path in bodies],
            }
        )
    else:
        for path in changed:
            click.echo(path)
        for body in bodies:
            click.echo(f"{body}: this body holds what a rule hides; delete its cassette and record again")
        done = "would change" if check else "rewritten"
        click.echo(f"{len(changed)} of {terminal.plural(len(paths), 'cassette')} {done}.")
    context.exit(1 if bodies or (check and changed) else 0)


def _rewrite(path: Path, cassette: Cassette, rules: Rules, *, check: bool) -> bool:
    from replayaws.redaction import redact_cassette

    redacted = redact_cassette(cassette, rules)
    text = text_format.dumps(redacted)
    if text == text_format.dumps(cassette):
        return False
    if not check:
        Library(path.parent).save(redacted, path, text=text)
    return True


def _bodies_with_secrets(path: Path, cassette: Cassette, rules: Rules) -> list[Path]:
    from replayaws.redaction import Redactor

    redactor = Redactor(rules, reserved=cassette)
    files = sorted(file for file in sidecar_folder(path).rglob("*") if file.is_file())
    return [file for file in files if redactor.data(data := file.read_bytes()) != data]
