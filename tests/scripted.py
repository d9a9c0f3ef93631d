"""A server on loopback whose every answer a test scripts, and the bytes of AWS's event streams."""

from __future__ import annotations

import binascii
import contextlib
import http.server
import json
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """What the server answers.

    :param body: bytes, sent with a Content-Length, or pieces, sent chunked.
    :param length: a Content-Length other than the body's.
    """

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass
class Request:
    """What the server was sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@contextlib.contextmanager
def scripted(answer: Callable[[Request], Reply]) -> Iterator[str]:
    """A server whose every answer is made by a function; yields its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def _handle(self) -> None:
            reply = answer(Request(self.command, self.path, dict(self.headers), self._read_body()))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            body = reply.body  # as it is now: with a length of 0 the client has its answer before a body is sent
            if isinstance(body, bytes):
                length = len(body) if reply.length is None else reply.length
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = length != len(body)
            else:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in body:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")

        def _read_body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def message(payload: bytes | dict[str, Any], **headers: str) -> bytes:
    """A message of AWS's event stream encoding.

    :param payload: its bytes, or what becomes JSON.
    :param headers: such as ``event_type="Records"``, which becomes ``:event-type``.
    """
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    named = {":message-type": "event", **{":" + name.replace("_", "-"): value for name, value in headers.items()}}
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in named.items()
    )
    prelude = struct.pack("!II", len(head) + len(body) + 16, len(head))
    message = prelude + struct.pack("!I", binascii.crc32(prelude)) + head + body
    return message + struct.pack("!I", binascii.crc32(message))
