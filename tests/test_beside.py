"""Plain HTTP of a test is its own: recorded, replayed from its first act on, verified, and aligned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.scripted import Reply, Request, scripted
from tests.worlds import World

CLIENTS = {
    "urllib": "urllib.request.urlopen(URL).read()",
    "http_client": "with_http_client()",
    "requests": "__import__('requests').get(URL).content",
    "urllib3": "__import__('urllib3').PoolManager().request('GET', URL).data",
    "httpx": "__import__('httpx').get(URL).content",
    "httpx_async": "asyncio.run(with_httpx())",
    "aiohttp": "asyncio.run(with_aiohttp())",
    "httplib2": "__import__('httplib2').Http().request(uri=URL)[1]",
}

PROGRAM = """
    import asyncio, http.client, json, urllib.request
    from urllib.parse import urlsplit
    import pytest

    URL = {url!r}

    def with_http_client():
        parts = urlsplit(URL)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc)
        connection.request("GET", parts.path)
        return connection.getresponse().read()

    async def with_httpx():
        import httpx
        async with httpx.AsyncClient() as client:
            return (await client.get(URL)).content

    async def with_aiohttp():
        import aiohttp
        async with aiohttp.ClientSession() as session, session.get(URL) as answer:
            return await answer.read()

    @pytest.fixture(autouse=True)
    def as_the_first_of_the_run(replayaws):
        if not replayaws.recording:
            from replayaws import beside
            beside.stop()
"""
TEST = """
    def test_{name}():
        pytest.importorskip({library!r})
        assert json.loads({get}) == {{"state": "READY", "n": 1}}
"""


class Service:
    """A service on loopback whose answer a test changes."""

    def __init__(self) -> None:
        self.reply = Reply(b'{"state": "READY", "n": 1}', headers={"Content-Type": "application/json; charset=utf-8"})
        self.replies: dict[str, Reply] = {}
        self.url = ""
        self.asked: list[str] = []

    def answer(self, request: Request) -> Reply:
        if request.path == "/":  # whose credentials these are
            return Reply(b"{}", status=403, headers={"Content-Type": "application/json"})
        self.asked.append(request.path)
        return self.replies.get(request.path, self.reply)


@pytest.fixture
def service() -> Iterator[Service]:
    """A service on loopback, with an answer in JSON."""
    made = Service()
    with scripted(made.answer) as url:
        made.url = url
        yield made


def test_a_plain_request_as_first_act_is_replayed(world: World, service: Service) -> None:
    """A test that makes no API call at all gets its recorded answers, by whatever library it asks, of AWS and of a stand-in."""
    url = f"{service.url}/jobs/1"
    tests = [
        TEST.format(name=name, get=get, library=name.partition("_")[0] if "httpx" in name else name.replace("_", "."))
        for name, get in CLIENTS.items()
    ]
    world.write(test_a=PROGRAM.format(url=url) + "".join(tests))
    recorded = world.record(service.url).counts()
    assert recorded["passed"] >= 4
    assert service.asked == ["/jobs/1"] * recorded["passed"]
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == recorded, replayed.text
    aws = "https://api-id.execute-api.eu-central-1.amazonaws.com/jobs/1"
    for file in (world.folder / "tests" / "test_a.py", *(world.folder / "cassettes").rglob("*.json")):
        file.write_text(file.read_text().replace(url, aws))
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == recorded, replayed.text
    assert f"{recorded['passed']} calls: {recorded['passed']} replayed" in replayed.text


def test_the_users_own_server_on_the_same_host_is_not_touched(world: World, service: Service) -> None:
    """Another port of the stand-in's host is none of ours, neither recorded nor refused."""
    with scripted(lambda _: Reply(b"mine")) as own:
        world.write(
            test_a=f"""
            import urllib.request
            def get(url):
                with urllib.request.urlopen(url) as answer:
                    return answer.read()
            def test_both():
                assert get({own!r} + "/a") == b"mine"
                assert b"READY" in get({service.url!r} + "/b")
                assert get({own!r} + "/c") == b"mine"
            """
        )
        assert world.record(service.url).counts() == {"passed": 1}
        [interaction] = json.loads(world.cassette("tests/test_a/test_both.json").read_text())["interactions"]
        assert interaction["params"] == {"url": f"{service.url}/b"}
        replayed = world.pytest("--aws-fallback=error")
    assert replayed.counts() == {"passed": 1}, replayed.text


