"""`replayaws import`: what other tools recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replayaws.library import Library
from tests.shelf import run

VCRPY = """\
version: 1
interactions:
- request:
    method: POST
    uri: https://sts.eu-central-1.amazonaws.com/
    body: Action=GetCallerIdentity&Version=2011-06-15
    headers:
      Content-Type: [application/x-www-form-urlencoded; charset=utf-8]
  response:
    status: {code: 200, message: OK}
    headers:
      Content-Type: [text/xml]
    body:
      string: >-
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
        <Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>111122223333</Account>
        </GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>
- request:
    method: GET
    uri: https://example.com/
    body: null
    headers: {}
  response:
    status: {code: 200, message: OK}
    headers: {}
    body: {string: hello}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_identity.yaml").write_text(VCRPY.replace("111122223333", "9876" + "54321098"))
    pill = tmp_path / "pills" / "flight"
    pill.mkdir(parents=True)
    answer = {"Buckets": [{"Name": "media"}], "ResponseMetadata": {"HTTPStatusCode": 200}}
    (pill / "s3.ListBuckets_1.json").write_text(json.dumps({"status_code": 200, "data": answer}))
    return tmp_path


def test_imports_vcrpy(project: Path) -> None:
    """AWS traffic becomes a cassette in the project's folder; other traffic is named; exit code 1 says so."""
    source = (project / "test_identity.yaml").read_bytes()
    result = run("import", "vcrpy", "test_identity.yaml")
    assert "cassettes/test_identity.json  1 call" in result.output
    assert "not taken: " in result.output
    assert "1 cassette written, 1 not taken." in result.output
    assert result.exit_code == 1
    made = Library(project / "cassettes").load(project / "cassettes" / "test_identity.json")
    assert made.interactions[0].call == "sts.GetCallerIdentity"
    assert made.interactions[0].decoded_response()["Account"] == "123456789012"
    assert (project / "test_identity.yaml").read_bytes() == source


def test_imports_to_where_the_test_looks(project: Path) -> None:
    """A cassette of pytest-recording's layout is stored where its test will look for it; ``--into`` keeps the layout."""
    source = project / "tests" / "cassettes" / "test_who" / "TestUser.test_identity.yaml"
    source.parent.mkdir(parents=True)
    source.write_text(VCRPY)
    assert "cassettes/tests/test_who/TestUser.test_identity.json" in run("import", "vcrpy", "tests/cassettes").output
    owner = "tests/test_who.py::TestUser::test_identity"
    assert Library(project / "cassettes").path_of(owner).exists()
    assert (
        "other/test_who/TestUser.test_identity.json"
        in run("import", "vcrpy", "tests/cassettes", "--into", "other").output
    )


def test_imports_placebo(project: Path) -> None:
    """Numbered answers become a cassette that matches by order."""
    result = run("import", "placebo", "pills/flight", "--into", "imported", "--json")
    told = json.loads(result.output)
    assert result.exit_code == 0
    assert told["refused"] == []
    (path,) = [one["path"] for one in told["cassettes"]]
    assert Library(project / "imported").load(project / path).recorded.matched_by == "order"


def test_overwrites_only_when_told(project: Path) -> None:
    """A cassette that is there stays without --force; --dry-run writes nothing."""
    assert "would be written" in run("import", "vcrpy", "-n", "test_identity.yaml").output
    assert not (project / "cassettes").exists()
    run("import", "vcrpy", "test_identity.yaml")
    again = run("import", "vcrpy", "test_identity.yaml")
    assert again.exit_code == 2
    assert "there is a cassette already; nothing was written. Import with --force" in again.output
    assert "1 cassette written" in run("import", "vcrpy", "--force", "test_identity.yaml").output


def test_names_a_missing_file() -> None:
    """A path that is not there is a usage error."""
    result = run("import", "vcrpy", "nowhere.yaml")
    assert result.exit_code == 2
    assert "'nowhere.yaml' does not exist" in result.output


def test_writes_nothing_that_holds_a_secret(project: Path) -> None:
    """What redaction does not see through is found by the guard: not written, named by its place, never by its value."""
    secret = "ghp_" + "aB3dE5fG7h" * 3 + "123456"
    hidden = "".join(f"&#{ord(letter)};" for letter in secret)
    answer = {"Buckets": [{"Name": hidden}], "ResponseMetadata": {"HTTPStatusCode": 200}}
    (project / "pills" / "other").mkdir()
    (project / "pills" / "other" / "s3.ListBuckets_1.json").write_text(json.dumps({"status_code": 200, "data": answer}))
    result = run("import", "placebo", "pills")
    assert result.exit_code == 1
    assert "not taken: other.json: there is a secret in it: line 10, service-token at" in result.output.replace(
        "\n", " "
    )
    assert secret not in result.output
    assert hidden not in result.output
    assert [path.name for path in Library(project / "cassettes").paths()] == ["flight.json"]


def test_what_a_project_keeps_is_kept(project: Path) -> None:
    """Tests that assert an account find it after `keep = ["account-id"]`, and the cassette says so."""
    (project / "pyproject.toml").write_text('[tool.replayaws]\nkeep = ["account-id"]\n')
    account = "6441" + "60558196"
    answer = {"Account": account, "Arn": f"arn:aws:iam::{account}:root", "ResponseMetadata": {"HTTPStatusCode": 200}}
    (project / "pills" / "account").mkdir()
    (project / "pills" / "account" / "sts.GetCallerIdentity_1.json").write_text(
        json.dumps({"status_code": 200, "data": answer})
    )
    assert run("import", "placebo", "pills").exit_code == 0
    cassette = Library(project / "cassettes").load(project / "cassettes" / "account.json")
    assert cassette.kept == ["account-id"]
    assert cassette.interactions[0].decoded_response()["Account"] == account
