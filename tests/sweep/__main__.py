"""``python -m tests.sweep``: is what was recorded what is replayed, for every operation that botocore models?

Each operation of each service is called through a real client against a stand-in that sends, in the service's own
protocol, an answer with every member filled, a minimal one, one with everything empty, one with values at the edges
of what the wire can carry, and each modelled error. What the client handed out is compared, type by type, with what
it hands out in another process that replays the cassettes with the stand-in gone. Redacted values are compared by
presence.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from replayaws.ambient import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY
from replayaws.shapes import service_model, services

ROOT = Path(__file__).parents[2]
_SHARD_OPERATIONS = 400
_ZONE = "America/New_York"
"""Has a summer time, and is not UTC."""


def main(arguments: list[str] | None = None) -> int:
    """Run the sweep; the exit code is 1 when an operation differs without an explanation."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--services", help="names, separated by commas; all without")
    parser.add_argument("--sample", type=int, help="about that many of the operations, always the same ones")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--keep", type=Path, help="a folder to leave the cassettes in")
    parser.add_argument("--json", type=Path, help="a file for the whole outcome")
    options = parser.parse_args(arguments)
    names = options.services.split(",") if options.services else services()
    with tempfile.TemporaryDirectory() as temporary:
        outcome = sweep(names, options.keep or Path(temporary), sample=options.sample, jobs=options.jobs, say=_progress)
    if options.json:
        options.json.write_text(json.dumps(outcome, indent=1))
    print(report(outcome))
    return 0 if all(explanation(*where, lines) for where, lines in faults(outcome)) else 1


def sweep(
    names: list[str], folder: Path, *, sample: int | None = None, jobs: int = 1, zone: str = _ZONE, say: Any = None
) -> dict[str, Any]:
    """The outcome by service: counts, faults and what the wire could not carry, each by operation.

    :param names: of services.
    :param folder: where the cassettes go.
    :param sample: about how many operations; all of them without.
    :param jobs: how many processes at a time.
    :param zone: the time zone of both processes.
    :param say: called with each service's outcome.
    """
    sizes = {name: len(service_model(name).operation_names) for name in names}
    fraction = 1.0 if sample is None else min(1.0, sample / sum(sizes.values()))
    outcome: dict[str, Any] = {}
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(lambda shard: _shard(shard, folder, fraction, zone), _shards(sizes, fraction)):
            outcome.update(found)
            if say:
                say(outcome, len(names))
    return dict(sorted(outcome.items()))


def _shards(sizes: dict[str, int], fraction: float) -> list[list[str]]:
    """Services of about the same number of operations together, the largest first."""
    shards: list[list[str]] = []
    room = 0.0
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if not shards or room < sizes[name] * fraction:
            shards.append([])
            room = _SHARD_OPERATIONS
        shards[-1].append(name)
        room -= sizes[name] * fraction
    return shards


def _shard(names: list[str], folder: Path, fraction: float, zone: str) -> dict[str, Any]:
    _step("record", names, folder, fraction, zone)
    return {line.pop("service"): line for line in _step("replay", names, folder, fraction, zone)}


def _step(step: str, names: list[str], folder: Path, fraction: float, zone: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.sweep.worker", step, str(folder), str(fraction), *names]
    done = subprocess.run(command, cwd=ROOT, env=_environment(zone), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _environment(zone: str) -> dict[str, str]:
    """Nothing of this machine's AWS configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    made_up = {"AWS_ACCESS_KEY_ID": DUMMY_ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": DUMMY_SECRET_KEY}
    missing = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {**kept, **made_up, **missing, "TZ": zone, "PYTHONPATH": str(ROOT)}


_started = time.monotonic()


def _progress(outcome: dict[str, Any], total: int) -> None:
    print(
        f"\r{len(outcome)} of {total} services, {time.monotonic() - _started:.0f} s",
        end="",
        file=sys.stderr,
        flush=True,
    )


def faults(outcome: dict[str, Any]) -> list[tuple[tuple[str, str], list[str]]]:
    """Service and operation of each that is not equal, and what was found."""
    return [((service, name), lines) for service, found in outcome.items() for name, lines in found["faults"].items()]


def explanation(service: str, operation: str, lines: list[str]) -> str:
    """Why an operation cannot be equal, where that is known; else nothing."""
    for fragment, why in _EXPLAINED.items():
        if all(fragment in line for line in lines):
            return why
    return ""


_EXPLAINED = {
    "botocore gives its clients no method for it": "botocore removes it from its clients: it needs bidirectional HTTP/2",
    "<Element '": "its model names one element twice, and botocore hands out XML elements, which no cassette can hold",
}


def report(outcome: dict[str, Any]) -> str:
    """The outcome in words: how many are equal, and the rest with an explanation each."""
    counts: Counter[str] = Counter()
    for found in outcome.values():
        counts.update(found["counts"])
    found_faults = faults(outcome)
    lines = [f"{counts['operations'] - len(found_faults)} of {counts['operations']} equal"]
    lines.append(f"({len(outcome)} services, {counts['answers']} answers, {counts['redacted']} values redacted)")
    for (service, operation), found_lines in found_faults:
        why = explanation(service, operation, found_lines)
        lines.append(
            f"{service}.{operation}: {why or found_lines[0]}" + ("" if why else f" ({len(found_lines)} in all)")
        )
    unsent = [(service, name, paths) for service, found in outcome.items() for name, paths in found["unsent"].items()]
    if unsent:
        lines.append(f"Of {len(unsent)} operations the stand-in's answers did not arrive whole:")
        lines += [f"{service}.{name}: {', '.join(paths[:3])}" for service, name, paths in unsent]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
