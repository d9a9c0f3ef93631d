"""What stands in a text, as deep as its encodings go: every layer of it is shown to a reader."""

from __future__ import annotations

import binascii
import functools
import html
import re
import string
import urllib.parse
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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

_BACKSLASHED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8})|([/\"'\\nrt]))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_GZIP = b"\x1f\x8b\x08"
_MOST_MEMBERS = 64


class UnexaminableError(Exception):
    """Data that goes deeper or grows larger than an inspection follows."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a text.

    :param text: the whole of it.
    :param words: the same without what stands there more than once, for what has neither white space, quotes, commas nor
        angle brackets in it: in a large text each word once, on a line of its own.
    :param has_run: whether it holds any token, see :func:`has_run`.
    """

    text: str
    words: str
    has_run: bool


Reader = Callable[[Layer], "str | None"]


class Inspection:
    """Shows every layer of texts and bytes to a reader, each small text once.

    :param read: called with each layer; its answer is passed on where it is not ``None``.
    """

    def __init__(self, read: Reader) -> None:
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
        layer = layer_of(text)
        found = self._read(layer)
        if found is not None:
            return found
        for inner in _layers(layer):
            if depth >= MAX_DEPTH:
                raise UnexaminableError(f"encoded more than {MAX_DEPTH} times over")
            found = self.text(inner, depth + 1) if isinstance(inner, str) else self.data(inner, depth + 1)
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
        layer = Layer(text, text, has_run(data))
        found = self._read(layer)
        if found is not None or not layer.has_run:
            return found
        for inner in _from_base64(data):
            found = self.text(inner, depth + 1) if isinstance(inner, str) else self.data(inner, depth + 1)
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


_BETWEEN = bytes.maketrans(b"\t\n\x0b\x0c\r\"',<>\0", b" " * 11)


def layer_of(text: str) -> Layer:
    """A text as a layer."""
    data = text.encode("utf-8", "surrogatepass")
    if len(text) < LARGE:
        return Layer(text, text, has_run(data))
    words = b"\n".join(set(data.translate(_BETWEEN).split()))
    return Layer(text, words.decode("utf-8", "surrogatepass"), has_run(words))


def _layers(layer: Layer) -> Iterator[str | bytes]:
    """What is encoded in a text, decoded."""
    unescaped = _unescaped(layer.text)
    if unescaped != layer.text:
        yield unescaped
    if "+" in layer.words and "=" in layer.words:  # a form's body
        bodies = [word for word in layer.words.split() if "+" in word and "=" in word]
        if bodies:
            yield "\n".join(bodies).replace("+", " ")
    if not layer.has_run:
        return
    words = layer.words.encode("utf-8", "surrogatepass")
    if "\n" in layer.text and b"a" * 60 in words.translate(_TOKENS):
        for wrapped in _WRAPPED.findall(layer.text):
            yield from _from_base64(b"".join(wrapped.encode().split()))
    yield from _from_base64(words)
    yield from _from_hex(words)


def _from_base64(data: bytes) -> Iterator[str | bytes]:
    """What base64 in a text decodes to that may be text or compressed, wherever it begins.

    All of the text is decoded four times over, each time one letter later; what is none of its letters gives zero bits.
    """
    letters = data.translate(_LETTERS)
    for start in range(4):
        shifted = letters[start:]
        decoded = binascii.a2b_base64(shifted + b"A" * (-len(shifted) % 4))
        yield from _telling(decoded, 8 if len(decoded) < _WINDOW // 16 else 16)
    spaced = b" " + data.translate(_LETTERS_APART) + b" "
    for begin in _ZLIB:
        at = spaced.find(begin)
        while at >= 0:
            run = spaced[at + 1 : spaced.find(b" ", at + 1)]
            yield binascii.a2b_base64(run + b"A" * (-len(run) % 4))
            at = spaced.find(begin, at + 1)


def _from_hex(words: bytes) -> Iterator[str | bytes]:
    marked = words.translate(_HEX_MARKED) + b" "
    runs, at = [], marked.find(_SHORTEST_HEX)
    while at >= 0:
        end = marked.find(b" ", at)
        if (end - at) % 2 == 0:
            runs.append(words[at:end])
        at = marked.find(_SHORTEST_HEX, end)
    if runs:
        yield from _telling(binascii.unhexlify(b"0000".join(runs)), 8)


def _telling(data: bytes, least: int) -> Iterator[str | bytes]:
    """Of decoded bytes what may be text, or compressed.

    :param least: how many characters a text must have.
    """
    seen = data.translate(_PRINTABLE)
    if b"a" * least in seen:
        yield "\n".join(found.decode() for found in _stretches(least).findall(data))
    if b"az" * 8 in seen:
        yield "\n".join(found.decode("utf-16-le") for found in _WIDE.findall(data))
    at = data.find(_GZIP)
    if at >= 0:
        yield data[at:]


_B64 = "A-Za-z0-9+/_-"
_WRAPPED = re.compile(rf"(?<![{_B64}])(?:[{_B64}]{{60,80}}\r?\n)+[{_B64}]{{1,80}}={{0,2}}")
_ZLIB = (b" eJ", b" eN", b" eF", b" eA")
_WIDE = re.compile(rb"(?:[\x20-\x7e\t\r\n]\x00){8,}")
_SHORTEST_HEX = b"h" * 20


def _table(places: dict[str, int], rest: int) -> bytes:
    return bytes(places.get(chr(code), rest) if code < 128 else rest for code in range(256))


_SIGNS = {letter: ord(letter) for letter in string.ascii_letters + string.digits + "+/"} | {"-": 0x2B, "_": 0x2F}
_LETTERS, _LETTERS_APART = _table(_SIGNS, 0x41), _table(_SIGNS, 0x20)
_HEX_MARKED = _table(dict.fromkeys("0123456789abcdefABCDEF", 0x68), 0x20)
_PRINTABLE = _table({**{chr(code): 0x61 for code in (9, 10, 13, *range(32, 127))}, "\0": 0x7A}, 0x20)


@functools.lru_cache(maxsize=8)
def _stretches(least: int) -> re.Pattern[bytes]:
    return re.compile(rb"[\x20-\x7e\t\r\n]{%d,}" % least)
