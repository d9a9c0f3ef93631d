"""What stands in place of account ids; apart from other placeholders, because each call is asked for accounts."""

from __future__ import annotations

import re

OWN_ACCOUNT = "123456789012"
"""What the recorded account becomes: moto's account, so that ARNs of recordings and of moto agree."""

_ACCOUNTS = (
    "111122223333",
    "444455556666",
    "777788889999",
    "222233334444",
    "555566667777",
    "888899990000",
    "333344445555",
    "666677778888",
    "999900001111",
)
_PLACEHOLDER_ACCOUNT = re.compile(r"123456789012|(\d)\1{3}(\d)\2{3}(\d)\3{3}|00009900\d{4}")


def account(number: int) -> str:
    """The placeholder of the nth further account (n from 0), the recorded one being :data:`OWN_ACCOUNT`.

    AWS's documentation numbers first (``111122223333``, ``444455556666``, …), then ``000099000009`` and so on.
    """
    return _ACCOUNTS[number] if number < len(_ACCOUNTS) else f"00009900{number:04}"


def is_placeholder_account(text: str) -> bool:
    """Whether the text is an account id that stands for another, or one that documentation uses."""
    return _PLACEHOLDER_ACCOUNT.fullmatch(text) is not None
