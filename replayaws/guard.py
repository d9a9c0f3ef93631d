"""The write guard: reads the very bytes about to be written, and finds secrets in them however they are encoded.

It trusts nothing of what redaction did. It looks for the live credentials, for everything that was hidden anywhere in
the run, and for the known forms of secrets (:mod:`replayaws.secret_forms`), in every layer that
:mod:`replayaws.inspection` opens, and across the items of lists, as a stream may cut a secret into several events.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from replayaws import codec
from replayaws.errors import SecretFound
from replayaws.format import line_of_interaction
from replayaws.inspection import LARGE, Inspection, Layer, UnexaminableError, layer_of
from replayaws.secret_forms import FORMS
from replayaws.suspicion import is_suspicious_text

CREDENTIAL, REDACTED = "live credential", "value that was redacted elsewhere in this run"
_FEW, _STEM, _WINDOW = 100, 8, 1 << 20
_BETWEEN_WORDS = re.compile(r"[\s\"',<>\0]")
_ACCOUNT = re.compile(r"\d{12}")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret, and where it stands; never the secret itself.

    :param kind: what it is, such as ``"access-key"``: the id of the rule that hides it.
    :param path: where, such as ``"interactions[3].response.Credentials.SecretAccessKey"``; empty for plain bytes.
    :param call: the call of that interaction.
    :param line: 1-based line in the text, where known.
    """

    kind: str
    path: str = ""
    call: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = f"at {self.path}" if self.path else "in the text"
        call = f" ({self.call})" if self.call else ""
        return f"{'line ' + str(self.line) + ', ' if self.line else ''}{self.kind} {where}{call}"


class Needles:
    """Secrets to be found in a text, however many there are.

    :param secrets: each with its kind.
    """

    def __init__(self, secrets: dict[str, str] | None = None) -> None:
        self._kinds: dict[str, str] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._others: list[str] = []
        for secret, kind in (secrets or {}).items():
            self.add(secret, kind)

    def __len__(self) -> int:
        return len(self._kinds)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def add(self, secret: str, kind: str) -> None:
        """One more; the first kind that a secret was given stays."""
        if secret and secret not in self._kinds:
            self._kinds[secret] = kind
            if len(secret) < _STEM or _BETWEEN_WORDS.search(secret):
                self._others.append(secret)
            else:
                self._by_stem.setdefault(secret[:_STEM], []).append(secret)

    def find(self, layer: Layer) -> str | None:
        """The kind of the first secret found in a text."""
        for secret in self._others:
            if secret in layer.text:
                return self._kinds[secret]
        for secret in self._candidates(layer.words):
            if secret in layer.words and (not _ACCOUNT.fullmatch(secret) or _stands_alone(secret, layer.words)):
                return self._kinds[secret]
        return None

    def _candidates(self, words: str) -> Iterable[str]:
        """Those secrets in words of a text that it is worth to look for: of many only those whose beginning is there."""
        if len(self._kinds) <= _FEW:
            return [secret for secrets in self._by_stem.values() for secret in secrets]
        beginnings: set[str] = set()
        for at in range(0, len(words), _WINDOW):
            piece = words[at : at + _WINDOW + _STEM - 1]
            beginnings |= self._by_stem.keys() & {
                piece[start : start + _STEM] for start in range(len(piece) - _STEM + 1)
            }
        return [secret for stem in beginnings for secret in self._by_stem[stem]]


def _stands_alone(account: str, text: str) -> bool:
    return re.search(rf"(?<!\d){account}(?!\d)", text) is not None


