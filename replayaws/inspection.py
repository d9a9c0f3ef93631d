"""What stands in a text, as deep as its encodings go: every layer of it is shown to a reader."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from replayaws import layers, nested
from replayaws.layers import GZIP, OVERLAP, SHORT, Layer

MAX_DEPTH = 12
"""Layers of encoding that are opened; data that goes deeper cannot be examined."""
MAX_BYTES = 256 * 1024 * 1024
"""Decoded and inflated bytes that one inspection reads; data that grows beyond cannot be examined."""
_RATIO = 16
"""How many bytes more it reads for each byte of a stream."""
_WINDOW = 1024 * 1024
_MOST_MEMBERS = 64


class UnexaminableError(Exception):
    """Data that goes deeper or grows larger than an inspection follows."""


Reader = Callable[[Layer], "str | None"]


def _reads_nothing(data: bytes) -> None:
    return None


class Inspection:
    """Shows every layer of texts and bytes to a reader, each small text once.

    :param read: called with each layer; its answer is passed on where it is not ``None``.
    :param read_bytes: called with bytes that are no text, for what text of eight ASCII characters or more does not show.
    :param least: how many characters a text must have that stands in bytes, :data:`SHORT` or :data:`LONG`.
    """

    def __init__(
        self, read: Reader, read_bytes: Callable[[bytes], str | None] = _reads_nothing, *, least: int = SHORT
    ) -> None:
        self._read, self._read_bytes, self._least = read, read_bytes, least
        self._budget = MAX_BYTES
        self._seen: set[str] = set()

    def text(self, text: str, depth: int = 0) -> str | None:
        """The reader's first answer to the text or anything inside it; ``None`` when it has none.

        :raises UnexaminableError: when it is nested too deeply or too large when inflated.
        """
        if len(text) < OVERLAP:
            if len(text) < 6 or text in self._seen:
                return None
            self._seen.add(text)
        self._spend(len(text))
        layer = Layer(text)
        return self._read(layer) or self._each(layers.inside(layer), depth)

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
        self._spend(len(data))
        found = self._read_bytes(data)
        wide = layers.wide_text(data)
        pieces = layers.telling(data, self._least)
        for piece in pieces if wide is None else (wide, *pieces):
            found = found or self.text(piece, depth)
        return found

    def _each(self, pieces: Iterable[str | bytes], depth: int) -> str | None:
        for inner in pieces:
            if depth >= MAX_DEPTH:
                raise UnexaminableError(f"encoded more than {MAX_DEPTH} times over")
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
            if number == 0 and (chunk[:3] == GZIP or chunk[:2] in nested.ZLIB_STARTS):
                opener = zlib.decompressobj(31 if chunk[:3] == GZIP else 15)
            self._budget += _RATIO * len(chunk)
            window = overlap + chunk
            found = self.data(window)
            overlap = window[-OVERLAP:]
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
        at, members = -1 if data.isascii() else layers.find_gzip(data), 0
        while at >= 0 and members < _MOST_MEMBERS:
            yield from self._pieces(data[at:], 31)
            at, members = layers.find_gzip(data, at + 1), members + 1
        if data[:2] in nested.ZLIB_STARTS:
            yield from self._pieces(data, 15)

    def _pieces(self, data: bytes, window: int) -> Iterator[bytes]:
        rest = b""
        for piece in self._drawn(zlib.decompressobj(window), data):
            yield rest + piece
            rest = piece[-OVERLAP:]
