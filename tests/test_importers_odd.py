"""Recordings of other tools in the odd forms that users have: each is taken whole, or refused with its reason."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from replayaws.importers import import_placebo, import_vcrpy
from replayaws.rules import Rules

STS = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::123456789012:user/a</Arn><Account>123456789012</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)
FORM = "Action=GetCallerIdentity&Version=2011-06-15"
IDENTITY = "sts.GetCallerIdentity {}"
ITEM = '{"Item":{"id":{"S":"1"}}}'
GOT = 'dynamodb.GetItem {"TableName":"t","Key":{"id":{"S":"1"}}} {"Item":{"id":{"S":"1"}}}'
BUCKET = "https://media.s3.eu-central-1.amazonaws.com"
OBJECT = 's3.GetObject {"Bucket":"media","Key":"a.txt","ChecksumMode":"ENABLED"}'
SIGNED = {
    "X-Amz-Date": ["20260102T030405Z"],
    "Authorization": [
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260102/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    ],
}
AMZ_JSON = {"Content-Type": ["application/x-amz-json-1.0"]}
MOVED = "https://media.s3.eu-west-1.amazonaws.com/a.txt"


def sts(**changed: Any) -> dict[str, Any]:
    headers = {"Content-Type": ["application/x-www-form-urlencoded; charset=utf-8"]}
    return {
        "method": "POST",
        "uri": "https://sts.eu-central-1.amazonaws.com/",
        "body": FORM,
        "headers": headers,
        **changed,
    }


def xml(**changed: Any) -> dict[str, Any]:
    status = {"code": 200, "message": "OK"}
    return {"status": status, "headers": {"Content-Type": ["text/xml"]}, "body": {"string": STS}, **changed}


def s3(uri: str = f"{BUCKET}/a.txt", method: str = "GET", **changed: Any) -> dict[str, Any]:
    return {"method": method, "uri": uri, "body": None, "headers": SIGNED, **changed}


def answer(body: Any = "text", code: int = 200, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return {"status": {"code": code, "message": ""}, "headers": named, "body": {"string": body}}


def dynamodb(uri: str = "https://dynamodb.eu-central-1.amazonaws.com/", **changed: Any) -> dict[str, Any]:
    headers = {"X-Amz-Target": ["DynamoDB_20120810.GetItem"], **AMZ_JSON}
    body = '{"TableName": "t", "Key": {"id": {"S": "1"}}}'
    return {"method": "POST", "uri": uri, "body": body, "headers": headers, **changed}


def cassette(*pairs: tuple[Any, Any], **more: Any) -> str:
    return json.dumps({"version": 1, "interactions": [{"request": one, "response": two} for one, two in pairs], **more})


def as_yaml(body: str, headers: str = "{}") -> str:
    return (
        f"version: 1\ninteractions:\n- request:\n    body: {FORM}\n    headers: {headers}\n    method: POST\n"
        f"    uri: https://sts.amazonaws.com/\n  response:\n    body: {body}\n    headers: {{Content-Type: [text/xml]}}\n"
        "    status: {code: 200, message: OK}\n"
    )


PACKED = base64.b64encode(STS.encode()).decode()
OLD_REQUEST = {
    "method": "POST",
    "protocol": "https",
    "host": "sts.amazonaws.com",
    "port": 443,
    "path": "/",
    "body": FORM,
}
RUBY = {
    "http_interactions": [
        {
            "request": sts(method="post", body={"encoding": "UTF-8", "string": FORM}),
            "response": xml(),
            "recorded_at": "Thu, 01 Jan 2026 00:00:00 GMT",
        }
    ]
}  # fmt: skip

TAKEN: dict[str, tuple[str | bytes, list[str]]] = {
    "bytes in YAML": (as_yaml(f"{{string: !!binary {PACKED}}}", "{A: [!!binary QQ==]}"), [IDENTITY]),
    "lines of Windows": (as_yaml(f"{{string: '{STS}'}}").replace("\n", "\r\n"), [IDENTITY]),
    "a mark of byte order": ("\ufeff" + cassette((sts(), xml())), [IDENTITY]),
    "an answer in base64_string": (cassette((sts(), xml(body={"base64_string": PACKED}))), [IDENTITY]),
    "a request in base64_string": (
        cassette((sts(body={"base64_string": base64.b64encode(FORM.encode()).decode()}), xml())),
        [IDENTITY],
    ),
    "decompressed, and said to be gzip": (cassette((dynamodb(), answer(ITEM, content_encoding="gzip"))), [GOT]),
    "said to be brotli": (cassette((dynamodb(), answer(ITEM, content_encoding="br"))), [GOT]),
    "said to be chunked": (cassette((s3(), answer(transfer_encoding="chunked"))), [OBJECT + ' {"Metadata":{},"Body":"text"}']),
    "HEAD with a length": (
        cassette((s3(method="HEAD"), answer("", content_length="4"))),
        ['s3.HeadObject {"Bucket":"media","Key":"a.txt"} {"ContentLength":4,"Metadata":{}}'],
    ),
    "HEAD of nothing": (
        cassette((s3(method="HEAD"), answer("", 404))),
        ['s3.HeadObject {"Bucket":"media","Key":"a.txt"} {} {"Code":"404","Message":"Not Found"}'],
    ),
    "not modified": (
        cassette((s3(headers={**SIGNED, "If-None-Match": ['"e"']}), answer("", 304))),
        ['s3.GetObject {"Bucket":"media","IfNoneMatch":"\\"e\\"","Key":"a.txt","ChecksumMode":"ENABLED"} {} {"Code":"304"'],
    ),
    "a redirect that was followed": (
        cassette((s3(method="PUT", body="text"), answer("", 307, location=MOVED)), (s3(MOVED, "PUT", body="text"), answer(""))),
        ['s3.PutObject {"Body":"text","Bucket":"media","Key":"a.txt"} {}'],
    ),
    "no headers left": (cassette((sts(headers={}), xml(headers={}))), [IDENTITY]),
    "headers that are null": (cassette((sts(headers=None), xml(headers=None))), [IDENTITY]),
    "headers as pairs": (cassette((sts(headers=[["Content-Type", "application/x-www-form-urlencoded"]]), xml())), [IDENTITY]),
    "header values that are null or redacted": (
        cassette((sts(headers={"Authorization": ["REDACTED"], "X-Amz-Date": [None]}), xml())),
        [IDENTITY],
    ),
    "a made-up host and no headers": (cassette((sts(uri="https://example.invalid/", headers={}), xml())), [IDENTITY]),
    "a made-up host": (cassette((dynamodb("http://fake.local/"), answer(ITEM))), [GOT]),
    "several services of LocalStack at one host": (
        cassette(
            (dynamodb("http://localhost:4566/"), answer(ITEM)),
            (sts(uri="http://localhost:4566/"), xml()),
            (s3("http://localhost:4566/media/a.txt"), answer()),
        ),
        [GOT, IDENTITY, OBJECT],
    ),
    "a bucket in a host of LocalStack's": (
        cassette((s3("http://media.s3.localhost.localstack.cloud:4566/a.txt"), answer())),
        [OBJECT],
    ),
    "an address of IPv6": (cassette((dynamodb("http://[::1]:8000/"), answer(ITEM))), [GOT]),
    "a port that is none": (cassette((sts(uri="https://sts.amazonaws.com:port/"), xml())), [IDENTITY]),
    "the list of before version 1": (
        json.dumps([{"request": OLD_REQUEST, "response": xml(headers=["content-type: text/xml\r\n"])}]),
        [IDENTITY],
    ),
    "Ruby's VCR, and betamax": (json.dumps(RUBY), [IDENTITY]),
    "a status with its reason": (cassette((sts(), xml(status="200 OK"))), [IDENTITY]),
    "a status that is a number": (cassette((sts(), xml(status=200))), [IDENTITY]),
    "a body of parsed JSON": (
        cassette((dynamodb(body=json.loads(dynamodb()["body"])), answer(json.loads(ITEM)))),
        [GOT],
    ),
    "an answer without a body": (
        cassette((dynamodb(), {**answer(), "body": None})),
        ['dynamodb.GetItem {"TableName":"t","Key":{"id":{"S":"1"}}} {}'],
    ),
    "an error in HTML": (
        cassette((dynamodb(), answer("<html>busy</html>", 503))),
        ['dynamodb.GetItem {"TableName":"t","Key":{"id":{"S":"1"}}} {} {"Code":"503"'],
    ),
    "a method in lower case": (cassette((sts(method="post"), xml())), [IDENTITY]),
    "members of other serializers": (cassette((sts(), xml(duration=12)), recorded_with="x"), [IDENTITY]),
    "several values of a header": (
        cassette((s3(), {**answer(), "headers": {"x-amz-meta-a": ["1", "2"]}})),
        [OBJECT + ' {"Metadata":{"a":"1, 2"},"Body":"text"}'],
    ),
    "half of a surrogate pair": (
        cassette((dynamodb(), answer('{"Item":{"id":{"S":"\\ud83d"}}}'))),
        ['dynamodb.GetItem {"TableName":"t","Key":{"id":{"S":"1"}}} {"Item":{"id":{"S":{"$escaped":"\\\\ud83d"}}}}'],
    ),
    "a number and a date that YAML reads": (
        as_yaml("{string: 2026-01-01}").replace(FORM, "null").replace("POST", "GET")
        .replace("sts.amazonaws.com/", "media.s3.amazonaws.com/a.txt"),
        [OBJECT + ' {"ContentType":"text/xml","Metadata":{},"Body":"2026-01-01"}'],
    ),
    "an upload in signed chunks": (
        cassette(
            (
                s3(
                    method="PUT",
                    body="4;chunk-signature=0\r\ntext\r\n0;chunk-signature=0\r\n\r\n",
                    headers={**SIGNED, "X-Amz-Content-SHA256": ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD"]},
                ),
                answer(""),
            )
        ),
        ['s3.PutObject {"Body":"text","Bucket":"media","Key":"a.txt"} {}'],
    ),
    "a signed URL": (
        cassette((s3(f"{BUCKET}/a.txt?X-Amz-Signature=0", headers={"User-Agent": ["python-requests/2"]}), answer())),
        [f'http.GET {{"url":"{BUCKET}/a.txt"}}'],
    ),
}  # fmt: skip

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "nothing in it": (cassette(), "it holds no interactions"),
    "null in it": ('{"version": 1, "interactions": null}', "it has no list of interactions"),
    "an empty file": ("", "it has no list of interactions"),
    "a comment": ("# nothing\n", "it has no list of interactions"),
    "two documents": ("---\ninteractions: []\n---\nversion: 1\n", "it is not valid YAML, line 3"),
    "UTF-16": (cassette((sts(), xml())).encode("utf-16"), "it is not UTF-8 text"),
    "bytes": (bytes(range(128, 256)), "it is not UTF-8 text"),
    "no answer": (cassette((sts(), None)), "it has no request or no response"),
    "a broken address of IPv6": (cassette((dynamodb("http://[::1/"), answer(ITEM))), "its URL cannot be read: Invalid IPv6 URL"),
    "a host that is none of AWS's": (cassette((s3("https://example.com/", headers={}), answer())), "leave it to vcrpy"),
    "no target left": (cassette((dynamodb(headers=AMZ_JSON), answer(ITEM))), "is recognised in POST to host dynamodb"),
    "an operation that botocore does not know": (
        cassette((dynamodb(headers={"X-Amz-Target": ["DynamoDB_20120810.GetThing"]}), answer(ITEM))),
        "knows no service with the operation GetThing (nearest service: dynamodb)",
    ),
    "a body that a filter replaced": (
        cassette((dynamodb(body="<FILTERED>"), answer(ITEM))),
        "the parameters of dynamodb.GetItem cannot be read from the request",
    ),
    "a body that a filter took": (cassette((dynamodb(body=None), answer(ITEM))), "a filter has taken it"),
    "an answer that is cut short": (cassette((dynamodb(), answer(ITEM[:9]))), "the answer to dynamodb.GetItem cannot be parsed"),
    "an answer in damaged base64": (
        cassette((sts(), xml(body={"base64_string": "%%%"}))),
        "the answer to sts.GetCallerIdentity cannot be parsed",
    ),
    "the metadata service": (cassette((s3("http://169.254.169.254/latest/api/token"), answer())), "for credentials"),
}  # fmt: skip


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "test_odd.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


@pytest.mark.parametrize("form", TAKEN)
def test_of_vcrpy_is_taken(form: str, tmp_path: Path) -> None:
    """Each call is there with its parameters and its answer, and nothing is refused."""
    text, calls = TAKEN[form]
    imported = import_vcrpy([write(tmp_path, text)], rules=Rules())
    assert imported.refused == []
    [(_, made)] = imported.cassettes
    found = [
        " ".join([one.call, *(bytes(part).decode() for part in (one.params, one.response, one.error))])
        for one in made.interactions
    ]
    assert len(found) == len(calls)
    for one, wanted in zip(found, calls, strict=True):
        assert one.startswith(wanted)


@pytest.mark.parametrize("form", REFUSED)
def test_of_vcrpy_is_refused(form: str, tmp_path: Path) -> None:
    """What cannot be taken is named, in one line, with the reason."""
    text, why = REFUSED[form]
    imported = import_vcrpy([write(tmp_path, text)], rules=Rules())
    assert imported.cassettes == []
    [(what, said)] = imported.refused
    assert "test_odd.yaml" in what
    assert why in said
    assert "\n" not in said


OK = {"ResponseMetadata": {"HTTPStatusCode": 200}}


def pill(**data: Any) -> str:
    return json.dumps({"status_code": 200, "data": {**OK, **data}})


BUCKETS = pill(Buckets=[{"Name": "media"}])
NAME = "s3.ListBuckets_1.json"
PILLS: dict[str, tuple[dict[str, str | bytes], list[str], list[str]]] = {
    "gaps in the numbers": (
        {"s3.ListBuckets_2.json": BUCKETS, "s3.ListBuckets_10.json": pill(Buckets=[]), "s3.ListBuckets_9.json": pill()},
        ["s3.ListBuckets", "s3.ListBuckets", "s3.ListBuckets"],
        [],
    ),
    "a date with class and parts": (
        {NAME: pill(Buckets=[{"Name": "a", "CreationDate": {"__class__": "datetime", "year": 2026, "month": 1, "day": 2}}])},
        ["s3.ListBuckets"],
        [],
    ),
    "a date of a month that is none": (
        {NAME: pill(Buckets=[{"CreationDate": {"__class__": "datetime", "year": 2026, "month": 13, "day": 2}}])},
        [],
        ["month must be in 1..12"],
    ),
    "lines of Windows and a mark of byte order": ({NAME: "\ufeff" + BUCKETS.replace(",", ",\r\n")}, ["s3.ListBuckets"], []),
    "a status in text": ({NAME: BUCKETS.replace("200", '"200"', 1)}, ["s3.ListBuckets"], []),
    "no status": ({NAME: json.dumps({"data": OK})}, ["s3.ListBuckets"], []),
    "no metadata": ({NAME: '{"status_code": 200, "data": {"Buckets": []}}'}, ["s3.ListBuckets"], []),
    "an empty file": ({NAME: ""}, [], ["it is not readable as JSON"]),
    "a list": ({NAME: "[]"}, [], ['it has no "data" object']),
    "null as data": ({NAME: '{"status_code": 200, "data": null}'}, [], ['it has no "data" object']),
    "bytes": ({NAME: bytes(range(128, 256))}, [], ["it is not readable as JSON"]),
    "an operation that botocore does not know": ({"s3.ListThings_1.json": BUCKETS}, [], ["ListThings"]),
    "a service that botocore does not know": ({"unknown.ListThings_1.json": BUCKETS}, [], ["unknown"]),
    "another file": ({NAME: BUCKETS, "readme.json": "{}", "notes.txt": ""}, ["s3.ListBuckets"], ["its name is not"]),
    "a pickle": ({"s3.ListBuckets_1.pickle": b"\x80\x04."}, [], ["it is a pickle"]),
}  # fmt: skip


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("form", PILLS)
def test_of_placebo(form: str, zipped: bool, tmp_path: Path) -> None:
    """Each answer is there, in the order of its number, or refused with its reason, from folders and archives."""
    files, calls, reasons = PILLS[form]
    source = tmp_path / "pills"
    if zipped:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in files.items():
                archive.writestr(f"deep/er/flight/{name}", text)
        source = tmp_path / "pills.zip"
        source.write_bytes(content.getvalue())
    else:
        source.mkdir()
        for name, text in files.items():
            (source / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    imported = import_placebo(source, rules=Rules())
    assert [one.call for _, made in imported.cassettes for one in made.interactions] == calls
    assert len(imported.refused) == len(reasons)
    for (_, said), why in zip(imported.refused, reasons, strict=True):
        assert why in said
