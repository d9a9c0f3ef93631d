"""Cassettes of vcrpy become cassettes that replay the tests they came from."""

from __future__ import annotations

import base64
import gzip
import json
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import vcr
import yaml
from botocore.config import Config

import replayaws
from replayaws.cassette import Cassette
from replayaws.importers import Imported, import_vcrpy
from replayaws.library import Library
from replayaws.rules import Rules
from tests import recorded_by_others
from tests.recorded_by_others import comparable

SHARED = Path(__file__).parent.parent.parent / "shared" / "recordings"
KEYS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}


def client(service: str, endpoint: str | None = None) -> Any:
    config = Config(s3={"addressing_style": "path"})
    return boto3.client(service, region_name="eu-west-1", endpoint_url=endpoint, config=config, **KEYS)


def bring_in(tmp_path: Path, *files: Path) -> tuple[Imported, Path]:
    """What an import gives, and the file of its first cassette."""
    imported = import_vcrpy(files, rules=Rules())
    place = tmp_path / "cassettes" / "imported.json"
    if imported.cassettes:
        Library(tmp_path / "cassettes").save(imported.cassettes[0][1], place)
    return imported, place


def one(imported: Imported) -> Cassette:
    assert list(imported.refused) == []
    [(_, cassette)] = imported.cassettes
    return cassette


