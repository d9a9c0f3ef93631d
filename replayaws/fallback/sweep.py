"""What moto says to every operation of botocore's models, through the fallback, with the least parameters they take.

    python -m replayaws.fallback.sweep [--every N] [SERVICE ...]

No call may reach the network, hang, or fail in a way that is not explained. Prints the counts, and each call that broke
one of these.
"""

from __future__ import annotations

import argparse
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.fallback import Fallback
from replayaws.shapes import operation_model, service_model, services

SLOW = 60.0
"""Seconds from which a call counts as hanging; the first call of a service imports it."""


def operations(names: list[str] | None = None, *, every: int = 1) -> Iterator[tuple[str, str]]:
    """(service, operation) of the models, or of the named services; every n-th of them."""
    everything = [
        (service, operation) for service in names or services() for operation in service_model(service).operation_names
    ]
    yield from everything[::every]


def least_params(service: str, operation: str) -> dict[str, Any]:
    """The least parameters that an operation takes."""
    from replayaws.fallback.filling import minimal

    shape = operation_model(service, operation).input_shape
    params: dict[str, Any] = {} if shape is None else minimal(shape)
    return params


def outcome(answer: MotoAnswer | NoAnswer) -> str:
    """An answer in one word or two, for counting."""
    if isinstance(answer, MotoAnswer):
        return "service error" if answer.refused else "answered"
    kinds = (
        "does not implement",
        "nothing for the host",
        "failed with",
        "must reach",
        "needs the package",
        "was not asked",
    )
    return next((kind for kind in kinds if kind in answer.reason), "unexplained")


@contextmanager
def network_watched() -> Iterator[list[str]]:
    """The connections and name look-ups that were made meanwhile; none of them succeeds."""
    seen: list[str] = []
    real = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        seen.append(str(address))
        raise ConnectionRefusedError(address)

    def lookup(host: Any, *_: Any, **__: Any) -> Any:
        seen.append(str(host))
        raise socket.gaierror(host)

    socket.socket.connect, socket.getaddrinfo = connect, lookup  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        socket.socket.connect, socket.getaddrinfo = real  # type: ignore[method-assign]


def sweep(calls: Iterator[tuple[str, str]]) -> tuple[Counter[str], list[str]]:
    """(outcomes counted, calls that went wrong and how)."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    fallback = Fallback()
    current = ""
    for service, operation in calls:
        if service != current:
            current, fallback = service, Fallback()
        began = time.perf_counter()
        with network_watched() as seen:
            try:
                answer = fallback.answer(
                    service=service, operation=operation, region="us-east-1", params=least_params(service, operation)
                )
            except Exception as error:
                wrong.append(f"{service}.{operation}: {type(error).__name__}: {error}")
                counts["raised"] += 1
                continue
        counts[outcome(answer)] += 1
        if outcome(answer) == "unexplained" and isinstance(answer, NoAnswer):
            wrong.append(f"{service}.{operation}: {answer.reason}")
        if seen:
            wrong.append(f"{service}.{operation}: reached {seen[0]}")
        if (took := time.perf_counter() - began) > SLOW:
            wrong.append(f"{service}.{operation}: took {took:.0f} s")
    return counts, wrong


def main(arguments: list[str] | None = None) -> int:
    """Sweep and print; 1 when something went wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m replayaws.fallback.sweep", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("services", nargs="*", metavar="SERVICE")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask only every N-th operation")
    options = parser.parse_args(arguments)
    counts, wrong = sweep(operations(options.services, every=options.every))
    for name, count in counts.most_common():
        print(f"{count:6}  {name}")
    print(f"{sum(counts.values()):6}  operations; {len(wrong)} reached the network, hung or were not explained")
    for line in wrong:
        print(f"        {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
