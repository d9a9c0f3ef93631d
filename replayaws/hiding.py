"""The placeholder that suits a secret and the shape of the member it stood in."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from replayaws import accounts, placeholders
from replayaws.substitutions import Substitutions

if TYPE_CHECKING:
    from botocore.model import Shape

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(.*)")


def hide_string(secret: str, shape: Shape | None, known: Substitutions, *, length: int | None = None) -> str:
    """The placeholder of a sensitive text.

    One of the secret's own form where the shape takes it, else the first form that the shape takes. An enumeration
    has no placeholder of its own: its first value stands for all, as zero does for numbers.

    :param shape: the member's shape, where known.
    :param length: the secret's length where the text given is not the secret itself.
    """
    enum = None if shape is None else shape.metadata.get("enum")
    if enum:
        return str(enum[0])
    fits = None if shape is None else _fitting(shape)
    size = len(secret) if length is None else length

    def make(number: int) -> str:
        choice = options(secret, number, size)
        first = next(choice)
        if fits is None or fits(first):
            return first
        return next(filter(fits, choice), None) or _shortened(shape, first)

    return known.placeholder(secret, make)


def options(secret: str, number: int, length: int) -> Iterator[str]:
    """Placeholders with a number, from the one most like the secret to the one least."""
    form = placeholders.form_of(secret)
    yield placeholders.plain(number, length) if form == "plain" else placeholders.make(form, number, secret)
    yield placeholders.plain(number, length)
    pad = "x" * max(0, max((limit for limit in placeholders.LENGTH_CLASSES if length >= limit), default=0) - 14)
    for text in (
        f"REDACTED{number}",
        f"redacted-{number}",
        f"redacted{number}",
        f"redacted_{number}",
        f"REDACTED_{number}",
    ):
        yield text + pad
        yield text
    for form in ("hex", "digits", "uuid", "email", "phone", "base64", "jwt"):
        yield placeholders.make(form, number, "0" * max(length, 14))
    yield placeholders.make("hex", number, "F" * max(length, 14))
    yield f"https://redacted-{number}.example.com/"
    yield f"arn:aws:redacted:us-east-1:{accounts.OWN_ACCOUNT}:redacted-{number}"
    yield f"redacted-{number}.example.com"
    yield f"/redacted-{number}"
    yield f"AKIAREDACTED{placeholders.letters(number)}"


def _shortened(shape: Shape | None, placeholder: str) -> str:
    """For a shape that takes no placeholder at all, the placeholder if it is not too long, else letters."""
    longest = None if shape is None else shape.metadata.get("max")
    if longest is None or len(placeholder) <= longest:
        return placeholder
    return "X" * max(int(longest), 0)


def _fitting(shape: Shape) -> Callable[[str], bool] | None:
    metadata = shape.metadata
    if not (metadata.get("pattern") or metadata.get("min") or metadata.get("max")):
        return None
    least, longest = metadata.get("min") or 0, metadata.get("max")
    pattern = _compiled(metadata.get("pattern") or "")

    def fits(text: str) -> bool:
        return len(text) >= least and (longest is None or len(text) <= longest) and bool(pattern.fullmatch(text))

    return fits


_CLASSES = {
    "L": "A-Za-z", "Ll": "a-z", "Lu": "A-Z", "M": "", "N": "0-9", "Nd": "0-9", "P": r"!-/:-@\[-`{-~", "S": "$+<=>^`|~", "Z": " ",
}  # fmt: skip


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A model's pattern, its Unicode classes narrowed to ASCII; one that Python does not understand takes anything."""
    ascii_only = re.sub(r"\\p\{(\w+)\}", lambda match: _CLASSES.get(match[1], "A-Za-z0-9"), pattern)
    ascii_only = ascii_only.replace(r"\P{C}", " -~").replace(r"\P{M}", " -~")
    try:
        return re.compile(f"(?:{ascii_only})" if pattern else ".*", re.DOTALL if not pattern else 0)
    except (re.error, OverflowError):
        return re.compile(".*", re.DOTALL)
