"""The project's own cassettes: the examples replay from them, offline, and each says where it was recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CASSETTES = sorted((ROOT / "cassettes").rglob("*.json"))


def test_the_examples_replay_offline() -> None:
    """Plain pytest on the examples: every call is replayed."""
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "plugins")])
    options = [
        "tests/examples",
        "-p",
        "no_network",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "--aws-fallback=error",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "tests/examples/pytest.ini", "--rootdir", str(ROOT), *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "4 passed" in done.stdout, done.stdout + done.stderr
    assert "replayed" in done.stdout


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
def test_each_cassette_says_where_it_was_recorded(path: Path) -> None:
    """None of them is from AWS, and none claims to be."""
    assert json.loads(path.read_text(encoding="utf-8"))["recorded"]["source"].startswith("http://127.0.0.1:")
