"""The write guard: it reads what is about to be written as deep as encodings go."""

from __future__ import annotations

import base64
import gzip
import json
import os
import urllib.parse
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replayaws.errors import SecretFound
from replayaws.guard import Guard
from replayaws.layers import Layer
from replayaws.needles import Needles
from replayaws.scanning import scan

SECRET = "wJalr/XUtn+" + "Secret0123456789"
KEY = "AKIA" + "QWERTYUIOPASDFGH"


def cassette(response: Any, *, kept: list[str] | None = None) -> bytes:
    """A cassette's text, the response in its second interaction."""
    calls = [{"call": "s3.GetObject", "response": {}}, {"call": "sqs.ReceiveMessage", "response": response}]
    whole = {"replayaws": 1, "owner": "test", "recorded": {}, "kept": kept or [], "interactions": calls}
    return json.dumps(whole, indent=2).encode()


def b64(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


WRAPPED: dict[str, Callable[[str], Any]] = {
    "as it is": lambda secret: secret,
    "inside a text": lambda secret: f"the key is {secret}, keep it",
    "base64": b64,
    "base64 thrice": lambda secret: b64(b64(b64(secret))),
    "base64 behind a path": lambda secret: "/data/" + b64(secret),
    "base64 in lines": lambda secret: base64.encodebytes(b"x" * 80 + secret.encode() + b"y" * 80).decode(),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(b"?>" + secret.encode()).decode().rstrip("="),
    "gzip": lambda secret: b64(gzip.compress(secret.encode())),
    "zlib": lambda secret: b64(zlib.compress(b"some text, then " + secret.encode())),
    "gzip behind a header": lambda secret: b64(b"HDR" + gzip.compress(secret.encode())),
    "json": lambda secret: json.dumps({"a": [json.dumps({"b": secret})]}),
    "percent": lambda secret: "x=" + urllib.parse.quote(secret, safe=""),
    "percent twice": lambda secret: urllib.parse.quote(urllib.parse.quote(secret, safe=""), safe=""),
    "unicode escapes": lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret),
    "hex escapes": lambda secret: "".join(f"\\x{ord(char):02x}" for char in secret),
    "html": lambda secret: secret.replace("/", "&#47;"),
    "hex": lambda secret: secret.encode().hex(),
    "utf-16": lambda secret: b64(secret.encode("utf-16-le")),
    "a name": lambda secret: {secret: 1},
    "across events": lambda secret: [{"chunk": {"text": secret[:9]}}, {"chunk": {"text": secret[9:]}}],
    "across blobs": lambda secret: [{"b": {"$base64": b64(part)}} for part in halves(gzip.compress(secret.encode()))],
    "a $json blob": lambda secret: {"$json": {"deep": [secret]}},
}


