"""``replayaws policy``: what one must be allowed to record again."""

from __future__ import annotations

import click

from replayaws.cli import gathering, terminal


@click.command()
@gathering.cassettes_argument
def command(given: tuple[str, ...]) -> None:
    """Print the least IAM policy that recording again needs.

    It allows the operations that the cassettes hold, on the resources that they name. The output is JSON, as IAM takes
    it.
    """
    from replayaws.policy import policy

    terminal.print_json(policy([cassette for _, cassette in gathering.gathered(given)]))
