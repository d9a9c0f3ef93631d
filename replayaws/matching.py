"""Does this call match that one? What of the parameters of an operation counts, decided by its model.

The parameters in written form are brought to one normal form: idempotency tokens and what the user ignores are left
out, timestamps become instants, JSON in strings becomes JSON, sets lose their order. Its JSON text, keys sorted, is
what calls are looked up by. Members that the model marks ``sensitive`` and timestamps carry a mark in front, so that
:mod:`replayaws.slots` finds them in the text.
"""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from replayaws import codec, encoded_placeholders, shapes, timestamps
from replayaws.pointing import Path

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

SECRET, INSTANT = "\x00s", "\x00t"
"""Marks in front of a sensitive string, and of a timestamp in seconds since 1970."""

_SETS = frozenset({"SS", "NS", "BS"})
_JSON_INSIDE = re.compile(rb'"(?: |\\[nrt])*[\[{]')


class Plan:
    """How the parameters of one operation are normalised.

    :param model: ``None`` for plain HTTP.
    :param operation: its name, or the HTTP method.
    :param ignored: what does not count.
    :param encoded: whether some recording has placeholders inside base64 or compressed text.
    """

    __slots__ = ("_encoded", "_ignored", "_memory", "_shape", "_special", "_tokens", "_unsaid", "is_read", "model")

    def __init__(
        self, model: OperationModel | None, *, operation: str, ignored: Sequence[Path] = (), encoded: bool = False
    ) -> None:
        self.model = model
        self._shape: Shape | None = None if model is None else model.input_shape
        traits = _traits(model, operation)
        self.is_read, self._tokens, self._unsaid, self._special = traits
        self._ignored = tuple(ignored)
        self._memory: dict[bytes, bytes] = {}
        self._encoded = encoded

    def text(self, params: dict[str, Any]) -> bytes:
        """The text that calls are looked up by."""
        if self._encoded:
            params = encoded_placeholders.opened(params)
        if self._unsaid or not self._tokens.isdisjoint(params):
            params = self._counting(params)
        if not self._ignored:
            text = msgspec.json.encode(params, order="sorted")
            if not _JSON_INSIDE.search(text) and not any(name in text for name in self._special):
                return text
        written = msgspec.json.encode(params)
        known = self._memory.get(written)
        if known is None:
            known = msgspec.json.encode(self._walked(params), order="sorted")
            if len(self._memory) > 10_000:
                self._memory.clear()
            self._memory[written] = known
        return known

    def normal(self, params: dict[str, Any]) -> Any:
        """The normal form."""
        return self._walked(self._counting(params))

    def _counting(self, params: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in params.items()
            if name not in self._tokens and (name not in self._unsaid or value != self._unsaid[name])
        }

    def _walked(self, params: dict[str, Any]) -> Any:
        for rule in self._ignored:
            params = rule.without(params)
        return _normal(params, self._shape, secret=False)


class _Traits(NamedTuple):
    """What the model says of the parameters of an operation; each client has a model of its own that says the same."""

    is_read: bool
    tokens: frozenset[str] = frozenset()
    unsaid: Mapping[str, str] = MappingProxyType({})
    special: tuple[bytes, ...] = ()


_known_traits: dict[object, _Traits] = {}


def _traits(model: OperationModel | None, operation: str) -> _Traits:
    if model is None:
        return _Traits(shapes.is_read(None, operation))
    key = shapes.key_of(model)
    known = _known_traits.get(key)
    if known is None:
        known = _known_traits[key] = _Traits(
            shapes.is_read(model, operation),
            shapes.idempotency_tokens(model),
            shapes.checksum_defaults(model),
            () if model.input_shape is None else _special_members(model.input_shape),
        )
    return known


def _special_members(shape: Shape) -> tuple[bytes, ...]:
    """JSON texts of the names of members that are, or hold, timestamps, blobs, sensitive values or sets."""
    special: set[bytes] = set()
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, Shape]] = list(_members(shape))
    while waiting:
        owner, current = waiting.pop()
        if (owner, current.name) in seen:
            continue
        seen.add((owner, current.name))
        if shapes.is_sensitive(current) or current.type_name in ("timestamp", "blob") or owner in _SETS:
            special.add(f'"{owner}":'.encode())
        waiting += [(name or owner, member) for name, member in _members(current)]
    return tuple(sorted(special))


