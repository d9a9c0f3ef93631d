"""Placeholders: of the secret's form, numbered, recognisable."""

from __future__ import annotations

import base64
import ipaddress
import json
import re

import pytest

from replayaws import accounts, placeholders
from replayaws.accounts import is_placeholder_account
from replayaws.hiding import options
from replayaws.placeholders import PLACEHOLDER, is_placeholder

FORMS = {
    "plain": "correct horse battery",
    "hex": "0f" * 16,
    "digits": "4012888888881881",
    "uuid": "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    "key_id": "ASIA" + "QWERTYUIOPASDFGH",
    "email": "jane@corp.io",
    "phone": "+4915112345678",
    "ipv4": "52.1.2.3",
    "ipv6": "2600:1f18::7",
    "url": "https://x.io/a?b=c",
    "arn": "arn:aws:sns:eu-west-1:111122223333:topic",
    "jwt": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqYW5lIn0.c2ln",
    "base64": base64.b64encode(b"some secret bytes of a longer kind" * 3).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_recognised_and_made(form: str) -> None:
    """The form of a secret is the form of its placeholder, which is known as such, alone and inside a text, by its number."""
    assert placeholders.form_of(FORMS[form]) == form
    made = placeholders.make(form, 4711, FORMS[form])
    assert placeholders.form_of(made) == form
    assert is_placeholder(made)
    assert PLACEHOLDER.search(f"before {made} after")
    assert placeholders.numbers(f"{{{made!r}}}") == {4711}
    assert made != placeholders.make(form, 4712, FORMS[form])
    assert not is_placeholder(FORMS[form])


@pytest.mark.parametrize("secret", FORMS.values(), ids=FORMS)
def test_every_placeholder_for_a_shape_is_one(secret: str) -> None:
    """Whatever the shape of a member makes of a placeholder is left alone when it is redacted again."""
    assert [option for option in options(secret, 12, len(secret)) if not is_placeholder(option)] == []


def test_formats_stay_valid() -> None:
    """A placeholder parses as what it replaces."""
    header, claims, signature = placeholders.make("jwt", 3, FORMS["jwt"]).split(".")
    for part in (header, claims):
        assert isinstance(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))), dict)
    base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    base64.b64decode(placeholders.make("base64", 3, FORMS["base64"]), validate=True)
    ipaddress.IPv4Address(placeholders.make("ipv4", 70_000, FORMS["ipv4"]))
    ipaddress.IPv6Address(placeholders.make("ipv6", 70_000, FORMS["ipv6"]))
    assert len(placeholders.make("hex", 3, FORMS["hex"])) == len(FORMS["hex"])
    assert len(placeholders.make("digits", 3, FORMS["digits"])) == len(FORMS["digits"])


@pytest.mark.parametrize(("length", "least"), [(3, 0), (16, 16), (63, 16), (64, 64), (300, 256), (9000, 256)])
def test_length_classes(length: int, least: int) -> None:
    """A placeholder is as long as the class of its secret asks for, and no longer than it needs."""
    made = placeholders.plain(1, length)
    assert least <= len(made) <= max(least, len("REDACTED-1"))


def test_accounts_are_distinct_and_known() -> None:
    """Thousands of accounts get a placeholder of their own, each of twelve digits and known as a placeholder."""
    made = [accounts.OWN_ACCOUNT, *(accounts.account(number) for number in range(3000))]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"\d{12}", account) and is_placeholder_account(account) for account in made)
    assert made[1:3] == ["111122223333", "444455556666"]
    assert not is_placeholder_account("210987654321")
