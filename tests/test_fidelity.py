"""What was recorded is what is replayed: botocore's own quirks, end to end through the hook."""

from __future__ import annotations

import base64
import functools
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber

from replayaws import MissError, use, use_cassette
from replayaws.run import Origin
from tests.seams.botocore_clients import KEY, SECRET, json_answer, redirect, xml_answer
from tests.sweep.cbor import cbor
from tests.sweep.faithful import differences, faithful
from tests.sweep.standin import Answer, StandIn

Program = Callable[[Any], Any]


@functools.cache
def _session(service: str = "", protocol: str = "") -> Any:
    """A session in which one service speaks another protocol than the installed botocore chooses."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    original = loader.load_service_model

    def load(name: str, kind: str, api_version: str | None = None) -> Any:
        model = original(name, kind, api_version)
        return _speaking(model, protocol) if (name, kind) == (service, "service-2") else model

    loader.load_service_model = load
    return session


def _client(session: Any, service: str, **config: Any) -> Any:
    return session.create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(**{"retries": {"total_max_attempts": 1}, **config}),
    )


def _speaking(model: dict[str, Any], protocol: str) -> dict[str, Any]:
    """The model of a service when its only protocol is another one."""
    metadata = {
        "targetPrefix": "StandIn",
        "jsonVersion": "1.0",
        **model["metadata"],
        "protocol": protocol,
        "protocols": [protocol],
        "xmlNamespace": "http://example.com/doc/",
    }
    if protocol != "query":
        return {**model, "metadata": metadata}
    metadata.pop("awsQueryCompatible", None)
    operations = {name: _with_wrapper(name, operation) for name, operation in model["operations"].items()}
    return {**model, "metadata": metadata, "operations": operations}


def _with_wrapper(name: str, operation: dict[str, Any]) -> dict[str, Any]:
    """An operation whose output stands in an element of its own, as the query protocol has it."""
    if "output" not in operation:
        return operation
    return {**operation, "output": {**operation["output"], "resultWrapper": f"{name}Result"}}


class Recording:
    """A stand-in, and a cassette that programs are recorded to and replayed from."""

    def __init__(self, server: StandIn, path: Path) -> None:
        self.server, self.path = server, path

    def client(self, service: str, **config: Any) -> Any:
        """A client all of whose requests go to the stand-in."""
        return redirect(_client(_session(), service, **config), self.server)

    def speaking(self, service: str, protocol: str) -> Any:
        """A client that speaks a protocol of an earlier or later botocore."""
        return redirect(_client(_session(service, protocol), service), self.server)

    def record(self, service: str, program: Program, *answers: Answer, **config: Any) -> Any:
        """What the program returns, live, in faithful form."""
        self.server.answers.extend(answers)
        with use_cassette(self.path, mode="all"):
            return faithful(program(self.client(service, **config)))

    def replay(self, service: str, program: Program, **config: Any) -> Any:
        """What it returns, replayed with the stand-in gone, in faithful form."""
        self.server.stop()
        with use_cassette(self.path, fallback="error"):
            return faithful(program(self.client(service, **config)))

    def assert_equal(self, service: str, program: Program, *answers: Answer, **config: Any) -> dict[str, Any]:
        """Record and replay; what came back is equal, type by type. Returns the one interaction, or the last."""
        live = self.record(service, program, *answers, **config)
        assert [str(found) for found in differences(live, self.replay(service, program, **config))] == []
        return self.interactions()[-1]

    def interactions(self) -> list[dict[str, Any]]:
        """What stands in the cassette."""
        found: list[dict[str, Any]] = json.loads(self.path.read_text())["interactions"]
        return found


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
    origin = Origin(
        source="http://stand-in.example.com", account=None, identity=None, region="us-east-1", credentials=()
    )
    monkeypatch.setattr(use, "_origin", lambda: origin)
    with StandIn() as server:
        yield Recording(server, tmp_path / "cassette.json")


def error_of(program: Program) -> Program:
    """A program that returns the response and the class of the error that it raises."""

    def caught(client: Any) -> Any:
        with pytest.raises(ClientError) as found:
            program(client)
        return {"class": type(found.value).__name__, "response": found.value.response, "text": str(found.value)}

    return caught


POLICY = (
    "<GetRoleResponse><GetRoleResult><Role><AssumeRolePolicyDocument>%7B%22Version%22%3A%20%222012-10-17%22%7D"
    "</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"
)


def test_iam_policies_are_stored_as_sent_and_decoded_for_the_program(recording: Recording) -> None:
    """botocore decodes a policy document once, live and replayed."""
    stored = recording.assert_equal("iam", lambda iam: iam.get_role(RoleName="r"), xml_answer(POLICY))
    assert stored["response"]["Role"]["AssumeRolePolicyDocument"].startswith("%7B")


def test_a_key_with_a_percent_sign_is_decoded_once(recording: Recording) -> None:
    """S3's listings are URL-encoded on the wire."""
    listing = "<R><EncodingType>url</EncodingType><Contents><Key>50%2525%20off</Key></Contents></R>"
    recording.assert_equal("s3", lambda s3: s3.list_objects_v2(Bucket="b"), xml_answer(listing))
    assert recording.interactions()[0]["response"]["Contents"] == [{"Key": "50%2525%20off"}]


