"""The main job, end to end: record once from a real HTTP server, replay offline in a fresh process, equal."""

from __future__ import annotations

import json

import pytest

from tests.servers import Server
from tests.worlds import World

EIGHT_SERVICES = '''
import io, json, pathlib, zipfile
import boto3, pytest
from botocore.exceptions import ClientError

def plain(value):
    """A value in a form that shows its types, for comparing across processes."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, set):
        return sorted(repr(item) for item in value)
    if hasattr(value, "read"):
        return ["body", type(value).__mro__[-2].__name__, value.read().hex()]
    return [type(value).__name__, getattr(type(getattr(value, "tzinfo", None)), "__name__", ""), repr(value)]

@pytest.fixture
def answers(request, replayaws):
    """Writes what the clients answered when recording, compares when replaying."""
    given = []
    yield given
    path = pathlib.Path(f"answers/{request.node.name}.json")
    written = json.loads(json.dumps([plain(answer) for answer in given]))
    for answer in written:  # a folded poll has the request id and date of the first of its kind
        if isinstance(answer, dict) and "ResponseMetadata" in answer:
            metadata = answer["ResponseMetadata"]
            metadata.pop("RequestId", None)
            for header in ("date", "x-amzn-requestid", "x-amz-request-id"):
                metadata["HTTPHeaders"].pop(header, None)
    if replayaws.recording:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(written))
    else:
        assert written == json.loads(path.read_text())
        assert {call.source for call in replayaws.calls} == {"cassette"}

def test_transcribe(answers):
    client = boto3.client("transcribe")
    answers.append(client.start_transcription_job(
        TranscriptionJobName="job", LanguageCode="en-US", Media={"MediaFileUri": "s3://media/a.wav"}))
    client.get_waiter("transcription_job_completed").wait(TranscriptionJobName="job", WaiterConfig={"Delay": 1})
    answers.append(client.get_transcription_job(TranscriptionJobName="job"))
    with pytest.raises(client.exceptions.BadRequestException) as missing:
        client.get_transcription_job(TranscriptionJobName="none")
    answers.append(missing.value.response)

def test_s3(answers):
    client = boto3.client("s3")
    client.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.upload_fileobj(io.BytesIO(b"x" * 9_000_000), "files", "large")
    answers.append(client.put_object(Bucket="files", Key="a b/\\u00e9.bin", Body=bytes(range(256)), Metadata={"k": "v"}))
    answers.append(client.get_object(Bucket="files", Key="a b/\\u00e9.bin"))
    answers.append(client.list_objects_v2(Bucket="files", Prefix="a"))
    answers.append(client.get_bucket_location(Bucket="files"))
    large = io.BytesIO()
    client.download_fileobj("files", "large", large)
    assert large.getvalue() == b"x" * 9_000_000
    with pytest.raises(client.exceptions.NoSuchKey) as missing:
        client.get_object(Bucket="files", Key="none")
    answers.append(missing.value.response)
    for name in ("one", "two", "three"):
        client.put_object(Bucket="files", Key=f"page/{name}", Body=name.encode())
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="files", Prefix="page/", PaginationConfig={"PageSize": 2})
    answers.extend(pages)
    resource = boto3.resource("s3").Bucket("files")
    answers.append({item.key: item.last_modified for item in resource.objects.filter(Prefix="page/")})

def test_sqs(answers):
    queue = boto3.resource("sqs").create_queue(QueueName="jobs")
    answers.append(queue.send_message(MessageBody=json.dumps({"n": 1}), MessageAttributes={
        "raw": {"DataType": "Binary", "BinaryValue": b"\\xff\\x00"}}))
    messages = queue.receive_messages(MessageAttributeNames=["All"], WaitTimeSeconds=1)
    answers.append([message.body for message in messages])
    answers.append(messages[0].message_attributes)
    client = boto3.client("sqs")
    with pytest.raises(client.exceptions.QueueDoesNotExist) as missing:
        client.get_queue_url(QueueName="none")
    answers.append(missing.value.response)

def test_dynamodb(answers):
    table = boto3.resource("dynamodb").create_table(
        TableName="items", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    table.wait_until_exists()
    from decimal import Decimal
    item = {"id": "1", "price": Decimal("12.50"), "raw": b"\\x00\\xff", "tags": {"a", "b"}, "deep": {"list": [None, True, "x"]}}
    table.put_item(Item=item)
    answers.append(table.get_item(Key={"id": "1"}))
    assert table.get_item(Key={"id": "1"})["Item"]["raw"].value == b"\\x00\\xff"
    assert table.get_item(Key={"id": "1"})["Item"]["price"] == Decimal("12.5")
    client = boto3.client("dynamodb")
    answers.append(client.describe_table(TableName="items"))
    values = {":i": {"S": "1"}}
    answers.append(client.query(TableName="items", KeyConditionExpression="id = :i", ExpressionAttributeValues=values))
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refused:
        table.put_item(Item={"id": "1"}, ConditionExpression="attribute_not_exists(id)")
    answers.append(refused.value.response["Error"])

def test_sts(answers):
    client = boto3.client("sts")
    caller = client.get_caller_identity()
    assert caller.pop("UserId") and caller.pop("Arn")  # who recorded is nobody's business: redacted
    answers.append(caller)
    role = client.assume_role(RoleArn="arn:aws:iam::123456789012:role/reader", RoleSessionName="session")
    credentials = role["Credentials"]
    assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    other = boto3.client("sts", aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])
    assert other.get_caller_identity()["Account"] == "123456789012"

def test_iam(answers):
    client = boto3.client("iam")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole"}]}
    client.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(policy))
    role = client.get_role(RoleName="reader")["Role"]
    assert role["AssumeRolePolicyDocument"] == policy
    answers.append(role["CreateDate"])
    answers.append([r["RoleName"] for page in client.get_paginator("list_roles").paginate() for r in page["Roles"]])

def test_ec2(answers):
    client = boto3.client("ec2")
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
    answers.append(vpc)
    client.get_waiter("vpc_available").wait(VpcIds=[vpc["VpcId"]])
    answers.append(client.describe_vpcs(VpcIds=[vpc["VpcId"]]))
    with pytest.raises(ClientError) as missing:
        client.describe_vpcs(VpcIds=["vpc-00000000000000000"])
    answers.append(missing.value.response)

def test_lambda(answers):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("f.py"), "def handler(event, context): return event")
    role = boto3.client("iam").create_role(RoleName="fn", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client = boto3.client("lambda")
    answers.append(client.create_function(FunctionName="f", Runtime="python3.12", Handler="f.handler", Role=role,
        Code={"ZipFile": packed.getvalue()}))
    answers.append(client.get_function(FunctionName="f")["Configuration"])
    with pytest.raises(client.exceptions.ResourceNotFoundException) as missing:
        client.get_function(FunctionName="none")
    answers.append(missing.value.response["Error"])
'''


