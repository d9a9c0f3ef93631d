"""A recording of things that stood before it, and calls that nobody recorded, made before the recording mentions them."""

from __future__ import annotations

from typing import Any

import boto3

from tests.servers import moto_server
from tests.worlds import World

TEST = """
    import os

    import boto3

    EXTRA = "EXTRA" in os.environ
    QUEUE, VPC = os.environ["QUEUE"], os.environ["VPC"]

    def client(name):
        return boto3.client(name, region_name="eu-central-1")

    def test_sqs():
        sqs = client("sqs")
        if EXTRA:
            sqs.send_message(QueueUrl=QUEUE, MessageBody="new")
        assert "QueueArn" in sqs.get_queue_attributes(QueueUrl=QUEUE, AttributeNames=["QueueArn"])["Attributes"]
        if EXTRA:
            assert sqs.receive_message(QueueUrl=QUEUE)["Messages"][0]["Body"] == "new"

    def test_s3():
        s3 = client("s3")
        if EXTRA:
            assert s3.get_object(Bucket="old-files", Key="old.txt")["Body"].read() == b"old"
            s3.put_object(Bucket="old-files", Key="new.txt", Body=b"new")
        assert s3.get_object(Bucket="old-files", Key="old.txt")["Body"].read() == b"old"
        if EXTRA:
            assert s3.list_objects_v2(Bucket="old-files", Prefix="new")["KeyCount"] == 1

    def test_dynamodb():
        dynamodb = client("dynamodb")
        if EXTRA:
            dynamodb.put_item(TableName="old", Item={"id": {"S": "2"}})
        assert dynamodb.describe_table(TableName="old")["Table"]["TableStatus"] == "ACTIVE"
        if EXTRA:
            assert dynamodb.get_item(TableName="old", Key={"id": {"S": "2"}})["Item"] == {"id": {"S": "2"}}

    def test_iam():
        iam = client("iam")
        if EXTRA:
            iam.tag_role(RoleName="old", Tags=[{"Key": "team", "Value": "shop"}])
        assert iam.get_role(RoleName="old")["Role"]["RoleName"] == "old"
        if EXTRA:
            assert iam.list_role_tags(RoleName="old")["Tags"] == [{"Key": "team", "Value": "shop"}]

    def test_ec2():
        ec2 = client("ec2")
        if EXTRA:
            subnet = ec2.create_subnet(VpcId=VPC, CidrBlock="10.77.1.0/24")["Subnet"]
            assert subnet["VpcId"] == VPC
        assert ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["CidrBlock"] == "10.77.0.0/16"
        if EXTRA:
            assert ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"][0]["VpcId"] == VPC
"""
TRUST = '{"Version": "2012-10-17", "Statement": []}'


def test_calls_before_the_recording_mentions_a_thing_find_it(world: World) -> None:
    """What stood before the recording stands in moto too, when a call that nobody recorded comes first."""
    world.write(test_old=TEST)
    with moto_server() as server:
        standing = stand(server.url)
        recorded = world.record(server.url, **standing)
    assert recorded.counts() == {"passed": 5}, recorded.text
    replayed = world.replay(**standing)
    assert replayed.counts() == {"passed": 5}, replayed.text
    changed = world.replay(**standing, EXTRA="yes")
    assert changed.counts() == {"passed": 5}, changed.text


def stand(url: str) -> dict[str, str]:
    """Make what the tests use; give what they find in their environment."""

    def client(name: str) -> Any:
        return boto3.client(
            name,
            region_name="eu-central-1",
            endpoint_url=url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    s3, dynamodb = client("s3"), client("dynamodb")
    s3.create_bucket(Bucket="old-files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="old-files", Key="old.txt", Body=b"old")
    dynamodb.create_table(
        TableName="old",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("iam").create_role(RoleName="old", AssumeRolePolicyDocument=TRUST)
    return {
        "QUEUE": client("sqs").create_queue(QueueName="old")["QueueUrl"],
        "VPC": client("ec2").create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"],
    }
