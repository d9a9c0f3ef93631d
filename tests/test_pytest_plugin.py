"""What a user of pytest meets: options, modes, summaries, and one clear error for each bad input."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.worlds import World

QUEUE = """
import boto3
def test_queue():
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{body}")
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, moto_url: str) -> Path:
    """A project with one recorded test, recorded once."""
    world = World(tmp_path_factory.mktemp("template") / "project")
    world.write(test_a=QUEUE.format(body="x"))
    outcome = world.record(moto_url)
    assert outcome.counts() == {"passed": 1}, outcome.text
    return world.folder


@pytest.fixture
def recorded(template: Path, tmp_path: Path) -> World:
    """A copy of the project with one recorded test."""
    shutil.copytree(template, tmp_path / "project")
    return World(tmp_path / "project")


CASSETTE = "tests/test_a/test_queue.json"


def damage(kind: str, text: str) -> str:
    """A cassette's text, damaged in one way."""
    if kind == "a member misspelt":
        return text.replace('"response"', '"respons"', 1)
    if kind == "a member of another type":
        return text.replace('"count"', '"count"').replace(
            '"region": "eu-central-1",\n      "seconds"', '"region": 7,\n      "seconds"', 1
        )
    return {
        "empty": "",
        "truncated": text[: len(text) // 2],
        "not JSON": "hello",
        "not a cassette": '{"a": 1}',
        "of a newer format": text.replace('"replayaws": 1', '"replayaws": 99'),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "truncated",
        "not JSON",
        "not a cassette",
        "of a newer format",
        "a member misspelt",
        "a member of another type",
    ],
)
@pytest.mark.parametrize("mode", ["replay", "record"])
def test_a_damaged_cassette_is_an_error_and_stays(recorded: World, moto_url: str, kind: str, mode: str) -> None:
    """A cassette that cannot be used is named with its line and a fix; it is never recorded over, never taken for absent."""
    path = recorded.cassette(CASSETTE)
    damaged = damage(kind, path.read_text())
    assert damaged != path.read_text()
    path.write_text(damaged)
    outcome = recorded.replay() if mode == "replay" else recorded.record(moto_url)
    assert outcome.counts().get("failed") == 1, outcome.text
    assert "test_queue.json:" in outcome.text
    fix = "pip install --upgrade replayaws" if kind == "of a newer format" else "Restore the file from version control"
    assert fix in outcome.text
    assert path.read_text() == damaged


def test_a_failing_test_leaves_its_cassette(recorded: World, moto_url: str) -> None:
    """When a test fails while it is recorded again, the old file stays byte for byte, and the run says so."""
    before = recorded.cassette(CASSETTE).read_bytes()
    recorded.write(test_a=QUEUE.format(body="y") + "    assert False\n")
    outcome = recorded.record(moto_url, mode="--record-aws=all")
    assert outcome.counts() == {"failed": 1}
    assert recorded.cassette(CASSETTE).read_bytes() == before
    assert "test_queue.json is as it was" in outcome.text


def test_a_failing_test_whose_tear_down_calls_first_has_no_cassette(world: World, moto_url: str) -> None:
    """It is known to have failed before anything has made a call."""
    world.write(
        test_a="""
        import boto3, pytest

        @pytest.fixture
        def cleaned():
            yield
            boto3.client("sqs").list_queues()

        def test_fails(cleaned):
            assert False
        """
    )
    assert world.record(moto_url).counts() == {"failed": 1}
    assert world.cassettes() == []


def test_a_test_that_fails_at_its_first_recording_has_no_cassette(world: World, moto_url: str) -> None:
    """Nothing is written, and the run says that rather than that something stayed."""
    world.write(test_a=QUEUE.format(body="y") + "    assert False\n")
    outcome = world.record(moto_url)
    assert outcome.counts() == {"failed": 1}
    assert world.cassettes() == []
    assert "test_queue did not pass; it has no cassette yet" in outcome.text


