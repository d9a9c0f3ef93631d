"""What we rely on in aiobotocore, 2 and 3. One that fails after an upgrade: look at ``aio`` and ``hook``."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

pytest.importorskip("aiobotocore")

import aiobotocore.httpchecksum
import aiobotocore.response
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.client import AioBaseClient
from aiobotocore.config import AioConfig
from aiobotocore.eventstream import AioEventStream
from aiobotocore.session import get_session
from aiobotocore.signers import AioRequestSigner

from tests.scripted import Reply, scripted
from tests.streams import DEAD

CREDENTIALS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "region_name": "us-east-1",
}


def test_names() -> None:
    """The classes of both major versions have these names."""
    for module, name in (
        (aiobotocore.response, "StreamingBody"),
        (aiobotocore.response, "HttpxStreamingBody"),
        (aiobotocore.httpchecksum, "StreamingChecksumBody"),
        (aiobotocore.httpchecksum, "HttpxStreamingChecksumBody"),
    ):
        assert inspect.isclass(getattr(module, name))


def test_below_a_body() -> None:
    """A body reads from ``content.read`` of the response that it keeps, and knows its length."""

    async def go(url: str) -> None:
        async with get_session().create_client("s3", endpoint_url=url, **CREDENTIALS) as s3:
            body = (await s3.get_object(Bucket="media", Key="a"))["Body"]
            old = not hasattr(body, "raw_stream")
            raw = body.__wrapped__ if old else body._raw_stream
            assert (body._self_content_length if old else body._content_length) == "4"
            assert raw.content.at_eof() is False
            assert await raw.content.read(2) + await body.read(2) == b"text"

    with scripted(lambda _: Reply(b"text")) as url:
        asyncio.run(go(url))


def test_handlers() -> None:
    """Plain handlers work, what a handler returns is awaited, and ``before-call`` answers with a response without body."""
    awaited: list[str] = []

    async def note(what: str) -> None:
        awaited.append(what)

    def answer(request_signer: Any, params: dict[str, Any], **_: Any) -> Any:
        assert isinstance(request_signer, AioRequestSigner)
        return AioAWSResponse(params["url"], 200, {}, None), {
            "Buckets": [],
            "ResponseMetadata": {"HTTPStatusCode": 200},
        }

    async def go() -> None:
        async with get_session().create_client("s3", endpoint_url=DEAD, **CREDENTIALS) as s3:
            assert isinstance(s3, AioBaseClient)
            assert inspect.iscoroutinefunction(AioBaseClient._make_api_call)
            s3.meta.events.register("before-parameter-build.*.*", lambda **_: note("parameters"))
            s3.meta.events.register("before-call.*.*", answer)
            s3.meta.events.register("after-call.*.*", lambda **_: note("answer"))
            assert (await s3.list_buckets())["Buckets"] == []

    asyncio.run(go())
    assert awaited == ["parameters", "answer"]


def test_event_stream() -> None:
    """An event stream iterates through ``__anext__``, which is a generator, over state that a subclass can take over."""
    assert inspect.isasyncgenfunction(AioEventStream.__anext__)
    assert "self._event_generator" in inspect.getsource(AioEventStream.__anext__)


def test_http_session_class() -> None:
    """Which HTTP client is used stands in the configuration, where the version lets one choose."""
    if "http_session_cls" in inspect.signature(AioConfig.__init__).parameters:
        assert AioConfig().http_session_cls.__name__ == "AIOHTTPSession"