@pytest.mark.parametrize("body", ["<LocationConstraint>eu-west-1</LocationConstraint>", "<LocationConstraint/>"])
def test_the_location_of_a_bucket_comes_back_without_its_body(recording: Recording, body: str) -> None:
    """botocore reads it from the raw body, which a replay does not have."""
    recording.assert_equal("s3", lambda s3: s3.get_bucket_location(Bucket="b"), xml_answer(body))


def test_console_output_and_templates_come_back_decoded(recording: Recording, tmp_path: Path) -> None:
    """EC2's console output is base64 on the wire, CloudFormation's template text."""
    output = base64.b64encode(b"login:\xff").decode()
    template = xml_answer(
        '<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}</TemplateBody>'
        "</GetTemplateResult></GetTemplateResponse>"
    )
    console = xml_answer(f"<GetConsoleOutputResponse><output>{output}</output></GetConsoleOutputResponse>")
    live = recording.record("ec2", lambda ec2: ec2.get_console_output(InstanceId="i-0abcd1234"), console)
    second = Recording(recording.server, tmp_path / "second.json")
    recording.server.answers.clear()
    formed = second.record("cloudformation", lambda cf: cf.get_template(StackName="s"), template)
    assert recording.replay("ec2", lambda ec2: ec2.get_console_output(InstanceId="i-0abcd1234")) == live
    assert second.replay("cloudformation", lambda cf: cf.get_template(StackName="s")) == formed


def test_a_request_that_botocore_copies_to_sign_a_url_of_it_is_recorded(recording: Recording) -> None:
    """EC2's CopySnapshot carries a signed URL of itself, made from a deep copy of the request and its context."""
    copied = xml_answer("<CopySnapshotResponse><snapshotId>snap-0abcd1234</snapshotId></CopySnapshotResponse>")
    recording.assert_equal(
        "ec2", lambda ec2: ec2.copy_snapshot(SourceRegion="eu-west-1", SourceSnapshotId="snap-1"), copied
    )


def test_an_error_of_a_former_query_service_keeps_its_codes_and_its_class(recording: Recording) -> None:
    """SQS answers with the code of the query protocol, and the class comes from the modelled one."""
    gone = json_answer(
        {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "none"},
        400,
        x_amzn_query_error="AWS.SimpleQueueService.NonExistentQueue;Sender",
    )
    stored = recording.assert_equal("sqs", error_of(lambda sqs: sqs.get_queue_url(QueueName="q")), gone)
    assert stored["exception"] == "QueueDoesNotExist"


