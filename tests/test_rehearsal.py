"""A cassette's calls put to moto."""

from __future__ import annotations

from typing import Any

import msgspec

from replayaws import codec, shapes
from replayaws.cassette import Provenance
from replayaws.fallback.answers import MotoAnswer
from replayaws.fallback.fallback import Fallback
from replayaws.library import Library
from replayaws.rehearsal import against_moto, written_answer
from tests.shelf import DOCUMENTED, cassette, interaction

documented = Library(DOCUMENTED.parent).load(DOCUMENTED)


def test_finds_what_moto_does_otherwise_with_transcribe() -> None:
    """Against AWS's documented payloads moto lacks the state in Start, says QUEUED, and accepts what AWS refuses."""
    comparison = against_moto(documented)
    found = {
        (
            step.interaction.operation,
            difference.kind,
            difference.path,
            str(difference.recorded)[:19],
            str(difference.other),
        )
        for step in comparison.steps
        for difference in step.differences
        if difference.kind in ("missing", "state", "accepted")
    }
    status = "TranscriptionJob.TranscriptionJobStatus"
    assert ("StartTranscriptionJob", "missing", status, "IN_PROGRESS", "None") in found
    assert ("GetTranscriptionJob", "state", status, "IN_PROGRESS", "QUEUED") in found
    assert ("StartTranscriptionJob", "accepted", "", "BadRequestException", "success") in found
    accepted = [
        step.interaction.decoded_params().get("LanguageCode", "none")
        + " "
        + step.interaction.decoded_params()["TranscriptionJobName"]
        for step in comparison.steps
        if any(difference.kind == "accepted" for difference in step.differences)
    ]
    assert accepted == ["en-US my job/1", "non-existent no-such-language", "none no-language"]


def test_tells_the_states_of_both_sides_in_order() -> None:
    """The job's recorded states and moto's stand side by side, sight by sight."""
    (resource,) = [one for one in against_moto(documented).resources if one.name == "my-first-transcription-job"]
    assert resource.recorded == [("IN_PROGRESS", 4), ("COMPLETED", 2)]
    assert resource.other == [("QUEUED", 1), ("IN_PROGRESS", 1), ("COMPLETED", 3)]
    assert resource.differs
    assert [(sight.recorded, sight.other) for sight in resource.sights] == [
        ("IN_PROGRESS", None),
        ("IN_PROGRESS", "QUEUED"),
        ("IN_PROGRESS", "IN_PROGRESS"),
        ("IN_PROGRESS", "COMPLETED"),
        ("COMPLETED", "COMPLETED"),
        ("COMPLETED", "COMPLETED"),
    ]


def test_errors_that_moto_knows_do_not_differ() -> None:
    """A conflict, a missing job and a deletion are answered as documented."""
    same = [step.interaction.operation for step in against_moto(documented).steps if not step.differences]
    assert same == ["ListTranscriptionJobs", "StartTranscriptionJob", "GetTranscriptionJob", "DeleteTranscriptionJob"]


def test_follows_identifiers_that_moto_makes_itself() -> None:
    """A call with a recorded id reaches what moto made for it, and its answer speaks in recorded ids."""
    vpc = {"VpcId": "vpc-0a1b2c3d4e5f60718", "State": "pending"}
    made = interaction("ec2.CreateVpc", {"CidrBlock": "10.0.0.0/16"}, {"Vpc": vpc})
    params = {"VpcIds": ["vpc-0a1b2c3d4e5f60718"]}
    seen = interaction("ec2.DescribeVpcs", params, {"Vpcs": [{**vpc, "State": "available"}]})
    comparison = against_moto(cassette(made, seen))
    assert "refused" not in {difference.kind for step in comparison.steps for difference in step.differences}
    assert comparison.steps[1].answers[0].response["Vpcs"][0]["VpcId"] == "vpc-0a1b2c3d4e5f60718"


