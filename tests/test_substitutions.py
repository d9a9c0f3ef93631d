"""Which secrets are looked for everywhere, and which placeholders they have."""

from __future__ import annotations

import pytest

from replayaws.substitutions import Substitutions, is_traceable

WORDS = {
    "a random word": ("q7Zr" + "T2pX", True),
    "a long word": ("correct-horse-battery", True),
    "a key with a slash after its first letters": ("Xo/YPmh" + "M1SihBvFxpWM6GAOnhuZGVxEmGb4jDWeT", True),
    "an account": ("2109" + "87654321", True),
    "a short word": ("orders", False),
    "an ordinary word": ("production", False),
    "a region": ("ap-southeast-2", False),
    "a zone": ("us-gov-west-1a", False),
    "a media type": ("application/x-amz-json-1.1", False),
    "a date": ("2026-11-22", False),
    "a host of AWS": ("sqs.eu-central-1.amazonaws.com", False),
}


@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=WORDS)
def test_what_is_looked_for(text: str, expected: bool) -> None:
    """What an ordinary word or a public name could equal is not looked for; everything else is."""
    assert is_traceable(text) is expected


def test_a_wider_owners_placeholders() -> None:
    """What the wider owner hides has its placeholder here, and nothing else gets that number, account or form."""
    wider, own = Substitutions(["210987654321"], lambda: "REDACTED-4"), Substitutions()
    assert wider.placeholder("one-secret-1", "A-{}".format) == "A-5"
    own.inherit(wider)
    assert own.placeholder("one-secret-1", "B-{}".format) == "A-5"
    assert own.placeholder("another-secret-2", "B-{}".format) == "B-6"
    assert own.account("210987654321") == "123456789012"
    assert own.account("321098765432") == "111122223333"
    assert own.replace_secrets("is one-secret-1") == "is A-5"


def test_numbers_apart() -> None:
    """What is laid beside a recording never has a number that a recording could have."""
    beside = Substitutions(reserved=lambda: "REDACTED-4", apart=1_000_000)
    assert beside.placeholder("one-secret-1", "{}".format) == "1000005"
