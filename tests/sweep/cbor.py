"""A serializer of CBOR, which moto has none of."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterable
from typing import Any


def cbor(value: Any) -> bytes:
    """A value in CBOR, as ``smithy-rpc-v2-cbor`` has it: times tagged 1, floats of 8 bytes."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, datetime.datetime):
        return b"\xc1" + cbor(value.timestamp())
    if isinstance(value, int):
        return _cbor_head(0, value) if value >= 0 else _cbor_head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return _cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return _cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return _cbor_head(5, len(value)) + b"".join(_cbor_items(value.items()))
    return _cbor_head(4, len(value)) + b"".join(cbor(item) for item in value)


def _cbor_items(items: Iterable[tuple[str, Any]]) -> Iterable[bytes]:
    for name, item in items:
        yield cbor(name)
        yield cbor(item)


def _cbor_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise ValueError(f"{number} does not fit into 8 bytes")
