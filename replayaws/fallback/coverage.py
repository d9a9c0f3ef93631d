"""Which operations moto implements, found without calling it. Importing this module imports moto."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from typing import Any

from moto import backend_index
from moto.backends import ALT_SERVICE_NAMES
from moto.core.responses import BaseResponse

from replayaws.fallback.simulation import endpoint
from replayaws.shapes import operation_model, service_model


def implements(service: str, operation: str, region: str | None) -> bool | None:
    """Whether moto has an implementation of an operation.

    :returns: ``None`` where moto's code does not say.
    """
    host = endpoint(service, region)
    if host is None:
        return None
    urls = _urls(host)
    if urls is None:
        return False
    kinds = _response_classes(urls)
    if confuses(service, operation, region):
        return False
    if any(operation.lower() in _methods(kind) for kind in kinds):
        return True
    return False if kinds and _routed_by_name(urls, kinds) else None


@functools.lru_cache(maxsize=1024)
def confuses(service: str, operation: str, region: str | None) -> bool:
    """Whether moto takes a call for one of another operation, and would answer that.

    Some operations differ from others in a word of their query only, such as ``?metrics``. Where moto's own code routes
    a service and does not have the word, it does not see the difference.
    """
    method, path, words = _request(service, operation)
    host = endpoint(service, region) if words else None
    urls = None if host is None else _urls(host)
    if urls is None or _routed_by_name(urls, _response_classes(urls)):
        return False
    source = _source(urls.__name__.rpartition(".")[0])
    told_apart = words - {_NAME_IN_QUERY}
    if told_apart:
        return not any(re.search(rf"[\"'?&]{re.escape(word)}\b", source) for word in told_apart)
    others = (name for name in service_model(service).operation_names if name != operation)
    alike = any(_request(service, name) == (method, path, words) for name in others)
    return alike and operation not in source


_NAME_IN_QUERY = "x-id"
"""What the models add to tell operations apart for people; services do not read it."""


def _request(service: str, operation: str) -> tuple[str, str, frozenset[str]]:
    """Method, path, and the words that always stand in the query."""
    http = operation_model(service, operation).http
    path, _, query = http.get("requestUri", "/").partition("?")
    return http.get("method", "POST"), path, frozenset(re.findall(r"(?:^|&)([^=&]+)", query))


@functools.lru_cache(maxsize=64)
def _source(package: str) -> str:
    return inspect.getsource(importlib.import_module(f"{package}.responses"))


@functools.lru_cache(maxsize=1024)
def _module_name(url: str) -> str | None:
    found = next((name for name, pattern in backend_index.backend_url_patterns if pattern.match(url)), None)
    return None if found is None else ALT_SERVICE_NAMES.get(found, found)


def _urls(url: str) -> Any:
    module_name = _module_name(url)
    return None if module_name is None else importlib.import_module(f"moto.{module_name}.urls")


def _routed_by_name(urls: Any, kinds: list[type]) -> bool:
    """Whether moto goes by the operation's name, and not by method, path and query in a way of the service's own."""
    plain = all(getattr(handler, "__name__", "") == "dispatch" for handler in urls.url_paths.values())
    return plain and not any("_get_action" in vars(kind) for kind in kinds)


def _response_classes(urls: Any) -> list[type]:
    bound = [getattr(handler, "__self__", None) for handler in urls.url_paths.values()]
    kinds = [kind for kind in (*bound, *vars(urls).values()) if inspect.isclass(kind)]
    return [kind for kind in dict.fromkeys(kinds) if issubclass(kind, BaseResponse)]


@functools.lru_cache(maxsize=1024)
def _methods(kind: type) -> frozenset[str]:
    names = (name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not hasattr(BaseResponse, name))
    return frozenset(re.sub("_", "", name) for name in names)
