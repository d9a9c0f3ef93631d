"""The rules of redaction: those built in, which of them are kept off on purpose, and the user's own."""

from __future__ import annotations

import difflib
import fnmatch
import functools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from replayaws.errors import OptionError


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as ``replayaws rules`` lists it.

    :param id: what ``keep`` names.
    :param description: what it hides, and what stands in its place.
    """

    id: str
    description: str


_BUILTIN = (
    Rule("model-sensitive", "what botocore's model marks as sensitive, with everything inside it"),
    Rule(
        "account-id", "account ids, wherever their twelve digits stand alone; the recorded account becomes 123456789012"
    ),
    Rule(
        "credential-member",
        "members, headers and JSON keys named Password, SecretAccessKey, SessionToken, Authorization, …",
    ),
    Rule("environment-value", "values of environment variables, and of Name/Value pairs whose name tells of a secret"),
    Rule("user-data", "start-up data of instances"),
    Rule("access-key", "access key ids (AKIA…, ASIA…)"),
    Rule("secret-key", "secret access keys beside their label"),
    Rule("session-token", "session tokens of temporary credentials"),
    Rule("signed-url", "signatures, tokens and key ids in the query of signed URLs (SigV4, SigV4a, SigV2, CloudFront)"),
    Rule("authorization", "Authorization headers: SigV4, Bearer, Basic"),
    Rule("jwt", "JSON web tokens (Cognito, OIDC, CodeArtifact)"),
    Rule("eks-token", "tokens of EKS (k8s-aws-v1.…)"),
    Rule("bedrock-key", "API keys of Bedrock"),
    Rule("private-key", "private keys in PEM"),
    Rule("url-password", "passwords in URLs and connection strings (scheme://user:password@host)"),
    Rule("labelled-secret", "values behind a label such as password= or api_key:"),
    Rule("service-token", "tokens of GitHub, GitLab, Slack, Stripe, Google, npm, PyPI and other services"),
    Rule("principal-id", "unique ids of users, roles, groups and instance profiles (AIDA…, AROA…, AGPA…, AIPA…)"),
    Rule("canonical-user", "canonical user ids of S3 and the display names beside them"),
    Rule("caller-identity", "names of sessions and of the calling user"),
    Rule("email", "e-mail addresses outside the domains reserved for documentation"),
    Rule("public-ip", "public IP addresses"),
)


def builtin() -> tuple[Rule, ...]:
    """The rules that hold unless ``keep`` names them."""
    return _BUILTIN


_KINDS = ("path", "pattern", "literal", "env")
_KEYS = ("id", *_KINDS, "on", "placeholder")


@dataclass(frozen=True, slots=True)
class CustomRule:
    """A rule of the user's.

    :param id: its name in messages.
    :param kind: ``"path"`` (JMESPath into params and response), ``"pattern"`` (regular expression; its group ``secret``
        or first group, else the whole), ``"literal"`` or ``"env"`` (name of an environment variable).
    :param what: the expression, text or name.
    :param on: a glob over ``service.Operation``.
    :param placeholder: what stands in its place; by default one that is numbered.
    """

    id: str
    kind: str
    what: str
    on: str = "*"
    placeholder: str | None = None

    def applies_to(self, operation: str | None) -> bool:
        """Whether the rule holds for an operation, ``None`` standing for text outside any."""
        return self.on == "*" or (operation is not None and fnmatch.fnmatchcase(operation, self.on))


class Rules:
    """Which rules hold; immutable.

    :param kept: ids of builtin rules that do not hold, each optionally with a glob of operations:
        ``"email"``, ``"model-sensitive:bedrock-runtime.*"``.
    :param custom: the user's rules.
    """

    def __init__(self, kept: Sequence[str] = (), custom: Sequence[CustomRule] = ()) -> None:
        self.kept = tuple(kept)
        self.custom = tuple(custom)
        self._keeps = tuple((rule, on or "*") for rule, _, on in (entry.partition(":") for entry in kept))
        known = [rule.id for rule in _BUILTIN]
        for rule, _ in self._keeps:
            if rule not in known:
                raise OptionError(f"keep names no rule: {rule!r}.{_nearest(rule, known)} `replayaws rules` lists them.")
        self.active = functools.lru_cache(maxsize=None)(self._active)

    def _active(self, operation: str | None) -> frozenset[str]:
        """Ids of the builtin rules that hold for an operation, ``None`` standing for text outside any."""
        off = {rule for rule, on in self._keeps if on == "*" or (operation and fnmatch.fnmatchcase(operation, on))}
        return frozenset(rule.id for rule in _BUILTIN if rule.id not in off)

    @classmethod
    def from_options(cls, redact: Sequence[Mapping[str, Any]] = (), keep: Sequence[str] = ()) -> Rules:
        """The rules of the user's settings.

        :param redact: tables such as ``{"id": …, "path": …, "on": …, "placeholder": …}``.
        :param keep: ids of builtin rules that are not to hold.
        :raises OptionError: naming the rule and what is wrong with it.
        """
        return cls(keep, [_custom(rule, number) for number, rule in enumerate(redact, start=1)])


def _custom(settings: Any, number: int) -> CustomRule:
    if not isinstance(settings, Mapping):
        raise OptionError(f"redact: rule {number} is not a table.")
    name = settings.get("id", f"rule-{number}")
    where = f"redact: rule {name!r}"
    for key, value in settings.items():
        if key not in _KEYS:
            raise OptionError(f"{where} has no setting {key!r}.{_nearest(str(key), _KEYS)}")
        if not isinstance(value, str) or not value:
            raise OptionError(f"{where}: {key} is not a text.")
    kinds = [kind for kind in _KINDS if kind in settings]
    if len(kinds) != 1:
        raise OptionError(f"{where} needs exactly one of {', '.join(_KINDS)}; it has {' and '.join(kinds) or 'none'}.")
    if any(name == rule.id for rule in _BUILTIN):
        raise OptionError(f"{where}: that is the id of a builtin rule; choose another.")
    rule = CustomRule(name, kinds[0], settings[kinds[0]], settings.get("on", "*"), settings.get("placeholder"))
    _check(rule, where)
    return rule


def _check(rule: CustomRule, where: str) -> None:
    if rule.kind == "pattern":
        try:
            compiled = re.compile(rule.what)
        except re.error as error:
            raise OptionError(f"{where}: pattern is no regular expression: {error}.") from None
        if compiled.match(""):
            raise OptionError(f"{where}: pattern matches the empty text, so it would match everywhere.")
    if rule.kind == "path":
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            jmespath.compile(rule.what)
        except JMESPathError as error:
            raise OptionError(f"{where}: path is no JMESPath: {' '.join(str(error).split())}.") from None
    if rule.kind == "env" and not re.fullmatch(r"\w+", rule.what):
        raise OptionError(f"{where}: env is not the name of an environment variable.")


def known_secrets(rules: Rules) -> dict[str, str]:
    """The very values that the user's rules hide now, each with the id of its rule."""
    named = {
        rule.what if rule.kind == "literal" else environment_secret(rule): rule.id
        for rule in rules.custom
        if rule.kind in ("literal", "env")
    }
    return {value: rule for value, rule in named.items() if value}


def environment_secret(rule: CustomRule) -> str | None:
    """The value that an ``env`` rule hides now; ``None`` where the variable is not set or empty."""
    return os.environ.get(rule.what) or None


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" There are: {', '.join(known)}."
