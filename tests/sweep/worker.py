"""The two processes of the sweep: one records services from the stand-in, another, with the stand-in gone, replays them.

Run as ``python -m tests.sweep.worker record|replay FOLDER FRACTION SERVICE...``; :mod:`tests.sweep` starts both.
"""

from __future__ import annotations

import contextlib
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

from replayaws import use, use_cassette
from tests.sweep import calls
from tests.sweep.faithful import differences, faithful, lost, redactions
from tests.sweep.standin import StandIn
from tests.sweep.wire import Answer

REGION = "us-east-1"


def record(folder: Path, service: str, fraction: float, session: Any, server: StandIn) -> None:
    """Call every operation of a service, a cassette for each round, and keep what the client handed out."""
    results: dict[str, list[dict[str, Any]]] = {}
    client, methods = _client(session, service, server.url)
    model = calls.service_model(service, session.get_component("data_loader"))
    for name, sent in calls.rounds(model, server.url, chosen=_sampler(service, fraction)):
        results[name] = []
        try:
            with use_cassette(folder / service / f"{name}.json", mode="all"):
                for call in sent:
                    server.answers.clear()
                    server.answers.append(call.answer)
                    results[name].append(_first_taken(client, methods, call))
        except Exception as error:
            fault = f"the cassette was not written: {_first_lines(error)}"
            results[name] = [{"operation": call.operation, "fault": fault} for call in sent]
    (folder / f"{service}.pickle").write_bytes(pickle.dumps({"endpoint": server.url, "rounds": results}))


def replay(folder: Path, service: str, session: Any) -> dict[str, Any]:
    """Call everything again and compare; per operation what differs, and what of the answers never arrived."""
    kept = pickle.loads((folder / f"{service}.pickle").read_bytes())
    client, methods = _client(session, service, kept["endpoint"])
    faults: dict[str, list[str]] = defaultdict(list)
    unsent: dict[str, list[str]] = defaultdict(list)
    counts = {"operations": 0, "answers": 0, "redacted": 0}
    for name, live_results in kept["rounds"].items():
        counts["operations"] = max(counts["operations"], len(live_results))
        if all("fault" in live for live in live_results):
            for live in live_results:
                faults[live["operation"]].append(f"{name}: not recorded: {live['fault']}")
            continue
        with _faults_of_the_whole(faults, live_results, name), use_cassette(folder / service / f"{name}.json"):
            for live in live_results:
                if "fault" in live:
                    faults[live["operation"]].append(f"{name}: not recorded: {live['fault']}")
                    continue
                counts["answers"] += 1
                replayed = _call(getattr(client, methods[live["operation"]]), live["params"])
                found = _compare(live, replayed)
                faults[live["operation"]] += [f"{name}: {line}" for line in found]
                unsent[live["operation"]] += [f"{name}{path}" for path in live["lost"]]
                if not found:
                    counts["redacted"] += redactions(live["result"], replayed["result"])
    return {
        "counts": counts,
        "faults": {operation: lines for operation, lines in faults.items() if lines},
        "unsent": {operation: lines for operation, lines in unsent.items() if lines},
    }


@contextlib.contextmanager
def _faults_of_the_whole(faults: dict[str, list[str]], results: list[dict[str, Any]], name: str) -> Iterator[None]:
    """A cassette that cannot be replayed at all is a fault of each of its operations."""
    try:
        yield
    except Exception as error:
        for result in results:
            faults[result["operation"]].append(f"{name}: the cassette: {_first_lines(error)}")


def _sampler(service: str, fraction: float) -> Callable[[str], bool]:
    return lambda operation: zlib.crc32(f"{service}.{operation}".encode()) < fraction * 2**32


def _client(session: Any, service: str, endpoint: str) -> tuple[Any, dict[str, str]]:
    config = Config(
        signature_version=botocore.UNSIGNED if service in _NEED_CRT else None,
        retries={"total_max_attempts": 1},
        inject_host_prefix=False,  # would go before the loopback address
        s3={"addressing_style": "path"},
        connect_timeout=5,
        read_timeout=5,
    )
    client = session.create_client(service, region_name=REGION, endpoint_url=endpoint, config=config)

    def redirect(request: Any, **_: Any) -> None:
        """Some endpoint rules change the given endpoint; all goes to the stand-in."""
        request.url = f"{endpoint}/{request.url.partition('://')[2].partition('/')[2]}"

    client.meta.events.register("before-send", redirect)
    return client, {operation: method for method, operation in client.meta.method_to_api_mapping.items()}


_NEED_CRT = ("cloudfront-keyvaluestore",)
"""They sign with SigV4a, which botocore leaves to a package that is not here."""


def _first_taken(client: Any, methods: dict[str, str], call: calls.Sent) -> dict[str, Any]:
    """The outcome with the first parameters that the client takes."""
    kept: dict[str, Any] = {"operation": call.operation}
    method = getattr(client, methods[call.operation], None)
    if method is None:
        return {**kept, "fault": "botocore gives its clients no method for it (it needs bidirectional HTTP/2)"}
    for params in call.params:
        outcome = _call(method, params)
        if "result" in outcome:
            return {**kept, **outcome, "params": params, "lost": _lost(call, outcome["result"])}
    return {**kept, "fault": outcome["raised"]}


def _lost(call: calls.Sent, result: Any) -> list[str]:
    if not call.whole:
        return []
    return lost(call.value, result)


def _call(method: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"raised": None, "result": faithful(method(**params))}
    except ClientError as error:
        return {"raised": f"{type(error).__name__}: {error}", "result": faithful(error.response)}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {_first_lines(error)}"}


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _compare(live: dict[str, Any], replayed: dict[str, Any]) -> list[str]:
    if "result" not in replayed:
        return [f"raised {replayed['raised']}"]
    found = differences(live["result"], replayed["result"])
    if live["raised"] != replayed["raised"] and not redactions(live["result"], replayed["result"]):
        found.append(f"raised {replayed['raised']} instead of {live['raised']}")
    return found


_CALLER = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
    b"<Arn>arn:aws:iam::123456789012:user/sweep</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
"""What the recorder asks first, of whomever it records from: whose account is it?"""


def main(step: str, folder: Path, fraction: float, services: list[str]) -> None:
    """Do one step for some services; prints a line of JSON for each."""
    session = botocore.session.Session()
    if step == "replay":
        for service in services:
            print(json.dumps({"service": service, **replay(folder, service, session)}), flush=True)
        return
    sys.setswitchinterval(0.0005)  # the client and the stand-in hand over to each other at every call
    with StandIn() as server:
        os.environ["AWS_ENDPOINT_URL"] = server.url
        server.answers.append(Answer(200, {}, _CALLER))
        origin = use._origin()
        use._origin = lambda: origin  # asked once, not for each of thousands of cassettes
        for service in services:
            record(folder, service, fraction, session, server)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
