"""What redaction hid on one side only is tied where nothing else differs."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws import shapes
from replayaws.found import Found, Missed
from replayaws.player import Player
from replayaws.redaction import Redactor
from replayaws.tying import tie
from tests.playing import call, player, recorded
from tests.servers import Server
from tests.worlds import World

PASSWORD = "hunter2" + "-hunter2-hunter2"
HIDDEN = "REDACTED-1-xxxxx"


def found(playing: Player, redactor: Redactor, name: str, params: dict[str, Any]) -> int | str:
    """Make a call as a program does: the index of the recording that answers it, or the reason of the miss."""
    model = shapes.operation_model(*name.split("."))
    live = call(name, redactor.params(params, model))
    answer = playing.find(live, model)
    if isinstance(answer, Missed) and tie(answer, live, playing, redactor):
        live = call(name, redactor.params(params, model))
        answer = playing.find(live, model)
    if isinstance(answer, Found):
        playing.play(answer)
        return answer.index
    return answer.reason


def scan(table: str) -> Any:
    """A recorded scan."""
    return recorded("dynamodb.Scan", {"TableName": table})


Step = tuple[str, dict[str, Any], "int | str"]
PROGRAMS: list[tuple[str, list[Any], list[Step]]] = [
    (
        "a secret that stands in the open before it is given as one",
        [
            recorded("s3.CreateBucket", {"Bucket": HIDDEN}),
            recorded("ssm.PutParameter", {"Name": "/b", "Value": HIDDEN}),
        ],
        [
            ("s3.CreateBucket", {"Bucket": PASSWORD}, 0),
            ("ssm.PutParameter", {"Name": "/b", "Value": PASSWORD}, 1),
        ],
    ),
    (
        "in one call",
        [recorded("ssm.PutParameter", {"Name": HIDDEN, "Value": HIDDEN})],
        [("ssm.PutParameter", {"Name": PASSWORD, "Value": PASSWORD}, 0)],
    ),
    (
        "in one call, another name",
        [recorded("ssm.PutParameter", {"Name": HIDDEN, "Value": HIDDEN})],
        [("ssm.PutParameter", {"Name": PASSWORD[::-1], "Value": PASSWORD}, "refused")],
    ),
    (
        "inside a text",
        [recorded("sqs.SendMessage", {"QueueUrl": "q", "MessageBody": f"it is {HIDDEN}, and {HIDDEN}"})],
        [("sqs.SendMessage", {"QueueUrl": "q", "MessageBody": f"it is {PASSWORD}, and {PASSWORD}"}, 0)],
    ),
    (
        "inside a text, twice, and not the same",
        [recorded("sqs.SendMessage", {"QueueUrl": "q", "MessageBody": f"it is {HIDDEN}, and {HIDDEN}"})],
        [("sqs.SendMessage", {"QueueUrl": "q", "MessageBody": f"it is {PASSWORD}, and {PASSWORD}2"}, "other params")],
    ),
    (
        "a text that cannot be the secret",
        [recorded("s3.CreateBucket", {"Bucket": HIDDEN})],
        [("s3.CreateBucket", {"Bucket": "other"}, "other params"), ("s3.CreateBucket", {"Bucket": "0f" * 16}, "other params")],
    ),
    (
        "one to one",
        [recorded("s3.HeadBucket", {"Bucket": HIDDEN})],
        [("s3.HeadBucket", {"Bucket": PASSWORD}, 0), ("s3.HeadBucket", {"Bucket": "x" + PASSWORD}, "other params")],
    ),
    (
        "a URL",
        [recorded("sns.Subscribe", {"TopicArn": "t", "Protocol": "https", "Endpoint": "https://redacted-1.example.com/"})],
        [("sns.Subscribe", {"TopicArn": "t", "Protocol": "https", "Endpoint": "https://hook.corp.io/in"}, 0)],
    ),
    (
        "a short value that an answer gave as a secret",
        [scan("orders"), scan("users"), recorded("dynamodb.Scan", {"TableName": "orders", "Limit": 1})],
        [
            ("dynamodb.Scan", {"TableName": "REDACTED-1"}, 0),
            ("dynamodb.Scan", {"TableName": "REDACTED-2"}, 1),
            ("dynamodb.Scan", {"TableName": "REDACTED-1", "Limit": 1}, 2),
            ("dynamodb.Scan", {"TableName": "REDACTED-2", "Limit": 1}, "other params"),
        ],
    ),
    (
        "part of a name",
        [scan("dev-orders"), recorded("sns.Publish", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:dev-a", "Message": "m"})],
        [
            ("dynamodb.Scan", {"TableName": "REDACTED-1-orders"}, 0),
            ("sns.Publish", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:REDACTED-1-a", "Message": "m"}, 1),
        ],
    ),
    (
        "the program still says it itself",
        [scan("orders")],
        [("dynamodb.Scan", {"TableName": "orders"}, 0), ("dynamodb.Scan", {"TableName": "order"}, "other params")],
    ),
    (
        "a value that would be looked for everywhere",
        [scan("orders-2024-x1")],
        [("dynamodb.Scan", {"TableName": "REDACTED-1"}, "other params")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("title", "interactions", "steps"), PROGRAMS, ids=[title for title, *_ in PROGRAMS])
def test_a_program(title: str, interactions: list[Any], steps: list[Step]) -> None:
    """Each call gets the recording that the case names, or is a miss."""
    playing, redactor = player(*interactions), Redactor(reserved=None)
    redactor.text("password=" + "zzz" * 9)  # numbers of live placeholders are not those of the recording
    assert [found(playing, redactor, name, params) for name, params, _ in steps] == [expected for *_, expected in steps]


def test_a_suite_replays(world: World, own_moto: Server) -> None:
    """A name that is also given as a secret, and short values that were read as secrets, match wherever they stand."""
    world.write(
        test_names="""
        import boto3, json, pytest
        BUCKET = "orders-bucket-" + "2024"
        @pytest.fixture(scope="module")
        def parameters():
            ssm = boto3.client("ssm")
            ssm.put_parameter(Name="/table", Value="orders", Type="String")
            ssm.put_parameter(Name="/stage", Value="dev", Type="SecureString")
            return ssm
        def scan(name):
            return boto3.client("dynamodb").scan(TableName=name)["Count"]
        @pytest.fixture(scope="module")
        def tables():
            for name in ("orders", "dev-orders"):
                boto3.client("dynamodb").create_table(
                    TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
            boto3.client("dynamodb").put_item(TableName="orders", Item={"k": {"S": "1"}})
        def test_short(parameters, tables):
            table = parameters.get_parameter(Name="/table")["Parameter"]["Value"]
            stage = parameters.get_parameter(Name="/stage", WithDecryption=True)["Parameter"]["Value"]
            assert (scan(table), scan(f"{stage}-{table}"), scan("orders"), scan(table)) == (1, 0, 1, 1)
        def test_long():
            s3, ssm, sqs = (boto3.client(name, region_name="us-east-1") for name in ("s3", "ssm", "sqs"))
            url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"bucket": BUCKET}))
            s3.create_bucket(Bucket=BUCKET)
            ssm.put_parameter(Name="/bucket", Value=BUCKET, Type="String")
            ssm.put_parameter(Name=BUCKET, Value=BUCKET, Type="String")
            ssm.put_parameter(Name="/queue", Value=url, Type="String")
            assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
            assert ssm.get_parameter(Name="/bucket")["Parameter"]["Value"] == BUCKET
            assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == json.dumps({"bucket": BUCKET})
        """
    )
    assert world.record(own_moto.url).counts() == {"passed": 2}
    recorded_bytes = b"".join(world.cassette(name).read_bytes() for name in world.cassettes())
    assert b"orders-bucket-2024" not in recorded_bytes
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 2}, replayed.text
