"""Values made from a botocore shape: parameters that validate, and answers that fill every member.

Everything is deterministic: the same model gives the same values in every process.
"""

from __future__ import annotations

import datetime
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.model import OperationModel, Shape
from botocore.utils import is_json_value_header

Kind = Literal["full", "minimal", "empty", "odd"]

MOMENT = datetime.datetime(2026, 11, 22, 10, 15, 3, 120000, tzinfo=datetime.timezone.utc)
ODD_MOMENTS = (
    datetime.datetime(
        2026, 11, 1, 6, 30, tzinfo=datetime.timezone.utc
    ),  # 01:30 for the second time that night in New York
    datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc),
    datetime.datetime(2199, 1, 1, tzinfo=datetime.timezone.utc),
)
DOCUMENT = {"text": "a", "list": [1, 2.5, None, True], "map": {"$base64": "not a tag"}, "": 0}
_OMIT: Any = object()
_EXPANSIONS = 2


@dataclass
class Filler:
    """Fills shapes with values of one kind.

    :param kind: ``full``: every member; ``minimal``: required ones; ``empty``: every member, collections and texts empty;
        ``odd``: every member, with values at the edges of what the wire can carry.
    :param nulls: whether lists may hold ``None``: only JSON and CBOR can say so.
    :param salt: the seed of every choice between equals.
    """

    kind: Kind
    salt: str
    nulls: bool = False
    special: dict[str, Any] = field(default_factory=dict)
    _expanded: Counter[str] = field(default_factory=Counter)
    _open: Counter[str] = field(default_factory=Counter)
    _leaves: int = 0

    def structure(self, shape: Shape | None) -> dict[str, Any]:
        """An answer of the given output shape; event streams and streaming bodies included."""
        if shape is None:
            return {}
        value: dict[str, Any] = self._structure(shape)
        return value

    def _value(self, shape: Shape, name: str) -> Any:
        if name in self.special and shape.type_name == "string":
            return self.special[name]
        return getattr(self, f"_{shape.type_name}", self._text)(shape, name)

    def _structure(self, shape: Shape, name: str = "", choice: int | None = None) -> Any:
        if getattr(shape, "is_document_type", False):
            return {} if self.kind == "empty" else DOCUMENT
        if shape.serialization.get("eventstream"):
            return self._events(shape)
        if self._open[shape.name] > 1:
            return _OMIT
        self._open[shape.name] += 1
        self._expanded[shape.name] += 1
        try:
            if shape.is_tagged_union:
                return self._union(shape, choice)
            return self._members(shape, self._chosen(shape))
        finally:
            self._open[shape.name] -= 1

    def _chosen(self, shape: Shape) -> list[str]:
        members = shape.members
        if self.kind == "minimal":
            return [name for name in members if name in shape.required_members]
        if self._expanded[shape.name] > _EXPANSIONS:
            return [name for name, member in members.items() if member.type_name not in ("structure", "list", "map")]
        return list(members)

    def _members(self, shape: Shape, names: list[str]) -> dict[str, Any]:
        made = {name: self._value(shape.members[name], name) for name in names}
        return {name: value for name, value in made.items() if value is not _OMIT}

    def _union(self, shape: Shape, choice: int | None) -> Any:
        """A union with one member set: the given one, else one that the salt chooses and recursion allows."""
        if self.kind == "empty":
            return _OMIT
        names = list(shape.members)
        start = self._random() if choice is None else choice
        for step in range(len(names)):
            name = names[(start + step) % len(names)]
            value = self._value(shape.members[name], name)
            if value is not _OMIT:
                return {name: value}
        return _OMIT

    def _random(self) -> int:
        self._leaves += 1
        return zlib.crc32(f"{self.salt}:{self._leaves}".encode())

    def _events(self, shape: Shape) -> list[dict[str, Any]]:
        events = []
        for name, event in shape.members.items():
            if not event.metadata.get("exception"):
                value = self._value(event, name)
                if value is not _OMIT:
                    events.append({name: value})
        return events

    def _list(self, shape: Shape, name: str) -> Any:
        if self.kind == "empty":
            return []
        member = shape.member
        if getattr(member, "is_tagged_union", False) and self.kind != "minimal" and not self._expanded[member.name]:
            items = [self._structure(member, name, choice) for choice in range(len(member.members))]
        else:
            items = [self._value(member, name) for _ in range(1 if self.kind == "minimal" else 2)]
        items = [item for item in items if item is not _OMIT]
        if self.nulls and self.kind == "odd" and member.type_name not in ("structure", "list", "map"):
            items.append(None)
        return items

    def _map(self, shape: Shape, name: str) -> Any:
        if self.kind == "empty":
            return {}
        keys = shape.key.enum[:2] or (["$json", "a b ✓"] if self.kind == "odd" else [f"{name}-1", f"{name}-2"])
        made = {key: self._value(shape.value, name) for key in keys[: 1 if self.kind == "minimal" else 2]}
        return {key: value for key, value in made.items() if value is not _OMIT}

    def _text(self, shape: Shape, name: str) -> Any:
        if shape.enum:
            return shape.enum[0]
        if self.kind == "empty":
            return ""
        self._leaves += 1
        number = self._leaves  # no text is part of another: a redacted one must not be found in one that is not
        if self.kind == "odd":
            return f"a {name} {number} of {self.salt} ✓ 𝄞 %252F \u2028 <&>'\" 2026-11-22T10:15:03Z z"
        return f"a {name} {number} of {self.salt} z"

    _string = _character = _text

    def _blob(self, shape: Shape, name: str) -> bytes:
        if self.kind == "empty":
            return b""
        if self.kind == "odd":
            number = self._random()  # no blob is another: one may be sensitive where the other is not
            forms = (b"\xff\xfe\x00\x80 %d", b'{"a":%d}', b'{"a": %d, "b": [2.50]}', b"[1e999, %d]")
            return forms[number % 4] % number
        self._leaves += 1
        return f"a {name} {self._leaves} bytes z".encode()

    def _timestamp(self, shape: Shape, name: str) -> datetime.datetime:
        return ODD_MOMENTS[self._random() % len(ODD_MOMENTS)] if self.kind == "odd" else MOMENT

    def _boolean(self, shape: Shape, name: str) -> bool:
        return self.kind != "empty"

    def _integer(self, shape: Shape, name: str) -> int:
        return {"empty": 0, "odd": -(2**31)}.get(self.kind, 7)

    def _long(self, shape: Shape, name: str) -> int:
        return {"empty": 0, "odd": 2**63 - 1}.get(self.kind, 7_000_000_000)

    def _float(self, shape: Shape, name: str) -> float:
        if self.kind == "odd":
            return (float("nan"), float("inf"), float("-inf"), 0.1, 5e-324, -0.0, 1e22)[self._random() % 7]
        return {"empty": 0.0}.get(self.kind, 1.5)

    _double = _float


