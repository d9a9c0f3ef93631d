"""The slots of a call: those parts of its text in which two matching calls may differ.

``skeleton(text)`` takes them out. Calls with one skeleton differ in nothing but slots; which of the slots may really
differ is decided in :mod:`replayaws.search` from what they hold.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from replayaws.placeholders import PLACEHOLDER

_ALONE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_CALENDAR = r"\d{4}-\d\d-\d\d[T _-]\d\d[:_.-]?\d\d[:_.-]?\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_COMPACT = r"\d{8}[T_-]\d{6}(?:\d{6}|\d{3})?Z?"
_UNNAMED_PLACEHOLDER = re.sub("[?]P<[a-z0-9_]+>", "?:", PLACEHOLDER.pattern)
_KINDS = {
    "digest": r'(?<="\$sha256":")[0-9a-f]{64}(?=")|(?<="\$base64":")[^"]*(?=")',
    "name": rf'"(?!(?:{_UNNAMED_PLACEHOLDER})":)[A-Za-z0-9]+":',
    "secret": r'(?<="\\u0000)s(?:[^"\\]|\\.)*(?=")',
    "instant": r'(?<="\\u0000)t[^"]*(?=")',
    "escape": r"\\u[0-9a-fA-F]{4}|\\.|%(?:25)*[0-9a-fA-F]{2}",
    "placeholder": _UNNAMED_PLACEHOLDER,
    "uuid": _ALONE + "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}" + _END,
    "number": r"(?<=[:,\[])[12]\d{9}(?:\.\d+|\d{3}|\d{6}|\d{9})?(?=[,\]}])",
    "time": rf"{_ALONE}(?:{_CALENDAR}|{_COMPACT}|[12]\d{{9}}\.\d{{1,9}}){_END}",
    "token": r"(?<![A-Za-z0-9_-])(?=[A-Z0-9_-]*[a-z])(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{16,}",
    "run": "[A-Za-z0-9]{8,}",
}
_WRITTEN = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items())
"""Compiled when a skeleton is first asked for, which takes some milliseconds; most runs never ask."""


@functools.lru_cache(maxsize=256)
def _pattern(invented: tuple[str, ...]) -> re.Pattern[str]:
    if not invented:
        return re.compile(_WRITTEN)
    words = "|".join(rf"{_ALONE}{re.escape(word)}{_END}" for word in invented)
    return re.compile(f"(?P<invented>{words})|{_WRITTEN}")


class Slot(NamedTuple):
    """A slot: its kind, a group of the pattern above, and its text."""

    kind: str
    text: str


def skeleton(text: str, invented: tuple[str, ...] = ()) -> tuple[str, tuple[Slot, ...]]:
    """The text without its slots, and the slots.

    :param text: JSON text of a normal form; see :mod:`replayaws.matching`.
    :param invented: values, as JSON writes them, that the run is known to have made up, the longest first.
    """
    slots: list[Slot] = []

    def take(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        if kind in ("name", "escape", "digest"):  # looks random, and is the content of a blob
            return match[0]
        marked = kind in ("secret", "instant")
        slots.append(Slot(kind, match[0][1:] if marked else match[0]))
        return "\x00" if kind in ("run", "token") else "\x00" + kind

    return _pattern(invented).sub(take, text), tuple(slots)
