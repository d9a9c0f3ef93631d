"""What the tests share: servers on loopback to record from, and projects in which pytest runs as a user runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Server, moto_server
from tests.worlds import World

pytest_plugins = ["pytester"]
collect_ignore = ["examples"]  # run by test_examples.py as a user's suite


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let slow sweeps run whole."""
    parser.addoption(
        "--run-whole-aws", action="store_true", help="Run the sweeps over all of AWS whole, not on a sample."
    )


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the credentials, the region or the config files of the machine it runs on."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """URL of a moto server in a process of its own: a stand-in, not AWS."""
    with moto_server() as server:
        yield server.url


@pytest.fixture
def own_moto() -> Iterator[Server]:
    """A moto server that the test may stop."""
    with moto_server() as server:
        yield server


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty project in which to write tests, record and replay them."""
    return World(tmp_path / "project")
