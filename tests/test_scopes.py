"""Owners of calls: fixtures of every scope, any order, any worker."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.servers import Server
from tests.worlds import World

CONFTEST = """
import boto3, pytest

def made(kind, name):
    queue = boto3.client("sqs").create_queue(QueueName=f"{kind}-{name}")["QueueUrl"]
    yield queue
    boto3.client("sqs").delete_queue(QueueUrl=queue)

@pytest.fixture(scope="session")
def session_queue():
    yield from made("session", "s")

@pytest.fixture(scope="package")
def package_queue():
    yield from made("package", "p")

@pytest.fixture(scope="module", params=["blue", "green"])
def module_queue(request):
    yield from made("module", request.param)

@pytest.fixture(scope="class")
def class_queue(request):
    yield from made("class", request.cls.__name__ if request.cls else "none")

@pytest.fixture(autouse=True, scope="module")
def every_module(request):
    boto3.client("sqs").get_queue_attributes(
        QueueUrl=boto3.client("sqs").create_queue(QueueName="auto-" + request.module.__name__.split(".")[-1])["QueueUrl"])
"""

MODULE = """
import unittest
import boto3, pytest

sqs = boto3.client("sqs")
AT_IMPORT = sqs.create_queue(QueueName="at-import-" + __name__.split(".")[-1])["QueueUrl"]

def send(url, text):
    sqs.send_message(QueueUrl=url, MessageBody=text)
    return [m["Body"] for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])]

@pytest.fixture(scope="module")
def session_queue(session_queue):
    sqs.tag_queue(QueueUrl=session_queue, Tags={"module": __name__.split(".")[-1]})
    return session_queue

def setup_module(module):
    sqs.create_queue(QueueName="xunit-" + module.__name__.split(".")[-1])

def test_session(session_queue):
    assert send(session_queue, "a") == ["a"]

def test_package(package_queue):
    assert send(package_queue, "b") == ["b"]

def test_module(module_queue):
    assert send(module_queue, "c") == ["c"]

@pytest.fixture(scope="module")
def named(request):
    return sqs.create_queue(QueueName=f"{request.param}-" + __name__.split(".")[-1])["QueueUrl"]

@pytest.mark.parametrize("named", ["red"], indirect=True)
def test_indirect(named):
    assert send(named, "j") == ["j"]

def test_dynamic(request):
    assert send(request.getfixturevalue("package_queue"), "d") == ["d"]

def test_import():
    assert send(AT_IMPORT, "e") == ["e"]

class TestClass:
    @classmethod
    def setup_class(cls):
        cls.url = sqs.create_queue(QueueName="in-setup-class-" + __name__.split(".")[-1])["QueueUrl"]

    def setup_method(self):
        self.tags = sqs.list_queue_tags(QueueUrl=self.url)

    def test_one(self, class_queue):
        assert send(class_queue, "f") == ["f"]

    def test_two(self, class_queue, session_queue):
        assert send(self.url, "g") == ["g"]

class TestUnit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = sqs.create_queue(QueueName="unit-" + __name__.split(".")[-1])["QueueUrl"]

    def setUp(self):
        self.attributes = sqs.get_queue_attributes(QueueUrl=self.url)

    def test_unit(self):
        assert send(self.url, "h") == ["h"]

    @classmethod
    def tearDownClass(cls):
        sqs.delete_queue(QueueUrl=cls.url)

class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.url = sqs.create_queue(QueueName="async-" + __name__.split(".")[-1])["QueueUrl"]

    async def test_async(self):
        assert send(self.url, "i") == ["i"]
"""

TESTS = 11
"""Tests of the module, one of them twice by its fixture's parameters."""

SELECTIONS = {
    "whole": (),
    "one by -k": ("-k", "test_two"),
    "one by id": ("tests/test_a.py::test_module[green]",),
    "reversed": ("-p", "reverse_order"),
    "shuffled": ("-p", "randomly", "-p", "no:cacheprovider"),
    "-n 4 load": ("-n", "4", "--dist", "load"),
    "-n 4 loadscope": ("-n", "4", "--dist", "loadscope"),
    "-n 4 loadfile": ("-n", "4", "--dist", "loadfile"),
    "-n 4 worksteal": ("-n", "4", "--dist", "worksteal"),
    "-n 4 loadgroup": ("-n", "4", "--dist", "loadgroup"),
    "-n 4 each": ("-n", "4", "--dist", "each"),
}

STYLES = {
    "session, overridden": "test_session",
    "package": "test_package",
    "module, parametrized": "test_module",
    "indirect": "test_indirect",
    "getfixturevalue": "test_dynamic",
    "import": "test_import",
    "class, xunit": "TestClass",
    "unittest": "TestUnit",
    "unittest async": "TestAsync",
}


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, str]]:
    """Rows of the matrix, order by style; printed at the end (pytest -s shows it)."""
    rows: dict[str, str] = {}
    yield rows
    print()
    print(" " * 18, *STYLES, sep=" | ")
    for order, row in rows.items():
        print(f"{order:18}", row, sep=" | ")


def replayed_by_style(text: str) -> str:
    """One row of the matrix: how many tests of each style were replayed."""
    passed = [line for line in text.splitlines() if "PASSED" in line and "::" in line]
    return " | ".join(f"{sum(name in line for line in passed):^{len(style)}}" for style, name in STYLES.items())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, moto_url: str) -> World:
    """A suite with every scope and style, recorded once."""
    world = World(tmp_path_factory.mktemp("scopes") / "project")
    world.file("tests/__init__.py", "")
    world.file("tests/conftest.py", CONFTEST)
    world.write(test_a=MODULE, test_b=MODULE)
    outcome = world.record(moto_url)
    assert outcome.counts() == {"passed": 2 * TESTS}, outcome.text
    return world


