"""The JSON Schema that editors and reviewers check a cassette with."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from replayaws import format as text_format
from replayaws.cassette import Cassette, Provenance
from replayaws.interaction import Interaction

DATA = Path(__file__).parent / "data"
REPOSITORY = Path(__file__).parent.parent
BY_HAND: dict[str, Any] = {
    "replayaws": 1,
    "owner": "tests/test_jobs.py::test_completed",
    "recorded": {"at": "2026-11-22T10:15:03Z", "source": "aws"},
    "interactions": [
        {
            "call": "s3.GetObject",
            "region": "eu-central-1",
            "params": {"Bucket": "media", "Key": "a.wav"},
            "response": {
                "Body": {"$base64": "//79"},
                "Metadata": {"$literal": {"$file": "a"}},
                "Size": {"$float": "NaN"},
            },
            "metadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}},
        }
    ],
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = text_format.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_names_every_member_of_the_format() -> None:
    """A member added to the format is added to its schema."""
    schema = text_format.schema()
    defined = schema["$defs"]
    for kind, part in ((Cassette, schema), (Provenance, defined["provenance"]), (Interaction, defined["interaction"])):
        fields = msgspec.structs.fields(kind)
        assert set(part["properties"]) == {field.encode_name for field in fields}
        assert set(part["required"]) == {field.encode_name for field in fields if field.required}


def committed() -> list[Path]:
    """Every cassette of the repository."""
    files = [*DATA.rglob("*.json"), *(REPOSITORY / "cassettes").rglob("*.json")]
    return sorted(file for file in files if b'"replayaws"' in file.read_bytes()[:200])


@pytest.mark.parametrize("path", committed(), ids=lambda path: path.stem)
def test_accepts_every_cassette_of_the_repository(path: Path, validator: Draft202012Validator) -> None:
    """Every committed cassette is valid."""
    validator.validate(msgspec.json.decode(path.read_bytes()))


def test_accepts_what_is_written(validator: Draft202012Validator) -> None:
    """What the package writes is valid, defaults left out included."""
    interactions = [
        Interaction(call="sts.GetCallerIdentity"),
        Interaction(call="http.GET", count=3, took=0.25, exception="X"),
    ]
    cassette = Cassette(
        replayaws=1,
        owner="o",
        recorded=Provenance(at="2026-11-22T10:15:03Z", source="aws", matched_by="order"),
        interactions=interactions,
    )
    validator.validate(msgspec.json.decode(text_format.dumps(cassette)))


def test_accepts_a_cassette_written_by_hand(validator: Draft202012Validator) -> None:
    """Tagged forms and literal maps are valid, and what the schema accepts here also loads."""
    validator.validate(BY_HAND)
    text_format.loads(msgspec.json.encode(BY_HAND))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("replayaws",), 2),
        (("owner",), None),
        (("recorded", "source"), ""),
        (("recorded", "matched_by"), "luck"),
        (("unknown",), 1),
        (("interactions", 0, "call"), "s3"),
        (("interactions", 0, "count"), 0),
        (("interactions", 0, "params"), []),
        (("interactions", 0, "response"), None),
        (("interactions", 0, "respnse"), {}),
        (("interactions", 0, "response", "Body"), {"$base64": 1}),
        (("interactions", 0, "response", "Body"), {"$file": "a"}),
        (("interactions", 0, "response", "Size"), {"$float": "infinite"}),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else repr(value),
)
def test_refuses_what_is_wrong(path: tuple[Any, ...], value: Any, validator: Draft202012Validator) -> None:
    """A hand edit that the format does not know is marked in the editor."""
    content = copy.deepcopy(BY_HAND)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(content)