class Guard:
    """Refuses bytes with a secret in them.

    :param credentials: the live ones: access key id, secret key, session token.
    """

    def __init__(self, *, credentials: Iterable[str] = ()) -> None:
        self._needles = Needles(dict.fromkeys(filter(None, credentials), CREDENTIAL))

    @property
    def secrets(self) -> frozenset[str]:
        """Everything it looks for, beside the known forms; in memory only."""
        return frozenset(self._needles)

    def learn(self, secrets: Iterable[str]) -> None:
        """Looks for these too: what a redactor hid."""
        for secret in secrets:
            self._needles.add(secret, REDACTED)

    def check(self, data: bytes, *, name: str) -> None:
        """Reads a whole text.

        :param data: a cassette, or anything else.
        :param name: of the file, for the error.
        :raises SecretFound: naming interaction, path and kind.
        """
        found = next(_scan(data, self._needles), None)
        if found is not None:
            raise SecretFound(_refusal(found, name))

    def check_chunks(
        self, chunks: Iterable[bytes], *, name: str, kept: Iterable[str] = (), call: str | None = None
    ) -> None:
        """The same of bytes that come in pieces and are never whole in memory.

        :param kept: rules that do not hold, as ``keep`` names them.
        :param call: the call that they answer, where known.
        """
        off = _off(kept, call)
        inspection = Inspection(lambda layer: _read(layer, self._needles, off))
        try:
            kind = inspection.stream(chunks)
        except UnexaminableError as error:
            kind = _unexaminable(error)
        if kind is not None:
            raise SecretFound(_refusal(Finding(kind, call=call), name))

    def check_file(self, path: Path, *, name: str, kept: Iterable[str] = (), call: str | None = None) -> None:
        """The same of a file, such as a body beside a cassette."""
        with path.open("rb") as file:
            self.check_chunks(iter(lambda: file.read(_CHUNK), b""), name=name, kept=kept, call=call)


def scan(data: bytes, *, secrets: Iterable[str] = (), kept: Iterable[str] = ()) -> list[Finding]:
    """Every secret in a text.

    :param data: a cassette, or any other text.
    :param secrets: values to look for beside the known forms.
    :param kept: rules that do not hold, as ``keep`` names them; those that a cassette itself names do not either.
    """
    return list(_scan(data, Needles(dict.fromkeys(secrets, REDACTED)), tuple(kept)))


def _refusal(found: Finding, name: str) -> str:
    return (
        f"{name}: not written, there is a secret in it: {found}. Add a rule under [tool.replayaws.redact] that hides it; if it "
        "is none, or is meant to be public, name its rule in keep. `replayaws rules` lists the rules."
    )


def _scan(data: bytes, needles: Needles, kept: tuple[str, ...] = ()) -> Iterator[Finding]:
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or not isinstance(whole.get("interactions"), list):
        yield from _scan_text(data, needles, kept)
        return
    also_kept = whole.get("kept")
    if isinstance(also_kept, list):
        kept = (*kept, *filter(lambda entry: isinstance(entry, str), also_kept))
    if not kept and _is_clean(data, whole, needles):
        return
    frame = {name: value for name, value in whole.items() if name != "interactions"}
    yield from _Walk(needles, kept, None).value(frame, "")
    for index, interaction in enumerate(whole["interactions"]):
        call = interaction.get("call") if isinstance(interaction, dict) else None
        for found in _Walk(needles, kept, call).value(interaction, f"interactions[{index}]"):
            yield replace(found, line=line_of_interaction(data, index))


def _is_clean(data: bytes, whole: Any, needles: Needles) -> bool:
    """Whether a cassette, read as one text, holds nothing: then there is nothing whose place is to be found.

    Only what is together in a list of pieces is not together in the text.
    """
    try:
        if Inspection(lambda layer: _read(layer, needles, ())).data(data) is not None:
            return False
        joined = b"\n".join(text for text in _joined(whole)) if needles else b""
        return not joined or Inspection(needles.find).data(joined) is None
    except UnexaminableError:
        return False


