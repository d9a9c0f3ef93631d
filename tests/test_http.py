"""Plain HTTP to AWS hosts is seen, answered or let through, and nothing else is touched."""

from __future__ import annotations

import asyncio
import concurrent.futures
import http.client
import http.server
import importlib
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from replayaws import hosts
from replayaws.errors import MissError
from replayaws.http import (
    HttpAnswer,
    HttpRequest,
    HttpTap,
    answer_of,
    interaction,
    is_signed,
    moto_answer,
    normalised_url,
    written_answer,
    written_request,
)
from replayaws.redaction import Redactor
from replayaws.rules import Rules

SIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260102%2Feu-west-1%2Fs3%2Faws4_request"
)
URL = "https://story.s3.eu-west-1.amazonaws.com/dir/a%20b?versionId=3"


def with_requests(url: str) -> tuple[int, bytes]:
    answer = importlib.import_module("requests").get(url, timeout=10)
    return answer.status_code, answer.content


def with_requests_stream(url: str) -> tuple[int, bytes]:
    answer = importlib.import_module("requests").get(url, stream=True, timeout=10)
    return answer.status_code, b"".join(answer.iter_content(3))


def with_urllib(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read()


def with_urllib3(url: str) -> tuple[int, bytes]:
    answer = importlib.import_module("urllib3").PoolManager().request("GET", url, retries=False)
    return answer.status, answer.data


def with_http_client(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def with_httpx(url: str) -> tuple[int, bytes]:
    answer = pytest.importorskip("httpx").get(url)
    return answer.status_code, answer.content


def with_httpx_async(url: str) -> tuple[int, bytes]:
    async def get() -> tuple[int, bytes]:
        async with pytest.importorskip("httpx").AsyncClient() as client:
            answer = await client.get(url)
            return answer.status_code, answer.content

    return asyncio.run(get())


def with_aiohttp(url: str) -> tuple[int, bytes]:
    async def get() -> tuple[int, bytes]:
        async with pytest.importorskip("aiohttp").ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.read()

    return asyncio.run(get())


def with_httplib2(url: str) -> tuple[int, bytes]:
    answer, content = pytest.importorskip("httplib2").Http(timeout=10).request(url)
    return int(answer.status), content


CLIENTS = [
    with_requests,
    with_requests_stream,
    with_urllib,
    with_urllib3,
    with_http_client,
    with_httpx,
    with_httpx_async,
    with_aiohttp,
    with_httplib2,
]
every_client = pytest.mark.parametrize("get", CLIENTS, ids=lambda get: get.__name__)
Get = Callable[[str], tuple[int, bytes]]


class Seen:
    """A tap with what it was asked and told."""

    def __init__(
        self, answer: HttpAnswer | Exception | None, *, extra: tuple[str, ...] = (), inside: bool = False
    ) -> None:
        self.asked: list[HttpRequest] = []
        self.told: list[tuple[HttpRequest, HttpAnswer]] = []
        self.inside = inside
        self._answer = answer
        self.tap = HttpTap(
            self._ask, lambda *told: self.told.append(told), in_botocore_call=lambda: self.inside, extra_hosts=extra
        )

    def _ask(self, request: HttpRequest) -> HttpAnswer | None:
        self.asked.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def __enter__(self) -> Seen:
        self.tap.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.tap.stop()


@pytest.fixture
def server() -> Iterator[str]:
    """A server on loopback that answers with the path it was asked for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.path.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://localhost:{running.server_address[1]}"
        running.shutdown()
        thread.join()


OK = HttpAnswer(200, "OK", {"content-type": "text/plain", "content-length": "4"}, b"text")


@every_client
def test_an_answer_is_given_without_a_connection(get: Get) -> None:
    """Every library gets the tap's answer for an AWS host, with nothing resolved or connected."""
    with Seen(OK) as seen:
        assert get(f"{URL}&{SIGNED}") == (200, b"text")
    assert [request.method for request in seen.asked] == ["GET"]
    assert seen.told == []


@every_client
def test_what_the_tap_raises_reaches_the_program(get: Get) -> None:
    """A miss comes through every library as it is."""
    with Seen(MissError("nothing recorded")), pytest.raises(MissError, match="nothing recorded"):
        get(URL)


@every_client
def test_a_request_let_through_is_told_with_its_answer(get: Get, server: str) -> None:
    """While recording, the tap learns what came, and the program gets it."""
    with Seen(None, extra=("localhost",)) as seen:
        assert get(f"{server}/a?b=c") == (200, b"/a?b=c")
    [(request, answer)] = seen.told
    assert (request.method, request.url) == ("GET", f"{server}/a?b=c")
    assert (answer.status, answer.body) == (200, b"/a?b=c")
    assert len(seen.asked) == 1


@every_client
def test_other_hosts_and_botocores_own_requests_are_not_touched(get: Get, server: str) -> None:
    """A request to another host, or from inside a botocore call, runs as if there were no tap."""
    with Seen(MissError("must not be asked")) as seen:
        assert get(f"{server}/a?b") == (200, b"/a?b")
    with Seen(MissError("must not be asked"), extra=("localhost",), inside=True) as inside:
        assert get(f"{server}/a?b") == (200, b"/a?b")
    assert seen.asked == seen.told == inside.asked == inside.told == []


def test_connections_kept_by_a_pool_do_not_outlive_the_tap(server: str) -> None:
    """A session used before, under and after a tap goes to the tap under it only."""
    requests = importlib.import_module("requests")
    with requests.Session() as session:
        assert session.get(f"{server}/1", timeout=10).text == "/1"
        with Seen(OK, extra=("localhost",)):
            assert session.get(f"{server}/2", timeout=10).text == "text"
            assert session.get(f"{server}/3", timeout=10).text == "text"
        assert session.get(f"{server}/4", timeout=10).text == "/4"


def test_threads_are_served_too() -> None:
    """Requests of worker threads go to the tap."""
    with Seen(OK) as seen, concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(with_requests, [URL] * 20)) == [(200, b"text")] * 20
    assert len(seen.asked) == 20


def test_starting_and_stopping_again_does_nothing() -> None:
    """A tap may be started twice and stopped twice; afterwards everything is as before."""
    before = http.client.HTTPConnection
    seen = Seen(OK)
    seen.tap.start()
    seen.tap.start()
    assert http.client.HTTPConnection is not before
    seen.tap.stop()
    seen.tap.stop()
    assert http.client.HTTPConnection is before


def test_of_two_taps_the_one_started_last_is_asked_and_they_stop_in_any_order() -> None:
    """Under two taps the later one answers; when the earlier one stops first, the later one goes on."""
    first, second = Seen(HttpAnswer(200, "OK", {}, b"first")), Seen(HttpAnswer(200, "OK", {}, b"second"))
    before = http.client.HTTPConnection
    first.tap.start()
    second.tap.start()
    assert with_urllib3(URL) == (200, b"second")
    first.tap.stop()
    assert with_urllib3(URL) == (200, b"second")
    second.tap.stop()
    assert http.client.HTTPConnection is before


def test_what_inherits_from_a_connection_under_a_tap_inherits_the_real_one(server: str) -> None:
    """A library imported under a tap, which inherits from http.client or calls its methods by name, works on afterwards."""
    with Seen(OK):

        class Own(http.client.HTTPConnection):
            def __init__(self, host: str) -> None:
                http.client.HTTPConnection.__init__(self, host, timeout=10)

        https = http.client.HTTPSConnection("localhost", 1)
        under = Own(urlsplit(server).netloc)
        under.request("GET", "/a")
        assert under.getresponse().read() == b"/a"
        under.close()
    assert type(https) is http.client.HTTPSConnection
    assert Own.__bases__ == (http.client.HTTPConnection,)


def test_vcrpy_is_imported_when_a_tap_starts_and_not_before() -> None:
    """Importing the module, and making a tap, does not import vcrpy."""
    import subprocess

    code = (
        "import sys; from replayaws.http import HttpTap; tap = HttpTap(print, print, in_botocore_call=bool);"
        "print([name for name in sys.modules if name.partition('.')[0] in ('vcr', 'botocore', 'requests', 'urllib3')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- what is written -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "normalised"),
    [
        (f"{URL}&{SIGNED}&X-Amz-Date=1&X-Amz-Signature=0&X-Amz-Security-Token=t", URL),
        ("https://b.s3.amazonaws.com/k?AWSAccessKeyId=a&Signature=b&Expires=1&a=1", "https://b.s3.amazonaws.com/k?a=1"),
        ("https://API.execute-api.eu-west-1.amazonaws.com:443?b=2&a=1&Expires=never", None),
        ("http://localhost:5000/k#part", "http://localhost:5000/k"),
    ],
    ids=["signature version 4", "signature version 2", "not signed", "port and fragment"],
)
def test_urls_lose_what_differs_from_run_to_run(url: str, normalised: str | None) -> None:
    """Signature, date and token go; a parameter that only looks like one of them stays in an unsigned URL."""
    unsigned = "https://api.execute-api.eu-west-1.amazonaws.com/?Expires=never&a=1&b=2"
    assert normalised_url(url) == (normalised or unsigned)
    assert not is_signed(normalised_url(url))


def test_two_presigned_uploads_by_form_are_the_same_call() -> None:
    """A signed form matches without its boundary, policy and signature."""
    requests = importlib.import_module("requests")

    def upload(signature: str) -> dict[str, Any]:
        fields = {"key": "a", "policy": f"p{signature}", "x-amz-signature": signature, "x-amz-date": signature}
        prepared = requests.Request("POST", URL, data=fields, files={"file": ("a.txt", b"\x00content")}).prepare()
        headers = {name.lower(): value for name, value in prepared.headers.items()}
        return written_request(HttpRequest("POST", prepared.url, headers, prepared.body))

    assert upload("1") == upload("2")
    assert upload("1")["form"] == {"key": "a", "file": "\x00content"}


@pytest.mark.parametrize("body", [b"", b"text", b"\x00\xff", b'{"a":1}', b"x" * 100_000])
def test_an_answer_survives_being_written(body: bytes) -> None:
    """Status, headers and body come back, with the length that the body has."""
    answer = HttpAnswer(206, "Partial Content", {"Content-Type": "a/b", "Transfer-Encoding": "chunked"}, body)
    back = answer_of(written_answer(answer))
    assert (back.status, back.reason, back.body) == (206, "Partial Content", body)
    assert back.headers == {"content-type": "a/b", "content-length": str(len(body))}


def test_interactions_of_plain_http_are_redacted() -> None:
    """Tokens in URL and answer do not reach the cassette."""
    token = "IQoJb3JpZ2luX2VjE" + "B" * 80
    request = HttpRequest("GET", f"{URL}&{SIGNED}&X-Amz-Signature=0&X-Amz-Security-Token={token}")
    answer = HttpAnswer(200, "OK", {"set-cookie": f"session={token}"}, b"text")
    written = interaction(request, answer, Redactor(Rules()), seconds=1.5)
    assert written.call == "http.GET"
    assert written.seconds == 1.5
    assert written.decoded_params() == {"url": URL}
    assert token not in bytes(written.response).decode()


def test_moto_answers_a_signed_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """A presigned URL of an object in moto is answered with the object, without a connection."""
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto")
    from moto.core.models import botocore_stubber

    keys = {
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    with moto.mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", **keys)
        s3.create_bucket(Bucket="story")
        s3.put_object(Bucket="story", Key="a", Body=b"content")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "story", "Key": "a"})
        answer = moto_answer(HttpRequest("GET", url), botocore_stubber.process_request)
        unknown = HttpRequest("GET", "https://x.execute-api.us-east-1.api.aws/")
        assert moto_answer(unknown, botocore_stubber.process_request) is None
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"content")


