"""A pytest plugin that lets no connection be made: what a test still does, it does offline."""

from __future__ import annotations

import socket
from typing import Any


def _refused(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError(f"the network was used in replay: {args!r}")


def pytest_configure() -> None:
    """Break every way out, names included."""
    socket.socket.connect = _refused  # type: ignore[method-assign]
    socket.socket.connect_ex = _refused  # type: ignore[method-assign]
    socket.getaddrinfo = _refused
    socket.create_connection = _refused
