"""A pytest plugin for `replayaws prune`: it writes down which tests there are, and which recordings were not played."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

VARIABLE = "REPLAYAWS_COLLECTED"
"""Environment variable that names the file: JSON with ``collected``, ids, and ``unplayed``, indexes by owner."""

_seen: list[str] = []


def pytest_itemcollected(item: pytest.Item) -> None:
    """Remember a test before options deselect it."""
    _seen.append(item.nodeid)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the file; under xdist the controller does, with what its workers told it."""
    if hasattr(config, "workerinput") or VARIABLE not in os.environ:
        return
    from replayaws.pytest_plugin.settings import RUN
    from replayaws.pytest_plugin.summary import WORKERS

    run = config.stash.get(RUN, None)
    reports = [*(run.reports if run else []), *config.stash.get(WORKERS, [])]
    unplayed = {report.owner: report.unplayed for report in reports if report.unplayed}
    Path(os.environ[VARIABLE]).write_text(json.dumps({"collected": _seen, "unplayed": unplayed}), encoding="utf-8")
