"""A pytest plugin that writes down the ids of all collected tests, deselected ones too; `replayaws prune` runs it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

VARIABLE = "REPLAYAWS_COLLECTED"
"""Environment variable that names the file; one id a line."""

_seen: list[str] = []


def pytest_itemcollected(item: pytest.Item) -> None:
    """Remember a test before options deselect it."""
    _seen.append(item.nodeid)


def pytest_collection_finish() -> None:
    """Write the ids."""
    Path(os.environ[VARIABLE]).write_text("\n".join(_seen), encoding="utf-8")
