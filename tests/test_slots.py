"""The parts of a call's text in which two matching calls may differ."""

from __future__ import annotations

import msgspec
import pytest

from replayaws.matching import INSTANT, SECRET
from replayaws.slots import skeleton


@pytest.mark.parametrize(
    ("value", "slots"),
    [
        ("job-3f2a91cc", [("run", "3f2a91cc")]),
        ("a 3f2a91cc-0f1e-4d2c-8b3a-d23456abcdef b", [("uuid", "3f2a91cc-0f1e-4d2c-8b3a-d23456abcdef")]),
        ("in/xK3-9aBqLm2Zt5Vw_7.wav", [("token", "xK3-9aBqLm2Zt5Vw_7")]),
        ("at 2026-11-22T10:15:03Z", [("time", "2026-11-22T10:15:03Z")]),
        ("at 20261122-101503", [("time", "20261122-101503")]),
        (1795342503, [("number", "1795342503")]),
        (INSTANT + "1795342503.000000", [("instant", "1795342503.000000")]),
        (SECRET + 'a "quoted" one', [("secret", 'a \\"quoted\\" one')]),
        ({"REDACTED7": "v"}, [("placeholder", "REDACTED7")]),
        ("a%3D3f2a91cc%253D5ec2e700000001", [("run", "3f2a91cc"), ("placeholder", "5ec2e700000001")]),
        ("mail redacted-1@example.com", [("placeholder", "redacted-1@example.com")]),
        ("arn:aws:iam::123456789012:role/x", [("run", "123456789012")]),
        ("short 1 a2 b3", []),
        ('line\none "x"', []),
    ],
)
def test_slots(value: object, slots: list[tuple[str, str]]) -> None:
    """Each kind is found in JSON text, and nothing else is."""
    bones, found = skeleton(msgspec.json.encode({"Name": value}).decode())
    assert [tuple(slot) for slot in found] == slots
    assert bones.startswith('{"Name":')


def test_names_of_members_are_no_slots() -> None:
    """A long member name is part of the skeleton."""
    assert skeleton('{"TranscriptionJobName":"a"}') == ('{"TranscriptionJobName":"a"}', ())


def test_invented_values_are_slots() -> None:
    """What the run is known to have made up is found whole."""
    bones, found = skeleton('{"A":"for Ada King, in Rome"}', ("Ada King",))
    assert bones == '{"A":"for \x00invented, in Rome"}'
    assert found == (("invented", "Ada King"),)
