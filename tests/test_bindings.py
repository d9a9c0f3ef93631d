"""Recorded and live values, one to one, and rewriting both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replayaws.bindings import Bindings


def _bound(*pairs: tuple[str, str]) -> Bindings:
    bindings = Bindings()
    for recorded, live in pairs:
        assert bindings.bind(recorded, live)
    return bindings


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        ("3f2a91cc", "91cc00ab"),
        ("job-3f2a91cc", "job-91cc00ab"),
        ("arn:aws:sqs:eu-west-1:123456789012:job-3f2a91cc", "arn:aws:sqs:eu-west-1:123456789012:job-91cc00ab"),
        (
            "https://media.s3.amazonaws.com/in/3f2a91cc.wav?a=3f2a91cc",
            "https://media.s3.amazonaws.com/in/91cc00ab.wav?a=91cc00ab",
        ),
        ('{"name": "3f2a91cc", "n": 1}', '{"name": "91cc00ab", "n": 1}'),
        (["x", {"3f2a91cc": "job_3f2a91cc"}], ["x", {"91cc00ab": "job_91cc00ab"}]),
        ("Job 3f2a91cc: not found.", "Job 91cc00ab: not found."),
        ("a3f2a91cc", "a3f2a91cc"),
        ("3f2a91ccd", "3f2a91ccd"),
        ({"n": 5, "none": None, "yes": True}, {"n": 5, "none": None, "yes": True}),
    ],
)
def test_a_bound_value_is_rewritten_wherever_it_stands_on_its_own(recorded: Any, live: Any) -> None:
    """Whole, in ARNs, URLs, JSON strings, keys and messages, both ways; never within a longer word."""
    bindings = _bound(("3f2a91cc", "91cc00ab"))
    assert bindings.to_live(recorded) == live
    assert bindings.to_recorded(live) == recorded


def test_one_to_one() -> None:
    """A value that is tied to one cannot be tied to another, on either side."""
    bindings = _bound(("vpc-1", "vpc-7"))
    assert bindings.bind("vpc-1", "vpc-7")
    assert not bindings.bind("vpc-1", "vpc-8")
    assert not bindings.bind("vpc-2", "vpc-7")
    assert bindings.pairs() == [("vpc-1", "vpc-7")]


def test_a_child_sees_and_respects_its_parent() -> None:
    """What a wider owner bound is rewritten under it, and cannot be contradicted; not the other way round."""
    parent = _bound(("bucket-3f2a", "bucket-91cc"))
    child = Bindings(parent)
    assert child.to_live("s3://bucket-3f2a/key") == "s3://bucket-91cc/key"
    assert not child.bind("bucket-3f2a", "other")
    assert child.bind("key-11aa", "key-22bb")
    assert child.pairs() == [("bucket-3f2a", "bucket-91cc"), ("key-11aa", "key-22bb")]
    assert parent.to_live("key-11aa") == "key-11aa"


def test_the_longest_bound_text_wins() -> None:
    """A URL that is bound as a whole is not rewritten in parts."""
    bindings = _bound(("3f2a91cc", "91cc00ab"), ("https://a/3f2a91cc/q", "https://b/x"))
    assert bindings.to_live("see https://a/3f2a91cc/q and 3f2a91cc") == "see https://b/x and 91cc00ab"


def test_a_uuid_is_known_in_its_other_forms() -> None:
    """Without dashes, in capitals, URL-encoded: the program may write it so later."""
    one, two = "3f2a91cc-0f1e-4d2c-8b3a-123456abcdef", "91cc00ab-ffff-4d2c-9b3a-abcdef123456"
    bindings = _bound((one, two))
    assert bindings.to_live(one.replace("-", "")) == two.replace("-", "")
    assert bindings.to_live(one.upper()) == two.upper()
    assert bindings.pairs() == [(one, two)]
    urls = _bound(("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"))
    assert urls.to_live("?r=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa") == "?r=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fb"


def test_swapped_values_do_not_chain() -> None:
    """A text is rewritten once, also when the live value of one is the recorded value of another."""
    bindings = _bound(("aaaa1111", "bbbb2222"), ("bbbb2222", "aaaa1111"))
    assert bindings.to_live("aaaa1111/bbbb2222") == "bbbb2222/aaaa1111"


_WORDS = st.text("abcdef0123456789", min_size=6, max_size=12)


@given(st.dictionaries(_WORDS, _WORDS, max_size=6), st.recursive(_WORDS, lambda inner: st.lists(inner, max_size=3)))
def test_rewriting_back_gives_what_was(pairs: dict[str, str], value: Any) -> None:
    """To live and back to recorded is the value itself, where no live value stood in it before."""
    bindings = Bindings()
    taken = [f"{live}-live" for recorded, live in pairs.items() if bindings.bind(recorded, f"{live}-live")]
    assert len(bindings.pairs()) == len(set(taken))
    assert bindings.to_recorded(bindings.to_live(value)) == value
