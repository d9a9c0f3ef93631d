"""Plain HTTP to AWS hosts beside botocore, carried by vcrpy: signed URLs, function URLs, API Gateway.

:class:`HttpTap` intercepts requests, urllib, urllib3, http.client, httpx, aiohttp, httplib2 and tornado. Only requests to
AWS hosts go through vcrpy; any other, and botocore's own, runs through untouched classes. vcrpy takes 0.2 s to import, so
a tap is started only where there is something for it: while recording, and in replay when the cassette holds an
``http.*`` interaction or the program has signed a URL. Before that, :func:`replayaws.hosts.guard_network` refuses.

A request stands in a cassette as the call ``http.GET`` with ``{"url", "range", "body", "form"}`` as parameters, without
signature, dates and tokens, and its answer as ``{"status", "reason", "headers", "body"}``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from replayaws import codec
from replayaws.hosts import is_aws_host
from replayaws.interaction import Interaction, raw

if TYPE_CHECKING:
    from replayaws.redaction import Redactor

SERVICE = "http"
"""What stands in the place of a service's name in the calls of plain HTTP."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request; header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer; header names as they were sent, the body as it is after HTTP's own chunking."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


_SIGNATURE = frozenset(
    {
        "awsaccesskeyid",
        "signature",
        "expires",
        "policy",
        "key-pair-id",
        "token",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signedheaders",
        "x-amz-signature",
        "x-amz-security-token",
        "x-amz-region-set",
        "x-amz-user-agent",
    }
)
"""Query parameters, and fields of signed forms, that differ from run to run or are secret; in lower case."""

_SIGNED = frozenset({"x-amz-signature", "signature"})


def is_signed(url: str) -> bool:
    """Whether a URL carries its signature in the query string."""
    return any(name.lower() in _SIGNED for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True))


