"""What is encoded in a text is found wherever it begins, and nothing else is decoded."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from replayaws.errors import SecretFound
from replayaws.guard import Guard
from replayaws.layers import find_gzip
from tests.planting import ENCODINGS, forms

WORDS = "the quick brown fox jumps over a lazy dog and reads its internationalisation files again\n"
FILLERS: dict[str, Callable[[random.Random], bytes]] = {
    "text": lambda seed: (WORDS * 900).encode(),
    "random bytes": lambda seed: seed.randbytes(80_000),
    "base64": lambda seed: base64.b64encode(seed.randbytes(60_000)),
    "base64 in lines": lambda seed: base64.encodebytes(seed.randbytes(60_000)),
    "JSON lines": lambda seed: "".join(
        json.dumps({"id": seed.random(), "m": 'says "a"', "u": f"{seed.getrandbits(128):x}"}) + "\n" for _ in range(900)
    ).encode(),
}
NEEDLES = {
    "short": "q7Zr" + "T2pX",
    "with spaces": "p@ss " + "w0rd, yes",
    "in dots": "jane.doe" + "@corp.io",
    "long": "Zx9-" + "k" * 200,
    "in two lines": "line1\n" + "line2-secret",
    "not ASCII": "pässwört-" + "1234",
}


def is_refused(data: bytes, *secrets: str) -> bool:
    """Whether the guard refuses a large body."""
    pieces = [data[at : at + 65536] for at in range(0, len(data), 65536)]
    try:
        Guard(credentials=secrets).check_chunks(pieces, name="body")
    except SecretFound:
        return True
    return False


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_secrets_in_large_bodies(filler: Callable[[random.Random], bytes], encode: Callable[[str], str]) -> None:
    """A known secret is found in a large body, whatever surrounds it and however it is encoded."""
    seed = random.Random(7)
    for name, secret in NEEDLES.items():
        body = filler(seed)
        at = seed.randrange(len(body))
        assert is_refused(body[:at] + b"\n" + encode(secret).encode() + b"\n" + body[at:], secret), name
        assert not is_refused(body, secret)


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)
def test_forms_in_large_bodies(filler: Callable[[random.Random], bytes]) -> None:
    """A form that the guard knows is found in a large body as it is found by itself."""
    seed = random.Random(8)
    for name, (text, _) in forms(seed).items():
        body = filler(seed)
        at = seed.randrange(len(body))
        if is_refused(text.encode()):
            assert is_refused(body[:at] + b"\n" + text.encode() + b"\n" + body[at:]), name


@pytest.mark.parametrize("at", range(12))
def test_a_short_secret_in_much_base64(at: int) -> None:
    """Eight characters are found in base64 of any size, at each of its alignments."""
    body = os.urandom(150_000 + at) + (NEEDLES["short"] + "!").encode() + os.urandom(150_000)
    assert is_refused(base64.b64encode(body), NEEDLES["short"])


def test_where_gzip_begins() -> None:
    """Each beginning is found, the first byte's too."""
    data = gzip.compress(b"a") + b"\x8b\x08" + gzip.compress(b"b")
    assert find_gzip(data) == 0
    assert find_gzip(data, 1) == data.rindex(b"\x1f\x8b\x08")
    assert find_gzip(b"\x8b\x08") == -1


BODIES: dict[str, Callable[[int], bytes]] = {
    "text": lambda size: (WORDS.replace("internationalisation", "translated") * (size // 80)).encode(),
    "random bytes": os.urandom,
    "zlib": lambda size: zlib.compress(os.urandom(size)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_large_bodies_are_read_fast(body: Callable[[int], bytes], tmp_path: Path) -> None:
    """A body without anything that looks like a secret is read at 25 MB a second at least, on a busy machine too."""
    file = tmp_path / "body"
    file.write_bytes(body(8_000_000))
    guard, began = Guard(credentials=["AKIA" + "QWERTYUIOPASDFGH", NEEDLES["long"]]), time.process_time()
    guard.check_file(file, name="body")
    assert time.process_time() - began < 8 / 25
