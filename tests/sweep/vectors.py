"""``python -m tests.sweep.vectors PATH``: botocore's own protocol test vectors through record and replay.

PATH is ``tests/unit/protocols`` of botocore's source distribution (``pip download --no-binary :all: --no-deps botocore``); none
of its files is kept here. Every vector is a small model and an answer on the wire: a stand-in sends it to a client of
that model, and what the client hands out is compared with what it hands out in another process that replays it.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from replayaws import use_cassette
from replayaws.ambient import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY
from tests.sweep.faithful import differences
from tests.sweep.standin import Answer, StandIn
from tests.sweep.worker import as_caller, call, plain_client

ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    """Record and replay all vectors; the exit code is 1 when one differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sweep.vectors", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("path", type=Path, help="tests/unit/protocols of botocore's source distribution")
    path = parser.parse_args(arguments).path
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        names = _write_models(path, folder / "models")
        for step in ("record", "replay"):
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
                "AWS_DATA_PATH": str(folder / "models"),
                "AWS_ACCESS_KEY_ID": DUMMY_ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": DUMMY_SECRET_KEY,
                "PYTHONPATH": str(ROOT),
                "TZ": "America/New_York",
            }
            subprocess.run([sys.executable, __file__, step, str(folder)], cwd=ROOT, env=environment, check=True)
        outcome = json.loads((folder / "outcome.json").read_text())
    print(f"{len(names) - len(outcome)} of {len(names)} equal")
    for name, fault in outcome.items():
        print(f"{names[name]}: {fault}")
    return 1 if any("botocore does not parse it" not in fault for fault in outcome.values()) else 0


def _write_models(path: Path, folder: Path) -> dict[str, str]:
    """A model and an answer for each vector, under names of services; what each one is."""
    names = {}
    for file in sorted(path.rglob("output/*.json")):
        for suite_number, suite in enumerate(json.loads(file.read_text())):
            for number, case in enumerate(suite["cases"]):
                parts = [*file.relative_to(path).with_suffix("").parts, suite_number, number]
                name = "vector-" + "-".join(str(part).replace("_", "") for part in parts if part != "output")
                names[name] = f"{file.relative_to(path)}: {suite['description']} {case.get('id', number)}"
                home = folder / name / "2000-01-01"
                home.mkdir(parents=True)
                (home / "service-2.json").write_text(json.dumps(_model(suite, case, name)))
                (home / "answer.pickle").write_bytes(pickle.dumps(_answer(suite, case)))
    return names


def _operation(case: dict[str, Any]) -> str:
    return str(case["given"].get("name", "OperationName"))


def _model(suite: dict[str, Any], case: dict[str, Any], name: str) -> dict[str, Any]:
    operation = _operation(case)
    given = {part: value for part, value in case["given"].items() if part != "input"}
    given["name"] = operation
    given["http"] = {"method": "POST", **given.get("http", {}), "requestUri": "/"}
    output = given.get("output")
    protocol = suite["metadata"]["protocol"]
    if protocol == "query" and output and suite["shapes"][output["shape"]].get("members"):
        output.setdefault("resultWrapper", f"{operation}Result")
    return {
        "version": "2.0",
        "metadata": {
            "apiVersion": "2000-01-01",
            "endpointPrefix": name,
            "signatureVersion": "v4",
            "serviceId": name,
            "targetPrefix": name,
            "jsonVersion": "1.1",
            **suite["metadata"],
        },
        "operations": {operation: given},
        "shapes": suite["shapes"],
    }


def _answer(suite: dict[str, Any], case: dict[str, Any]) -> Answer:
    protocol, response = suite["metadata"]["protocol"], case["response"]
    body = response.get("body", "<xml/>" if protocol == "query" else "").encode()
    if protocol == "smithy-rpc-v2-cbor" or _has_events(suite, case):
        body = base64.b64decode(body)
    headers = {name: value for name, value in response.get("headers", {}).items() if name.lower() != "content-length"}
    return Answer(response.get("status_code", 200), headers, body)


def _has_events(suite: dict[str, Any], case: dict[str, Any]) -> bool:
    output = suite["shapes"].get(case["given"].get("output", {}).get("shape"), {})
    return any(suite["shapes"][member["shape"]].get("eventstream") for member in output.get("members", {}).values())


def _each(folder: Path) -> Iterator[tuple[str, str, Answer]]:
    for home in sorted((folder / "models").glob("*/2000-01-01")):
        [operation] = json.loads((home / "service-2.json").read_text())["operations"]
        yield home.parent.name, operation, pickle.loads((home / "answer.pickle").read_bytes())


def record(folder: Path) -> None:
    """Call every vector's operation and keep what came of it."""
    live = {}
    with StandIn() as server, as_caller(server):
        for name, operation, answer in _each(folder):
            client, methods = plain_client(name, server.url)
            with use_cassette(folder / f"{name}.json", mode="all"):
                server.answers.clear()
                server.answers.append(answer)
                live[name] = call(getattr(client, methods[operation]), {})
        url = server.url
    (folder / "live.pickle").write_bytes(pickle.dumps((url, live)))


def replay(folder: Path) -> None:
    """Call every one again, and say what differs."""
    url, live = pickle.loads((folder / "live.pickle").read_bytes())
    outcome = {}
    for name, operation, _ in _each(folder):
        if "result" not in live[name]:
            outcome[name] = f"botocore does not parse it: {live[name]['raised']}"
            continue
        client, methods = plain_client(name, url)
        with use_cassette(folder / f"{name}.json"):
            replayed = call(getattr(client, methods[operation]), {})
        if "result" not in replayed or live[name]["raised"] != replayed["raised"]:
            outcome[name] = f"raised {replayed['raised']} instead of {live[name]['raised']}"
        elif found := differences(live[name]["result"], replayed["result"]):
            outcome[name] = str(found[0])
    (folder / "outcome.json").write_text(json.dumps(outcome))


if __name__ == "__main__":
    if sys.argv[1:2] in (["record"], ["replay"]):
        {"record": record, "replay": replay}[sys.argv[1]](Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
