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
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import TYPE_CHECKING, Any

from replayaws import ambient, models_cache, nesting, stack, user_agent
from replayaws.errors import MissError

if TYPE_CHECKING:
    from replayaws.live import LiveCall

INTERNAL = "_replayaws_internal"
"""Attribute of a client of our own (the fallback's): its calls are nobody's."""

_HOOKED = "_replayaws_hooked"
_CONTEXT_KEY = "replayaws"

_answered_offline: ContextVar[bool] = ContextVar("replayaws_answered_offline", default=False)
_current: ContextVar[LiveCall | None] = ContextVar("replayaws_current_call", default=None)


def wrap_client(module: ModuleType) -> None:
    original = module.BaseClient._make_api_call

    @functools.wraps(original)
    def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        __tracebackhide__ = True
        turn = _begin(self, operation_name, api_params)
        if turn is None:
            return original(self, operation_name, api_params)
        try:
            return original(self, operation_name, api_params)
        except MissError as miss:
            raise miss.with_traceback(None)  # noqa: B904  # botocore's frames and ours tell the user nothing
        except Exception as error:
            turn.call.raised = type(error).__name__
            raise
        finally:
            turn.end()

    module.BaseClient._make_api_call = _make_api_call


def wrap_async_client(module: ModuleType) -> None:
    original = module.AioBaseClient._make_api_call

    @functools.wraps(original)
    async def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        __tracebackhide__ = True
        turn = _begin(self, operation_name, api_params)
        if turn is None:
            return await original(self, operation_name, api_params)
        try:
            return await original(self, operation_name, api_params)
        except MissError as miss:
            raise miss.with_traceback(None)  # noqa: B904  # as above
        except Exception as error:
            turn.call.raised = type(error).__name__
            raise
        finally:
            turn.end()

    module.AioBaseClient._make_api_call = _make_api_call


def _begin(client: Any, operation: str, params: Any) -> _Turn | None:
    """A client's method was called: the turn of a call that has an owner, ``None`` for any other."""
    owner = stack.current()
    if owner is None or INTERNAL in client.__dict__:
        return None
    if nesting.in_botocore_call.get():  # nested: an outer call's business, it never happens on replay
        owner.check_nested(client, operation)
        return None
    if _HOOKED not in client.__dict__:
        _register(client)
    return _Turn(owner.begin(client, operation, params))


class _Turn:
    """The time of a call, in which it is this thread's or task's current one."""

    __slots__ = ("_current", "_inside", "call")

    def __init__(self, call: LiveCall) -> None:
        self.call = call
        self._inside = nesting.in_botocore_call.set(True)
        self._current = _current.set(call)

    def end(self) -> None:
        """The client's method returns or raises."""
        _current.reset(self._current)
        nesting.in_botocore_call.reset(self._inside)
        _answered_offline.set(self.call.offline)
        self.call.end()


def _register(client: Any) -> None:
    events = client.meta.events
    events = getattr(events, "_emitter", events)  # below what looks for aliases of names, slowly: these have none
    events.register_last("before-parameter-build", _before_parameter_build)
    events.register_last("before-endpoint-resolution", _before_endpoint_resolution)
    events.register_last("before-call.*.*", _before_call)
    events.register_first("request-created.*.*", _request_created)
    events.register_first("after-call.*.*", _after_call)
    client.__dict__[_HOOKED] = True


def _handler(function: Callable[..., Any]) -> Callable[..., Any]:
    """Work out the signature now: botocore looks at it whenever the handler is registered, on every client."""
    function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return function


@_handler
def _before_parameter_build(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> Any:
    call = _current.get()
    if call is None or call.operation != model.name or context.get("is_presign_request"):
        return None
    context[_CONTEXT_KEY] = call
    return call.remember(params, model)


@_handler
def _before_endpoint_resolution(builtins: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    call = context.get(_CONTEXT_KEY)
    if call is not None and call.deck.offline and "AWS::Auth::AccountId" in builtins:
        # Resolving it would resolve credentials, for some profiles by a real AssumeRole, before `before-call`.
        builtins["AWS::Auth::AccountId"] = None


@_handler
def _before_call(model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    call = context.get(_CONTEXT_KEY)
    if call is None:
        return None
    return call.answer(params, context)


@_handler
def _request_created(request: Any, **_: Any) -> None:
    context = getattr(request, "context", None)
    call = context.get(_CONTEXT_KEY) if isinstance(context, dict) else None
    if call is not None:
        call.sent()


@_handler
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


def wrap_time(module: ModuleType) -> None:
    if isinstance(module.__dict__.get("time"), ModuleType):
        module.time = _Sleepless(module.time)  # type: ignore[attr-defined]


def wrap_async_sleeps(module: ModuleType) -> None:
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


def wrap_session(module: ModuleType) -> None:
    ambient.follow(stack.replaying, stack.recorded_region)
    ambient.wrap_session(module.Session)


def wrap_user_agent(module: ModuleType) -> None:
    user_agent.remember(module, _current.get)


def wrap_loaders(module: ModuleType) -> None:
    models_cache.wrap_loader(module.Loader, stack.replaying)


def wrap_async_session(module: ModuleType) -> None:
    ambient.wrap_async_session(module.AioSession)


def wrap_signers(module: ModuleType) -> None:
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
