"""vcrpy's patches of the HTTP libraries, narrowed to the requests that a tap wants.

vcrpy reads every answer whole and replaces the connections of every host while it is active, and it takes its patches
back for moments in which it makes a real connection, which other threads see. Here each thing that it patches chooses:
requests that a tap wants go through vcrpy's replacement, all others through what stood there before, and the patches
stay in their place while any tap is started.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast
from unittest import mock
from urllib.parse import urlsplit

import vcr.patch
from vcr.cassette import Cassette

from replayaws.http import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from replayaws.http import HttpTap

_taps: list[HttpTap] = []
_lock = threading.RLock()
_patches = contextlib.ExitStack()


def begin(tap: HttpTap) -> None:
    """Let a tap have the requests that it wants, before those that were started earlier."""
    with _lock:
        if not _taps:
            with contextlib.ExitStack() as entered:
                for patch in _all_patches():
                    entered.enter_context(patch)
                _patches.push(entered.pop_all())
        _taps.append(tap)


def end(tap: HttpTap) -> None:
    """Let a tap have nothing any more; with the last one the patches go."""
    with _lock:
        _taps.remove(tap)
        if not _taps:
            _patches.close()


def _tap_for(host: str, port: int | None = None) -> HttpTap | None:
    return next((tap for tap in reversed(_taps) if tap.wants(host, port)), None)


_ANSWER = "_replayaws_answer"


class _TapCassette(Cassette):  # type: ignore[misc]  # vcrpy has no types
    """What vcrpy takes for a cassette: it asks the taps, and holds nothing."""

    def _load(self) -> None:
        """Nothing is on disk."""

    def _save(self, force: bool = False) -> None:
        """Nothing goes to disk."""

    @property
    def write_protected(self) -> bool:
        """Never: a tap raises where a request must not be sent."""
        return False

    def can_play_response_for(self, request: Any) -> bool:
        """Whether a tap has an answer; it is asked once for each request, vcrpy asks more often."""
        if _ANSWER not in request.__dict__:
            tap = _tap_for(request.host or "", request.port)
            request.__dict__[_ANSWER] = None if tap is None else tap.ask(_plain(request))
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
        tap = _tap_for(request.host or "", request.port)
        if tap is None:
            return
        headers = {name: _joined(value) for name, value in response["headers"].items()}
        body = (response.get("body") or {}).get("string") or b""
        status = response["status"]
        data = body.encode() if isinstance(body, str) else body
        tap.tell(_plain(request), HttpAnswer(status["code"], status["message"] or "", headers, data))


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _plain(request: Any) -> HttpRequest:
    """vcrpy's request as ours; vcrpy gives a body that is a file or an iterator anew each time."""
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


# -- the patches -------------------------------------------------------------------------------------------------------


def _all_patches() -> Iterator[AbstractContextManager[Any]]:
    yield _knowing_itself(http.client.HTTPSConnection)
    for name in ("HTTPConnectionWithTimeout", "HTTPSConnectionWithTimeout"):
        if kind := getattr(sys.modules.get("httplib2"), name, None):  # vcrpy has imported it where it is there
            yield _knowing_itself(kind)
    yield mock.patch.object(vcr.patch, "force_reset", contextlib.nullcontext)
    yield from _Narrowed(_TapCassette("replayaws")).build()


def _knowing_itself(kind: Any) -> AbstractContextManager[Any]:
    """The class with an ``__init__`` that names its class by what it is, not by what stands in the module."""
    return cast(
        "AbstractContextManager[Any]",
        mock.patch.object(kind, "__init__", _with_globals(kind.__init__, **{kind.__name__: kind})),
    )


