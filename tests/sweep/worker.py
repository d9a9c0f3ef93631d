"""The two processes of the sweep: one records services from the stand-in, another, with the stand-in gone, replays them.

Run as ``python -m tests.sweep.worker record|replay FOLDER FRACTION SERVICE...``; :mod:`tests.sweep` starts both.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pickle
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from replayaws import MissError, use, use_cassette
from tests.sweep import calls
from tests.sweep.faithful import differences, faithful, lost
from tests.sweep.hidden import is_hidden
from tests.sweep.standin import Answer, StandIn

REGION = "us-east-1"


def record(folder: Path, service: str, fraction: float, server: StandIn) -> None:
    """Call every operation of a service, a cassette for each round, and keep what the client handed out."""
    results: dict[str, list[dict[str, Any]]] = {}
    client, methods = plain_client(service, server.url)
    model = calls.service_model(service, _session().get_component("data_loader"))
    for name, sent in calls.rounds(model, server.url, chosen=_sampler(service, fraction)):
        results[name] = []
        try:
            with use_cassette(folder / service / f"{name}.json", mode="all"):
                for one in sent:
                    server.answers.clear()
                    server.answers.append(one.answer)
                    results[name].append(_first_taken(client, methods, one))
        except Exception as error:
            fault = f"the cassette was not written: {_first_lines(error)}"
            results[name] = [{"operation": one.operation, "fault": fault} for one in sent]
    (folder / f"{service}.pickle").write_bytes(pickle.dumps({"endpoint": server.url, "rounds": results}))


def replay(folder: Path, service: str) -> dict[str, Any]:
    """Call everything again and compare; per operation what differs, and what of the answers never arrived."""
    kept = pickle.loads((folder / f"{service}.pickle").read_bytes())
    client, methods = plain_client(service, kept["endpoint"])
    faults: dict[str, list[str]] = defaultdict(list)
    unsent: dict[str, list[str]] = defaultdict(list)
    counts = {"operations": 0, "answers": 0, "redacted": 0}
    for name, live_results in kept["rounds"].items():
        counts["operations"] = max(counts["operations"], len(live_results))
        recorded = [live for live in live_results if "fault" not in live]
        for live in live_results:
            if "fault" in live:
                faults[live["operation"]].append(f"{name}: not recorded: {live['fault']}")
        if not recorded:
            continue
        with _without_misses(), use_cassette(folder / service / f"{name}.json", fallback="error"):
            for live in recorded:
                replayed = call(getattr(client, methods[live["operation"]]), live["params"])
                counts["answers"] += 1
                found, hidden = _compare(live, replayed, client.meta.service_model)
                counts["redacted"] += hidden
                faults[live["operation"]] += [f"{name}: {line}" for line in found]
                unsent[live["operation"]] += [f"{name}{path}" for path in live["lost"]]
    return {
        "counts": counts,
        "faults": {operation: lines for operation, lines in faults.items() if lines},
        "unsent": {operation: lines for operation, lines in unsent.items() if lines},
    }


@contextlib.contextmanager
def _without_misses() -> Iterator[None]:
    """A miss is an operation's fault already when the end of the cassette tells it again."""
    with contextlib.suppress(MissError):
        yield


def _sampler(service: str, fraction: float) -> Callable[[str], bool]:
    return lambda operation: zlib.crc32(f"{service}.{operation}".encode()) < fraction * 2**32


@functools.lru_cache(maxsize=1)
def _session() -> Any:
    return botocore.session.Session()


def plain_client(service: str, endpoint: str) -> tuple[Any, dict[str, str]]:
    """A client of which everything goes to one endpoint, and its methods by operation."""
    config = Config(
        signature_version=botocore.UNSIGNED if service in _UNSIGNED else None,
        retries={"total_max_attempts": 1},
        inject_host_prefix=False,  # would go before the loopback address
        s3={"addressing_style": "path"},
        connect_timeout=5,
        read_timeout=5,
    )
    client = _session().create_client(service, region_name=REGION, endpoint_url=endpoint, config=config)

    def redirect(request: Any, **_: Any) -> None:
        """Some endpoint rules change the given endpoint; all goes to the stand-in."""
        request.url = f"{endpoint}/{request.url.partition('://')[2].partition('/')[2]}"

    client.meta.events.register("before-send", redirect)
    return client, {operation: method for method, operation in client.meta.method_to_api_mapping.items()}


_UNSIGNED = {
    "cloudfront-keyvaluestore": "signs with SigV4a, which botocore leaves to a package that is not here",
    "codecatalyst": "takes bearer tokens of a login",
    "account-access-runtime": "takes bearer tokens of a login",
}


def _first_taken(client: Any, methods: dict[str, str], sent: calls.Sent) -> dict[str, Any]:
    """The outcome with the first parameters that the client takes."""
    kept: dict[str, Any] = {"operation": sent.operation}
    method = getattr(client, methods[sent.operation], None)
    if method is None:
        return {**kept, "fault": "botocore gives its clients no method for it (it needs bidirectional HTTP/2)"}
    for params in sent.params:
        outcome = call(method, params)
        if "result" in outcome:
            return {**kept, **outcome, "params": params, "lost": _lost(sent, outcome["result"])}
    return {**kept, "fault": outcome["raised"]}


def _lost(sent: calls.Sent, result: Any) -> list[str]:
    return lost(sent.value, result) if sent.whole else []


def call(method: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    """What a method returned or raised: its ``result`` in faithful form, if it has one, and the name of what it ``raised``."""
    try:
        return {"raised": None, "result": faithful(method(**params))}
    except ClientError as error:
        return {"raised": f"{type(error).__name__}: {error}", "result": faithful(error.response)}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {_first_lines(error)}"}


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _compare(live: dict[str, Any], replayed: dict[str, Any], service: Any) -> tuple[list[str], int]:
    """What differs, and how many values differ only because they were redacted."""
    if "result" not in replayed:
        return [f"raised {replayed['raised']}"], 0
    found, hidden = [], 0
    for difference in differences(live["result"], replayed["result"]):
        if difference.redacted or is_hidden(difference.path, live, service):
            hidden += 1
        else:
            found.append(str(difference))
    if not hidden and live["raised"] != replayed["raised"]:
        found.append(f"raised {replayed['raised']} instead of {live['raised']}")
    return found, hidden


_CALLER = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
    b"<Arn>arn:aws:iam::123456789012:user/sweep</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
"""What the recorder asks first, of whomever it records from: whose account is it?"""


@contextlib.contextmanager
def as_caller(server: StandIn) -> Iterator[None]:
    """Let the recorder take the stand-in for whom it records from, asked once instead of for each of thousands of cassettes."""
    os.environ["AWS_ENDPOINT_URL"] = server.url
    server.answers.append(Answer(200, {}, _CALLER))
    asked, origin = use._origin, use._origin()
    use._origin = lambda: origin
    try:
        yield
    finally:
        use._origin = asked


def main(step: str, folder: Path, fraction: float, services: list[str]) -> None:
    """Do one step for some services; prints a line of JSON for each."""
    if step == "replay":
        for service in services:
            print(json.dumps({"service": service, **replay(folder, service)}), flush=True)
        return
    sys.setswitchinterval(0.0005)  # the client and the stand-in hand over to each other at every call
    with StandIn() as server, as_caller(server):
        for service in services:
            record(folder, service, fraction, server)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
