"""Recordings of placebo and Cloud Custodian become cassettes that answer by operation and order."""

from __future__ import annotations

import datetime
import json
import pickle
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

import replayaws
from replayaws.importers import Imported, import_placebo
from replayaws.library import Library
from replayaws.rules import Rules
from tests import recorded_by_others
from tests.recorded_by_others import comparable, failing

SHARED = Path(__file__).parent.parent.parent / "shared" / "recordings"
KEYS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
OK = {"HTTPStatusCode": 200, "RequestId": "1"}


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-1", **KEYS)


def write(folder: Path, name: str, data: dict[str, Any], status: int = 200) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps({"status_code": status, "data": {"ResponseMetadata": OK, **data}}))


def playing(imported: Imported, tmp_path: Path, index: int = 0) -> Any:
    """Replays one of the imported cassettes."""
    place = tmp_path / "cassettes" / f"{index}.json"
    Library(tmp_path / "cassettes").save(imported.cassettes[index][1], place)
    return replayaws.use_cassette(place, fallback="error")


def moment(**fields: int) -> dict[str, Any]:
    return {"__class__": "datetime", "year": 2020, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5, **fields}


@pytest.mark.parametrize(
    "story",
    [recorded_by_others.query_story, recorded_by_others.dynamodb_story, recorded_by_others.ec2_story],
    ids=lambda story: story.__name__,
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_placebo_recorded_replays_as_it_was_live(
    story: Callable[[Any], list[Any]], moto_url: str, tmp_path: Path
) -> None:
    """A program recorded with placebo gets the same answers from the imported cassette, with nothing to connect to."""
    import placebo

    urllib.request.urlopen(urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST")).read()
    folder = tmp_path / "story"
    folder.mkdir()
    session = boto3.Session(region_name="eu-west-1", **KEYS)
    pill = placebo.attach(session, data_path=str(folder))
    pill.record()
    live = story(lambda service: session.client(service, endpoint_url=moto_url))
    pill.stop()
    imported = import_placebo(folder, rules=Rules())
    assert list(imported.refused) == []
    assert imported.cassettes[0][1].recorded.matched_by == "order"
    with playing(imported, tmp_path):
        replayed = story(client)
    assert _seconds(comparable(replayed)) == _seconds(comparable(live))


def _seconds(value: Any) -> Any:
    """placebo writes the wall clock of the recording machine and reads it as UTC, so times compare without zones."""
    if isinstance(value, dict):
        return {name: _seconds(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_seconds(item) for item in value]
    return value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value


def test_answers_come_in_their_numbered_order_and_then_from_the_first_again(tmp_path: Path) -> None:
    """The tenth file comes after the ninth, and after the last the first, whatever else is called in between."""
    for number in range(1, 11):
        write(tmp_path / "polls", f"sts.GetCallerIdentity_{number}.json", {"UserId": f"user-{number}"})
    write(tmp_path / "polls", "iam.DeleteUser_1.json", {})
    with playing(import_placebo(tmp_path / "polls", rules=Rules()), tmp_path):
        seen = [client("sts").get_caller_identity()["UserId"] for _ in range(9)]
        client("iam").delete_user(UserName="a")
        client("iam").delete_user(UserName="b")
        seen += [client("sts").get_caller_identity()["UserId"] for _ in range(2)]
    assert [seen[0], seen[8], seen[9], seen[10]] == [seen[0], "user-9", "user-10", "user-1"]


def test_answers_tell_services_of_one_endpoint_apart(tmp_path: Path) -> None:
    """A load balancer of the classic kind and one of the newer kind are told by the members of their descriptions."""
    write(tmp_path / "old", "elasticloadbalancing.DescribeLoadBalancers_1.json", {"LoadBalancerDescriptions": []})
    write(tmp_path / "old", "elasticloadbalancing.DeleteLoadBalancer_1.json", {})
    write(tmp_path / "new", "elasticloadbalancing.DescribeLoadBalancers_1.json", {"LoadBalancers": []})
    write(tmp_path / "new", "elasticloadbalancing.DeleteLoadBalancer_1.json", {})
    write(tmp_path / "untold", "elasticloadbalancing.DeleteLoadBalancer_1.json", {})
    imported = import_placebo(tmp_path, rules=Rules())
    calls = {place: [one.call for one in cassette.interactions] for place, cassette in imported.cassettes}
    assert calls["old.json"] == ["elb.DeleteLoadBalancer", "elb.DescribeLoadBalancers"]
    assert calls["new.json"] == ["elbv2.DeleteLoadBalancer", "elbv2.DescribeLoadBalancers"]
    assert calls["untold.json"] == ["elb.DeleteLoadBalancer", "elbv2.DeleteLoadBalancer"]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("monitoring.DescribeAlarms_1.json", "cloudwatch.DescribeAlarms"),
        ("api.ecr.DescribeRepositories_1.json", "ecr.DescribeRepositories"),
        ("ecr.DescribeRepositories_1.json", "ecr.DescribeRepositories"),
        ("mine.logs.DescribeLogGroups_1.json", "logs.DescribeLogGroups"),
        ("streams.dynamodb.ListStreams_1.json", "dynamodbstreams.ListStreams"),
        ("EC2.describeinstances_1.JSON", "ec2.DescribeInstances"),
        ("s3-control.GetPublicAccessBlock_1.json", "s3control.GetPublicAccessBlock"),
        ("tagging.GetResources_1.json", "resourcegroupstaggingapi.GetResources"),
        ("apigateway.GetRestApis_1.json", "apigateway.GetRestApis"),
        ("email.ListIdentities_1.json", "ses.ListIdentities"),
        ("autoscaling.DescribeScalableTargets_1.json", "application-autoscaling.DescribeScalableTargets"),
        ("sagemaker.ListModels_1.json", "sagemaker.ListModels"),
    ],
)
def test_services_are_named_by_their_endpoint(name: str, call: str, tmp_path: Path) -> None:
    """The file's name tells the service, with a prefix of the user's before it or without, in any case of letters."""
    write(tmp_path / "folder", name, {})
    [(_, cassette)] = import_placebo(tmp_path / "folder", rules=Rules()).cassettes
    assert [one.call for one in cassette.interactions] == [call]


def test_values_become_what_botocore_gives(tmp_path: Path) -> None:
    """Times, bodies, blobs and policies are of botocore's types, however they were written."""
    user = {"UserName": "a", "UserId": "a", "Path": "/", "Arn": "a", "CreateDate": moment(microsecond=7)}
    write(tmp_path / "f", "iam.GetUser_1.json", {"User": user})
    write(tmp_path / "f", "iam.GetUser_2.json", {"User": {**user, "CreateDate": "2020-01-02T03:04:05+00:00"}})
    write(tmp_path / "f", "iam.GetUser_3.json", {"User": {**user, "CreateDate": "a while ago"}})
    role = {**user, "RoleName": "a", "RoleId": "a", "AssumeRolePolicyDocument": {"Statement": []}}
    write(tmp_path / "f", "iam.GetRole_1.json", {"Role": role})
    body = {"__class__": "StreamingBody", "__module__": "botocore.response"}
    write(tmp_path / "f", "s3.GetObject_1.json", {"Body": {**body, "body": "plain: text"}, "ContentLength": 11})
    write(tmp_path / "f", "s3.GetObject_2.json", {"Body": {**body, "body": "AAECAw=="}, "ContentLength": 4})
    write(tmp_path / "f", "iam.GetCredentialReport_1.json", {"Content": "user,arn\nroot,-"})
    with playing(import_placebo(tmp_path / "f", rules=Rules()), tmp_path):
        iam, s3 = client("iam"), client("s3")
        dates = [iam.get_user()["User"]["CreateDate"] for _ in range(3)]
        assert dates[0] == datetime.datetime(2020, 1, 2, 3, 4, 5, 7, tzinfo=datetime.timezone.utc)
        assert dates[1] == datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        assert dates[2] == "a while ago"
        assert iam.get_role(RoleName="a")["Role"]["AssumeRolePolicyDocument"] == {"Statement": []}
        assert [s3.get_object(Bucket="bucket", Key="k")["Body"].read() for _ in range(2)] == [
            b"plain: text",
            b"\x00\x01\x02\x03",
        ]
        assert iam.get_credential_report()["Content"] == b"user,arn\nroot,-"


def test_errors_are_raised_as_the_client_raises_them(tmp_path: Path) -> None:
    """A recorded error is of the modelled class, or a plain one where the model knows none."""
    write(
        tmp_path / "f",
        "lambda.GetFunction_1.json",
        {"Error": {"Code": "ResourceNotFoundException", "Message": "no"}},
        404,
    )
    write(tmp_path / "f", "lambda.GetFunction_2.json", {"Error": {"Code": "Odd", "Message": "odd"}}, 400)
    write(tmp_path / "f", "lambda.GetFunction_3.json", {}, 503)
    with playing(import_placebo(tmp_path / "f", rules=Rules()), tmp_path):
        raised = [failing(client("lambda").get_function, FunctionName="a") for _ in range(3)]
    assert [name for name, _ in raised] == ["ResourceNotFoundException", "ClientError", "ClientError"]
    assert [response["Error"]["Code"] for _, response in raised] == ["ResourceNotFoundException", "Odd", "503"]


def test_a_zip_file_gives_a_cassette_for_each_folder_in_it(tmp_path: Path) -> None:
    """Cloud Custodian's archive of recordings is read without unpacking it."""
    write(tmp_path / "a", "sts.GetCallerIdentity_1.json", {"UserId": "a"})
    archive = tmp_path / "placebo_data.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for folder in ("test_one", "test_two/deep", "../outside"):
            packed.write(tmp_path / "a" / "sts.GetCallerIdentity_1.json", f"{folder}/sts.GetCallerIdentity_1.json")
    imported = import_placebo(archive, rules=Rules())
    assert [place for place, _ in imported.cassettes] == ["outside.json", "test_one.json", "test_two/deep.json"]


def test_what_cannot_be_taken_is_refused_with_its_reason(tmp_path: Path) -> None:
    """A file that is damaged, of an unknown operation or able to run code is named, and the others are taken."""
    folder = tmp_path / "f"
    write(folder, "sts.GetCallerIdentity_1.json", {"UserId": "a"})
    write(folder, "sts.NoSuchThing_1.json", {})
    (folder / "iam.GetUser_1.json").write_text("{")
    (folder / "iam.GetRole_1.json").write_text("[]")
    (folder / "iam.GetUser_2.pickle").write_bytes(pickle.dumps({}))
    (folder / "notes.json").write_text("{}")
    (folder / "README.md").write_text("about")
    write(folder, "iam.GetPolicy_1.json", {"Policy": {"CreateDate": moment(month=13)}})
    before = {path: path.read_bytes() for path in folder.iterdir()}
    imported = import_placebo(folder, rules=Rules())
    reasons = dict(imported.refused)
    assert [one.call for one in imported.cassettes[0][1].interactions] == ["sts.GetCallerIdentity"]
    assert sorted(reasons) == [
        "iam.GetPolicy_1.json",
        "iam.GetRole_1.json",
        "iam.GetUser_1.json",
        "iam.GetUser_2.pickle",
        "notes.json",
        "sts.NoSuchThing_1.json",
    ]
    assert "pickle" in reasons["iam.GetUser_2.pickle"]
    assert "NoSuchThing" in reasons["sts.NoSuchThing_1.json"]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("what", ["absent", "file.zip"])
def test_a_source_that_is_no_recording_is_refused(what: str, tmp_path: Path) -> None:
    """A path that does not exist, or is no archive, is one refusal."""
    (tmp_path / "file.zip").write_text("not a zip")
    imported = import_placebo(tmp_path / what, rules=Rules())
    assert (len(imported.cassettes), len(imported.refused)) == (0, 1)


def test_secrets_and_accounts_are_redacted_on_the_way(tmp_path: Path) -> None:
    """A recorded token does not reach the cassette, and the account becomes moto's."""
    token = "FwoGZXIvYXdzE" + "A" * 60
    credentials = {"AccessKeyId": "A", "SecretAccessKey": "secret" * 5, "SessionToken": token, "Expiration": moment()}
    account = "".join(["2468", "1357", "9024"])
    user = {"Arn": f"arn:aws:sts::{account}:assumed-role/a/b", "AssumedRoleId": "AROAEXAMPLE:b"}
    write(tmp_path / "f", "sts.AssumeRole_1.json", {"Credentials": credentials, "AssumedRoleUser": user})
    [(_, cassette)] = import_placebo(tmp_path / "f", rules=Rules()).cassettes
    text = bytes(cassette.interactions[0].response).decode()
    assert token not in text
    assert "secretsecret" not in text
    assert "arn:aws:sts::123456789012:assumed-role/a/b" in text


def test_what_is_kept_on_purpose_is_said_in_the_cassette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that the user switched off stands in the cassette, which is named for the folder it is in."""
    write(tmp_path / "f", "sts.GetCallerIdentity_1.json", {"Arn": "someone@example.org"})
    monkeypatch.chdir(tmp_path / "f")
    [(place, cassette)] = import_placebo(".", rules=Rules(kept=["email"])).cassettes
    assert (place, cassette.kept) == ("f.json", ["email"])
    assert cassette.interactions[0].decoded_response()["Arn"] == "someone@example.org"


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared recordings of other projects")
@pytest.mark.parametrize("name", ["placebo-skew", "placebo-kappa"])
def test_real_recordings_are_taken_whole(name: str) -> None:
    """Nothing is refused of what other projects recorded with placebo."""
    imported = import_placebo(SHARED / name, rules=Rules())
    assert list(imported.refused) == []
    assert sum(len(cassette.interactions) for _, cassette in imported.cassettes) == len(
        list((SHARED / name).rglob("*.json"))
    )
