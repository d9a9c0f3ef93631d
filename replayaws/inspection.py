"""What stands in a text, as deep as its encodings go: every layer of it is shown to a reader."""

from __future__ import annotations

import html
import json
import re
import urllib.parse
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from replayaws import nested

MAX_DEPTH = 12
"""Layers of encoding that are opened; data that goes deeper cannot be examined."""
MAX_BYTES = 256 * 1024 * 1024
"""Decoded and inflated bytes that one inspection reads; data that grows beyond cannot be examined."""
_RATIO = 16
"""How many bytes more it reads for each byte of a stream."""
OVERLAP = 8 * 1024
"""Bytes that neighbouring pieces of large data share: the longest secret that is found across their border."""
_WINDOW = 1024 * 1024

_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){10,}(?![0-9A-Fa-f])")
_BACKSLASHED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8})|([/\"'\\nrt]))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_GZIP = b"\x1f\x8b\x08"
_MOST_MEMBERS = 64


class Unexaminable(Exception):
    """Data that goes deeper or grows larger than an inspection follows."""


class Inspection:
    """Shows every layer of texts and bytes to a reader, each text once.

    :param read: called with each layer's text; its answer is passed on where it is not ``None``.
    """

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._budget = MAX_BYTES
        self._seen: set[str] = set()

    def text(self, text: str, depth: int = 0) -> str | None:
        """The reader's first answer to the text or anything inside it; ``None`` when it has none.

        :raises Unexaminable: when it is nested too deeply or too large when inflated.
        """
        if len(text) < 6 or text in self._seen:
            return None
        self._spend(len(text))
        if len(text) < OVERLAP:
            self._seen.add(text)
        found = self._read(text)
        if found is not None:
            return found
        for layer in self._layers(text):
            if depth >= MAX_DEPTH:
                raise Unexaminable(f"encoded more than {MAX_DEPTH} times over")
            found = self.text(layer, depth + 1) if isinstance(layer, str) else self.data(layer, depth + 1)
            if found is not None:
                return found
        return None

    def data(self, data: bytes, depth: int = 0) -> str | None:
        """The same of bytes: text in UTF-8 or UTF-16, gzip and zlib wherever they begin, else what is text in it."""
        if depth > MAX_DEPTH:
            raise Unexaminable(f"encoded more than {MAX_DEPTH} times over")
        for inflated in self._inflated(data):
            found = self.data(inflated, depth + 1)
            if found is not None:
                return found
        for encoding in ("utf-16-le", "utf-16-be"):
            if data.count(0) * 3 > len(data):
                found = self.text(data.decode(encoding, "ignore"), depth + 1)
                if found is not None:
                    return found
        text = nested.as_text(data)
        return self.text(data.decode("latin-1") if text is None else text, depth)

    def stream(self, chunks: Iterable[bytes]) -> str | None:
        """The same of bytes that come in pieces: each is read together with the end of the one before.

        :param chunks: pieces of up to a few MiB; each longer than :data:`OVERLAP` save the last, or a secret could be
            cut in three.
        """
        opener, overlap, inside = None, b"", b""
        for number, chunk in enumerate(chunks):
            if number == 0 and (chunk[:3] == _GZIP or chunk[:2] in nested.ZLIB_STARTS):
                opener = zlib.decompressobj(31 if chunk[:3] == _GZIP else 15)
            self._budget += _RATIO * len(chunk)
            found = self.data(overlap + chunk)
            overlap = (overlap + chunk)[-OVERLAP:]
            if found is None and opener is not None:
                for piece in self._drawn(opener, chunk):
                    found = found or self.data(inside + piece, 1)
                    inside = piece[-OVERLAP:]
            if found is not None:
                return found
        return None

    def _drawn(self, opener: Any, data: bytes) -> Iterator[bytes]:
        """The next pieces of compressed data of which more may come; none when it is damaged."""
        while data and not opener.eof:
            try:
                piece = opener.decompress(data, _WINDOW)
            except zlib.error:
                return
            self._spend(len(piece))
            yield piece
            data = opener.unconsumed_tail

    def _spend(self, size: int) -> None:
        self._budget -= size
        if self._budget < 0:
            raise Unexaminable(f"larger than {MAX_BYTES >> 20} MiB when it is decoded")

    def _layers(self, text: str) -> Iterator[str | bytes]:
        if text.lstrip()[:1] in ("{", "["):
            yield from _strings_of_json(text)
        if "%" in text:
            unquoted = urllib.parse.unquote(text.replace("+", " "), errors="replace")
            yield from {unquoted, urllib.parse.unquote(text, errors="replace")} - {text}
        if "\\" in text:
            unescaped = _BACKSLASHED.sub(_unescape, text)
            if unescaped != text:
                yield unescaped
        if "&" in text and ";" in text:
            unescaped = html.unescape(text)
            if unescaped != text:
                yield unescaped
        compact = "".join(text.split()) if "\n" in text else text
        for candidate in {text, compact}:
            yield from _from_base64(candidate)
        for run in _HEX.findall(text):
            yield bytes.fromhex(run)

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        """Pieces of what compressed data holds, overlapping, so that memory stays bounded."""
        at, members = data.find(_GZIP), 0
        while at >= 0 and members < _MOST_MEMBERS:
            yield from self._pieces(data[at:], 31)
            at, members = data.find(_GZIP, at + 1), members + 1
        if data[:2] in nested.ZLIB_STARTS:
            yield from self._pieces(data, 15)

    def _pieces(self, data: bytes, window: int) -> Iterator[bytes]:
        rest = b""
        for piece in self._drawn(zlib.decompressobj(window), data):
            yield rest + piece
            rest = piece[-OVERLAP:]


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else match[0]
    return _PLAIN_ESCAPES.get(match[4], match[4])


def _strings_of_json(text: str) -> Iterator[str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from strings(value)


def strings(value: Any) -> Iterator[str]:
    """Every string of a JSON value, keys included."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, list):
            waiting.extend(current)
        elif isinstance(current, dict):
            waiting.extend(current)
            waiting.extend(current.values())


def _from_base64(text: str) -> Iterator[bytes]:
    """What the runs of base64 in a text decode to, wherever in a run it begins."""
    for match in _RUN.finditer(text):
        run = match[0].rstrip("=")
        for start in range(4):
            piece = run[start:]
            data = nested.decode_base64(piece[: len(piece) - (len(piece) % 4 == 1)])
            if data is not None and _may_hold_text(data):
                yield data


def _may_hold_text(data: bytes) -> bool:
    return _GZIP in data or data[:2] in nested.ZLIB_STARTS or _TEXT.search(data) is not None


_TEXT = re.compile(rb"[\x20-\x7e]{8}|(?:[\x20-\x7e]\x00){8}")
