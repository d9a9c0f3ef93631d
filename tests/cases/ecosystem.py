"""What people use beside boto3 and pytest: for each a small project, which is recorded and then replayed offline.

The names are those of the table in ``docs/works-with.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One row.

    :param needs: modules without which the row is skipped.
    :param files: the project, by path.
    :param passed: how many tests pass, recording and replaying.
    :param args: arguments of pytest in both runs.
    :param replayed_with: further ones in replay.
    :param sockets: whether the run itself needs connections to this machine, so that breaking them all proves nothing.
    :param cassettes: how many cassettes the recording writes; ``None`` where it does not matter.
    """

    needs: tuple[str, ...]
    files: Mapping[str, str]
    passed: int
    args: tuple[str, ...] = ()
    replayed_with: tuple[str, ...] = ()
    sockets: bool = False
    cassettes: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


_QUEUE_FIXTURE = """
import uuid
import boto3, pytest

@pytest.fixture(scope="session")
def queue():
    url = boto3.client("sqs").create_queue(QueueName=f"shared-{uuid.uuid4()}")["QueueUrl"]
    yield url
    boto3.client("sqs").delete_queue(QueueUrl=url)
"""

_QUEUE_TESTS = """
import boto3, pytest

@pytest.mark.parametrize("text", ["a", "b", "c", "d"])
def test_message(queue, text):
    sqs = boto3.client("sqs")
    sent = sqs.send_message(QueueUrl=queue, MessageBody=text)
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert message["MessageId"] == sent["MessageId"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

def test_identity():
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
"""

_FROZEN = """
import datetime
import boto3

def at():
    return datetime.datetime.now(datetime.timezone.utc)

@FREEZE
def test_signed_and_expiring():
    assert at().year == 2031
    sts = boto3.client("sts")
    given = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/reader", RoleSessionName="reader")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    s3 = session.client("s3", region_name="eu-central-1")
    s3.create_bucket(Bucket="frozen", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="frozen", Key="k", Body=b"ice", Expires=at() + datetime.timedelta(hours=1))
    assert s3.get_object(Bucket="frozen", Key="k")["Body"].read() == b"ice"
    assert "20310304T050607Z" in s3.generate_presigned_url("get_object", {"Bucket": "frozen", "Key": "k"})

def test_waits_across_a_jump():
    transcribe = boto3.client("transcribe")
    with START:
        transcribe.start_transcription_job(
            TranscriptionJobName="job", LanguageCode="en-US", Media={"MediaFileUri": "s3://media/a.wav"})
    with LATER:
        transcribe.get_waiter("transcription_job_completed").wait(
            TranscriptionJobName="job", WaiterConfig={"Delay": 0, "MaxAttempts": 9})
        assert at().year == 2032

def test_metrics_of_the_last_hour():
    with START:
        metrics = boto3.client("cloudwatch").get_metric_statistics(
            Namespace="App", MetricName="Errors", Period=300, Statistics=["Sum"],
            StartTime=at() - datetime.timedelta(hours=1), EndTime=at())
    assert metrics["Datapoints"] == []
"""


def _frozen(header: str, frozen: str) -> str:
    body = _FROZEN.replace("@FREEZE", "@" + frozen.format("2031-03-04T05:06:07+00:00"))
    body = body.replace("START", frozen.format("2031-03-04T05:06:07+00:00"))
    return header + body.replace("LATER", frozen.format("2032-03-04T05:06:07+00:00"))


