"""When botocore asks for credentials and regions, and the calls that it makes by itself.

A failure here after an upgrade: a replay may touch the machine's credentials, or botocore makes other calls of its
own; see ``replayaws.ambient`` and ``replayaws.nested``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import NoCredentialsError, NoRegionError, ProfileNotFound

from tests.seams.botocore_clients import KEY, SECRET, client, json_answer, redirect, xml_answer
from tests.sweep.standin import Answer, StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


class Asked(Credentials):
    """Credentials that say when they are asked for."""

    times = 0

    def get_frozen_credentials(self) -> Any:
        Asked.times += 1
        return super().get_frozen_credentials()

    @property
    def account_id(self) -> str:
        Asked.times += 1
        return "123456789012"

    @account_id.setter
    def account_id(self, value: str | None) -> None:
        """The constructor sets it."""


def short_circuited(service: str) -> Any:
    """A client whose every call is answered at ``before-call``, with credentials that count."""
    session = botocore.session.Session()
    session._credentials = Asked(KEY, SECRET)
    made = session.create_client(service, region_name="us-east-1")
    response = AWSResponse("https://example.com/", 200, {}, None), {"ResponseMetadata": {"HTTPStatusCode": 200}}
    made.meta.events.register_last("before-call.*.*", lambda **_: response)
    Asked.times = 0
    return made


CALLS = {
    "dynamodb": lambda made: made.list_tables(),
    "dynamodbstreams": lambda made: made.list_streams(),
    "kinesis": lambda made: made.list_streams(),
}


@pytest.mark.parametrize("service", CALLS)
def test_an_account_id_in_the_endpoint_asks_for_credentials_before_the_call(service: str) -> None:
    """Unless the built-in parameter is set to ``None`` first, which leaves the classic host."""
    rules = botocore.session.Session().get_component("data_loader").load_service_model(service, "endpoint-rule-set-1")
    if "AccountId" not in rules["parameters"]:
        pytest.skip("this botocore has no account id in the endpoint of the service")
    made = short_circuited(service)
    CALLS[service](made)
    assert Asked.times > 0

    made = short_circuited(service)
    made.meta.events.register_last(
        "before-endpoint-resolution", lambda builtins, **_: builtins.update({"AWS::Auth::AccountId": None})
    )
    CALLS[service](made)
    assert Asked.times == 0


def test_other_services_answered_at_before_call_ask_for_no_credentials() -> None:
    """Signing comes after the answer."""
    short_circuited("transcribe").list_vocabularies()
    assert Asked.times == 0


def test_a_client_needs_a_region_and_a_presigned_url_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """So offline mode must give both."""
    session = botocore.session.Session()
    with pytest.raises(NoRegionError):
        session.create_client("transcribe")
    with pytest.raises(NoCredentialsError):
        session.create_client("sqs", region_name="us-east-1").generate_presigned_url("list_queues")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(ProfileNotFound):
        botocore.session.Session().create_client("transcribe", region_name="us-east-1")


def operations(made: Any) -> list[str]:
    """What the client calls, nested calls included."""
    seen: list[str] = []
    made.meta.events.register_first("before-call.*.*", lambda model, **_: seen.append(model.name))
    return seen


def test_a_redirected_bucket_is_asked_for_its_region(server: StandIn) -> None:
    """A 301 of S3 is followed by a HeadBucket of botocore's own, and only the final outcome reaches ``after-call``."""
    moved = "<Error><Code>PermanentRedirect</Code><Message>moved</Message><Bucket>b</Bucket></Error>"
    server.answers.extend(
        [
            xml_answer(moved, 301, content_type="application/xml"),
            Answer(200, {"x-amz-bucket-region": "eu-west-1"}, b""),
            xml_answer("<R><Name>b</Name></R>", content_type="application/xml"),
        ]
    )
    s3 = client("s3", server)
    seen = operations(s3)
    finished: list[str] = []
    s3.meta.events.register_first("after-call.*.*", lambda model, **_: finished.append(model.name))
    assert s3.list_objects_v2(Bucket="b")["Name"] == "b"
    assert seen == ["ListObjectsV2", "HeadBucket"]
    assert finished == ["HeadBucket", "ListObjectsV2"]


def test_an_express_bucket_makes_a_session_first(server: StandIn) -> None:
    """CreateSession carries credentials and is nobody's call but botocore's."""
    server.answers.append(
        xml_answer(
            "<R><Credentials><SessionToken>t</SessionToken><SecretAccessKey>s</SecretAccessKey><AccessKeyId>a</AccessKeyId>"
            "<Expiration>2199-01-01T00:00:00Z</Expiration></Credentials></R>",
            content_type="application/xml",
        )
    )
    s3 = client("s3", server)
    seen = operations(s3)
    s3.list_objects_v2(Bucket="bucket--use1-az4--x-s3")
    assert seen == ["ListObjectsV2", "CreateSession"]


def test_timestream_asks_for_its_endpoints_first(server: StandIn) -> None:
    """Endpoint discovery is a call of the same client, made while the outer one is being built."""
    server.answers.append(json_answer({"Endpoints": [{"Address": "cell.example.com", "CachePeriodInMinutes": 5}]}))
    timestream = client("timestream-query", server)
    seen = operations(timestream)
    timestream.cancel_query(QueryId="q")
    assert sorted(seen) == ["CancelQuery", "DescribeEndpoints"]


def test_assumed_roles_are_fetched_while_a_request_is_signed(server: StandIn) -> None:
    """Credentials that need a call are fetched behind ``before-call``: a call that is answered there makes none."""
    fetched: list[str] = []

    def fetch() -> dict[str, str]:
        fetched.append("AssumeRole")
        return {"access_key": KEY, "secret_key": SECRET, "token": "t", "expiry_time": "2199-01-01T00:00:00Z"}

    session = botocore.session.Session()
    session._credentials = RefreshableCredentials.create_from_metadata(
        {"access_key": KEY, "secret_key": SECRET, "token": "t", "expiry_time": "2000-01-01T00:00:00Z"},
        fetch,
        "assume-role",
    )
    server.answers.append(json_answer({}))
    transcribe = redirect(session.create_client("transcribe", region_name="us-east-1", config=Config()), server)
    order: list[str] = []
    transcribe.meta.events.register_last("before-call.*.*", lambda **_: order.extend(["call", *fetched]))
    transcribe.list_vocabularies()
    assert order == ["call"]
    assert fetched == ["AssumeRole"]
