"""The user agent that botocore writes anew for every call, which is a third of its part of one: remembered in ours.

A replay sends it to nobody, but handlers of the program may look at it; so its parts are what botocore makes them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

_MOST = 1024


def remember_parts(module: ModuleType, call_under_way: Callable[[], object]) -> None:
    """Let the parts of a user agent remember their text in calls that have an owner.

    :param module: ``botocore.useragent``; left as it is where its parts are not made as they are known to be.
    :param call_under_way: the call that this thread makes for an owner, ``None`` where it makes none.
    """
    kind: Any = getattr(module, "UserAgentComponent", None)
    if kind is None or not issubclass(kind, tuple) or "to_string" not in vars(kind):
        return
    original = kind.to_string
    known = functools.lru_cache(maxsize=_MOST)(original)

    @functools.wraps(original)
    def to_string(self: Any) -> Any:
        if call_under_way() is None or (len(self) > 3 and self[3] is not None):  # the fourth is made anew each time
            return original(self)
        return known(self)

    kind.to_string = to_string
