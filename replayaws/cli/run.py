"""``replayaws run``: run a Python program with its AWS calls recorded or replayed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from replayaws import child
from replayaws.cli import CommandError
from replayaws.library import SUFFIX
from replayaws.modes import Mode

_MODES = click.Choice([mode.value for mode in Mode if mode is not Mode.VERIFY])


@click.command(
    help="Run a Python program with its AWS calls recorded or replayed.",
    epilog="Example: replayaws run --record --cassette cassettes/backup.json -- python backup.py",
    context_settings={"ignore_unknown_options": True},
)
@click.option(
    "--cassette",
    type=click.Path(path_type=Path),
    default=Path("cassettes/run.json"),
    show_default=True,
    help="The cassette; a second process that makes calls has NAME.2.json, and so on.",
)
@click.option(
    "--record", "mode", is_flag=False, flag_value="once", default="none", type=_MODES, help="Record: once, or a mode."
)
@click.option("--fallback", type=click.Choice(["moto", "error"]), help="Who answers what the cassette does not hold.")
@click.argument("program", nargs=-1, required=True, type=click.UNPROCESSED)
def command(cassette: Path, mode: str, fallback: str | None, program: tuple[str, ...]) -> None:
    """Run a Python program with its AWS calls recorded or replayed."""
    if cassette.suffix != SUFFIX:
        raise click.BadParameter(f"{cassette} does not end in {SUFFIX}; name a file such as cassettes/run.json.")
    import replayaws

    package = Path(replayaws.__file__).parent
    path = [str(package / "bootstrap"), str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    with tempfile.TemporaryDirectory(prefix="replayaws-run-") as claims:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path),
            child.CASSETTE: str(cassette.absolute()),
            child.MODE: mode,
            child.CLAIMS: claims,
            child.FALLBACK: fallback or "",
        }
        try:
            done = subprocess.run(program, env=environment, check=False)
        except OSError as error:
            raise CommandError(
                f"{program[0]} cannot be run: {error.strerror}. Name a program after '--', such as: -- python backup.py"
            ) from None
    sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)  # as shells say it of a signal