def record(story: Callable[[Any], list[Any]], moto_url: str, file: Path) -> list[Any]:
    """Run a program against the stand-in, recorded by vcrpy; what it saw."""
    urllib.request.urlopen(urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST")).read()
    with vcr.use_cassette(str(file), record_mode="all"):
        return story(lambda service: client(service, moto_url))


def as_json(file: Path) -> Path:
    """A YAML cassette written as vcrpy's JSON serializer writes one, which knows text only."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.decode() if isinstance(value, bytes) else value

    written = file.with_suffix(".json")
    written.write_text(json.dumps(plain(yaml.safe_load(file.read_text())), indent=4))
    return written


@pytest.mark.parametrize("story", recorded_by_others.STORIES, ids=lambda story: story.__name__)
def test_what_vcrpy_recorded_replays_as_it_was_live(
    story: Callable[[Any], list[Any]], moto_url: str, tmp_path: Path
) -> None:
    """A program recorded with vcrpy gets the same answers from the imported cassette, with nothing to connect to."""
    live = record(story, moto_url, tmp_path / "recorded.yaml")
    imported, place = bring_in(tmp_path, tmp_path / "recorded.yaml")
    assert one(imported).recorded.source == moto_url
    with replayaws.use_cassette(place, fallback="error"):
        replayed = story(lambda service: client(service, moto_url))
    assert comparable(replayed) == comparable(live)


def test_json_cassettes_give_the_same_as_yaml_ones(moto_url: str, tmp_path: Path) -> None:
    """The serializer of a cassette makes no difference."""
    record(recorded_by_others.query_story, moto_url, tmp_path / "recorded.yaml")
    from_yaml, _ = bring_in(tmp_path, tmp_path / "recorded.yaml")
    from_json, _ = bring_in(tmp_path, as_json(tmp_path / "recorded.yaml"))
    assert one(from_json).interactions == one(from_yaml).interactions


# -- forms of the file -------------------------------------------------------------------------------------------------

STS_ANSWER = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>"
    "</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)
STS_BODY = "Action=GetCallerIdentity&Version=2011-06-15"
AGENT = "Boto3/1.35.56 md/Botocore#1.35.56 ua/2.0"


def sts(**changes: Any) -> dict[str, Any]:
    """An interaction with STS as vcrpy writes it, with changes to its request and response."""
    request = {
        "method": "POST",
        "uri": "https://sts.amazonaws.com/",
        "body": STS_BODY,
        "headers": {"User-Agent": [AGENT], "X-Amz-Date": ["20260102T030405Z"]},
    }
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": ["text/xml"], "Date": ["Fri, 02 Jan 2026 03:04:06 GMT"]},
        "body": {"string": STS_ANSWER},
    }
    for name, value in changes.items():
        part = (
            request
            if name in request or name in ("parsed_body", "url", "host", "path", "port", "protocol")
            else response
        )
        part[name] = value
    if "host" in changes:
        del request["uri"]
    if "answer_headers" in changes:
        response["headers"] = response.pop("answer_headers")
    return {"request": request, "response": response}


def write(path: Path, *interactions: Any, **top: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(top or {"interactions": list(interactions), "version": 1}))
    return path


PACKED = gzip.compress(STS_ANSWER.encode())


@pytest.mark.parametrize(
    "recorded",
    [
        sts(),
        sts(headers={"user-agent": AGENT}),
        sts(headers=[["User-Agent", AGENT]]),
        sts(headers={}),
        sts(headers={"Authorization": ["REDACTED"], "User-Agent": [AGENT]}),
        sts(uri="http://localhost:4566/"),
        sts(uri="https://sts.eu-west-1.amazonaws.com/"),
        sts(uri="https://aws.invalid/", headers={"amz-sdk-invocation-id": ["1"]}),
        sts(body={"string": STS_BODY}),
        sts(body=None, uri=f"https://sts.amazonaws.com/?{STS_BODY}", method="GET"),
        sts(host="sts.amazonaws.com", path="/", port=443, protocol="https"),
    ],
    ids=[
        "as vcrpy writes it",
        "headers as texts",
        "headers as pairs",
        "no headers",
        "redacted authorization",
        "a stand-in's host",
        "a regional host",
        "a made-up host",
        "body in a map",
        "query string",
        "parts of a URL",
    ],
)
def test_a_request_is_recognised_in_every_form(recorded: dict[str, Any], tmp_path: Path) -> None:
    """Whatever a recorder and its filters left of a request, the call is the same."""
    cassette = one(bring_in(tmp_path, write(tmp_path / "a.json", recorded))[0])
    [interaction] = cassette.interactions
    assert interaction.call == "sts.GetCallerIdentity"
    assert interaction.decoded_response()["Account"] == "123456789012"


@pytest.mark.parametrize(
    "recorded",
    [
        sts(body={"base64_string": base64.b64encode(STS_ANSWER.encode()).decode()}),
        sts(status=200),
    ],
    ids=["base64", "bare status"],
)
def test_an_answer_is_read_in_every_form(recorded: dict[str, Any], tmp_path: Path) -> None:
    """Bodies in base64 and bare statuses of old versions are read."""
    if isinstance(recorded["request"]["body"], dict):
        recorded["response"]["body"], recorded["request"]["body"] = recorded["request"]["body"], STS_BODY
    [interaction] = one(bring_in(tmp_path, write(tmp_path / "a.json", recorded))[0]).interactions
    assert interaction.decoded_response()["Account"] == "123456789012"


def test_answers_of_old_httpx_recordings_are_read(tmp_path: Path) -> None:
    """vcrpy's former httpx stub wrote status, headers and content of its own."""
    recorded = sts()
    recorded["response"] = {"status_code": 200, "http_version": "HTTP/1.1", "headers": [], "content": STS_ANSWER}
    [interaction] = one(bring_in(tmp_path, write(tmp_path / "a.json", recorded))[0]).interactions
    assert interaction.decoded_response()["Account"] == "123456789012"


def test_compressed_answers_are_read(tmp_path: Path) -> None:
    """A body that was recorded with its gzip on is parsed without."""
    text = yaml.safe_dump({"interactions": [sts(answer_headers={"Content-Encoding": ["gzip"]})], "version": 1})
    recorded = yaml.safe_load(text)
    recorded["interactions"][0]["response"]["body"]["string"] = PACKED
    file = tmp_path / "a.yaml"
    file.write_text(yaml.safe_dump(recorded))
    [interaction] = one(bring_in(tmp_path, file)[0]).interactions
    assert interaction.decoded_response()["Account"] == "123456789012"


def test_files_of_other_serializers_are_read(tmp_path: Path) -> None:
    """Packed files, files with requests and responses apart, and bodies kept as parsed JSON are read."""
    pair = sts()
    packed = tmp_path / "packed.yaml.gz"
    packed.write_bytes(
        gzip.compress(yaml.safe_dump({"requests": [pair["request"]], "responses": [pair["response"]]}).encode())
    )
    parsed = {
        "request": {
            "method": "POST",
            "uri": "https://bedrock-runtime.us-east-1.amazonaws.com/model/a.b-v1%3A0/converse",
            "parsed_body": {"messages": [{"role": "user", "content": [{"text": "hello"}]}]},
            "headers": {"amz-sdk-invocation-id": ["1"]},
        },
        "response": {
            "status": {"code": 400, "message": "Bad Request"},
            "headers": {"x-amzn-ErrorType": ["ValidationException:http://internal.amazon.com/coral/"]},
            "parsed_body": {"message": "no"},
        },
    }
    imported, _ = bring_in(tmp_path, packed, write(tmp_path / "parsed.json", parsed))
    assert list(imported.refused) == []
    [first], [second] = (cassette.interactions for _, cassette in imported.cassettes)
    assert first.call == "sts.GetCallerIdentity"
    assert second.decoded_params()["modelId"] == "a.b-v1:0"
    assert second.exception == "ValidationException"


PYTHON_TAGS = """
interactions:
- request:
    body: !!python/object/new:_io.BytesIO
      state: !!python/tuple
      - !!binary |
        {body}
      - 0
      - null
    headers: !!python/object/new:requests.structures.CaseInsensitiveDict
      state:
        _store:
          user-agent: !!python/tuple
          - User-Agent
          - {agent}
    method: !!python/unicode 'POST'
    uri: https://sts.amazonaws.com/
  response:
    body: {{string: !!python/unicode '{answer}'}}
    headers: {{!!python/object:botocore.compat.Header {{_text: Content-Type}}: [text/xml]}}
    status: {{code: 200, message: OK}}
version: 1
"""


def test_python_objects_in_yaml_are_read_as_plain_data(tmp_path: Path) -> None:
    """Objects that older versions serialised give their content."""
    body = base64.b64encode(STS_BODY.encode()).decode()
    (tmp_path / "a.yaml").write_text(PYTHON_TAGS.format(body=body, agent=AGENT, answer=STS_ANSWER))
    [interaction] = one(bring_in(tmp_path, tmp_path / "a.yaml")[0]).interactions
    assert interaction.call == "sts.GetCallerIdentity"


def test_reading_a_file_runs_no_code(tmp_path: Path) -> None:
    """A tag that would call a function leaves no trace."""
    target = tmp_path / "made"
    (tmp_path / "a.yaml").write_text(f"interactions:\n- !!python/object/apply:os.mkdir [{target}]\n")
    imported, _ = bring_in(tmp_path, tmp_path / "a.yaml")
    assert len(imported.refused) == 1
    assert not target.exists()


BOMB = "interactions:\n- &a0 [x, x]\n" + "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no list of interactions"),
        ("a: [", "not valid YAML, line"),
        ("- 1", "no request"),
        ("interactions: 3", "no list of interactions"),
        ("interactions: []", "no interactions"),
        ("\x00", "not valid YAML"),
        (BOMB, "aliases"),
        ("interactions: &a [*a]", "aliases"),
        ("[" * 100_000, "nested"),
        ('{"interactions": [{"request": {}, "response": {}}]}', "no URL"),
        (json.dumps({"interactions": [sts(status={"code": "x"})]}), "no status"),
        (json.dumps({"interactions": [sts(string="", body="Action=Odd&Version=2011-06-15")]}), "Odd"),
        (json.dumps({"interactions": [sts(uri="https://example.com/", headers={}, body="")]}), "no AWS traffic"),
        (
            json.dumps({"interactions": [{**sts(), "response": {**sts()["response"], "body": {"string": "<a>"}}}]}),
            "parsed",
        ),
    ],
    ids=[
        "empty",
        "broken",
        "no pair",
        "no list",
        "none",
        "binary",
        "aliases of aliases",
        "within itself",
        "nested",
        "no URL",
        "no status",
        "unknown call",
        "elsewhere",
        "damaged",
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(text: str, why: str, tmp_path: Path) -> None:
    """Each refusal names the file, the interaction in it, and why."""
    file = tmp_path / "a.yaml"
    file.write_text(text)
    imported, _ = bring_in(tmp_path, file)
    assert not imported.cassettes
    [(what, reason)] = imported.refused
    assert what.startswith(str(file))
    assert why in reason
    assert file.read_text() == text


def test_absent_files_are_refused_and_folders_searched(tmp_path: Path) -> None:
    """A folder gives its cassettes, a path of nothing a refusal."""
    write(tmp_path / "cassettes" / "test_a" / "test_1.json", sts())
    write(tmp_path / "cassettes" / "test_a" / "TestKind.test_2[x].json", sts())
    imported = import_vcrpy([tmp_path / "cassettes", tmp_path / "absent.yaml"], rules=Rules())
    assert [what for what, _ in imported.refused] == [str(tmp_path / "absent.yaml")]
    owners = {place: cassette.owner for place, cassette in imported.cassettes}
    module = f"{tmp_path.name}/test_a.py"
    assert owners == {
        "test_a/test_1.json": f"{module}::test_1",
        "test_a/TestKind.test_2[x].json": f"{module}::TestKind::test_2[x]",
    }


# -- what a recording means --------------------------------------------------------------------------------------------


def test_the_attempts_of_one_call_are_one_interaction(tmp_path: Path) -> None:
    """A call that was answered at the second attempt is recorded once, with its retries, as a client sees it."""
    attempts = []
    for number, status in ((1, 503), (2, 200)):
        headers = {"amz-sdk-invocation-id": ["7"], "amz-sdk-request": [f"attempt={number}"], "User-Agent": [AGENT]}
        attempts.append(sts(headers=headers, status={"code": status, "message": ""}))
    [interaction] = one(bring_in(tmp_path, write(tmp_path / "a.json", *attempts))[0]).interactions
    assert interaction.decoded_metadata()["RetryAttempts"] == 1


def test_calls_whose_ids_a_filter_made_alike_stay_apart(tmp_path: Path) -> None:
    """Where a recorder wrote one constant for all invocation ids, each call is one of its own."""
    headers = {"amz-sdk-invocation-id": ["id"], "amz-sdk-request": ["attempt=1"], "User-Agent": [AGENT]}
    pairs = [sts(headers=headers), sts(headers=headers, status={"code": 403, "message": ""})]
    interactions = one(bring_in(tmp_path, write(tmp_path / "a.json", *pairs))[0]).interactions
    assert [one.decoded_metadata()["HTTPStatusCode"] for one in interactions] == [200, 403]


def test_requests_for_credentials_of_the_machine_are_refused(tmp_path: Path) -> None:
    """What botocore asked the metadata service is no call of the program."""
    asked = sts(method="PUT", body=None, uri="http://169.254.169.254/latest/api/token")
    imported, _ = bring_in(tmp_path, write(tmp_path / "a.json", sts(), asked))
    [(_, cassette)] = imported.cassettes
    assert [interaction.call for interaction in cassette.interactions] == ["sts.GetCallerIdentity"]
    assert "credentials" in imported.refused[0][1]


def event(kind: str, payload: dict[str, Any]) -> bytes:
    """A message of an event stream."""
    headers = b""
    for name, value in ((":event-type", kind), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
    body = json.dumps(payload).encode()
    prelude = (len(headers) + len(body) + 16).to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    message = prelude + zlib.crc32(prelude).to_bytes(4, "big") + headers + body
    return message + zlib.crc32(message).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("cut", "incomplete"), [(0, None), (5, "ends within an event, after 1")], ids=["whole", "cut short"]
)
def test_event_streams_are_read_event_by_event(cut: int, incomplete: str | None, tmp_path: Path) -> None:
    """A recorded stream is the list of its events, and says when its end is missing."""
    stream = event("messageStart", {"role": "assistant"}) + event("messageStop", {"stopReason": "end_turn"})
    recorded = sts(
        uri="https://bedrock-runtime.us-east-1.amazonaws.com/model/some.model/converse-stream", body='{"messages": []}'
    )
    recorded["response"]["body"] = {"base64_string": base64.b64encode(stream[: len(stream) - cut]).decode()}
    [interaction] = one(bring_in(tmp_path, write(tmp_path / "a.json", recorded))[0]).interactions
    events = interaction.decoded_response()["stream"]
    assert (
        events
        == [{"messageStart": {"role": "assistant"}}, {"messageStop": {"stopReason": "end_turn"}}][: 2 - bool(cut)]
    )
    assert (interaction.incomplete or "").endswith(incomplete or "")
    assert (interaction.incomplete is None) == (incomplete is None)


def test_time_place_and_version_of_a_recording_are_kept(tmp_path: Path) -> None:
    """Provenance says when it was recorded, from where and by which botocore; calls say when they were made."""
    later = sts(
        headers={"User-Agent": [AGENT], "X-Amz-Date": ["20260102T030415Z"]}, uri="https://sts.eu-west-1.amazonaws.com/"
    )
    cassette = one(bring_in(tmp_path, write(tmp_path / "a.json", sts(), later))[0])
    assert cassette.recorded.at == "2026-01-02T03:04:05Z"
    assert (cassette.recorded.source, cassette.recorded.botocore) == ("aws", "1.35.56")
    assert [(one.region, one.seconds) for one in cassette.interactions] == [(None, 0.0), ("eu-west-1", 10.0)]


def test_plain_http_to_aws_becomes_an_http_interaction(tmp_path: Path) -> None:
    """A signed URL fetched with another library is kept beside the calls, without its signature."""
    fetched = sts(
        method="GET",
        body=None,
        uri="https://story.s3.eu-west-1.amazonaws.com/a?X-Amz-Signature=0&X-Amz-Date=1&versionId=2",
        headers={"User-Agent": ["python-requests/2.32"]},
        string="",
    )
    fetched["response"]["body"] = {"string": "content"}
    [_, interaction] = one(bring_in(tmp_path, write(tmp_path / "a.json", sts(), fetched))[0]).interactions
    assert interaction.call == "http.GET"
    assert interaction.decoded_params() == {"url": "https://story.s3.eu-west-1.amazonaws.com/a?versionId=2"}
    assert interaction.decoded_response()["body"] == "content"


def test_queues_recorded_over_the_former_protocol_replay_over_the_present_one(tmp_path: Path) -> None:
    """A cassette of SQS from when it spoke XML answers a client that speaks JSON, errors included."""
    queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/story"
    received = (
        "<ReceiveMessageResponse><ReceiveMessageResult><Message><MessageId>m</MessageId><Body>text</Body>"
        "<Attribute><Name>SentTimestamp</Name><Value>1</Value></Attribute></Message></ReceiveMessageResult>"
        "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></ReceiveMessageResponse>"
    )
    missing = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
        "<Message>absent</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )
    receive = sts(
        uri=queue,
        body=f"Action=ReceiveMessage&Version=2012-11-05&QueueUrl={queue}&AttributeName.1=All&MaxNumberOfMessages=5",
    )
    receive["response"]["body"] = {"string": received}
    get = sts(uri="https://sqs.eu-west-1.amazonaws.com/", body="Action=GetQueueUrl&Version=2012-11-05&QueueName=absent")
    get["response"].update(body={"string": missing}, status={"code": 400, "message": ""})
    _, place = bring_in(tmp_path, write(tmp_path / "a.json", receive, get))
    with replayaws.use_cassette(place, fallback="error"):
        sqs = client("sqs")
        [message] = sqs.receive_message(QueueUrl=queue, AttributeNames=["All"], MaxNumberOfMessages=5)["Messages"]
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            sqs.get_queue_url(QueueName="absent")
    assert message == {"MessageId": "m", "Body": "text", "Attributes": {"SentTimestamp": "1"}}


@pytest.mark.parametrize(
    ("url", "params"),
    [
        ("https://story.s3.eu-west-1.amazonaws.com/a/b%20c", {"Bucket": "story", "Key": "a/b c"}),
        ("https://my.dotted.story.s3.amazonaws.com/a", {"Bucket": "my.dotted.story", "Key": "a"}),
        ("https://s3-eu-west-1.amazonaws.com/story/a", {"Bucket": "story", "Key": "a"}),
        ("https://story.s3-eu-west-1.amazonaws.com/a", {"Bucket": "story", "Key": "a"}),
        ("https://story.s3.dualstack.eu-west-1.amazonaws.com/a", {"Bucket": "story", "Key": "a"}),
        ("https://s3.eu-west-1.amazonaws.com/story/a?versionId=1", {"Bucket": "story", "Key": "a", "VersionId": "1"}),
        ("http://127.0.0.1:9000/story/a", {"Bucket": "story", "Key": "a"}),
        (
            "https://gate-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/a",
            {"Bucket": "arn:aws:s3:eu-west-1:123456789012:accesspoint/gate", "Key": "a"},
        ),
    ],
)
def test_buckets_are_found_in_host_and_path(url: str, params: dict[str, str], tmp_path: Path) -> None:
    """S3's ways of naming a bucket give the same parameters."""
    headers = {"User-Agent": [AGENT], "X-Amz-Content-SHA256": ["0"]}
    got = sts(method="GET", uri=url, body=None, headers=headers)
    got["response"]["body"] = {"string": "content"}
    [interaction] = one(bring_in(tmp_path, write(tmp_path / "a.json", got))[0]).interactions
    read = interaction.decoded_params()
    assert interaction.call == "s3.GetObject"
    assert {name: read.get(name) for name in params} == params


def test_indented_json_is_matched_as_it_was_sent(tmp_path: Path) -> None:
    """A recorder that indents bodies does not keep the program from finding its call again."""
    body = {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 10}
    sent = json.dumps(body)
    recorded = sts(
        uri="https://bedrock-runtime.us-east-1.amazonaws.com/model/some.model/invoke",
        body=json.dumps(body, indent=2),
        headers={"User-Agent": [AGENT], "Content-Length": [str(len(sent))]},
    )
    recorded["response"]["body"] = {"string": json.dumps({"completion": "hi"}, indent=2)}
    _, place = bring_in(tmp_path, write(tmp_path / "a.json", recorded))
    with replayaws.use_cassette(place, fallback="error"):
        runtime = boto3.client("bedrock-runtime", region_name="us-east-1", **KEYS)
        answer = runtime.invoke_model(modelId="some.model", body=sent)
        assert "completion" in json.loads(answer["body"].read())


def test_secrets_and_accounts_are_redacted_on_the_way(tmp_path: Path) -> None:
    """Credentials in requests and answers do not reach the cassette, and the account becomes moto's."""
    account = "".join(["2468", "1357", "9024"])
    secret = "FwoGZXIvYXdzE" + "A" * 60
    answer = STS_ANSWER.replace("123456789012", account)
    recorded = sts(headers={"User-Agent": [AGENT], "X-Amz-Security-Token": [secret]})
    recorded["response"]["body"] = {"string": answer}
    recorded["response"]["headers"]["Set-Cookie"] = [f"token={secret}"]
    _, place = bring_in(tmp_path, write(tmp_path / "a.json", recorded))
    text = place.read_text()
    assert secret not in text
    assert account not in text
    assert "arn:aws:iam::123456789012:root" in text


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared recordings of other projects")
@pytest.mark.parametrize("name", ["vcrpy-bedrock", "vcrpy-route53"])
def test_real_recordings_are_taken_whole(name: str) -> None:
    """Nothing is refused of what other projects recorded with vcrpy."""
    imported = import_vcrpy([SHARED / name], rules=Rules())
    assert list(imported.refused) == []
    assert len(imported.cassettes) == len(list((SHARED / name).glob("*.yaml")))
