"""What one call costs, answered by each peer: all of them in turn, again and again, the fastest round counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import FlexibleChecksumError

from benchmarks.figures import Figure
from benchmarks.peers import PEERS, World
from benchmarks.rows import ROWS, Row

SLICE = 0.03
"""Seconds that a peer runs at a time."""

NEAR = ("ready", "ours", "Stubber")
"""Those that are near each other have more turns: a machine that is slow for a while must not decide."""


def measure(world: World, *, rounds: int) -> Iterator[Figure]:
    """Microseconds per call of every row and peer."""
    for row in ROWS:
        goals = {"ready": row.limit}
        if row.is_large:
            goals["placebo"] = 0.5
        yield Figure("calls", row.title, "µs", _row(world, row, rounds), goals)


def _row(world: World, row: Row, rounds: int) -> dict[str, float | None]:
    best: dict[str, float | None] = {}
    for _ in range(rounds):
        for name in (*PEERS, *NEAR, *NEAR):
            if best.get(name, 0.0) is None:
                continue
            try:
                with PEERS[name](world, row) as call:
                    best[name] = min(best.get(name) or 1e9, _per_call(call))
            except FlexibleChecksumError:  # placebo gives a body back that is not the one that was recorded
                best[name] = None
    return best


def _per_call(call: Any) -> float:
    call()
    call()
    gc.collect()
    gc.disable()
    try:
        best, until = 1e9, time.process_time() + SLICE
        while time.process_time() < until:
            begin = time.process_time_ns()
            for _ in range(3):
                call()
            best = min(best, (time.process_time_ns() - begin) / 3)
        return best / 1e3
    finally:
        gc.enable()
