"""One cache of botocore's service models for all sessions of a replay.

The models on disk do not change while tests run, but each new session reads and parses them again: tens of
milliseconds for each client of a test that makes its own session. While the program replays, loaders that look only into
the folders of botocore, boto3 and the user share what they have read. Nothing else of a session is shared; loaders with
folders or readers of the program's own, and those of a program that records, are as botocore made them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

_shared: dict[object, dict[Any, Any]] = {}
_BOTO3 = str(Path("boto3", "data"))


def wrap_loader(loader_class: Any, replaying: Callable[[], bool]) -> None:
    """Make the cache of a ``botocore.loaders.Loader``, which is an attribute of the instance, the shared one in replay."""
    usual = {loader_class.BUILTIN_DATA_PATH, loader_class.CUSTOMER_DATA_PATH}
    reader = loader_class.FILE_LOADER_CLASS

    def cache(self: Any) -> dict[Any, Any]:
        own: dict[Any, Any] = self.__dict__.setdefault("_cache", {})
        if type(self) is not loader_class or type(self.file_loader) is not reader or not replaying():
            return own
        folders = tuple(self.search_paths)  # looked at again each time: boto3 adds its own to a loader that exists
        if not all(folder in usual or folder.endswith(_BOTO3) for folder in folders):
            return own
        return _shared.setdefault((folders, tuple(self._extras_types)), {})

    def keep(self: Any, value: dict[Any, Any]) -> None:
        self.__dict__["_cache"] = value

    loader_class._cache = property(cache, keep)
