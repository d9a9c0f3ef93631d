"""What stands in place of a secret: numbered, of the secret's form, and recognisable wherever it stands.

=================  =====================================================  ==========================================
form               placeholder                                            of a secret that is
=================  =====================================================  ==========================================
``plain``          ``REDACTED-1``, ``REDACTED-1-xxxxx``                   any text; padded to its length class
``identifier``     ``REDACTED1``, ``redacted1``, ``redacted_1``           text whose pattern allows no dash
``hex``            ``5ec2e7000000…01``                                    16 or more hex digits, of the same length
``digits``         ``9990000001``                                         8 or more digits, of the same length
``uuid``           ``5ec2e700-0000-4000-8000-000000000001``               a UUID
``key_id``         ``AKIAREDACTEDAAAAAAAB``                               an access key id or a principal id
``email``          ``redacted-1@example.com``                             an e-mail address
``phone``          ``+15550100001``                                       a phone number
``ipv4, ipv6``     ``198.18.0.1``, ``2001:2::1``                          an address (ranges reserved for benchmarks)
``url``            ``https://redacted-1.example.com/``                    a URL
``arn``            ``arn:aws:sns:eu-west-1:123456789012:REDACTED-1``      an ARN
``jwt``            ``eyJ….eyJ….REDACTED-000001``                          a JSON web token; parses, claims nothing
``pem``            a PEM block around ``UkVEQUNURUQtMQ==``                a private key in PEM
``base64``         ``UkVEQUNURUQtMQ==``                                   base64
=================  =====================================================  ==========================================

Account ids have a sequence of their own, see :mod:`replayaws.accounts`.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re

_NUMBERED = (
    r"redacted-(?P<email>\d+)@example\.com",
    r"eyJ[\w-]+\.[\w-]+\.REDACTED-(?P<jwt>\d{6,})",
    r"REDACTED-(?P<plain>\d+)(?:-x+)?(?![\w-])",
    r"(?:REDACTED|redacted)[-_]?(?P<identifier>\d+)(?:[-_]?x+)?",
    r"A[A-Z]{3}REDACTED(?P<key_id>[A-Z]{8,9})(?![A-Z0-9])",
    r"5ec2e700-0000-4000-8000-(?P<uuid>\d{12})",
    r"(?i:5ec2e7)0{6}(?P<hex>\d+)(?![0-9a-fA-F])",
    r"(?<!\d)9990000(?P<digits>\d+)",
    r"\+1555010(?P<phone>\d{4,})",
    r"(?<![\d.])198\.(?P<ipv4>1[89]\.\d{1,3}\.\d{1,3})(?![\d])",
    r"2001:2::(?P<ipv6>[0-9a-f]{1,4}(?::[0-9a-f]{1,4})?)",
    r"UkVEQUNURUQt(?P<base64>[A-Za-z0-9+/_-]*)={0,2}",
)
PLACEHOLDER = re.compile("|".join(_NUMBERED))
"""Finds placeholders anywhere in a text. Placeholder accounts are apart: :func:`replayaws.accounts.is_placeholder_account`."""

_WRAPPED = re.compile(
    r"(?:https?://|/)?redacted-\d+(?:\.example\.com/?)?|arn:[\w-]*:[^:]*:[^:]*:[^:]*:(?:REDACTED|redacted)-\d+"
    r"|-----BEGIN [A-Z ]+-----\s+UkVEQUNURUQt[\w+/]*=*\s+-----END [A-Z ]+-----\s*"
)

FRAMED = re.compile(
    "|".join(
        (
            r"https?://redacted-\d+\.example\.com/?",
            r"arn:[\w-]*:[^:]*:[^:]*:[^:]*:(?:REDACTED|redacted)-\d+",
            r"-----BEGIN [A-Z ]+-----\s+UkVEQUNURUQt[\w+/]*=*\s+-----END [A-Z ]+-----\s*",
            *(re.sub("[?]P<[a-z0-9_]+>", "?:", form) for form in _NUMBERED),
        )
    )
)
"""Finds placeholders with the frame that those of URLs, ARNs and keys have; has no groups."""


def is_placeholder(text: str) -> bool:
    """Whether the whole text is one placeholder."""
    return PLACEHOLDER.fullmatch(text) is not None or _WRAPPED.fullmatch(text) is not None


def numbers(text: str) -> set[int]:
    """The numbers of all placeholders in a text."""
    found = set()
    for match in PLACEHOLDER.finditer(text):
        kind = match.lastgroup or ""
        number = _number(kind, match[kind])
        if number is not None:
            found.add(number)
    return found


def _number(kind: str, text: str) -> int | None:
    if kind == "key_id":
        value = 0
        for letter in text:
            value = value * 26 + ord(letter) - ord("A")
        return value
    if kind == "ipv4":
        second, third, fourth = (int(part) for part in text.split("."))
        return ((second - 18) * 256 + third) * 256 + fourth
    if kind == "ipv6":
        return int(text.replace(":", ""), 16)
    if kind == "base64":
        padded = text.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            inner = base64.b64decode(padded[: len(padded) // 4 * 4] + padded[len(padded) // 4 * 4 :].ljust(4, "="))
        except (binascii.Error, ValueError):
            return None
        digits = re.match(rb"\d+", inner)
        return int(digits[0]) if digits and len(digits[0]) < 12 else None
    return int(text) if len(text) < 19 or kind == "hex" else None


_JWT = re.compile(r"eyJ[\w-]{6,}(?:\.[\w-]*){2,4}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEY_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{16,17}")
_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+\d{8,15}")
_ARN = re.compile(r"(arn:[\w-]*:[^:\s]*:[^:\s]*:(?:\d{12})?:)\S+")
_URL = re.compile(r"(https?)://[^\s/?#]+\S*")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*", re.DOTALL)
_BASE64 = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?:[A-Za-z0-9+/]{4}){6,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_HEX = re.compile(r"[0-9a-f]{16,}|[0-9A-F]{16,}")


def form_of(secret: str) -> str:
    """The name of the form, of those in the module's table, that a secret has."""
    for form, pattern in (("jwt", _JWT), ("uuid", _UUID), ("key_id", _KEY_ID), ("email", _EMAIL), ("phone", _PHONE)):
        if pattern.fullmatch(secret):
            return form
    if secret.isdigit() and secret.isascii():
        return "digits" if len(secret) >= 8 else "plain"
    for form, pattern in (("hex", _HEX), ("arn", _ARN), ("url", _URL), ("pem", _PEM), ("base64", _BASE64)):
        if pattern.fullmatch(secret):
            return form
    return _address_form(secret) or "plain"


