"""The values that placebo writes as JSON, turned into what botocore had given."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape


def member_of(shape: Shape | None, name: str) -> Shape | None:
    return shape.members.get(name) if shape is not None and shape.type_name == "structure" else None  # type: ignore[attr-defined]


class _Text(str):
    """Text in the place of a timestamp that cannot be read as one; it is given back as the text that it is."""


def with_texts(written: Any, value: Any) -> Any:
    """The written form of a value, with its texts in the place of timestamps marked as texts."""
    if isinstance(value, _Text):
        return {"$escaped": value.encode("unicode_escape").decode("ascii")}
    if isinstance(value, dict) and isinstance(written, dict) and value.keys() == written.keys():
        return {name: with_texts(item, value[name]) for name, item in written.items()}
    if isinstance(value, list) and isinstance(written, list):
        return [with_texts(item, one) for item, one in zip(written, value, strict=True)]
    return written


def read_value(value: Any, shape: Shape | None) -> Any:
    """What botocore had given for a value that placebo wrote."""
    kind = None if shape is None else shape.type_name
    if isinstance(value, dict):
        special = value.get("__class__")
        if special == "datetime":
            fields = {name: item for name, item in value.items() if not name.startswith("__")}
            return datetime(tzinfo=timezone.utc, **fields)
        if special == "StreamingBody":
            return _bytes(value.get("body") or "")
        if kind == "string":
            return json.dumps(_without_classes(value), default=str)  # a policy that a handler had decoded
        return {
            name: read_value(item, _child(shape, name)) for name, item in value.items() if not name.startswith("__")
        }
    if isinstance(value, list):
        if kind == "string":
            return json.dumps(value, default=str)
        member = shape.member if kind == "list" else None  # type: ignore[union-attr]  # a list
        return [read_value(item, member) for item in value]
    if kind == "blob" and isinstance(value, str):
        return _bytes(value)
    if kind == "timestamp" and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return _moment(value)
    return value


def _child(shape: Shape | None, name: str) -> Shape | None:
    if shape is not None and shape.type_name == "map":
        value: Shape = shape.value  # type: ignore[attr-defined]  # a map
        return value
    return member_of(shape, name)


def _without_classes(value: Any) -> Any:
    return read_value(value, None) if isinstance(value, dict) else value


def _moment(value: str | int | float) -> Any:
    from botocore.utils import parse_to_aware_datetime

    try:
        return parse_to_aware_datetime(value)  # type: ignore[arg-type]  # numbers are taken as well
    except (ValueError, OverflowError, OSError, RuntimeError, TypeError):
        return _Text(value)


_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}="
)


def _bytes(text: str) -> bytes:
    """The bytes of a blob: placebo writes base64, its elder versions and Cloud Custodian's write the text itself."""
    plain = text.encode("utf-8", "surrogatepass")
    if not _BASE64.fullmatch(text):
        return plain
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return plain
    readable = all(byte >= 32 or byte in b"\t\r\n" for byte in data) and _is_utf8(data)
    return data if readable or text.endswith("=") or len(text) > 64 else plain


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
