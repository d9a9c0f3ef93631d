"""How old a recording is, and whether that is too old."""

from __future__ import annotations

import datetime
from pathlib import Path

from replayaws.cassette import Cassette
from replayaws.options import seconds_of_age


def age(cassette: Cassette) -> datetime.timedelta | None:
    """Time since the recording; ``None`` where it says no moment."""
    try:
        at = datetime.datetime.fromisoformat(cassette.recorded.at.replace("Z", "+00:00"))
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return datetime.datetime.now(datetime.timezone.utc) - at


def overdue(cassette: Cassette, path: Path, max_age: str, command: str) -> str | None:
    """What an overdue recording says; ``None`` for one that is young enough."""
    old = age(cassette)
    if old is None or old.total_seconds() <= seconds_of_age(max_age):
        return None
    return f"{path} was recorded {old.days} days ago, and aws_max_age is {max_age}. Record it again: {command}"
