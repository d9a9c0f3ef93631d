"""Placeholders inside base64 and compressed text are seen when calls are matched."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable

import pytest

from replayaws.encoded_placeholders import may_stand_in, opened

PLACEHOLDERS = ("REDACTED-12", "redacted-1@example.com", "5ec2e7000000000000000003", "arn:aws:iam::123456789012:role/a")


def b64(text: str) -> str:
    """Base64 of a text."""
    return base64.b64encode(text.encode()).decode()


WAYS: dict[str, Callable[[str], str]] = {
    "once": b64,
    "twice": lambda text: b64(b64(text)),
    "for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "gzip": lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
}


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_encoded_placeholders_are_opened(way: Callable[[str], str], before: str) -> None:
    """Wherever in a text a placeholder stands when it is encoded, the text is decoded in its place."""
    for placeholder in PLACEHOLDERS:
        text = f"{before}{placeholder} and more"
        assert may_stand_in(f'{{"Body":"{way(text)}"}}'.encode())
        assert text in opened({"Body": f"see {way(text)}"})["Body"]
        assert opened({"$base64": way(text)}) != {"$base64": way(text)}


@pytest.mark.parametrize("text", ["job-7f3a", "a plain text", b64("hello world, nothing here"), "x" * 40])
def test_everything_else_stays(text: str) -> None:
    """What holds no placeholder is as it was, encoded or not."""
    assert opened({"Body": text, "List": [text]}) == {"Body": text, "List": [text]}