def test_only_the_final_outcome_of_retries_is_recorded(recording: Recording) -> None:
    """Two failures and a success are one interaction, with the number of retries."""
    answers = [json_answer({}, 500), Answer(503, {}, b""), json_answer({"TableNames": ["a"]})]
    config = {"retries": {"total_max_attempts": 4, "mode": "standard"}}
    stored = recording.assert_equal("dynamodb", lambda dynamodb: dynamodb.list_tables(), *answers, **config)
    assert len(recording.interactions()) == 1
    assert stored["metadata"]["RetryAttempts"] == 2


def test_a_failure_that_outlives_its_retries_is_recorded_as_such(recording: Recording) -> None:
    """The error says how often it was tried."""
    config = {"retries": {"total_max_attempts": 2, "mode": "standard"}}
    stored = recording.assert_equal(
        "dynamodb", error_of(lambda dynamodb: dynamodb.list_tables()), Answer(503, {}, b""), **config
    )
    assert stored["error"] == {"Code": "503", "Message": "Service Unavailable"}
    assert stored["metadata"]["MaxAttemptsReached"] is True


def test_a_redirect_to_a_buckets_region_is_one_interaction(recording: Recording) -> None:
    """botocore's own HeadBucket is no call of the program, and is not needed on replay."""
    moved = "<Error><Code>PermanentRedirect</Code><Message>moved</Message><Bucket>b</Bucket></Error>"
    answers = [
        xml_answer(moved, 301),
        Answer(200, {"x-amz-bucket-region": "eu-west-1"}, b""),
        xml_answer("<R><Name>b</Name></R>"),
    ]
    recording.assert_equal("s3", lambda s3: s3.list_objects_v2(Bucket="b"), *answers)
    assert [each["call"] for each in recording.interactions()] == ["s3.ListObjectsV2"]


def test_discovered_endpoints_are_not_asked_for_on_replay(recording: Recording) -> None:
    """Timestream's DescribeEndpoints is botocore's call, not the program's."""
    answers = [
        json_answer({"Endpoints": [{"Address": "cell.example.com", "CachePeriodInMinutes": 5}]}),
        json_answer({"CancellationMessage": "done"}),
    ]
    recording.assert_equal("timestream-query", lambda timestream: timestream.cancel_query(QueryId="q"), *answers)
    assert [each["call"] for each in recording.interactions()] == ["timestream-query.CancelQuery"]


def test_a_session_of_an_express_bucket_is_not_recorded(recording: Recording) -> None:
    """CreateSession hands out credentials; it is made by botocore, and not on replay."""
    secret = "-".join(["express", "session", "token"])
    answers = [
        xml_answer(
            f"<R><Credentials><SessionToken>{secret}</SessionToken><SecretAccessKey>s</SecretAccessKey>"
            "<AccessKeyId>a</AccessKeyId><Expiration>2199-01-01T00:00:00Z</Expiration></Credentials></R>"
        ),
        xml_answer("<R><Name>bucket--use1-az4--x-s3</Name></R>"),
    ]
    recording.assert_equal("s3", lambda s3: s3.list_objects_v2(Bucket="bucket--use1-az4--x-s3"), *answers)
    assert [each["call"] for each in recording.interactions()] == ["s3.ListObjectsV2"]
    assert secret not in recording.path.read_text()


def test_checksums_are_checked_live_and_remembered(recording: Recording) -> None:
    """A body that was verified live is read on replay, with the algorithm in its metadata."""
    crc = base64.b64encode(zlib.crc32(b"body").to_bytes(4, "big")).decode()

    def program(s3: Any) -> Any:
        return s3.get_object(Bucket="b", Key="k", ChecksumMode="ENABLED")

    stored = recording.assert_equal("s3", program, Answer(200, {"x-amz-checksum-crc32": crc}, b"body"))
    assert stored["metadata"]["ChecksumAlgorithm"] == "crc32"


def test_a_presigned_url_needs_no_cassette_and_no_network(recording: Recording) -> None:
    """Signing is local: it works in replay, and is no call."""
    recording.record("dynamodb", lambda dynamodb: dynamodb.list_tables(), json_answer({"TableNames": []}))
    recording.server.stop()
    with use_cassette(recording.path, fallback="error") as cassette:
        s3 = boto3.Session(region_name="us-east-1").client("s3")
        assert "Signature=" in s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert cassette.calls == []


