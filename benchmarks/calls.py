"""What one call costs, answered by each peer: all of them in turn, again and again, the fastest round counts."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.peers import PEERS, World
from benchmarks.rows import ROWS, Row

ROUNDS = 12
SLICE = 0.03
"""Seconds that a peer runs in one round."""


def measure(world: World, *, rounds: int = ROUNDS, titles: Sequence[str] = (), peers: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Microseconds per call of every row and peer."""
    return [
        {"title": row.title, "limit": row.limit, "is_large": row.is_large, "µs": _row(world, row, rounds, peers)}
        for row in ROWS
        if not titles or row.title in titles
    ]


def _row(world: World, row: Row, rounds: int, peers: Sequence[str]) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, peer in PEERS.items():
            if peers and name not in peers:
                continue
            with peer(world, row) as call:
                best[name] = min(best.get(name, 1e9), _per_call(call))
    return best


def _per_call(call: Any) -> float:
    call()
    call()
    gc.collect()
    gc.disable()
    try:
        best, until = 1e9, time.perf_counter() + SLICE
        while time.perf_counter() < until:
            begin = time.process_time_ns()
            for _ in range(5):
                call()
            best = min(best, (time.process_time_ns() - begin) / 5)
        return best / 1e3
    finally:
        gc.enable()


@contextlib.contextmanager
def _nothing() -> Any:
    yield
