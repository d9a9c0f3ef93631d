"""The fallback's answers: moto's, in process, with nothing leaving it."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, HeadersDict

from replayaws.fallback import coverage
from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.fallback import Fallback
from replayaws.fallback.sweep import least_params


@pytest.fixture
def fallback() -> Fallback:
    return Fallback()


def ask(fallback: Fallback, call: str, /, **params: Any) -> MotoAnswer | NoAnswer:
    service, _, operation = call.partition(".")
    return fallback.answer(service=service, operation=operation, region="eu-west-1", params=params)


def answered(fallback: Fallback, call: str, /, **params: Any) -> dict[str, Any]:
    answer = ask(fallback, call, **params)
    assert isinstance(answer, MotoAnswer), answer
    assert not answer.refused, answer.parsed
    return answer.parsed


def test_importing_and_making_one_imports_neither_moto_nor_botocore() -> None:
    """A run that never falls back pays for nothing."""
    code = (
        "import sys, replayaws.fallback.fallback as f; fallback = f.Fallback(); fallback.enter(); fallback.leave();"
        "sys.exit(any(name in sys.modules for name in ('moto', 'botocore', 'boto3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_body_is_sent_whole_and_read_back(fallback: Fallback) -> None:
    """Bodies are parameters like any other, whatever their form."""
    answered(fallback, "s3.CreateBucket", Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key, body in (("bytes", b"hello"), ("file", io.BytesIO(b"hello"))):
        answered(fallback, "s3.PutObject", Bucket="files", Key=key, Body=body)
        assert answered(fallback, "s3.GetObject", Bucket="files", Key=key)["Body"].read() == b"hello"
        assert not isinstance(body, io.BytesIO) or body.tell() == 0


def test_a_service_error_is_an_answer(fallback: Fallback) -> None:
    """What AWS would refuse is refused in AWS's words."""
    answer = ask(fallback, "sqs.GetQueueUrl", QueueName="nobody")
    assert isinstance(answer, MotoAnswer)
    assert answer.refused
    assert answer.parsed["Error"]["QueryErrorCode"] == "QueueDoesNotExist"


def test_an_account_answers_as_itself() -> None:
    """ARNs carry the account that the fallback was made for."""
    answer = ask(Fallback(account="111122223333"), "sts.GetCallerIdentity")
    assert isinstance(answer, MotoAnswer)
    assert answer.parsed["Account"] == "111122223333"


@pytest.mark.parametrize(
    ("call", "params", "said"),
    [
        ("transcribe.ListVocabularyFilters", {}, "does not implement transcribe.ListVocabularyFilters"),
        ("quicksight.DescribeTopic", {"AwsAccountId": "123456789012", "TopicId": "x"}, "does not implement"),
        ("datazone.ListDomains", {}, "has nothing for the host datazone.eu-west-1.api.aws"),
        ("qbusiness.ListApplications", {}, "has nothing for the host"),
        ("codecatalyst.ListSpaces", {}, "has nothing for the host"),
        (
            "kinesis.RegisterStreamConsumer",
            {"StreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/none", "ConsumerName": "c"},
            "failed with",
        ),
    ],
)
def test_what_moto_cannot_answer_is_said_in_words(fallback: Fallback, call: str, params: Any, said: str) -> None:
    """Every way in which moto fails names moto's version, the call and the cause."""
    answer = ask(fallback, call, **params)
    assert isinstance(answer, NoAnswer)
    assert answer.reason.startswith("moto ")
    assert said in answer.reason
    assert call.partition(".")[0] in answer.reason


def test_moto_does_not_deliver_to_the_network(fallback: Fallback) -> None:
    """An SNS delivery by HTTP, which moto would make, is refused and named."""
    topic = answered(fallback, "sns.CreateTopic", Name="news")["TopicArn"]
    answered(fallback, "sns.Subscribe", TopicArn=topic, Protocol="http", Endpoint="http://shop.example/in")
    answer = ask(fallback, "sns.Publish", TopicArn=topic, Message="hello")
    assert isinstance(answer, NoAnswer)
    assert "must reach shop.example:80" in answer.reason


