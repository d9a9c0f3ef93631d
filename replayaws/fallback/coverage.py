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

_ROUTED_BY_REQUEST = frozenset({"s3", "s3control"})
"""moto finds out what these are asked by looking at method, path and query, not by the operation's name."""


def implements(service: str, operation: str, region: str | None) -> bool | None:
    """Whether moto has an implementation of an operation.

    :returns: ``None`` where moto's code does not say.
    """
    host = endpoint(service, region)
    if host is None:
        return None
    named = {method for kind in _response_classes(host) for method in _methods(kind)}
    if operation.lower() in named:
        return True
    return None if named and _module_name(host) in _ROUTED_BY_REQUEST else False


@functools.lru_cache(maxsize=1024)
def _module_name(url: str) -> str | None:
    found = next((name for name, pattern in backend_index.backend_url_patterns if pattern.match(url)), None)
    return None if found is None else ALT_SERVICE_NAMES.get(found, found)


def _response_classes(url: str) -> list[type]:
    module_name = _module_name(url)
    if module_name is None:
        return []
    urls = importlib.import_module(f"moto.{module_name}.urls")
    return _classes_in(urls)


def _classes_in(urls: Any) -> list[type]:
    bound = [getattr(handler, "__self__", None) for handler in urls.url_paths.values()]
    return [
        kind
        for kind in dict.fromkeys([*bound, *vars(urls).values()])
        if inspect.isclass(kind) and issubclass(kind, BaseResponse)
    ]


@functools.lru_cache(maxsize=1024)
def _methods(kind: type) -> frozenset[str]:
    names = (name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not hasattr(BaseResponse, name))
    return frozenset(re.sub("_", "", name) for name in names)
