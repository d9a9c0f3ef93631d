"""Secrets planted in calls: at every sensitive shape of a model, and in every known form and encoding."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import random
import re
import string
import urllib.parse
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape

_NESTED = ("structure", "list", "map")
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Planted:
    """A secret in a call.

    :param secret: what may be found nowhere.
    :param what: the shape, or form and encoding, for messages.
    :param side: ``"params"``, ``"response"`` or ``"error"``.
    :param written: the whole params or response, in written form.
    :param error: name of the error's shape, where it is one.
    """

    secret: str
    what: str
    model: OperationModel
    side: str
    written: dict[str, Any]
    error: str | None = None


SIDES = ("params", "response", "error")


def at_sensitive_shapes(service: ServiceModel, seed: random.Random, sides: Sequence[str] = SIDES) -> Iterator[Planted]:
    """One secret for each sensitive shape that any call of a service can carry, on the shortest way to it.

    :param sides: of a call where to plant.
    """
    planted: set[str] = set()
    for name in service.operation_names:
        model = service.operation_model(name)
        shapes = [("params", model.input_shape), ("response", model.output_shape)]
        for side, shape in [*shapes, *(("error", error) for error in model.error_shapes)]:
            if shape is None or side not in sides:
                continue
            for target, build in _ways(shape):
                if target.name not in planted and target.type_name != "boolean":
                    planted.add(target.name)
                    secret = secret_for(target, seed)
                    written = build(_value(target, secret))
                    shown = secret if isinstance(secret, str) else str(secret)
                    what = f"{service.service_name}.{name} {side} {target.name}"
                    error = shape.name if side == "error" else None
                    yield Planted(shown, what, model, side, written, error)


def secret_for(shape: Shape, seed: random.Random) -> Any:
    """A secret of a shape's type: twenty characters, a long number, or a moment."""
    kind = shape.type_name
    if kind in ("integer", "long"):
        return seed.randrange(10**14, 10**15)
    if kind in ("float", "double"):
        return seed.randrange(10**14, 10**15) + 0.5
    if kind == "timestamp":
        day = f"20{seed.randrange(30, 99)}-0{seed.randrange(1, 9)}-1{seed.randrange(0, 9)}"
        return f"{day}T11:22:{seed.randrange(10, 59)}.{seed.randrange(100000, 999999)}Z"
    return "".join(seed.choices(_LETTERS, k=20))


Build = Callable[[Any], Any]


def _ways(shape: Shape) -> Iterator[tuple[Shape, Build]]:
    """The sensitive shapes that can be reached, nearest first, each with what builds the value around it."""
    queue: list[tuple[Shape, Build]] = [(shape, lambda value: value)]
    seen: set[str] = set()
    while queue:
        current, build = queue.pop(0)
        if current.metadata.get("sensitive"):
            yield current, build
        if current.name in seen:
            continue
        seen.add(current.name)
        if current.type_name == "structure":
            stream = bool(current.serialization.get("eventstream"))
            for name, member in current.members.items():  # type: ignore[attr-defined]
                if not (stream and member.metadata.get("exception")):
                    queue.append((member, functools.partial(_member, build, name, stream)))
        elif current.type_name == "list":
            queue.append((current.member, lambda value, build=build: build([value])))  # type: ignore[attr-defined,misc]
        elif current.type_name == "map":
            beside = _value(current.value, "beside") if current.value.type_name in _NESTED else None  # type: ignore[attr-defined]
            queue.append((current.key, lambda value, build=build, beside=beside: build({value: beside})))  # type: ignore[attr-defined,misc]
            queue.append((current.value, lambda value, build=build: build({"some-key": value})))  # type: ignore[attr-defined,misc]


def _member(build: Build, name: str, stream: bool, value: Any) -> Any:
    """A value around one of its members; an event stream is the list of its events."""
    return build([{name: value}] if stream else {name: value})


def _value(shape: Shape, secret: Any, depth: int = 0) -> Any:
    """A value of a shape with the secret in the first place that takes one."""
    kind = shape.type_name
    if kind == "structure":
        stream = bool(shape.serialization.get("eventstream"))
        for name, member in shape.members.items():  # type: ignore[attr-defined]
            simple = member.type_name not in ("structure", "list", "map")
            if member.type_name not in ("boolean", "timestamp") and (depth < 6 or simple):
                return _member(lambda value: value, name, stream, _value(member, _cast(member, secret), depth + 1))
        return {"document": secret} if getattr(shape, "is_document_type", False) else {}
    if kind == "list":
        return [_value(shape.member, _cast(shape.member, secret), depth + 1)]  # type: ignore[attr-defined]
    if kind == "map":
        return {"some-key": _value(shape.value, _cast(shape.value, secret), depth + 1)}  # type: ignore[attr-defined]
    return secret


def _cast(shape: Shape, secret: Any) -> Any:
    if shape.type_name in ("integer", "long", "float", "double") and isinstance(secret, str):
        return int.from_bytes(secret.encode(), "big") % 10**15
    return secret


