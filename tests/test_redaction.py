"""Redaction of calls and answers: nothing secret stays, everything else does."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replayaws import shapes
from replayaws.cassette import Cassette, Provenance
from replayaws.interaction import Interaction, raw
from replayaws.placeholders import is_placeholder
from replayaws.redaction import Redactor
from replayaws.rules import Rules

ACCOUNT, OTHER = "210987654321", "321098765432"
PASSWORD = "hunter2" + "hunter2"


def cassette(*interactions: Interaction) -> Cassette:
    """A cassette around interactions."""
    at = Provenance(at="2026-11-22T10:15:03Z", source="aws")
    return Cassette(replayaws=1, owner="test", recorded=at, interactions=list(interactions))


TEXTS = [
    ("an arn", f"arn:aws:iam::{ACCOUNT}:role/app", "arn:aws:iam::123456789012:role/app"),
    ("another account", f"arn:aws:iam::{OTHER}:role/app", "arn:aws:iam::111122223333:role/app"),
    ("a policy of AWS", "arn:aws:iam::aws:policy/ReadOnly", "arn:aws:iam::aws:policy/ReadOnly"),
    ("a queue", f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/q", "https://sqs.eu-west-1.amazonaws.com/123456789012/q"),
    ("a registry", f"{OTHER}.dkr.ecr.eu-west-1.amazonaws.com/app", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app"),
    ("a bucket", f"logs-{ACCOUNT}-eu-west-1", "logs-123456789012-eu-west-1"),
    ("grouped digits", f"account {ACCOUNT[:4]}-{ACCOUNT[4:8]}-{ACCOUNT[8:]}", "account 1234-5678-9012"),
    ("inside a longer number", f"0{ACCOUNT}", f"0{ACCOUNT}"),
    ("an unknown number", "order 987654321098", "order 987654321098"),
    ("a person", "jane@corp.io", "redacted-1@example.com"),
    ("an example's person", "jane@example.com", "jane@example.com"),
    ("a repository", "git@github.com:a/b.git", "git@github.com:a/b.git"),
    ("a public address", "52.1.2.3", "198.18.0.1"),
    ("an office", "52.1.2.3/32", "198.18.0.1/32"),
    ("a network", "52.1.0.0/16", "52.1.0.0/16"),
    ("a private address", "10.0.0.1", "10.0.0.1"),
    ("a documented key", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    ("a session", "arn:aws:sts::123456789012:assumed-role/app/jane", "arn:aws:sts::123456789012:assumed-role/app/REDACTED-1"),
    ("a connection", f"postgres://u:{PASSWORD}@h/db", "postgres://u:REDACTED-1@h/db"),
    ("a masked password", "password=****", "password=****"),
    ("a reference", "password={{resolve:ssm:x}}", "password={{resolve:ssm:x}}"),
    ("a sentence", "The requested job couldn't be found.", "The requested job couldn't be found."),
    ("a digest", "sha256:" + "0f" * 32, "sha256:" + "0f" * 32),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text", "expected"), TEXTS, ids=[title for title, *_ in TEXTS])
def test_a_text(title: str, text: str, expected: str) -> None:
    """A text loses what identifies an account or person, and nothing else."""
    assert Redactor(accounts=[ACCOUNT]).text(text) == expected


def test_sensitive_members_keep_type_and_form() -> None:
    """What the model marks is hidden by a value of the same type; JSON keeps its keys."""
    model = shapes.operation_model("secretsmanager", "CreateSecret")
    written = {"Name": "db", "SecretString": json.dumps({"user": "app", "port": 5432, "password": PASSWORD})}
    redacted = Redactor().params(written, model)
    assert redacted["Name"] == "db"
    assert json.loads(redacted["SecretString"]) == {"user": "REDACTED-1", "port": 0, "password": "REDACTED-2"}


def test_equal_stays_equal_and_different_different() -> None:
    """One secret has one placeholder wherever it stands, and another secret another one."""
    redactor, model = Redactor(), shapes.operation_model("cognito-idp", "InitiateAuth")
    one = redactor.params({"AuthParameters": {"PASSWORD": PASSWORD, "NEW": PASSWORD, "OLD": "x" + PASSWORD}}, model)
    values = one["AuthParameters"]
    assert values["PASSWORD"] == values["NEW"] != values["OLD"]
    assert redactor.text(f"'{PASSWORD}' is wrong") == f"'{values['PASSWORD']}' is wrong"
    assert PASSWORD in redactor.secrets


VARIABLES = {
    "a name": ("DATABASE_URL", True),
    "a short name": ("TZ", True),
    "a name with digits": ("S3_BUCKET_2", True),
    "a name in small letters": ("https_proxy", True),
    "a long name": ("AWS_LAMBDA_EXEC_WRAPPER", True),
    "no vowel": ("DB_PWD", True),
    "a token": ("q7Zr" + "T2pXa9", False),
    "a token in capitals": ("QZXJ" + "KVBWPFTG", False),
    "a hex number": ("0f3a9c" + "4e5b7d", False),
    "a word and a token": ("KEY_" + "x9Fk2LmQ", False),
}


@pytest.mark.parametrize(("name", "stays"), VARIABLES.values(), ids=VARIABLES)
def test_names_of_variables(name: str, stays: bool) -> None:
    """The names of environment variables stay, so that a program finds its values by them; what may be a secret does not."""
    model, value = shapes.operation_model("lambda", "GetFunctionConfiguration"), "s3cr" + "et-value-1"
    redacted = Redactor().response({"Environment": {"Variables": {name: value}}}, model)
    ((key, hidden),) = redacted["Environment"]["Variables"].items()
    assert is_placeholder(hidden)
    assert (key == name) is stays
    assert stays or is_placeholder(key)


def test_temporary_credentials() -> None:
    """STS's credentials, which the model does not mark, are hidden."""
    written = {
        "Credentials": {"AccessKeyId": "ASIA" + "Q" * 16, "SecretAccessKey": PASSWORD * 2, "SessionToken": PASSWORD * 9}
    }
    redacted = Redactor().response(written, shapes.operation_model("sts", "AssumeRole"))
    assert all(is_placeholder(value) for value in redacted["Credentials"].values())


