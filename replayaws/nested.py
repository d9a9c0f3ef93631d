"""Text inside text: base64, gzip, zlib, percent escapes and JSON are opened, changed inside, and closed again as they were."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import urllib.parse
import zlib
from collections.abc import Callable
from typing import Any

MAX_DEPTH = 8
"""Layers of encoding that are opened."""
MAX_INFLATED = 64 * 1024 * 1024
"""Bytes to which one compressed layer may grow; what grows further is not opened."""

_GZIP = b"\x1f\x8b"
ZLIB_STARTS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_RUN = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{12,}={0,2}(?![A-Za-z0-9+/_=-])")
_WRAPPED = re.compile(r"[A-Za-z0-9+/]{40,76}(?:\r?\n[A-Za-z0-9+/]{1,76})*={0,2}\s*")
_SEGMENT = re.compile(r"[^&=?#\s\"'<>;,]+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = "-_.~"


def rewrite(text: str, inside: Callable[[str], str], inside_json: Callable[[Any], Any]) -> str:
    """A text with what is encoded in it changed; the same text when nothing inside changed.

    :param inside: changes a decoded text.
    :param inside_json: changes a parsed JSON object or array.
    """
    opened = text.lstrip()[:1]
    if opened in ("{", "["):
        changed = rewrite_json(text, inside_json)
        if changed is not None:
            return changed
    if "%" in text:
        text = _SEGMENT.sub(lambda match: _rewrite_escaped(match[0], inside), text)
    if len(text) >= 12:
        if "\n" in text and _WRAPPED.fullmatch(text):
            return _rewrite_wrapped(text, inside)
        text = _RUN.sub(lambda match: _rewrite_base64(match[0], inside), text)
    return text


def rewrite_json(text: str, inside_json: Callable[[Any], Any]) -> str | None:
    """JSON text changed inside and written in the style it had; ``None`` for text that is not JSON."""
    try:
        value = json.loads(text)
        changed = inside_json(value)
    except (ValueError, RecursionError):
        return None
    if changed == value:
        return text
    for style in _STYLES:
        if _json_text(value, style) == text.strip():
            return text.replace(text.strip(), _json_text(changed, style))
    spaced = '": ' in text
    return _json_text(
        changed, {"separators": None if spaced else (",", ":"), "indent": 2 if "\n" in text.strip() else None}
    )


_STYLES: tuple[dict[str, Any], ...] = tuple(
    {"separators": separators, "indent": indent, "ensure_ascii": ascii_only}
    for ascii_only in (True, False)
    for separators, indent in (((",", ":"), None), ((", ", ": "), None), ((",", ": "), 2), ((",", ": "), 4))
)


def _json_text(value: Any, style: dict[str, Any]) -> str:
    return json.dumps(value, **style)


def _rewrite_escaped(segment: str, inside: Callable[[str], str]) -> str:
    if not _ESCAPE.search(segment):
        return segment
    try:
        decoded = urllib.parse.unquote(segment, errors="strict")
    except UnicodeDecodeError:
        return segment
    changed = inside(decoded)
    if changed == decoded:
        return segment
    plain = "".join(sorted({char for char in _ESCAPE.sub("", segment) if not char.isalnum()}))
    return urllib.parse.quote(changed, safe=_UNRESERVED + plain)


def decode_base64(text: str) -> bytes | None:
    """The bytes of base64 in either alphabet, padded or not; ``None`` for text that is none."""
    bare = text.rstrip("=")
    if len(bare) % 4 == 1:
        return None
    padded = bare + "=" * (-len(bare) % 4)
    try:
        if "-" in bare or "_" in bare:
            return base64.b64decode(padded, altchars=b"-_", validate=True)
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _rewrite_base64(run: str, inside: Callable[[str], str]) -> str:
    data = decode_base64(run)
    if data is None:
        return run
    changed = rewrite_bytes(data, inside)
    if changed == data:
        return run
    encode = base64.urlsafe_b64encode if "-" in run or "_" in run else base64.b64encode
    text = encode(changed).decode()
    return text.rstrip("=") if len(run) % 4 else text


def _rewrite_wrapped(text: str, inside: Callable[[str], str]) -> str:
    width = len(text.splitlines()[0])
    data = decode_base64("".join(text.split()))
    if data is None:
        return text
    changed = rewrite_bytes(data, inside)
    if changed == data:
        return text
    run = base64.b64encode(changed).decode()
    return "\n".join(run[at : at + width] for at in range(0, len(run), width)) + text[len(text.rstrip()) :]


def inflate(data: bytes, limit: int = MAX_INFLATED) -> bytes | None:
    """What gzip or zlib data holds; ``None`` when it is neither, damaged, or larger than the limit."""
    if data[:2] == _GZIP:
        window = 31
    elif data[:2] in ZLIB_STARTS:
        window = 15
    else:
        return None
    opener = zlib.decompressobj(window)
    try:
        inflated = opener.decompress(data, limit)
    except zlib.error:
        return None
    return inflated if opener.eof and not opener.unused_data else None


def rewrite_bytes(data: bytes, inside: Callable[[str], str]) -> bytes:
    """Bytes changed inside: gzip and zlib are opened, text is changed as text; other bytes stay."""
    inflated = inflate(data)
    if inflated is not None:
        changed = rewrite_bytes(inflated, inside)
        if changed == inflated:
            return data
        return gzip.compress(changed, mtime=0) if data[:2] == _GZIP else zlib.compress(changed)
    text = as_text(data)
    if text is None:
        return data
    rewritten = inside(text)
    return data if rewritten == text else rewritten.encode("utf-8")


def as_text(data: bytes) -> str | None:
    """The text that bytes are in UTF-8; ``None`` when they are none or hold control characters as binary data does."""
    if b"\x00" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