def test_hosts_of_one_test_are_its_own(world: World, service: Service) -> None:
    """What a marker names is recorded and replayed for its test, and left alone for the tests around it."""
    with scripted(lambda _: Reply(b"mine")) as own:
        world.write(
            test_a=f"""
            import urllib.request, pytest
            def get():
                with urllib.request.urlopen({own!r}) as answer:
                    assert answer.read() == b"mine"
            def test_before():
                get()
            @pytest.mark.replayaws(http_hosts=[{own.removeprefix("http://")!r}])
            def test_marked():
                get()
            def test_after():
                get()
            """
        )
        assert world.record(service.url).counts() == {"passed": 3}
        assert world.cassettes() == ["tests/test_a/test_marked.json"]
        replayed = world.pytest("--aws-fallback=error")
        assert replayed.counts() == {"passed": 3}, replayed.text
    alone = world.replay("--aws-fallback=error", "-k", "marked")
    assert alone.counts() == {"passed": 1}, alone.text


def test_a_request_without_recording_is_explained(world: World) -> None:
    """A plain request to AWS that nobody recorded is an explained miss, also as a test's first act; nothing is sent."""
    world.write(
        test_a="""
        import urllib.request
        def test_unrecorded():
            urllib.request.urlopen("https://media.s3.eu-central-1.amazonaws.com/a.wav")
        """
    )
    outcome = world.replay("--aws-fallback=error")
    assert "No recording answers http.GET" in outcome.text
    assert "https://media.s3.eu-central-1.amazonaws.com/a.wav" in outcome.text


def test_outside_pytest_plain_requests_are_recorded_too(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, service: Service
) -> None:
    """``use_cassette`` records a plain request that is the block's first act, replays it, and leaves nothing behind."""
    import http.client
    import urllib.request

    from replayaws import use_cassette

    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.url)
    before = http.client.HTTPConnection
    for mode in ("once", "none"):
        with use_cassette("a.json", mode=mode) as cassette, urllib.request.urlopen(f"{service.url}/a") as answer:
            assert b"READY" in answer.read()
        assert [call.source for call in cassette.calls] == [{"once": "aws", "none": "cassette"}[mode]]
        assert http.client.HTTPConnection is before
    assert service.asked == ["/a"]


GET_JSON = """
    import http.client
    from urllib.parse import urlsplit
    def get(path):
        connection = http.client.HTTPConnection({netloc!r})
        connection.request("GET", path)
        return connection.getresponse().read()
"""
JSON = {"Content-Type": "application/json"}
DRIFT = {
    "nothing that counts": (Reply(b'{"n":7,"state":"READY"}', headers={**JSON, "X-Served-By": "other"}), None),
    "a state": (Reply(b'{"state": "FAILED", "n": 1}', headers=JSON), "body.state: another state"),
    "a member less": (Reply(b'{"state": "READY"}', headers=JSON), "body.n: recorded, but not sent"),
    "a member more": (Reply(b'{"state": "READY", "n": 1, "m": 2}', headers=JSON), "body.m: sent, but not recorded"),
    "a type": (Reply(b'{"state": "READY", "n": "1"}', headers=JSON), "body.n: another type"),
    "a status": (Reply(b"{}", status=503, headers=JSON), "the answer: another HTTP status (recorded 200, now 503)"),
    "a content type": (
        Reply(b'{"state": "READY", "n": 1}', headers={"Content-Type": "text/plain"}),
        "content-type: another type (recorded 'application/json', now 'text/plain')",
    ),
    "no JSON": (Reply(b"ready", headers=JSON), "body: another type (recorded 'JSON', now 'no JSON')"),
}


