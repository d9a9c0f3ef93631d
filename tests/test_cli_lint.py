"""`replayaws lint`: what botocore's models do not know, and secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shelf import DOCUMENTED, cassette, interaction, job, polled, run, shelve

JOB = {"TranscriptionJobName": "job-7f3a", "Media": {"MediaFileUri": "s3://media/a.wav"}}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(project: Path, *interactions: Any, options: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Rule and place of each finding."""
    shelve(cassette(*interactions), project)
    return [(one["rule"], one["where"]) for one in json.loads(run("lint", "--json", *options).output)["findings"]]


def test_finds_nothing_in_a_sound_cassette(project: Path) -> None:
    """What botocore knows is no finding, and the exit code is 0."""
    shelve(polled(), project)
    result = run("lint")
    assert result.exit_code == 0
    assert result.output == "1 cassette: nothing found\n"


def test_names_file_line_and_nearest(project: Path) -> None:
    """A finding reads as a compiler's: file, line, rule, place, and what may have been meant."""
    shelve(cassette(interaction("transcribe.GetTranscriptionJobs", JOB)), project)
    result = run("lint")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        (
            "cassettes/tests/test_jobs/test_completed.json:10: unknown-operation transcribe.GetTranscriptionJobs call: "
            "transcribe has no operation 'GetTranscriptionJobs'. Did you mean 'GetTranscriptionJob'?"
        ),
        "1 finding in 1 cassette",
    ]


@pytest.mark.parametrize(
    ("call", "params", "response", "finding"),
    [
        ("transcriber.StartTranscriptionJob", {}, {}, ("unknown-service", "call")),
        ("transcribe.StartJob", {}, {}, ("unknown-operation", "call")),
        ("transcribe.StartTranscriptionJob", {**JOB, "Langauge": "en"}, {}, ("unknown-member", "params.Langauge")),
        (
            "transcribe.StartTranscriptionJob",
            {**JOB, "Settings": {"Speakers": 2}},
            {},
            ("unknown-member", "params.Settings.Speakers"),
        ),
        ("transcribe.StartTranscriptionJob", {"Media": {}}, {}, ("missing-required", "params.TranscriptionJobName")),
        (
            "transcribe.StartTranscriptionJob",
            {**JOB, "LanguageCode": "en-XX"},
            {},
            ("invalid-enum", "params.LanguageCode"),
        ),
        (
            "transcribe.StartTranscriptionJob",
            JOB,
            job("DONE"),
            ("invalid-enum", "response.TranscriptionJob.TranscriptionJobStatus"),
        ),
        (
            "transcribe.StartTranscriptionJob",
            JOB,
            {"TranscriptionJob": {"Status": "x"}},
            ("unknown-member", "response.TranscriptionJob.Status"),
        ),
        (
            "transcribe.StartTranscriptionJob",
            JOB,
            {"TranscriptionJob": {"CreationTime": "yesterday"}},
            ("wrong-type", "response.TranscriptionJob.CreationTime"),
        ),
        (
            "transcribe.StartTranscriptionJob",
            JOB,
            {"TranscriptionJob": {"MediaSampleRateHertz": "44100"}},
            ("wrong-type", "response.TranscriptionJob.MediaSampleRateHertz"),
        ),
        (
            "sqs.GetQueueAttributes",
            {"QueueUrl": "https://q", "AttributeNames": ["All", "Depth"]},
            {},
            ("invalid-enum", "params.AttributeNames[1]"),
        ),
        (
            "sqs.GetQueueAttributes",
            {"QueueUrl": "https://q"},
            {"Attributes": {"Depth": "1"}},
            ("invalid-enum", "response.Attributes.Depth"),
        ),
        ("s3.PutObject", {"Bucket": "b", "Key": "k", "Body": {"$base46": "x"}}, {}, ("wrong-type", "params.Body")),
    ],
)
def test_finds(
    project: Path, call: str, params: dict[str, Any], response: dict[str, Any], finding: tuple[str, str]
) -> None:
    """Each rule finds what it is for, at its place."""
    assert finding in found(project, interaction(call, params, response))


