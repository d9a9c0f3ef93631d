"""botocore's own ``after-call`` handlers, which change the parsed output after it was taken and run again on replay.

A failure here after an upgrade: a handler is gone, new, or reads another thing. What ``replayaws.live`` takes at
``after-call.*.*`` must be what the parser made, and what it gives back must be what the handlers expect.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.handlers import parse_get_bucket_location

from tests.seams.botocore_clients import KEY, SECRET, client, json_answer, redirect, xml_answer
from tests.sweep.standin import StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


def taken(made: Any) -> list[dict[str, Any]]:
    """Copies of what the first ``after-call`` handler sees."""
    found: list[dict[str, Any]] = []
    made.meta.events.register_first("after-call.*.*", lambda parsed, **_: found.append(copy.deepcopy(parsed)))
    return found


def test_iam_policies_are_decoded_after_us(server: StandIn) -> None:
    """A policy document is text first and a dict for the program; decoding it twice would crash."""
    from botocore.handlers import json_decode_policies

    server.answers.append(
        xml_answer(
            "<GetRoleResponse><GetRoleResult><Role><AssumeRolePolicyDocument>%7B%22a%22%3A1%7D</AssumeRolePolicyDocument>"
            "</Role></GetRoleResult></GetRoleResponse>"
        )
    )
    iam = client("iam", server)
    found = taken(iam)
    result = iam.get_role(RoleName="r")
    assert found[0]["Role"]["AssumeRolePolicyDocument"] == "%7B%22a%22%3A1%7D"
    assert result["Role"]["AssumeRolePolicyDocument"] == {"a": 1}
    with pytest.raises(AttributeError):
        json_decode_policies(result, iam.meta.service_model.operation_model("GetRole"))


def test_s3_keys_are_decoded_after_us(server: StandIn) -> None:
    """Keys arrive URL-encoded because botocore asked for it; a key with a percent sign must be decoded once only."""
    server.answers.append(
        xml_answer(
            "<R><EncodingType>url</EncodingType><Contents><Key>50%2525</Key></Contents></R>",
            content_type="application/xml",
        )
    )
    s3 = client("s3", server)
    found = taken(s3)
    result = s3.list_objects_v2(Bucket="b")
    assert found[0]["Contents"][0]["Key"] == "50%2525"
    assert result["Contents"][0]["Key"] == "50%25"


def test_the_bucket_location_is_read_from_the_body_after_us(server: StandIn) -> None:
    """The parser finds nothing; a handler reads the raw body, which a replay does not have."""
    server.answers.append(xml_answer("<LocationConstraint>EU</LocationConstraint>", content_type="application/xml"))
    s3 = client("s3", server)
    bodies: list[Any] = []
    found = taken(s3)
    s3.meta.events.register_first("after-call.*.*", lambda http_response, **_: bodies.append(http_response))
    result = s3.get_bucket_location(Bucket="b")
    assert "LocationConstraint" not in found[0]
    assert result["LocationConstraint"] == "EU"
    parse_get_bucket_location(parsed=found[0], http_response=bodies[0])
    assert found[0]["LocationConstraint"] == "EU"
    bodies[0].raw, without_body = None, {"LocationConstraint": "EU"}
    parse_get_bucket_location(parsed=without_body, http_response=bodies[0])
    assert without_body == {"LocationConstraint": "EU"}


def test_the_console_output_is_decoded_after_us(server: StandIn) -> None:
    """EC2's console output is base64 first."""
    text = base64.b64encode(b"login:").decode()
    server.answers.append(xml_answer(f"<GetConsoleOutputResponse><output>{text}</output></GetConsoleOutputResponse>"))
    ec2 = client("ec2", server)
    found = taken(ec2)
    result = ec2.get_console_output(InstanceId="i-0abcd1234")
    assert found[0]["Output"] == text
    assert result["Output"] == "login:"


def test_templates_are_decoded_after_us(server: StandIn) -> None:
    """A CloudFormation template is text first."""
    server.answers.append(
        xml_answer(
            '<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources": {}}</TemplateBody></GetTemplateResult>'
            "</GetTemplateResponse>"
        )
    )
    cloudformation = client("cloudformation", server)
    found = taken(cloudformation)
    result = cloudformation.get_template(StackName="s")
    assert found[0]["TemplateBody"] == '{"Resources": {}}'
    assert result["TemplateBody"] == {"Resources": {}}


def test_sqs_answers_with_the_code_that_it_had_as_a_query_service(server: StandIn) -> None:
    """The old code stands in ``Code``, the modelled one in ``QueryErrorCode``; a handler lets the latter choose the class."""
    server.answers.append(
        json_answer(
            {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "none"},
            400,
            x_amzn_query_error="AWS.SimpleQueueService.NonExistentQueue;Sender",
        )
    )
    sqs = client("sqs", server)
    found = taken(sqs)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="q")
    assert found[0]["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert found[0]["Error"]["QueryErrorCode"] == "QueueDoesNotExist"
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_an_old_code_alone_chooses_no_class(server: StandIn) -> None:
    """Why a recording keeps the name of the class: the code of the query protocol is not modelled any more."""
    sqs = client("sqs", server)
    assert sqs.exceptions.from_code("AWS.SimpleQueueService.NonExistentQueue") is ClientError
    assert sqs.exceptions.from_code("QueueDoesNotExist") is sqs.exceptions.QueueDoesNotExist


def test_dynamodb_items_become_python_after_us(server: StandIn) -> None:
    """The resource's conversion of types runs behind the first handler, in both directions."""
    server.answers.append(json_answer({"Item": {"n": {"N": "1.5"}, "b": {"B": "AAE="}}}))
    resource = boto3.Session(KEY, SECRET, region_name="us-east-1").resource("dynamodb")
    redirect(resource.meta.client, server)
    found = taken(resource.meta.client)
    sent: list[Any] = []
    events = resource.meta.client.meta.events
    events.register_last("before-parameter-build", lambda params, **_: sent.append(copy.deepcopy(params)))
    item = resource.Table("t").get_item(Key={"k": "a"})["Item"]
    assert found[0]["Item"] == {"n": {"N": "1.5"}, "b": {"B": b"\x00\x01"}}
    assert sent[0]["Key"] == {"k": {"S": "a"}}
    assert str(item["n"]) == "1.5"
