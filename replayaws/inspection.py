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

_SPACE = re.compile(r"\s")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){10,}(?![0-9A-Fa-f])")
_BACKSLASHED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8})|([/\"'\\nrt]))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_GZIP = b"\x1f\x8b\x08"
_MOST_MEMBERS = 64


class UnexaminableError(Exception):
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

        :raises UnexaminableError: when it is nested too deeply or too large when inflated.
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
                raise UnexaminableError(f"encoded more than {MAX_DEPTH} times over")
            found = self.text(layer, depth + 1) if isinstance(layer, str) else self.data(layer, depth + 1)
            if found is not None:
                return found
        return None

    def data(self, data: bytes, depth: int = 0) -> str | None:
        """The same of bytes: text in UTF-8 or UTF-16, gzip and zlib wherever they begin, else what is text in it."""
        if depth > MAX_DEPTH:
            raise UnexaminableError(f"encoded more than {MAX_DEPTH} times over")
        for inflated in self._inflated(data):
            found = self.data(inflated, depth + 1)
            if found is not None:
                return found
        text = nested.as_text(data)
        if text is not None:
            return self.text(text, depth)
        wide = _wide_text(data)
        if wide is not None:
            found = self.text(wide, depth + 1)
            if found is not None:
                return found
        return self._binary(data, depth)

    def _binary(self, data: bytes, depth: int) -> str | None:
        """Bytes that are no text: what stands in them openly, or in base64."""
        text = data.decode("latin-1")
        self._spend(len(text))
        found = self._read(text)
        if found is not None or not has_run(data):
            return found
        for layer in _from_base64(text):
            found = self.data(layer, depth + 1)
            if found is not None:
                return found
        return None

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
            raise UnexaminableError(f"larger than {MAX_BYTES >> 20} MiB when it is decoded")

    def _layers(self, text: str) -> Iterator[str | bytes]:
        if text.lstrip()[:1] in ("{", "["):
            yield from _strings_of_json(text)
        unescaped = _unescaped(text)
        if unescaped != text:
            yield unescaped
        if "+" in text and "=" in text and not _SPACE.search(text):  # a form's body
            yield text.replace("+", " ")
        if len(text) >= LARGE and not has_run(text.encode("utf-8", "surrogatepass")):
            return
        for wrapped in _WRAPPED.findall(text) if "\n" in text else ():
            yield from _from_base64("".join(wrapped.split()))
        yield from _from_base64(text)
        for run in _HEX.findall(text):
            data = bytes.fromhex(run)
            if _holds_something(data):
                yield data

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


def _unescaped(text: str) -> str:
    """A text without percent, backslash and HTML escapes."""
    if "%" in text:
        text = urllib.parse.unquote(text, errors="replace")
    if "\\" in text:
        text = _BACKSLASHED.sub(_unescape, text)
    return html.unescape(text) if "&" in text and ";" in text else text


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else match[0]
    return _PLAIN_ESCAPES.get(match[4], match[4])


def _wide_text(data: bytes) -> str | None:
    """The text that bytes are in UTF-16; ``None`` when their beginning does not look like it."""
    head = data[:512]
    if len(head) < 8 or not 0.3 < head.count(0) / len(head) < 0.6:
        return None
    little = head[1::2].count(0) > head[::2].count(0)
    return data.decode("utf-16-le" if little else "utf-16-be", "ignore")


LARGE = 4096
"""Characters from which a text is first asked whether it has a run at all."""
_TOKENS = bytes.maketrans(
    bytes(range(256)),
    bytes(0x61 if (chr(code).isalnum() and code < 128) or chr(code) in "+/_-" else 0x20 for code in range(256)),
)
_SHORTEST_RUN = b"a" * 12


def has_run(data: bytes) -> bool:
    """Whether twelve letters, digits or signs of base64 stand in a row: no token and no base64 is shorter."""
    return _SHORTEST_RUN in data.translate(_TOKENS)


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
    """What base64 in a text decodes to, wherever in a run of its letters it begins."""
    end, taken = 0, set[int]()
    for match in _PROMISING.finditer(text):
        start = match.start()
        if start >= end:
            run = _RUN.match(text, start)
            end = run.end() if run is not None else start
            taken = set()
        if start % 4 not in taken and end - start >= 8:
            taken.add(start % 4)
            piece = text[start:end].rstrip("=")
            data = nested.decode_base64(piece[: len(piece) - (len(piece) % 4 == 1)])
            if data is not None and _holds_something(data):
                yield data


def _holds_something(data: bytes) -> bool:
    return data[:2] in _COMPRESSED or _GZIP in data or _TEXT.search(data) is not None


_B64 = "A-Za-z0-9+/_-"
_PROMISING = re.compile(
    rf"(?:[I-Za-f][C-HS-Xi-nyz0-3][ABEFIJMNQRUVYZcdghklopstwx014589][{_B64}]){{2}}"  # six ASCII characters
    rf"|[I-Za-f][AQgw]B[{_B64}]A[{_B64}]{{2}}A"  # the same in UTF-16
    rf"|H4sI|(?<![{_B64}])e[JNFA](?=[{_B64}]{{8}})"  # gzip, zlib
)
_RUN = re.compile(rf"[{_B64}]+={{0,2}}")
_WRAPPED = re.compile(rf"(?<![{_B64}])(?:[{_B64}]{{60,80}}\r?\n)+[{_B64}]{{1,80}}={{0,2}}")
_COMPRESSED = (_GZIP[:2], *nested.ZLIB_STARTS)
_TEXT = re.compile(rb"[\x20-\x7e]{8}|(?:[\x20-\x7e]\x00){8}")
