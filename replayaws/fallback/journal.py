"""What was replayed: the entries that bring moto to the recorded state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from replayaws.fallback.creators import noun_of_member, noun_of_operation
from replayaws.fallback.values import structures

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes up to which the body of a replayed call is kept for moto."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A replayed call that AWS had accepted.

    :param params: the app's parameters, Python values.
    :param response: what the app was answered, Python values; or a function that gives it.
    """

    service: str
    operation: str
    region: str | None
    params: dict[str, Any]
    response: Any
    read: bool

    @property
    def name(self) -> str:
        """Service and operation."""
        return f"{self.service}.{self.operation}"

    def answered(self) -> dict[str, Any]:
        """The recorded answer."""
        answered: dict[str, Any] = self.response() if callable(self.response) else self.response
        return answered

    def things(self) -> list[Thing]:
        """Every structure in the answer and the parameters, the inner ones first; at last both taken together."""
        answered = self.answered()
        subject = noun_of_operation(self.operation)
        inner = [
            Thing(self.service, noun_of_member(name) or subject, values)
            for part in (answered, self.params)
            for name, values in structures(part)
        ]
        return [*inner, Thing(self.service, subject, {**self.params, **answered})]


@dataclass(frozen=True, slots=True)
class Thing:
    """A structure that a recording has.

    :param service: the service that it was recorded of.
    :param noun: what it describes, in lower case, such as ``"table"``.
    """

    service: str
    noun: str
    values: dict[str, Any]


def kept(value: Any) -> Any:
    """A parameter as it is now: the app may change its containers and close its bodies.

    :raises ValueError: for a body larger than :data:`BODY_LIMIT`.
    """
    if isinstance(value, dict):
        return {name: kept(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [kept(item) for item in value]
    if isinstance(value, bytearray):
        return bytes(value)
    return _read(value) if hasattr(value, "read") else value


def _read(body: Any) -> bytes:
    try:
        start = body.tell()
    except (AttributeError, OSError, ValueError):
        raise ValueError("its body can be read only once") from None
    data = body.read(BODY_LIMIT + 1)
    body.seek(start)
    data = data.encode() if isinstance(data, str) else bytes(data)
    if len(data) > BODY_LIMIT:
        raise ValueError(f"its body is larger than {BODY_LIMIT} bytes")
    return data
