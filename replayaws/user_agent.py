"""The user agent that botocore writes anew for every call, which is a third of its part of one: remembered in ours.

A replay sends it to nobody, but handlers of the program may look at it; so it is what botocore makes it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary


class _Remembered:
    """The text of one client's user agent, and all that it was made of."""

    __slots__ = ("_config", "_features", "_own", "text")

    def __init__(self, maker: Any, features: frozenset[str], text: str) -> None:
        self._own = dict(vars(maker))
        self._config = dict(vars(maker._client_config))
        self._features, self.text = features, text

    def still_holds(self, maker: Any, features: frozenset[str]) -> bool:
        return self._features == features and self._own == vars(maker) and self._config == vars(maker._client_config)


def remember(module: ModuleType, call_under_way: Callable[[], object]) -> None:
    """Let what writes a client's user agent remember the text in calls that have an owner.

    :param module: ``botocore.useragent``; left as it is where it is not made as it is known to be.
    :param call_under_way: the call that this thread makes for an owner, ``None`` where it makes none.
    """
    kind: Any = getattr(module, "UserAgentString", None)
    context: Callable[[], Any] | None = getattr(module, "get_context", None)
    if kind is None or context is None:
        return
    original = kind.to_string
    known: WeakKeyDictionary[Any, _Remembered] = WeakKeyDictionary()

    @functools.wraps(original)
    def to_string(self: Any) -> Any:
        if call_under_way() is None or getattr(self, "_client_config", None) is None:
            return original(self)
        under_way = context()
        features = frozenset(getattr(self, "_client_features", None) or ())
        features = features if under_way is None else features.union(under_way.features)
        remembered = known.get(self)
        if remembered is None or not remembered.still_holds(self, features):
            remembered = known[self] = _Remembered(self, features, original(self))
        return remembered.text

    kind.to_string = to_string