def test_moto_does_not_differ_from_itself() -> None:
    """What moto answered, put to moto again, has no difference: generated ids, times and signatures are seen through."""
    fallback, answered = Fallback(), []

    def call(name: str, /, **params: Any) -> dict[str, Any]:
        service, _, operation = name.partition(".")
        model = shapes.operation_model(service, operation)
        written = codec.encode(params, model.input_shape)
        answer = fallback.answer(service=service, operation=operation, region="us-east-1", params=params)
        assert isinstance(answer, MotoAnswer)
        told = written_answer(answer, model)
        one = interaction(name, written, told.response, error=told.error, status=told.status or 0, region="us-east-1")
        answered.append(one)
        return told.response

    vpc = call("ec2.CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = call("ec2.CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    call("ec2.DescribeSubnets", SubnetIds=[subnet])
    group = call("ec2.CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    call("ec2.DescribeSecurityGroups", GroupIds=[group])
    queue = call("sqs.CreateQueue", QueueName="q")["QueueUrl"]
    call("sqs.SendMessage", QueueUrl=queue, MessageBody="hello")
    message = call("sqs.ReceiveMessage", QueueUrl=queue)["Messages"][0]
    call("sqs.DeleteMessage", QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    call("sqs.GetQueueAttributes", QueueUrl=queue, AttributeNames=["All"])
    call("s3.CreateBucket", Bucket="media")
    call("s3.PutBucketVersioning", Bucket="media", VersioningConfiguration={"Status": "Enabled"})
    version = call("s3.PutObject", Bucket="media", Key="a.txt", Body=b"hello")["VersionId"]
    call("s3.GetObject", Bucket="media", Key="a.txt", VersionId=version)
    call("s3.GetObject", Bucket="media", Key="missing")
    call("s3.ListObjectVersions", Bucket="media")
    topic = call("sns.CreateTopic", Name="t")["TopicArn"]
    call("sns.Publish", TopicArn=topic, Message="m")
    key = call("kms.CreateKey")["KeyMetadata"]["KeyId"]
    call("kms.DescribeKey", KeyId=key)
    call("logs.CreateLogGroup", logGroupName="g")
    call("logs.DescribeLogGroups")
    comparison = against_moto(cassette(*answered))
    differing = [(step.interaction.call, step.differences) for step in comparison.steps if step.differences]
    assert differing == []
    assert not comparison.differs


def test_moto_starts_empty_each_time() -> None:
    """What one cassette put into moto is gone for the next."""
    made = interaction("s3.CreateBucket", {"Bucket": "media"}, region="us-east-1")
    listed = interaction("s3.ListBuckets", {}, {"Buckets": []}, region="us-east-1")
    against_moto(cassette(made))
    (step,) = against_moto(cassette(listed)).steps
    assert step.answers[0].response["Buckets"] == []


def test_bodies_are_put_and_read() -> None:
    """A body stands for itself, one known by its digest for zeros of its size."""
    bucket = interaction("s3.CreateBucket", {"Bucket": "media"}, region="us-east-1")
    digest = {"$sha256": "0" * 64, "$size": 20_000}
    key = {"Bucket": "media", "Key": "a.bin"}
    put = interaction("s3.PutObject", {**key, "Body": digest}, {"ETag": '"e"'}, region="us-east-1")
    got = interaction(
        "s3.GetObject", key, {"ContentLength": 20_000, "Body": {"$file": "0.bin", "$size": 20_000}}, region="us-east-1"
    )
    step = against_moto(cassette(bucket, put, got)).steps[2]
    assert step.answers[0].response["ContentLength"] == 20_000
    assert ("value", "ContentLength") not in {(one.kind, one.path) for one in step.differences}


def test_names_what_moto_cannot_answer() -> None:
    """An operation without simulation is a difference with moto's reason, not a crash."""
    (step,) = against_moto(
        cassette(interaction("bedrock-runtime.Converse", {"modelId": "m", "messages": []}, {"stopReason": "end_turn"}))
    ).steps
    (difference,) = step.differences
    assert difference.kind == "unanswered"
    assert "moto" in difference.other


def test_says_what_it_left_out() -> None:
    """Plain HTTP, unknown operations and imports without parameters are counted, not compared."""
    made = cassette(interaction("http.GET", {"url": "https://example.com"}), interaction("nosuch.Thing"))
    assert against_moto(made).left_out == 2
    imported = msgspec.structs.replace(documented, recorded=Provenance(at="", source="aws", matched_by="order"))
    assert against_moto(imported).left_out == len(documented.interactions)
