"""``replayaws redact``: cassettes as the rules of today would have recorded them."""

from __future__ import annotations

import click

from replayaws import saving
from replayaws.cli import gathering, terminal
from replayaws.cli.rules import rules_of_project
from replayaws.errors import ReplayAWSError


@click.command()
@gathering.cassettes_argument
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when a cassette would change.")
@gathering.json_option
@click.pass_context
def command(context: click.Context, given: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Rewrite cassettes by the redaction rules of today.

    For rules that were added after recording. What was redacted before stays so; a rule that is now kept off brings
    nothing back. The bodies beside a cassette change with it; the write guard reads all of it, and where it finds a secret
    the old files stay.
    """
    rules = rules_of_project()
    paths = gathering.paths_of(given, to_write=not check)
    changed, refused = [], []
    for path in terminal.followed(paths, what="Redacting"):
        try:
            if saving.rewrite(path, rules, only_look=check):
                changed.append(path)
        except ReplayAWSError as error:
            refused.append(f"{error}")
    if as_json:
        named = [str(path) for path in changed]
        terminal.print_json({"cassettes": len(paths), "changed": named, "written": not check, "refused": refused})
    else:
        for line in (*changed, *refused):
            click.echo(line)
        done = "would change" if check else "rewritten"
        click.echo(f"{len(changed)} of {terminal.plural(len(paths), 'cassette')} {done}.")
    context.exit(1 if refused or (check and changed) else 0)
