"""The ways in which programs read a streaming body."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zipfile
from typing import Any


def _until_empty(read: Any) -> list[Any]:
    pieces = []
    while piece := read():
        pieces.append(piece)
    return pieces


def _readinto(body: Any) -> bytes:
    buffer, read = bytearray(7000), b""
    while count := body.readinto(buffer):
        read += buffer[:count]
    return read


def _with(body: Any) -> tuple[bytes, bool]:
    with body as raw:
        data = raw.read()
    return data, raw.closed


def _partly(body: Any) -> bytes:
    data: bytes = body.read(100)
    body.close()
    return data


def _after_close(body: Any) -> tuple[bytes, bytes]:
    first = body.read(10)
    body.close()
    return first, body.read(10)


def _with_timeout(body: Any) -> bytes:
    body.set_socket_timeout(3)
    data: bytes = body.read()
    return data


def _tell(body: Any) -> tuple[int, int, bool, bool]:
    body.read(10)
    early = body.tell()
    body.read()
    return early, body.tell(), body.readable(), body._raw_stream.isclosed()


WHOLE = {
    "read": lambda body: body.read(),
    "read twice": lambda body: (body.read(), body.read()),
    "read(n)": lambda body: _until_empty(lambda: body.read(4096)),
    "read(0), then all": lambda body: (body.read(0), body.read()),
    "more than there is": lambda body: (body.read(10**7), body.read(1)),
    "iterate": list,
    "next": lambda body: (next(body), body.read()),
    "iter_chunks": lambda body: list(body.iter_chunks(10_000)),
    "iter_lines": lambda body: list(body.iter_lines()),
    "iter_lines keeping ends": lambda body: list(body.iter_lines(100, keepends=True)),
    "readlines": lambda body: body.readlines(),
    "with": _with,
    "readinto": _readinto,
    "TextIOWrapper": lambda body: _until_empty(io.TextIOWrapper(body, "latin-1").readline),
    "BufferedReader": lambda body: io.BufferedReader(body).read(),
    "codecs": lambda body: list(codecs.getreader("latin-1")(body)),
    "csv": lambda body: list(csv.reader(codecs.getreader("latin-1")(body))),
    "json.load": json.load,
    "gzip": lambda body: gzip.GzipFile(fileobj=body).read(),
    "zipfile in memory": lambda body: zipfile.ZipFile(io.BytesIO(body.read())).namelist(),
    "urllib3's read": lambda body: body._raw_stream.read(),
    "urllib3's read, decoded": lambda body: body._raw_stream.read(decode_content=True),
    "urllib3's read1": lambda body: b"".join(_until_empty(lambda: body._raw_stream.read1(5000))),
    "urllib3's stream": lambda body: b"".join(body._raw_stream.stream(3000)),
    "urllib3's lines": lambda body: list(body._raw_stream),
    "urllib3's data": lambda body: body._raw_stream.data,
    "set_socket_timeout": _with_timeout,
    "tell": _tell,
}
"""Name -> what it reads; each reads to the end or fails on the content."""

PART = {
    "not at all": lambda body: None,
    "the first bytes": lambda body: body.read(100),
    "the first line": lambda body: next(body.iter_lines()),
    "a chunk": lambda body: next(body.iter_chunks(999)),
}
"""Leave bytes unread; the recording is whole all the same."""

CLOSED = {
    "the first bytes, then close": _partly,
    "after close": _after_close,
    "close unread": lambda body: body.close(),
}
"""Close before the end; the recording cannot be whole."""
