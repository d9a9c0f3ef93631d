"""The stack of inserted owners: whose is a call that is made now?

It is process state behind a lock, not a context variable: s3transfer and the program's own thread pools call from
threads in which context variables are empty.
"""

from __future__ import annotations

import sys
import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replayaws.deck import Deck
    from replayaws.owner import Owner

_stack: list[Owner] = []
_lock = threading.RLock()
_thread_owners: weakref.WeakKeyDictionary[threading.Thread, Owner] = weakref.WeakKeyDictionary()


def insert(owner: Owner) -> None:
    """Let the calls from here on be an owner's."""
    with _lock:
        _claim_threads()
        _stack.append(owner)


def eject(owner: Owner) -> None:
    """Take an owner off the stack, wherever it lies in it; repeating does nothing."""
    with _lock:
        _claim_threads()
        if owner in _stack:
            _stack.remove(owner)


def current() -> Deck | None:
    """The deck of the owner of a call made now, by this thread; ``None`` where none is inserted."""
    owner = current_owner()
    return None if owner is None else owner.deck


def current_owner() -> Owner | None:
    """The owner of a call made now, by this thread."""
    if not _stack:
        return None
    if threading.active_count() > 1:
        thread = threading.current_thread()
        owner = _thread_owners.get(thread)
        if owner is not None and not _is_pool_worker(thread) and not _runs_event_loop():
            return owner
    try:
        return _stack[-1]
    except IndexError:
        return None


def replaying() -> bool:
    """Whether this is a replay: nothing of the machine's surroundings counts then."""
    owner = current_owner()
    return owner is not None and not owner.mode.records


def recorded_region() -> str | None:
    """The default region of the surroundings that the current recordings were made in."""
    owner = current()
    return None if owner is None else owner.recorded_region()


def _claim_threads() -> None:
    """Threads started under the deck on top are its own, also when they outlive it."""
    if threading.active_count() == 1 or not _stack:
        return
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread not in _thread_owners:
            _thread_owners[thread] = _stack[-1]


def _runs_event_loop() -> bool:
    """Whether this thread runs an event loop, such as fsspec's, to which whoever wants submits."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


def _is_pool_worker(thread: threading.Thread) -> bool:
    """Whether the thread works for a ``ThreadPoolExecutor``, which whoever submits to it makes calls from."""
    import concurrent.futures.thread as pools

    return thread in pools._threads_queues  # the one place that knows
