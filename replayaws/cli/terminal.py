"""What commands print: text that a cassette cannot garble, durations and sizes for people, JSON for machines."""

from __future__ import annotations

import datetime
import json
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Item = TypeVar("Item")

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def console() -> Console:
    """The terminal; colours only where it shows them, and not when ``NO_COLOR`` is set."""
    from rich.console import Console

    wide = None if sys.stdout.isatty() else 200
    return Console(highlight=False, soft_wrap=True, width=wide)


def clean(text: object) -> str:
    """Text in which nothing steers the terminal: control characters and changes of direction are spelled out."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", str(text))


def styled(*parts: str | tuple[str, str]) -> Text:
    """A line of cleaned parts, each plain or with a style."""
    from rich.text import Text

    line = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        line.append(clean(text), style=style)
    return line


def print_json(value: Any) -> None:
    """JSON on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=not _speaks_unicode(), default=str))


def _speaks_unicode() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"


def followed(items: Iterable[Item], *, what: str) -> Iterable[Item]:
    """The items, with a progress bar on a terminal while they last."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description=what, console=Console(stderr=True), transient=True)


def brief(value: object, limit: int = 60) -> str:
    """A value in one short line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = clean(" ".join(text.split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def duration(seconds: float) -> str:
    """Seconds for people: ``0.4 ms``, ``120 ms``, ``3.2 s``, ``1 min 5 s``, ``2 h 3 min``."""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(count: int) -> str:
    """Bytes for people: ``812 B``, ``3.4 KiB``, ``1.2 GiB``."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def plural(count: int, noun: str) -> str:
    """``1 call``, ``2 calls``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def age(at: str, now: datetime.datetime | None = None) -> str:
    """How long ago a recording began: ``today``, ``1 day ago``, ``40 days ago``; ``age unknown`` for no time.

    :param at: as a cassette's provenance has it.
    """
    days = age_in_days(at, now)
    if days is None:
        return "age unknown"
    whole = int(days)
    return "today" if whole <= 0 else f"{plural(whole, 'day')} ago"


def age_in_days(at: str, now: datetime.datetime | None = None) -> float | None:
    """Days since a recording began; ``None`` where its time is none."""
    try:
        moment = datetime.datetime.fromisoformat(at.removesuffix("Z"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    now = now or datetime.datetime.now(datetime.timezone.utc)
    return (now - moment).total_seconds() / 86400
