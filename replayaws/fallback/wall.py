"""The last wall before the network: while moto works on a call, nothing in its thread opens a connection.

moto's own code calls out in places (Docker for Lambda and Batch, ``requests`` for SNS deliveries); those attempts are
refused and remembered, because moto swallows some of them and would answer as if all were well.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class WalledError(ConnectionError):
    """A connection that moto tried to open and did not get."""


@contextmanager
def wall() -> Iterator[list[str]]:
    """Refuse connections, name look-ups and Docker threads of this thread; give the list of what was tried."""
    tried: list[str] = []
    inside = threading.get_ident()
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_lookup, real_start = socket.getaddrinfo, threading.Thread.start

    def refuse(target: Any) -> WalledError:
        tried.append(_name(target))
        return WalledError(f"replayaws does not let moto connect to {tried[-1]}")

    def connect(self: socket.socket, address: Any) -> None:
        if threading.get_ident() == inside:
            raise refuse(address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if threading.get_ident() == inside:
            raise refuse(address)
        return real_connect_ex(self, address)

    def lookup(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() == inside:
            raise refuse((host, port))
        return real_lookup(host, port, *args, **kwargs)

    def start(self: threading.Thread) -> None:
        if threading.get_ident() == inside and hasattr(type(self), "docker_client"):
            raise refuse("docker")
        real_start(self)

    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo, threading.Thread.start = lookup, start  # type: ignore[method-assign]
    try:
        yield tried
    finally:
        socket.socket.connect, socket.socket.connect_ex = real_connect, real_connect_ex  # type: ignore[method-assign]
        socket.getaddrinfo, threading.Thread.start = real_lookup, real_start  # type: ignore[method-assign]


def _name(target: Any) -> str:
    if isinstance(target, tuple):
        return ":".join(_text(part) for part in target[:2] if part is not None)
    text = _text(target)
    return "Docker" if "docker" in text else text


def _text(part: Any) -> str:
    return part.decode(errors="replace") if isinstance(part, bytes) else str(part)
