"""Thousands of secrets planted in calls: none is left in a cassette, and the guard alone finds those of known forms."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from replayaws import format as text_format
from replayaws import shapes
from replayaws.cassette import Cassette, Provenance
from replayaws.guard import Guard
from replayaws.interaction import Interaction, raw
from replayaws.redaction import Redactor
from replayaws.scanning import scan
from tests.planting import ENCODINGS, Planted, at_sensitive_shapes, forms, spellings, unpacked

SAMPLE = (
    "secretsmanager",
    "cognito-idp",
    "lambda",
    "ecs",
    "bedrock-runtime",
    "chime",
    "s3",
    "iam",
    "codeartifact",
    "rds",
)


@pytest.fixture
def services(request: pytest.FixtureRequest) -> Iterator[str]:
    """Names of the services to plant secrets in."""
    whole = request.config.getoption("--run-whole-aws", default=False)
    return iter(shapes.services() if whole else SAMPLE)


def interaction(planted: Planted, redactor: Redactor | None) -> Interaction:
    """The interaction as a recorder would make it; unredacted without a redactor."""
    written, model = planted.written, planted.model
    params = written if planted.side == "params" else {}
    response = {} if planted.side == "params" else written
    if redactor is not None:
        params = redactor.params(params, model)
        response = redactor.response(response, model, error=planted.side == "error")
    return Interaction(
        call=f"{model.service_model.service_name}.{model.name}", params=raw(params), response=raw(response)
    )


def cassette_of(interactions: list[Interaction]) -> Cassette:
    """A cassette around interactions."""
    at = Provenance(at="2026-11-22T10:15:03Z", source="aws")
    return Cassette(replayaws=1, owner="tests/test_it.py::test_it", recorded=at, interactions=interactions)


def assert_clean(planted: list[Planted], redactor: Redactor) -> None:
    """No planted secret is left in the text of the cassette, in any spelling; the guard agrees; redaction is stable."""
    cassette = redactor.sweep(cassette_of([interaction(each, redactor) for each in planted]))
    text = text_format.dumps(cassette)
    opened = unpacked(text)
    left = [each.what for each in planted if any(spelling in opened for spelling in spellings(each.secret))]
    assert left == []
    guard = Guard()
    guard.learn(redactor.secrets)
    guard.check(text, name="cassette")
    assert text_format.dumps(redactor.sweep(cassette)) == text


def test_no_sensitive_shape_keeps_its_secret(services: Iterator[str]) -> None:
    """Each shape that the models mark as sensitive loses its secret, in params, responses and errors."""
    seed, count = random.Random(7), 0
    for service in services:
        planted = list(at_sensitive_shapes(shapes.service_model(service), seed))
        count += len(planted)
        if planted:
            assert_clean(planted, Redactor())
    assert count >= 80


def planted_forms(encoding: str, seed: random.Random) -> list[Planted]:
    """Every form in an encoding, in the body of a message, in one that comes back, and in a stored object."""
    encode = ENCODINGS[encoding]
    send, receive = shapes.operation_model("sqs", "SendMessage"), shapes.operation_model("sqs", "ReceiveMessage")
    get = shapes.operation_model("s3", "GetObject")
    planted = []
    for form, (text, secret) in forms(seed).items():
        planted.append(Planted(secret, form, send, "params", {"QueueUrl": "q", "MessageBody": encode(text)}))
    for form, (text, secret) in forms(seed).items():
        planted.append(Planted(secret, form, receive, "response", {"Messages": [{"Body": encode(text)}]}))
    for form, (text, secret) in forms(seed).items():
        stored = {"Body": encode(text), "Metadata": {"note": encode(text)}}
        planted.append(Planted(secret, form, get, "response", stored))
    return planted


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_form_is_left_in_any_encoding(encoding: str) -> None:
    """A secret of a known form is hidden in plain text and in base64, gzip, zlib, JSON, percent and unicode escapes."""
    planted = planted_forms(encoding, random.Random(8))
    assert len(planted) > 90
    assert_clean(planted, Redactor())


GUARDED = (
    "access key id", "session token", "signed url, key", "signed url, signature", "signed url v2", "signed url v4a", "rds token",
    "authorization", "bearer", "json web token", "private key", "connection string", "github", "slack", "eks token",
)  # fmt: skip


@pytest.mark.parametrize("form", GUARDED)
def test_the_guard_alone_finds_known_forms(form: str) -> None:
    """Where redaction did nothing, the guard finds the form in every encoding, and does not repeat the secret."""
    seed = random.Random(9)
    for encoding, encode in ENCODINGS.items():
        text, secret = forms(seed)[form]
        send = shapes.operation_model("sqs", "SendMessage")
        planted = Planted(secret, form, send, "params", {"MessageBody": encode(text)})
        found = scan(text_format.dumps(cassette_of([interaction(planted, None)])))
        assert found, encoding
        assert "interactions[0].params.MessageBody" in str(found[0])
        assert secret not in str(found)
