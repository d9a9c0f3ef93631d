"""What botocore writes into a request is read back from it, for every operation of every service."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.model import OperationModel
from botocore.serialize import create_serializer

from replayaws import shapes
from replayaws.importers.answers import wire_model
from replayaws.importers.exchange import Exchange
from replayaws.importers.parameters import read_parameters
from replayaws.importers.services import identify
from tests.sweep.values import parameters

SPECIAL = {"Bucket": "my-bucket", "bucket": "my-bucket", "graphIdentifier": "g-1"}
SAMPLE = (
    "apigateway",
    "autoscaling",
    "cloudfront",
    "cloudwatch",
    "cloudwatchomni",
    "dynamodb",
    "ec2",
    "glacier",
    "iam",
    "iot",
    "lambda",
    "lex-runtime",
    "rds",
    "route53",
    "s3",
    "s3control",
    "sns",
    "sqs",
    "sts",
    "transcribe",
)
ALIKE = ({"rds", "neptune", "docdb"}, {"greengrass", "greengrassv2"}, {"wisdom", "qconnect"})
"""Services that share their endpoint and operations, so that a request alone does not tell them apart."""


def request(model: OperationModel, params: dict[str, Any], protocol: str) -> Exchange:
    """The request of a call, as botocore would send it to AWS."""
    written = create_serializer(protocol, include_validation=False).serialize_to_request(params, model)
    service = model.service_model
    url = f"https://{written.pop('host_prefix', None) or ''}{service.endpoint_prefix}.eu-west-1.amazonaws.com"
    prepare_request_dict(written, url, user_agent="Boto3/1.44")
    prepared = create_request_object(written).prepare()
    headers = {name.lower(): _text(value) for name, value in prepared.headers.items()}
    scope = f"AKIAIOSFODNN7EXAMPLE/20260102/eu-west-1/{service.signing_name}/aws4_request"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    body = prepared.body or b""
    names = {name.lower(): name for name in prepared.headers}
    return Exchange(prepared.method, prepared.url, headers, _bytes(body), 200, "OK", {}, b"", names)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body.read() if hasattr(body, "read") else body)


def plain(value: Any) -> Any:
    """A value with its times as instants, without the empty structures that forms and XML cannot say."""
    if isinstance(value, dict):
        items = {name: plain(item) for name, item in value.items()}
        return {name: item for name, item in items.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [item for one in value if (item := plain(one)) not in ({}, [])]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).replace(microsecond=0)
    return value


def said(model: OperationModel, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters without those in headers that botocore works out itself."""
    checksum = model.http_checksum or {}
    members = model.input_shape.members

    def worked_out(name: str) -> bool:
        wire = members[name].serialization.get("name", name).lower()
        return name in (checksum.get("requestAlgorithmMember"), checksum.get("requestValidationModeMember")) or (
            members[name].serialization.get("location") == "header"
            and (
                wire in ("content-md5", "content-length") or re.fullmatch(r"x-amz-checksum-(?!algorithm|type).*", wire)
            )
        )

    return {name: value for name, value in params.items() if not worked_out(name)}


def faults(service: str, *, protocol: str | None = None) -> list[str]:
    """The operations of a service whose request is not read back as it was meant."""
    models = shapes.service_model(service)
    found = []
    for name in models.operation_names:
        model = models.operation_model(name)
        if model.has_event_stream_input or (service, name) == ("s3", "WriteGetObjectResponse"):
            continue  # not offered by clients; and one that goes to a host that only its own callers know
        meant = parameters(model, full=True, special=SPECIAL)
        sent = request(model, meant, protocol or models.resolved_protocol)
        identified = identify(sent)
        if isinstance(identified, str):
            found.append(f"{name}: {identified}")
        elif identified.operation != name and not model.deprecated:
            found.append(f"{name}: taken for {identified.service}.{identified.operation}")
        elif identified.service != service and {identified.service, service} not in _pairs():
            found.append(f"{name}: taken for {identified.service}")
        elif identified.service == service and model.input_shape is not None and not model.deprecated:
            read = read_parameters(sent, identified, wire_model(identified))
            if plain(said(model, read)) != plain(said(model, meant)):
                found.append(f"{name}: {read} instead of {meant}")
    return found


def _pairs() -> list[set[str]]:
    shared = [{one, other} for group in ALIKE for one in group for other in group]
    return [*shared, {"sms-voice", "pinpoint-sms-voice"}, {"lambda", "lambda-microvms"}, {"signer", "signer-data"}]


@pytest.mark.parametrize("service", SAMPLE)
def test_requests_of_a_service_are_read_back(service: str) -> None:
    """Each operation, with every parameter given, is identified and its parameters are what they were."""
    assert faults(service) == []


@pytest.mark.parametrize(
    ("service", "protocol"), [("cloudwatch", "json"), ("cloudwatch", "query"), ("transcribe", "smithy-rpc-v2-cbor")]
)
def test_each_protocol_that_a_service_speaks_is_read(service: str, protocol: str) -> None:
    """A request in a protocol that the service speaks beside its first one gives the same parameters."""
    assert faults(service, protocol=protocol) == []


def test_requests_of_all_services_are_read_back(request: pytest.FixtureRequest) -> None:
    """The same for all of AWS, with ``--run-whole-aws``."""
    if not request.config.getoption("--run-whole-aws"):
        pytest.skip("takes minutes; give --run-whole-aws")
    wrong = {service: found for service in shapes.services() if (found := faults(service))}
    assert wrong == {}
