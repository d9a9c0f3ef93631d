"""Which other cassettes hold a call that this one does not? For the explanation of a miss only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from replayaws import shapes
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.errors import ReplayAWSError
from replayaws.found import Found
from replayaws.interaction import Call
from replayaws.player import Player

_SEARCHED = 2_000
_NAMED = 3


def holding(call: Call, paths: Iterable[Path], load: Callable[[Path], Cassette]) -> list[Path]:
    """The first few cassettes that hold the very call.

    :param call: redacted.
    :param paths: of the cassettes to search.
    :param load: gives the cassette of a path; one that cannot be loaded is passed over.
    """
    model = None if call.service == "http" else shapes.operation_model(call.service, call.operation)
    name = f'"{call.name}"'.encode()
    found: list[Path] = []
    for _, path in zip(range(_SEARCHED), paths, strict=False):
        try:
            if name not in path.read_bytes():
                continue
            playing = Player(load(path), bindings=Bindings(), bind=False)
        except (OSError, ReplayAWSError):
            continue
        if isinstance(playing.find(call, model), Found):
            found.append(path)
        if len(found) == _NAMED:
            break
    return found
