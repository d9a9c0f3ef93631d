"""One layer of a text, and what is encoded in it: found where it may begin, and decoded there only.

Nearly all bytes that are written hold nothing. So what reads them is a few passes that run as fast as memory: letters that
can stand in a row in a token are mapped to one, and rows of them are looked for. What follows looks at the rows only.
"""

from __future__ import annotations

import binascii
import html
import operator
import re
import string
import urllib.parse
from collections.abc import Callable, Iterator
from functools import cached_property

OVERLAP = 8 * 1024
"""Bytes that neighbouring pieces of large data share: the longest secret that is found across their border."""
SHORT, LONG = 8, 12
"""Characters of a text in bytes: of the shortest that may hold a secret, and of one that may hold any that has a form."""
GZIP = b"\x1f\x8b\x08"

_BACKSLASHED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8})|([/\"'\\nrt]))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _table(places: dict[str, int], rest: int) -> bytes:
    return bytes(places.get(chr(code), rest) if code < 128 else rest for code in range(256))


_SIGNS = {letter: ord(letter) for letter in string.ascii_letters + string.digits + "+/"} | {"-": 0x2B, "_": 0x2F}
_LETTERS, _LETTERS_APART = _table(_SIGNS, 0x41), _table(_SIGNS, 0x20)
_TOKENS = _table(dict.fromkeys(_SIGNS, 0x61), 0x20)
_HEX = _table(dict.fromkeys("0123456789abcdefABCDEF", 0x68), 0x20)
_PRINTABLE = _table({**{chr(code): 0x61 for code in (9, 10, 13, *range(32, 127))}, "\0": 0x7A}, 0x20)
_APART = _table({sign: ord(sign) for sign in string.ascii_letters + string.digits}, 0x20)
_HEAD: Callable[[bytes], bytes] = operator.itemgetter(slice(3))
_BETWEEN = bytes.maketrans(b"\t\n\x0b\x0c\r\"',<>\0", b" " * 11)
_SHORTEST_RUN = b"a" * 11
"""Letters, digits or signs of base64 in a row: no token is shorter, nor base64 of eight bytes."""
_SHORTEST_HEX = b"h" * 20
_FEW = 300
"""Runs up to which they are taken out one by one."""


class Layer:
    """One layer of a text.

    :param text: the whole of it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._signs: dict[bytes, bool] = {}

    def has(self, sign: bytes) -> bool:
        """Whether a single sign stands in the text."""
        known = self._signs.get(sign)
        if known is None:
            known = self._signs[sign] = sign in self.data
        return known

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8."""
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def lowered(self) -> bytes:
        """The same in lower case, as far as ASCII goes."""
        return self.data.lower()

    @cached_property
    def runs(self) -> bytes:
        """Each run of eleven or more letters, digits and signs of base64 once, on a line of its own."""
        return b"\n".join(_runs(self.data))

    @cached_property
    def heads(self) -> frozenset[bytes]:
        """What each word of letters and digits in :attr:`runs` begins with: three characters, or all of a shorter one."""
        return frozenset(map(_HEAD, self.runs.translate(_APART).split()))

    @cached_property
    def words(self) -> bytes:
        """Each stretch without white space, quotes, commas and angle brackets once, on a line of its own."""
        return b"\n".join(set(self.data.translate(_BETWEEN).split()))


def _runs(data: bytes) -> set[bytes]:
    mask = data.translate(_TOKENS)
    found: set[bytes] = set()
    at = mask.find(_SHORTEST_RUN)
    for _ in range(_FEW):
        if at < 0:
            return found
        end = mask.find(b" ", at)
        end = len(data) if end < 0 else end
        found.add(data[at:end])
        at = mask.find(_SHORTEST_RUN, end)
    if at >= 0:
        found.update(_RUN.findall(data, at))
    return found


_RUN = re.compile(rb"[A-Za-z0-9+/_-]{11,}")


def inside(layer: Layer) -> Iterator[str | bytes]:
    """What is encoded in a text, decoded."""
    unescaped = _unescaped(layer.data)
    if unescaped:
        yield unescaped
    if b"+" in layer.data and b"=" in layer.data:  # a form's body
        bodies = [word for word in layer.words.split() if b"+" in word and b"=" in word]
        if bodies:
            yield b"\n".join(bodies).replace(b"+", b" ").decode("utf-8", "surrogatepass")
    if not layer.runs:
        return
    if b"\n" in layer.data and b"a" * 60 in layer.runs.translate(_TOKENS):
        for wrapped in _WRAPPED.findall(layer.text):
            yield from _from_base64(b"".join(wrapped.encode().split()))
    yield from _from_base64(layer.runs)
    yield from _from_hex(layer.runs)


_B64 = "A-Za-z0-9+/_-"
_WRAPPED = re.compile(rf"(?<![{_B64}])(?:[{_B64}]{{60,80}}\r?\n)+[{_B64}]{{1,80}}={{0,2}}")


def _unescaped(data: bytes) -> str:
    """What percent, backslash and HTML escapes make of a text, as far around each as the longest secret goes."""
    spans: list[tuple[int, int]] = []
    for sign, other in ((b"%", b"%"), (b"\\", b"\\"), (b"&", b";")):
        if other in data:
            spans += _spans(data, sign)
    changed = []
    for start, end in _merged(spans):
        piece = data[start:end].decode("utf-8", "ignore")
        plain = _without_escapes(piece)
        if plain != piece:
            changed.append(plain)
    return "\n".join(changed)


def _spans(data: bytes, sign: bytes) -> Iterator[tuple[int, int]]:
    """Stretches around a sign, as wide as :data:`OVERLAP` on either side."""
    first = data.find(sign)
    while first >= 0:
        last = first
        while (further := data.rfind(sign, last + 1, last + OVERLAP)) >= 0:
            last = further
        yield max(0, first - OVERLAP), last + OVERLAP
        first = data.find(sign, last + 1)


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begin, end = -1, -1
    for start, stop in sorted(spans):
        if start > end:
            if begin >= 0:
                yield begin, end
            begin, end = start, stop
        else:
            end = max(end, stop)
    if begin >= 0:
        yield begin, end


def _without_escapes(text: str) -> str:
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


def _from_base64(data: bytes) -> Iterator[bytes]:
    """What base64 in a text decodes to that may be text or compressed, wherever it begins.

    All of the text is decoded four times over, each time one letter later; what is none of its letters gives zero bits.
    """
    letters = data.translate(_LETTERS)
    for start in range(4):
        shifted = letters[start:]
        yield binascii.a2b_base64(shifted + b"A" * (-len(shifted) % 4))
    spaced = b" " + data.translate(_LETTERS_APART) + b" "
    for begin in _ZLIB:
        at = spaced.find(begin)
        while at >= 0:
            run = spaced[at + 1 : spaced.find(b" ", at + 1)]
            yield binascii.a2b_base64(run + b"A" * (-len(run) % 4))
            at = spaced.find(begin, at + 1)


_ZLIB = (b" eJ", b" eN", b" eF", b" eA")


def _from_hex(runs: bytes) -> Iterator[bytes]:
    marked = runs.translate(_HEX) + b" "
    found, at = [], marked.find(_SHORTEST_HEX)
    while at >= 0:
        end = marked.find(b" ", at)
        if (end - at) % 2 == 0:
            found.append(runs[at:end])
        at = marked.find(_SHORTEST_HEX, end)
    if found:
        yield binascii.unhexlify(b"0000".join(found))


def telling(data: bytes, least: int) -> Iterator[str]:
    """Of bytes what is text, in stretches of so many characters or more."""
    mask = data.translate(_PRINTABLE)
    has_url = b"//" in data and b"://" in data  # two bytes are found twice as fast as three
    stretches = b"\n".join(_stretches(data, mask, SHORT if has_url else least))
    if stretches:
        yield stretches.decode("ascii")
    if b"az" * 8 in mask:
        yield "\n".join(found.decode("utf-16-le") for found in _WIDE.findall(data))


def find_gzip(data: bytes, start: int = 0) -> int:
    """Where gzip data begins; -1 where none does."""
    at = data.find(GZIP[1:], start + 1)  # two bytes are found twice as fast as three
    while at > 0 and data[at - 1] != GZIP[0]:
        at = data.find(GZIP[1:], at + 1)
    return at - 1 if at > 0 else -1


_WIDE = re.compile(rb"(?:[\x20-\x7e\t\r\n]\x00){8,}")


def _stretches(data: bytes, mask: bytes, least: int) -> Iterator[bytes]:
    shortest = b"a" * least
    at = mask.find(shortest)
    while at >= 0:
        end = at + least
        while (piece := mask[end : end + 1024]) and not (rest := piece.lstrip(b"a")):
            end += len(piece)
        end += len(piece) - len(rest) if piece else 0
        yield data[at:end]
        at = mask.find(shortest, end)


def wide_text(data: bytes) -> str | None:
    """The text that bytes are in UTF-16; ``None`` when their beginning does not look like it."""
    head = data[:512]
    if len(head) < 8 or not 0.3 < head.count(0) / len(head) < 0.6:
        return None
    little = head[1::2].count(0) > head[::2].count(0)
    return data.decode("utf-16-le" if little else "utf-16-be", "ignore")
