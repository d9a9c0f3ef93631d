"""The command ``replayaws``. Each command is a module of its own, imported when it is called and not before."""

from __future__ import annotations

import importlib
from typing import Any

import click

from replayaws.errors import ReplayAWSError

COMMANDS = {
    "show": "Show cassettes as a readable timeline.",
    "stats": "Tell age, size, services, sources and times of cassettes.",
    "diff": "Compare two cassettes, or two revisions of one, by meaning.",
    "lint": "Check cassettes against botocore's models, or for secrets.",
    "compare": "Show where moto differs from what AWS answered.",
    "view": "Write a folder of cassettes as one HTML page.",
    "demo": "Record and replay a small suite on this machine, without AWS.",
    "run": "Run a Python program with its AWS calls recorded or replayed.",
    "import": "Turn recordings of vcrpy and placebo into cassettes.",
    "mv": "Follow a renamed test or file with its cassettes.",
    "prune": "Delete cassettes that no test owns.",
    "redact": "Rewrite cassettes by the redaction rules of today.",
    "rules": "List the redaction rules.",
    "policy": "Print the least IAM policy that recording again needs.",
    "completion": "Print the shell's completion script.",
}
"""Every command with its one line of help; the help of a command's own module begins with the same line."""

_MODULES = {"import": "import_"}  # a keyword is no name of a module


class CommandError(click.ClickException):
    """What a user reads when a command cannot do its work; exit code 2, as for a usage error."""

    exit_code = 2


class Commands(click.Group):
    """Finds a command by name in the module of the same name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of :data:`COMMANDS`, in its order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported now; ``None`` for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"replayaws.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown name gets the nearest known one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of this package, or of the file system, is a message, not a traceback."""
        try:
            return super().invoke(ctx)
        except ReplayAWSError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise
            reason = error.strerror or error
            raise CommandError(f"{error.filename}: {reason}. Check the path and its permissions.") from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="replayaws", prog_name="replayaws")
def main() -> None:
    """Record real AWS responses once, replay them in tests, offline.

    Recording and replaying is pytest's part: record with `pytest --record-aws`, replay with `pytest`. These commands
    read, check and tidy the cassettes that it writes. Most take cassettes, folders or test ids, and mean the project's
    folder of cassettes when none is given; `--json` prints for machines.

    Exit codes: 0 all is well, 1 something was found, 2 the command could not do its work.
    """
