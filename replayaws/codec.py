"""The written form of a value: parsed Python to JSON and back, with botocore's shape beside it as the schema.

The shape says which strings are timestamps and blobs, so those need no tag. What JSON alone cannot say is tagged:

====================================  ==============================================================================
``"2026-11-22T10:15:03.120000Z"``     a timestamp that AWS sent as a number (botocore gives it the local time zone)
``"2026-11-22T10:15:03+00:00"``       a timestamp that AWS sent as text, with its offset
``"2026-11-22T10:15:03"``             a timestamp without a time zone
``"plain text"``                      a blob that is UTF-8 text
``{"$base64": "…"}``                  any other blob
``{"$json": …}``                      a blob that is JSON written without spaces
``{"$json": …, "$spaced": true}``     a blob that is JSON written as Python's ``json.dumps`` does
``{"$sha256": "…", "$size": n}``      a large blob of a call, by its digest
``{"$file": "…", "$size": n}``        a large body of an answer, in a file beside the cassette
``{"$float": "NaN"}``                 also ``Infinity`` and ``-Infinity``
``{"$escaped": "…"}``                 a string with lone surrogates
``{"$timestamp": "…"}``               a timestamp where the model has none
``{"$literal": {…}}``                 a map that would read as one of these tags
====================================  ==============================================================================

Floats and integers are written as Python holds them, not as the shape says: JSON services send ``1`` for ``1.0``.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import timestamps

if TYPE_CHECKING:
    from botocore.model import Shape

TAGS = frozenset({"$base64", "$json", "$sha256", "$file", "$float", "$escaped", "$timestamp", "$literal"})
INLINE_LIMIT = 16 * 1024
"""Bytes up to which a blob stands in the cassette itself."""

_JSON_STARTS = (b"{", b"[")


def encode(value: Any, shape: Shape | None, text_times: bool = False) -> Any:
    """A parsed output, or the parameters of a call, in written form.

    :param value: what botocore's parser made, or what the user gave to a client.
    :param shape: its shape; ``None`` where the model knows none.
    :param text_times: whether the protocol sends timestamps as text; see :func:`replayaws.shapes.sends_times_as_text`.
    """
    kind = None if shape is None else shape.type_name
    if value is None or isinstance(value, bool):
        return value
    if kind == "timestamp" and not isinstance(value, (Mapping, list)):
        return timestamps.write(value, as_text=timestamps.is_text(shape, text_times))
    if kind == "blob":
        return encode_blob(value)
    if isinstance(value, str):
        return _encode_string(value)
    if isinstance(value, Mapping):
        return _encode_mapping(value, shape, text_times)
    if isinstance(value, (list, tuple, set, frozenset)):
        member = shape.member if kind == "list" else None  # type: ignore[union-attr]  # a list shape
        return [encode(item, member, text_times) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": _float_name(value)}
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime.datetime):
        return {"$timestamp": timestamps.write(value, as_text=text_times)}
    if isinstance(value, (bytes, bytearray, memoryview)) or hasattr(value, "read"):
        written = encode_blob(value)
        return {"$base64": base64.b64encode(written.encode()).decode()} if isinstance(written, str) else written
    return _encode_string(str(value))


def _encode_mapping(value: Mapping[Any, Any], shape: Shape | None, text_times: bool) -> dict[str, Any]:
    kind = None if shape is None else shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        members = shape.members  # type: ignore[union-attr]  # a structure
        return {name: encode(item, members.get(name), text_times) for name, item in value.items()}
    member = shape.value if kind == "map" else None  # type: ignore[union-attr]  # a map
    written = {(k if isinstance(k, str) else str(k)): encode(v, member, text_times) for k, v in value.items()}
    return {"$literal": written} if not TAGS.isdisjoint(written) else written


def _encode_string(value: str) -> Any:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return {"$escaped": value.encode("unicode_escape").decode("ascii")}
    plain: str = value if type(value) is str else str.__str__(value)
    return plain


def _float_name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def encode_blob(value: Any) -> Any:
    """A blob in written form, its content inline whatever its size."""
    if isinstance(value, str):
        return _encode_string(value)
    if hasattr(value, "read"):
        value = _read_and_rewind(value)
    if not isinstance(value, (bytes, bytearray, memoryview)):
        return _encode_string(str(value))  # botocore's own validation says what is wrong with it
    data = bytes(value)
    stripped = data[:1]
    if stripped in _JSON_STARTS:
        tagged = _as_json(data)
        if tagged is not None:
            return tagged
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(data).decode("ascii")}


def _read_and_rewind(file: Any) -> bytes:
    try:
        start = file.tell()
    except (AttributeError, OSError, ValueError):
        return b""
    data = file.read()
    file.seek(start)
    return data.encode() if isinstance(data, str) else bytes(data)


def _as_json(data: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(data, parse_constant=_refuse)
        msgspec.json.encode(value)
    except (ValueError, RecursionError):
        return None
    if json_bytes(value, spaced=False) == data:
        return {"$json": value}
    if json_bytes(value, spaced=True) == data:
        return {"$json": value, "$spaced": True}
    return None


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def json_bytes(value: Any, *, spaced: bool) -> bytes:
    """JSON as a ``$json`` blob had it: written without spaces and in UTF-8, or as Python's ``json.dumps`` does."""
    if spaced:
        return json.dumps(value).encode()
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, UnicodeEncodeError):
        return b""


