"""A Transcribe job from its start to its end."""

from __future__ import annotations

import boto3
import pytest


def test_job_is_completed() -> None:
    """Start a job, wait for it, read it, delete it."""
    transcribe = boto3.client("transcribe")
    transcribe.start_transcription_job(
        TranscriptionJobName="interview", LanguageCode="en-US", Media={"MediaFileUri": "s3://media/interview.wav"}
    )
    transcribe.get_waiter("transcription_job_completed").wait(TranscriptionJobName="interview")
    job = transcribe.get_transcription_job(TranscriptionJobName="interview")["TranscriptionJob"]
    assert job["TranscriptionJobStatus"] == "COMPLETED"
    transcribe.delete_transcription_job(TranscriptionJobName="interview")


def test_a_missing_job_is_an_error() -> None:
    """A job that does not exist is the error that the service models."""
    transcribe = boto3.client("transcribe")
    with pytest.raises(transcribe.exceptions.BadRequestException, match="couldn't be found"):
        transcribe.get_transcription_job(TranscriptionJobName="no-such-job")
