"""The parameters of the query and ec2 protocols, read back from the fields of a form."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape

_ABSENT = object()


def from_text(shape: Shape, text: str) -> Any:
    """A value from its text in a URI, query string, header or form field."""
    kind = shape.type_name
    if kind in ("integer", "long", "short", "byte"):
        return int(text)
    if kind in ("float", "double"):
        return float(text)
    if kind == "boolean":
        return text.lower() == "true"
    if kind == "timestamp":
        from botocore.utils import parse_timestamp

        return parse_timestamp(text)
    if kind == "blob":
        return base64.b64decode(text)
    return text


class FormFields:
    """The fields of a form with dotted names, read by the shape; the inverse of botocore's query serializers."""

    def __init__(self, fields: Mapping[str, str], *, ec2: bool) -> None:
        self._fields = fields
        self._ec2 = ec2
        self._prefixes = {
            ".".join(parts[:end]) for name in fields for parts in [name.split(".")] for end in range(1, len(parts) + 1)
        }

    def _read(self, shape: Shape, prefix: str) -> Any:
        if prefix not in self._prefixes:
            return _ABSENT
        if shape.type_name == "structure":
            return self.structure(shape, prefix)
        if shape.type_name == "list":
            return self._list(shape, prefix)
        if shape.type_name == "map":
            return self._map(shape, prefix)
        return from_text(shape, self._fields[prefix]) if prefix in self._fields else _ABSENT

    def structure(self, shape: Shape, prefix: str) -> dict[str, Any]:
        """The members that are there, in the order of the model."""
        found = {}
        for name, member in shape.members.items():  # type: ignore[attr-defined]  # a structure
            wire = self._name(member, name)
            value = self._read_member(member, f"{prefix}.{wire}" if prefix else wire)
            if value is not _ABSENT:
                found[name] = value
        return found

    def _read_member(self, member: Shape, path: str) -> Any:
        if member.type_name == "list" and not self._ec2 and member.serialization.get("flattened"):
            inner = member.member.serialization.get("name")  # type: ignore[attr-defined]  # a list
            if inner:
                parent = path.rpartition(".")[0]
                if self._fields.get(path) == "":
                    return []
                return self._items(member, f"{parent}.{inner}" if parent else inner)
        return self._read(member, path)

    def _list(self, shape: Shape, prefix: str) -> Any:
        if self._fields.get(prefix) == "":
            return []
        if self._ec2 or shape.serialization.get("flattened"):
            return self._items(shape, prefix)
        return self._items(shape, f"{prefix}.{shape.member.serialization.get('name', 'member')}")  # type: ignore[attr-defined]

    def _items(self, shape: Shape, prefix: str) -> Any:
        items: list[Any] = []
        while True:
            item = self._read(shape.member, f"{prefix}.{len(items) + 1}")  # type: ignore[attr-defined]  # a list
            if item is _ABSENT:
                return items or _ABSENT
            items.append(item)

    def _map(self, shape: Shape, prefix: str) -> Any:
        if not shape.serialization.get("flattened"):
            prefix = f"{prefix}.entry"
        key_name = shape.key.serialization.get("name", "key")  # type: ignore[attr-defined]  # a map
        value_name = shape.value.serialization.get("name", "value")  # type: ignore[attr-defined]
        found: dict[str, Any] = {}
        number = 1
        while f"{prefix}.{number}" in self._prefixes:
            key = self._fields.get(f"{prefix}.{number}.{key_name}", "")
            value = self._read(shape.value, f"{prefix}.{number}.{value_name}")  # type: ignore[attr-defined]
            found[key] = None if value is _ABSENT else value
            number += 1
        return found or _ABSENT

    def _name(self, member: Shape, name: str) -> str:
        written = member.serialization
        if not self._ec2:
            return str(written.get("name", name))
        if "queryName" in written:
            return str(written["queryName"])
        wire = str(written.get("name", name))
        return wire[:1].upper() + wire[1:] if "name" in written else wire
