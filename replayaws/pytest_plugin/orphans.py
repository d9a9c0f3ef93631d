"""Cassettes that no collected test owns: of tests that were renamed, moved or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from replayaws.pytest_plugin.settings import RUN

ORPHANS = pytest.StashKey["list[str]"]()
DESELECTED = pytest.StashKey[bool]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Some tests were collected and left out: what is no orphan cannot be told any more."""
    if items:
        items[0].config.stash[DESELECTED] = True


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Compare the cassettes with the collected tests; one worker of several does it."""
    config = session.config
    run = config.stash[RUN]
    run.owners = lambda: {item.nodeid for item in session.items}
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    if run.options.orphans == "ignore" or worker != "gw0" or not session.items:
        return
    if _is_partial(config):
        config.stash[ORPHANS] = [
            "cannot tell which cassettes no test owns: only some of the tests were collected; run them all"
        ]
        return
    collected = run.owners()
    config.stash[ORPHANS] = [
        f"{path}: no test {owner}; if it was renamed: replayaws mv OLD NEW, else: replayaws prune"
        for path, owner in run.library.owners()
        if is_orphan(owner, collected, config.rootpath)
    ]


def is_orphan(owner: str, collected: Iterable[str], root: Path) -> bool:
    """Whether nobody owns a cassette any more: its test was not collected, or the file of its fixture is gone."""
    file, colons, names = owner.partition("::")
    if not colons or not (file.endswith(".py") or (root / file).is_dir()):
        return False  # of a program, or of what stands outside any test
    if not names or names.rpartition("::")[2].startswith("@"):
        return not (root / file).exists()
    return owner not in set(collected)


def _is_partial(config: pytest.Config) -> bool:
    chosen = config.args_source is pytest.Config.ArgsSource.ARGS
    return chosen or config.stash.get(DESELECTED, False) or bool(getattr(config.option, "lf", False))