def halves(data: bytes) -> tuple[bytes, bytes]:
    return data[: len(data) // 2], data[len(data) // 2 :]


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_live_credentials_are_found(wrap: Callable[[str], Any]) -> None:
    """A live credential is found however it is wrapped; the error tells where, and not what."""
    with pytest.raises(SecretFound) as raised:
        Guard(credentials=[SECRET]).check(cassette({"X": wrap(SECRET)}), name="cassettes/a.json")
    message = str(raised.value)
    assert "cassettes/a.json" in message
    assert "interactions[1].response.X" in message
    assert "sqs.ReceiveMessage" in message
    assert SECRET not in message
    assert SECRET[:9] not in message


def test_what_was_redacted_elsewhere_is_found() -> None:
    """What any redactor of the run hid may stand in no file of it."""
    guard = Guard()
    guard.check(cassette({"X": SECRET}), name="c")
    guard.learn([SECRET, "210987654321"])
    with pytest.raises(SecretFound, match="redacted elsewhere"):
        guard.check(cassette({"X": SECRET}), name="c")
    with pytest.raises(SecretFound):
        guard.check(cassette({"X": "arn:aws:iam::210987654321:root"}), name="c")
    guard.check(cassette({"X": "92109876543210"}), name="c")


def test_known_forms_are_found_and_placeholders_are_not() -> None:
    """A form of secret is refused without being known; placeholders and documented examples pass."""
    assert [str(found) for found in scan(cassette({"X": KEY}))] == [
        "line 11, access-key at interactions[1].response.X (sqs.ReceiveMessage)"
    ]
    assert scan(cassette({"X": "AKIAREDACTEDAAAAAAAB AKIAIOSFODNN7EXAMPLE password=REDACTED-1"})) == []


def test_neighbours_are_no_secret() -> None:
    """What has nothing to do with each other makes no form of secret, put together; a known secret is found all the same."""
    signature = "5ec2e7" + "0" * 56 + "01"
    lines = [{"message": f"https://b/?X-Amz-Signature={signature}"}, {"message": "end"}]
    assert scan(cassette({"events": lines})) == []
    assert len(scan(cassette({"events": lines}), secrets=["00001end"])) == 1


def test_a_rule_that_is_kept_off_is_not_enforced() -> None:
    """What a cassette says that it keeps on purpose is not refused, for the operations that it names."""
    assert scan(cassette({"X": KEY}, kept=["access-key"])) == []
    assert scan(cassette({"X": KEY}, kept=["access-key:sqs.*"])) == []
    assert len(scan(cassette({"X": KEY}, kept=["access-key:sns.*"]))) == 1
    with pytest.raises(SecretFound):
        Guard(credentials=[KEY]).check(cassette({"X": KEY}, kept=["access-key"]), name="c")


def test_text_that_is_no_cassette() -> None:
    """Any other text is read as well, and the line named."""
    found = scan(b"one\ntwo " + KEY.encode() + b"\n")
    assert [(each.kind, each.line) for each in found] == [("access-key", 2)]
    assert len(scan(b'{"interactions": [' + KEY.encode())) == 1


@pytest.mark.parametrize("at", range(0, len(SECRET), 5))
def test_a_secret_across_chunks(at: int) -> None:
    """A body that comes in pieces is read across their borders."""
    body = b"x" * 10_000 + SECRET.encode() + b"y" * 10_000
    with pytest.raises(SecretFound):
        Guard(credentials=[SECRET]).check_chunks([body[: 10_000 + at], body[10_000 + at :]], name="body")


def test_a_compressed_body_in_chunks(tmp_path: Path) -> None:
    """A compressed file is opened while it is read."""
    file = tmp_path / "body.gz"
    file.write_bytes(gzip.compress(os.urandom(3_000_000) + SECRET.encode() + b"z" * 100))
    with pytest.raises(SecretFound, match=r"body\.gz"):
        Guard(credentials=[SECRET]).check_file(file, name="body.gz")


def test_random_bytes_pass(tmp_path: Path) -> None:
    """Binary data without secrets is no false alarm."""
    file = tmp_path / "body.bin"
    file.write_bytes(os.urandom(4_000_000))
    Guard(credentials=[SECRET]).check_file(file, name="body.bin")


def test_a_bomb_is_refused() -> None:
    """Data that inflates without end is not followed, and not written either."""
    bomb = gzip.compress(bytes(300 << 20), compresslevel=1)
    with pytest.raises(SecretFound, match="cannot be examined"):
        Guard().check_chunks([bomb], name="body")


def test_endless_nesting_is_refused() -> None:
    """Encodings inside encodings are followed so far, then refused."""
    text = SECRET
    for _ in range(20):
        text = b64(text)
    with pytest.raises(SecretFound, match="cannot be examined"):
        Guard(credentials=[SECRET]).check(cassette({"X": text}), name="c")


def test_deeply_nested_json_is_read_or_refused() -> None:
    """JSON of any depth is no crash."""
    deep = "[" * 5000 + f'"{SECRET}"' + "]" * 5000
    assert scan(deep.encode(), secrets=[SECRET])


def test_many_secrets_are_looked_for_at_once() -> None:
    """Thousands of secrets are found as one is, short ones of the user's included."""
    needles = Needles({f"secret-number-{number}": "one" for number in range(5000)} | {"tuna": "two"})
    assert needles.find(Layer("x secret-number-4711 y")) == "one"
    assert needles.find(Layer("a tuna")) == "two"
    assert needles.find(Layer("secret-number-x")) is None
