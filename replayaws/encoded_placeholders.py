"""Placeholders inside base64 and compressed text, where a call is matched as well: opened, so that they are seen."""

from __future__ import annotations

import base64
import functools
import re
from typing import Any

from replayaws import nested
from replayaws.placeholders import PLACEHOLDER

_RUN = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_DEPTH = 4
_MARKS = ("REDACTED", "redacted", "5ec2e70", "1234567890", "11112222", "4444555566", "198.18.", "+1555010")
_COMPRESSED = (b"H4sI", b"eJ", b"eN", b"eF4", b"eAE")


def _stems(word: bytes) -> set[bytes]:
    """What base64 makes of a word, less the characters that its neighbours change, at each of the three alignments."""
    return {
        base64.b64encode(b"\0" * shift + word + b"\0\0")[-(-shift * 4 // 3) : (shift + len(word)) * 4 // 3]
        for shift in range(3)
    }


_ONCE = {stem for mark in _MARKS for stem in _stems(mark.encode())}
_TWICE = {stem for once in _ONCE if len(once) >= 8 for stem in _stems(once)}
_SIGNS = tuple(_ONCE | _TWICE) + _COMPRESSED


@functools.lru_cache(maxsize=1024)
def may_stand_in(text: bytes) -> bool:
    """Whether JSON text may hold an encoded placeholder; seldom true where it holds none."""
    return any(sign in text for sign in _SIGNS)


def opened(value: Any) -> Any:
    """A value in written form, with what is encoded and holds a placeholder decoded in its place."""
    if isinstance(value, str):
        return _opened(value, 0)
    if isinstance(value, list):
        return [opened(item) for item in value]
    if isinstance(value, dict):
        blob = value.get("$base64")
        if isinstance(blob, str):
            text = _opened(blob, 0)
            return value if text == blob else text
        return {name: opened(item) for name, item in value.items()}
    return value


def _opened(text: str, depth: int) -> str:
    if depth == _DEPTH or len(text) < 8:
        return text
    if "\n" in text:
        joined = "".join(text.split())
        if _RUN.fullmatch(joined):  # base64 in lines
            text = joined
    return _RUN.sub(lambda match: _decoded(match[0], depth), text)


def _decoded(run: str, depth: int) -> str:
    data = nested.decode_base64(run)
    if data is None:
        return run
    inflated = nested.inflate(data)
    text = nested.as_text(data if inflated is None else inflated)
    if text is None:
        return run
    text = _opened(text, depth + 1)
    return f" {text} " if PLACEHOLDER.search(text) or _ACCOUNT.search(text) else run
