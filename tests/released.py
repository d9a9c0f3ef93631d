"""Cassettes of every released version of the format, and the programs that they were recorded from.

``python -m tests.released`` records those of the present version, into a folder that must not be there yet: what was released
is never recorded again. None of it comes from AWS: moto's server, a server with scripted answers and placebo stand in for
it, and each cassette names its source.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import math
import os
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from replayaws.cassette import FORMAT_VERSION
from tests.scripted import Reply, Request, message, scripted
from tests.servers import moto_server
from tests.sweep.cbor import cbor

FOLDER = Path(__file__).parent / "data" / "released"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
ACCOUNT = "".join(("5550", "0011", "2233"))
"""Of the stand-in; no cassette holds it."""
OPTIONS = '[tool.replayaws]\nkeep = ["email"]\n'


def expected_of(version: int) -> Path:
    """What the programs must see of the cassettes of a version."""
    return FOLDER / f"expected-{version}.json"


def client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}, inject_host_prefix=False)
    return boto3.Session().client(service, config=config)


def plain(value: Any) -> Any:
    """What a program saw, as JSON: each value with what it is."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return {"datetime": value.astimezone(datetime.timezone.utc).isoformat()}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return value if value is None or isinstance(value, (bool, int, str)) else {type(value).__name__: repr(value)}


def failing(call: Callable[..., Any], **params: Any) -> Any:
    from botocore.exceptions import ClientError

    try:
        call(**params)
    except ClientError as error:
        return [type(error).__name__, error.response]
    raise AssertionError("the call did not fail")


# -- programs ----------------------------------------------------------------------------------------------------------


def json_protocol(url: str) -> Iterator[Any]:
    """Items of every type, and a condition that fails."""
    dynamodb = client("dynamodb")
    yield dynamodb.create_table(
        TableName="story",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"id": {"S": "ü"}, "b": {"B": b"\x00\x01"}, "n": {"N": "1.5"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]}}
    yield dynamodb.put_item(TableName="story", Item=item)
    yield dynamodb.get_item(TableName="story", Key={"id": {"S": "ü"}})
    yield failing(dynamodb.put_item, TableName="story", Item=item, ConditionExpression="attribute_not_exists(id)")


def query_protocol(url: str) -> Iterator[Any]:
    """A policy in JSON, a missing role, the caller's account and a topic's ARN."""
    iam = client("iam")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    yield iam.create_role(RoleName="runner", AssumeRolePolicyDocument=policy, Tags=[{"Key": "k", "Value": "v"}])
    yield iam.get_role(RoleName="runner")
    yield failing(iam.get_role, RoleName="absent")
    yield client("sts").get_caller_identity()
    yield client("sns").create_topic(Name="story", Attributes={"DisplayName": "a & b"})


def ec2_protocol(url: str) -> Iterator[Any]:
    """A network, found by its tag."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    yield vpc
    yield ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "story"}])
    yield ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["story"]}])
    yield failing(ec2.describe_vpcs, VpcIds=["vpc-00000000"])


def rest_xml_protocol(url: str) -> Iterator[Any]:
    """Objects of text, JSON and bytes, a part of one, a listing, names that must be quoted, errors with and without body."""
    s3 = client("s3")
    yield s3.create_bucket(Bucket="story", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield s3.get_bucket_location(Bucket="story")
    yield s3.put_object(Bucket="story", Key="dir/a b+ü.txt", Body=b"some text", Metadata={"Kind": "plain"})
    yield s3.put_object(Bucket="story", Key="a.json", Body=b'{"volume": 11, "z": 0.1}')
    yield s3.put_object(Bucket="story", Key="binary", Body=bytes(range(256)))
    for arguments in ({"Key": "dir/a b+ü.txt"}, {"Key": "a.json"}, {"Key": "binary", "Range": "bytes=10-19"}):
        answer = s3.get_object(Bucket="story", **arguments)
        yield answer.pop("Body").read()
        yield answer
    yield s3.list_objects_v2(Bucket="story", Prefix="dir/")
    yield failing(s3.get_object, Bucket="story", Key="missing")
    yield failing(s3.head_object, Bucket="story", Key="missing")
    yield s3.delete_objects(Bucket="story", Delete={"Objects": [{"Key": "binary"}]})


def rest_json_protocol(url: str) -> Iterator[Any]:
    """Names in paths, and an error."""
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="story", description="of a test")
    yield api
    yield gateway.get_rest_api(restApiId=api["id"])
    yield failing(gateway.get_rest_api, restApiId="absent")


def cbor_protocol(url: str) -> Iterator[Any]:
    """A list with a time."""
    yield client("eventbridgev2").list_event_buses(NamePrefix="s")


def large_bodies(url: str) -> Iterator[Any]:
    """A body that lies in a file beside the cassette, read whole and by lines, and one that was sent."""
    s3 = client("s3")
    s3.create_bucket(Bucket="large", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield s3.put_object(Bucket="large", Key="numbers", Body="".join(f"{n}\n" for n in range(5000)).encode())
    yield s3.get_object(Bucket="large", Key="numbers")["Body"].read()
    yield sum(map(int, s3.get_object(Bucket="large", Key="numbers")["Body"].iter_lines()))


def event_stream(url: str) -> Iterator[Any]:
    """A conversation's events, and one that fails midway."""
    from botocore.exceptions import EventStreamError

    bedrock = client("bedrock-runtime")
    for model in ("fine", "failing"):
        answer = bedrock.converse_stream(modelId=model, messages=[{"role": "user", "content": [{"text": "Hello"}]}])
        try:
            yield from answer["stream"]
        except EventStreamError as error:
            yield str(error)


