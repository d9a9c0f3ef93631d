"""The parameters of a call in written form, remembered: programs make the same call again and again."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import codec, shapes, suspicion

if TYPE_CHECKING:
    from botocore.model import OperationModel

_MOST = 4096
_LARGEST = 8 * 1024
"""Bytes up to which a call's parameters are remembered."""


class Written(msgspec.Struct, frozen=True):
    """The parameters of a call.

    :param params: in written form, idempotency tokens left out; not to be changed, other calls share it.
    :param is_clean: whether no builtin rule of redaction can find anything in them.
    """

    params: dict[str, Any]
    is_clean: bool


_known: dict[tuple[object, bytes], Written] = {}


def written(params: dict[str, Any], model: OperationModel) -> Written:
    """The written form of parameters.

    :param params: Python values, as botocore's handlers leave them; none of them a file.
    """
    tokens = shapes.idempotency_tokens(model)
    if not tokens.isdisjoint(params):
        params = {name: value for name, value in params.items() if name not in tokens}
    exactly = snapshot(params)
    if exactly is None or len(exactly) > _LARGEST:
        return _write(params, model)
    key = (shapes.key_of(model), exactly)
    known = _known.get(key)
    if known is None:
        if len(_known) >= _MOST:
            _known.clear()
        known = _known[key] = _write(params, model)
    return known


def snapshot(params: dict[str, Any]) -> bytes | None:
    """Parameters as they are now, for :func:`restored`; ``None`` where one of them is not of a builtin type."""
    try:
        return marshal.dumps(params, 2)  # later versions write the same value in several ways
    except ValueError:
        return None


def restored(exactly: bytes) -> dict[str, Any]:
    """Parameters that :func:`snapshot` took in this process."""
    params: dict[str, Any] = marshal.loads(exactly)
    return params


def _write(params: dict[str, Any], model: OperationModel) -> Written:
    form = codec.encode(params, model.input_shape)
    is_clean = suspicion.sensitive_params(model).isdisjoint(form) and not suspicion.is_suspicious(form)
    return Written(form, is_clean)