def digest(data: bytes) -> dict[str, Any]:
    """A blob by its digest."""
    made = hashlib.sha256()
    for part in timeless(data):
        made.update(part)
    return {"$sha256": made.hexdigest(), "$size": len(data)}


def timeless(data: bytes | memoryview) -> tuple[bytes | memoryview, ...]:
    """The beginning of a blob, or all of it, in parts, without the time at which gzip compressed it.

    Programs compress at each run, and what they compress is the same.
    """
    return (data[:4], bytes(4), data[8:]) if data[:3] == b"\x1f\x8b\x08" and len(data) >= 8 else (data,)


def blob_bytes(written: Any) -> bytes:
    """The bytes of a blob in written form.

    :raises ValueError: for a form that is none, or whose bytes are not in the cassette (``$sha256``, ``$file``).
    """
    if isinstance(written, str):
        return written.encode("utf-8")
    if isinstance(written, dict):
        if "$base64" in written:
            try:
                return base64.b64decode(written["$base64"], validate=True)
            except (binascii.Error, TypeError, ValueError) as error:
                raise ValueError(f"not base64: {error}") from None
        if "$json" in written:
            return json_bytes(written["$json"], spaced=bool(written.get("$spaced")))
        if "$escaped" in written:
            return _unescape(written).encode("utf-8", "surrogatepass")
    raise ValueError("not a blob in written form")


def _unescape(written: dict[str, Any]) -> str:
    text: str = written["$escaped"].encode("ascii").decode("unicode_escape")
    return text


Decoder = Callable[[Any], Any]


def decode(written: Any, shape: Shape | None) -> Any:
    """The Python value of a written form, as botocore's parser made it.

    :raises ValueError: where the written form does not fit, such as a timestamp that is none.
    """
    if written is None or isinstance(written, (bool, int, float)):
        return written
    kind = None if shape is None else shape.type_name
    if kind == "timestamp" and isinstance(written, str):
        return timestamps.read(written, as_gmt=timestamps.is_gmt(shape))
    if kind == "blob":
        return blob_bytes(written)
    if isinstance(written, str):
        return written
    if isinstance(written, list):
        member = shape.member if kind == "list" else None  # type: ignore[union-attr]  # a list shape
        return [decode(item, member) for item in written]
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        members = shape.members  # type: ignore[union-attr]  # a structure
        return {name: decode(item, members.get(name)) for name, item in written.items()}
    tagged = _decode_tag(written, shape)
    if tagged is not _NO_TAG:
        return tagged
    member = shape.value if kind == "map" else None  # type: ignore[union-attr]  # a map
    return {name: decode(item, member) for name, item in written.items()}


_NO_TAG = object()


def _decode_tag(written: dict[str, Any], shape: Shape | None) -> Any:
    if TAGS.isdisjoint(written):
        return _NO_TAG
    if "$literal" in written:
        member = shape.value if shape is not None and shape.type_name == "map" else None  # type: ignore[attr-defined]
        return {name: decode(item, member) for name, item in written["$literal"].items()}
    if "$float" in written:
        return float(written["$float"])
    if "$escaped" in written:
        return _unescape(written)
    if "$timestamp" in written:
        return timestamps.read(written["$timestamp"])
    if "$base64" in written or "$json" in written:
        return blob_bytes(written)
    return _NO_TAG