def polls(url: str) -> Iterator[Any]:
    """A job polled until it is complete."""
    transcribe = client("transcribe")
    media = {"MediaFileUri": "s3://media/a.wav"}
    yield transcribe.start_transcription_job(TranscriptionJobName="interview", LanguageCode="en-US", Media=media)
    status = ""
    while status != "COMPLETED":
        job = transcribe.get_transcription_job(TranscriptionJobName="interview")["TranscriptionJob"]
        status = job["TranscriptionJobStatus"]
        yield job


def tags(url: str) -> Iterator[Any]:
    """What JSON alone cannot say: NaN, a map that looks like a tag; and a body that is not whole."""
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    period = {"StartTime": moment, "EndTime": moment, "Period": 60, "Statistics": ["Sum"]}
    yield client("cloudwatch").get_metric_statistics(Namespace="Story", MetricName="Size", **period)
    yield client("bedrock-agentcore").list_events(memoryId="memory-0123456789", sessionId="s", actorId="a")
    yield client("s3").head_object(Bucket="story", Key="tagged")["Metadata"]
    body = client("s3").get_object(Bucket="story", Key="text")["Body"]
    yield body.read(4)
    body.close()


def plain_http(url: str) -> Iterator[Any]:
    """A signed URL that was fetched."""
    s3 = client("s3")
    s3.create_bucket(Bucket="signed", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield s3.put_object(Bucket="signed", Key="a.json", Body=b'{"a": [1, 2]}', ContentType="application/json")
    signed = s3.generate_presigned_url("get_object", Params={"Bucket": "signed", "Key": "a.json"})
    with urllib.request.urlopen(signed) as answer:
        yield [answer.status, answer.headers["content-type"], answer.read()]


def hidden(url: str) -> Iterator[Any]:
    """Credentials, a secret given and one made, addresses and the account: the cassette has placeholders."""
    yield client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/runner", RoleSessionName="story")
    secrets = client("secretsmanager")
    yield secrets.create_secret(Name="door", SecretString="".join(("open", "-sesame-", "42")))["ARN"]
    yield secrets.get_secret_value(SecretId="door")["SecretString"]
    yield client("sqs").create_queue(QueueName="story")["QueueUrl"]
    yield client("iam").create_access_key(UserName=client("iam").create_user(UserName="ann")["User"]["UserName"])


def values(url: str) -> Iterator[Any]:
    """A value of the program's own, one that Faker made up, and an address that a setting keeps."""
    import replayaws

    name = replayaws.value("queue", lambda: "story-7f3a")
    yield client("sqs").create_queue(QueueName=name)["QueueUrl"]
    from faker import Faker

    sns = client("sns")
    topic = sns.create_topic(Name="story", Attributes={"DisplayName": Faker().city()})["TopicArn"]
    yield sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ann@example.com")
    yield sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["Endpoint"]


def order(url: str) -> Iterator[Any]:
    """What placebo recorded: answers without parameters, in order."""
    sqs = client("sqs")
    yield sqs.create_queue(QueueName="story")["QueueUrl"]
    yield sqs.list_queues(QueueNamePrefix="s")
    yield failing(sqs.get_queue_url, QueueName="absent")
    yield sqs.list_queues(QueueNamePrefix="t")


PROGRAMS = (
    json_protocol,
    query_protocol,
    ec2_protocol,
    rest_xml_protocol,
    rest_json_protocol,
    cbor_protocol,
    large_bodies,
    event_stream,
    polls,
    tags,
    plain_http,
    hidden,
    values,
    order,
)
SCRIPTED = (cbor_protocol, event_stream, polls, tags)


# -- stand-ins ---------------------------------------------------------------------------------------------------------


def _answers() -> Callable[[Request], Reply]:
    polled: list[int] = []

    def answer(request: Request) -> Reply:
        target = request.headers.get("X-Amz-Target", "")
        if request.path.startswith("/model/"):
            return Reply(
                _conversation(request.path.split("/")[2]),
                headers={"Content-Type": "application/vnd.amazon.eventstream"},
            )
        if "TranscriptionJob" in target:
            polled.append(1)
            return _json({"TranscriptionJob": _job("COMPLETED" if len(polled) > 4 else "IN_PROGRESS")})
        if request.path.endswith("/operation/ListEventBuses"):
            made = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
            buses = {"EventBuses": [{"Name": "story", "State": "ACTIVE", "CreationTime": made}]}
            return Reply(cbor(buses), headers={"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"})
        if "GetMetricStatistics" in target:
            return _json({"Label": "Size", "Datapoints": [{"Sum": math.nan, "Timestamp": 1767323045}]})
        if "/actor/" in request.path:
            event = {"memoryId": "memory-0123456789", "actorId": "a", "sessionId": "s", "eventId": "0#1"}
            return _json({"events": [{**event, "eventTimestamp": 1767323045.5, "payload": [{"blob": {"$file": "a"}}]}]})
        if request.path.startswith("/story/"):
            length = 400 if request.method == "GET" else 0
            return Reply(b"text" * (length // 4), headers={"x-amz-meta-$file": "a", "x-amz-meta-b": "2", "ETag": '"e"'})
        return _json({"Message": "not known here"}, 400)

    return answer


def _json(content: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(content).encode(), status, {"Content-Type": "application/x-amz-json-1.1"})


def _job(status: str) -> dict[str, Any]:
    job = {"TranscriptionJobName": "interview", "TranscriptionJobStatus": status, "StartTime": 1767323045.123}
    return {**job, "LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://media/a.wav"}}


def _conversation(model: str) -> list[bytes]:
    def event(kind: str, **payload: Any) -> bytes:
        return message(payload, event_type=kind, content_type="application/json")

    begun = [
        event("messageStart", role="assistant"),
        event("contentBlockDelta", contentBlockIndex=0, delta={"text": "Good morning"}),
    ]
    if model == "failing":
        error = {"message": "try again"}
        return [*begun, message(error, message_type="exception", exception_type="throttlingException")]
    return [*begun, event("messageStop", stopReason="end_turn")]


# -- recording ---------------------------------------------------------------------------------------------------------


def seen(program: Callable[[str], Iterator[Any]], url: str) -> Any:
    """What a program sees, as JSON."""
    return plain(list(program(url)))


def replayed(program: Callable[[str], Iterator[Any]], cassette: Path) -> Any:
    """What a program sees of a cassette, with nothing to answer it but that."""
    from replayaws import use_cassette

    with use_cassette(cassette, fallback="error"):
        return seen(program, "")


@contextlib.contextmanager
def surroundings(folder: Path, url: str) -> Iterator[None]:
    """The environment of the recording, and of each replay."""
    before, here = dict(os.environ), Path.cwd()
    (folder / "pyproject.toml").write_text(OPTIONS)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(KEYS, AWS_ENDPOINT_URL=url)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


def record(folder: Path) -> None:
    """Record every program into a folder, with what its replay answers."""
    import faker  # noqa: F401  # what it makes up is known as made up only where it is imported before

    from replayaws import use_cassette

    folder.mkdir(parents=True)
    expected = {}
    with moto_server(ACCOUNT) as moto, scripted(_answers()) as scripts, tempfile.TemporaryDirectory() as here:
        for program in PROGRAMS:
            path = folder / f"{program.__name__}.json"
            url = scripts if program in SCRIPTED else moto.url
            with surroundings(Path(here), url):
                if program is order:
                    _import(Path(here) / "placebo", path, url)
                else:
                    with use_cassette(path, mode="all"):
                        seen(program, url)
                expected[program.__name__] = replayed(program, path)
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    expected_of(int(folder.name)).write_text(text + "\n", encoding="utf-8")


def _import(folder: Path, path: Path, url: str) -> None:
    import boto3
    import placebo

    from replayaws.importers import import_placebo
    from replayaws.library import Library
    from replayaws.rules import Rules

    folder.mkdir()
    session = boto3.Session()
    pill = placebo.attach(session, data_path=str(folder))
    pill.record()
    boto3.Session, own = lambda: session, boto3.Session
    try:
        list(order(url))
    finally:
        boto3.Session = own
        pill.stop()
    [(_, cassette)] = import_placebo(folder, rules=Rules()).cassettes
    recorded = msgspec.structs.replace(cassette.recorded, source=url)  # placebo does not say where it recorded
    cassette = msgspec.structs.replace(cassette, recorded=recorded)
    Library(path.parent).save(cassette, path)


if __name__ == "__main__":
    target = FOLDER / str(FORMAT_VERSION)
    if target.exists():
        sys.exit(f"{target} is there already: cassettes of a released format are never recorded again.")
    record(target)