def test_a_failing_test_leaves_its_cassette_when_reports_come_late(recorded: World, moto_url: str) -> None:
    """The same under plugins that repeat tests, which log the reports of a test only when it has been torn down."""
    before = recorded.cassette(CASSETTE).read_bytes()
    recorded.write(
        test_a=QUEUE.format(body="y") + "    assert False\n",
        conftest="""
        from _pytest.runner import runtestprotocol
        def pytest_runtest_protocol(item, nextitem):
            for report in runtestprotocol(item, nextitem=nextitem, log=False):
                item.ihook.pytest_runtest_logreport(report=report)
            return True
        """,
    )
    assert recorded.record(moto_url, mode="--record-aws=all").counts() == {"failed": 1}
    assert recorded.cassette(CASSETTE).read_bytes() == before


def test_the_option_does_not_swallow_a_path(world: World, moto_url: str) -> None:
    """``--record-aws tests/test_a.py`` records that file and no other."""
    world.write(test_a=QUEUE.format(body="x"), test_b=QUEUE.format(body="x"))
    outcome = world.record(moto_url, "tests/test_a.py")
    assert outcome.counts() == {"passed": 1}, outcome.text
    assert world.cassettes() == [CASSETTE]


@pytest.mark.parametrize(("mode", "calls"), [("once", 2), ("new_episodes", 3), ("all", 3), ("none", 2)])
def test_modes(recorded: World, moto_url: str, mode: str, calls: int) -> None:
    """With one call more than was recorded: appended, recorded anew, or left to moto, as the mode says."""
    recorded.write(test_a=QUEUE.format(body="x") + "    sqs.send_message(QueueUrl=url, MessageBody='more')\n")
    outcome = recorded.record(moto_url, mode=f"--record-aws={mode}")
    assert outcome.counts() == {"passed": 1}, outcome.text
    cassette = json.loads(recorded.cassette(CASSETTE).read_text())
    assert len(cassette["interactions"]) == calls
    if calls == 2:
        assert "answered by moto although the test has a cassette, which may be stale: 1" in outcome.text
        assert "tests/test_a.py::test_queue: sqs.SendMessage" in outcome.text


def test_verify_compares_and_writes_nothing(recorded: World, moto_url: str) -> None:
    """``verify`` calls AWS, passes while it answers as recorded, and names the drift when it does not."""
    path = recorded.cassette(CASSETTE)
    before = path.read_bytes()
    outcome = recorded.record(moto_url, mode="--record-aws=verify")
    assert outcome.counts() == {"passed": 1}, outcome.text
    assert path.read_bytes() == before
    path.write_bytes(before.replace(b'"MD5OfMessageBody"', b'"Gone": "x",\n        "MD5OfMessageBody"'))
    outcome = recorded.record(moto_url, mode="--record-aws=verify")
    assert "sqs.SendMessage: Gone: recorded, but not sent" in outcome.text, outcome.text
    assert outcome.code == 1


def test_no_credentials_stop_the_run_at_once(world: World) -> None:
    """Recording without credentials is one clear error before any test runs."""
    world.write(test_a=QUEUE.format(body="x"))
    outcome = world.pytest("--record-aws")
    assert "Recording needs AWS credentials, and there are none." in outcome.text
    assert "test_queue" not in outcome.text
    assert outcome.code == 4


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--record-aws=onse",), "onse"),
        (("--aws-fallback=mto",), "command line: fallback is 'mto'; did you mean 'moto'?"),
        (("-o", "aws_fallback=mto"), "fallback is 'mto'; did you mean 'moto'?"),
        (("--aws-max-age=soon",), "give a number and a unit: 12h, 180d, 26w, 1y"),
    ],
)
def test_wrong_options(world: World, args: tuple[str, ...], said: str) -> None:
    """An impossible value is refused with the nearest possible one."""
    world.write(test_a=QUEUE.format(body="x"))
    outcome = world.pytest(*args)
    assert said in outcome.text
    assert outcome.code == 4


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("falback='error'", "unknown option 'falback'; did you mean 'fallback'?"),
        ("fallback='never'", "fallback is 'never'"),
        ("'error'", "give options by name"),
        ("ignore=['sqs.SendMesage:Body']", "SendMesage"),
        ("cassette='../../outside.json'", "would lie outside the folder"),
    ],
)
def test_wrong_marker_arguments(world: World, marker: str, said: str) -> None:
    """A wrong argument of the marker is refused, never dropped."""
    world.write(test_a=f"import pytest\npytestmark = pytest.mark.replayaws({marker})\n" + QUEUE.format(body="x"))
    outcome = world.replay()
    assert said in outcome.text, outcome.text
    assert outcome.code != 0