def test_the_caller() -> None:
    """Who recorded is not told: neither the user nor the user's id."""
    identity = {"UserId": "AIDA" + "Q" * 17, "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/jane"}
    redacted = Redactor(accounts=[ACCOUNT]).response(identity, shapes.operation_model("sts", "GetCallerIdentity"))
    assert redacted["Account"] == "123456789012"
    assert redacted["Arn"] == "arn:aws:iam::123456789012:user/REDACTED-2"
    assert is_placeholder(redacted["UserId"])


RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings"


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of others are not here")
def test_real_answers_stay_readable() -> None:
    """In what AWS really answered, only accounts, principals and public addresses change: under two in a hundred values."""
    changed = total = 0
    for path in sorted(RECORDINGS.glob("placebo-*/**/*.json")):
        service, _, rest = path.stem.partition(".")
        answer = json.loads(path.read_text()).get("data", {})
        answer.pop("ResponseMetadata", None)
        try:
            model = shapes.operation_model(service, rest.rpartition("_")[0])
        except Exception:  # a service that botocore names otherwise
            continue
        for before, after in zip(leaves(answer), leaves(Redactor().response(answer, model)), strict=True):
            total += 1
            if before != after:
                changed += 1
                assert re.search(r"REDACTED|198\.18\.|\d{12}", str(after)), path
    assert total > 2000
    assert changed * 50 < total


