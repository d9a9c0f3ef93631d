"""Deep copies of what moto's backends hold. Importing this module imports moto.

Python's ``copy.deepcopy`` copies most of moto. What it cannot, is taught to it here for as long as a copy is made.
"""

from __future__ import annotations

import collections
import copy
import copyreg
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

_T = TypeVar("_T")
_LOCKS = (type(threading.Lock()), type(threading.RLock()))
_IDENTITIES = (BackendDict, AccountSpecificBackend, BaseBackend, threading.Thread)
"""moto's models refer to these by identity: what backends hold is copied, the backends themselves are not."""


def deep_copy(value: _T) -> _T:
    """A copy in which equal references stay equal, locks are new, and backends are the same.

    :raises Exception: whatever a value that cannot be copied raises.
    """
    with _taught():
        return copy.deepcopy(value)


@contextmanager
def _taught() -> Iterator[None]:
    taught: list[tuple[type, Any]] = [(kind, _itself) for kind in _IDENTITIES]
    taught += [(kind, _copied_defaultdict) for kind in _defaultdicts()]
    taught.append((threading.Condition, _copied_condition))
    taught.append((weakref.WeakValueDictionary, _copied_weak_values))
    before = [(kind, kind.__dict__.get("__deepcopy__")) for kind, _ in taught]
    reducers = dict(copyreg.dispatch_table)
    for kind, way in taught:
        kind.__deepcopy__ = way  # type: ignore[attr-defined]
    for lock in _LOCKS:
        copyreg.dispatch_table[lock] = _new_lock
    try:
        yield
    finally:
        for kind, way in before:
            if way is None:
                del kind.__deepcopy__  # type: ignore[attr-defined]
            else:
                kind.__deepcopy__ = way  # type: ignore[attr-defined]
        copyreg.dispatch_table.clear()
        copyreg.dispatch_table.update(reducers)


def _itself(value: Any, memo: dict[int, Any]) -> Any:
    return value


def _new_lock(lock: Any) -> tuple[Any, tuple[()]]:
    return (threading.Lock if isinstance(lock, _LOCKS[0]) else threading.RLock), ()


def _copied_condition(value: Any, memo: dict[int, Any]) -> Any:
    """A condition holds methods of its lock, which would stay those of the old one."""
    new = threading.Condition(copy.deepcopy(value._lock, memo))
    memo[id(value)] = new
    return new


def _defaultdicts() -> list[type]:
    """moto's subclasses of ``defaultdict``, whose own reduction calls ``__init__`` with the wrong arguments."""
    return [kind for kind in collections.defaultdict.__subclasses__() if kind.__module__.startswith("moto.")]


def _copied_defaultdict(value: Any, memo: dict[int, Any]) -> Any:
    kind: Any = type(value)
    new = kind.__new__(kind)
    memo[id(value)] = new
    new.default_factory = value.default_factory
    new.__dict__.update(copy.deepcopy(value.__dict__, memo))
    for key, item in dict.items(value):
        dict.__setitem__(new, copy.deepcopy(key, memo), copy.deepcopy(item, memo))
    return new


def _copied_weak_values(value: Any, memo: dict[int, Any]) -> Any:
    new = type(value)()
    memo[id(value)] = new
    for key, item in value.items():
        new[copy.deepcopy(key, memo)] = copy.deepcopy(item, memo)
    return new