def _members(shape: Any) -> Iterator[tuple[str, Shape]]:
    if shape.type_name == "structure":
        yield from shape.members.items()
    elif shape.type_name == "list":
        yield "", shape.member
    elif shape.type_name == "map":
        yield "", shape.key
        yield "", shape.value


def _normal(value: Any, shape: Any, *, secret: bool) -> Any:
    kind = None if shape is None else shape.type_name
    secret = secret or (shape is not None and shapes.is_sensitive(shape))
    if isinstance(value, str):
        if kind == "timestamp":
            return _instant(value)
        if secret:
            return SECRET + value
        if kind == "blob" and len(value) > codec.INLINE_LIMIT:
            return codec.digest(value.encode("utf-8", "surrogatepass"))
        return _json_in(value)
    if isinstance(value, dict):
        if kind == "blob":
            return _blob(value)
        if kind == "structure" and not getattr(shape, "is_document_type", False):
            members = shape.members
            return {name: _member(name, item, members.get(name), secret=secret) for name, item in value.items()}
        if "$timestamp" in value and len(value) == 1:
            return _instant(value["$timestamp"])
        member = shape.value if kind == "map" else None
        return {_key(name): _normal(item, member, secret=secret) for name, item in value.items()}
    if isinstance(value, list):
        member = shape.member if kind == "list" else None
        return [_normal(item, member, secret=secret) for item in value]
    return value


_HIDDEN_KEY = re.compile(r"((?:REDACTED|redacted)[-_]?)(\d+)(.*)")


def _key(name: str) -> str:
    """A hidden key of a map, so written that keys stand in the order of their numbers: the order in which they came."""
    hidden = _HIDDEN_KEY.fullmatch(name) if name[:1] in "Rr" else None
    return name if hidden is None else f"{hidden[1]}{int(hidden[2]):06}{hidden[3]}"


def _member(name: str, value: Any, shape: Any, *, secret: bool) -> Any:
    normal = _normal(value, shape, secret=secret)
    if name in _SETS and isinstance(normal, list):
        return sorted(normal, key=msgspec.json.encode)
    return normal


def _instant(text: str) -> str:
    try:
        moment = timestamps.read(text)
        return f"{INSTANT}{moment.astimezone(datetime.timezone.utc).timestamp():.6f}"
    except (ValueError, OverflowError):
        return text


def _blob(written: dict[str, Any]) -> Any:
    if "$json" in written:
        return written["$json"]
    if "$base64" in written:
        try:
            data = codec.blob_bytes(written)
        except ValueError:
            return written
        if len(data) > codec.INLINE_LIMIT:
            return codec.digest(data)
        parts = codec.timeless(data)
        return written if len(parts) == 1 else {"$base64": base64.b64encode(b"".join(parts)).decode()}
    return written


_JSON_START = re.compile(r"\s*[\[{]")


def _json_in(text: str) -> Any:
    if not _JSON_START.match(text):
        return text
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    return _normal(value, None, secret=False)


def differences(recorded: Any, live: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, recorded value, live value) of all in which two normal forms differ; ``None`` where one has nothing."""
    if isinstance(recorded, dict) and isinstance(live, dict):
        for name in [*recorded, *(name for name in live if name not in recorded)]:
            below = f"{path}.{name}" if path else name
            yield from differences(recorded.get(name), live.get(name), below)
    elif isinstance(recorded, list) and isinstance(live, list):
        for position in range(max(len(recorded), len(live))):
            one = recorded[position] if position < len(recorded) else None
            two = live[position] if position < len(live) else None
            yield from differences(one, two, f"{path}[{position}]")
    elif recorded != live or isinstance(recorded, bool) is not isinstance(live, bool):
        yield path, recorded, live


def shown(value: Any) -> Any:
    """A normal form without its marks, as a person writes it."""
    if isinstance(value, str) and value.startswith(INSTANT):
        moment = datetime.datetime.fromtimestamp(float(value[len(INSTANT) :]), datetime.timezone.utc)
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, str):
        return value.removeprefix(SECRET)
    if isinstance(value, dict):
        return {name: shown(item) for name, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, list) else value