def _address_form(text: str) -> str | None:
    if len(text) > 45 or (":" not in text and text.count(".") != 3):
        return None
    try:
        return f"ipv{ipaddress.ip_address(text).version}"
    except ValueError:
        return None


def make(form: str, number: int, secret: str) -> str:
    """The placeholder of a form with a number.

    :param form: of the module's table.
    :param number: from 1.
    :param secret: what it replaces; gives length, prefix and frame.
    """
    if form == "hex":
        body = f"{number:0{max(len(secret) - 6, 8)}}"
        return ("5EC2E7" if secret.isupper() else "5ec2e7") + _leave_zeros(body, 6)
    if form == "digits":
        return "9990000" + f"{number:0{max(len(secret) - 7, 1)}}"
    if form == "uuid":
        return f"5ec2e700-0000-4000-8000-{number:012}"
    if form == "key_id":
        return f"{secret[:4]}REDACTED{letters(number)}"
    if form == "email":
        return f"redacted-{number}@example.com"
    if form == "phone":
        return f"+1555010{number:04}"
    if form == "ipv4":
        return f"198.{18 + (number >> 16 & 1)}.{number >> 8 & 255}.{number & 255}"
    if form == "ipv6":
        return f"2001:2::{number:x}" if number < 65536 else f"2001:2::{number >> 16:x}:{number & 65535:x}"
    if form == "url":
        return f"{secret.partition('://')[0]}://redacted-{number}.example.com/"
    if form == "arn":
        match = _ARN.fullmatch(secret)
        return f"{match[1] if match else 'arn:aws:redacted:::'}REDACTED-{number}"
    if form == "jwt":
        return _jwt(number)
    if form == "pem":
        label = secret.partition("-----BEGIN ")[2].partition("-----")[0]
        return f"-----BEGIN {label}-----\n{_base64(number, 0)}\n-----END {label}-----" + secret[len(secret.rstrip()) :]
    if form == "base64":
        return _base64(number, len(secret) * 3 // 4)
    return plain(number, len(secret))


LENGTH_CLASSES = (16, 64, 256)
"""A plain placeholder of a secret at least this long is at least this long too."""


def plain(number: int, length: int) -> str:
    """``REDACTED-n``, padded to the length class of a secret of this length."""
    text = f"REDACTED-{number}"
    least = max((limit for limit in LENGTH_CLASSES if length >= limit), default=0)
    return text if len(text) >= least else text + "-" + "x" * max(least - len(text) - 1, 1)


def letters(number: int) -> str:
    """A number in eight letters, as access key ids have no digits 0 and 1."""
    text = ""
    for _ in range(8):
        number, rest = divmod(number, 26)
        text = chr(ord("A") + rest) + text
    return text


def _leave_zeros(body: str, zeros: int) -> str:
    return body if body.startswith("0" * zeros) else "0" * zeros + body.lstrip("0")


def _base64(number: int, length: int) -> str:
    return base64.b64encode(plain(number, length).encode()).decode()


def _jwt(number: int) -> str:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()

    name = f"REDACTED-{number:06}"
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': name, 'exp': 4102444800})}.{name}"
