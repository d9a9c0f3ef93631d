"""The calls that are measured, and the world that answers them while it is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REGION = "us-east-1"


@dataclass(frozen=True)
class Row:
    """One call that is measured.

    :param limit: how many times a hand-written ready answer ours may take.
    :param is_large: whether it must also stay under half of placebo's time.
    :param body: the member of the answer that is a stream.
    """

    title: str
    service: str
    operation: str
    params: dict[str, Any] = field(default_factory=dict)
    limit: float = 1.25
    is_large: bool = False
    body: str | None = None


QUEUE_URL = "QUEUE_URL"
ROWS = (
    Row("transcribe get", "transcribe", "get_transcription_job", {"TranscriptionJobName": "job"}),
    Row("sts caller identity", "sts", "get_caller_identity"),
    Row("sqs send", "sqs", "send_message", {"QueueUrl": QUEUE_URL, "MessageBody": "hello"}),
    Row("s3 get 1 KB", "s3", "get_object", {"Bucket": "media", "Key": "one.txt"}, body="Body"),
    Row(
        "dynamodb query 100",
        "dynamodb",
        "query",
        {
            "TableName": "items",
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "all"}},
        },
        limit=3,
        is_large=True,
    ),
    Row("ec2 describe 100", "ec2", "describe_instances", limit=12, is_large=True),
)


def populate(make: Any) -> str:
    """Make what the rows ask for.

    :param make: gives a client of a service.
    :returns: the URL of the queue.
    """
    s3, dynamodb, ec2, sqs, transcribe = (make(name) for name in ("s3", "dynamodb", "ec2", "sqs", "transcribe"))
    s3.create_bucket(Bucket="media")
    s3.put_object(Bucket="media", Key="one.txt", Body=b"0123456789abcdef" * 64)
    url: str = sqs.create_queue(QueueName="queue")["QueueUrl"]
    transcribe.start_transcription_job(
        TranscriptionJobName="job", LanguageCode="en-US", Media={"MediaFileUri": "s3://media/one.wav"}
    )
    dynamodb.create_table(
        TableName="items",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    for number in range(100):
        item = {"pk": {"S": "all"}, "sk": {"S": f"{number:03}"}, "price": {"N": str(number)}, "name": {"S": "n" * 40}}
        dynamodb.put_item(TableName="items", Item=item)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=100, MaxCount=100)
    return url


def params_of(row: Row, queue_url: str) -> dict[str, Any]:
    """The parameters, with the queue's URL where it belongs."""
    return {name: queue_url if value == QUEUE_URL else value for name, value in row.params.items()}
