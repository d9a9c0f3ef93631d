"""Redaction of a text: what it holds openly, and what it holds inside base64, gzip, percent escapes and JSON."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from replayaws import accounts, nested
from replayaws.hiding import hide_string
from replayaws.placeholders import is_placeholder
from replayaws.rules import CustomRule, environment_secret
from replayaws.secret_forms import FORMS, find_addresses, find_emails, is_harmless, spliced
from replayaws.substitutions import Substitutions
from replayaws.suspicion import is_suspicious_text

if TYPE_CHECKING:
    from botocore.model import Shape

_ARN_ACCOUNT = re.compile(r"(?:arn|ARN):[\w-]*:[\w.-]*:[\w-]*:(\d{12})(?!\d)")
_URL_ACCOUNT = re.compile(
    r"(?<!\d)(\d{12})\.(?:[\w-]+\.)*(?:amazonaws\.com|api\.aws|on\.aws|amazon\.com|localhost)"
    r"|://(?:[\w.-]*(?:sqs|queue)[\w.-]*|localhost|127\.0\.0\.1)(?::\d+)?/(\d{12})(?!\d)"
)
_URL_MARKS = ("://", "amazonaws", ".aws", "localhost")


class TextRedaction:
    """Redacts texts by the rules that hold for one operation.

    :param known: secrets and their placeholders; shared by everything of one cassette.
    :param active: ids of the builtin rules that hold.
    :param custom: the user's rules that hold.
    :param inside_json: redacts a parsed JSON value found inside a text.
    """

    def __init__(
        self,
        known: Substitutions,
        active: frozenset[str],
        custom: Sequence[CustomRule],
        *,
        inside_json: Callable[[Any], Any],
    ) -> None:
        self.known, self.active, self.custom = known, active, custom
        self._inside_json = inside_json
        self._patterns = [(rule, re.compile(rule.what)) for rule in custom if rule.kind == "pattern"]
        self._forms = [form for form in FORMS if form.rule in active]
        self._depth = 0
        for rule in custom:
            secret = environment_secret(rule) if rule.kind == "env" else rule.what if rule.kind == "literal" else None
            if secret:
                known.always(secret, rule.placeholder)

    def text(self, text: str, *, addresses: bool = True) -> str:
        """The text without what is secret in it.

        :param addresses: whether four numbers with dots may be an address; in a version they are not.
        """
        for rule, pattern in self._patterns:
            text = pattern.sub(lambda match, rule=rule: self._by_pattern(match, rule), text)  # type: ignore[misc]
        text = self.known.replace_secrets(text)
        if not is_suspicious_text(text):
            return text
        if self._depth < nested.MAX_DEPTH:
            self._depth += 1
            try:
                text = nested.rewrite(text, self.text, self._inside_json)
            finally:
                self._depth -= 1
        if "account-id" in self.active:
            text = self._accounts(text)
        lowered = text.lower()
        for form in self._forms:
            if any(trigger in lowered for trigger in form.triggers):
                text = form.replace(text, self.hide)
                lowered = text.lower()
        if "email" in self.active:
            text = spliced(text, find_emails(text), self.hide)
        if addresses and "public-ip" in self.active:
            text = spliced(text, find_addresses(text), self._hide_address)
        return text

    def data(self, data: bytes) -> bytes:
        """Bytes without what is secret in them, where they are text, or gzip or zlib of it."""
        return nested.rewrite_bytes(data, self.text)

    def hide(self, secret: str, shape: Shape | None = None, *, length: int | None = None) -> str:
        """The placeholder of a secret. JSON keeps its keys; a placeholder and an empty text stay.

        :param shape: of the member that holds it, where known.
        :param length: of the secret itself, where this is its encoded form.
        """
        if not secret or is_placeholder(secret) or accounts.is_placeholder_account(secret):
            return secret
        if secret[0] in "{[" and len(secret) > 2:
            hidden = nested.rewrite_json(secret, self.hide_json)
            if hidden is not None:
                return hidden
        if "%" in secret:
            secret = urllib.parse.unquote(secret)
        if secret in self.known.accounts:
            return self.known.accounts[secret]
        return hide_string(secret, shape, self.known, length=length)

    def hide_unless_harmless(self, secret: str) -> str:
        """The placeholder of what stands where a secret would, unless it is a reference, a mask or a placeholder."""
        if secret[:1] not in ("{", "[") and is_harmless(secret):
            return self.text(secret)
        return self.hide(secret)

    def hide_json(self, value: Any) -> Any:
        """Every scalar of a JSON value hidden; keys and ``null`` stay."""
        if isinstance(value, dict):
            return {self.text(key): self.hide_json(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.hide_json(item) for item in value]
        return self.hide(value) if isinstance(value, str) else fixed(value)

    def by_rule(self, rule: CustomRule, secret: Any) -> Any:
        """What a rule of the user's puts in place of a value."""
        if not isinstance(secret, str):
            return fixed(secret)
        if not secret or is_placeholder(secret):
            return secret
        if rule.placeholder is not None:
            self.known.always(secret, rule.placeholder)
            return rule.placeholder
        return self.hide(secret)

    def _by_pattern(self, match: re.Match[str], rule: CustomRule) -> str:
        group: str | int = "secret" if "secret" in match.re.groupindex else 1 if match.re.groups else 0
        if not match[group]:
            return match[0]
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return f"{match[0][:start]}{self.by_rule(rule, match[group])}{match[0][end:]}"

    def _accounts(self, text: str) -> str:
        if "arn:" in text or "ARN:" in text:
            for found in _ARN_ACCOUNT.findall(text):
                self.known.account(found)
        if any(mark in text for mark in _URL_MARKS):
            for host, path in _URL_ACCOUNT.findall(text):
                self.known.account(host or path)
        return self.known.replace_accounts(text)

    def _hide_address(self, secret: str) -> str:
        if "-" in secret:  # in the name of a host
            return self.hide(secret.replace("-", ".")).replace(".", "-")
        return self.hide(secret)


def fixed(value: Any, least: object = None) -> Any:
    """What stands for a sensitive number or truth value: the same for all of a type.

    :param least: the smallest number that the model allows.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return False
    number = max(0, int(least)) if isinstance(least, (int, float)) else 0
    return float(number) if isinstance(value, float) else number
