"""``replayaws demo``: record a small suite from a stand-in, stop it, replay offline, show the result."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from replayaws.cli import CommandError

_PROJECT = """\
[tool.pytest.ini_options]
addopts = "-q"

[tool.replayaws]
services = { sqs = "moto" }
"""


@click.command(help="Record and replay a small suite on this machine, without AWS.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder to leave the suite and its cassettes in.")
def command(keep: Path | None) -> None:
    """Record and replay a small suite on this machine, without AWS."""
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise CommandError(f"{keep} is not empty; name a folder that is not there yet.")
    with tempfile.TemporaryDirectory(prefix="replayaws-demo-") as temporary:
        folder = keep or Path(temporary)
        _write_suite(folder)
        with _stand_in() as url:
            _say(f"1. Record. {url} is moto's server on this machine: a stand-in, not AWS.")
            _say("   With real credentials and no AWS_ENDPOINT_URL this is how you record AWS itself.")
            took = _pytest(folder, "--record-aws", environment=_credentials(url))
        _say("2. Replay. The stand-in is stopped; there are no credentials, no region, no network.")
        replayed = _pytest(folder, environment={})
        _say(f"   Recording took {took:.1f} s, replaying {replayed:.1f} s.")
        _say("3. What was recorded:")
        _show(folder)
        if keep:
            _say(f"The suite and its cassettes are in {keep}.")


def _say(text: str) -> None:
    click.secho(f"\n{text}" if text[0].isdigit() else text, bold=text[0].isdigit())


def _write_suite(folder: Path) -> None:
    from replayaws.demo import suite

    (folder / "tests").mkdir(parents=True, exist_ok=True)
    shutil.copy(str(suite.__file__), folder / "tests" / "test_transcribe.py")
    (folder / "pyproject.toml").write_text(_PROJECT, encoding="utf-8")


def _credentials(url: str) -> Mapping[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo-not-a-secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def _pytest(folder: Path, *args: str, environment: Mapping[str, str]) -> float:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", *args]
    click.secho(f"$ pytest {' '.join(args)}".rstrip(), fg="cyan")
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, env={**clean, **environment}, check=False)
    if done.returncode:
        raise CommandError(f"pytest ended with exit code {done.returncode}; what it says above is why.")
    return time.monotonic() - began


def _show(folder: Path) -> None:
    cassettes = sorted((folder / "cassettes").rglob("*.json"))
    for path in cassettes:
        click.echo(f"  {path.relative_to(folder).as_posix()}  {path.stat().st_size:,} bytes")
    job = next(path for path in cassettes if path.name == "test_job_is_completed.json")
    click.secho(f"\n$ replayaws show {job.relative_to(folder).as_posix()}", fg="cyan")
    subprocess.run([sys.executable, "-m", "replayaws", "show", str(job.relative_to(folder))], cwd=folder, check=False)


@contextlib.contextmanager
def _stand_in() -> Iterator[str]:
    """moto's server on loopback until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env=clean,
            stdout=said,
            stderr=said,
        )
        try:
            if not _listens(port, process):
                said.seek(0)
                last = said.read().decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
                raise CommandError(f"moto's server does not start: {last[0]}. Install it: pip install 'moto[server]'.")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.1)
    return False
