"""What a wider owner's calls were answered is secret under it too: known before anything below it is shown or written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from replayaws import codec
from replayaws.bindings import Bindings
from replayaws.bodies import BlobTap, Tap
from replayaws.events import EventTap
from replayaws.recorder import ApiTake, Take

if TYPE_CHECKING:
    from replayaws.deck import Deck
    from replayaws.redaction import Redactor

_LARGEST = 32 * 1024 * 1024
"""Bytes up to which a body is looked at."""


def inherit(redactor: Redactor, wider: Deck) -> None:
    """Hide the secrets of a wider owner by the placeholders that its cassette has for them.

    :param wider: that owner's deck, which may have calls that are not written yet.
    """
    theirs = wider.redactor
    for take, tap in wider.recording.takes:
        if theirs.has_yet_to_learn(take):
            _with_body(take, tap).interaction(theirs, Bindings())
    redactor.inherit(theirs)


def _with_body(take: Take, tap: Tap | None) -> Take:
    """A take with what has been read of its body so far; the program may go on reading."""
    if not isinstance(take, ApiTake) or take.stream is not None or not isinstance(tap, (BlobTap, EventTap)):
        return take
    taken = tap.finish()
    if taken.kind == "events":
        return dataclasses.replace(take, stream=(tap.member, taken.events))
    if taken.size > _LARGEST:
        return take
    data = taken.data if taken.path is None else taken.path.read_bytes()
    return dataclasses.replace(take, stream=(tap.member, codec.encode_blob(data)))
