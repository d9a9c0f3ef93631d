"""One recorded HTTP request with its answer, whichever tool wrote it down, in one plain form."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from replayaws.hosts import aws_host_labels

_LOCALSTACK = (".localhost.localstack.cloud", ".localhost")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer; header names in lower case.

    :param names: the request's header names as they were spelled, by those in lower case.
    :param body: the request's body, decoded from ``aws-chunked``.
    :param status: HTTP status of the answer.
    :param answer_body: the answer's body as it was on the wire after HTTP's own chunking.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    reason: str
    answer_headers: Mapping[str, str]
    answer_body: bytes
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> SplitResult:
        """The URL, split."""
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """The host name of the URL in lower case, without port; ``""`` where the URL has none that can be read."""
        try:
            return self.parts.hostname or ""
        except ValueError:
            return ""

    @property
    def host_labels(self) -> tuple[str, ...] | None:
        """The labels of the host before the part that AWS's hosts, or LocalStack's, have alike; ``None`` for any other."""
        labels = aws_host_labels(self.host)
        for suffix in _LOCALSTACK:
            if labels is None and self.host.endswith(suffix):
                labels = tuple(self.host.removesuffix(suffix).split("."))
        return labels

    @property
    def plain_answer(self) -> bytes:
        """The answer's body, decompressed where a header says that it is compressed."""
        return decompress(self.answer_body, self.answer_headers.get("content-encoding", ""))

    @property
    def plain_body(self) -> bytes:
        """The request's body, decompressed where a header says that it is compressed."""
        return decompress(self.body, self.headers.get("content-encoding", ""))


def as_text(value: Any) -> str:
    """Text that a recorder wrote as text, bytes, a number or a list of one."""
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return "" if value is None else str(value)


def as_bytes(value: Any) -> bytes:
    """A body that a recorder wrote as text, bytes, lines, or parsed JSON."""
    if value is None:
        return b""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, bytes)) for item in value):
        return b"".join(as_bytes(item) for item in value)
    if isinstance(value, Mapping) and "base64_string" in value:
        return base64.b64decode(value["base64_string"])
    if isinstance(value, Mapping) and "string" in value:
        return as_bytes(value["string"])
    return json.dumps(value).encode()


def as_headers(value: Any) -> dict[str, str]:
    """Headers that a recorder wrote as a map of texts or lists, or as a list of pairs; names in lower case."""
    headers: dict[str, str] = {}
    for name, content in _header_pairs(value):
        key = as_text(name).lower()
        text = as_text(content)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def header_names(value: Any) -> dict[str, str]:
    """The names of the same headers as they were spelled, by those in lower case."""
    return {as_text(name).lower(): as_text(name) for name, _ in _header_pairs(value)}


def _header_pairs(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, (list, tuple)):
        return [(item[0], item[1]) for item in value if isinstance(item, (list, tuple)) and len(item) == 2]
    return []


def decompress(body: bytes, encoding: str) -> bytes:
    """A body without its gzip or deflate; unchanged where it is not compressed, whatever the header says."""
    try:
        if "gzip" in encoding and body[:2] == b"\x1f\x8b":
            return gzip.decompress(body)
        if "deflate" in encoding and body:
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        pass
    return body


_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(?:;[^\r\n]*)?\r\n")


def unchunk(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A body without the ``aws-chunked`` framing; unchanged where it has none."""
    framed = "aws-chunked" in headers.get("content-encoding", "") or headers.get("x-amz-content-sha256", "").startswith(
        "STREAMING-"
    )
    if not framed:
        return body
    content, at = bytearray(), 0
    while True:
        head = _CHUNK_HEAD.match(body, at)
        if head is None:
            return body
        size = int(head[1], 16)
        if size == 0:
            return bytes(content)
        content += body[head.end() : head.end() + size]
        at = head.end() + size + 2


def as_sent(body: bytes, length: str | None) -> bytes:
    """JSON as it was on the wire, where the recorder re-indented it and the length that was sent tells how it was.

    :param length: the ``Content-Length`` that was recorded.
    """
    if length is None or not length.isdigit() or int(length) == len(body) or body[:1] not in (b"{", b"["):
        return body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    for separators in ((", ", ": "), (",", ":")):
        for ascii_only in (True, False):
            text = json.dumps(value, separators=separators, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
            if len(text) == int(length):
                return text
    return body
