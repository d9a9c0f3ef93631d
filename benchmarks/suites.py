"""Whole runs of pytest: at its start, of a test without a call, of 500 tests with one client and five calls each.

The median of the runs counts: a run takes seconds, in which a machine's speed varies, and one lucky run says nothing.
"""

from __future__ import annotations

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure

CALLS = """
def of_transcribe(transcribe, number):
    assert transcribe.get_transcription_job(TranscriptionJobName="job")["TranscriptionJob"]
    assert transcribe.list_transcription_jobs()["TranscriptionJobSummaries"]
    assert transcribe.get_transcription_job(TranscriptionJobName="job")["TranscriptionJob"]
    assert "VocabularyList" not in transcribe.list_vocabularies(NameContains=f"words-{{number}}")
    assert transcribe.get_transcription_job(TranscriptionJobName="job")["TranscriptionJob"]

def of_sqs(sqs, number):
    assert sqs.get_queue_url(QueueName="queue")["QueueUrl"]
    assert sqs.send_message(QueueUrl={url!r}, MessageBody=f"hello {{number}}")["MessageId"]
    assert sqs.send_message(QueueUrl={url!r}, MessageBody=f"again {{number}}")["MessageId"]
    assert sqs.get_queue_attributes(QueueUrl={url!r}, AttributeNames=["All"])["Attributes"]
    assert sqs.list_queues(QueueNamePrefix="qu")["QueueUrls"]

def of_s3(s3, number):
    assert s3.get_object(Bucket="media", Key="one.txt")["Body"].read()
    assert s3.list_objects_v2(Bucket="media")["Name"]
    assert s3.head_object(Bucket="media", Key="one.txt")["ContentLength"]
    assert s3.list_objects_v2(Bucket="media", Prefix=f"{{number}}/")["Name"]
    assert s3.get_object(Bucket="media", Key="one.txt")["Body"].read()

def of_sts(sts, number):
    assert sts.get_caller_identity()["Account"]
    assert sts.get_session_token(DurationSeconds=900 + number)["Credentials"]
    assert sts.get_caller_identity()["Account"]
    assert sts.get_session_token(DurationSeconds=1800 + number)["Credentials"]
    assert sts.get_caller_identity()["Account"]

PROGRAMS = {{"transcribe": of_transcribe, "sqs": of_sqs, "s3": of_s3, "sts": of_sts}}
"""
TESTS = """
import boto3, functools, io, pytest
from program import PROGRAMS

CLIENTS = {clients!r}

{setup}

@functools.cache
def shared(service):
    return boto3.client(service)

def client(service):
    if CLIENTS == "cached":
        return shared(service)
    return (boto3.Session() if CLIENTS == "sessions" else boto3).client(service)

@pytest.mark.parametrize("number", range({size}))
@pytest.mark.parametrize("service", PROGRAMS)
def test_calls(service, number{fixture}):
    PROGRAMS[service]({make}, number)
"""
READY = """
from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody
ANSWERS = {{
    "transcribe.GetTranscriptionJob": {{"TranscriptionJob": {{"TranscriptionJobName": "job"}}}},
    "transcribe.ListTranscriptionJobs": {{"TranscriptionJobSummaries": [{{"TranscriptionJobName": "job"}}]}},
    "transcribe.ListVocabularies": {{}},
    "sqs.GetQueueUrl": {{"QueueUrl": "u"}},
    "sqs.SendMessage": {{"MessageId": "m"}},
    "sqs.GetQueueAttributes": {{"Attributes": {{"VisibilityTimeout": "30"}}}},
    "sqs.ListQueues": {{"QueueUrls": ["u"]}},
    "s3.GetObject": {{}},
    "s3.HeadObject": {{"ContentLength": 1024}},
    "s3.ListObjectsV2": {{"Name": "media"}},
    "sts.GetCallerIdentity": {{"Account": "123456789012"}},
    "sts.GetSessionToken": {{"Credentials": {{"SessionToken": "t"}}}},
}}
def answer(model, **_):
    given = dict(ANSWERS[f"{{model.service_model.service_name}}.{{model.name}}"])
    if model.name == "GetObject":
        given["Body"] = StreamingBody(io.BytesIO(b"x" * 1024), 1024)
    return AWSResponse("https://x", 200, {{}}, None), given
def readied(made):
    if not hasattr(made, "is_ready"):
        made.is_ready = True
        made.meta.events.register("before-call.*.*", answer)
    return made
"""
MOTO = """
from moto import mock_aws
@pytest.fixture
def mocked(service):
    with mock_aws():
        if service == "s3":
            client("s3").create_bucket(Bucket="media")
            client("s3").put_object(Bucket="media", Key="one.txt", Body=b"x" * 1024)
        elif service == "sqs":
            client("sqs").create_queue(QueueName="queue")
        elif service == "transcribe":
            media = {{"MediaFileUri": "s3://media/a"}}
            client("transcribe").start_transcription_job(TranscriptionJobName="job", LanguageCode="en-US", Media=media)
        yield
"""


MANY = 5_000
"""Empty tests of one run."""


