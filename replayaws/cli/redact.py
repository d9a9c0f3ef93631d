"""``replayaws redact``: cassettes as the rules of today would have recorded them."""

from __future__ import annotations

import click

from replayaws import format as text_format
from replayaws.cli import gathering, terminal
from replayaws.cli.rules import rules_of_project
from replayaws.library import Library


@click.command()
@gathering.cassettes_argument
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when a cassette would change.")
@gathering.json_option
@click.pass_context
def command(context: click.Context, given: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Rewrite cassettes by the redaction rules of today.

    For rules that were added after recording. What was redacted before stays so; a rule that is now kept off brings
    nothing back.
    """
    from replayaws.redaction import redact_cassette

    rules = rules_of_project()
    changed = []
    paths = gathering.paths_of(given)
    for path in terminal.followed(paths, what="Redacting"):
        cassette = gathering.load(path)
        redacted = redact_cassette(cassette, rules)
        text = text_format.dumps(redacted)
        if text != text_format.dumps(cassette):
            changed.append(path)
            if not check:
                Library(path.parent).save(redacted, path, text=text)
    if as_json:
        terminal.print_json({"cassettes": len(paths), "changed": [str(path) for path in changed], "written": not check})
    else:
        for path in changed:
            click.echo(path)
        done = "would change" if check else "rewritten"
        click.echo(f"{len(changed)} of {terminal.plural(len(paths), 'cassette')} {done}.")
    context.exit(1 if check and changed else 0)
