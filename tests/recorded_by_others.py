"""Programs of boto3 calls that the importers' tests record with other tools, and play again from what was imported."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

Make = Callable[[str], Any]
"""Makes a client of a service."""

ROLE = "arn:aws:iam::123456789012:role/runner"


def s3_story(make: Make) -> list[Any]:
    """Objects, their listing, part of one, a missing one, a copy, tags and deletion: rest-xml."""
    s3 = make("s3")
    seen: list[Any] = [s3.create_bucket(Bucket="story", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})]
    seen.append(s3.put_object(Bucket="story", Key="dir/a b+ü.txt", Body=b"some text", Metadata={"Kind": "plain"}))
    seen.append(s3.put_object(Bucket="story", Key="binary", Body=bytes(range(256)) * 100, ContentType="image/png"))
    seen.append(s3.list_objects_v2(Bucket="story", Prefix="dir/"))
    for arguments in ({"Key": "dir/a b+ü.txt"}, {"Key": "binary", "Range": "bytes=10-19"}):
        answer = s3.get_object(Bucket="story", **arguments)
        seen.append((answer.pop("Body").read(), answer))
    seen.append(failing(s3.get_object, Bucket="story", Key="missing"))
    seen.append(failing(s3.head_object, Bucket="story", Key="missing"))
    seen.append(s3.copy_object(Bucket="story", Key="copy", CopySource={"Bucket": "story", "Key": "binary"}))
    seen.append(s3.put_bucket_tagging(Bucket="story", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]}))
    seen.append(s3.get_bucket_tagging(Bucket="story"))
    seen.append(s3.get_bucket_location(Bucket="story"))
    seen.append(s3.delete_objects(Bucket="story", Delete={"Objects": [{"Key": "copy"}, {"Key": "binary"}]}))
    s3.upload_fileobj(io.BytesIO(b"x" * 20_000), "story", "uploaded")
    return seen


def sqs_story(make: Make) -> list[Any]:
    """A queue, a message with attributes, its receipt, a missing queue: json with query-compatible errors."""
    sqs = make("sqs")
    url = sqs.create_queue(QueueName="story", Attributes={"DelaySeconds": "0"})["QueueUrl"]
    sent = sqs.send_message(
        QueueUrl=url,
        MessageBody='{"n": 1}',
        MessageAttributes={"raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}},
    )
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, MessageAttributeNames=["All"])
    return [url, sent, received, failing(sqs.get_queue_url, QueueName="absent")]


def dynamodb_story(make: Make) -> list[Any]:
    """A table, an item of every type, a condition that fails: json."""
    dynamodb = make("dynamodb")
    seen = [
        dynamodb.create_table(
            TableName="story",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    ]
    item = {"id": {"S": "1"}, "b": {"B": b"\x00\x01"}, "n": {"N": "1.5"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]}}
    seen.append(dynamodb.put_item(TableName="story", Item=item))
    seen.append(dynamodb.get_item(TableName="story", Key={"id": {"S": "1"}}))
    seen.append(
        failing(dynamodb.put_item, TableName="story", Item=item, ConditionExpression="attribute_not_exists(id)")
    )
    return seen


def query_story(make: Make) -> list[Any]:
    """IAM, STS and SNS: query."""
    iam, sts, sns = make("iam"), make("sts"), make("sns")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    return [
        iam.create_role(RoleName="runner", AssumeRolePolicyDocument=policy, Tags=[{"Key": "k", "Value": "v"}]),
        iam.get_role(RoleName="runner"),
        failing(iam.get_role, RoleName="absent"),
        sts.get_caller_identity()["Account"],
        sns.create_topic(Name="story", Attributes={"DisplayName": "a & b"})["TopicArn"],
    ]


def ec2_story(make: Make) -> list[Any]:
    """A network and its description by filters: ec2."""
    ec2 = make("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "story"}])
    return [
        vpc,
        ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["story"]}])["Vpcs"],
        failing(ec2.describe_vpcs, VpcIds=["vpc-00000000"]),
    ]


def cloudwatch_story(make: Make) -> list[Any]:
    """Datapoints with times and numbers: whichever of json, cbor and query botocore speaks to CloudWatch."""
    cloudwatch = make("cloudwatch")
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    datum = {"MetricName": "Size", "Timestamp": moment, "Value": 1.5, "Unit": "Bytes"}
    cloudwatch.put_metric_data(Namespace="Story", MetricData=[datum])
    return [
        cloudwatch.get_metric_statistics(
            Namespace="Story",
            MetricName="Size",
            StartTime=moment - datetime.timedelta(hours=1),
            EndTime=moment + datetime.timedelta(hours=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
    ]


def lambda_story(make: Make) -> list[Any]:
    """Paths with names in them, query strings, an error: rest-json."""
    client = make("lambda")
    return [
        client.list_functions(MaxItems=5)["Functions"],
        failing(client.get_function, FunctionName="absent"),
    ]


STORIES = [s3_story, sqs_story, dynamodb_story, query_story, ec2_story, cloudwatch_story, lambda_story]


def failing(call: Callable[..., Any], **arguments: Any) -> tuple[str, Any]:
    """The class and the response of the error that a call raises."""
    from botocore.exceptions import ClientError

    try:
        call(**arguments)
    except ClientError as error:
        return type(error).__name__, error.response
    raise AssertionError("the call did not fail")


def comparable(value: Any) -> Any:
    """What must be equal, live and replayed: everything but headers, and the one identity that redaction replaces."""
    if isinstance(value, dict):
        return {
            name: comparable(item) for name, item in value.items() if name not in ("HTTPHeaders", "HostId", "RoleId")
        }
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    return value