# -- hosts and the guard -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "labels"),
    [
        ("story.s3.eu-west-1.amazonaws.com", ("story", "s3", "eu-west-1")),
        ("S3.CN-NORTH-1.amazonaws.com.cn.", ("s3", "cn-north-1")),
        ("abc.lambda-url.eu-west-1.on.aws", ("abc", "lambda-url", "eu-west-1")),
        ("datazone.eu-west-1.api.aws", ("datazone", "eu-west-1")),
        ("example.com", None),
        ("notamazonaws.com", None),
        ("amazonaws.com.example.com", None),
        ("", None),
    ],
)
def test_hosts_of_aws_are_known_by_their_suffix(host: str, labels: tuple[str, ...] | None) -> None:
    """A host is AWS's when its name ends in one of AWS's suffixes as whole labels."""
    assert hosts.aws_host_labels(host) == labels
    assert hosts.is_aws_host(host) is (labels is not None)


def test_hosts_of_the_user_count_with_their_subdomains() -> None:
    """A further host counts as AWS's, and so do names below it."""
    assert hosts.is_aws_host("api.example.com", ["example.com"])
    assert not hosts.is_aws_host("badexample.com", ["example.com"])


@pytest.fixture
def guarded() -> Iterator[list[str]]:
    """The network under the guard; the AWS hosts that were about to be connected to."""
    refused: list[str] = []

    def refuse(host: str) -> None:
        refused.append(host)
        raise MissError(f"{host} is not replayed")

    hosts.guard_network(refuse)
    yield refused
    hosts.unguard_network()


