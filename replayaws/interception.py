"""vcrpy's patches of the HTTP libraries, narrowed to the requests that a tap wants.

vcrpy reads every answer whole and replaces the connections of every host while it is active. Here each thing that it
patches chooses: requests that the tap wants go through vcrpy's replacement, all others through what stood there before.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import vcr.patch
from vcr.cassette import Cassette

from replayaws.http import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from replayaws.http import HttpTap

_ANSWER = "_replayaws_answer"


class _TapCassette(Cassette):
    """What vcrpy takes for a cassette: it asks the tap, and holds nothing."""

    def __init__(self, tap: HttpTap) -> None:
        super().__init__("replayaws")
        self._tap = tap

    def _load(self) -> None:
        """Nothing is on disk."""

    def _save(self, force: bool = False) -> None:
        """Nothing goes to disk."""

    @property
    def write_protected(self) -> bool:
        """Never: the tap raises where a request must not be sent."""
        return False

    def can_play_response_for(self, request: Any) -> bool:
        """Whether the tap has an answer; it is asked once for each request, vcrpy asks more often."""
        if _ANSWER not in request.__dict__:
            wanted = self._tap.wants(request.host or "")
            request.__dict__[_ANSWER] = self._tap.ask(_plain(request)) if wanted else None
        return request.__dict__[_ANSWER] is not None

    def play_response(self, request: Any) -> dict[str, Any]:
        """The tap's answer, as vcrpy writes one."""
        if not self.can_play_response_for(request):
            raise LookupError(f"no answer for {request}")
        answer: HttpAnswer = request.__dict__[_ANSWER]
        return {
            "status": {"code": answer.status, "message": answer.reason},
            "headers": {name: [value] for name, value in answer.headers.items()},
            "body": {"string": answer.body},
        }

    def append(self, request: Any, response: dict[str, Any]) -> None:
        """Tell the tap what came."""
        if not self._tap.wants(request.host or ""):
            return
        headers = {name: _joined(value) for name, value in response["headers"].items()}
        body = (response.get("body") or {}).get("string") or b""
        status = response["status"]
        answer = HttpAnswer(status["code"], status["message"] or "", headers, body.encode() if isinstance(body, str) else body)
        self._tap.tell(_plain(request), answer)


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _plain(request: Any) -> HttpRequest:
    """vcrpy's request as ours; a body that is a file or an iterator stays readable for the library that sends it."""
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    elif body is not None and not isinstance(body, (bytes, str)):
        body = b"".join(part.encode() if isinstance(part, str) else part for part in body)
    headers = {
        _text(name).lower(): _text(value[0] if isinstance(value, (list, tuple)) and value else value)
        for name, value in dict(request.headers).items()
    }
    return HttpRequest(request.method, request.uri, headers, body.encode() if isinstance(body, str) else body or b"")


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class _Narrowed(vcr.patch.CassettePatcherBuilder):  # type: ignore[misc]  # vcrpy has no types
    """vcrpy's patches without those of botocore's connections, each choosing by the host."""

    def __init__(self, cassette: _TapCassette, tap: HttpTap) -> None:
        super().__init__(cassette)
        self._tap = tap

    def _boto3(self) -> tuple[()]:
        return ()

    def _build_patcher(self, owner: Any, name: str, replacement: Any) -> Any:
        if not hasattr(owner, name):
            return None
        patcher = super()._build_patcher(owner, name, replacement)
        patcher.new = _choosing(getattr(owner, name), patcher.new, self._tap)
        return patcher


def patches(tap: HttpTap) -> Iterator[AbstractContextManager[Any]]:
    """The patches to enter for a tap."""
    yield from _Narrowed(_TapCassette(tap), tap).build()


def _choosing(real: Any, replacement: Any, tap: HttpTap) -> Any:
    if isinstance(replacement, dict):
        return {key: _choosing(real[key], item, tap) if key in real else item for key, item in replacement.items()}
    if isinstance(replacement, type):
        return _choosing_class(real, replacement, tap)
    if getattr(replacement, "__name__", "") in ("_request", "handle_request", "handle_async_request", "fetch_impl"):
        return _choosing_function(real, replacement, tap)
    return replacement


def _choosing_class(real: Any, replacement: Any, tap: HttpTap) -> Any:
    """A connection class that makes vcrpy's connections for wanted hosts and real ones for others."""

    class Choice(type(replacement)):  # type: ignore[misc]  # the metaclass that the replacement happens to have
        def __instancecheck__(cls, instance: Any) -> bool:
            # urllib3's pools keep connections; vcrpy discards those that are not of the class that stands here now.
            return super().__instancecheck__(instance) or (
                not hasattr(instance, "real_connection")
                and isinstance(instance, real)
                and not tap.wants(str(getattr(instance, "host", "")))
            )

    def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
        host = kwargs.get("host", args[0] if args else "")
        if tap.wants(str(host).partition(":")[0]):
            return object.__new__(cls)
        return real(*args, **kwargs)

    return Choice(replacement.__name__, (replacement,), {"__new__": make})


def _choosing_function(real: Any, replacement: Any, tap: HttpTap) -> Any:
    @functools.wraps(real)
    def choose(*args: Any, **kwargs: Any) -> Any:
        return (replacement if tap.wants(_host(args, kwargs)) else real)(*args, **kwargs)

    return choose


def _host(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The host of the request that a library's function was called with: a URL, or an object that has one."""
    for value in (*args[1:], *kwargs.values()):
        url = value if isinstance(value, str) and "://" in value else getattr(value, "url", value)
        host = getattr(url, "host", None)
        if isinstance(host, str):
            return host
        if isinstance(url, str) and "://" in url:
            return urlsplit(url).hostname or ""
    return ""