def _with_globals(function: Any, **names: Any) -> Any:
    """A copy of a function for which some names of its module mean what is given."""
    spaces = {**function.__globals__, **names}
    copy = types.FunctionType(function.__code__, spaces, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return functools.wraps(function)(copy)


class _Narrowed(vcr.patch.CassettePatcherBuilder):  # type: ignore[misc]  # vcrpy has no types
    """vcrpy's patches without those of botocore's connections, each choosing by the host."""

    def _boto3(self) -> tuple[()]:
        return ()

    def _aiohttp(self) -> Any:
        try:
            return list(super()._aiohttp())
        except (ImportError, AttributeError):
            return ()  # an elder vcrpy does not know the installed aiohttp; in replay the guard refuses its requests

    def _build_cassette_subclass(self, base_class: Any) -> Any:
        kind = super()._build_cassette_subclass(base_class)

        def connect(connection: Any, *args: Any, **kwargs: Any) -> Any:
            # urllib3 connects before it has a request to ask the tap about; a request that is sent connects by itself.
            return super(kind, connection).connect(*args, **kwargs) if "_vcr_request" in vars(connection) else None

        kind.connect = connect
        return kind

    def _build_patcher(self, owner: Any, name: str, replacement: Any) -> Any:
        if not hasattr(owner, name):
            return None
        patcher = super()._build_patcher(owner, name, replacement)
        patcher.new = _choosing(getattr(owner, name), patcher.new)
        return patcher


_REQUEST_FUNCTIONS = ("_request", "handle_request", "handle_async_request", "fetch_impl")


def _choosing(real: Any, replacement: Any) -> Any:
    if isinstance(replacement, dict):
        return {key: _choosing(real[key], item) if key in real else item for key, item in replacement.items()}
    if isinstance(replacement, type):
        return _Choice(real, replacement)
    if getattr(replacement, "__name__", "") in _REQUEST_FUNCTIONS:
        return _choosing_function(real, replacement)
    return replacement


class _Choice:
    """Stands in the place of a connection class: makes vcrpy's connections to wanted hosts, and real ones to others.

    To all who look at it, inherit from it or call its methods by name it is the real class.
    """

    def __init__(self, real: Any, replacement: Any) -> None:
        self._real, self._replacement = real, replacement

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        host, _, port = str(kwargs.get("host", args[0] if args else "")).partition(":")
        wanted = _tap_for(host, _port(port or kwargs.get("port", args[1] if len(args) > 1 else None))) is not None
        return (self._replacement if wanted else self._real)(*args, **kwargs)

    def __instancecheck__(self, instance: Any) -> bool:
        # urllib3's pools keep connections; vcrpy discards those that are not of the class that stands here now.
        if isinstance(instance, self._replacement):
            return True
        host, port = str(getattr(instance, "host", "")), _port(getattr(instance, "port", None))
        return isinstance(instance, self._real) and _tap_for(host, port) is None

    def __subclasscheck__(self, kind: type) -> bool:
        return issubclass(kind, self._real)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return self._real.__mro_entries__(bases) if isinstance(self._real, _Choice) else (self._real,)

    def __getattribute__(self, name: str) -> Any:
        if name in ("_real", "_replacement", "__class__", "__mro_entries__"):
            return object.__getattribute__(self, name)
        return getattr(self._real, name)


def _choosing_function(real: Any, replacement: Any) -> Any:
    @functools.wraps(real)
    def choose(*args: Any, **kwargs: Any) -> Any:
        return (real if _tap_for(*_host(args, kwargs)) is None else replacement)(*args, **kwargs)

    return choose


def _host(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, int | None]:
    """Host and port of the request that a library's function was called with: a URL, or an object that has one."""
    for value in (*args[1:], *kwargs.values()):
        url = value if isinstance(value, str) and "://" in value else getattr(value, "url", value)
        host = getattr(url, "host", None)
        if isinstance(host, (str, bytes)):
            return _text(host), _port(getattr(url, "port", None))
        if isinstance(url, str) and "://" in url:
            parts = urlsplit(url)
            return parts.hostname or "", parts.port
    return "", None


def _port(value: Any) -> int | None:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None