def test_a_long_poll_does_not_wait(fallback: Fallback) -> None:
    """An empty queue is answered at once, whatever the app would wait."""
    url = answered(fallback, "sqs.CreateQueue", QueueName="q")["QueueUrl"]
    polled = threading.Thread(
        target=answered, args=(fallback, "sqs.ReceiveMessage"), kwargs={"QueueUrl": url, "WaitTimeSeconds": 20}
    )
    polled.start()
    polled.join(timeout=10)
    assert not polled.is_alive()


def test_threads_may_ask_together(fallback: Fallback) -> None:
    """s3transfer's worker threads call at the same time."""
    url = answered(fallback, "sqs.CreateQueue", QueueName="q")["QueueUrl"]
    threads = [
        threading.Thread(
            target=answered, args=(fallback, "sqs.SendMessage"), kwargs={"QueueUrl": url, "MessageBody": str(n)}
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    attributes = answered(fallback, "sqs.GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "20"


@pytest.mark.parametrize(
    ("service", "operation", "known"),
    [
        ("sqs", "SendMessage", True),
        ("batch", "SubmitJob", True),
        ("transcribe", "ListVocabularyFilters", False),
        ("datazone", "ListDomains", False),
        ("s3", "CreateBucket", None),
        ("s3", "CreateSession", False),
    ],
)
def test_coverage_is_known_beforehand(service: str, operation: str, known: bool | None) -> None:
    """Whether moto implements an operation is read from its code; where the code does not say, that is said."""
    assert coverage.implements(service, operation, "eu-west-1") is known


@pytest.mark.parametrize("operation", ["CreateSession", "ListBucketMetricsConfigurations", "PutBucketRequestPayment"])
def test_a_call_that_moto_takes_for_another_has_no_answer(fallback: Fallback, operation: str) -> None:
    """Where moto does not see a word of the query that tells two operations apart, it would answer the other one."""
    where = {"LocationConstraint": "eu-west-1"}
    answered(fallback, "s3.CreateBucket", Bucket="shop-files", CreateBucketConfiguration=where)
    answer = ask(fallback, f"s3.{operation}", **{**least_params("s3", operation), "Bucket": "shop-files"})
    assert isinstance(answer, NoAnswer)
    assert f"does not implement s3.{operation}" in answer.reason


def test_the_environment_of_the_user_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles, endpoints and files that the environment names are neither used nor missed."""
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    assert answered(Fallback(), "sts.GetCallerIdentity")["Account"] == "123456789012"


def test_a_signed_url_is_answered_from_the_same_state(fallback: Fallback) -> None:
    """What boto3 uploaded, a plain HTTP client downloads."""
    answered(fallback, "s3.CreateBucket", Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    answered(fallback, "s3.PutObject", Bucket="files", Key="k", Body=b"hello")
    url = (
        "https://files.s3.eu-west-1.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-Expires=60"
    )
    request = AWSPreparedRequest("GET", url, HeadersDict({}), b"", False)
    found = fallback.process(request)
    assert found is not None
    assert (found[0], found[2]) == (200, b"hello")
    elsewhere = AWSPreparedRequest("GET", "https://quux.eu-west-1.api.aws/", HeadersDict({}), b"", False)
    assert fallback.process(elsewhere) is None


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("graphql", "pip install 'moto[appsync]'"),
        ("yaml", "pip install 'moto[s"),
        ("antlr4.tree", "pip install 'moto[stepfunctions]'"),
        ("unheard_of", "pip install 'moto[all]'"),
    ],
)
def test_a_missing_extra_is_named_with_its_command(module: str, command: str) -> None:
    """moto leaves some packages to its extras."""
    from replayaws.fallback.simulation import missing_extra

    assert command in missing_extra(ModuleNotFoundError(f"No module named {module!r}", name=module))
