"""What we rely on in botocore's, urllib3's and s3transfer's streams. One that fails after an upgrade: look at ``bodies``."""

from __future__ import annotations

import http.client
import inspect
import io
from typing import Any

import botocore.httpsession
import pytest
from botocore.eventstream import EventStream
from botocore.httpchecksum import _CHECKSUM_CLS, StreamingChecksumBody
from botocore.response import StreamingBody
from s3transfer.utils import ReadFileChunk
from urllib3.response import HTTPResponse

from tests.scripted import Reply, message, scripted
from tests.streams import client

GET = {"Bucket": "media", "Key": "a"}


@pytest.fixture
def body() -> Any:
    """A live body of nine bytes."""
    with scripted(lambda _: Reply(b"some text")) as url:
        live = client("s3", url).get_object(**GET)["Body"]
        yield live
        live.close()


def test_layers(body: Any) -> None:
    """A body holds urllib3's response, and that one http.client's: the tee goes between the two."""
    assert type(body._raw_stream) is HTTPResponse
    assert type(body._raw_stream._fp) is http.client.HTTPResponse
    assert body._content_length == "9"


def test_with(body: Any) -> None:
    """``with body`` hands out urllib3's response, not the body."""
    with body as inner:
        assert inner is body._raw_stream


def test_all_reads_pass_below_urllib3(body: Any) -> None:
    """urllib3 reads through ``read`` and ``read1`` of what it holds as ``_fp``, and of nothing else."""
    read: list[str] = []

    class Watched:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            read.append(name)
            return getattr(self.inner, name)

    body._raw_stream._fp = Watched(body._raw_stream._fp)
    assert body.read(2) + body._raw_stream.read1(2) + b"".join(body._raw_stream.stream(3)) == b"some text"
    assert {name for name in read if "read" in name or name == "fp"} <= {"read", "read1"}


def test_socket_timeout(body: Any) -> None:
    """``set_socket_timeout`` goes through ``_fp.fp.raw._sock``."""
    body.set_socket_timeout(7)
    assert body._raw_stream._fp.fp.raw._sock.gettimeout() == 7


def test_length_is_not_enforced_by_urllib3() -> None:
    """botocore checks the length itself, with its own error: urllib3's check is off."""
    assert "enforce_content_length=False" in inspect.getsource(botocore.httpsession.URLLib3Session.send)


def test_checksum_that_is_not_expected() -> None:
    """A checksum body without an expected value does not check."""
    checked = StreamingChecksumBody(io.BytesIO(b"text"), "4", _CHECKSUM_CLS["crc32"](), None)
    assert checked.read() == b"text"
    assert isinstance(checked, StreamingBody)


def test_initial_response_is_read_while_parsing() -> None:
    """The JSON protocol reads the first message of a stream before the program gets it: so the parsed stream is wrapped."""
    messages = [message({}, event_type="initial-response"), message({"sessionId": "s"}, event_type="sessionStart")]
    with scripted(lambda _: Reply(messages)) as url:
        stream = client("logs", url).start_live_tail(
            logGroupIdentifiers=["arn:aws:logs:us-east-1:123456789012:log-group:g"]
        )["responseStream"]
        assert isinstance(stream, EventStream)
        assert {"_raw_stream", "_output_shape", "_operation_name", "_event_generator"} <= set(vars(stream))
        assert [list(event) for event in stream] == [["sessionStart"]]


def test_progress_begins_with_transferring() -> None:
    """s3transfer's chunks report progress only after ``signal_transferring``, and the last of it when they are closed."""
    seen: list[int] = []
    closed: list[bool] = []

    def report(bytes_transferred: int) -> None:
        seen.append(bytes_transferred)

    chunk = ReadFileChunk(io.BytesIO(b"12345"), 5, 5, [report], False, [lambda: closed.append(True)])
    chunk.read(2)
    assert seen == []
    chunk.signal_transferring()
    chunk.read()
    assert seen == [3]
    chunk.close()
    assert closed == [True]
