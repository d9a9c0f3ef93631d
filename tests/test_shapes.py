"""Decisions that are made from botocore's model."""

from __future__ import annotations

import pytest

from replayaws import shapes


@pytest.mark.parametrize(
    ("operation", "reads"),
    [
        ("s3.GetObject", True),
        ("s3.HeadBucket", True),
        ("s3.PutObject", False),
        ("dynamodb.GetItem", True),
        ("dynamodb.BatchGetItem", True),
        ("dynamodb.Scan", True),
        ("dynamodb.UpdateItem", False),
        ("sts.GetCallerIdentity", True),
        ("sts.AssumeRole", False),
        ("ec2.DescribeInstances", True),
        ("ec2.RunInstances", False),
        ("sqs.ListQueues", True),
        ("sqs.SendMessage", False),
        ("transcribe.GetTranscriptionJob", True),
        ("transcribe.StartTranscriptionJob", False),
        ("lambda.Invoke", False),
        ("textract.DetectDocumentText", True),
        ("ec2.IssueCertificate", None),
    ],
)
def test_the_model_says_whether_an_operation_only_reads(operation: str, reads: bool | None) -> None:
    """botocore's trait, else the HTTP method, else the verb decides; an unknown operation is botocore's error."""
    from botocore.model import OperationNotFoundError

    service, _, name = operation.partition(".")
    if reads is None:
        with pytest.raises(OperationNotFoundError):
            shapes.operation_model(service, name)
    else:
        assert shapes.is_read(shapes.operation_model(service, name), name) is reads


def test_a_verb_ends_where_the_next_word_begins() -> None:
    """``IsSomething`` reads, ``IssueSomething`` does not."""
    assert shapes.is_read(shapes.operation_model("verifiedpermissions", "IsAuthorized"), "IsAuthorized")
    assert not shapes.is_read(shapes.operation_model("acm-pca", "IssueCertificate"), "IssueCertificate")


def test_tokens_that_botocore_fills_in_are_known() -> None:
    """Idempotency tokens of the top level are named."""
    assert shapes.idempotency_tokens(shapes.operation_model("ec2", "RunInstances")) == {"ClientToken"}
    assert shapes.idempotency_tokens(shapes.operation_model("s3", "PutObject")) == frozenset()


def test_sensitive_is_what_the_model_marks() -> None:
    """The mark is on the shape, not on the name."""
    shape = shapes.operation_model("iam", "CreateAccessKey").output_shape.members["AccessKey"]
    assert shapes.is_sensitive(shape.members["SecretAccessKey"])
    assert not shapes.is_sensitive(shape.members["UserName"])


def test_every_service_of_the_installed_botocore_is_listed() -> None:
    """Services come from botocore's own loader, sorted."""
    names = shapes.services()
    assert {"s3", "transcribe", "sqs"} <= set(names)
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("operation", "as_text"),
    [
        ("ec2.DescribeInstances", True),
        ("iam.GetRole", True),
        ("s3.ListBuckets", True),
        ("transcribe.ListVocabularies", False),
    ],
)
def test_the_protocol_says_how_times_are_sent(operation: str, as_text: bool) -> None:
    """XML holds times as text, JSON and CBOR as numbers."""
    service, _, name = operation.partition(".")
    assert shapes.sends_times_as_text(shapes.operation_model(service, name)) is as_text
