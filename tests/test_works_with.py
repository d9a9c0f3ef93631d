"""Every row of docs/works-with.md: a project with that package in it is recorded, and replays offline."""

from __future__ import annotations

import importlib.util
import re
from importlib import metadata
from pathlib import Path

import pytest

from tests.cases.ecosystem import ROWS
from tests.servers import Server
from tests.worlds import World

PAGE = Path(__file__).parent.parent / "docs" / "works-with.md"


@pytest.mark.parametrize("name", ROWS)
def test_works_with(name: str, world: World, own_moto: Server) -> None:
    """What was recorded replays without a miss, with nothing around it, and nothing falls to moto."""
    row = ROWS[name]
    missing = [module for module in row.needs if importlib.util.find_spec(module) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: pip install 'replayaws[works-with]'")
    world.plugins = ("replayaws", "xdist", *_plugins_of(row.needs))
    for path, text in row.files.items():
        world.file(path, text)
    recorded = world.record(own_moto.url, *row.args, **row.environment)
    assert recorded.counts() == {"passed": row.passed}, recorded.text
    own_moto.stop()
    if row.cassettes is not None:
        assert len(world.cassettes()) == row.cassettes, world.cassettes()
    run = world.pytest if row.sockets else world.replay
    replayed = run("--aws-fallback=error", *row.args, *row.replayed_with, **row.environment)
    assert replayed.counts() == {"passed": row.passed}, replayed.text
    assert "refused" not in replayed.text


def _plugins_of(modules: tuple[str, ...]) -> list[str]:
    """Names of the pytest plugins of packages."""
    homes = {point.name: point.module.partition(".")[0] for point in metadata.entry_points(group="pytest11")}
    return [name for name, home in homes.items() if home.lstrip("_").removesuffix("_pytestplugin") in modules]


def test_the_page_has_these_rows() -> None:
    """The table of the page and the rows that are tested are the same."""
    named = re.findall(r"^\| \[?([^|\]]+?)(?:\]\([^)]*\))? \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in named if name != "used with" and not name.startswith("-")] == list(ROWS)
