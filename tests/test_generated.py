"""What is plainly random, and what is a time that was now."""

from __future__ import annotations

import secrets
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replayaws.generated import Span, differ_as_random, parts, same_distance, strength, was_now

NOW = 1_795_342_503.0  # 2026-11-22T10:15:03Z
SPAN = Span(NOW, NOW + 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3f2a91cc-0f1e-4d2c-8b3a-d23456abcdef", "strong"),
        ("3f2a91cc0f1e4d2c", "strong"),
        ("xK39aBqLm2Zt5VwP", "strong"),
        ("3f2a91cc", "weak"),
        ("k3x9q2zt", "weak"),
        ("9facade01b", "weak"),
        ("facade12", None),
        ("3f2a91c", None),
        ("00000000-0000-0000-0000-000000000000", None),
        ("0a1b2c3d4e5f60718", None),
        ("20261122", None),
        ("1234567890123456", None),
        ("transcription", None),
        ("TranscriptionJobName", None),
        ("report2024", None),
        ("decade2026", None),
        ("customer1", None),
        ("s3bucket", None),
        ("ec2instance1", None),
        ("AmazonS3FullAccess", None),
        ("my-bucket-Name-2024-Prod", None),
        ("python312", None),
        ("LanguageCode1", None),
    ],
)
def test_strength(text: str, expected: str | None) -> None:
    """Random characters are told from words, numbers, dates and AWS's ids."""
    assert strength(text) == expected


@given(st.randoms())
def test_uuids_are_always_strong_and_differ_as_random(chance: object) -> None:
    """Whatever uuid4 and token_hex give is recognised."""
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    assert strength(one) == "strong"
    assert differ_as_random(one, two)
    assert not differ_as_random(one, one[:-1] + ("0" if one[-1] != "0" else "1"))
    token, other = secrets.token_hex(16), secrets.token_hex(16)
    assert strength(token) == "strong"
    assert differ_as_random(token, other)


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        ("job-3f2a91cc", "job-91bb0deb", [("3f2a91cc", "91bb0deb")]),
        ("3f2a91cc_a7b80c1d", "91bb0deb_00aa11bb", [("3f2a91cc", "91bb0deb"), ("a7b80c1d", "00aa11bb")]),
        ("in-xK3-9aBqLm2Zt5Vw_7", "in-Qp8dR_4tYv1Nc6Js-0", [("xK3-9aBqLm2Zt5Vw_7", "Qp8dR_4tYv1Nc6Js-0")]),
        ("job-1", "job-2", None),
    ],
)
def test_parts(recorded: str, live: str, expected: list[tuple[str, str]] | None) -> None:
    """The differing parts between dashes and underscores, the whole rest where the separators are random too."""
    assert parts(recorded, live) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1795342503", True),
        ("1795342503120", True),
        ("1795342503.12", True),
        ("20261122101503", True),
        ("20261122T101503Z", True),
        ("2026-11-22T10:15:40+00:00", True),
        ("2026-11-22-11-15-03", True),
        ("2026-11-22T05:45:03", True),
        ("2026-11-22T11:15:03Z", False),
        ("2026-11-22T10:05:03Z", False),
        ("20261122", False),
        ("1795382503", False),
        ("99999999999999", False),
    ],
)
def test_was_now(text: str, expected: bool) -> None:
    """Within the span, in any notation; without a zone, in any zone."""
    assert was_now(text, SPAN) is expected


_HOUR, _DAY = 3600.0, 86_400.0


@given(st.floats(-30 * _DAY, 2 * _DAY), st.floats(0, 7200), st.floats(0, 60), st.floats(0, 1))
def test_a_time_taken_during_the_program_is_at_the_same_distance(
    distance: float, recorded_for: float, replayed_for: float, when: float
) -> None:
    """However long recording waited and replay did not: a time taken anywhere in between matches."""
    recording, replay = Span(NOW, NOW + recorded_for), Span(NOW + 40 * _DAY, NOW + 40 * _DAY + replayed_for)
    recorded = recording.begin + when * recorded_for + distance
    live = replay.begin + when * replayed_for + distance
    if recorded % 60 and live % 60:
        assert same_distance(recorded, live, recording, replay)


def test_another_distance_is_not_the_same() -> None:
    """An hour is not two, a day is not another, and what is far from the recording is an instant."""
    recording, replay = Span(NOW, NOW + 5), Span(NOW + 40 * _DAY, NOW + 40 * _DAY + 1)
    assert not same_distance(NOW - _HOUR, NOW + 40 * _DAY - 2 * _HOUR, recording, replay)
    assert not same_distance(NOW - 400 * _DAY, NOW - 360 * _DAY, recording, replay)
    midnight = NOW - NOW % _DAY
    assert same_distance(midnight, midnight + 40 * _DAY, recording, replay)
    assert not same_distance(midnight, midnight + 39 * _DAY, recording, replay)