def _joined(value: Any) -> Iterator[bytes]:
    """What the pieces of each list anywhere in a value are together."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if type(current) is list:
            yield from (text for _, text in _across(current))
        waiting += [
            item
            for item in (current if type(current) is list else current.values())
            if type(item) is dict or type(item) is list
        ]


def _across(items: list[Any]) -> Iterator[tuple[str, bytes]]:
    """What the events of a list hold when the pieces that stand at the same place in each are put together, by place.

    An event has one member, its kind; a text or blob by itself may be a piece as well.
    """
    pieces: dict[str, list[bytes]] = {}
    if not all(isinstance(item, str) or (isinstance(item, dict) and len(item) == 1) for item in items):
        return
    for item in items:
        for place, piece in _pieces(item, ""):
            pieces.setdefault(place, []).append(piece)
    for place, parts in pieces.items():
        if len(parts) > 1:
            yield place, b"".join(parts)


def _scan_text(data: bytes, needles: Needles, kept: tuple[str, ...]) -> Iterator[Finding]:
    off = _off(kept, None)
    try:
        kind = Inspection(lambda layer: _read(layer, needles, off)).data(data)
    except UnexaminableError as error:
        kind = _unexaminable(error)
    if kind is not None:
        yield Finding(kind, line=_line_of(data, needles, off))


def _line_of(data: bytes, needles: Needles, off: tuple[str, ...]) -> int | None:
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        if _read(layer_of(line), needles, off) is not None:
            return number
    return None


def _off(kept: Iterable[str], call: str | None) -> tuple[str, ...]:
    """Ids of the rules that do not hold for a call."""
    entries = (entry.partition(":") for entry in kept)
    return tuple(rule for rule, _, on in entries if not on or on == "*" or (call and fnmatch.fnmatchcase(call, on)))


def _read(layer: Layer, needles: Needles, off: tuple[str, ...]) -> str | None:
    kind = needles.find(layer)
    if kind is not None or not _may_hold_form(layer):
        return kind
    lowered = layer.words.lower()
    lowered_text = lowered if layer.text is layer.words else layer.text.lower()
    for form in FORMS:
        if form.guarded and form.rule not in off:
            text, low = (layer.words, lowered) if form.in_word else (layer.text, lowered_text)
            if form.stands_in(text, low):
                return form.rule
    return None


def _unexaminable(error: UnexaminableError) -> str:
    return f"data that cannot be examined: it is {error}"


def _may_hold_form(layer: Layer) -> bool:
    if len(layer.text) < LARGE:
        return is_suspicious_text(layer.text)
    return layer.has_run or "://" in layer.words


class _Walk:
    """Walks one interaction, naming the path of what is found."""

    def __init__(self, needles: Needles, kept: tuple[str, ...], call: str | None) -> None:
        off = _off(kept, call)
        self._inspection = Inspection(lambda layer: _read(layer, needles, off))
        self._needles, self._call = needles, call

    def value(self, value: Any, path: str) -> Iterator[Finding]:
        if isinstance(value, str):
            yield from self._found(value, path)
        elif isinstance(value, dict):
            for name, item in value.items():
                found = list(self._found(name, f"{path}, in a name"))
                yield from found
                shown = "…" if found else name
                yield from self.value(item, f"{path}.{shown}" if path else shown)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.value(item, f"{path}[{index}]")
            yield from self._across(value, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from self._found(str(value), path)

    def _across(self, items: list[Any], path: str) -> Iterator[Finding]:
        """What the pieces in a list are together.

        Known secrets only: put together, what has nothing to do with each other may look like a form of secret.
        """
        if self._needles:
            for place, whole in _across(items):
                yield from self._found(whole, f"{path}[*]{place}, across items", Inspection(self._needles.find))

    def _found(self, layer: str | bytes, path: str, inspection: Inspection | None = None) -> Iterator[Finding]:
        inspection = inspection or self._inspection
        try:
            kind = inspection.text(layer) if isinstance(layer, str) else inspection.data(layer)
        except UnexaminableError as error:
            kind = _unexaminable(error)
        if kind is not None:
            yield Finding(kind, path, self._call)


def _pieces(item: Any, place: str) -> Iterator[tuple[str, bytes]]:
    if isinstance(item, str):
        yield place, item.encode("utf-8", "surrogatepass")
    elif isinstance(item, dict):
        if "$base64" in item or "$json" in item or "$escaped" in item:
            try:
                yield place, codec.blob_bytes(item)
            except (ValueError, AttributeError, TypeError):
                return
        else:
            for name, inner in item.items():
                yield from _pieces(inner, f"{place}.{name}")
