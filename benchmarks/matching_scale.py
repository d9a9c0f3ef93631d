"""What finding and playing a recording costs per call, by the size of the cassette.

Run it with ``python -m benchmarks.matching_scale [sizes...]``. Each row is one way in which calls are found; the columns
are the median microseconds per call. What is done once, when an operation is first called or a call is first out of
order, is in the last column, in milliseconds, for the largest cassette: all that the calls took above their median.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import boto3

import replayaws
from benchmarks.figures import Figure
from benchmarks.peers import KEYS
from replayaws import format, shapes
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette, Provenance
from replayaws.found import Found
from replayaws.interaction import Call, Interaction, raw
from replayaws.player import Player

START, GET = "transcribe.StartTranscriptionJob", "transcribe.GetTranscriptionJob"
SAMPLE = 2_000


def _interaction(name: str, params: dict[str, object], status: str) -> Interaction:
    job = {"TranscriptionJobName": params["TranscriptionJobName"], "TranscriptionJobStatus": status}
    return Interaction(call=name, region="eu-west-1", params=raw(params), response=raw({"TranscriptionJob": job}))


def _tape(size: int, name: Callable[[int], str]) -> tuple[Cassette, list[str]]:
    """Jobs that are each started, polled until completed: four interactions each."""
    names = [name(number) for number in range(size // 4)]
    interactions = []
    for job in names:
        params = {"TranscriptionJobName": job, "Media": {"MediaFileUri": "s3://media/a.wav"}}
        interactions.append(_interaction(START, params, "IN_PROGRESS"))
        for status in ("QUEUED", "IN_PROGRESS", "COMPLETED"):
            interactions.append(_interaction(GET, {"TranscriptionJobName": job}, status))
    provenance = Provenance(at="2026-11-22T10:15:03Z", source="aws")
    return Cassette(replayaws=1, owner="benchmark", recorded=provenance, interactions=interactions), names


def _program(names: list[str]) -> list[tuple[str, dict[str, object]]]:
    calls: list[tuple[str, dict[str, object]]] = []
    for job in names:
        calls.append((START, {"TranscriptionJobName": job, "Media": {"MediaFileUri": "s3://media/a.wav"}}))
        calls += [(GET, {"TranscriptionJobName": job})] * 3
    return calls


def _run(cassette: Cassette, program: list[tuple[str, dict[str, object]]]) -> tuple[float, float]:
    """(microseconds per call, milliseconds of the calls that prepared each operation)."""
    calls = [
        Call(service=n.partition(".")[0], operation=n.partition(".")[2], region="eu-west-1", params=p)
        for n, p in program
    ]
    models = [shapes.operation_model(call.service, call.operation) for call in calls]
    player = Player(cassette, bindings=Bindings())
    times = []
    for call, model in zip(calls, models, strict=True):
        begin = time.perf_counter()
        found = player.find(call, model)
        if isinstance(found, Found):
            player.play(found)
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    return median * 1e6, (sum(times) - median * len(times)) * 1e3


def _in_order(size: int) -> tuple[float, float]:
    cassette, names = _tape(size, lambda number: f"job{number}")
    return _run(cassette, _program(names[: SAMPLE // 4]))


def _shuffled(size: int) -> tuple[float, float]:
    cassette, names = _tape(size, lambda number: f"job{number}")
    random.Random(7).shuffle(names)
    return _run(cassette, _program(names[: SAMPLE // 4]))


def _polled(size: int) -> tuple[float, float]:
    cassette, names = _tape(size, lambda number: f"job{number}")
    return _run(cassette, _program(names[:1]) + [(GET, {"TranscriptionJobName": names[0]})] * SAMPLE)


def _generated(size: int) -> tuple[float, float]:
    cassette, names = _tape(size, lambda _: f"job-{uuid.uuid4()}")
    return _run(cassette, _program([f"job-{uuid.uuid4()}" for _ in names[: SAMPLE // 4]]))


def _missed(size: int) -> tuple[float, float]:
    cassette, _ = _tape(size, lambda number: f"job{number}")
    return _run(cassette, [(GET, {"TranscriptionJobName": f"other{number}"}) for number in range(SAMPLE)])


ROWS = {
    "in recorded order": _in_order,
    "in another order": _shuffled,
    "the last state, again and again": _polled,
    "generated names": _generated,
    "misses": _missed,
}


def measure(*, rounds: int, small: int = 100, large: int = 100_000) -> list[Figure]:
    """A call to a large cassette beside the same to a small one: through a client, and finding it alone; the fastest rounds."""
    ways = {"a call, any of them": (_called, {f"of {small}": 1.2})}
    ways |= {f"finding it, {title}": (lambda size, way=way: way(size)[0], {}) for title, way in ROWS.items()}
    figures = []
    for title, (way, goals) in ways.items():
        best = {"ours": 1e9, f"of {small}": 1e9}
        for _ in range(rounds):
            for name, size in ((f"of {small}", small), ("ours", large)):
                best[name] = min(best[name], way(size))
        figures.append(Figure("matching", f"{title} of {large:,}", "µs", dict(best), goals))
    return figures


def _called(size: int) -> float:
    """Microseconds of processor time per call of a client."""
    names = [f"job{number}" for number in range(size)]
    reads = [_interaction(GET, {"TranscriptionJobName": name}, "COMPLETED") for name in names]
    provenance = Provenance(at="2026-11-22T10:15:03Z", source="benchmark")
    client = boto3.client("transcribe", region_name="eu-west-1", **KEYS)
    chosen = random.Random(7).choices(names, k=SAMPLE // 4)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tape.json")
        cassette = Cassette(replayaws=1, owner="benchmark", recorded=provenance, interactions=reads)
        path.write_bytes(format.dumps(cassette))
        del cassette, reads
        with replayaws.use_cassette(path, fallback="error"):
            client.get_transcription_job(TranscriptionJobName=names[0])  # the first call indexes its operation
            gc.collect()
            gc.disable()
            try:
                begin = time.process_time()
                for name in chosen:
                    client.get_transcription_job(TranscriptionJobName=name)
                return (time.process_time() - begin) / len(chosen) * 1e6
            finally:
                gc.enable()


def main(sizes: list[int]) -> None:
    """Print the table."""
    print(f"{'':34}" + "".join(f"{size:>12,}" for size in sizes) + f"{'once':>12}")
    for title, measure in ROWS.items():
        results = [measure(size) for size in sizes]
        print(f"{title:34}" + "".join(f"{one[0]:>9.1f} µs" for one in results) + f"{results[-1][1]:>9.0f} ms")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100, 10_000, 100_000])
