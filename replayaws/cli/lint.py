"""``replayaws lint``: cassettes against botocore's models, or for secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from replayaws import format as text_format
from replayaws import linting
from replayaws.cli import gathering, terminal
from replayaws.errors import CassetteError
from replayaws.library import sidecar_folder


@click.command()
@gathering.cassettes_argument
@click.option("--secrets", is_flag=True, help="Look for secrets instead, in the files and the bodies beside them.")
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="RULE",
    type=click.Choice(list(linting.RULES)),
    help="Leave a rule out, by the id in its findings.",
)
@gathering.json_option
@click.pass_context
def command(
    context: click.Context, given: tuple[str, ...], secrets: bool, ignored: tuple[str, ...], as_json: bool
) -> None:
    """Check cassettes against botocore's models, or for secrets.

    Offline. Finds members, operations and errors that the installed botocore does not know, invalid enum values,
    missing required parameters, and files that cannot be used. Exit code 1 when something is found.
    """
    paths = gathering.paths_of(given)
    check = _secrets if secrets else _models
    found = [finding for path in terminal.followed(paths, what="Checking") for finding in check(path)]
    found = [finding for finding in found if finding["rule"] not in ignored]
    if as_json:
        terminal.print_json({"cassettes": len(paths), "findings": found})
    else:
        _print(found, len(paths))
    context.exit(1 if found else 0)


def _models(path: Path) -> list[dict[str, Any]]:
    text = path.read_bytes()
    try:
        cassette = text_format.loads(text)
    except CassetteError as error:
        return [_finding(path, "cannot-load", error.line, "", "", f"{error.reason}. {error.fix}")]
    found = []
    for finding in linting.lint(cassette):
        interaction = None if finding.index is None else cassette.interactions[finding.index]
        line = None if finding.index is None else text_format.line_of_interaction(text, finding.index)
        call = interaction.call if interaction else ""
        found.append(_finding(path, finding.rule, line, call, finding.path, finding.message))
    return found


def _finding(path: Path, rule: str, line: int | None, call: str, where: str, message: str) -> dict[str, Any]:
    return {"path": str(path), "line": line, "rule": rule, "call": call, "where": where, "message": message}


def _secrets(path: Path) -> list[dict[str, Any]]:
    from replayaws.cli.rules import rules_of_project
    from replayaws.rules import known_secrets
    from replayaws.scanning import scan, scan_body

    kept, secrets = gathering.project_options().keep, known_secrets(rules_of_project())
    calls, also_kept = _bodies(path)
    found = [(path, secret) for secret in scan(path.read_bytes(), secrets=secrets, kept=kept)]
    for body in sorted(body for body in sidecar_folder(path).rglob("*") if body.is_file()):
        call = calls.get(body.name)
        found += [(body, one) for one in scan_body(body, secrets=secrets, kept=(*kept, *also_kept), call=call)]
    said = "looks like a secret that the rule {} hides; `replayaws redact` rewrites the cassette"
    return [
        _finding(file, "secret", secret.line, secret.call or "", secret.path, said.format(secret.kind))
        for file, secret in found
    ]


def _bodies(path: Path) -> tuple[dict[str, str], list[str]]:
    """The call of each body beside a cassette, and the rules that it keeps off; nothing for a damaged one."""
    from replayaws.body_redaction import calls_of_bodies

    try:
        cassette = text_format.loads(path.read_bytes())
    except CassetteError:
        return {}, []
    return calls_of_bodies(cassette), cassette.kept


def _print(found: list[dict[str, Any]], cassettes: int) -> None:
    screen = terminal.console()
    for finding in found:
        place = finding["path"] + (f":{finding['line']}" if finding["line"] else "")
        where = " ".join(part for part in (finding["call"], finding["where"]) if part)
        where = f" {where}" if where else ""
        parts = ((place, "bold"), ": ", (finding["rule"], "red"), (where, "cyan"), ": ", finding["message"])
        screen.print(terminal.styled(*parts))
    checked = terminal.plural(cassettes, "cassette")
    summary = f"{terminal.plural(len(found), 'finding')} in {checked}" if found else f"{checked}: nothing found"
    screen.print(terminal.styled((summary, "dim")))