def normalised_url(url: str) -> str:
    """A URL without signature, date and token, host in lower case, default port left out, parameters sorted."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.port not in (None, {"https": 443, "http": 80}.get(parts.scheme)):
        host = f"{host}:{parts.port}"
    signed = is_signed(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (name.lower() in _SIGNATURE and (signed or name.lower().startswith("x-amz-")))
    ]
    return urlunsplit((parts.scheme, host, parts.path or "/", urlencode(sorted(kept)), ""))


def written_request(request: HttpRequest) -> dict[str, Any]:
    """The parameters of the call that a request stands for, in written form, not redacted."""
    params: dict[str, Any] = {"url": normalised_url(request.url)}
    if "range" in request.headers:
        params["range"] = request.headers["range"]
    if not request.body:
        return params
    form = _form(request.headers.get("content-type", ""), request.body)
    if form is not None:
        params["form"] = form
    else:
        params["body"] = _blob(request.body)
    return params


def _form(content_type: str, body: bytes) -> dict[str, Any] | None:
    """The fields of a multipart form, whose boundary differs from run to run."""
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    from email.parser import BytesParser
    from email.policy import HTTP

    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        return None
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition") or ""
        if str(name).lower() not in _SIGNATURE:
            content = part.get_payload(decode=True)
            fields[str(name)] = _blob(content if isinstance(content, bytes) else b"")
    return fields


def _blob(data: bytes) -> Any:
    return codec.encode_blob(data) if len(data) <= codec.INLINE_LIMIT else codec.digest(data)


_VOLATILE_HEADERS = frozenset({"transfer-encoding", "connection", "keep-alive", "content-length"})


def written_answer(answer: HttpAnswer) -> dict[str, Any]:
    """The response of the call, in written form, not redacted; its body is inline whatever its size."""
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in _VOLATILE_HEADERS}
    if "gzip" in headers.get("content-encoding", "") and answer.body[:2] != b"\x1f\x8b":
        del headers["content-encoding"]  # the library has decompressed it before vcrpy saw it
    return {
        "status": answer.status,
        "reason": answer.reason,
        "headers": headers,
        "body": codec.encode_blob(answer.body),
    }


def answer_of(written: Mapping[str, Any]) -> HttpAnswer:
    """The answer that :func:`written_answer` wrote, with the length that its body has now.

    :raises ValueError: where the body is damaged.
    """
    body = codec.blob_bytes(written.get("body", ""))
    headers = {str(name): str(value) for name, value in written.get("headers", {}).items()}
    headers["content-length"] = str(len(body))
    return HttpAnswer(int(written.get("status", 200)), str(written.get("reason", "")), headers, body)


def interaction(
    request: HttpRequest, answer: HttpAnswer, redactor: Redactor, *, seconds: float = 0.0, took: float = 0.0
) -> Interaction:
    """The redacted interaction of a request that was answered."""
    params = redactor.params(written_request(request), None)
    return Interaction(
        call=f"{SERVICE}.{request.method.upper()}",
        seconds=round(seconds, 3),
        took=round(took, 3),
        params=raw({**params, "url": redactor.text(params["url"])}),
        response=raw(redactor.response(written_answer(answer), None)),
        metadata=raw({"HTTPStatusCode": answer.status}),
    )


class HttpTap:
    """Interception of plain HTTP to AWS hosts.

    :param on_request: asked for each request: an answer to give instead of sending it, ``None`` to send it; what it
        raises reaches the program. It is called from whichever thread or task makes the request.
    :param on_response: told what came, where a request was sent.
    :param in_botocore_call: whether the current thread or task is inside a call of botocore's, whose HTTP is its own.
    :param extra_hosts: further hosts that count as AWS's, each with its subdomains, and with its port where it has one.
    """

    def __init__(
        self,
        on_request: Callable[[HttpRequest], HttpAnswer | None],
        on_response: Callable[[HttpRequest, HttpAnswer], None],
        *,
        in_botocore_call: Callable[[], bool],
        extra_hosts: Iterable[str] = (),
    ) -> None:
        self._on_request, self._on_response = on_request, on_response
        self._in_botocore_call, self._extra = in_botocore_call, tuple(extra_hosts)
        self.started = False

    @property
    def extra_hosts(self) -> tuple[str, ...]:
        """Further hosts that count as AWS's."""
        return self._extra

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Let further hosts count as AWS's."""
        self._extra = tuple(dict.fromkeys((*self._extra, *hosts)))

    def start(self) -> None:
        """Begin to intercept; repeating does nothing. Imports vcrpy."""
        if not self.started:
            from replayaws import interception

            self.started = True
            interception.begin(self)

    def stop(self) -> None:
        """End the interception; repeating does nothing. Taps may stop in any order."""
        if self.started:
            from replayaws import interception

            self.started = False
            interception.end(self)

    def wants(self, host: str, port: int | None = None) -> bool:
        """Whether a request to a host, made now, is ours."""
        return is_aws_host(host, self._extra, port=port) and not self._in_botocore_call()

    def ask(self, request: HttpRequest) -> HttpAnswer | None:
        """The answer to give instead of sending a request."""
        return self._on_request(request)

    def tell(self, request: HttpRequest, answer: HttpAnswer) -> None:
        """A request was sent and answered."""
        self._on_response(request, answer)


@functools.lru_cache(maxsize=1)
def _reasons() -> Mapping[int, str]:
    import http.client

    return http.client.responses


Process = Callable[[Any], "tuple[int, Mapping[str, Any], Any] | None"]


def moto_answer(request: HttpRequest, process: Process) -> HttpAnswer | None:
    """What moto answers to a plain request, such as one for a signed S3 URL; ``None`` where it cannot.

    :param process: gives moto a prepared request under the fallback's lock, as moto's botocore stubber takes one.
    """
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict

    headers: Any = HeadersDict(dict(request.headers))
    prepared = AWSPreparedRequest(request.method, request.url, headers, request.body, False)
    try:
        answer = process(prepared)
    except NotImplementedError:
        return None
    if answer is None:
        return None
    status, answered, body = answer
    data = body.encode() if isinstance(body, str) else bytes(body or b"")
    if status == 404 and data == b"Not yet implemented":
        return None
    return HttpAnswer(status, _reasons().get(status, ""), {str(k): str(v) for k, v in answered.items()}, data)
