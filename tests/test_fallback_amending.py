"""Parameters that were refused, changed in the way that the refusal asks for."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws.fallback.amending import amended
from replayaws.shapes import operation_model

RECORDED = [{"Phrases": ["Acme"]}]


@pytest.mark.parametrize(
    ("call", "params", "said", "first"),
    [
        (
            "transcribe.CreateVocabulary",
            {"VocabularyName": "brands", "LanguageCode": "en-US"},
            "Either Phrases or VocabularyFileUri field should be provided.",
            {"VocabularyName": "brands", "LanguageCode": "en-US", "Phrases": ["Acme"]},
        ),
        (
            "dynamodb.CreateTable",
            {"TableName": "readings", "KeySchema": [{"AttributeName": "sensor", "KeyType": "HASH"}]},
            "moto failed with KeyError: 'AttributeDefinitions'",
            {
                "TableName": "readings",
                "KeySchema": [{"AttributeName": "sensor", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "sensor", "AttributeType": "S"}],
            },
        ),
        (
            "ec2.CreateSubnet",
            {"VpcId": "vpc-1", "AvailabilityZone": "eu-west-9z"},
            "Value (eu-west-9z) for parameter AvailabilityZone is invalid.",
            {"VpcId": "vpc-1"},
        ),
        ("sqs.CreateQueue", {"QueueName": "orders"}, "Something went wrong.", None),
    ],
    ids=["one of two that it names", "one that it crashed without", "without the one that it names", "nothing named"],
)
def test_what_a_refusal_names_is_tried(
    call: str, params: dict[str, Any], said: str, first: dict[str, Any] | None
) -> None:
    """The first amendment adds a member that the refusal names, or leaves it out where it stood."""
    service, _, operation = call.partition(".")
    model = operation_model(service, operation)
    assert next(amended(model, params, {}, said, RECORDED), None) == first


def test_members_that_a_sentence_means_are_tried() -> None:
    """All words of a member's name in a sentence are enough: moto's messages are for people."""
    model = operation_model("firehose", "CreateDeliveryStream")
    said = "Exactly one destination configuration is supported for a Firehose"
    tried = next(amended(model, {"DeliveryStreamName": "clicks"}, {}, said, []))
    assert set(tried) == {"DeliveryStreamName", "S3DestinationConfiguration"}