DOCUMENT = {"text": "✓", "list": [1, 2.5, None, True, 2**70], "nested": {"$base64": "not a tag", "": {}}}


def test_documents_come_back_as_they_were(recording: Recording) -> None:
    """A member without a shape may hold any JSON, also what looks like a tag."""
    content = [{"toolUse": {"toolUseId": "t", "name": "n", "input": DOCUMENT}}]
    answer = json_answer({"output": {"message": {"role": "assistant", "content": content}}})
    recording.assert_equal("bedrock-runtime", lambda runtime: runtime.converse(modelId="m", messages=[]), answer)


def test_text_of_every_script_and_bytes_of_every_value_come_back(recording: Recording) -> None:
    """DynamoDB's items hold both."""
    item = {
        "text": {"S": "\u0000 ü ✓ 𝄞 \u2028 \ud83d\ude00"},
        "bytes": {"B": base64.b64encode(bytes(range(256))).decode()},
        "json": {"B": base64.b64encode(b'{"a": 1}').decode()},
        "number": {"N": "12345678901234567890123456789012345678"},
        "nothing": {"B": ""},
    }
    recording.assert_equal(
        "dynamodb",
        lambda dynamodb: dynamodb.get_item(TableName="t", Key={"k": {"S": "k"}}),
        json_answer({"Item": item}),
    )


def test_numbers_come_back_as_they_were(recording: Recording) -> None:
    """NaN, infinities, the sign of zero, integers where floats are modelled: over CBOR, which carries them all."""
    numbers = [float("nan"), float("inf"), float("-inf"), -0.0, 5e-324, 1e22, 2**63 - 1, 7, 0.1]
    body = cbor({"Datapoints": [{"Average": number} for number in numbers]})
    recording.server.answers.append(Answer(200, {"smithy-protocol": "rpc-v2-cbor"}, body))
    with use_cassette(recording.path, mode="all"):
        live = _numbers(recording.speaking("cloudwatch", "smithy-rpc-v2-cbor"))
    assert [type(point["Average"]) for point in live["Datapoints"]] == [type(number) for number in numbers]
    assert [str(found) for found in differences(faithful(live), recording.replay("cloudwatch", _numbers))] == []


@pytest.mark.parametrize(
    ("service", "program", "answer"),
    [
        ("sqs", lambda sqs: sqs.delete_queue(QueueUrl="https://sqs.us-east-1.amazonaws.com/1/q"), Answer(200, {}, b"")),
        ("s3", lambda s3: s3.delete_object(Bucket="b", Key="k"), Answer(204, {"x-amz-request-id": "1"}, b"")),
        (
            "s3",
            lambda s3: s3.head_object(Bucket="b", Key="k"),
            Answer(200, {"content-length": "5", "etag": '"e"'}, b""),
        ),
        ("s3", lambda s3: s3.get_object(Bucket="b", Key="k"), Answer(200, {}, b"")),
        ("lambda", lambda functions: functions.invoke(FunctionName="f"), Answer(202, {}, b"")),
    ],
    ids=["json", "no content", "head", "empty body", "empty payload"],
)
def test_nothing_comes_back_as_nothing(recording: Recording, service: str, program: Program, answer: Answer) -> None:
    """Empty answers are recorded and replayed like any other."""
    recording.assert_equal(service, program, answer)


def test_an_output_with_an_error_of_its_own_is_no_failure(recording: Recording) -> None:
    """Redshift Data's statement has a member called ``Error``: the status says that the call succeeded."""
    stored = recording.assert_equal(
        "redshift-data", lambda data: data.describe_statement(Id="s"), json_answer({"Id": "s", "Error": "syntax"})
    )
    assert "error" not in stored


