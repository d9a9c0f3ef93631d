"""What the models of the installed botocore say, where decisions are made from them.

A failure here after an upgrade: a trait is spelled otherwise, or a protocol moved; see ``replayaws.shapes`` and the sweep.
"""

from __future__ import annotations

import botocore.session
import pytest

from replayaws.shapes import operation_model, service_model, services


def test_protocols_are_six_and_each_service_speaks_one() -> None:
    """A new protocol would need wire bytes in the sweep, and a look at its timestamps."""
    examples = {
        "ec2": "ec2",
        "sts": "query",
        "s3": "rest-xml",
        "lambda": "rest-json",
        "transcribe": "json",
        "eventbridgev2": "smithy-rpc-v2-cbor",
    }
    known = {name: protocol for name, protocol in examples.items() if name in services()}
    assert {name: service_model(name).resolved_protocol for name in known} == known


def test_protocols_move() -> None:
    """SQS left query and does not even list it; CloudWatch lists several: a cassette must not depend on the wire."""
    assert set(service_model("sqs").metadata["protocols"]) == {"json"}
    assert "awsQueryCompatible" in service_model("sqs").metadata
    assert set(service_model("cloudwatch").metadata["protocols"]) >= {"query"}


def test_a_client_has_no_method_for_bidirectional_streams() -> None:
    """botocore removes operations whose input is an event stream: the sweep cannot call them."""
    session = botocore.session.Session()
    removed = []
    for service, operation in [
        ("bedrock-runtime", "InvokeModelWithBidirectionalStream"),
        ("lexv2-runtime", "StartConversation"),
        ("polly", "StartSpeechSynthesisStream"),
        ("qbusiness", "Chat"),
        ("connecthealth", "StartMedicalScribeListeningSession"),
    ]:
        if service not in services() or operation not in service_model(service).operation_names:
            continue
        assert operation_model(service, operation).has_event_stream_input
        client = session.create_client(service, region_name="us-east-1")
        methods = {name: method for method, name in client.meta.method_to_api_mapping.items()}
        removed.append(not hasattr(client, methods[operation]))
    assert removed
    assert all(removed)


def test_sensitive_stands_on_containers_too() -> None:
    """Cognito's parameters are sensitive as a map: what a container holds is as sensitive as the container."""
    shape = operation_model("cognito-idp", "InitiateAuth").input_shape.members["AuthParameters"]
    assert shape.metadata.get("sensitive") is True
    assert not shape.value.metadata.get("sensitive")


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("sts.AssumeRole", ["Credentials", "SessionToken"]),
        ("ecr.GetAuthorizationToken", ["authorizationData", "authorizationToken"]),
        ("transcribe.GetTranscriptionJob", ["TranscriptionJob", "Transcript", "TranscriptFileUri"]),
    ],
)
def test_some_credentials_are_not_marked(operation: str, path: list[str]) -> None:
    """The trait alone hides too little; when one of these is marked, its rule may go."""
    service, _, name = operation.partition(".")
    shape = operation_model(service, name).output_shape
    for member in path:
        shape = shape.member if shape.type_name == "list" else shape
        shape = shape.members[member]
        assert not shape.metadata.get("sensitive")


def test_idempotency_tokens_stand_at_the_top_level_and_alone() -> None:
    """Each operation has at most one, which the model names."""
    assert operation_model("ec2", "RunInstances").idempotent_members == ["ClientToken"]


def test_the_readonly_trait_is_read_from_the_raw_model() -> None:
    """botocore keeps the trait, where a model has it, without an accessor."""
    raw = operation_model("cognito-idp", "GetUser")._operation_model
    assert isinstance(raw, dict)
    assert raw["name"] == "GetUser"