def test_pyproject_settings(world: World) -> None:
    """``[tool.replayaws]`` sets any option, and a typo in it is named with the nearest."""
    world.write(test_a=QUEUE.format(body="x"))
    world.file("pyproject.toml", '[tool.replayaws]\nfallback = "error"\n')
    assert "not asked: aws_fallback is error" in world.replay().text
    world.file("pyproject.toml", '[tool.replayaws]\nfalback = "error"\n')
    assert (
        "[tool.replayaws] of pyproject.toml: unknown option 'falback'; did you mean 'fallback'?" in world.replay().text
    )


def test_a_folder_that_cannot_be_written(world: World, moto_url: str) -> None:
    """A recording that cannot be written is an error that names file and fix."""
    world.file("cassettes", "a file where the folder should be")
    world.write(test_a=QUEUE.format(body="x"))
    outcome = world.record(moto_url)
    assert "cannot be written" in outcome.text
    assert "set another folder with aws_cassettes" in outcome.text
    assert outcome.code == 1


def test_difficult_names(world: World, moto_url: str) -> None:
    """Names that differ in case only, that no file system takes, or of 300 characters, each have a file of their own."""
    world.write(
        test_a="""
        import boto3, pytest
        def test_case(): boto3.client("sqs").create_queue(QueueName="lower")
        def test_CASE(): boto3.client("sqs").create_queue(QueueName="upper")
        @pytest.mark.parametrize("name", ["a/b", "a:b", "a*b?", "x" * 300, "y" * 299 + "z", "con", "é", "."])
        def test_names(name): boto3.client("sqs").create_queue(QueueName=str(len(name)))
        """
    )
    outcome = world.record(moto_url)
    assert outcome.counts() == {"passed": 10}, outcome.text
    names = world.cassettes()
    assert len({name.casefold() for name in names}) == 10
    assert max(len(Path(name).name.encode()) for name in names) <= 200
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 10}, replayed.text


def test_under_the_users_own_mock_and_stubber_nothing_changes(world: World, moto_url: str) -> None:
    """Tests under ``mock_aws`` or a ``Stubber`` are answered by those, recording included, and are not recorded."""
    world.write(
        test_a="""
        import boto3, pytest
        from botocore.stub import Stubber
        from moto import mock_aws

        @mock_aws
        def test_mocked(replayaws):
            sqs = boto3.client("sqs", region_name="us-east-1")
            sqs.create_queue(QueueName="mine")
            assert len(sqs.list_queues()["QueueUrls"]) == 1
            assert replayaws.calls == []

        def test_stubbed():
            sqs = boto3.client("sqs", region_name="us-east-1")
            with Stubber(sqs) as stubber:
                stubber.add_response("list_queues", {"QueueUrls": ["stubbed"]})
                assert sqs.list_queues()["QueueUrls"] == ["stubbed"]
        """
    )
    for outcome in (world.replay(), world.record(moto_url)):
        assert outcome.counts() == {"passed": 2}, outcome.text
    assert world.cassettes() == []


MISSES = """
import boto3
def test_unknown_host():
    boto3.client("datazone").list_domains()
def test_not_implemented():
    boto3.client("transcribe").list_language_models()
def test_swallowed():
    try:
        boto3.client("qbusiness").list_applications()
    except BaseException:
        pass
def test_in_a_waiter():
    boto3.client("transcribe").get_waiter("language_model_completed").wait(ModelName="m")
def test_in_a_paginator():
    list(boto3.client("datazone").get_paginator("list_domains").paginate())
def test_in_a_transfer(tmp_path):
    import pytest
    (tmp_path / "f").write_bytes(b"x")
    boto3.client("s3").upload_file(str(tmp_path / "f"), "no-such-bucket", "k", ExtraArgs={})
"""


