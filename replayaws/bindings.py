"""Bindings: recorded values tied to the live ones that stand in their place, one to one, and both ways to rewrite.

A bound text is found wherever it stands on its own: as a whole string, in an ARN, a URL, a JSON string, a key. It is
not found inside a longer word: ``vpc-1`` is not in ``vpc-12``. Looking a text up costs its own length, not the number
of bindings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

_RUN = re.compile(r"[A-Za-z0-9]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Bindings:
    """Recorded and live values, one to one; a child sees its parent's.

    :param parent: the bindings of the wider owner, whose values these may not contradict.
    """

    __slots__ = ("_own", "_parent", "_to_live", "_to_recorded")

    def __init__(self, parent: Bindings | None = None) -> None:
        self._parent = parent
        self._own: list[tuple[str, str]] = []
        self._to_live, self._to_recorded = _Rewriting(), _Rewriting()

    def __bool__(self) -> bool:
        """Whether anything is bound, here or in a parent."""
        return bool(self._own) or bool(self._parent)

    def stand_under(self, parent: Bindings) -> None:
        """See what this one binds too, in place of the present parent: it was set up later, and stands under that."""
        self._parent = parent

    def bind(self, recorded: str, live: str) -> bool:
        """Tie a recorded value to a live one.

        :returns: ``False``, and nothing changes, when one of them is tied to something else already.
        """
        if not self.allows(recorded, live):
            return False
        if recorded != live and self.live_of(recorded) is None:
            self._own.append((recorded, live))
            for one, other in _variants(recorded, live):
                self._to_live.add(one, other)
                self._to_recorded.add(other, one)
        return True

    def read_as(self, live: str, recorded: str) -> None:
        """Read a further live value as a recorded one that is tied to another, which answers go on to show."""
        for one, other in _variants(live, recorded):
            self._to_recorded.add(one, other)

    def allows(self, recorded: str, live: str) -> bool:
        """Whether the two are tied to each other, or neither to anything."""
        bound = self.live_of(recorded)
        return bound == live if bound is not None else self.recorded_of(live) is None

    def live_of(self, recorded: str) -> str | None:
        """The live value that a recorded one is tied to."""
        return _first(recorded, self._chain_to_live())

    def recorded_of(self, live: str) -> str | None:
        """The recorded value that a live one is tied to."""
        return _first(live, self._chain_to_recorded())

    def to_live(self, value: Any) -> Any:
        """A JSON value with every bound recorded value, keys included, rewritten into the live one."""
        return _rewrite(value, list(self._chain_to_live())) if self else value

    def to_recorded(self, value: Any) -> Any:
        """A JSON value with every bound live value, keys included, rewritten into the recorded one."""
        return _rewrite(value, list(self._chain_to_recorded())) if self else value

    def own(self) -> list[tuple[str, str]]:
        """(recorded, live) pairs that were bound here."""
        return list(self._own)

    def pairs(self) -> list[tuple[str, str]]:
        """All (recorded, live), the parents' first."""
        if not self:
            return []
        inherited = self._parent.pairs() if self._parent is not None else []
        return inherited + self._own

    def _chain_to_live(self) -> Iterator[_Rewriting]:
        yield self._to_live
        if self._parent is not None:
            yield from self._parent._chain_to_live()

    def _chain_to_recorded(self) -> Iterator[_Rewriting]:
        yield self._to_recorded
        if self._parent is not None:
            yield from self._parent._chain_to_recorded()


def _first(text: str, chain: Iterable[_Rewriting]) -> str | None:
    return next((rewriting.whole[text] for rewriting in chain if text in rewriting.whole), None)


def _variants(recorded: str, live: str) -> list[tuple[str, str]]:
    """The pair and other forms that a program may write it in: URL-encoded, a UUID in capitals and without dashes."""
    pairs = [(recorded, live)]
    if _UUID.fullmatch(recorded) and _UUID.fullmatch(live):
        for change in (str.lower, str.upper):
            one, other = change(recorded), change(live)
            pairs += [(one, other), (one.replace("-", ""), other.replace("-", ""))]
    pairs += [(quote(one, safe=""), quote(other, safe="")) for one, other in pairs[:1]]
    return list(dict.fromkeys(pairs))


class _Rewriting:
    """One direction of bindings: whole texts, and the texts by the word that they are looked up by."""

    __slots__ = ("by_word", "whole")

    def __init__(self) -> None:
        self.whole: dict[str, str] = {}
        self.by_word: dict[str, list[tuple[str, int]]] = {}

    def add(self, old: str, new: str) -> None:
        if old in self.whole:
            return
        self.whole[old] = new
        word = min(_RUN.finditer(old), key=self._commonness, default=None)
        if word is not None:
            self.by_word.setdefault(word[0], []).append((old, word.start()))

    def _commonness(self, word: re.Match[str]) -> tuple[int, int]:
        """Small for a word that few bound texts are looked up by, as account ids and regions are not."""
        return len(self.by_word.get(word[0], ())), -len(word[0])

    def occurrences(self, text: str, words: Iterable[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
        """(start, end, replacement) of each bound text that stands in the text."""
        for word in words:
            for old, offset in self.by_word.get(word[0], ()):
                start = word.start() - offset
                if start >= 0 and text.startswith(old, start) and _stands_alone(text, start, start + len(old)):
                    yield start, start + len(old), self.whole[old]


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start].isalnum() and text[start - 1].isalnum() and text[start - 3 : start - 2] != "%"
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not before and not after


def _rewrite(value: Any, chain: Sequence[_Rewriting]) -> Any:
    if isinstance(value, str):
        return _rewrite_text(value, chain)
    if isinstance(value, dict):
        return {_rewrite_text(name, chain): _rewrite(item, chain) for name, item in value.items()}
    if isinstance(value, list):
        return [_rewrite(item, chain) for item in value]
    return value


def _rewrite_text(text: str, chain: Sequence[_Rewriting]) -> str:
    for rewriting in chain:
        whole = rewriting.whole.get(text)
        if whole is not None:
            return whole
    words = list(_RUN.finditer(text))
    found = [hit for rewriting in chain for hit in rewriting.occurrences(text, words)]
    if not found:
        return text
    chosen: list[tuple[int, int, str]] = []
    for hit in sorted(found, key=lambda hit: hit[0] - hit[1]):
        if all(hit[1] <= start or end <= hit[0] for start, end, _ in chosen):
            chosen.append(hit)
    parts, done = [], 0
    for start, end, new in sorted(chosen):
        parts += [text[done:start], new]
        done = end
    return "".join(parts) + text[done:]
