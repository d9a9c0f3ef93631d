"""A small world: a project of a user's, in which pytest records from a server and replays without it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """What a run of pytest did and said."""

    code: int
    text: str

    def counts(self) -> dict[str, int]:
        """Tests by outcome, such as ``{"passed": 2}``, from pytest's last line."""
        lines = [line for line in self.text.splitlines() if re.search(r"\bin [\d.]+s", line)]
        found = re.findall(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)", lines[-1]) if lines else []
        return {word.removesuffix("s") if word.startswith("error") else word: int(number) for number, word in found}


class World:
    """A project folder.

    :param folder: made if need be.
    :ivar plugins: names of the pytest plugins that its runs load; all that are installed would take twice as long.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plugins: tuple[str, ...] = ("replayaws", "xdist")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pytest.ini").write_text("[pytest]\n")

    def write(self, **files: str) -> None:
        """Write test modules: ``write(test_a="...")`` makes ``tests/test_a.py``."""
        for name, text in files.items():
            self.file(f"tests/{name}.py", text)

    def file(self, name: str, text: str) -> Path:
        """Write any file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def record(
        self, url: str, *args: str, mode: str = "--record-aws", key: str = "testing", **environment: str
    ) -> Outcome:
        """Run pytest with ``--record-aws`` against a server on loopback."""
        known = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": key,
            "AWS_DEFAULT_REGION": "eu-central-1",
        }
        return self.pytest(mode, *args, **{**known, **environment})

    def replay(self, *args: str, **environment: str) -> Outcome:
        """Run plain pytest in an empty environment in which no connection to anywhere can be made."""
        return self.pytest("-p", "no_network", *args, **environment)

    def pytest(self, *args: str, **environment: str) -> Outcome:
        """Run pytest in the project, in a fresh process with nothing in its environment but what is given."""
        kept = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP") if name in os.environ
        }
        base = {
            "HOME": str(self.folder / "no-home"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "plugins")]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
        installed = {point.name for point in metadata.entry_points(group="pytest11")}
        for name in sorted(installed - set(self.plugins)):
            command += ["-p", f"no:{name}"]
        if "replayaws" not in installed:
            command += ["-p", "replayaws.pytest_plugin"]
        done = subprocess.run(
            [*command, *args],
            cwd=self.folder,
            env={**kept, **base, **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    def cassettes(self) -> list[str]:
        """Names of the cassettes, relative to their folder."""
        folder = self.folder / "cassettes"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json"))

    def cassette(self, name: str) -> Path:
        """The file of a cassette."""
        return self.folder / "cassettes" / name