def test_misses_explain_themselves(world: World) -> None:
    """What nothing answers fails the test with the call, moto's word and the command, swallowed or not; nothing is sent."""
    world.write(test_a=MISSES)
    outcome = world.replay("-k", "not transfer")
    assert outcome.counts() == {"failed": 5}, outcome.text
    for call in ("datazone.ListDomains", "transcribe.ListLanguageModels", "qbusiness.ListApplications"):
        assert f"No recording answers {call}" in outcome.text
    assert "To record it: pytest --record-aws tests/test_a.py::test_swallowed" in outcome.text
    assert "the network was used" not in outcome.text


def test_the_miss_reaches_the_test_through_a_transfer(world: World) -> None:
    """A miss in a worker thread of s3transfer is the miss that the test sees."""
    world.write(test_a=MISSES)
    outcome = world.replay("--aws-fallback=error", "-k", "transfer")
    assert outcome.counts() == {"failed": 1}, outcome.text
    assert "No recording answers s3.PutObject" in outcome.text


def test_the_surroundings_do_not_matter(recorded: World) -> None:
    """A profile in the code or the environment that does not exist here, another region: the replay is the same."""
    recorded.write(
        test_b="""
        import boto3
        def test_b():
            assert boto3.Session(profile_name="x").client("sts").get_caller_identity()["Account"]
        """
    )
    outcome = recorded.replay(
        AWS_PROFILE="no-such-profile", AWS_DEFAULT_REGION="us-west-2", AWS_CONFIG_FILE="/no/such/file"
    )
    assert outcome.counts() == {"passed": 2}, outcome.text
    assert "3 calls: 2 replayed, 1 answered by moto" in outcome.text


def test_values_are_given_back(world: World, moto_url: str) -> None:
    """What ``replayaws.value`` made when recording is what it gives on replay."""
    world.write(
        test_a="""
        import uuid, boto3, replayaws
        def test_a():
            name = replayaws.value("queue", lambda: f"q-{uuid.uuid4()}")
            assert boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"].endswith(name)
            print("NAME", name)
        """
    )
    recorded = world.record(moto_url, "-s")
    replayed = world.replay("-s", "--aws-fallback=error")
    assert replayed.counts() == {"passed": 1}, replayed.text
    name = next(line for line in recorded.text.splitlines() if "NAME" in line)
    assert name.split()[-1] in replayed.text


def test_faults_on_top_of_a_recording(recorded: World) -> None:
    """A test may let a recorded call fail, or alter its answer, and has real payloads otherwise."""
    recorded.write(
        test_a=QUEUE.format(body="x")
        + """
def test_faults():
    import pytest, replayaws
    sqs = boto3.client("sqs")
    replayaws.fail("sqs.CreateQueue", "QueueDeletedRecently")
    with pytest.raises(sqs.exceptions.QueueDeletedRecently):
        sqs.create_queue(QueueName="jobs")
    with pytest.raises(replayaws.OptionError, match="SendMessage"):
        replayaws.fail("sqs.SendMesage", "X")
"""
    )
    source = recorded.cassette(CASSETTE)
    source.with_name("test_faults.json").write_text(source.read_text().replace("test_queue", "test_faults"))
    outcome = recorded.replay("--aws-fallback=error", "-k", "faults")
    assert outcome.counts() == {"passed": 1}, outcome.text


@pytest.mark.parametrize(("what", "code"), [("ignore", 0), ("warn", 0), ("fail", 1)])
def test_unplayed_recordings(recorded: World, what: str, code: int) -> None:
    """What a passing test did not play is ignored, noted or a failure."""
    recorded.write(test_a=QUEUE.format(body="x").rsplit("\n", 2)[0] + "\n")
    outcome = recorded.replay(f"--aws-unplayed={what}")
    assert outcome.code == code, outcome.text
    assert ("did not play sqs.SendMessage" in outcome.text) == (what != "ignore")


