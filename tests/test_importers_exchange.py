"""What recorders wrote down comes into one plain form."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from replayaws.importers.exchange import as_bytes, as_headers, as_sent, as_text, decompress, header_names, unchunk


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ({"A": "1"}, {"a": "1"}),
        ({"A": ["1", "2"]}, {"a": "1, 2"}),
        ({"A": [b"1"]}, {"a": "1"}),
        ({b"A": 1}, {"a": "1"}),
        ([["A", "1"], ["a", "2"]], {"a": "1, 2"}),
        (None, {}),
        ("odd", {}),
    ],
)
def test_headers(written: Any, headers: dict[str, str]) -> None:
    """Maps and pairs, texts and lists, bytes and numbers give the same headers."""
    assert as_headers(written) == headers
    assert {name.lower() for name in header_names(written).values()} == set(headers)


@pytest.mark.parametrize(
    ("written", "body"),
    [
        (None, b""),
        ("ü", "ü".encode()),
        (b"\xff", b"\xff"),
        (["a", b"b"], b"ab"),
        ({"string": "a"}, b"a"),
        ({"a": 1}, b'{"a": 1}'),
    ],
)
def test_bodies(written: Any, body: bytes) -> None:
    """Text, bytes, pieces and parsed JSON give a body."""
    assert as_bytes(written) == body


def test_texts() -> None:
    """Bytes that are no text lose nothing but what cannot be read."""
    assert as_text([b"a", "b", 3, None]) == "a, b, 3, "
    assert as_text(b"a\xff") == "a\ufffd"


@pytest.mark.parametrize(
    ("body", "encoding", "plain"),
    [
        (gzip.compress(b"text"), "gzip", b"text"),
        (zlib.compress(b"text"), "deflate", b"text"),
        (b"text", "gzip", b"text"),
        (gzip.compress(b"text")[:-9], "gzip", None),
        (gzip.compress(b"text"), "", None),
    ],
    ids=["gzip", "deflate", "said but not done", "cut short", "done but not said"],
)
def test_compression(body: bytes, encoding: str, plain: bytes | None) -> None:
    """A compressed body is opened where a header says so and it can be."""
    assert decompress(body, encoding) == (body if plain is None else plain)


CHUNKED = b"4;chunk-signature=0\r\nsome\r\n5\r\n text\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers", "content"),
    [
        (CHUNKED, {"content-encoding": "aws-chunked"}, b"some text"),
        (CHUNKED, {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, b"some text"),
        (CHUNKED, {}, CHUNKED),
        (b"some text", {"content-encoding": "aws-chunked"}, b"some text"),
    ],
    ids=["by encoding", "by signature", "not framed", "framed in name only"],
)
def test_chunks_of_uploads(body: bytes, headers: dict[str, str], content: bytes) -> None:
    """An upload loses the frames that botocore put around its pieces."""
    assert unchunk(body, headers) == content


@pytest.mark.parametrize("options", [{}, {"separators": (",", ":")}, {"separators": (",", ":"), "ensure_ascii": False}])
def test_indented_json_goes_back_to_what_was_sent(options: dict[str, Any]) -> None:
    """The recorded length tells how JSON was written before a recorder indented it."""
    value = {"a": [1, "ü"], "b": {}, "c": "some text", "d": [1, 2, 3]}
    sent = json.dumps(value, **options).encode()
    assert as_sent(json.dumps(value, indent=2).encode(), str(len(sent))) == sent


@pytest.mark.parametrize(
    ("body", "length"), [(b"{ }", "7"), (b"{", "9"), (b"text", "9"), (b"{ }", None), (b"{ }", "odd")]
)
def test_other_bodies_stay_as_they_are(body: bytes, length: str | None) -> None:
    """What is no JSON, or has no telling length, is not touched."""
    assert as_sent(body, length) == body