@pytest.mark.parametrize(
    "sound",
    [
        interaction("dynamodb.TransactWriteItems", {"TransactItems": []}),
        interaction("ec2.CreateClientVpnEndpoint", error={"Code": "UnauthorizedOperation"}, status=403),
        interaction(
            "transcribe.StartTranscriptionJob", {**JOB, "LanguageCode": "xx"}, error={"Code": "BadRequestException"}
        ),
        interaction("http.GET", {"url": "https://example.com/"}, {"status": 200}),
        interaction(
            "bedrock-runtime.ConverseStream",
            {"modelId": "m"},
            {"stream": [{"messageStop": {"stopReason": "end_turn"}}]},
        ),
        interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, {"Body": {"$file": "0000.bin", "$size": 9}}),
        interaction("s3.PutObject", {"Bucket": "b", "Key": "k", "Metadata": {"$literal": {"$file": "x"}}}),
        interaction("s3.PutObject", {"Bucket": "b", "Key": "k", "Body": {"$sha256": "0" * 64, "$size": 9}}),
        interaction(
            "cloudwatch.GetMetricStatistics", error={"Code": "InternalFailure"}, exception="InternalServiceFault"
        ),
    ],
    ids=lambda one: one.call,
)
def test_passes_what_is_sound(project: Path, sound: Any) -> None:
    """Left-out tokens, calls that AWS refused, plain HTTP, streams and written forms are no findings."""
    assert found(project, sound) == []


def test_knows_errors(project: Path) -> None:
    """An exception that the service does not model is a finding; botocore's own class for unmodelled codes is not."""
    error = {"Code": "NotFound", "Message": "no"}
    wrong = interaction("transcribe.GetTranscriptionJob", JOB, error=error, exception="NotFoundError")
    right = interaction("transcribe.GetTranscriptionJob", JOB, error=error, exception="ClientError")
    assert ("unknown-exception", "exception") in found(project, wrong)
    assert ("unknown-exception", "exception") not in found(project, right)


def test_leaves_a_rule_out(project: Path) -> None:
    """--ignore takes the id that stands in the finding."""
    call = interaction("transcribe.StartTranscriptionJob", JOB, job("DONE"))
    assert found(project, call, options=("--ignore", "invalid-enum")) == []


def test_reports_a_damaged_file_and_goes_on(project: Path) -> None:
    """A file that cannot be used is a finding beside those of the others."""
    shelve(polled(owner="tests/test_jobs.py::test_b"), project).write_text("{")
    shelve(cassette(interaction("nosuch.Operation")), project)
    output = run("lint").output
    assert "test_b.json:1: cannot-load: not valid JSON" in output
    assert "unknown-service nosuch.Operation" in output
    assert "2 findings in 2 cassettes" in output


def test_passes_the_documented_payloads() -> None:
    """What AWS documents is what botocore models."""
    assert run("lint", DOCUMENTED).exit_code == 0


def test_finds_secrets_and_never_prints_them(project: Path) -> None:
    """--secrets names interaction and path of a credential, in the cassette and in a body beside it."""
    key_id, token = "AKIA" + "Q7WZ4M2NB5XKT3VD", "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    path = shelve(cassette(interaction("sqs.SendMessage", {"MessageBody": f"key {key_id}"})), project)
    beside = path.with_name("test_completed.files")
    beside.mkdir()
    (beside / "0000.txt").write_text(f"token {token}")
    result = run("lint", "--secrets")
    assert result.exit_code == 1
    assert "sqs.SendMessage interactions[0].params.MessageBody" in result.output
    assert "0000.txt" in result.output
    assert "2 findings in 1 cassette" in result.output
    assert key_id not in result.output
    assert token not in result.output


def test_finds_what_the_projects_rules_name(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--secrets looks for the values of literal and env rules too, and names the rule."""
    monkeypatch.setenv("SHOP_KEY", "ordinary" + "wordsonly")
    (project / "pyproject.toml").write_text('[tool.replayaws]\nredact = [{id = "shop", env = "SHOP_KEY"}]\n')
    shelve(cassette(interaction("sqs.SendMessage", {"MessageBody": "with ordinarywordsonly"})), project)
    output = run("lint", "--secrets").output
    assert "the rule shop hides" in output
    assert "ordinarywordsonly" not in output


@pytest.mark.parametrize(("kept", "findings"), [("access-key", 0), ("access-key:s3.*", 0), ("access-key:sqs.*", 1)])
@pytest.mark.parametrize("size", [1, 17_000_000], ids=["a small body", "a large body"])
def test_what_is_kept_on_purpose_is_no_finding(project: Path, kept: str, findings: int, size: int) -> None:
    """A rule that the cassette keeps off is not held against its bodies either, for the operations that it names."""
    body = b"key AKIA" + b"Q7WZ4M2NB5XKT3VD\n" + b"word " * (size // 5)
    answer = {"Body": {"$file": "0000.txt", "$size": len(body)}}
    path = shelve(cassette(interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, answer), kept=[kept]), project)
    beside = path.with_name("test_completed.files")
    beside.mkdir()
    (beside / "0000.txt").write_bytes(body)
    assert len(json.loads(run("lint", "--secrets", "--json").output)["findings"]) == findings


def test_finds_no_secrets_in_documentation() -> None:
    """Documented payloads hold none, and the exit code is 0."""
    assert run("lint", "--secrets", DOCUMENTED).exit_code == 0
