"""Measure everything in one run: ``python -m benchmarks [--only SECTION ...] [--rounds N] [--tests N] [--out FOLDER]``.

Peers take turns in every round, and the fastest round of each counts, of whole runs of pytest the median. Prints a table, and
writes ``benchmarks.json`` and ``benchmarks.svg``. Needs the packages of ``pip install replayaws[test] pytest-recording``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks import calls, further, loading, matching_scale, rows, standin, streaming, suites
from benchmarks.figures import Figure, plot, table
from benchmarks.peers import KEYS, World

SECTIONS = ("calls", "fallback", "waits", "recording", "loading", "matching", "streaming", "start", "suite")
PACKAGES = ("boto3", "botocore", "moto", "vcrpy", "pytest-recording", "placebo", "pytest", "pytest-xdist", "msgspec")


def main() -> None:
    """Run the chosen sections."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    parser.add_argument("--rounds", type=int, default=6, help="how often each peer is measured")
    parser.add_argument("--tests", type=int, default=500, help="tests of the suite, with five calls each")
    parser.add_argument("--interactions", type=int, default=loading.SIZE, help="of the large cassette")
    parser.add_argument("--mebibytes", type=int, default=1024, help="of the large body")
    parser.add_argument("--out", type=Path, default=Path(), help="folder of benchmarks.json and benchmarks.svg")
    chosen = parser.parse_args()
    versions = {name: version(name) for name in PACKAGES}
    machine = f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors"
    print(f"{machine}\n{', '.join(f'{name} {number}' for name, number in versions.items())}\n", flush=True)
    figures = []
    for figure in _figures(chosen):
        figures.append(figure)
        print(table([figure]), "\n", flush=True)
    print(table(figures))
    written = {"machine": machine, "versions": versions, "figures": [figure.plain() for figure in figures]}
    (chosen.out / "benchmarks.json").write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    (chosen.out / "benchmarks.svg").write_text(plot(figures, caption="Time beside ours, on a logarithmic scale"))


def _figures(chosen: argparse.Namespace) -> Iterator[Figure]:
    os.environ.update(
        AWS_ACCESS_KEY_ID=KEYS["aws_access_key_id"],
        AWS_SECRET_ACCESS_KEY=KEYS["aws_secret_access_key"],
        AWS_DEFAULT_REGION=rows.REGION,
        AWS_EC2_METADATA_DISABLED="true",
    )
    with suites.somewhere() as folder, standin.serving() as endpoint:
        world = World(endpoint, "", folder)
        world.queue_url = rows.populate(world.client)
        if "calls" in chosen.only:
            yield from calls.measure(world, rounds=chosen.rounds)
        if "waits" in chosen.only:
            yield further.waiters(world)
        if "recording" in chosen.only:
            yield further.recording(world, folder, rounds=chosen.rounds)
        if "fallback" in chosen.only:
            yield further.misses(world, rounds=chosen.rounds)
        if "loading" in chosen.only:
            yield from loading.measure(folder, size=chosen.interactions)
        if "matching" in chosen.only:
            yield from matching_scale.measure(rounds=min(3, chosen.rounds))
        if "streaming" in chosen.only:
            yield from streaming.measure(chosen.mebibytes, rounds=min(3, chosen.rounds))
        if "start" in chosen.only:
            yield from suites.startup(folder, rounds=chosen.rounds)
        if "suite" in chosen.only:
            yield from suites.measure(
                folder, endpoint, world.queue_url, size=chosen.tests, rounds=min(4, chosen.rounds)
            )


if __name__ == "__main__":
    main()