def test_modelled_members_of_an_error_come_back(recording: Recording) -> None:
    """Beside ``Error``, with their types."""
    reasons = [{"Code": "ConditionalCheckFailed", "Item": {"b": {"B": "e30="}}}, {"Code": "None"}]
    failed = json_answer(
        {"__type": "TransactionCanceledException", "Message": "no", "CancellationReasons": reasons}, 400
    )

    def program(dynamodb: Any) -> Any:
        return dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": "t", "Key": {"k": {"S": "k"}}}}])

    stored = recording.assert_equal("dynamodb", error_of(program), failed)
    assert stored["exception"] == "TransactionCanceledException"


def _numbers(cloudwatch: Any) -> Any:
    return cloudwatch.get_metric_statistics(
        Namespace="n", MetricName="m", StartTime="2026-11-22T00:00:00Z", EndTime="2026-11-22T01:00:00Z", Period=60
    )


def _send(sqs: Any) -> Any:
    return sqs.send_message(QueueUrl="https://sqs.us-east-1.amazonaws.com/123456789012/q", MessageBody="hello")


@pytest.mark.parametrize("replayed", ["query", "json", "smithy-rpc-v2-cbor"])
@pytest.mark.parametrize("recorded", ["query", "json", "smithy-rpc-v2-cbor"])
def test_a_cassette_does_not_depend_on_the_protocol(recording: Recording, recorded: str, replayed: str) -> None:
    """Recorded while CloudWatch spoke one protocol, replayed when it speaks another: the same values."""
    answer = {"Label": "l", "Datapoints": [{"Average": 1.5, "Unit": "Percent"}]}
    live = _record_through(recording, "cloudwatch", recorded, "GetMetricStatistics", answer, _numbers)
    with use_cassette(recording.path, fallback="error"):
        result = _numbers(recording.speaking("cloudwatch", replayed))
    assert result["Datapoints"] == live["Datapoints"] == answer["Datapoints"]
    assert result["Label"] == "l"


@pytest.mark.parametrize(("recorded", "replayed"), [("query", "json"), ("json", "query")])
def test_a_message_sent_over_query_is_sent_over_json(recording: Recording, recorded: str, replayed: str) -> None:
    """SQS changed its protocol under every program that uses it."""
    answer = {
        "MD5OfMessageBody": "5d41402abc4b2a76b9719d911017c592",
        "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274",
    }
    live = _record_through(recording, "sqs", recorded, "SendMessage", answer, _send)
    with use_cassette(recording.path, fallback="error"):
        result = _send(recording.speaking("sqs", replayed))
    assert result["MessageId"] == live["MessageId"] == answer["MessageId"]


def test_an_error_keeps_its_class_when_the_protocol_changes(recording: Recording) -> None:
    """A code of the query protocol is not modelled under JSON: the recorded name of the class chooses."""
    gone = xml_answer(
        "<ErrorResponse><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>none</Message>"
        "</Error></ErrorResponse>",
        400,
    )
    recording.server.answers.append(gone)
    old = recording.speaking("sqs", "query")
    with use_cassette(recording.path, mode="all"), pytest.raises(ClientError) as live:
        old.get_queue_url(QueueName="q")
    cassette = json.loads(recording.path.read_text())
    cassette["interactions"][0]["exception"] = "QueueDoesNotExist"  # as botocore's query model named it
    recording.path.write_text(json.dumps(cassette))
    new = recording.client("sqs")
    with use_cassette(recording.path, fallback="error"), pytest.raises(new.exceptions.QueueDoesNotExist) as replayed:
        new.get_queue_url(QueueName="q")
    assert replayed.value.response["Error"] == live.value.response["Error"]


def _record_through(
    recording: Recording, service: str, protocol: str, operation: str, answer: dict[str, Any], program: Program
) -> Any:
    pytest.importorskip("moto.core.serialize")  # from moto 5.1.3 on
    from moto.core.model import ServiceModel

    from tests.sweep.wire import Wire

    client = recording.speaking(service, protocol)
    loaded = Loader().load_service_model(service, "service-2")
    model = ServiceModel(_speaking(loaded, protocol), service)
    recording.server.answers.append(Wire(model, protocol).answer(model.operation_model(operation), answer))
    with use_cassette(recording.path, mode="all"):
        result = program(client)
    recording.server.stop()
    return result