def forms(seed: random.Random) -> dict[str, tuple[str, str]]:
    """Each known form of secret: a text that holds it, and the part that may be found nowhere."""

    def letters(count: int, alphabet: str = _LETTERS) -> str:
        return "".join(seed.choices(alphabet, k=count))

    def b64url(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    upper, hexes = string.ascii_uppercase + "234567", "0123456789abcdef"
    key, secret_key, account = letters(16, upper), letters(40), "2" + letters(11, string.digits)
    token = "IQoJb3Jp" + "Z2lu" + letters(200)
    signature, jwt_end, password, word = letters(64, hexes), letters(43), letters(18), letters(24)
    jwt = f"{b64url({'alg': 'RS256', 'kid': letters(8)})}.{b64url({'sub': letters(12)})}.{jwt_end}"
    pem = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{letters(64)}\n{word}\n-----END RSA {'PRIVATE'} KEY-----"
    signed = (
        f"https://bucket.s3.amazonaws.com/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA{key}%2F20260101%2Feu-west-1"
        f"%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Security-Token={token}&X-Amz-Signature={signature}"
    )
    eks = (
        base64.urlsafe_b64encode(f"https://sts.amazonaws.com/?X-Amz-Signature={signature}".encode())
        .decode()
        .rstrip("=")
    )
    return {
        "access key id": (f"the key AKIA{key} was used", f"AKIA{key}"),
        "secret access key": (f'{{"SecretAccessKey": "{secret_key}"}}', secret_key),
        "labelled secret key": (f"aws_secret_access_key = {secret_key}", secret_key),
        "session token": (f"token {token}", token),
        "signed url, key": (signed, f"ASIA{key}"),
        "signed url, token": (signed, token),
        "signed url, signature": (signed, signature),
        "signed url v2": (f"https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIA{key}&Expires=1&Signature={word}%3D", word),
        "signed url v4a": (
            f"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Signature={signature * 2}",
            signature,
        ),
        "cloudfront": (f"https://d1.cloudfront.net/k?Expires=1&Signature={word}&Key-Pair-Id=K{key}", word),
        "rds token": (f"db.eu-west-1.rds.amazonaws.com:3306/?Action=connect&X-Amz-Signature={signature}", signature),
        "eks token": (f"k8s-aws-v1.{eks}", signature),
        "authorization": (
            f"AWS4-HMAC-SHA256 Credential=AKIA{key}/20260101/eu-west-1/s3/aws4_request, Signature={signature}",
            signature,
        ),
        "bearer": (f"Authorization: Bearer {word}", word),
        "basic": (f"Basic {base64.b64encode(f'user:{password}'.encode()).decode()}", password),
        "json web token": (f"id {jwt} end", jwt_end),
        "private key": (pem, word),
        "connection string": (f"postgres://app:{password}@db.internal:5432/app", password),
        "password": (f"password={password};Server=db", password),
        "json password": (json.dumps({"user": "app", "password": password}), password),
        "xml": (f"<Credentials><SessionToken>{word}</SessionToken></Credentials>", word),
        "cookie": (json.dumps({"headers": {"Cookie": f"sid={word}"}}), word),
        "environment": (json.dumps({"Environment": {"Variables": {"MODE": word}}}), word),
        "github": (f"ghp_{letters(36)}{word}"[:64], word),
        "slack": (f"xoxb-{word}", word),
        "account in an arn": (f"arn:aws:iam::{account}:role/app", account),
        "account in a queue url": (f"https://sqs.eu-west-1.amazonaws.com/{account}/jobs", account),
        "account in a registry": (f"{account}.dkr.ecr.eu-west-1.amazonaws.com/app", account),
        "principal id": (f"AROA{letters(17, upper)}:i-0123456789abcdef0", "AROA" + key),
        "e-mail": (f"mail {word}@corp-{letters(6).lower()}.com now", word),
        "address": (f"from 52.{seed.randrange(10, 99)}.{seed.randrange(100, 199)}.77", "no such text"),
    }


def _zipped(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "gzip": _zipped,
    "zlib": lambda text: base64.b64encode(zlib.compress(text.encode())).decode(),
    "json": lambda text: json.dumps({"event": [{"detail": text}]}),
    "json in json": lambda text: json.dumps({"Message": json.dumps({"detail": text})}, separators=(",", ":")),
    "escaped json": lambda text: '{"detail":"' + "".join(f"\\u{ord(char):04x}" for char in text) + '"}',
    "percent": lambda text: f"https://example.com/?next={urllib.parse.quote(text, safe='')}",
    "percent twice": lambda text: urllib.parse.quote(urllib.parse.quote(text, safe=""), safe=""),
    "json in base64": lambda text: base64.b64encode(json.dumps({"detail": text}).encode()).decode(),
    "gzip of json in json": lambda text: json.dumps({"data": _zipped(json.dumps({"detail": text}))}),
    "base64 in a sentence": lambda text: f"payload: {base64.b64encode(text.encode()).decode()}, end",
}


def spellings(secret: str) -> list[bytes]:
    """How a secret could be written: openly, and in base64 at each of its three alignments, percent and unicode escapes."""
    raw = secret.encode()
    found = [raw, urllib.parse.quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode(), raw.hex().encode()]
    found.append("".join(f"\\u{ord(char):04x}" for char in secret).encode())
    for start in range(3):
        inner = raw[(3 - start) % 3 :]
        whole = inner[: len(inner) // 3 * 3]
        if len(whole) >= 9:
            found.append(base64.b64encode(whole))
    return found


def unpacked(data: bytes) -> bytes:
    """The bytes, followed by everything that base64, gzip and zlib in them hold, three layers deep."""
    layers, out = [data], [data]
    for _ in range(3):
        following = []
        for layer in layers:
            for run in _runs(layer):
                try:
                    opened = base64.b64decode(run.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(run) % 4))
                except ValueError:
                    continue
                for opener in (gzip.decompress, zlib.decompress, urllib.parse.unquote_to_bytes):
                    try:
                        following.append(opener(opened))
                    except (OSError, EOFError, zlib.error):
                        continue
            if b"%" in layer:
                following.append(urllib.parse.unquote_to_bytes(layer))
            if b"\\u" in layer:
                following.append(layer.decode("utf-8", "replace").encode().decode("unicode_escape", "replace").encode())
        out += following
        layers = following
    return b"\n".join(out)


def _runs(data: bytes) -> list[bytes]:
    return re.findall(rb"[A-Za-z0-9+/_-]{16,}", data)
