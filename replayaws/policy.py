"""The least IAM policy with which cassettes can be recorded again, from the calls that they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from replayaws import shapes
from replayaws.accounts import is_placeholder_account
from replayaws.cassette import Cassette
from replayaws.interaction import Interaction

_PREFIXES = {
    "monitoring": "cloudwatch",
    "iotdata": "iot",
    "tagging": "tag",
    "timestream-query": "timestream",
    "runtime.sagemaker": "sagemaker",
    "email": "ses",
    "aws-marketplace-management": "aws-marketplace",
}
"""Signing names that are not the prefix of IAM's actions."""

_NO_PERMISSION = frozenset({"sts.GetCallerIdentity", "sts.GetSessionToken"})

_ACTIONS: dict[str, tuple[str, ...]] = {
    "s3.ListBuckets": ("s3:ListAllMyBuckets",),
    "s3.HeadBucket": ("s3:ListBucket",),
    "s3.ListObjects": ("s3:ListBucket",),
    "s3.ListObjectsV2": ("s3:ListBucket",),
    "s3.ListObjectVersions": ("s3:ListBucketVersions",),
    "s3.ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3.ListParts": ("s3:ListMultipartUploadParts",),
    "s3.HeadObject": ("s3:GetObject",),
    "s3.SelectObjectContent": ("s3:GetObject",),
    "s3.CopyObject": ("s3:GetObject", "s3:PutObject"),
    "s3.UploadPartCopy": ("s3:GetObject", "s3:PutObject"),
    "s3.CreateMultipartUpload": ("s3:PutObject",),
    "s3.UploadPart": ("s3:PutObject",),
    "s3.CompleteMultipartUpload": ("s3:PutObject",),
    "s3.DeleteObjects": ("s3:DeleteObject",),
    "s3.GetBucketCors": ("s3:GetBucketCORS",),
    "s3.PutBucketCors": ("s3:PutBucketCORS",),
    "s3.DeleteBucketCors": ("s3:PutBucketCORS",),
    "s3.GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3.PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3.DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3.GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3.PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3.DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3.GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3.PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3.GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "s3.PutBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "s3.DeleteBucketTagging": ("s3:PutBucketTagging",),
    "s3.GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3.PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3.DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "lambda.Invoke": ("lambda:InvokeFunction",),
    "lambda.InvokeWithResponseStream": ("lambda:InvokeFunction",),
    "bedrock-runtime.Converse": ("bedrock:InvokeModel",),
    "bedrock-runtime.ConverseStream": ("bedrock:InvokeModelWithResponseStream",),
    "dynamodb.TransactGetItems": ("dynamodb:GetItem",),
    "dynamodb.TransactWriteItems": (
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ),
    "sqs.SendMessageBatch": ("sqs:SendMessage",),
    "sqs.DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs.ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sns.PublishBatch": ("sns:Publish",),
}
"""Operations whose action has another name, as the Service Authorization Reference lists them."""

_NAMED = {
    ("dynamodb", "TableName"): "table/{}",
    ("lambda", "FunctionName"): "function:{}",
    ("kinesis", "StreamName"): "stream/{}",
    ("firehose", "DeliveryStreamName"): "deliverystream/{}",
    ("sqs", "QueueName"): "{}",
    ("sns", "Name"): "{}",
    ("iam", "RoleName"): "role/{}",
    ("iam", "UserName"): "user/{}",
    ("logs", "logGroupName"): "log-group:{}:*",
    ("ssm", "Name"): "parameter/{}",
    ("secretsmanager", "Name"): "secret:{}-*",
    ("secretsmanager", "SecretId"): "secret:{}-*",
}
"""Parameters that name a resource, and the resource part of its ARN."""

_GLOBAL = frozenset({"iam", "s3", "route53", "cloudfront"})
_GENERATED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|\d{8,}")
_ROLE = re.compile(r"arn:[\w-]+:iam::\d*:role/.+")


def policy(cassettes: Iterable[Cassette]) -> dict[str, Any]:
    """An identity policy that allows the calls of cassettes, on the resources that they name, where known.

    Generated parts of names, and the account, are ``*``: another recording has others.
    """
    actions: dict[str, set[str]] = {}
    for cassette in cassettes:
        for interaction in cassette.interactions:
            if interaction.service != "http" and interaction.call not in _NO_PERMISSION:
                for action, resource in _needs(interaction):
                    actions.setdefault(action, set()).add(resource)
    grouped: dict[tuple[str, ...], list[str]] = {}
    for action, resources in sorted(actions.items()):
        wanted = ("*",) if "*" in resources else tuple(sorted(resources))
        grouped.setdefault(wanted, []).append(action)
    statements = [
        {"Effect": "Allow", "Action": names, "Resource": list(resources)}
        for resources, names in sorted(grouped.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _needs(interaction: Interaction) -> Iterator[tuple[str, str]]:
    """The actions of a call, each with a resource."""
    params, prefix = interaction.decoded_params(), _prefix(interaction.service)
    if interaction.service == "apigateway":
        method = shapes.operation_model("apigateway", interaction.operation).http["method"]
        yield f"apigateway:{method}", "*"
        return
    named = _ACTIONS.get(interaction.call, (f"{prefix}:{interaction.operation}",))
    resources = _resources(interaction, params, prefix) or ["*"]
    for action in named:
        for resource in resources:
            yield action, resource
    if interaction.service not in ("iam", "sts"):
        for value in _strings(params):
            if _ROLE.fullmatch(value):
                yield "iam:PassRole", _open(value)


def _prefix(service: str) -> str:
    from botocore.exceptions import UnknownServiceError

    try:
        signing: str = shapes.service_model(service).signing_name
    except UnknownServiceError:
        return service
    return _PREFIXES.get(signing, signing)


def _resources(interaction: Interaction, params: dict[str, Any], prefix: str) -> list[str]:
    bucket = params.get("Bucket")
    if interaction.service == "s3":
        if not isinstance(bucket, str):
            return []
        arn = bucket if bucket.startswith("arn:") else f"arn:aws:s3:::{_open(bucket)}"
        objects = "Key" in params or interaction.operation == "DeleteObjects"
        source = params.get("CopySource")
        copied = [f"arn:aws:s3:::{_open(str(source).lstrip('/').partition('/')[0])}/*"] if source else []
        return [f"{arn}/*" if objects else arn, *copied]
    found = [_open(value) for value in params.values() if isinstance(value, str) and value.startswith("arn:")]
    own = [arn for arn in found if arn.split(":")[2] == prefix]
    if own:
        return own
    url = params.get("QueueUrl")
    if isinstance(url, str):
        return [_arn(prefix, interaction.region, _open(url.rpartition("/")[2]))]
    for name, value in params.items():
        part = _NAMED.get((interaction.service, name))
        if part is not None and isinstance(value, str):
            arn = _arn(prefix, interaction.region, part.format(_open(value).lstrip("/")))
            return [arn, f"{arn}/index/*"] if "IndexName" in params else [arn]
    return []


def _arn(prefix: str, region: str | None, resource: str) -> str:
    return f"arn:aws:{prefix}:{'' if prefix in _GLOBAL else region or '*'}:*:{resource}"


def _open(text: str) -> str:
    """A name or ARN with the account and what was generated replaced by ``*``."""
    parts = text.split(":")
    if len(parts) >= 6 and is_placeholder_account(parts[4]):
        parts[4] = "*"
    return re.sub(r"\*+", "*", _GENERATED.sub("*", ":".join(parts)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