def startup(folder: Path, *, rounds: int) -> list[Figure]:
    """pytest with one empty test, with and without the plugin; and what each of many empty tests costs more."""
    (folder / "test_one.py").write_text("def test_nothing(): pass\n")
    many = f"import pytest\n@pytest.mark.parametrize('n', range({MANY}))\ndef test_nothing(n): pass\n"
    (folder / "test_many.py").write_text(many)
    ways = {"without": ["-p", "no:replayaws"], "ours": ["-p", "replayaws.pytest_plugin"]}
    figures = []
    seconds: dict[str, dict[str, float]] = {}
    more: dict[str, float] = {}
    for file, times in (("test_one.py", 8 * rounds), ("test_many.py", 2 * rounds)):
        took: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(times):
            for way in ways if number % 2 else reversed(ways):
                took[way].append(_pytest(folder, [*ways[way], file]))
        seconds[file] = {way: statistics.median(times) for way, times in took.items()}
        # Of runs beside each other: what a machine's speed does to both is left out.
        more[file] = statistics.median(
            ours - without for ours, without in zip(took["ours"], took["without"], strict=True)
        )
    figures.append(Figure("start", "pytest, one empty test", "s", dict(seconds["test_one.py"]), {"without": 1.03}))
    each = {"ours": max(0.0, (more["test_many.py"] - more["test_one.py"]) / MANY * 1e6), "allowed": 20.0}
    figures.append(Figure("start", "a test without a call", "µs", dict(each), {"allowed": 1}))
    return figures


def measure(folder: Path, endpoint: str, queue_url: str, *, size: int, rounds: int) -> Iterator[Figure]:
    """The suite, with clients made in each test, cached, and from a new session in each test; and in two processes."""
    one_session: float | None = None
    for title, clients, extra in (
        ("clients made per test", "made", []),
        ("clients cached", "cached", []),
        ("clients made per test, -n 2", "made", ["-n", "2"]),
        ("a session per test", "sessions", []),
    ):
        took: dict[str, list[float]] = {}
        peers = ("ready", "ours") if clients == "sessions" else ("ready", "ours", "pytest-recording", "moto")
        for peer in peers:
            _write(folder / f"{peer}-{clients}", peer, clients, queue_url, size)
            if peer in ("ours", "pytest-recording") and not (folder / f"{peer}-{clients}" / "cassettes").exists():
                _record(folder / f"{peer}-{clients}", peer, endpoint)
        for number in range(rounds):
            # moto takes minutes and is far away; the two that are near each other are run most often.
            turns = [*peers, "ready", "ours"] if number == 0 else ["ready", "ours", *peers[:3]]
            for peer in turns:
                arguments = [*_plugin(peer), *extra, "test_suite.py"]
                by_url = endpoint if peer == "pytest-recording" else ""  # it matches by URL
                seconds = _pytest(folder / f"{peer}-{clients}", arguments, endpoint=by_url, children=bool(extra))
                took.setdefault(peer, []).append(seconds)
        each = {peer: statistics.median(times) for peer, times in took.items()}
        if clients == "sessions":
            each["one session"] = one_session or each["ours"]
            goals = {"one session": 1.3}
        else:
            goals = {"ready": 1.25, "pytest-recording": 1 / 2.5, "moto": 1 / 5}
        one_session = one_session or each["ours"]
        yield Figure("suite", f"{size} tests x 5, {title}", "s", dict(each), goals)


def _plugin(peer: str) -> list[str]:
    own = ["-p", "replayaws.pytest_plugin"] if peer == "ours" else ["-p", "no:replayaws"]
    return own + (["-p", "pytest_recording.plugin", "--record-mode=none"] if peer == "pytest-recording" else [])


def _record(folder: Path, peer: str, endpoint: str) -> None:
    mode = "--record-aws" if peer == "ours" else "--record-mode=once"
    extra = [argument for argument in _plugin(peer) if argument != "--record-mode=none"]
    _pytest(folder, [*extra, mode, "test_suite.py"], endpoint=endpoint)


def _write(folder: Path, peer: str, clients: str, queue_url: str, size: int) -> None:
    folder.mkdir(exist_ok=True)
    queue = "https://sqs.us-east-1.amazonaws.com/123456789012/queue" if peer == "moto" else queue_url
    (folder / "program.py").write_text(CALLS.format(url=queue))
    setup = {"ready": READY, "moto": MOTO}.get(peer, "")
    setup = setup.replace("{{", "{").replace("}}", "}")
    if peer == "pytest-recording":
        setup = "pytestmark = pytest.mark.vcr"
    make = "readied(client(service))" if peer == "ready" else "client(service)"
    fixture = ", mocked" if peer == "moto" else ""
    text = TESTS.format(clients=clients, setup=setup, size=size // 4, fixture=fixture, make=make)
    (folder / "test_suite.py").write_text(text)


def _pytest(folder: Path, arguments: list[str], *, endpoint: str = "", children: bool = False) -> float:
    """Seconds of processor time that a run took; of the wall clock where it has several processes."""
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name in ("AWS_ENDPOINT_URL",) if not endpoint else ():
        environment.pop(name)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    xdist = ["-p", "xdist"] if children else []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *xdist, *arguments]
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} in {folder}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - wall if children else used


@contextlib.contextmanager
def somewhere() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
