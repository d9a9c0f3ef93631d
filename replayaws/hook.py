"""The only module that registers botocore events.

One wrap of ``BaseClient._make_api_call``, put on the class when ``botocore.client`` is first imported, registers our handlers
on a client at its first call: every client is reached, whenever, however and by whomever it was made. Without an
inserted deck the wrap does nothing but look for one.

The order of events is botocore's: ``before-parameter-build`` (last) remembers the final parameters; ``before-call``
(last of its first node: behind an active Stubber, before all of botocore's own) asks the deck; ``after-call`` (first)
takes the parsed output before botocore's own handlers change it.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from types import ModuleType
from typing import TYPE_CHECKING, Any

from replayaws import ambient, first_request, models_cache, stack, user_agent
from replayaws.errors import MissError

if TYPE_CHECKING:
    from replayaws.live import LiveCall

INTERNAL = "_replayaws_internal"
"""Attribute of a client of our own (the fallback's): its calls are nobody's."""

_HOOKED = "_replayaws_hooked"
_CONTEXT_KEY = "replayaws"

in_botocore_call: ContextVar[bool] = ContextVar("replayaws_in_botocore_call", default=False)
"""Whether the current thread or task is inside a botocore call: a call begun there is a nested one, HTTP there is botocore's."""

_answered_offline: ContextVar[bool] = ContextVar("replayaws_answered_offline", default=False)
_current: ContextVar[LiveCall | None] = ContextVar("replayaws_current_call", default=None)


def install() -> None:
    """Hook botocore now if it is imported, else when it will be. Once per process; repeating does nothing."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    ambient.follow(stack.replaying, stack.recorded_region)
    first_request.follow(in_botocore_call.get)
    for name, wrap in _WRAPS.items():
        module = sys.modules.get(name)
        if module is not None:
            wrap(module)
    sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the other finders find, and wraps what they found once it has been executed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        wrap = _WRAPS.get(fullname)
        if wrap is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, wrap)
                return spec
        return None


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: Any, wrap: Callable[[ModuleType], None]) -> None:
        self._loader, self._wrap = loader, wrap

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._wrap(module)


def _wrap_client(module: ModuleType) -> None:
    original = module.BaseClient._make_api_call

    @functools.wraps(original)
    def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        __tracebackhide__ = True
        owner = stack.current()
        if owner is None or INTERNAL in self.__dict__:
            return original(self, operation_name, api_params)
        if in_botocore_call.get():  # nested: an outer call's business, it never happens on replay
            owner.check_nested(self, operation_name)
            return original(self, operation_name, api_params)
        if _HOOKED not in self.__dict__:
            _register(self)
        inside = in_botocore_call.set(True)
        call = owner.begin(self, operation_name, api_params)
        current = _current.set(call)
        try:
            return original(self, operation_name, api_params)
        except MissError as miss:
            raise miss.with_traceback(None)  # noqa: B904  # botocore's frames and ours tell the user nothing
        except Exception as error:
            call.raised = type(error).__name__
            raise
        finally:
            _current.reset(current)
            in_botocore_call.reset(inside)
            _answered_offline.set(call.offline)
            call.end()

    module.BaseClient._make_api_call = _make_api_call


def _wrap_async_client(module: ModuleType) -> None:
    original = module.AioBaseClient._make_api_call

    @functools.wraps(original)
    async def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        __tracebackhide__ = True
        owner = stack.current()
        if owner is None:
            return await original(self, operation_name, api_params)
        if in_botocore_call.get():
            owner.check_nested(self, operation_name)
            return await original(self, operation_name, api_params)
        if _HOOKED not in self.__dict__:
            _register(self)
        inside = in_botocore_call.set(True)
        call = owner.begin(self, operation_name, api_params)
        current = _current.set(call)
        try:
            return await original(self, operation_name, api_params)
        except MissError as miss:
            raise miss.with_traceback(None)  # noqa: B904  # botocore's frames and ours tell the user nothing
        except Exception as error:
            call.raised = type(error).__name__
            raise
        finally:
            _current.reset(current)
            in_botocore_call.reset(inside)
            _answered_offline.set(call.offline)
            call.end()

    module.AioBaseClient._make_api_call = _make_api_call


def _register(client: Any) -> None:
    events = client.meta.events
    events.register_last("before-parameter-build", _before_parameter_build)
    events.register_last("before-endpoint-resolution", _before_endpoint_resolution)
    events.register_last("before-call.*.*", _before_call)
    events.register_first("request-created.*.*", _request_created)
    events.register_first("after-call.*.*", _after_call)
    client.__dict__[_HOOKED] = True


def _before_parameter_build(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> Any:
    call = _current.get()
    if call is None or call.operation != model.name or context.get("is_presign_request"):
        return None
    context[_CONTEXT_KEY] = call
    return call.remember(params, model)


def _before_endpoint_resolution(builtins: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    call = context.get(_CONTEXT_KEY)
    if call is not None and call.deck.offline and "AWS::Auth::AccountId" in builtins:
        # Resolving it would resolve credentials, for some profiles by a real AssumeRole, before `before-call`.
        builtins["AWS::Auth::AccountId"] = None


def _before_call(model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    call = context.get(_CONTEXT_KEY)
    if call is None:
        return None
    return call.answer(params, context)


def _request_created(request: Any, **_: Any) -> None:
    context = getattr(request, "context", None)
    call = context.get(_CONTEXT_KEY) if isinstance(context, dict) else None
    if call is not None:
        call.sent()


def _after_call(http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> Any:
    call = context.get(_CONTEXT_KEY)
    return None if call is None else call.received(http_response, parsed)


class _Sleepless:
    """The ``time`` module as botocore's waiters and retries see it: its ``sleep`` returns at once after an offline answer."""

    def __init__(self, real: ModuleType) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def sleep(self, seconds: float) -> None:
        if not _answered_offline.get():
            self._real.sleep(seconds)


def _wrap_time(module: ModuleType) -> None:
    if isinstance(module.__dict__.get("time"), ModuleType):
        module.time = _Sleepless(module.time)  # type: ignore[attr-defined]


def _wrap_async_sleeps(module: ModuleType) -> None:
    """aiobotocore's waiters and endpoints each sleep through a ``_sleep`` method."""
    for kind in list(vars(module).values()):
        if isinstance(kind, type) and "_sleep" in vars(kind):
            _wrap_sleep_method(kind)


def _wrap_sleep_method(kind: Any) -> None:
    original = kind._sleep

    @functools.wraps(original)
    async def _sleep(self: Any, *args: Any, **kwargs: Any) -> None:
        if not _answered_offline.get():
            await original(self, *args, **kwargs)

    kind._sleep = _sleep


def _wrap_session(module: ModuleType) -> None:
    ambient.wrap_session(module.Session)


def _wrap_user_agent(module: ModuleType) -> None:
    user_agent.remember_parts(module, _current.get)


def _wrap_loaders(module: ModuleType) -> None:
    models_cache.wrap_loader(module.Loader, stack.replaying)


def _wrap_async_session(module: ModuleType) -> None:
    ambient.wrap_async_session(module.AioSession)


def _wrap_signers(module: ModuleType) -> None:
    """A program that signs a URL in replay is about to request it, by a library that only vcrpy can answer."""
    for kind, name in (
        (module.RequestSigner, "generate_presigned_url"),
        (module.S3PostPresigner, "generate_presigned_post"),
    ):
        setattr(kind, name, _then_intercepting(getattr(kind, name)))


def _then_intercepting(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def sign(*args: Any, **kwargs: Any) -> Any:
        owner = stack.current()
        if owner is not None:
            owner.run.intercept_http()
        return original(*args, **kwargs)

    return sign


_WRAPS: dict[str, Callable[[ModuleType], None]] = {
    "botocore.client": _wrap_client,
    "botocore.session": _wrap_session,
    "botocore.loaders": _wrap_loaders,
    "botocore.useragent": _wrap_user_agent,
    "botocore.signers": _wrap_signers,
    "botocore.waiter": _wrap_time,
    "botocore.endpoint": _wrap_time,
    "http.client": first_request.wrap_http_client,
    "urllib3.connectionpool": first_request.wrap_urllib3,
    "httplib2": first_request.wrap_httplib2,
    "httpx._transports.default": first_request.wrap_httpx,
    "aiohttp.client": first_request.wrap_aiohttp,
    "aiobotocore.client": _wrap_async_client,
    "aiobotocore.session": _wrap_async_session,
    "aiobotocore.waiter": _wrap_async_sleeps,
    "aiobotocore.endpoint": _wrap_async_sleeps,
}
