"""Misses that moto answers, waiters, and what recording adds to a call."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import replayaws
from benchmarks.figures import Figure
from benchmarks.peers import PEERS, World, asking, call_of
from benchmarks.rows import ROWS
from replayaws import format
from replayaws.cassette import Cassette, Provenance
from replayaws.interaction import Interaction, raw

WAITER = "transcription_job_completed"


def misses(world: World, *, rounds: int) -> Figure:
    """A call that no cassette holds, answered by moto, beside moto alone."""
    row = next(row for row in ROWS if row.service == "sts")
    client = world.client(row.service)
    call = call_of(client, row, world.queue_url)
    best = {"moto": 1e9, "ours": 1e9}
    for _ in range(rounds):
        with PEERS["moto"](world, row) as alone:
            best["moto"] = min(best["moto"], _fastest(alone))
        with replayaws.use_cassette(world.folder / "nothing.json"):
            best["ours"] = min(best["ours"], _fastest(call))
    return Figure("fallback", "sts caller identity, not recorded", "µs", dict(best), {"moto": 1.15})


def waiters(world: World) -> Figure:
    """Nine polls of a waiter that sleeps between them."""
    get = {"TranscriptionJobName": "job"}
    states = ["IN_PROGRESS"] * 8 + ["COMPLETED"]
    interactions = [
        Interaction(
            call="transcribe.GetTranscriptionJob",
            region="us-east-1",
            params=raw(get),
            response=raw({"TranscriptionJob": {**get, "TranscriptionJobStatus": state}}),
            metadata=raw({"HTTPStatusCode": 200}),
        )
        for state in states
    ]
    path = world.folder / "waiter.json"
    recorded = Provenance(at="2026-11-22T10:15:03Z", source="benchmark")
    path.write_bytes(format.dumps(Cassette(replayaws=1, owner="w", recorded=recorded, interactions=interactions)))
    client = world.client("transcribe")
    best = 1e9
    for _ in range(3):
        with replayaws.use_cassette(path, fallback="error"):
            begin = time.perf_counter()
            client.get_waiter(WAITER).wait(**get)
            best = min(best, time.perf_counter() - begin)
    return Figure("waits", "a waiter of nine polls", "s", {"ours": best, "allowed": 0.05}, {"allowed": 1})


def recording(world: World, folder: Path, *, rounds: int) -> Figure:
    """A call to the stand-in, recorded, beside the same call: medians of short turns, as the server's part varies."""
    row = next(row for row in ROWS if row.service == "transcribe")
    call = call_of(world.client(row.service), row, world.queue_url)
    times: dict[str, list[float]] = {"not recorded": [], "ours": []}
    for _ in range(5 * rounds):
        times["not recorded"] += _times(call, 20)
        with asking(world.endpoint), replayaws.use_cassette(folder / "overhead.json", mode="all"):
            times["ours"] += _times(call, 20)
    each = {way: statistics.median(taken) for way, taken in times.items()}
    return Figure("recording", "transcribe get, to the stand-in", "µs", each, {"not recorded": 1.1})


def _times(call: Callable[[], Any], count: int) -> list[float]:
    """Microseconds of processor time of so many calls, after two others."""
    call()
    call()
    taken = []
    for _ in range(count):
        begin = time.process_time_ns()
        call()
        taken.append((time.process_time_ns() - begin) / 1e3)
    return taken


def _fastest(call: Callable[[], Any]) -> float:
    """Microseconds of processor time."""
    clock = time.process_time_ns
    call()
    call()
    gc.collect()
    times = []
    until = time.perf_counter() + 0.5
    while time.perf_counter() < until:
        begin = clock()
        call()
        times.append(clock() - begin)
    return min(times) / 1e3
