"""Which recording answers a call? What was recorded, what the replayed program does, and what it gets.

``Get A = running x3`` in a recording is one entry with a count of three; in a program it is three calls that each get
``running``. A call without ``=`` gets its own recording; ``= miss`` gets none. ``debts`` are the mutations that the
program owes at its end, because an answer was given on credit of them.

The calls stand in ``CALLS``: Start, Get, Delete and Jobs are Transcribe's; Put, Remove, List, Page, Prefix and Object are
S3's; Item and Save are DynamoDB's; Vpc, Tag and Vpcs are EC2's; Send and Receive are SQS's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One row."""

    title: str
    recorded: str
    program: str
    debts: str = ""
    polls: str = "honour"


def _job(name: str) -> dict[str, Any]:
    return {"TranscriptionJobName": f"job{name}"}


def _start(name: str) -> dict[str, Any]:
    return {**_job(name), "LanguageCode": "en-US", "Media": {"MediaFileUri": f"s3://media/{name}.wav"}}


def _item(key: str) -> dict[str, Any]:
    return {"TableName": "orders", "Key": {"id": {"S": key}}}


def _save(key: str) -> dict[str, Any]:
    return {"TableName": "orders", "Item": {"id": {"S": key}, "total": {"N": "7"}}}


def _batch(keys: str) -> dict[str, Any]:
    puts = [{"PutRequest": {"Item": {"id": {"S": key}}}} for key in keys.split("+")]
    return {"RequestItems": {"orders": puts}}


_QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"

CALLS: dict[str, tuple[str, Any, Any]] = {
    "Start": ("transcribe.StartTranscriptionJob", _start, None),
    "Get": ("transcribe.GetTranscriptionJob", _job, None),
    "Delete": ("transcribe.DeleteTranscriptionJob", _job, None),
    "Jobs": ("transcribe.ListTranscriptionJobs", lambda _: {}, None),
    "Put": ("s3.PutObject", lambda key: {"Bucket": "media", "Key": f"in/{key}"}, None),
    "Remove": ("s3.DeleteObject", lambda key: {"Bucket": "media", "Key": f"in/{key}"}, None),
    "Object": ("s3.GetObject", lambda key: {"Bucket": "media", "Key": f"in/{key}"}, None),
    "List": ("s3.ListObjectsV2", lambda _: {"Bucket": "media"}, None),
    "Page": ("s3.ListObjectsV2", lambda token: {"Bucket": "media", "ContinuationToken": f"token{token}"}, None),
    "Prefix": ("s3.ListObjectsV2", lambda prefix: {"Bucket": "media", "Prefix": f"{prefix}/"}, None),
    "Empty": ("s3.DeleteBucket", lambda _: {"Bucket": "media"}, None),
    "Item": ("dynamodb.GetItem", _item, None),
    "Save": ("dynamodb.PutItem", _save, None),
    "Batch": ("dynamodb.BatchWriteItem", _batch, None),
    "Drop": ("dynamodb.DeleteTable", lambda _: {"TableName": "orders"}, None),
    "Vpc": ("ec2.CreateVpc", lambda cidr: {"CidrBlock": f"10.{cidr}.0.0/16"}, lambda n: {"Vpc": {"VpcId": f"vpc-{n}"}}),
    "Tag": ("ec2.CreateTags", lambda n: {"Resources": [f"vpc-{n}"], "Tags": [{"Key": "team", "Value": "red"}]}, None),
    "Vpcs": ("ec2.DescribeVpcs", lambda n: {"VpcIds": [f"vpc-{n}"]}, None),
    "Send": ("sqs.SendMessage", lambda body: {"QueueUrl": _QUEUE, "MessageBody": body}, None),
    "Receive": ("sqs.ReceiveMessage", lambda _: {"QueueUrl": _QUEUE}, None),
}

