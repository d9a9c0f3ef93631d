"""Secrets to be found in a text, however many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from replayaws.layers import LONG, SHORT, Layer

_FEW, _MANY = 40, 500
_STEM, _WINDOW = 8, 1 << 20
_RUN = re.compile(rb"[A-Za-z0-9+/_-]+")
_WORD = re.compile(rb"[^\s\"',<>\0]+")
_ACCOUNT = re.compile(rb"\d{12}")
_SHOWN = re.compile(rb"[\x20-\x7e\t\r\n]{8,}")


class Needles:
    """Secrets, each with what kind it is.

    A secret with a run of twelve letters, digits or signs of base64 is looked for where the text has such a run; another one,
    where there are many, when its longest word is a word of the text.

    :param secrets: each with its kind.
    """

    def __init__(self, secrets: dict[str, str] | None = None) -> None:
        self._kinds: dict[str, str] = {}
        self._by_run: dict[bytes, list[bytes]] = {}
        self._stems: dict[bytes, list[bytes]] = {}
        self._others: list[tuple[bytes, bytes]] = []
        self._unshown: list[tuple[bytes, str]] = []
        for secret, kind in (secrets or {}).items():
            self.add(secret, kind)

    def __len__(self) -> int:
        return len(self._kinds)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def add(self, secret: str, kind: str) -> None:
        """One more; the first kind that a secret was given stays."""
        if not secret or secret in self._kinds:
            return
        self._kinds[secret] = kind
        written = secret.encode("utf-8", "surrogatepass")
        run = max(_RUN.findall(written), key=len, default=b"")
        if len(run) >= LONG:
            self._by_run.setdefault(run, []).append(written)
            self._stems.setdefault(run[:_STEM], []).append(run)
        else:
            self._others.append((written, max(_WORD.findall(written), key=len, default=b"")))
        if not _SHOWN.fullmatch(written):
            self._unshown += [(written, kind), (secret.encode("latin-1", "replace"), kind)]

    def find(self, layer: Layer) -> str | None:
        """The kind of the first secret found in a text."""
        found = next(self._found(layer), None)
        return None if found is None else self._kinds[found.decode("utf-8", "surrogatepass")]

    @property
    def least(self) -> int:
        """How many characters a text must have that may hold one of them, or a secret of a known form."""
        return SHORT if any(len(secret) < LONG for secret, _ in self._others) else LONG

    def find_unshown(self, data: bytes) -> str | None:
        """The same in bytes that are no text, of secrets that are no stretch of eight ASCII characters in them."""
        return next((kind for written, kind in self._unshown if written in data), None)

    def _found(self, layer: Layer) -> Iterator[bytes]:
        for run in self._runs_in(layer):
            for secret in self._by_run[run]:
                if secret in layer.data and (not _ACCOUNT.fullmatch(secret) or _stands_alone(secret, layer.data)):
                    yield secret
        few = len(self._others) <= _FEW
        for secret, word in self._others:
            if (few or word in layer.words) and secret in layer.data:
                yield secret

    def _runs_in(self, layer: Layer) -> Iterable[bytes]:
        """Runs of secrets that stand in a text: of very many only those are looked for whose beginning is there."""
        if not self._by_run or not layer.runs:
            return []
        candidates: Iterable[bytes] = self._by_run
        if len(self._by_run) > _MANY:
            candidates = {run for stem in self._stems_in(layer.runs) for run in self._stems[stem]}
        return [run for run in candidates if run in layer.runs]

    def _stems_in(self, runs: bytes) -> set[bytes]:
        found: set[bytes] = set()
        for at in range(0, len(runs), _WINDOW):
            piece = runs[at : at + _WINDOW + _STEM - 1]
            found |= self._stems.keys() & {piece[start : start + _STEM] for start in range(len(piece) - _STEM + 1)}
        return found


def _stands_alone(account: bytes, text: bytes) -> bool:
    return re.search(rb"(?<!\d)%b(?!\d)" % account, text) is not None
