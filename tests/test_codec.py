"""The written form of values: what goes in comes out, types included."""

from __future__ import annotations

import datetime
import io
import json
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from botocore.model import ServiceModel, Shape
from botocore.utils import parse_timestamp
from dateutil.tz import tzoffset
from hypothesis import given
from hypothesis import strategies as st

from replayaws import codec, decoding, timestamps
from tests.sweep.faithful import differences, faithful

SHAPES = {
    "Everything": {
        "type": "structure",
        "members": {
            "Text": {"shape": "Text"},
            "Time": {"shape": "Time"},
            "TextTime": {"shape": "TextTime"},
            "HeaderTime": {"shape": "Time", "location": "header"},
            "Blob": {"shape": "Blob"},
            "Number": {"shape": "Number"},
            "Texts": {"shape": "Texts"},
            "Times": {"shape": "Times"},
            "Blobs": {"shape": "Blobs"},
            "Document": {"shape": "Document"},
            "Again": {"shape": "Everything"},
        },
    },
    "Text": {"type": "string"},
    "Time": {"type": "timestamp"},
    "TextTime": {"type": "timestamp", "timestampFormat": "iso8601"},
    "Blob": {"type": "blob"},
    "Number": {"type": "double"},
    "Texts": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Times": {"type": "list", "member": {"shape": "Time"}},
    "Blobs": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Blob"}},
    "Document": {"type": "structure", "members": {}, "document": True},
}
MODEL = ServiceModel({"metadata": {"protocol": "json"}, "operations": {}, "shapes": SHAPES}, "everything")


def shape_of(name: str) -> Shape:
    return MODEL.shape_for(name)


def there_and_back(value: Any, shape: Shape | None) -> Any:
    text = msgspec.json.format(msgspec.json.encode(codec.encode(value, shape)), indent=2)  # as a cassette has it
    return decoding.decode_text(text, shape)


TAG = st.sampled_from(sorted(codec.TAGS))
SCALARS = st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text() | TAG
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | TAG, inner, max_size=3),
    max_leaves=8,
)
JSON_BYTES = DOCUMENTS.map(lambda value: json.dumps(value).encode())
COMPACT_BYTES = DOCUMENTS.map(lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
BLOBS = st.binary() | st.text().map(str.encode) | JSON_BYTES | COMPACT_BYTES
TIMES = st.floats(-(10**9), 10**10).map(parse_timestamp) | st.datetimes(
    min_value=datetime.datetime(1900, 1, 1), timezones=st.sampled_from([None, datetime.timezone.utc])
).map(lambda moment: parse_timestamp(moment.isoformat()))
EVERYTHING = st.fixed_dictionaries(
    {},
    optional={
        "Text": st.text(),
        "Time": TIMES,
        "Blob": BLOBS,
        "Number": st.integers() | st.floats(),
        "Texts": st.dictionaries(st.text() | TAG, st.text() | st.none(), max_size=3),
        "Times": st.lists(TIMES | st.none(), max_size=3),
        "Blobs": st.dictionaries(TAG | st.text(), BLOBS, max_size=3),
        "Document": DOCUMENTS,
        "Again": st.fixed_dictionaries({}, optional={"Time": TIMES, "Blob": BLOBS}),
    },
)


@given(EVERYTHING)
def test_a_parsed_output_survives_with_every_type(value: dict[str, Any]) -> None:
    """Whatever botocore's parser can hand out is equal after being written, formatted and read again."""
    shape = shape_of("Everything")
    assert differences(faithful(value), faithful(there_and_back(value, shape))) == []


@given(st.dictionaries(st.text() | TAG, DOCUMENTS | BLOBS | TIMES, max_size=4))
def test_a_value_without_a_shape_survives_too(value: dict[str, Any]) -> None:
    """Errors and unknown members are written without the model's help: bytes and times are tagged."""
    assert differences(faithful(value), faithful(there_and_back(value, None))) == []


@given(BLOBS)
def test_a_blob_keeps_every_byte(data: bytes) -> None:
    """However a blob is written, its bytes are what they were."""
    assert codec.blob_bytes(msgspec.json.decode(msgspec.json.encode(codec.encode_blob(data)))) == data


@pytest.mark.parametrize(
    ("data", "written"),
    [
        (b"plain text", "plain text"),
        (b"", ""),
        (b"\xff\x00", {"$base64": "/wA="}),
        (b'{"a":1}', {"$json": {"a": 1}}),
        (b'{"a": 1, "b": "\\u00e9"}', {"$json": {"a": 1, "b": "é"}, "$spaced": True}),
        (b'{"a":  1}', '{"a":  1}'),
        (b"[NaN]", "[NaN]"),
        (b"[1e999]", "[1e999]"),
        (b"[1.50]", "[1.50]"),
        (b'{"a":1,"a":2}', '{"a":1,"a":2}'),
    ],
)
def test_a_blob_is_written_as_readable_as_its_bytes_allow(data: bytes, written: Any) -> None:
    """Text is text, JSON is JSON where that reproduces the bytes, the rest is base64."""
    assert codec.encode_blob(data) == written


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/New_York", "Europe/London"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The time zone of the machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("member", "sent", "written"),
    [
        ("Time", 1763806503.12, "2025-11-22T10:15:03.120000Z"),
        ("TextTime", "2025-11-22T10:15:03Z", "2025-11-22T10:15:03+00:00"),
        ("TextTime", "2025-11-22T10:15:03+02:00", "2025-11-22T10:15:03+02:00"),
        ("TextTime", "2025-11-22T10:15:03", "2025-11-22T10:15:03"),
        ("HeaderTime", "Sat, 22 Nov 2025 10:15:03 GMT", "2025-11-22T10:15:03+00:00"),
    ],
)
def test_a_timestamp_keeps_how_it_was_sent(member: str, sent: float | str, written: str, zone: str) -> None:
    """A number stays a local time, a text keeps its offset, in every time zone of the machine."""
    moment = {member: parse_timestamp(sent)}
    shape = shape_of("Everything")
    assert codec.encode(moment, shape) == {member: written}
    assert faithful(codec.decode({member: written}, shape)) == faithful(moment)


