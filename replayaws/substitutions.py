"""Which placeholder stands for which secret: one to one, numbered in the order in which the secrets came."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable

import msgspec

from replayaws import accounts, placeholders
from replayaws.accounts import OWN_ACCOUNT, is_placeholder_account

SHORTEST = 8
"""Characters below which a secret is replaced where it is known to stand, but not looked for elsewhere."""

_PUBLIC = re.compile(
    r"[a-z]{2,4}-(?:[a-z]{2,4}-)?(?:north|south)?(?:east|west|central|north|south)-\d[a-z]?"  # regions and zones
    r"|[\d\s.,:/TZ+-]+"  # dates, times, numbers
    r"|(?:application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+"  # media types
    r"|(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(?<=['\"])[^'\"]{4,}(?=['\"])")
_ACCOUNT = re.compile(r"\d{12}")
_DIGIT = re.compile(r"\d")
_OTHER = re.compile(r"[^A-Za-z0-9\s_.-]")


def is_traceable(secret: str) -> bool:
    """Whether a secret is looked for wherever else it may stand.

    A value that an ordinary word or name could equal by chance is not: replacing every ``production`` because
    some member that held it is sensitive would destroy the recording. It must have 8 characters or more, and digits
    or signs among the letters, or 16 characters; dates, regions and media types are no secrets anywhere else.
    """
    if len(secret) < SHORTEST:
        return False
    if _PUBLIC.fullmatch(secret):
        return sum(map(str.isdigit, secret)) >= 11
    return len(secret) >= 16 or (
        secret.lower() != secret.upper() and bool(_DIGIT.search(secret) or _OTHER.search(secret))
    )


class Substitutions:
    """Secrets and accounts with their placeholders; threads may share it.

    :param accounts: account ids known from the start; the first becomes :data:`OWN_ACCOUNT`.
    :param reserved: gives the text whose placeholders are taken, called when the first number is needed.
    :param apart: added to every number, for placeholders that stand beside recorded ones and are none themselves.
    """

    def __init__(
        self, accounts: Iterable[str] = (), reserved: Callable[[], str] | None = None, *, apart: int = 0
    ) -> None:
        self._placeholders: dict[str, str] = {}
        self._traceable: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._watched: frozenset[str] = frozenset()
        self._lock = threading.RLock()
        self._reserved = reserved
        self._taken_accounts: set[str] = set()
        self._last = 0
        self._apart = apart
        self._further = 0
        for account in accounts:
            self.account(account)

    def __len__(self) -> int:
        return len(self._placeholders) + len(self._accounts)

    @property
    def secrets(self) -> dict[str, str]:
        """Every secret so far with its placeholder; in memory only."""
        return dict(self._placeholders)

    @property
    def traceable(self) -> dict[str, str]:
        """Of the secrets those that are looked for everywhere."""
        return self._traceable

    @property
    def accounts(self) -> dict[str, str]:
        """Account ids with their placeholders."""
        return self._accounts

    def placeholder(self, secret: str, make: Callable[[int], str]) -> str:
        """The placeholder of a secret.

        :param make: makes a placeholder of a number.
        """
        known = self._placeholders.get(secret)
        if known is not None:
            return known
        with self._lock:
            if secret not in self._placeholders:
                self._open()
                self._last += 1
                known = make(self._last + self._apart)
                if is_traceable(secret):
                    self._traceable = {**self._traceable, secret: known}
                self._placeholders[secret] = known
            return self._placeholders[secret]

    def inherit(self, wider: Substitutions) -> None:
        """What a wider owner's secrets and accounts have stands for them here too, and new numbers come after its own."""
        with wider._lock, self._lock:
            wider._open()
            self._open()
            self._placeholders = {**wider._placeholders, **self._placeholders}
            self._traceable = {**wider._traceable, **self._traceable}
            self._accounts = {**wider._accounts, **self._accounts}
            self._watched -= self._placeholders.keys()
            self._taken_accounts |= wider._taken_accounts
            self._last = max(self._last, wider._last)

    def always(self, secret: str, placeholder: str | None) -> None:
        """Looks for a secret everywhere from now on, whatever it looks like.

        :param placeholder: the user's own; ``None`` for a numbered one.
        """
        with self._lock:
            if secret not in self._traceable:
                if placeholder is not None:
                    self._placeholders[secret] = placeholder
                made = self.placeholder(
                    secret, lambda number: placeholders.make(placeholders.form_of(secret), number, secret)
                )
                self._traceable = {**self._traceable, secret: made}

    @property
    def looks_for_any(self) -> bool:
        """Whether there is any secret that is looked for everywhere."""
        return bool(self._traceable or self._watched)

    def traces(self, text: bytes) -> bool:
        """Whether a secret that is looked for everywhere stands in JSON text as it is."""
        return any(
            msgspec.json.encode(secret)[1:-1] in text
            for secrets in (self._traceable, self._watched)
            for secret in secrets
        )

    def account(self, account: str) -> str:
        """The placeholder of an account id; a placeholder stays."""
        known = self._accounts.get(account)
        if known is not None:
            return known
        if is_placeholder_account(account):
            return account
        with self._lock:
            self._open()
            if account not in self._accounts:
                known = OWN_ACCOUNT
                while known in self._taken_accounts:
                    known = accounts.account(self._further)
                    self._further += 1
                self._taken_accounts.add(known)
                self._accounts = {**self._accounts, account: known}
            return self._accounts[account]

    def _open(self) -> None:
        if self._reserved is not None:
            text, self._reserved = self._reserved(), None
            self._last = max(placeholders.numbers(text), default=0)
            self._taken_accounts.update(filter(is_placeholder_account, re.findall(r"(?<!\d)\d{12}(?!\d)", text)))

    def replace_accounts(self, text: str) -> str:
        """The text with every known account id, standing alone or in groups of four digits, replaced."""
        for account, placeholder in self._accounts.items():
            if account in text:
                text = re.sub(rf"(?<!\d){account}(?!\d)", placeholder, text)
            grouped = f"{account[:4]}-{account[4:8]}-{account[8:]}"
            if grouped in text:
                text = text.replace(grouped, f"{placeholder[:4]}-{placeholder[4:8]}-{placeholder[8:]}")
        return text

    def replace_quoted(self, message: str) -> str:
        """The message with every secret replaced that stands in quotes, be it traceable or not."""
        return _QUOTED.sub(lambda match: self._placeholders.get(match[0], match[0]), message)

    def watch(self, secrets: Iterable[str]) -> None:
        """Hides these too from now on, each getting a placeholder when it is first met."""
        self._watched |= {secret for secret in secrets if secret not in self._placeholders}

    def replace_secrets(self, text: str) -> str:
        """The text with every traceable or watched secret replaced, the longest first."""
        if self._watched:
            met = frozenset(secret for secret in self._watched if secret in text)
            self._watched -= met
            for secret in sorted(met, key=text.index):
                if _ACCOUNT.fullmatch(secret):
                    self.account(secret)
                else:
                    self.always(secret, None)
        found = [secret for secret in self._traceable if secret in text]
        for secret in sorted(found, key=len, reverse=True):
            text = text.replace(secret, self._traceable[secret])
        return text
