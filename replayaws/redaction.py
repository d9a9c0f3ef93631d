"""Redaction: what is stored, matched and printed is what these functions leave of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import nested, placeholders, secret_names
from replayaws.cassette import Cassette
from replayaws.codec import TAGS, blob_bytes
from replayaws.hiding import hide_string
from replayaws.placeholders import OWN_ACCOUNT, is_placeholder
from replayaws.rules import CustomRule, Rules, environment_secret
from replayaws.secret_forms import FORMS, find_addresses, find_emails, is_harmless, spliced
from replayaws.shapes import is_sensitive
from replayaws.substitutions import Substitutions
from replayaws.suspicion import holds_sensitive, is_suspicious

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

__all__ = ["OWN_ACCOUNT", "Redactor", "is_placeholder"]

_ARN_ACCOUNT = re.compile(r"(?:arn|ARN):[\w-]*:[\w.-]*:[\w-]*:(\d{12})(?!\d)")
_URL_ACCOUNT = re.compile(
    r"(?<!\d)(\d{12})\.(?:[\w-]+\.)*(?:amazonaws\.com|api\.aws|on\.aws|amazon\.com)"
    r"|://(?:sqs|queue|[\w-]+\.queue|localhost|127\.0\.0\.1|[\w.-]*sqs[\w.-]*)[\w.:-]*/(\d{12})(?!\d)"
)
_ACCOUNT_NAME = re.compile(r"account|owner|registryid|payer|^aws$", re.IGNORECASE)
_TWELVE = re.compile(r"\d{12}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_EPOCH = "2000-01-01T00:00:00"


class Redactor:
    """Redacts what belongs to one cassette: equal secrets become equal placeholders, different ones different.

    Idempotent: what is a placeholder already stays. Every method takes and returns written form and leaves its argument as it is.

    :param rules: which rules hold.
    :param accounts: account ids known beforehand; the first becomes ``123456789012``.
    :param reserved: a cassette whose placeholders are taken: new ones are numbered past them.
    """

    def __init__(self, rules: Rules | None = None, *, accounts: Sequence[str] = (), reserved: Cassette | None = None) -> None:
        self._rules = rules or Rules()
        self._known = Substitutions(accounts, None if reserved is None else lambda: _text_of(reserved))
        self._active: frozenset[str] = frozenset()
        self._custom: tuple[CustomRule, ...] = ()
        self._depth = 0

    @property
    def secrets(self) -> frozenset[str]:
        """The values hidden so far; for the guard, in memory only."""
        return frozenset(self._known.secrets) | frozenset(self._known.accounts)

    def params(self, written: dict[str, Any], model: OperationModel | None) -> dict[str, Any]:
        """The parameters of a call."""
        if not self._needs(written, model, "input"):
            return written
        self._enter(_operation(model))
        return self._whole(written, None if model is None else model.input_shape)

    def response(self, written: dict[str, Any], model: OperationModel | None, *, error: bool = False) -> dict[str, Any]:
        """A parsed output, or with ``error`` what an error answer carries beside ``Error``."""
        self._enter(_operation(model))
        if error and model is not None:
            return self._error_members(written, model)
        return self._whole(written, None if model is None else model.output_shape)

    def error(self, written: dict[str, Any]) -> dict[str, Any]:
        """The ``Error`` member: code, message and more. A message that quotes a secret loses it."""
        self._enter(None)
        redacted: dict[str, Any] = self._value(written, None, "")
        message = redacted.get("Message")
        if isinstance(message, str):
            redacted["Message"] = self._quoted(message)
        return redacted

    def metadata(self, written: dict[str, Any]) -> dict[str, Any]:
        """``ResponseMetadata``."""
        self._enter(None)
        redacted: dict[str, Any] = self._value(written, None, "")
        return redacted

    def text(self, text: str) -> str:
        """Any text: a message, an owner, a URL."""
        self._enter(None)
        return self._text(text)

    def data(self, data: bytes) -> bytes:
        """The bytes of a body beside the cassette; those that are neither text nor compressed text stay."""
        self._enter(None)
        return nested.rewrite_bytes(data, self._text)

    # -- entering ------------------------------------------------------------------------------------------------

    def _needs(self, written: dict[str, Any], model: OperationModel | None, side: str) -> bool:
        if model is None or self._rules.custom or holds_sensitive(model, side) or is_suspicious(written):
            return True
        return bool(self._known.traceable) and self._known.traces(msgspec.json.encode(written))

    def _enter(self, operation: str | None) -> None:
        self._active = self._rules.active(operation)
        self._custom = tuple(rule for rule in self._rules.custom if rule.applies_to(operation))
        self._depth = 0
        for rule in self._custom:
            if rule.kind == "env":
                self._learn(environment_secret(rule), rule)
            elif rule.kind == "literal":
                self._learn(rule.what, rule)

    def _learn(self, secret: str | None, rule: CustomRule) -> None:
        if secret:
            self._known.always(secret, rule.placeholder)

    # -- values --------------------------------------------------------------------------------------------------

    def _whole(self, written: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
        for rule in self._custom:
            if rule.kind == "path":
                from replayaws.located import replace_at

                written = replace_at(rule.what, written, lambda secret, rule=rule: self._by_rule(secret, rule))
        redacted: dict[str, Any] = self._value(written, shape, "")
        return redacted

    def _by_rule(self, secret: Any, rule: CustomRule) -> Any:
        if isinstance(secret, str):
            if rule.placeholder is not None:
                return rule.placeholder
            return self._hide_text(secret, None)
        return _fixed(secret, None)

    def _error_members(self, written: dict[str, Any], model: OperationModel) -> dict[str, Any]:
        members: dict[str, Shape] = {}
        for shape in model.error_shapes:
            for name, member in shape.members.items():
                if name not in members or is_sensitive(member):
                    members[name] = member
        return {name: self._value(value, members.get(name), name) for name, value in written.items()}

    def _value(self, value: Any, shape: Shape | None, name: str) -> Any:
        if shape is not None and shape.metadata.get("sensitive") and "model-sensitive" in self._active:
            return self._hide(value, shape)
        if isinstance(value, str):
            if shape is not None and shape.type_name == "timestamp":
                return value
            return self._string(value, name)
        if isinstance(value, dict):
            return self._mapping(value, shape, name)
        if isinstance(value, list):
            member = None
            if shape is not None:
                member = shape.member if shape.type_name == "list" else shape  # type: ignore[attr-defined]  # events
            if "environment-value" in self._active and secret_names.is_environment(name):
                return [self._environment_item(item, member) for item in value]
            return [self._value(item, member, name) for item in value]
        if type(value) is int:
            return self._integer(value, name)
        return value

    def _mapping(self, value: dict[str, Any], shape: Shape | None, name: str) -> dict[str, Any]:
        kind = None if shape is None else shape.type_name
        if kind == "structure" and not getattr(shape, "is_document_type", False):
            members = shape.members  # type: ignore[union-attr]  # a structure
            out = {key: self._member(item, members.get(key), key) for key, item in value.items()}
        elif not TAGS.isdisjoint(value):
            return self._tagged(value, shape, name)
        else:
            member = shape.value if kind == "map" else None  # type: ignore[union-attr]  # a map
            hidden_keys = kind == "map" and is_sensitive(shape.key) and "model-sensitive" in self._active  # type: ignore[union-attr]
            environment = "environment-value" in self._active and secret_names.is_environment(name)
            out = {}
            for key, item in value.items():
                if environment and isinstance(item, str):
                    item = self._hide_unless_harmless(item)
                written = self._hide_text(key, shape.key) if hidden_keys else self._text(key)  # type: ignore[union-attr]
                out[written] = self._member(item, member, key)
        return self._pairs(value, out)

    def _member(self, item: Any, shape: Shape | None, name: str) -> Any:
        if "credential-member" in self._active and secret_names.is_credential(name, item):
            return self._hide_credential(item, shape)
        if "user-data" in self._active and secret_names.is_user_data(name):
            return self._hide(item, shape)
        return self._value(item, shape, name)

    def _hide_credential(self, item: Any, shape: Shape | None) -> Any:
        if isinstance(item, str):
            return self._hide_unless_harmless(item)
        if isinstance(item, list):
            return [self._hide_unless_harmless(each) if isinstance(each, str) else self._value(each, shape, "") for each in item]
        return self._hide(item, None)

    def _hide_unless_harmless(self, secret: str) -> str:
        if is_harmless(secret) and secret[:1] not in ("{", "["):
            return self._text(secret)
        return self._hide_text(secret, None)

    def _environment_item(self, item: Any, shape: Shape | None) -> Any:
        out = self._value(item, shape, "")
        if isinstance(item, dict):
            key = secret_names.environment_pair(item)
            if key is not None and isinstance(item[key], str):
                return {**out, key: self._hide_unless_harmless(item[key])}
        return out

    def _pairs(self, value: dict[str, Any], out: dict[str, Any]) -> dict[str, Any]:
        if "environment-value" in self._active:
            key = secret_names.secret_pair(value)
            if key is not None and isinstance(value[key], str):
                out[key] = self._hide_unless_harmless(value[key])
        if "canonical-user" in self._active:
            for key in ("ID", "Id", "CanonicalUser", "S3CanonicalUserId", "CanonicalUserId"):
                canonical = value.get(key)
                if isinstance(canonical, str) and _HEX64.fullmatch(canonical):
                    out[key] = self._hide_text(canonical, None)
                    if isinstance(value.get("DisplayName"), str):
                        out["DisplayName"] = self._hide_text(value["DisplayName"], None)
        return out

    def _tagged(self, value: dict[str, Any], shape: Shape | None, name: str) -> dict[str, Any]:
        if "$json" in value:
            return {**value, "$json": self._value(value["$json"], None, name)}
        if "$literal" in value:
            inner = value["$literal"]
            member = shape.value if shape is not None and shape.type_name == "map" else None  # type: ignore[attr-defined]
            return {"$literal": {self._text(key): self._member(item, member, key) for key, item in inner.items()}}
        if "$base64" in value:
            data = blob_bytes(value)
            changed = nested.rewrite_bytes(data, self._text)
            return value if changed == data else _base64_blob(changed)
        return value

    def _integer(self, value: int, name: str) -> int:
        if "account-id" in self._active and 10**9 <= value < 10**12:
            text = f"{value:012}"
            if text in self._known.accounts or (value >= 10**11 and _ACCOUNT_NAME.search(name)):
                return int(self._known.account(text))
        return value

    # -- strings -------------------------------------------------------------------------------------------------

    def _string(self, value: str, name: str) -> str:
        if "account-id" in self._active and _TWELVE.fullmatch(value) and _ACCOUNT_NAME.search(name):
            return self._known.account(value)
        if name and "version" in name.lower():
            return self._text(value, addresses=False)
        return self._text(value)

    def _text(self, text: str, *, addresses: bool = True) -> str:
        if len(text) < 6:
            return text if not self._custom else self._by_custom(text)
        if self._custom:
            text = self._by_custom(text)
        text = self._known.replace_secrets(text)
        if self._depth < nested.MAX_DEPTH:
            self._depth += 1
            try:
                text = nested.rewrite(text, self._text, lambda value: self._value(value, None, ""))
            finally:
                self._depth -= 1
        if "account-id" in self._active:
            text = self._accounts(text)
        lowered = text.lower()
        for form in FORMS:
            if form.rule in self._active and any(trigger in lowered for trigger in form.triggers):
                text = form.replace(text, lambda secret: self._hide_text(secret, None))
                lowered = text.lower()
        if "email" in self._active and "@" in text:
            text = spliced(text, find_emails(text), lambda secret: self._hide_text(secret, None))
        if addresses and "public-ip" in self._active:
            text = spliced(text, find_addresses(text), self._hide_address)
        return text

    def _accounts(self, text: str) -> str:
        if "arn:" in text or "ARN:" in text:
            for found in _ARN_ACCOUNT.findall(text):
                self._known.account(found)
        if "://" in text or ".dkr.ecr." in text or "amazonaws" in text:
            for host, path in _URL_ACCOUNT.findall(text):
                self._known.account(host or path)
        return self._known.replace_accounts(text)

    def _hide_address(self, secret: str) -> str:
        if "-" not in secret:
            return self._hide_text(secret, None)
        return self._hide_text(secret.replace("-", "."), None).replace(".", "-")

    def _by_custom(self, text: str) -> str:
        for rule in self._custom:
            if rule.kind == "pattern":
                text = re.sub(rule.what, lambda match, rule=rule: self._by_pattern(match, rule), text)  # type: ignore[misc]
        return text

    def _by_pattern(self, match: re.Match[str], rule: CustomRule) -> str:
        group: str | int = "secret" if "secret" in match.re.groupindex else 1 if match.re.groups else 0
        secret = match[group]
        if not secret or is_placeholder(secret):
            return match[0]
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return f"{match[0][:start]}{self._by_rule(secret, rule)}{match[0][end:]}"

    def _quoted(self, message: str) -> str:
        secrets = self._known.secrets
        return re.sub(r"(?<=['\"])[^'\"]{4,}(?=['\"])", lambda match: secrets.get(match[0], match[0]), message)

    # -- hiding --------------------------------------------------------------------------------------------------

    def _hide(self, value: Any, shape: Shape | None) -> Any:
        """Everything below is sensitive."""
        kind = None if shape is None else shape.type_name
        if isinstance(value, str):
            if kind == "timestamp":
                return _EPOCH + ("Z" if value.endswith("Z") else "+00:00")
            return self._hide_text(value, shape)
        if isinstance(value, list):
            member = shape.member if shape is not None and kind == "list" else shape  # type: ignore[attr-defined]
            return [self._hide(item, member) for item in value]
        if not isinstance(value, dict):
            return _fixed(value, shape)
        if kind == "structure" and not getattr(shape, "is_document_type", False):
            members = shape.members  # type: ignore[union-attr]  # a structure
            return {key: self._hide(item, members.get(key)) for key, item in value.items()}
        if not TAGS.isdisjoint(value):
            return self._hide_tagged(value, shape)
        if kind == "map":
            key_shape = shape.key  # type: ignore[union-attr]  # a map
            return {
                (self._hide_text(key, key_shape) if is_sensitive(key_shape) else self._text(key)): self._hide(item, shape.value)  # type: ignore[union-attr]
                for key, item in value.items()
            }
        return {self._text(key): self._hide(item, None) for key, item in value.items()}

    def _hide_tagged(self, value: dict[str, Any], shape: Shape | None) -> Any:
        if "$json" in value:
            return {**value, "$json": self._hide(value["$json"], None)}
        if "$literal" in value:
            member = shape.value if shape is not None and shape.type_name == "map" else None  # type: ignore[attr-defined]
            return {"$literal": {key: self._hide(item, member) for key, item in value["$literal"].items()}}
        if "$sha256" in value:
            return {**value, "$sha256": self._hide_text(str(value["$sha256"]), None)}
        if "$base64" in value:
            return self._hide_text(value["$base64"], None, length=len(value["$base64"]) * 3 // 4)
        if "$escaped" in value:
            return self._hide_text(value["$escaped"], None)
        if "$timestamp" in value:
            return {"$timestamp": _EPOCH + "Z"}
        if "$float" in value:
            return 0.0
        return value

    def _hide_text(self, secret: str, shape: Shape | None, *, length: int | None = None) -> str:
        """The placeholder of a secret; JSON keeps its keys, and what hides nothing stays."""
        if not secret or is_placeholder(secret) or placeholders.is_placeholder_account(secret):
            return secret
        if secret[0] in "{[" and len(secret) > 2:
            hidden = nested.rewrite_json(secret, lambda value: self._hide(value, None))
            if hidden is not None:
                return hidden
        if secret in self._known.accounts:
            return self._known.accounts[secret]
        return hide_string(secret, shape, self._known, length=length)


def _fixed(value: Any, shape: Shape | None) -> Any:
    if value is None:
        return None
    if isinstance(value, bool):
        return False
    least = None if shape is None else shape.metadata.get("min")
    number = max(0, int(least)) if isinstance(least, (int, float)) else 0
    return float(number) if isinstance(value, float) else number


def _base64_blob(data: bytes) -> Any:
    from replayaws.codec import encode_blob

    return encode_blob(data)


def _operation(model: OperationModel | None) -> str | None:
    return None if model is None else f"{model.service_model.service_name}.{model.name}"


def _text_of(cassette: Cassette) -> str:
    return msgspec.json.encode(cassette).decode()


