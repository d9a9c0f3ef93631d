"""`replayaws rules`, `redact` and `policy`."""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from replayaws.interaction import raw
from replayaws.library import Library
from replayaws.placeholders import is_placeholder
from replayaws.rules import builtin
from tests.planting import unpacked
from tests.shelf import OWNER, cassette, interaction, polled, run, shelve
from tests.worlds import World


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(project: Path, text: str) -> None:
    """The project's `[tool.replayaws]`."""
    (project / "pyproject.toml").write_text(f"[tool.replayaws]\n{text}\n")


def test_lists_every_rule() -> None:
    """Each rule that is built in stands with its id and what it hides."""
    lines = run("rules").output.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in builtin()]
    assert any(line.startswith("jwt ") and "JSON web tokens" in line for line in lines)


def test_marks_rules_that_are_off_and_the_projects_own(project: Path) -> None:
    """What `keep` names is marked off; own rules follow with what they look for."""
    settings(project, 'keep = ["email"]\nredact = [{id = "customer", pattern = "C-[0-9]{6}"}]')
    output = run("rules").output
    assert "off: keep" in next(line for line in output.splitlines() if line.startswith("email "))
    assert "off" not in next(line for line in output.splitlines() if line.startswith("jwt "))
    assert "pattern C-[0-9]{6}  (yours)" in output.splitlines()[-1]
    told = json.loads(run("rules", "--json").output)
    assert [rule["id"] for rule in told["builtin"] if rule["kept"]] == ["email"]
    assert told["custom"][0]["what"] == "C-[0-9]{6}"


def test_refuses_a_rule_that_is_none(project: Path) -> None:
    """A wrong rule is one error that names it."""
    settings(project, 'keep = ["emial"]')
    result = run("rules")
    assert result.exit_code == 2
    assert "'emial'" in result.output


def test_rewrites_what_a_new_rule_hides(project: Path) -> None:
    """A rule added after recording takes effect on the files, once."""
    path = shelve(
        cassette(interaction("sqs.SendMessage", {"MessageBody": "order of C-123456"}, {"MessageId": "m"})), project
    )
    other = shelve(polled(owner="tests/test_jobs.py::test_other"), project)
    untouched = other.read_bytes()
    assert run("redact").output == "0 of 2 cassettes rewritten.\n"
    settings(project, 'redact = [{id = "customer", pattern = "C-[0-9]{6}"}]')
    before = path.read_bytes()
    checked = run("redact", "--check")
    assert checked.exit_code == 1
    assert checked.output == "cassettes/tests/test_jobs/test_completed.json\n1 of 2 cassettes would change.\n"
    assert path.read_bytes() == before
    assert run("redact").exit_code == 0
    body = Library(path.parent).load(path).interactions[0].decoded_params()["MessageBody"]
    assert body.startswith("order of ")
    assert "C-123456" not in body
    assert other.read_bytes() == untouched
    assert run("redact", "--check").exit_code == 0


def test_prints_a_policy(project: Path) -> None:
    """The policy allows the operations that were recorded, and no others."""
    shelve(polled(), project)
    policy = json.loads(run("policy", OWNER).output)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert policy["Version"] == "2012-10-17"
    assert actions == {"transcribe:StartTranscriptionJob", "transcribe:GetTranscriptionJob"}


def with_body(project: Path, text: bytes, name: str = "0000-1234abcd.txt", **metadata: Any) -> tuple[Path, Path]:
    """A cassette whose answer's body lies beside it; its file and the body's."""
    answer = {"Body": {"$file": name, "$size": len(text)}, "ContentLength": len(text)}
    got = interaction("s3.GetObject", {"Bucket": "b", "Key": "k"}, answer)
    if metadata:
        got = msgspec.structs.replace(got, metadata=raw({"HTTPStatusCode": 200, **metadata}))
    path = shelve(cassette(interaction("sqs.SendMessage", {"QueueUrl": "q", "MessageBody": "m"}), got), project)
    beside = path.with_name("test_completed.files")
    beside.mkdir()
    (beside / name).write_bytes(text)
    return path, beside


