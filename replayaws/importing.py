"""Wraps what other libraries define, as soon as they are imported: nothing of them is imported for it, and little of ours.

Imported first of all in a test run, and at every start of Python under ``replayaws run``: it must cost next to nothing.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_WRAPS = {
    "botocore.client": "hook.wrap_client",
    "botocore.session": "hook.wrap_session",
    "botocore.loaders": "hook.wrap_loaders",
    "botocore.useragent": "hook.wrap_user_agent",
    "botocore.signers": "hook.wrap_signers",
    "botocore.waiter": "hook.wrap_time",
    "botocore.endpoint": "hook.wrap_time",
    "aiobotocore.client": "hook.wrap_async_client",
    "aiobotocore.session": "hook.wrap_async_session",
    "aiobotocore.waiter": "hook.wrap_async_sleeps",
    "aiobotocore.endpoint": "hook.wrap_async_sleeps",
    "http.client": "first_request.wrap_http_client",
    "urllib3.connectionpool": "first_request.wrap_urllib3",
    "httplib2": "first_request.wrap_httplib2",
    "httpx._transports.default": "first_request.wrap_httpx",
    "aiohttp.client": "first_request.wrap_aiohttp",
}
"""By module, the function of ours that wraps what stands in it."""

_PACKAGE = "replayaws."


def install() -> None:
    """Wrap what is imported now, and the rest when it will be. Once per process; repeating does nothing."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    from replayaws import ambient  # noqa: F401  # now: it remembers the environment as the run found it

    for name in _WRAPS:
        module = sys.modules.get(name)
        if module is not None:
            _wrap(module, name)


def _wrap(module: ModuleType, name: str) -> None:
    import importlib

    home, _, function = _WRAPS[name].partition(".")
    getattr(importlib.import_module(_PACKAGE + home), function)(module)


class _Finder:
    """Lets the other finders find, and wraps what they found once it has been executed.

    Modules of this package are read as they were compiled: pytest would rewrite their asserts, of which it has no use, at
    every start where Python may not write what it compiled.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.startswith(_PACKAGE):
            return PathFinder.find_spec(fullname, path, target)
        if fullname not in _WRAPS:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, fullname)  # type: ignore[assignment]  # what importlib asks of one
                return spec
        return None


class _Loader:
    def __init__(self, loader: Any, name: str) -> None:
        self._loader, self._name = loader, name

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        _wrap(module, self._name)
