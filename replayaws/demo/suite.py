"""A small suite around Amazon Transcribe: ordinary tests, ordinary boto3, nothing of replayaws in them."""

import io

import boto3
import pytest

JOB = "demo-job"


@pytest.fixture(scope="module")
def bucket():
    """A bucket of the module's, with an audio file in it: s3transfer uploads it in parts, from worker threads."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="demo-media", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.upload_fileobj(io.BytesIO(b"audio" * 2_000_000), "demo-media", "interview.wav")
    yield "demo-media"
    s3.delete_object(Bucket="demo-media", Key="interview.wav")
    s3.delete_bucket(Bucket="demo-media")


@pytest.fixture
def transcribe():
    """A client."""
    return boto3.client("transcribe")


def test_job_is_completed(transcribe, bucket):
    """Start a job, wait for it with botocore's own waiter, read it."""
    transcribe.start_transcription_job(
        TranscriptionJobName=JOB, LanguageCode="en-US", Media={"MediaFileUri": f"s3://{bucket}/interview.wav"}
    )
    transcribe.get_waiter("transcription_job_completed").wait(TranscriptionJobName=JOB, WaiterConfig={"Delay": 1})
    job = transcribe.get_transcription_job(TranscriptionJobName=JOB)["TranscriptionJob"]
    assert job["TranscriptionJobStatus"] == "COMPLETED"
    transcribe.delete_transcription_job(TranscriptionJobName=JOB)


def test_missing_job(transcribe):
    """A job that is not there is the error that the service models."""
    with pytest.raises(transcribe.exceptions.BadRequestException):
        transcribe.get_transcription_job(TranscriptionJobName="no-such-job")


def test_upload_and_download(bucket):
    """What was uploaded is what is downloaded."""
    file = io.BytesIO()
    boto3.client("s3").download_fileobj(bucket, "interview.wav", file)
    assert file.getvalue() == b"audio" * 2_000_000


def test_left_to_moto():
    """A service that the project routes to moto is never recorded."""
    queue = boto3.resource("sqs").create_queue(QueueName="done")
    queue.send_message(MessageBody=JOB)
    assert [message.body for message in queue.receive_messages()] == [JOB]
