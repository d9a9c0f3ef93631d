"""How often moto, brought to the recorded state, comes to the same outcome as the world that was recorded.

    python -m benchmarks.coherence [--verbose] [--set {tuned,held-out}] [SERVICE ...]

Each scenario runs whole against a separate ``moto_server`` process with another account: that is the truth. Then the
same program runs again. Some of its calls are replayed from the truth and journalled; the others are answered by the
fallback, and their outcome (success, or which error) is compared with the truth's. What is recorded varies: the first
or the second half, the even or the odd calls, those that change something or those that read. A scenario's first steps,
marked ``+``, make what it uses: "inside" they are part of the recording, "outside" nobody recorded them, as where a
resource existed before. The mechanism was built on the tuned set; the held-out set was written after it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import botocore.session
import jmespath
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.coherence_heldout import HELD_OUT
from benchmarks.coherence_scenarios import SCENARIOS, Step
from replayaws.fallback.answers import NoAnswer
from replayaws.fallback.fallback import Fallback
from replayaws.fallback.journal import Entry
from replayaws.fallback.values import rewritten
from replayaws.shapes import is_read, operation_model

THEIR_ACCOUNT, OUR_ACCOUNT = "999988887777", "123456789012"
REGION = "eu-west-1"
SETS = {"tuned": SCENARIOS, "held-out": HELD_OUT}
CRASH = "500"
"""The server's own crash is no truth to compare with."""
PATTERNS = ("half", "second half", "even", "odd", "mutations", "reads")


@dataclass
class Outcome:
    """What a step came to: ``"ok"`` or the error code, and the call as it was made."""

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    parsed: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)