def test_verify_compares_plain_requests(world: World, service: Service) -> None:
    """``verify`` sends recorded plain requests, says where answers differ from the recorded ones, and writes nothing."""
    tests = {f"test_{number}": drift for number, drift in enumerate(DRIFT)}
    get = GET_JSON.format(netloc=service.url.removeprefix("http://"))
    body = "".join(f"\n    def {name}():\n        get('/{name}')\n" for name in tests)
    world.write(test_a=get + body)
    assert world.record(service.url).counts() == {"passed": len(DRIFT)}
    cassettes = {name: world.cassette(name).read_bytes() for name in world.cassettes()}
    service.replies = {f"/{name}": DRIFT[drift][0] for name, drift in tests.items()}
    world.write(test_a=get + body + "\n    def test_new():\n        get('/new')\n")
    outcome = world.record(service.url, mode="--record-aws=verify")
    assert outcome.counts() == {"passed": 1 + len(DRIFT), "error": len(DRIFT)}, outcome.text
    for name, drift in tests.items():
        said = DRIFT[drift][1]
        if said is None:
            assert f"{name} has drifted" not in outcome.text
        else:
            assert f"{name} has drifted: http.GET: {said}" in outcome.text
    assert "test_new has drifted: http.GET: the cassette does not hold this call" in outcome.text
    assert {name: world.cassette(name).read_bytes() for name in world.cassettes()} == cassettes


FIXTURE = """
    import json, urllib.request, pytest
    @pytest.fixture(scope="module")
    def job():
        with urllib.request.urlopen({url!r} + "/jobs") as answer:
            return json.load(answer)["jobId"]
    {tests}
"""
ONE = """
    def test_one(job):
        urllib.request.urlopen({url!r} + "/one/" + job)
"""
TWO = ONE.replace("one", "two")


def test_a_test_recorded_later_speaks_of_what_the_fixture_was_answered(world: World, service: Service) -> None:
    """A fixture that fetches a name by plain HTTP runs live, and the new recording has the name of the old one."""
    service.reply = Reply(b'{"jobId": "job-0a1b2c3d4e5f"}', headers=JSON)
    world.write(test_a=FIXTURE.format(url=service.url, tests=ONE.format(url=service.url)))
    assert world.record(service.url).counts() == {"passed": 1}
    service.reply = Reply(b'{"jobId": "job-999988887777"}', headers=JSON)
    world.write(test_a=FIXTURE.format(url=service.url, tests=(ONE + TWO).format(url=service.url)))
    recorded = world.record(service.url)
    assert recorded.counts() == {"passed": 2}, recorded.text
    assert "/two/job-999988887777" in service.asked
    assert "/two/job-0a1b2c3d4e5f" in world.cassette("tests/test_a/test_two.json").read_text()
    assert world.replay("--aws-fallback=error").counts() == {"passed": 2}


def test_a_fixture_that_is_answered_otherwise_now_is_named(world: World, service: Service) -> None:
    """Where the fixture's plain request fails now, no new recording is written, and the fixture is named."""
    tests = """
    def test_{name}():
        get("/{name}")
    """
    fixture = """
    import http.client, pytest
    def get(path):
        connection = http.client.HTTPConnection({netloc!r})
        connection.request("GET", path)
        return connection.getresponse().read()
    @pytest.fixture(scope="module", autouse=True)
    def jobs():
        get("/jobs")
    """.replace("{netloc!r}", repr(service.url.removeprefix("http://")))
    world.write(test_a=fixture + tests.format(name="one"))
    assert world.record(service.url).counts() == {"passed": 1}
    service.reply = Reply(b"{}", status=404, headers=JSON)
    world.write(test_a=fixture + tests.format(name="one") + tests.format(name="two"))
    outcome = world.record(service.url)
    assert "http.GET answers 404 now, and succeeds when it was recorded" in outcome.text
    assert world.cassettes() == ["tests/test_a/@jobs.json", "tests/test_a/test_one.json"]