@pytest.mark.parametrize(("stale", "code"), [("warn", 0), ("fail", 1)])
def test_old_recordings(recorded: World, stale: str, code: int) -> None:
    """A cassette older than ``max_age`` is reported, or fails, and is never recorded again by itself."""
    path = recorded.cassette(CASSETTE)
    text = path.read_text()
    path.write_text(text.replace(json.loads(text)["recorded"]["at"], "2020-01-01T00:00:00Z"))
    outcome = recorded.replay("--aws-max-age=180d", "-o", f"aws_stale={stale}")
    assert outcome.code == code, outcome.text
    assert "aws_max_age is 180d. Record it again: pytest --record-aws=all tests/test_a.py::test_queue" in outcome.text


def test_a_thread_that_outlives_its_test(world: World) -> None:
    """A call of a thread that a finished test left behind gets an explained miss, not another test's answers."""
    world.write(
        test_a="""
        import threading, time, boto3
        go, errors = threading.Event(), []
        def late():
            go.wait(10)
            try:
                boto3.client("sqs", region_name="eu-central-1").list_queues()
            except AssertionError as error:
                errors.append(str(error))
        thread = threading.Thread(target=late)
        def test_leaves_a_thread():
            thread.start()
        def test_other(replayaws):
            go.set()
            thread.join()
            assert "has outlived its owner, tests/test_a.py::test_leaves_a_thread" in errors[0]
            assert replayaws.calls == []
        """
    )
    outcome = world.replay()
    assert outcome.counts() == {"passed": 2}, outcome.text


def test_orphans_are_found(recorded: World) -> None:
    """A cassette whose test is gone is listed, or fails the run; a partial selection says that it cannot know."""
    recorded.write(test_a=QUEUE.format(body="x").replace("test_queue", "test_renamed"))
    listed = recorded.replay("--aws-orphans=list")
    assert "tests/test_a.py::test_queue" in listed.text
    assert "replayaws mv" in listed.text
    assert recorded.replay("--aws-orphans=fail").code == 1
    recorded.write(test_b="def test_b():\n    pass\n")
    assert "cannot tell" in recorded.replay("--aws-orphans=list", "-k", "renamed").text
    assert (
        "replayaws mv 'tests/test_a.py::test_queue' 'tests/test_a.py::test_renamed'"
        in recorded.replay("--aws-fallback=error").text
    )


def test_the_summary_is_one_for_all_workers(recorded: World) -> None:
    """Under xdist the counts of all workers stand in one summary."""
    recorded.write(test_b=QUEUE.format(body="x"))
    outcome = recorded.pytest("-n", "2")
    assert outcome.counts() == {"passed": 2}, outcome.text
    assert "4 calls: 2 replayed, 2 answered by moto" in outcome.text


def test_a_secret_of_the_programs_own_comes_back(world: World, moto_url: str) -> None:
    """What the program itself hid in a call is what it reads in a later answer, though the cassette does not hold it."""
    world.write(
        test_a="""
        import secrets, boto3
        def test_a():
            client, value = boto3.client("secretsmanager"), secrets.token_hex(12)
            print("VALUE", value)
            client.create_secret(Name="own", SecretString=value)
            assert client.get_secret_value(SecretId="own")["SecretString"] == value
        """
    )
    recorded = world.record(moto_url, "-s")
    assert recorded.counts() == {"passed": 1}, recorded.text
    value = re.findall(r"VALUE (\w+)", recorded.text)[0]
    assert value not in world.cassette("tests/test_a/test_a.json").read_text()
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == {"passed": 1}, replayed.text


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("aws_accounts=111122223333", "the account is 123456789012, and aws_accounts allows only 111122223333"),
        ("aws_regions=us-east-1", "the region is eu-central-1, and aws_regions allows only us-east-1"),
    ],
)
def test_only_allowed_accounts_and_regions_are_recorded(world: World, moto_url: str, option: str, said: str) -> None:
    """Outside the allow-lists nothing is sent, and nothing is written."""
    world.write(test_a=QUEUE.format(body="x"))
    outcome = world.record(moto_url, "-o", option)
    assert said in outcome.text
    assert "Nothing was sent." in outcome.text
    assert world.cassettes() == []