def test_an_xml_protocol_sends_times_as_text(zone: str) -> None:
    """Where UTC is the local time a parsed time does not say how it was sent; the protocol does."""
    moment = {"Time": parse_timestamp("2025-11-22T10:15:03Z")}
    written = codec.encode(moment, shape_of("Everything"), True)
    assert written == {"Time": "2025-11-22T10:15:03+00:00"}
    assert faithful(codec.decode(written, shape_of("Everything"))) == faithful(moment)


@pytest.mark.parametrize("fraction", [".2", ".20", ".200", ".200000", ".200000000"])
def test_a_fraction_of_a_second_may_have_any_number_of_digits(fraction: str) -> None:
    """Also where Python 3.10 reads it: files are edited by hand."""
    moment = timestamps.read(f"2025-11-22T10:15:03{fraction}Z")
    assert (moment.second, moment.microsecond) == (3, 200_000)


def test_the_hour_that_comes_twice_stays_the_hour_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local time in the hour that a clock change repeats keeps its fold."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        for sent in (1793510000.0, 1793513600.0):
            moment = parse_timestamp(sent)
            assert faithful(codec.decode(codec.encode(moment, shape_of("Time")), shape_of("Time"))) == faithful(moment)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime.datetime(2025, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), "2025-01-02T03:04:05+00:00"),
        (datetime.datetime(2025, 1, 2, tzinfo=tzoffset(None, -3600)), "2025-01-02T00:00:00-01:00"),
        (datetime.datetime(2025, 1, 2), "2025-01-02T00:00:00"),
        ("2025-01-02T03:04:05Z", "2025-01-02T03:04:05+00:00"),
        ("not a time", "not a time"),
        (object, "<class 'object'>"),
    ],
)
def test_a_timestamp_may_be_given_in_any_form(value: Any, written: str) -> None:
    """Parameters take what botocore takes; what it does not take is left for it to refuse."""
    assert codec.encode({"Time": value}, shape_of("Everything")) == {"Time": written}


def test_a_file_given_as_a_blob_is_read_and_put_back_where_it_stood() -> None:
    """Writing a parameter down does not use it up."""
    file = io.BytesIO(b"skipped body")
    file.seek(8)
    assert codec.encode({"Blob": file}, shape_of("Everything")) == {"Blob": "body"}
    assert file.tell() == 8


def test_a_wrong_blob_is_left_for_botocore_to_refuse() -> None:
    """A number where bytes belong is not taken for a count of zero bytes."""
    assert codec.encode({"Blob": 3}, shape_of("Everything")) == {"Blob": "3"}


def test_special_members_are_found_however_the_file_was_edited() -> None:
    """A space before a colon does not hide a timestamp from the decoder."""
    value = decoding.decode_text(b'{"Again" : {"Time" : "2025-11-22T10:15:03Z"}}', shape_of("Everything"))
    assert isinstance(value["Again"]["Time"], datetime.datetime)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (b'{"Time": "yesterday"}', "Everything"),
        (b'{"Blob": {"$base64": "!"}}', "Everything"),
        (b'{"Blob": {"$sha256": "00", "$size": 1}}', "Everything"),
        (b'{"Blob": [1]}', "Everything"),
        (b'{"Blob": ', "Everything"),
    ],
)
def test_a_damaged_value_is_an_error(text: bytes, shape: str) -> None:
    """What cannot be read as written is refused, not guessed at."""
    with pytest.raises(ValueError, match=r".+"):
        decoding.decode_text(text, shape_of(shape))


def test_members_that_the_model_does_not_know_are_kept() -> None:
    """A cassette may be newer than the installed model: nothing in it is dropped."""
    assert decoding.decode_text(b'{"New": {"Inner": [1, "a"]}}', shape_of("Everything")) == {"New": {"Inner": [1, "a"]}}