CUSTOMERS = 'redact = [{id = "customer", pattern = "C-[0-9]{6}"}]'
BODIES: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda text: text * 3000,
    "json": lambda text: json.dumps({"orders": [text.decode()] * 3000}).encode(),
    "gzip": lambda text: gzip.compress(text * 9000),
    "base64": lambda text: base64.b64encode(text * 3000),
    "gzip in base64 in json": lambda text: json.dumps({"z": base64.b64encode(gzip.compress(text)).decode()}).encode(),
    "more than is redacted whole": lambda text: (b"a line of a log that is long enough\n" * 40_000) + text,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_rewrites_the_bodies_beside(
    project: Path, body: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body beside a cassette loses what a new rule hides, and the cassette tells its new name, size and checksum."""
    monkeypatch.setattr("replayaws.body_redaction._LARGEST", 1_000_000)
    monkeypatch.setattr("replayaws.body_redaction._PIECE", 300_001)
    data = body(b"order of C-123456 and C-654321 ")
    checksum = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    headers = {"content-length": str(len(data)), "x-amz-checksum-crc32": checksum}
    path, beside = with_body(project, data, ChecksumAlgorithm="crc32", HTTPHeaders=headers)
    assert run("redact").exit_code == 0
    assert (beside / "0000-1234abcd.txt").read_bytes() == data
    settings(project, CUSTOMERS)
    assert run("redact", "--check").exit_code == 1
    assert (beside / "0000-1234abcd.txt").read_bytes() == data
    assert run("redact").exit_code == 0, run("redact").output
    (file,) = beside.iterdir()
    found = unpacked(path.read_bytes() + file.read_bytes() + inflated(file.read_bytes()))
    assert b"123456" not in found
    assert b"654321" not in found
    assert b"REDACTED-1" in found
    assert b"REDACTED-2" in found
    got = Library(path.parent).load(path).interactions[1]
    size = file.stat().st_size
    assert got.decoded_response() == {"Body": {"$file": file.name, "$size": size}, "ContentLength": size}
    told = got.decoded_metadata()["HTTPHeaders"]
    assert told["content-length"] == str(size)
    assert base64.b64decode(told["x-amz-checksum-crc32"]) == zlib.crc32(file.read_bytes()).to_bytes(4, "big")
    assert run("redact", "--check").exit_code == 0


def inflated(data: bytes) -> bytes:
    """What gzip data holds; nothing for other bytes."""
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else b""


def test_a_secret_of_a_body_is_hidden_in_the_cassette_too(project: Path) -> None:
    """What a body beside it shows to be secret is hidden in calls that were made before."""
    secret = "Zx9" + "kLm2Qp7"
    path, beside = with_body(project, f"password={secret}\n".encode() * 2000)
    old = Library(path.parent).load(path)
    sent = msgspec.structs.replace(old.interactions[0], params=raw({"QueueUrl": "q", "MessageBody": f"is {secret} it"}))
    Library(path.parent).save(msgspec.structs.replace(old, interactions=[sent, *old.interactions[1:]]), path)
    assert run("redact").exit_code == 0
    assert secret.encode() not in path.read_bytes() + next(beside.iterdir()).read_bytes()
    assert b"is REDACTED-1 it" in path.read_bytes()


def test_the_old_files_stay_when_a_secret_is_left(project: Path) -> None:
    """What redaction cannot change but the guard finds leaves every file as it was, and the others are rewritten."""
    key = b"AKIA" + b"QWERTYUIOPASDFGH"
    path, beside = with_body(project, b"C-123456\0" + bytes(range(256)) * 80 + b" " + key + b" ")
    other = shelve(
        cassette(
            interaction("sqs.SendMessage", {"MessageBody": "of C-123456"}), owner="tests/test_jobs.py::test_other"
        ),
        project,
    )
    sent = msgspec.structs.replace(
        Library(path.parent).load(path).interactions[0], params=raw({"MessageBody": "C-123456"})
    )
    Library(path.parent).save(cassette(sent, *Library(path.parent).load(path).interactions[1:]), path)
    settings(project, CUSTOMERS)
    before = {file: file.read_bytes() for file in (path, *beside.iterdir())}
    result = run("redact")
    assert result.exit_code == 1
    assert "not written, there is a secret in it" in result.output
    assert key.decode() not in result.output
    assert {file: file.read_bytes() for file in (path, *beside.iterdir())} == before
    assert b"C-123456" not in other.read_bytes()


def test_the_old_files_stay_when_one_cannot_be_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails at the last moment leaves the cassette and its bodies as they were."""
    path, beside = with_body(project, b"order of C-123456 " * 2000)
    settings(project, CUSTOMERS)
    before = {file: file.read_bytes() for file in (path, *beside.iterdir())}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = run("redact")
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert {file: file.read_bytes() for file in (path, *beside.iterdir())} == before
    assert not list(path.parent.glob(".*"))


def test_a_member_that_is_hidden_whole_takes_no_file(project: Path) -> None:
    """A body that was kept on purpose, and no longer is, is hidden as recording hides it, and its file goes."""
    secret = "s3cr" + "et-payload "
    answer = {"body": {"$file": "0000.bin", "$size": len(secret) * 2000}, "contentType": "text/plain"}
    made = interaction("bedrock-runtime.InvokeModel", {"modelId": "m", "body": "REDACTED-1"}, answer)
    path = shelve(cassette(made, kept=["model-sensitive"]), project)
    beside = path.with_name("test_completed.files")
    beside.mkdir()
    (beside / "0000.bin").write_text(secret * 2000)
    assert run("redact").exit_code == 0
    assert not beside.exists()
    body = Library(path.parent).load(path).interactions[0].decoded_response()["body"]
    assert is_placeholder(body)
    assert len(body) >= 256


def test_what_was_rewritten_replays(world: World, moto_url: str) -> None:
    """A recording with large bodies, rewritten by a new rule, replays; the value is in no byte of the project."""
    world.write(
        test_orders="""
        import boto3, gzip, random
        LINE = b"order of C-" + b"123" + b"456\\n"
        NOISE = b"%x" % random.Random(1).getrandbits(400_000) + b"\\n"
        def test_it():
            client = boto3.client("s3", region_name="us-east-1")
            client.create_bucket(Bucket="orders")
            for key, body in (("plain", LINE * 3000), ("zipped", gzip.compress(LINE + NOISE)), ("small", LINE)):
                client.put_object(Bucket="orders", Key=key, Body=body)
                got = client.get_object(Bucket="orders", Key=key)
                data = got["Body"].read()
                assert got["ContentLength"] == len(data)
                text = gzip.decompress(data) if key == "zipped" else data
                assert text.startswith(b"order of ") and text.endswith(b"\\n")
            client.put_object(Bucket="orders", Key="C-" + "123" + "456", Body=b"x")
            assert client.get_object(Bucket="orders", Key="C-" + "123" + "456")["Body"].read() == b"x"
        """
    )
    assert world.record(moto_url).counts() == {"passed": 1}
    (world.folder / "pyproject.toml").write_text(f"[tool.replayaws]\n{CUSTOMERS}\n")
    os.chdir(world.folder)
    assert run("redact").output.endswith("1 of 1 cassette rewritten.\n")
    files = [file.read_bytes() for file in (world.folder / "cassettes").rglob("*") if file.is_file()]
    assert len(files) == 3
    assert b"123456" not in b"\n".join([*files, *map(inflated, files)])
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 1}, replayed.text


def test_numbers_go_on_where_the_recording_ended(project: Path) -> None:
    """What was hidden before keeps its placeholder, and rewriting twice is rewriting once."""
    text = "password=hunter" + "2hunter2; was REDACTED-3"
    path = shelve(cassette(interaction("sqs.SendMessage", {"MessageBody": text})), project)
    assert run("redact").exit_code == 0
    once = path.read_bytes()
    assert b"password=REDACTED-4; was REDACTED-3" in once
    assert run("redact").output == "0 of 1 cassette rewritten.\n"
    assert path.read_bytes() == once