def _innermost(shape: Shape) -> Shape:
    """What a list of lists or a map holds in the end."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape


def parameters(operation: OperationModel, *, full: bool, special: dict[str, Any]) -> dict[str, Any]:
    """Parameters that botocore's validation takes: the required ones, or every one.

    :param special: values of members that have a meaning to the client, by member name.
    """
    if operation.input_shape is None:
        return {}
    service = operation.service_model.service_name
    arns = _ARNS.get(service, f"{service}:us-east-1:123456789012:thing")
    made: dict[str, Any] = _Parameters(operation.name, arns, full, special).structure(operation.input_shape)
    return made


_ARNS = {"cloudfront-keyvaluestore": "cloudfront::123456789012:key-value-store"}
"""How the ARNs of services begin whose endpoint rules read them."""


@dataclass
class _Parameters:
    operation: str
    arns: str
    full: bool
    special: dict[str, Any]
    _open: Counter[str] = field(default_factory=Counter)
    _expanded: Counter[str] = field(default_factory=Counter)
    _texts: int = 0

    def structure(self, shape: Shape) -> Any:
        if getattr(shape, "is_document_type", False):
            return {"key": ["value", 1]}
        self._open[shape.name] += 1
        self._expanded[shape.name] += 1
        everything = self.full and self._expanded[shape.name] <= _EXPANSIONS and self._open[shape.name] < 2
        made = {}
        for name, member in shape.members.items():
            again = self._open[_innermost(member).name]
            if shape.is_tagged_union:
                if not again:
                    return self._closed(shape, {name: self._value(member, name)})
            elif name in shape.required_members or (everything and not again):
                made[name] = self._value(member, name)
        return self._closed(shape, made)

    def _closed(self, shape: Shape, made: dict[str, Any]) -> dict[str, Any]:
        self._open[shape.name] -= 1
        return made

    def _value(self, shape: Shape, name: str) -> Any:
        kind = shape.type_name
        if name in self.special and kind == "string":
            return self.special[name]
        if kind == "structure":
            return self.structure(shape)
        if kind == "list":
            if not self.full and not shape.metadata.get("min"):
                return []
            return [self._value(shape.member, name)] * max(1, shape.metadata.get("min", 1))
        if kind == "map":
            if not self.full and not shape.metadata.get("min"):
                return {}
            return {
                self._value(shape.key, f"{name}{n}"): self._value(shape.value, name)
                for n in range(max(1, shape.metadata.get("min", 1)))
            }
        if kind == "blob":
            return b"x" * max(4, shape.metadata.get("min", 4))
        if kind == "timestamp":
            return MOMENT
        if kind == "boolean":
            return True
        if kind in ("integer", "long"):
            return max(1, int(shape.metadata.get("min", 1)))
        if kind in ("float", "double"):
            return max(0.5, float(shape.metadata.get("min", 0.5)))
        return self._text(shape, name)

    def _text(self, shape: Shape, name: str) -> Any:
        if is_json_value_header(shape):
            return {"key": [1, "a"]}
        if shape.enum:
            return shape.enum[0]
        self._texts += 1  # no text is another's: one may be sensitive where the other is not
        if name.lower().endswith("arn"):
            text = f"arn:aws:{self.arns}/a-{name}-{self._texts}-{self.operation}-z"
        elif name.lower() in ("accountid", "awsaccountid"):
            text = "123456789012"
        else:
            text = f"a-{name}-{self._texts}-{self.operation}-z"
        return text.ljust(int(shape.metadata.get("min", 0)), "x")