ROWS: dict[str, Row] = {
    "pytest-xdist": Row(
        ("xdist",),
        {"tests/conftest.py": _QUEUE_FIXTURE, "tests/test_a.py": _QUEUE_TESTS},
        5,
        args=("-n", "2"),
        sockets=True,
    ),
    "pytest-asyncio": Row(
        ("pytest_asyncio",),
        {
            "pytest.ini": "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = module\n",
            "tests/test_a.py": """
import asyncio
import boto3, pytest

@pytest.fixture(scope="module")
async def queue():
    url = (await asyncio.to_thread(boto3.client("sqs").create_queue, QueueName="async"))["QueueUrl"]
    yield url
    await asyncio.to_thread(boto3.client("sqs").delete_queue, QueueUrl=url)

@pytest.mark.asyncio(loop_scope="module")
async def test_sends(queue):
    sqs = boto3.client("sqs")
    await asyncio.gather(*(asyncio.to_thread(sqs.send_message, QueueUrl=queue, MessageBody=str(n)) for n in range(5)))
    bodies = set()
    while len(bodies) < 5:
        answer = await asyncio.to_thread(sqs.receive_message, QueueUrl=queue, MaxNumberOfMessages=10)
        bodies |= {message["Body"] for message in answer.get("Messages", [])}
    assert bodies == set("01234")

async def test_identity():
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
""",
        },
        2,
        cassettes=3,
    ),
    "anyio": Row(
        ("anyio",),
        {
            "tests/test_a.py": """
import anyio.to_thread
import boto3, pytest

pytestmark = pytest.mark.anyio

@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"

@pytest.fixture(scope="module")
async def bucket(anyio_backend):
    s3 = boto3.client("s3")
    await anyio.to_thread.run_sync(lambda: s3.create_bucket(
        Bucket="anyio", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}))
    yield "anyio"
    await anyio.to_thread.run_sync(lambda: s3.delete_bucket(Bucket="anyio"))

async def test_group(bucket):
    s3 = boto3.client("s3")
    async with anyio.create_task_group() as group:
        for name in "abc":
            group.start_soon(anyio.to_thread.run_sync, lambda key=name: s3.put_object(Bucket=bucket, Key=key, Body=b"x"))
    found = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [item["Key"] for item in found] == ["a", "b", "c"]
    for item in found:
        s3.delete_object(Bucket=bucket, Key=item["Key"])
""",
        },
        1,
        cassettes=2,
    ),
    "pytest-randomly": Row(
        ("pytest_randomly",),
        {
            "tests/conftest.py": _QUEUE_FIXTURE,
            "tests/test_a.py": _QUEUE_TESTS,
            "tests/test_b.py": """
import random
import boto3

def test_random_name():
    name = "".join(random.choices("0123456789abcdef", k=20))
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    assert url.endswith(name)
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
""",
        },
        6,
        args=("-p", "randomly"),
        replayed_with=("-p", "randomly", "-p", "no:cacheprovider", "--randomly-seed=7"),
    ),
    "pytest-django": Row(
        ("pytest_django",),
        {
            "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = settings\npythonpath = .\n",
            "settings.py": """
SECRET_KEY = "for tests"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
USE_TZ = True
ALLOWED_HOSTS = ["*"]
""",
            "urls.py": """
import boto3
from django.http import HttpResponse
from django.urls import path

s3 = boto3.client("s3", region_name="eu-central-1")

def upload(request, key):
    s3.put_object(Bucket="uploads", Key=key, Body=request.body)
    return HttpResponse(s3.get_object(Bucket="uploads", Key=key)["Body"].read())

urlpatterns = [path("upload/<str:key>", upload)]
""",
            "tests/test_a.py": """
import boto3, pytest
from django.contrib.auth.models import User

@pytest.fixture(scope="module")
def bucket():
    boto3.client("s3").create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

@pytest.mark.django_db
def test_view(client, bucket):
    User.objects.create_user("ada")
    assert client.post("/upload/k", b"text", content_type="text/plain").content == b"text"

@pytest.mark.django_db(transaction=True)
def test_live_server(live_server, bucket):
    import urllib.request
    assert User.objects.count() == 0
    sent = urllib.request.Request(live_server.url + "/upload/k", b"sent", method="POST")
    assert urllib.request.urlopen(sent).read() == b"sent"
""",
        },
        2,
        sockets=True,
        cassettes=3,
    ),
    "pytest-socket": Row(
        ("pytest_socket",),
        {"tests/conftest.py": _QUEUE_FIXTURE, "tests/test_a.py": _QUEUE_TESTS},
        5,
        replayed_with=("--disable-socket",),
        cassettes=6,
    ),
    "hypothesis": Row(
        ("hypothesis",),
        {
            "tests/test_a.py": """
import boto3
from hypothesis import given, settings, strategies

@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(text=strategies.text("abc \\u00e9", min_size=1, max_size=20))
def test_round_trip(text):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="props", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="props", Key="k", Body=text.encode())
    assert s3.get_object(Bucket="props", Key="k")["Body"].read().decode() == text
    s3.delete_object(Bucket="props", Key="k")
    s3.delete_bucket(Bucket="props")
""",
        },
        1,
        cassettes=1,
    ),
    "unittest": Row(
        (),
        {
            "tests/test_a.py": """
import asyncio, unittest
import boto3

def setUpModule():
    boto3.client("sqs").create_queue(QueueName="of-the-module")

class Sync(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = boto3.client("sqs").create_queue(QueueName="of-the-class")["QueueUrl"]

    @classmethod
    def tearDownClass(cls):
        boto3.client("sqs").delete_queue(QueueUrl=cls.url)

    def setUp(self):
        self.sqs = boto3.client("sqs")

    def test_both(self):
        urls = self.sqs.list_queues(QueueNamePrefix="of-the")["QueueUrls"]
        self.assertEqual(len(urls), 2)

    def test_subtests(self):
        for text in ("a", "b"):
            with self.subTest(text):
                self.sqs.send_message(QueueUrl=self.url, MessageBody=text)
                self.assertEqual(self.sqs.receive_message(QueueUrl=self.url)["Messages"][0]["Body"], text)

class Async(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.identity = await asyncio.to_thread(boto3.client("sts").get_caller_identity)

    async def test_identity(self):
        self.assertEqual(self.identity["Account"], "123456789012")
""",
        },
        3,
        cassettes=5,
    ),
    "freezegun": Row(
        ("freezegun",),
        {"tests/test_a.py": _frozen("from freezegun import freeze_time\n", "freeze_time('{}')")},
        3,
        cassettes=3,
    ),
    "time-machine": Row(
        ("time_machine",),
        {"tests/test_a.py": _frozen("import time_machine\n", "time_machine.travel('{}', tick=False)")},
        3,
        cassettes=3,
    ),
    "pytest-cov": Row(
        ("pytest_cov",),
        {
            "pytest.ini": "[pytest]\npythonpath = .\n",
            "app.py": """
import boto3

def queues():
    return boto3.client("sqs").list_queues().get("QueueUrls", [])
""",
            "tests/test_a.py": """
import app

def test_queues():
    assert isinstance(app.queues(), list)
""",
        },
        1,
        args=("--cov=app", "--cov-branch", "--cov-fail-under=100"),
        cassettes=1,
    ),
    "moto's decorators": Row(
        (),
        {
            "tests/test_a.py": """
import unittest
import boto3, pytest
from moto import mock_aws

def names(sqs):
    return [url.rpartition("/")[2] for url in sqs.list_queues().get("QueueUrls", [])]

def aws():  # by name, because moto leaves calls to the custom endpoint that these tests are recorded from alone
    return boto3.client("sqs", region_name="eu-central-1", endpoint_url="https://sqs.eu-central-1.amazonaws.com")

@pytest.fixture
def mocked():
    with mock_aws():
        yield aws()

def test_recorded(replayaws):
    boto3.client("sqs", region_name="eu-central-1").create_queue(QueueName="real")
    assert len(replayaws.calls) == 1

@mock_aws
def test_decorated(replayaws):
    aws().create_queue(QueueName="mine")
    assert names(aws()) == ["mine"]
    assert replayaws.calls == []

def test_fixture(mocked, replayaws):
    mocked.create_queue(QueueName="other")
    assert names(mocked) == ["other"]
    assert replayaws.calls == []

@mock_aws
class TestClass(unittest.TestCase):
    def setUp(self):
        aws().create_queue(QueueName="in-class")

    def test_method(self):
        assert names(aws()) == ["in-class"]

def test_recorded_again(replayaws):
    boto3.client("sqs", region_name="eu-central-1").list_queues(QueueNamePrefix="real")
    assert len(replayaws.calls) == 1
""",
        },
        5,
        cassettes=2,
    ),
    "aws-lambda-powertools": Row(
        ("aws_lambda_powertools",),
        {
            "pyproject.toml": '[tool.replayaws]\nkeep = ["model-sensitive:ssm.GetParameter"]\n',
            "pytest.ini": "[pytest]\npythonpath = .\n",
            "app.py": """
from dataclasses import dataclass
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent

logger = Logger(service="orders")
store = DynamoDBPersistenceLayer(table_name="idempotency")
config = IdempotencyConfig(event_key_jmespath="order")

@idempotent(persistence_store=store, config=config)
def handler(event, context):
    limit = parameters.get_parameter("/orders/limit")
    logger.info("handled", order=event["order"])
    return {"order": event["order"], "limit": int(limit)}
""",
            "tests/test_a.py": """
from types import SimpleNamespace
import boto3, pytest
import app

CONTEXT = SimpleNamespace(function_name="f", memory_limit_in_mb=128, aws_request_id="r",
    invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:f", get_remaining_time_in_millis=lambda: 30_000)

@pytest.fixture(scope="module")
def resources():
    boto3.client("ssm").put_parameter(Name="/orders/limit", Value="7", Type="String")
    table = boto3.resource("dynamodb").create_table(TableName="idempotency", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    table.wait_until_exists()

def test_handler(resources, replayaws):
    first = app.handler({"order": "17"}, CONTEXT)
    assert first == {"order": "17", "limit": 7}
    assert app.handler({"order": "17"}, CONTEXT) == first
    assert "dynamodb.UpdateItem" in [call.name for call in replayaws.calls]
""",
        },
        1,
        cassettes=2,
        environment={"POWERTOOLS_TRACE_DISABLED": "1"},
    ),
    "chalice": Row(
        ("chalice",),
        {
            "pytest.ini": "[pytest]\npythonpath = .\n",
            "app.py": """
import boto3
from chalice import Chalice

app = Chalice(app_name="files")
s3 = boto3.client("s3", region_name="eu-central-1")

@app.route("/files/{key}", methods=["PUT"], content_types=["application/octet-stream"])
def put(key):
    s3.put_object(Bucket="chalice-files", Key=key, Body=app.current_request.raw_body)
    return {"size": s3.head_object(Bucket="chalice-files", Key=key)["ContentLength"]}

@app.on_sqs_message(queue="jobs")
def on_message(event):
    return [record.body for record in event]
""",
            "tests/test_a.py": """
import boto3, pytest
from chalice.test import Client
from app import app

@pytest.fixture(scope="session")
def bucket():
    boto3.client("s3").create_bucket(
        Bucket="chalice-files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

def test_route(bucket):
    with Client(app) as client:
        answer = client.http.put("/files/k", body=b"12345", headers={"Content-Type": "application/octet-stream"})
        assert answer.json_body == {"size": 5}

def test_message():
    with Client(app) as client:
        event = client.events.generate_sqs_event(["a"], queue_name="jobs")
        assert client.lambda_.invoke("on_message", event).payload == ["a"]
""",
        },
        2,
        cassettes=2,
    ),
    "s3fs": Row(
        ("s3fs", "aiobotocore"),
        {
            "tests/test_a.py": """
import pytest, s3fs

@pytest.fixture(scope="module")
def bucket():
    files = s3fs.S3FileSystem(client_kwargs={"region_name": "eu-central-1"}, skip_instance_cache=True)
    files.mkdir("s3fs-data", region_name="eu-central-1")
    return "s3fs-data"

def test_files(bucket, replayaws):
    files = s3fs.S3FileSystem(
        client_kwargs={"region_name": "eu-central-1"}, skip_instance_cache=True, default_block_size=5 * 2**20)
    with files.open(f"{bucket}/dir/large", "wb") as file:
        file.write(b"0123456789" * 600_000)
    files.pipe(f"{bucket}/dir/small", b"small")
    assert files.cat(f"{bucket}/dir/small") == b"small"
    assert sorted(files.ls(f"{bucket}/dir")) == [f"{bucket}/dir/large", f"{bucket}/dir/small"]
    with files.open(f"{bucket}/dir/large", "rb", block_size=1_000_000) as file:
        file.seek(5_999_990)
        assert file.read() == b"0123456789"
    assert files.exists(f"{bucket}/dir/small")
    assert not files.exists(f"{bucket}/dir/none")
    assert replayaws.calls
""",
        },
        1,
        sockets=True,
        cassettes=2,
    ),
    "smart_open": Row(
        ("smart_open",),
        {
            "tests/test_a.py": """
import boto3, pytest
from smart_open import open as smart_open

@pytest.fixture(scope="module")
def bucket():
    boto3.client("s3").create_bucket(
        Bucket="smart", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return "smart"

def test_lines(bucket):
    with smart_open(f"s3://{bucket}/lines.txt.gz", "w", encoding="utf-8") as file:
        file.writelines(f"line {number}\\n" for number in range(1000))
    with smart_open(f"s3://{bucket}/lines.txt.gz", encoding="utf-8") as file:
        assert sum(1 for _ in file) == 1000

def test_bytes(bucket):
    with smart_open(f"s3://{bucket}/raw", "wb") as file:
        file.write(bytes(range(256)) * 100)
    with smart_open(f"s3://{bucket}/raw", "rb") as file:
        file.seek(1000)
        assert file.read(4) == bytes([232, 233, 234, 235])
""",
        },
        2,
        cassettes=3,
    ),
    "pandas": Row(
        ("pandas", "s3fs"),
        {
            "tests/test_a.py": """
import boto3, pandas, pytest

@pytest.fixture(scope="module")
def table():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="tables", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="tables", Key="t.csv", Body=b"name,size\\na,1\\nb,2\\n")
    return "s3://tables/t.csv"

def test_reads(table):
    assert pandas.read_csv(table)["size"].sum() == 3

def test_writes(table):
    pandas.DataFrame({"n": [1, 2, 3]}).to_csv("s3://tables/out.csv", index=False)
    assert list(pandas.read_csv("s3://tables/out.csv")["n"]) == [1, 2, 3]
""",
        },
        2,
        sockets=True,
        cassettes=3,
    ),
}
