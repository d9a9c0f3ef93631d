"""What botocore's parsers make of the wire, where it is not what the output shape says.

A failure here after an upgrade: parsed output looks otherwise, and ``replayaws.codec`` must write it down otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.utils import parse_timestamp
from dateutil.tz import tzlocal, tzutc

from tests.seams.botocore_clients import client, json_answer, xml_answer
from tests.sweep.cbor import cbor
from tests.sweep.standin import Answer, StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_a_time_sent_as_a_number_is_local_and_one_sent_as_text_is_utc(server: StandIn) -> None:
    """JSON's numbers become ``tzlocal()``, texts ``tzutc()``, also where a JSON service sends text."""
    server.answers.append(
        json_answer({"TranscriptionJob": {"CreationTime": 1763806503.12, "StartTime": "2025-11-22T10:15:03Z"}})
    )
    job = client("transcribe", server).get_transcription_job(TranscriptionJobName="j")["TranscriptionJob"]
    assert isinstance(job["CreationTime"].tzinfo, tzlocal)
    assert isinstance(job["StartTime"].tzinfo, tzutc)


def test_where_utc_is_local_a_time_sent_as_text_is_local_too(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """dateutil takes the machine's zone for a name that it bears, except for GMT, which botocore names itself."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert isinstance(parse_timestamp("2025-11-22T10:15:03Z").tzinfo, tzlocal)
    assert isinstance(parse_timestamp("Sat, 22 Nov 2025 10:15:03 GMT").tzinfo, tzutc)
    assert isinstance(parse_timestamp("2025-11-22T10:15:03+00:00").tzinfo, tzlocal)
    assert parse_timestamp("2025-11-22T10:15:03").tzinfo is None
    monkeypatch.undo()
    time.tzset()


def test_json_numbers_stay_what_they_were(server: StandIn) -> None:
    """A float member that was sent as ``1`` is an ``int``."""
    server.answers.append(json_answer({"SentimentScore": {"Positive": 1, "Negative": 0.5}}))
    score = client("comprehend", server).detect_sentiment(Text="t", LanguageCode="en")["SentimentScore"]
    assert (type(score["Positive"]), type(score["Negative"])) == (int, float)


def test_lists_may_hold_none(server: StandIn) -> None:
    """A null in a list is kept, against the shape."""
    server.answers.append(json_answer({"TableNames": ["a", None]}))
    assert client("dynamodb", server).list_tables()["TableNames"] == ["a", None]


def test_a_union_member_that_the_model_does_not_know_is_named(server: StandIn) -> None:
    """It comes as a member that no shape has."""
    server.answers.append(json_answer({"output": {"somethingNew": {"a": 1}}}, content_type="application/json"))
    runtime = client("bedrock-runtime", server)
    result = runtime.converse(modelId="m", messages=[])
    assert result["output"] == {"SDK_UNKNOWN_MEMBER": {"name": "somethingNew"}}


def test_members_that_the_model_does_not_know_are_dropped(server: StandIn) -> None:
    """So a recording holds only what the botocore that made it knew."""
    server.answers.append(json_answer({"TableNames": [], "Novelty": 1}))
    assert set(client("dynamodb", server).list_tables()) == {"TableNames", "ResponseMetadata"}


def test_s3_adds_a_member_to_its_own_model(server: StandIn) -> None:
    """``ExpiresString`` holds the header as it came, also where ``Expires`` cannot be parsed and is left out."""
    server.answers.append(Answer(200, {"expires": "never"}, b"body"))
    s3 = client("s3", server)
    result = s3.get_object(Bucket="b", Key="k")
    assert result["ExpiresString"] == "never"
    assert "Expires" not in result


def test_a_failure_without_a_body_has_the_status_as_its_code(server: StandIn) -> None:
    """A load balancer's 503 has a code that is a number in text, and a message from the standard library."""
    server.answers.append(Answer(503, {}, b""))
    with pytest.raises(ClientError) as caught:
        client("dynamodb", server).list_tables()
    assert caught.value.response["Error"] == {"Code": "503", "Message": "Service Unavailable"}


def test_an_output_may_have_a_member_called_error(server: StandIn) -> None:
    """Redshift Data's statement has one that is text: only the status says whether a call failed."""
    server.answers.append(json_answer({"Id": "1", "Error": "syntax error"}))
    assert client("redshift-data", server).describe_statement(Id="1")["Error"] == "syntax error"


def test_an_error_has_its_modelled_members_at_the_top(server: StandIn) -> None:
    """Beside ``Error``, whose ``Code`` and ``Message`` are texts."""
    server.answers.append(
        json_answer(
            {"__type": "TransactionCanceledException", "Message": "no", "CancellationReasons": [{"Code": "None"}]}, 400
        )
    )
    with pytest.raises(ClientError) as caught:
        client("dynamodb", server).transact_get_items(TransactItems=[{"Get": {"TableName": "t", "Key": {}}}])
    assert caught.value.response["CancellationReasons"] == [{"Code": "None"}]


def test_special_floats_come_as_floats() -> None:
    """CBOR carries NaN as it is; rest-json sends its name, which the parser reads as a float; json's stays text."""
    shapes = {"Out": {"type": "structure", "members": {"F": {"shape": "F"}}}, "F": {"type": "double"}}
    shape = ServiceModel({"metadata": {}, "operations": {}, "shapes": shapes}).shape_for("Out")
    found: dict[str, Any] = {}
    for protocol, body in {
        "smithy-rpc-v2-cbor": cbor({"F": float("inf")}),
        "rest-json": b'{"F": "Infinity"}',
        "rest-xml": b"<Out><F>Infinity</F></Out>",
        "json": b'{"F": "Infinity"}',
    }.items():
        response = {"status_code": 200, "headers": {}, "body": body, "context": {}}
        found[protocol] = create_parser(protocol).parse(response, shape)["F"]
    infinity = float("inf")
    assert found == {"smithy-rpc-v2-cbor": infinity, "rest-json": infinity, "rest-xml": infinity, "json": "Infinity"}


def test_response_metadata_is_plain(server: StandIn) -> None:
    """Status, headers in lower case, the request id and the number of retries: nothing that JSON cannot hold."""
    server.answers.append(xml_answer("<R/>", content_type="application/xml", X_Amz_Request_Id="1", X_Amz_Id_2="2"))
    metadata = client("s3", server).list_buckets()["ResponseMetadata"]
    assert type(metadata["HTTPHeaders"]) is dict
    assert metadata["HTTPHeaders"]["x-amz-id-2"] == metadata["HostId"] == "2"
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (200, 0)
