"""``replayaws rules``: the redaction rules."""

from __future__ import annotations

import click

from replayaws.cli import gathering, terminal
from replayaws.rules import Rules, builtin


def rules_of_project() -> Rules:
    """The rules that the project's settings make.

    :raises OptionError: for a rule that is not understood.
    """
    options = gathering.project_options()
    return Rules.from_options(redact=options.redact, keep=options.keep)


@click.command()
@gathering.json_option
def command(as_json: bool) -> None:
    """List the redaction rules.

    Those built in, which of them the project keeps switched off, and its own.
    """
    rules = rules_of_project()
    off = {entry.partition(":")[0]: entry.partition(":")[2] for entry in rules.kept}
    if as_json:
        terminal.print_json(
            {
                "builtin": [
                    {
                        "id": rule.id,
                        "description": rule.description,
                        "kept": rule.id in off,
                        "kept_on": off.get(rule.id) or None,
                    }
                    for rule in builtin()
                ],
                "custom": [
                    {
                        "id": rule.id,
                        "kind": rule.kind,
                        "what": rule.what,
                        "on": rule.on,
                        "placeholder": rule.placeholder,
                    }
                    for rule in rules.custom
                ],
            }
        )
        return
    screen = terminal.console()
    width = max(len(name) for name in [*(rule.id for rule in builtin()), *(rule.id for rule in rules.custom)])
    for rule in builtin():
        state = f"  (off{' for ' + off[rule.id] if off[rule.id] else ''}: keep)" if rule.id in off else ""
        style = "dim" if rule.id in off else "bold"
        screen.print(terminal.styled((f"{rule.id:<{width}}  ", style), rule.description, (state, "yellow")))
    for own in rules.custom:
        where = "" if own.on == "*" else f" in {own.on}"
        screen.print(
            terminal.styled((f"{own.id:<{width}}  ", "bold"), f"{own.kind} {own.what}{where}", ("  (yours)", "cyan"))
        )
