"""Start the interception of plain HTTP at the first request that an owner makes, if its cassette holds any.

An owner whose first act is a plain request has made no call that would have loaded its cassette. Looking into the cassette
of every test would cost every test; so each HTTP library, once it is imported, asks here before it takes a connection: a
microsecond for a request, nothing for a test that makes none, and vcrpy is imported only where there is something for it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from replayaws import nesting, stack
from replayaws.hosts import is_aws_host

_beginning: ContextVar[bool] = ContextVar("replayaws_beginning", default=False)
"""Whether the current thread or task is beginning already: it may have to ask whose credentials these are."""


def _began(host: Any) -> bool:
    """Begin to intercept where the owner of a request made now needs it; whether that changed something."""
    owner = stack.current()
    if owner is None or nesting.in_botocore_call.get() or _beginning.get():
        return False
    before = _intercepted()
    token = _beginning.set(True)
    try:
        _ = owner.cassette  # loading one that holds plain HTTP begins
        if not owner.offline or is_aws_host(str(host or ""), owner.options.http_hosts):
            owner.run.intercept_http(owner.options.http_hosts)
    finally:
        _beginning.reset(token)
    return _intercepted() != before


def _intercepted() -> tuple[str, ...] | None:
    beside = sys.modules.get("replayaws.beside")
    return None if beside is None else beside.intercepted()


def wrap_http_client(module: ModuleType) -> None:
    """A connection of the class that stood in the module before becomes one of the class that stands there then."""
    kinds = {getattr(module, name): name for name in ("HTTPConnection", "HTTPSConnection") if hasattr(module, name)}

    def __new__(cls: type, host: Any = "", *args: Any, **kwargs: Any) -> Any:  # noqa: N807  # put on the class below
        if cls in kinds and _began(str(host).rpartition(":")[0] or host):
            return getattr(module, kinds[cls])(host, *args, **kwargs)
        return object.__new__(cls)

    module.HTTPConnection.__new__ = staticmethod(__new__)


def wrap_urllib3(module: ModuleType) -> None:
    """requests and urllib3 take a connection of a pool while they send a request."""
    _ask_first(module.HTTPConnectionPool, "urlopen", lambda pool, *_, **__: pool.host)


def wrap_httplib2(module: ModuleType) -> None:
    """httplib2 chooses the class of its connection for each request."""
    _ask_first(module.Http, "request", lambda _, uri, *__, **___: _host_of(uri))


def wrap_httpx(module: ModuleType) -> None:
    """httpx, both ways."""
    for kind, name in (("HTTPTransport", "handle_request"), ("AsyncHTTPTransport", "handle_async_request")):
        _ask_first(getattr(module, kind), name, lambda _, request: request.url.host)


def wrap_aiohttp(module: ModuleType) -> None:
    """aiohttp; all methods of a session go through this one, with a URL that may be relative to the session's."""

    def host(session: Any, method: str, str_or_url: Any, **_: Any) -> str:
        return _host_of(str(str_or_url)) or getattr(session._base_url, "host", "")

    _ask_first(module.ClientSession, "_request", host)


def _host_of(url: str) -> str:
    """The host of a URL; ``""`` for one without, and for one that the library itself will refuse."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _ask_first(kind: Any, name: str, host: Callable[..., Any]) -> None:
    original = getattr(kind, name)

    @functools.wraps(original)
    def ask(self: Any, *args: Any, **kwargs: Any) -> Any:
        if _began(host(self, *args, **kwargs)):
            return getattr(self, name)(*args, **kwargs)  # what stands there now
        return original(self, *args, **kwargs)

    setattr(kind, name, ask)
