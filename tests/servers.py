"""Real HTTP servers on loopback, each in a process of its own, to record from. None of them is AWS."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Server:
    """A server that is running."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it; repeating does nothing."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(
    command: Sequence[str], port: int, *, environment: dict[str, str] | None = None, seconds: float = 30
) -> Iterator[Server]:
    """Run a server until the block ends.

    :param command: the command that listens on the port.
    :param seconds: how long to wait for its first answer.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        command, env={**clean, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait_for(port, process, seconds)
        yield server
    finally:
        server.stop()


def _wait_for(port: int, process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once with exit code {process.returncode}: {process.args!r}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not listen within {seconds} s: {process.args!r}")


@contextlib.contextmanager
def moto_server(account: str = "123456789012") -> Iterator[Server]:
    """moto's server, with an account id of choice."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with serving(command, port, environment={"MOTO_ACCOUNT_ID": account}) as server:
        urllib.request.urlopen(f"{server.url}/moto-api/data.json", timeout=30).read()
        yield server


@contextlib.contextmanager
def dynalite(folder: Path) -> Iterator[Server]:
    """dynalite, a DynamoDB not built on moto, from npm; ``RuntimeError`` where npm or the package is not to be had."""
    command = [*_npx(folder, "dynalite"), "--port", str(port := free_port()), "--host", "127.0.0.1"]
    with serving(command, port) as server:
        yield server


@contextlib.contextmanager
def s3rver(folder: Path) -> Iterator[Server]:
    """s3rver, an S3 not built on moto, from npm; it knows the access key ``S3RVER`` with the secret ``S3RVER`` only."""
    data = folder / "s3rver-data"
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        *_npx(folder, "s3rver"),
        "--directory",
        str(data),
        "--port",
        str(port),
        "--address",
        "127.0.0.1",
        "--silent",
    ]
    with serving(command, port) as server:
        yield server


def _npx(folder: Path, package: str) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(f"npm is not installed, and {package} comes from it")
    home = folder / "npm"
    binary = home / "node_modules" / ".bin" / package
    if not binary.exists():
        home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), package],
            capture_output=True,
            timeout=240,
        )
        if done.returncode or not binary.exists():
            raise RuntimeError(f"npm could not install {package}: {done.stderr.decode(errors='replace')[-300:]}")
    return [str(binary)]
