"""``replayaws completion``: the shell's completion script."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the shell's completion script.

    For bash: eval "$(replayaws completion bash)" in ~/.bashrc; zsh alike in ~/.zshrc; fish:
    replayaws completion fish > ~/.config/fish/completions/replayaws.fish
    """
    from replayaws.cli import main

    kind = get_completion_class(shell)
    assert kind is not None  # click knows each shell of the choice
    # click's own source() of bash asks an installed bash for its version first; the script is the same text
    script = kind(main, {}, "replayaws", "_REPLAYAWS_COMPLETE")
    click.echo(script.source_template % script.source_vars())