def leaves(value: Any) -> list[Any]:
    """Everything in a value that holds nothing itself."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]


def test_account_numbers() -> None:
    """A known account is replaced in numbers as in text."""
    redacted = Redactor(accounts=[ACCOUNT]).response({"Count": int(ACCOUNT), "Size": 987654321098}, None)
    assert redacted == {"Count": 123456789012, "Size": 987654321098}


@pytest.mark.parametrize("wrap", [
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
    lambda text: json.dumps({"a": json.dumps({"b": text})}),
])  # fmt: skip
def test_what_was_opened_is_closed_again(wrap: Any) -> None:
    """Encoded text is changed inside and stays valid in its encoding."""
    redacted = Redactor(accounts=[ACCOUNT]).text(wrap(f"account {ACCOUNT} here"))
    assert (
        redacted == wrap("account 123456789012 here")
        or gzip.decompress(base64.b64decode(redacted)) == b"account 123456789012 here"
    )


def test_blobs_in_written_form() -> None:
    """A blob is opened whichever way it is written."""
    data = gzip.compress(f"account {ACCOUNT}".encode())
    written = {"Body": {"$base64": base64.b64encode(data).decode()}}
    redacted = Redactor(accounts=[ACCOUNT]).response(written, shapes.operation_model("s3", "GetObject"))
    assert gzip.decompress(base64.b64decode(redacted["Body"]["$base64"])) == b"account 123456789012"
    nested = Redactor(accounts=[ACCOUNT]).response(
        {"Body": {"$json": {"a": ACCOUNT}}}, shapes.operation_model("s3", "GetObject")
    )
    assert nested == {"Body": {"$json": {"a": "123456789012"}}}


def test_bytes_of_a_sensitive_blob_are_followed() -> None:
    """A data key that the program writes elsewhere as it is: hidden there by the same placeholder."""
    redactor = Redactor(Rules())
    key = {"$base64": base64.b64encode(bytes([255, 254, 0, 128]) + bytes(range(28))).decode()}
    generated = redactor.response({"Plaintext": key}, shapes.operation_model("kms", "GenerateDataKey"))
    put = redactor.params({"Data": key, "PartitionKey": "k"}, shapes.operation_model("kinesis", "PutRecord"))
    assert is_placeholder(put["Data"])
    assert put["Data"] == generated["Plaintext"]


def test_digest_of_a_sensitive_blob() -> None:
    """The digest of something sensitive is not its placeholder: from a digest a short secret can be guessed."""
    model = shapes.operation_model("kms", "Encrypt")
    redacted = Redactor().params({"KeyId": "k", "Plaintext": {"$sha256": "0f" * 32, "$size": 8}}, model)
    assert is_placeholder(redacted["Plaintext"]["$sha256"])


def test_event_streams_are_lists_of_events() -> None:
    """The events of a stream lose what the model marks in them."""
    model = shapes.operation_model("bedrock-runtime", "InvokeModelWithResponseStream")
    redacted = Redactor().response({"body": [{"chunk": {"bytes": PASSWORD}}, {"chunk": {"bytes": "more"}}]}, model)
    assert [event["chunk"]["bytes"] for event in redacted["body"]] == ["REDACTED-1", "REDACTED-2"]


def test_a_secret_cut_into_events() -> None:
    """A secret that begins in one event and ends in another is hidden; the text around it stays where it was."""
    key = "AKIA" + "QWERTYUIOPASDFGH"
    parts = ["the key ", f"is {key[:7]}", key[7:15], f"{key[15:]}, keep", " it"]
    model = shapes.operation_model("lambda", "InvokeWithResponseStream")
    kept = Rules(["model-sensitive"])
    redacted = Redactor(kept).response({"EventStream": [{"PayloadChunk": {"Payload": part}} for part in parts]}, model)
    texts = [event["PayloadChunk"]["Payload"] for event in redacted["EventStream"]]
    assert "".join(texts) == "the key is AKIAREDACTEDAAAAAAAB, keep it"
    assert texts[0] == parts[0]
    assert texts[2] == ""
    assert texts[4] == parts[4]


def test_an_error_message_quotes_no_secret() -> None:
    """A short secret that is not looked for elsewhere is hidden in the error that quotes it."""
    redactor = Redactor()
    redactor.params({"Password": "secret"}, shapes.operation_model("iam", "CreateLoginProfile"))
    error = redactor.error({"Code": "ValidationError", "Message": "Value 'secret' at 'password' is too short"})
    assert error["Message"] == "Value 'REDACTED-1' at 'password' is too short"


def test_a_sweep_reaches_earlier_calls() -> None:
    """A secret that was seen late is hidden in the calls before."""
    redactor, send = Redactor(), shapes.operation_model("sqs", "SendMessage")
    early = redactor.params({"MessageBody": f"hello {PASSWORD}"}, send)
    assert PASSWORD in early["MessageBody"]
    redactor.params({"Password": PASSWORD}, shapes.operation_model("iam", "CreateLoginProfile"))
    swept = redactor.sweep(cassette(Interaction(call="sqs.SendMessage", params=raw(early))))
    assert swept.interactions[0].decoded_params() == {"MessageBody": "hello REDACTED-1"}


def test_a_sweep_hides_the_secrets_of_other_cassettes() -> None:
    """What another cassette of the run hid is hidden here as well."""
    swept = Redactor().sweep(
        cassette(Interaction(call="sqs.SendMessage", params=raw({"MessageBody": PASSWORD}))), secrets=[PASSWORD]
    )
    assert swept.interactions[0].decoded_params() == {"MessageBody": "REDACTED-1"}


def test_reserved_placeholders_are_not_given_again() -> None:
    """On replay a live secret never gets a placeholder that stands in the cassette, and one that comes from it stays."""
    reserved = cassette(
        Interaction(call="sqs.SendMessage", params=raw({"MessageBody": "REDACTED-7 arn:aws:iam::123456789012:root"}))
    )
    redactor = Redactor(reserved=reserved)
    model = shapes.operation_model("iam", "CreateLoginProfile")
    assert redactor.params({"Password": PASSWORD}, model) == {"Password": "REDACTED-8"}
    assert redactor.params({"Password": "REDACTED-7"}, model) == {"Password": "REDACTED-7"}
    assert redactor.text(f"arn:aws:iam::{ACCOUNT}:root") == "arn:aws:iam::111122223333:root"


def test_a_call_without_secrets_is_the_same_object() -> None:
    """The common call is not even copied."""
    written = {"TranscriptionJobName": "job-7f3a"}
    assert Redactor().params(written, shapes.operation_model("transcribe", "GetTranscriptionJob")) is written


def test_threads_share_one_numbering() -> None:
    """Calls from many threads never give one number to two secrets."""
    redactor, model = Redactor(), shapes.operation_model("iam", "CreateLoginProfile")
    made: list[str] = []

    def call(worker: int) -> None:
        for number in range(50):
            made.append(redactor.params({"Password": f"pass{worker}word{number}"}, model)["Password"])

    threads = [threading.Thread(target=call, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 400


VALUES = st.recursive(
    st.text(max_size=40) | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_redacting_twice_is_redacting_once(value: Any) -> None:
    """Whatever a value holds, what is redacted already does not change again."""
    redactor = Redactor(accounts=[ACCOUNT])
    seen = redactor.response({"x": value, "Password": value}, None)
    once = redactor.response(seen, None)  # as a sweep does, when all secrets are known
    assert redactor.response(once, None) == once
    assert Redactor(accounts=[ACCOUNT]).response(once, None) == once


def test_random_bytes_stay() -> None:
    """Data that is no text is not touched."""
    data = bytes(range(256)) * 40
    written = {"Body": {"$base64": base64.b64encode(data).decode()}}
    assert Redactor().response(written, shapes.operation_model("s3", "GetObject")) == written
    assert Redactor().data(os.urandom(1000)) is not None
