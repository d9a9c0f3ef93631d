"""The JSON text of a payload turned into what botocore's parser made, by a plan that is made once for each shape.

Most of a payload is plain JSON and needs no look: only below some members stand timestamps and blobs. The plan goes
straight to those. A text with tags (see :mod:`replayaws.codec`) is walked whole instead.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import codec, shapes, timestamps

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

Conversion = Callable[[Any], Any]

_TAG = re.compile("|".join(re.escape(f'"{tag}"') for tag in sorted(codec.TAGS)).encode())
_conversions: dict[tuple[object, str, str], Conversion | None] = {}


def decode_output(text: bytes, model: OperationModel) -> Any:
    """A parsed output.

    :raises ValueError: where the text or the written form is damaged.
    """
    return _converted(text, _written(text), model)


def decode_apart(text: bytes, model: OperationModel, member: str) -> tuple[dict[str, Any], Any]:
    """A parsed output without one member, and that member in written form, ``None`` where it is not there.

    :raises ValueError: where the text or the written form is damaged.
    """
    written = _written(text) or {}
    apart = written.pop(member, None)
    return _converted(text, written, model), apart


def _converted(text: bytes, written: Any, model: OperationModel) -> Any:
    key = shapes.key_of(model)
    if key not in _conversions:
        _conversions[key] = _conversion(model.output_shape)
    conversion = _conversions[key]
    if _has_tags(text):
        return codec.decode(written, model.output_shape)
    return written if conversion is None else conversion(written)


def decode_text(text: bytes, shape: Shape | None) -> Any:
    """The Python value of JSON text.

    :raises ValueError: where the text or the written form is damaged.
    """
    return _decoded(text, shape, _conversion(shape))


def decode_plain(text: bytes) -> Any:
    """The Python value of JSON text without a shape, such as metadata and errors.

    :raises ValueError: where the text or the written form is damaged.
    """
    return _decoded(text, None, None)


def _decoded(text: bytes, shape: Shape | None, conversion: Conversion | None) -> Any:
    written = _written(text)
    if _has_tags(text):
        return codec.decode(written, shape)
    return written if conversion is None else conversion(written)


def _written(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:  # a ValueError of its own only since msgspec 0.19
        raise ValueError(str(error)) from None


def _has_tags(text: bytes) -> bool:
    return b"$" in text and _TAG.search(text) is not None


def _conversion(shape: Shape | None) -> Conversion | None:
    return None if shape is None else _conversion_of(shape, {})


def _conversion_of(shape: Any, begun: dict[str, Conversion]) -> Conversion | None:
    """What turns the written form of a shape into the parsed one; ``None`` where they are the same.

    :param begun: by name, of the structures that this one stands in: a shape may hold itself.
    """
    kind = shape.type_name
    if kind == "timestamp":
        return functools.partial(timestamps.read_if_text, as_gmt=timestamps.is_gmt(shape))
    if kind == "blob":
        return _blob
    if kind == "structure":
        return None if getattr(shape, "is_document_type", False) else _structure(shape, begun)
    if kind in ("list", "map"):
        inner = _conversion_of(shape.member if kind == "list" else shape.value, begun)
        return None if inner is None else functools.partial(_of_list if kind == "list" else _of_map, inner)
    return None


def _structure(shape: Any, begun: dict[str, Conversion]) -> Conversion | None:
    if shape.name in begun:
        return begun[shape.name]
    special: list[tuple[str, Conversion]] = []
    whole: Conversion = functools.partial(_of_structure, special)
    inside = {**begun, shape.name: whole}
    for name, member in shape.members.items():
        conversion = _conversion_of(member, inside)
        if conversion is not None:
            special.append((name, conversion))
    return whole if special else None


def _blob(written: Any) -> Any:
    return None if written is None else codec.blob_bytes(written)


def _of_structure(special: list[tuple[str, Conversion]], written: Any) -> Any:
    if type(written) is dict:
        for name, conversion in special:
            if name in written:
                written[name] = conversion(written[name])
    return written


def _of_list(inner: Conversion, written: Any) -> Any:
    return [inner(item) for item in written] if type(written) is list else written


def _of_map(inner: Conversion, written: Any) -> Any:
    return {name: inner(item) for name, item in written.items()} if type(written) is dict else written
