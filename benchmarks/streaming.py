"""One gibibyte through S3 GetObject from loopback, to nowhere and to a file: plain, recorded, replayed; time and memory.

``python -m benchmarks.streaming [MiB]``. Each way runs in a process of its own, so that its peak of memory is its own;
the server generates its bytes in another one. Recording writes what passes into a file, so that it is no faster than the
disk. "Closing" is the end of the recording: the body is digested, and read for secrets.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

MIB = 1024 * 1024
PIECE = random.Random(7).randbytes(MIB)  # as compressed media and archives are


def serve(size: int, port: Any) -> None:
    """Answer every GET with as many bytes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:  # http.server's name
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.send_header("Content-Type", "application/octet-stream")
            self.end_headers()
            for _ in range(size // MIB):
                self.connection.sendall(PIECE)

        def do_POST(self) -> None:  # STS, asked for the account
            body = (
                b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn>"
                b"<UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
                b"</GetCallerIdentityResponse>"
            )
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_port)
    server.serve_forever()


def run(way: str, folder: str, endpoint: str) -> None:
    """One way, in this process: prints seconds, bytes read, and peak memory above what stood before."""
    import botocore.session
    from botocore.config import Config

    import replayaws

    config = Config(s3={"addressing_style": "path"})
    s3 = botocore.session.get_session().create_client("s3", "us-east-1", endpoint_url=endpoint, config=config)

    def download(target: Path) -> int:
        read = 0
        with target.open("wb", buffering=0) as file:
            for chunk in s3.get_object(Bucket="media", Key="large")["Body"].iter_chunks(MIB):
                read += len(chunk)
                file.write(chunk)
        return read

    path = Path(folder) / "large.json"
    if way == "read twice":
        name = next(path.with_suffix(".files").iterdir())
        began, base, read = time.perf_counter(), _peak(), 0
        for _ in range(2):
            with name.open("rb", buffering=0) as file:
                while chunk := file.read(MIB):
                    read += len(chunk)
        _report(time.perf_counter() - began, read, base)
        return
    target = Path(folder) / "saved" if way.endswith("to a file") else Path(os.devnull)
    mode: Any = "all" if way.startswith("record") else "none"
    base = _peak()
    with contextlib.ExitStack() as using:
        if not way.startswith("plain"):
            using.enter_context(replayaws.use_cassette(path, mode=mode, fallback="error"))
        began = time.perf_counter()
        read = download(target)
        seconds = time.perf_counter() - began
        closing = time.perf_counter()
    _report(seconds, read, base, closing=time.perf_counter() - closing)
    if target.is_file():
        target.unlink()


def _peak() -> int:
    """Bytes. Linux's own figure where there is one: ``getrusage`` begins with that of the process which started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _report(seconds: float, read: int, base: int, *, closing: float = 0.0) -> None:
    print(json.dumps({"seconds": seconds, "closing": closing, "read": read, "above": (_peak() - base) / MIB}))


WAYS = ("plain", "plain, to a file", "record", "record, to a file", "replay", "read twice")


def measured(mebibytes: int, *, rounds: int = 3) -> dict[str, dict[str, float]]:
    """The fastest round of each way, in turn; and of ``above``, MiB, the largest."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(mebibytes * MIB, theirs), daemon=True)
    server.start()
    endpoint = f"http://127.0.0.1:{ours.recv()}"
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    results: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for _ in range(rounds):
            for way in WAYS:
                command = [sys.executable, __file__, way, folder, endpoint]
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
                results[way].append(json.loads(done.stdout.splitlines()[-1]))
                assert results[way][-1]["read"] == mebibytes * MIB * (2 if way == "read twice" else 1)
    server.terminate()
    best = {way: min(of, key=lambda one: one["seconds"]) for way, of in results.items()}
    return {way: {**best[way], "above": max(one["above"] for one in of)} for way, of in results.items()}


def measure(mebibytes: int, *, rounds: int) -> list[Figure]:
    """Recording beside the plain download, replay beside reading the file twice, and the memory of both."""
    found = measured(mebibytes, rounds=rounds)
    seconds = {way: one["seconds"] for way, one in found.items()}
    record = {"ours": seconds["record"], "plain": seconds["plain"]}
    saved = {"ours": seconds["record, to a file"], "plain": seconds["plain, to a file"]}
    replay = {"ours": seconds["replay"], "read twice": seconds["read twice"]}
    above = {"ours": max(found["record"]["above"], found["replay"]["above"]), "allowed": 64.0}
    return [
        Figure("streaming", f"record a download of {mebibytes} MiB", "s", dict(record), {"plain": 1.1}),
        Figure("streaming", f"record a download of {mebibytes} MiB to a file", "s", dict(saved), {"plain": 1.1}),
        Figure("streaming", "its end: digested, read for secrets", "s", {"ours": found["record"]["closing"]}),
        Figure("streaming", f"replay a download of {mebibytes} MiB", "s", dict(replay), {"read twice": 1}),
        Figure("streaming", "memory above the base", "MiB", dict(above), {"allowed": 1}),
    ]


def main(mebibytes: int) -> None:
    """All ways; prints the best."""
    found = measured(mebibytes)
    for way, one in found.items():
        print(
            f"{way:18}{one['seconds']:7.2f} s {one['read'] / MIB / one['seconds']:7.0f} MiB/s"
            f"{one['seconds'] / found['plain']['seconds']:7.2f} x plain   closing {one['closing']:5.2f} s"
            f"   peak {one['above']:5.1f} MiB above base"
        )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run(*sys.argv[1:4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024)