TIMELINE = [
    # The table of the design.
    Case(
        "a poll goes through its states, as often as they were recorded",
        "Start A; Get A = running x3; Get A = done",
        "Start A; Get A = running x3; Get A = done x47",
    ),
    Case(
        "a shorter poll stops where it stops",
        "Start A; Get A = running x3; Get A = done",
        "Start A; Get A = running x2",
    ),
    Case(
        "a mutation brings the state after it, though the one before was never read",
        "List = empty; Put 1; List = 1",
        "Put 1; List = 1",
    ),
    Case(
        "a state holds until its mutation, and the next one from then on",
        "List = empty; Put 1; List = 1",
        "List = empty x3; Put 1; List = 1 x2",
    ),
    Case(
        "mutations in another order keep their own answers",
        "Save A; Save B; Item A = a; Item B = b",
        "Save B; Item B = b; Save A; Item A = a",
    ),
    Case(
        "a mutation that does not touch a read does not hold it back",
        "Start A; Get A = running; Start B; Get A = done",
        "Start A; Get A = running; Get A = done; Start B",
    ),
    Case(
        "one thread may end before another begins",
        "Start A; Start B; Get A = done; Get B = running; Get B = done; Delete A; Delete B; Get B = missing",
        "Start A; Get A = done; Delete A; Start B; Get B = running; Get B = done x3",
    ),
    Case(
        "what a mutation of another service brought about is seen after it",
        "Item A = none; Put 1; Item A = item",
        "Put 1; Item A = item",
    ),
    Case("one mutation more than was recorded is a miss", "Put 1", "Put 1; Put 1 = miss"),
    Case(
        "a state from before a mutation is never given after it",
        "List = empty; Put 1",
        "List = empty; Put 1; List = miss",
    ),
    Case(
        "a state that rests on a mutation never made is given on credit",
        "Put 1; List = 1; Put 2; List = 1+2",
        "Put 2; List = 1+2",
        debts="Put 1",
    ),
    Case(
        "credit is paid by the mutation, whenever it comes",
        "Save 1; Item 1 = one; Save 2; Item 2 = two",
        "Save 2; Item 2 = two; Save 1; Item 1 = one",
    ),
    Case(
        "a mutation touches a read of a part of what it changed",
        "Prefix in = empty; Put 1; Prefix in = 1",
        "Prefix in = empty x2; Put 1; Prefix in = 1",
    ),
    Case(
        "ids from a mutation's answer relate it to reads",
        "Vpc 1; Vpcs 1 = pending; Vpcs 1 = available; Tag 1; Vpcs 1 = tagged",
        "Vpc 1; Vpcs 1 = pending; Vpcs 1 = available x2; Tag 1; Vpcs 1 = tagged",
    ),
    # Deleting, and making again.
    Case(
        "what was deleted is gone",
        "Put 1; Object 1 = here; Remove 1; Object 1 = gone",
        "Put 1; Object 1 = here x3; Remove 1; Object 1 = gone x2",
    ),
    Case(
        "what was deleted and read before only is a miss",
        "Put 1; Object 1 = here; Remove 1",
        "Put 1; Object 1 = here; Remove 1; Object 1 = miss",
    ),
    Case(
        "made, deleted and made again",
        "Put 1; Object 1 = first; Remove 1; Object 1 = gone; Put 1; Object 1 = second",
        "Put 1; Object 1 = first; Remove 1; Put 1; Object 1 = second",
    ),
    Case(
        "a read skipped before a deletion is not given after it",
        "Put 1; Object 1 = here; Remove 1; Object 1 = gone",
        "Put 1; Remove 1; Object 1 = gone x2",
    ),
    Case(
        "a container deleted takes its contents along",
        "Save A; Item A = a; Drop",
        "Save A; Drop; Item A = miss",
    ),
    # Batches.
    Case(
        "a batch governs what it wrote",
        "Item A = none; Batch A+B; Item A = a; Item B = b",
        "Batch A+B; Item B = b; Item A = a",
    ),
    Case(
        "a batch leaves alone what it did not write",
        "Item C = none; Batch A+B; Item A = a",
        "Batch A+B; Item A = a; Item C = none",
    ),
    Case(
        "a state behind two writes waits for both",
        "Save A; Item A = old; Batch A+B; Item A = new",
        "Save A; Item A = old x2; Batch A+B; Item A = new",
    ),
    # Pages.
    Case(
        "pages answer by their token",
        "List = page1; Page 2 = page2; Page 3 = page3",
        "List = page1; Page 2 = page2; Page 3 = page3; List = page1; Page 2 = page2",
    ),
    Case(
        "pages before and after a mutation do not mix",
        "List = page1; Page 2 = page2; Put 9; List = new1; Page 8 = new2",
        "List = page1; Page 2 = page2; Put 9; List = new1; Page 8 = new2",
    ),
    # Across services.
    Case(
        "a mutation of another service not made does not hold back",
        "Item A = none; Put 1; Item A = item",
        "Item A = none; Item A = item",
    ),
    Case(
        "a poll across services moves on with the program",
        "Start A; Get A = running; Put 1; Get A = done",
        "Start A; Put 1; Get A = done x2",
    ),
    Case(
        "a queue gives each message once, in order",
        "Send one; Receive = one; Send two; Receive = two",
        "Send one; Receive = one; Send two; Receive = two; Receive = miss",
    ),
    # Other shapes of programs.
    Case(
        "a read without parameters is touched by every mutation of its service",
        "Jobs = none; Start A; Jobs = a; Start B; Jobs = a+b",
        "Jobs = none x2; Start A; Jobs = a; Start B; Jobs = a+b",
    ),
    Case(
        "an answer never goes back in time",
        "Start A; Get A = running; Start B; Get B = running; Get A = done",
        "Start B; Start A; Get B = running; Get A = running; Get A = done x3",
    ),
    Case(
        "a mutation of something unrelated does not make a poll jump",
        "Start A; Get A = running; Start B; Get A = done",
        "Start A; Start B; Get A = running; Get A = done",
    ),
    Case(
        "a poll that never gets its mutation ends with a miss",
        "Prefix in = empty; Put 1; Prefix in = 1",
        "Prefix in = empty x100; Prefix in = miss",
    ),
    Case(
        "the last state lasts",
        "Start A; Get A = running; Get A = done",
        "Start A; Get A = running; Get A = done x500",
    ),
    Case(
        "identical mutations answer in their order, each once",
        "Send one; Send one",
        "Send one; Send one; Send one = miss",
    ),
    Case(
        "a repeated mutation counts in full before what came after it",
        "List = empty; Put 1 x2; List = 1",
        "List = empty; Put 1; Put 1; List = 1",
    ),
    Case(
        "half of a repeated mutation leaves a debt",
        "Put 1 x2; List = 1",
        "Put 1; List = 1",
        debts="Put 1",
    ),
    Case(
        "collapsed polls answer each state once",
        "Start A; Get A = running x30; Get A = done",
        "Start A; Get A = running; Get A = done x5",
        polls="collapse",
    ),
    Case("nothing recorded of an operation is a miss", "Put 1", "Jobs = miss"),
    Case("other parameters are a miss", "Start A; Get A = done", "Start A; Get B = miss"),
    Case(
        "a read on credit may be repeated",
        "Put 1; List = 1",
        "List = 1 x3",
        debts="Put 1",
    ),
    Case(
        "a mutation removed from a program that reads nothing of it owes nothing",
        "Put 1; Start A; Get A = done",
        "Start A; Get A = done",
    ),
]
