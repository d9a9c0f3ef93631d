"""Wider fixtures while recording: which must run live, and whose recording counts when several workers make one.

A test that is being recorded needs what its fixtures make, so those run live even where they have a cassette: it stays,
and what AWS answers now is aligned with it. When several workers set up the same fixture, the first to finish has
made the recording; the others are aligned with that.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from replayaws.errors import RecordingError, ReplayAWSError
from replayaws.modes import Mode
from replayaws.pytest_plugin.settings import RUN, STATE

if TYPE_CHECKING:
    from _pytest.fixtures import FixtureDef

    from replayaws.deck import Deck

NEEDED = pytest.StashKey["set[int]"]()
_PATIENCE = 120.0
"""Seconds to wait for another worker to write the recording that it has claimed."""


def find_needed(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find the wider fixtures of the tests that this run records."""
    config.stash[NEEDED] = {
        id(definition) for item in items if _is_recorded(config, item) for definition in _wider_fixtures(item)
    }


def needed(config: pytest.Config, fixturedef: FixtureDef[Any]) -> bool:
    """Whether a fixture must run live although it has a cassette."""
    item = config.stash[STATE].item
    return id(fixturedef) in config.stash.get(NEEDED, set()) or (item is not None and _is_recorded(config, item))


def _is_recorded(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether this run records calls of the test while cassettes of its wider fixtures are to stay."""
    run = config.stash[RUN]
    if run.mode is Mode.ALL:
        return _is_selection(config)
    if run.mode is Mode.NEW_EPISODES:
        return True
    return run.mode is Mode.ONCE and not run.library.path_of(item.nodeid).exists()


def _is_selection(config: pytest.Config) -> bool:
    """Whether only some tests of their files were asked for, so that others rely on the fixtures' cassettes."""
    chosen = any("::" in argument for argument in config.args)
    option = config.option
    return chosen or any(getattr(option, name, None) for name in ("keyword", "markexpr", "lf", "deselect"))


def _wider_fixtures(item: pytest.Item) -> list[FixtureDef[Any]]:
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return [
        definition for definitions in known.values() for definition in definitions if definition.scope != "function"
    ]


def share(config: pytest.Config, owner: Deck) -> None:
    """A fixture has been set up live in this worker: publish its recording, or align it with the one that is published.

    :raises ReplayAWSError: when the worker that recorded it could not write it, or the two do not align.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None or owner.must_be_live or owner.offline or not owner.recording.takes:
        return
    claim = _claim(worker["testrunuid"], owner.owner)
    if claim is None:
        return
    if claim.name.endswith(".mine"):
        _publish(owner, claim.with_suffix(""))
    else:
        _wait(claim, owner)
        _align_with_published(owner)


def _claim(run: str, owner: str) -> Path | None:
    """The marker of an owner's recording in this run: ``….mine`` for the worker that made it first."""
    folder = Path(tempfile.gettempdir()) / f"replayaws-{run}"
    folder.mkdir(exist_ok=True)
    marker = folder / hashlib.sha256(owner.encode()).hexdigest()[:16]
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return marker
    return marker.with_suffix(".mine")


def _publish(owner: Deck, marker: Path) -> None:
    from replayaws import saving

    outcome = "done"
    try:
        owner.report.written = saving.save(owner)
    except ReplayAWSError as error:
        outcome = str(error)
        raise
    finally:
        temporary = marker.with_suffix(".writing")
        temporary.write_text(outcome, encoding="utf-8")
        temporary.replace(marker)


def _wait(marker: Path, owner: Deck) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not (outcome := marker.read_text(encoding="utf-8")):
        if time.monotonic() > deadline:
            raise RecordingError(
                f"{owner.owner} is being recorded by another worker, which has not finished within {_PATIENCE:.0f} s. "
                "Record with fewer workers: pytest -n 0 --record-aws."
            )
        time.sleep(0.02)
    if outcome != "done":
        raise RecordingError(f"Another worker could not record {owner.owner}: {outcome}")


def _align_with_published(owner: Deck) -> None:
    """Pair this worker's identifiers with the published ones; its own recording is not written."""
    from replayaws import alongside
    from replayaws.recorder import ApiTake

    takes = [take for take, _ in owner.recording.takes if isinstance(take, ApiTake)]
    owner.adopt_cassette()
    for take in takes:
        call = owner.redacted_call(take)
        found, _ = owner.find(call, take.model)
        if found is not None:
            owner.play(found)
        recorded = None if found is None else found.interaction
        owner.misaligned = owner.misaligned or alongside.align(call, take, recorded, owner.redactor, owner.bindings)