@pytest.mark.parametrize("selection", SELECTIONS)
def test_every_scope_and_style_replays(recorded: World, table: dict[str, str], selection: str) -> None:
    """Whatever is run, in whatever order and on however many workers: no miss, and nothing falls to moto."""
    run = recorded.pytest if "-n" in selection else recorded.replay  # the workers of xdist are reached over sockets
    outcome = run("--aws-fallback=error", "-v", *SELECTIONS[selection])
    table[selection] = replayed_by_style(outcome.text)
    assert outcome.code == 0, outcome.text
    assert set(outcome.counts()) == {"passed"}, outcome.text
    assert "refused" not in outcome.text


def test_each_fixture_instance_has_its_own_cassette(recorded: World) -> None:
    """Cassettes are named for the fixture instance: where it lives, its name and its parameter."""
    names = recorded.cassettes()
    assert "tests/@session_queue.json" in names
    assert {
        f"tests/test_{m}/@module_queue[{p}] (tests).json" for m, p in itertools.product("ab", ("blue", "green"))
    } <= set(names)
    assert "tests/test_a/TestClass.@class_queue (tests).json" in names
    assert "tests/test_a/import.json" in names


def test_recording_in_two_workers_gives_one_recording(world: World, own_moto: Server) -> None:
    """A session fixture set up in several workers is one recording that replays for the tests of all of them."""
    world.file(
        "tests/conftest.py",
        """
        import uuid, boto3, pytest
        @pytest.fixture(scope="session")
        def vpc():
            ec2 = boto3.client("ec2")
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            yield vpc
            ec2.delete_vpc(VpcId=vpc)
        """,
    )
    world.write(
        test_a="""
        import boto3, pytest, time
        @pytest.mark.parametrize("n", range(6))
        def test_subnet(vpc, n):
            time.sleep(0.2)
            ec2 = boto3.client("ec2")
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]
            assert subnet["VpcId"] == vpc
            assert ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"][0]["VpcId"] == vpc
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        """
    )
    outcome = world.record(own_moto.url, "-n", "2")
    assert outcome.counts() == {"passed": 6}, outcome.text
    own_moto.stop()
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 6}, replayed.text


def test_adding_a_test_to_a_recorded_module(world: World, own_moto: Server) -> None:
    """A new test is recorded under fixtures that stay as they are, and everything replays together."""
    world.file(
        "tests/conftest.py",
        """
        import uuid, boto3, pytest
        @pytest.fixture(scope="module")
        def made():
            ec2 = boto3.client("ec2")
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            name = f"media-{uuid.uuid4()}"
            boto3.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            return vpc, name
        """,
    )
    first = """
import boto3
def test_first(made):
    vpc, bucket = made
    assert boto3.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["VpcId"] == vpc
    boto3.client("s3").put_object(Bucket=bucket, Key="first", Body=b"1")
"""
    second = """
def test_second(made):
    vpc, bucket = made
    subnet = boto3.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]
    assert subnet["VpcId"] == vpc
    boto3.client("s3").put_object(Bucket=bucket, Key="second", Body=b"2")
    assert boto3.client("s3").get_object(Bucket=bucket, Key="second")["Body"].read() == b"2"
"""
    world.write(test_a=first)
    assert world.record(own_moto.url).counts() == {"passed": 1}
    fixture = world.cassette("tests/test_a/@made (tests).json")
    before = fixture.read_bytes()
    world.write(test_a=first + second)
    outcome = world.record(own_moto.url)
    assert outcome.counts() == {"passed": 2}, outcome.text
    assert fixture.read_bytes() == before
    own_moto.stop()
    for only in ("", "first", "second"):
        replayed = world.replay("--aws-fallback=error", "-k", only)
        assert set(replayed.counts()) == {"passed"}, replayed.text


def test_a_fixture_that_no_longer_aligns_is_named(world: World, own_moto: Server) -> None:
    """When a fixture makes other calls than its cassette holds, a new test under it is not recorded, and the run says why."""
    conftest = """
        import boto3, pytest
        @pytest.fixture(scope="module")
        def queue():
            return boto3.client("sqs").create_queue(QueueName="NAME")["QueueUrl"]
        """
    test = """
import boto3
def test_NAME(queue):
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody="x")
"""
    world.file("tests/conftest.py", conftest.replace("NAME", "one"))
    world.write(test_a=test.replace("NAME", "one"))
    assert world.record(own_moto.url).counts() == {"passed": 1}
    world.file("tests/conftest.py", conftest.replace("NAME", "two"))
    world.write(test_a=test.replace("NAME", "one") + test.replace("NAME", "two"))
    outcome = world.record(own_moto.url)
    assert "@queue (tests), which no longer makes the calls" in outcome.text, outcome.text
    assert "tests/test_a/test_two.json" not in world.cassettes()


def test_the_last_failed_replays(recorded: World) -> None:
    """``--lf`` runs a single test after a failure, and it finds its fixtures' recordings."""
    cache = ("-p", "cacheprovider", "-o", "cache_dir=.cache")
    test = recorded.folder / "tests" / "test_a.py"
    good = test.read_text()
    test.write_text(
        good.replace('assert send(class_queue, "f") == ["f"]', 'assert send(class_queue, "f") == ["other"]')
    )
    try:
        assert recorded.replay("--aws-fallback=error", *cache).counts()["failed"] == 1
    finally:
        test.write_text(good)
    outcome = recorded.replay("--aws-fallback=error", "--lf", *cache)
    assert outcome.counts() == {"passed": 1}, outcome.text