class Program:
    """Runs steps through botocore clients and remembers what later steps refer to."""

    def __init__(self, endpoint: str | None, fallback: Fallback | None) -> None:
        self._endpoint, self._fallback = endpoint, fallback
        self._session = botocore.session.Session()
        self._clients: dict[str, Any] = {}
        self._seen: Outcome = Outcome("")
        self.values: dict[str, str] = {}

    def run(self, step: Step) -> Outcome:
        """Make a step's call."""
        self._seen = Outcome("ok", asked=self.params(step))
        with contextlib.suppress(ClientError):
            try:
                self._client(step.service)._make_api_call(step.operation, dict(self._seen.asked))
            except UnansweredError as unanswered:
                self._seen.kind = f"none: {unanswered}"
            except BotoCoreError as error:
                self._seen.kind = f"client: {error}"
        return self._seen

    def params(self, step: Step) -> dict[str, Any]:
        """A step's parameters with the values of earlier answers filled in."""
        known = {"account": OUR_ACCOUNT if self._fallback else THEIR_ACCOUNT, "region": REGION, **self.values}
        return rewritten(step.params, lambda text: re.sub(r"\$(\w+)", lambda name: known.get(name[1], "missing"), text))

    def save(self, step: Step, parsed: dict[str, Any]) -> None:
        """Keep the values of an answer that later steps refer to."""
        for name, path in step.save.items():
            found = jmespath.search(path, parsed)
            if found is not None:
                self.values[name] = found

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            client = self._session.create_client(
                service,
                region_name=REGION,
                endpoint_url=self._endpoint,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
            client.meta.events.register_last("before-parameter-build", self._remember)
            client.meta.events.register_first("after-call.*.*", self._after)
            if self._fallback is not None:
                client.meta.events.register_last("before-call.*.*", self._answer)
            self._clients[service] = client
        return self._clients[service]

    def _remember(self, params: dict[str, Any], **_: Any) -> None:
        self._seen.params = params

    def _after(self, parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        self._seen.parsed = rewritten(parsed, str)  # a copy: botocore's own handlers change it after this
        if http_response.status_code >= 300:
            self._seen.kind = str(parsed.get("Error", {}).get("Code"))

    def _answer(self, model: Any, **_: Any) -> Any:
        assert self._fallback is not None
        answer = self._fallback.answer(
            service=model.service_model.service_name, operation=model.name, region=REGION, params=self._seen.params
        )
        if isinstance(answer, NoAnswer):
            raise UnansweredError(answer.reason)
        return answer.http, answer.parsed


class UnansweredError(Exception):
    """The fallback has no answer."""


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("services", nargs="*")
    parser.add_argument("-s", "--set", choices=SETS, action="append", help="both where it is not given")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    with server() as endpoint:
        for name in options.set or SETS:
            table(name, options.services, endpoint, options.verbose)
    return 0


def table(name: str, services: list[str], endpoint: str, verbose: bool) -> None:
    """Print the table of one set: services, outcomes that were the same inside and outside, and the totals."""
    scenarios = SETS[name]
    totals: Counter[tuple[str, str]] = Counter()
    print(f"{name:18}{'inside':>14}{'outside':>14}")
    for service in services or sorted(scenarios):
        cells = []
        for where in ("inside", "outside"):
            right, asked = scenario(scenarios[service], endpoint, where, verbose)
            totals[where, "right"] += right
            totals[where, "asked"] += asked
            cells.append(f"{right:5} of {asked:3}")
        print(f"{service:18}" + "".join(f"{cell:>14}" for cell in cells), flush=True)
    for where in ("inside", "outside"):
        right, asked = totals[where, "right"], totals[where, "asked"]
        print(f"{name}, {where}: {right} of {asked} outcomes the same, {100 * right / max(asked, 1):.1f} %")


def scenario(steps: list[Step], endpoint: str, where: str, verbose: bool) -> tuple[int, int]:
    """(same outcomes, calls asked of the fallback) over all patterns of what was recorded."""
    right = asked = 0
    for pattern in PATTERNS:
        for step, truth, answer in replay(steps, endpoint, where, pattern, verbose):
            asked += 1
            same = truth.kind == answer.kind
            right += same
            if verbose and not same:
                error = answer.parsed.get("Error", {}).get("Message", "")
                print(f"   {where}/{pattern}: {step.service}.{step.operation}: {truth.kind} != {answer.kind} {error}")
    return right, asked


def replay(
    steps: list[Step], endpoint: str, where: str, pattern: str, verbose: bool
) -> Iterator[tuple[Step, Outcome, Outcome]]:
    """Run the truth, then the same program on recordings and the fallback; give what the fallback was asked."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    theirs = Program(endpoint, None)
    truths = []
    for step in steps:
        truth = theirs.run(step)
        theirs.save(step, truth.parsed)
        truths.append(redacted(truth))
        if truth.kind != "ok" and not step.fails:
            print(f"   truth: {step.service}.{step.operation}: {truth.kind} {truth.parsed.get('Error')}")
    fallback = Fallback(account=OUR_ACCOUNT)
    ours = Program(None, fallback)
    body = [step for step in steps if not step.before]
    recording = [
        entry(step, truth)
        for step, truth in zip(steps, truths, strict=True)
        if truth.kind == "ok" and is_recorded(step, body, pattern) and not (step.before and where == "outside")
    ]
    fallback.foresee(lambda: recording)
    for step, truth in zip(steps, truths, strict=True):
        if step.before and where == "outside":
            ours.save(step, truth.parsed)
            continue
        wanted = is_recorded(step, body, pattern)
        if wanted and ours.params(step) == truth.asked:
            read = is_read(operation_model(step.service, step.operation))
            fallback.journal(
                service=step.service,
                operation=step.operation,
                region=REGION,
                params=truth.params,
                response=without_metadata(truth),
                failed=truth.kind != "ok",
                read=read,
            )
            ours.save(step, truth.parsed)
            continue
        answer = ours.run(step)
        ours.save(step, answer.parsed)
        if truth.kind != CRASH:
            yield step, truth, answer
    if verbose:
        for line in fallback.rejected:
            print(f"   {where}/{pattern}: rejected {line}")


def is_recorded(step: Step, body: list[Step], pattern: str) -> bool:
    """Whether a pattern has the step in the recording."""
    if step.before:
        return True
    position = next(index for index, other in enumerate(body) if other is step)
    if pattern in ("half", "second half"):
        return (position < len(body) // 2) == (pattern == "half")
    if pattern in ("even", "odd"):
        return (position % 2 == 0) == (pattern == "even")
    reads = is_read(operation_model(step.service, step.operation))
    return reads == (pattern == "reads")


def entry(step: Step, truth: Outcome) -> Entry:
    """A step as the recording has it."""
    read = is_read(operation_model(step.service, step.operation))
    return Entry(step.service, step.operation, REGION, truth.params, without_metadata(truth), read)


def without_metadata(truth: Outcome) -> dict[str, Any]:
    """The answer without what is about the HTTP response."""
    return {name: value for name, value in truth.parsed.items() if name != "ResponseMetadata"}


def redacted(outcome: Outcome) -> Outcome:
    """The outcome as a cassette has it: with the account that every recording has, and bodies read."""
    parsed = {name: value.read() if hasattr(value, "read") else value for name, value in outcome.parsed.items()}
    values = (rewritten(value, with_our_account) for value in (outcome.params, parsed, outcome.asked))
    return Outcome(outcome.kind, *values)


def with_our_account(text: str) -> str:
    """A text with the account of recordings."""
    return text.replace(THEIR_ACCOUNT, OUR_ACCOUNT)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A ``moto_server`` process with an account of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "MOTO_ACCOUNT_ID": THEIR_ACCOUNT},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
