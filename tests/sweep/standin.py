"""A stand-in for AWS on loopback: a server that sends the answers put into it, byte for byte, and reads no request.

It is not AWS, and knows nothing of it: :mod:`tests.sweep.wire` makes the answers.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections import deque
from dataclasses import dataclass
from types import TracebackType

_NO_BODY = (204, 304)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, ready to send."""

    status: int
    headers: dict[str, str]
    body: bytes


class StandIn:
    """``with StandIn() as server: server.answers.append(answer); …``: answers are sent in the order put in.

    The last one is sent again and again when nothing is left.
    """

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.requests: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._connections: set[socket.socket] = set()
        self._closed = False

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Close the port and every connection: from now on a client is refused."""
        self._closed = True
        for connection in [self._socket, *self._connections]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        buffer = b""
        try:
            while True:
                while b"\r\n\r\n" not in buffer:
                    buffer += _more(connection)
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                buffer = self._skip_body(connection, head, buffer)
                self.requests.append(head)
                connection.sendall(self._next(head.startswith(b"HEAD ")))
        except (OSError, EOFError):
            pass
        finally:
            self._connections.discard(connection)
            connection.close()

    def _skip_body(self, connection: socket.socket, head: bytes, buffer: bytes) -> bytes:
        fields = {name.strip().lower(): value.strip() for name, _, value in _fields(head)}
        if b"expect" in fields:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
            while not (b"0\r\n" in buffer and buffer.endswith(b"\r\n\r\n")):
                buffer += _more(connection)
            return b""
        length = int(fields.get(b"content-length", 0))
        while len(buffer) < length:
            buffer += _more(connection)
        return buffer[length:]

    def _next(self, is_head: bool) -> bytes:
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        headers = dict(answer.headers)
        body = b"" if is_head or answer.status in _NO_BODY else answer.body
        if not any(name.lower() == "content-length" for name in headers):
            headers["Content-Length"] = str(len(body))
        lines = [f"HTTP/1.1 {answer.status} {http.client.responses.get(answer.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise EOFError
    return data


def _fields(head: bytes) -> list[tuple[bytes, bytes, bytes]]:
    return [line.partition(b":") for line in head.split(b"\r\n")[1:]]
