"""Secrets in a text and where they stand: known ones and known forms, however they are encoded.

It looks for the live credentials, for everything that was hidden anywhere in the run, and for the known forms of secrets
(:mod:`replayaws.secret_forms`), in every layer that :mod:`replayaws.inspection` opens, and across the items of lists, as a
stream may cut a secret into several events.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from replayaws import codec
from replayaws.format import line_of_interaction
from replayaws.inspection import Inspection, UnexaminableError
from replayaws.layers import Layer
from replayaws.needles import Needles
from replayaws.secret_forms import FORMS
from replayaws.suspicion import is_suspicious_text

REDACTED = "value that was redacted elsewhere in this run"
CHUNK = 256 * 1024
"""Bytes in which large bodies are read; more do not fit into a processor's cache."""
_WHOLE = 16 * 1024 * 1024
"""Bytes up to which a body is read at once, so that the line can be told."""
_LARGE = 4096
"""Characters from which a text is asked for each form rather than whether it is suspicious at all."""


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


def scan(data: bytes, *, secrets: Iterable[str] | Mapping[str, str] = (), kept: Iterable[str] = ()) -> list[Finding]:
    """Every secret in a text.

    :param data: a cassette, or any other text.
    :param secrets: values to look for beside the known forms, each with its kind where they are a mapping.
    :param kept: rules that do not hold, as ``keep`` names them; those that a cassette itself names do not either.
    """
    return list(findings(data, _needles(secrets), tuple(kept)))


def scan_body(
    path: Path, *, secrets: Iterable[str] | Mapping[str, str] = (), kept: Iterable[str] = (), call: str | None = None
) -> list[Finding]:
    """The first secret in a body beside a cassette, of any size.

    :param call: the call that it answers, where known.
    """
    needles = _needles(secrets)
    if path.stat().st_size <= _WHOLE:
        return list(_scan_text(path.read_bytes(), needles, _off(kept, call)))
    with path.open("rb") as file:
        kind = kind_in_chunks(iter(lambda: file.read(CHUNK), b""), needles, kept, call)
    return [] if kind is None else [Finding(kind, call=call)]


def _needles(secrets: Iterable[str] | Mapping[str, str]) -> Needles:
    return Needles(dict(secrets) if isinstance(secrets, Mapping) else dict.fromkeys(secrets, REDACTED))


def kind_in_chunks(chunks: Iterable[bytes], needles: Needles, kept: Iterable[str], call: str | None) -> str | None:
    """The kind of the first secret in bytes that come in pieces; ``None`` where there is none."""
    try:
        return _inspection(needles, _off(kept, call)).stream(chunks)
    except UnexaminableError as error:
        return _unexaminable(error)


def findings(data: bytes, needles: Needles, kept: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Every secret in a text, as :func:`scan`."""
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        whole = None
    if not isinstance(whole, dict) or not isinstance(whole.get("interactions"), list):
        yield from _scan_text(data, needles, _off(kept, None))
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
        if _inspection(needles, ()).data(data) is not None:
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


def _scan_text(data: bytes, needles: Needles, off: tuple[str, ...]) -> Iterator[Finding]:
    try:
        kind = _inspection(needles, off).data(data)
    except UnexaminableError as error:
        kind = _unexaminable(error)
    if kind is not None:
        yield Finding(kind, line=_line_of(data, needles, off))


def _line_of(data: bytes, needles: Needles, off: tuple[str, ...]) -> int | None:
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        if _read(Layer(line), needles, off) is not None:
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
    return next((form.rule for form in FORMS if form.guarded and form.rule not in off and form.stands_in(layer)), None)


def _unexaminable(error: UnexaminableError) -> str:
    return f"data that cannot be examined: it is {error}"


def _may_hold_form(layer: Layer) -> bool:
    if len(layer.text) < _LARGE:
        return is_suspicious_text(layer.text)
    return bool(layer.runs) or (b"@" in layer.data and b"://" in layer.data)


def _inspection(needles: Needles, off: tuple[str, ...]) -> Inspection:
    return Inspection(lambda layer: _read(layer, needles, off), needles.find_unshown, least=needles.least)


class _Walk:
    """Walks one interaction, naming the path of what is found."""

    def __init__(self, needles: Needles, kept: tuple[str, ...], call: str | None) -> None:
        off = _off(kept, call)
        self._inspection = _inspection(needles, off)
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