def test_eight_services_replay_what_was_recorded(world: World, own_moto: Server) -> None:
    """What eight services answered is what their replay answers, in a fresh process, with nothing around it."""
    world.write(test_eight=EIGHT_SERVICES)
    recorded = world.record(own_moto.url)
    assert recorded.counts() == {"passed": 8}, recorded.text
    own_moto.stop()
    assert len(world.cassettes()) == 8
    replayed = world.replay()
    assert replayed.counts() == {"passed": 8}, replayed.text
    assert "answered by moto" not in replayed.text
    assert "refused" not in replayed.text


def test_a_cassette_says_where_it_was_recorded(world: World, moto_url: str) -> None:
    """A recording of a stand-in names its endpoint and never claims to be from AWS."""
    world.write(test_a="import boto3\n\ndef test_a():\n    boto3.client('sqs').list_queues()\n")
    outcome = world.record(moto_url)
    recorded = json.loads(world.cassette("tests/test_a/test_a.json").read_text())["recorded"]
    assert recorded["source"] == moto_url
    assert f"{moto_url} (a custom endpoint, not AWS)" in outcome.text


@pytest.mark.parametrize("where", ["at import", "in a fixture", "in the test"])
def test_clients_are_reached_wherever_they_are_made(world: World, moto_url: str, where: str) -> None:
    """A client made at import time, in a fixture or in the test is recorded and replayed alike."""
    at_import = "client = boto3.client('sqs')" if where == "at import" else ""
    made = {"at import": "client", "in a fixture": "made", "in the test": "boto3.client('sqs')"}[where]
    world.write(
        test_a=f"""
        import boto3, pytest
        {at_import}
        @pytest.fixture
        def made():
            return boto3.client('sqs')
        def test_a(made, replayaws):
            {made}.create_queue(QueueName='q')
            assert {made}.get_queue_url(QueueName='q')['QueueUrl'].endswith('/q')
            assert [call.operation for call in replayaws.calls] == ['CreateQueue', 'GetQueueUrl']
        """
    )
    assert world.record(moto_url).counts() == {"passed": 1}
    replayed = world.replay()
    assert replayed.counts() == {"passed": 1}, replayed.text
    assert "2 calls: 2 replayed" in replayed.text