def test_members_that_the_installed_model_does_not_know_come_back(recording: Recording) -> None:
    """A cassette of a newer botocore loses nothing to an older one."""
    recording.record("dynamodb", lambda dynamodb: dynamodb.list_tables(), json_answer({"TableNames": ["a"]}))
    cassette = json.loads(recording.path.read_text())
    cassette["interactions"][0]["response"]["Novelty"] = {"At": "2026-11-22T10:15:03Z", "List": [1, None]}
    recording.path.write_text(json.dumps(cassette))
    with use_cassette(recording.path, fallback="error"):
        result = recording.client("dynamodb").list_tables()
    assert result["Novelty"] == {"At": "2026-11-22T10:15:03Z", "List": [1, None]}


def test_a_call_that_does_not_validate_is_botocores_error(recording: Recording) -> None:
    """Bad parameters fail as they do without us, recording and replaying, and leave nothing behind."""

    def program(dynamodb: Any) -> Any:
        with pytest.raises(ParamValidationError):
            dynamodb.list_tables(Limit="three")
        with pytest.raises(ParamValidationError):
            dynamodb.put_item(TableName="t", Item={"b": {"B": 3}})
        return dynamodb.list_tables()

    recording.assert_equal("dynamodb", program, json_answer({"TableNames": ["a"]}))
    assert len(recording.interactions()) == 1


def test_credentials_of_a_role_are_not_fetched_on_replay(recording: Recording) -> None:
    """DynamoDB's endpoint rules ask for an account id, and so for credentials, before a call can be answered."""
    fetched: list[str] = []

    def fetch() -> dict[str, str]:
        fetched.append("AssumeRole")
        return {"access_key": KEY, "secret_key": SECRET, "token": "t", "expiry_time": "2199-01-01T00:00:00Z"}

    recording.record("dynamodb", lambda dynamodb: dynamodb.list_tables(), json_answer({"TableNames": []}))
    session = botocore.session.Session()
    expired = {"access_key": KEY, "secret_key": SECRET, "token": "t", "expiry_time": "2000-01-01T00:00:00Z"}
    session._credentials = RefreshableCredentials.create_from_metadata(expired, fetch, "assume-role")
    with use_cassette(recording.path, fallback="error"):
        session.create_client("dynamodb", region_name="us-east-1").list_tables()
    assert fetched == []


def test_a_stub_of_the_users_own_is_neither_recorded_nor_replayed(recording: Recording) -> None:
    """An active Stubber answers before us, and its answer is not AWS's."""

    def program(dynamodb: Any) -> Any:
        with Stubber(dynamodb) as stubber:
            stubber.add_response("list_tables", {"TableNames": ["stubbed"]})
            stubbed = dynamodb.list_tables()["TableNames"]
        return {"stubbed": stubbed, "live": dynamodb.list_tables()}

    recording.assert_equal("dynamodb", program, json_answer({"TableNames": ["live"]}))
    assert [each["response"] for each in recording.interactions()] == [{"TableNames": ["live"]}]


def test_an_answer_that_botocore_cannot_parse_is_not_recorded(recording: Recording) -> None:
    """The program sees botocore's error, and the cassette has nothing of it."""

    def program(sts: Any) -> Any:
        with pytest.raises(ResponseParserError):
            sts.get_caller_identity()
        return {}

    recording.record("sts", program, xml_answer("not xml at all"))
    assert not recording.path.exists() or recording.interactions() == []


def test_what_was_not_recorded_is_a_miss(recording: Recording) -> None:
    """Fidelity is not invention."""
    recording.record("dynamodb", lambda dynamodb: dynamodb.list_tables(), json_answer({"TableNames": []}))
    with pytest.raises(MissError), use_cassette(recording.path, fallback="error"):
        recording.client("dynamodb").list_tables(Limit=3)