@every_client
def test_the_guard_refuses_aws_to_every_client(get: Get, guarded: list[str], server: str) -> None:
    """Without a tap, a request to AWS ends in the guard's error before a connection, and other hosts are reached."""
    with pytest.raises(MissError, match="is not replayed"):
        get(URL)
    assert guarded[0] == "story.s3.eu-west-1.amazonaws.com"
    assert get(f"{server}/a?b") == (200, b"/a?b")


def test_the_guard_holds_in_threads_and_for_look_ups(guarded: list[str]) -> None:
    """A thread, and a bare look-up of a name, are refused as well."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool, pytest.raises(MissError):
        pool.submit(with_urllib, URL).result()
    look_ups: list[Callable[[str], Any]] = [
        socket.gethostbyname,
        lambda host: socket.getaddrinfo(host, 443),
        lambda host: socket.create_connection((host, 443)),
    ]
    for look_up in look_ups:
        with pytest.raises(MissError):
            look_up("sts.amazonaws.com")
    assert len(guarded) == 4


def test_the_guard_sees_through_a_proxy(guarded: list[str], server: str) -> None:
    """TLS to an AWS host over a tunnel, whose name the proxy looks up, is refused."""
    import ssl

    port = int(server.rpartition(":")[2])
    with socket.create_connection(("localhost", port)) as tunnel, pytest.raises(MissError):
        ssl.create_default_context().wrap_socket(tunnel, server_hostname="sts.amazonaws.com")
    assert guarded == ["sts.amazonaws.com"]


def test_a_guard_that_lets_go_lets_go(server: str) -> None:
    """Where the one who is asked does not raise, the look-up goes on."""
    asked: list[str] = []
    hosts.guard_network(asked.append, extra=["localhost"])
    try:
        assert with_urllib(f"{server}/a?b") == (200, b"/a?b")
    finally:
        hosts.unguard_network()
    assert asked
    assert set(asked) == {"localhost"}
