"""Redaction of a value in written form, beside its shape: the model says what is sensitive, names tell the rest."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from replayaws import codec, nested, secret_names
from replayaws.event_redaction import redact_across
from replayaws.rules import CustomRule
from replayaws.shapes import is_sensitive
from replayaws.substitutions import Substitutions
from replayaws.text_redaction import TextRedaction, fixed

if TYPE_CHECKING:
    from botocore.model import Shape

_ACCOUNT_NAME = re.compile(r"account|owner|registryid|payer|^aws$", re.IGNORECASE)
_TWELVE = re.compile(r"\d{12}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_CANONICAL = ("ID", "Id", "CanonicalUser", "S3CanonicalUserId", "CanonicalUserId")
_USER = re.compile(r"(?<=/)[^/]+$")
_SOME_TIME = "2000-01-01T00:00:00"


class ValueRedaction:
    """Redacts values by the rules that hold for one operation.

    :param known: secrets and their placeholders; shared by everything of one cassette.
    :param active: ids of the builtin rules that hold.
    :param custom: the user's rules that hold.
    """

    def __init__(self, known: Substitutions, active: frozenset[str], custom: Sequence[CustomRule]) -> None:
        self.texts = TextRedaction(known, active, custom, inside_json=lambda value: self.value(value, None, ""))
        self._known, self._active = known, active
        self._paths = [rule for rule in custom if rule.kind == "path"]

    def whole(self, written: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
        """All parameters of a call, or all of an answer."""
        for rule in self._paths:
            from replayaws.located import replace_at

            written = replace_at(rule.what, written, functools.partial(self.texts.by_rule, rule))
        redacted: dict[str, Any] = self.value(written, shape, "")
        return redacted

    def without_caller(self, identity: dict[str, Any]) -> dict[str, Any]:
        """The answer of GetCallerIdentity without the name of the user who called."""
        arn = identity.get("Arn")
        if "caller-identity" not in self._active or not isinstance(arn, str):
            return identity
        return {**identity, "Arn": _USER.sub(lambda match: self.texts.hide(match[0]), arn) if ":user/" in arn else arn}

    def value(self, value: Any, shape: Shape | None, name: str) -> Any:
        """A value that stands below a name."""
        if shape is not None and is_sensitive(shape) and "model-sensitive" in self._active:
            return self._hide(value, shape)
        if isinstance(value, str):
            return value if shape is not None and shape.type_name == "timestamp" else self._string(value, name)
        if isinstance(value, dict):
            return self._mapping(value, shape, name)
        if isinstance(value, list):
            return self._list(value, shape, name)
        return self._integer(value, name) if type(value) is int else value

    def _string(self, value: str, name: str) -> str:
        if "account-id" in self._active and _TWELVE.fullmatch(value) and _ACCOUNT_NAME.search(name):
            return self._known.account(value)
        return self.texts.text(value, addresses="version" not in name.lower())

    def _integer(self, value: int, name: str) -> int:
        if "account-id" in self._active and 10**9 <= value < 10**12:
            text = f"{value:012}"
            if text in self._known.accounts or (value >= 10**11 and _ACCOUNT_NAME.search(name)):
                return int(self._known.account(text))
        return value

    def _list(self, value: list[Any], shape: Shape | None, name: str) -> list[Any]:
        item_shape = _item_shape(shape)
        items = [self.value(item, item_shape, name) for item in value]
        if shape is not None and shape.type_name == "structure":
            redact_across(items, self.texts.text)
        if "environment-value" in self._active and secret_names.is_environment(name):
            for item, original in zip(items, value, strict=True):
                key = secret_names.environment_pair(original) if isinstance(original, dict) else None
                if key is not None and isinstance(original[key], str):
                    item[key] = self.texts.hide_unless_harmless(original[key])
        return items

    def _mapping(self, value: dict[str, Any], shape: Shape | None, name: str) -> Any:
        members = _members(shape)
        if members is not None:
            redacted = {key: self._member(item, members.get(key), key) for key, item in value.items()}
        elif _is_tagged(value):
            return self._tagged(value, shape, name)
        else:
            redacted = self._map(value, shape, name)
        return self._telling_pairs(value, redacted)

    def _map(self, value: dict[str, Any], shape: Shape | None, name: str) -> dict[str, Any]:
        key_shape, item_shape = _map_shapes(shape)
        hides_keys = key_shape is not None and is_sensitive(key_shape) and "model-sensitive" in self._active
        environment = "environment-value" in self._active and secret_names.is_environment(name)
        redacted = {}
        for key, item in value.items():
            written = self._key(key, shape) if hides_keys else self.texts.text(key)
            if environment and isinstance(item, str):
                redacted[written] = self.texts.hide_unless_harmless(item)
            else:
                redacted[written] = self._member(item, item_shape, key)
        return redacted

    def _member(self, item: Any, shape: Shape | None, name: str) -> Any:
        if "credential-member" in self._active and secret_names.is_credential(name, item):
            if isinstance(item, str):
                return self.texts.hide_unless_harmless(item)
            return self._hide(item, shape)
        if "user-data" in self._active and secret_names.is_user_data(name):
            return self._hide(item, shape)
        return self.value(item, shape, name)

    def _telling_pairs(self, value: dict[str, Any], redacted: dict[str, Any]) -> dict[str, Any]:
        """What one member tells about another: the name of a variable, the id of an S3 user."""
        if "environment-value" in self._active:
            key = secret_names.secret_pair(value)
            if key is not None and isinstance(value[key], str):
                redacted[key] = self.texts.hide_unless_harmless(value[key])
        if "canonical-user" in self._active:
            for key in _CANONICAL:
                user = value.get(key)
                if isinstance(user, str) and _HEX64.fullmatch(user):
                    redacted[key] = self.texts.hide(user)
                    if isinstance(value.get("DisplayName"), str):
                        redacted["DisplayName"] = self.texts.hide(value["DisplayName"])
        return redacted

    def _tagged(self, value: dict[str, Any], shape: Shape | None, name: str) -> Any:
        if "$json" in value:
            return {**value, "$json": self.value(value["$json"], None, name)}
        if "$literal" in value:
            return {"$literal": self._map(value["$literal"], shape, name)}
        if "$base64" in value:
            hidden = self._known.traceable.get(value["$base64"])
            if hidden is not None:  # bytes that stood in a sensitive member elsewhere
                return hidden
            data = nested.decode_base64(value["$base64"]) or b""
            changed = self.texts.data(data)
            return value if changed == data else codec.encode_blob(changed)
        if "$escaped" in value:
            return {**value, "$escaped": self.texts.text(value["$escaped"])}
        return value

    # What follows hides everything below a sensitive member.

    def _hide(self, value: Any, shape: Shape | None) -> Any:
        if isinstance(value, str):
            if shape is not None and shape.type_name == "timestamp":
                return _SOME_TIME + ("Z" if value.endswith("Z") else "+00:00")
            return self.texts.hide(value, shape)
        if isinstance(value, list):
            item_shape = _item_shape(shape)
            return [self._hide(item, item_shape) for item in value]
        if not isinstance(value, dict):
            return fixed(value, None if shape is None else shape.metadata.get("min"))
        members = _members(shape)
        if members is not None:
            return {key: self._hide(item, members.get(key)) for key, item in value.items()}
        if _is_tagged(value):
            return self._hide_tagged(value, shape)
        return self._hide_map(value, shape)

    def _hide_map(self, value: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
        key_shape, item_shape = _map_shapes(shape)
        hides_keys = key_shape is not None and is_sensitive(key_shape)
        return {
            (self._key(key, shape) if hides_keys else self.texts.text(key)): self._hide(item, item_shape)
            for key, item in value.items()
        }

    def _key(self, key: str, shape: Shape | None) -> str:
        """A key that the model marks; the names of environment variables stay where they are plainly names."""
        if shape is not None and "environment" in shape.name.lower() and secret_names.is_variable(key):
            return self.texts.text(key)
        return self.texts.hide(key, _map_shapes(shape)[0])

    def _hide_tagged(self, value: dict[str, Any], shape: Shape | None) -> Any:
        if "$json" in value:
            return {**value, "$json": self.texts.hide_json(value["$json"])}
        if "$literal" in value:
            return {"$literal": self._hide_map(value["$literal"], shape)}
        if "$sha256" in value:
            return {**value, "$sha256": self.texts.hide(str(value["$sha256"]))}
        if "$base64" in value:
            return self.texts.hide(value["$base64"], shape, length=len(value["$base64"]) * 3 // 4)
        if "$escaped" in value:
            return self.texts.hide(value["$escaped"], shape)
        if "$timestamp" in value:
            return {"$timestamp": _SOME_TIME + "Z"}
        return 0.0 if "$float" in value else value


def _members(shape: Shape | None) -> dict[str, Shape] | None:
    """The members of a structure; ``None`` for anything else and for documents, whose keys the model does not know."""
    if shape is None or shape.type_name != "structure" or getattr(shape, "is_document_type", False):
        return None
    members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]  # a structure
    return members


def _is_tagged(value: dict[str, Any]) -> bool:
    """Whether a written form is tagged as :mod:`replayaws.codec` does it; what a hand made of it is a map."""
    tags = codec.TAGS & value.keys()
    return bool(tags) and all(_is_sound(tag, value[tag]) for tag in tags)


def _is_sound(tag: str, inner: Any) -> bool:
    if tag == "$base64":
        return isinstance(inner, str) and nested.decode_base64(inner) is not None
    return tag == "$json" or isinstance(inner, dict if tag == "$literal" else str)


def _map_shapes(shape: Shape | None) -> tuple[Shape | None, Shape | None]:
    if shape is None or shape.type_name != "map":
        return None, None
    return shape.key, shape.value  # type: ignore[attr-defined]  # a map


def _item_shape(shape: Shape | None) -> Shape | None:
    """The shape of a list's items; the events of an event stream are a list of its structure."""
    return shape.member if shape is not None and shape.type_name == "list" else shape  # type: ignore[attr-defined]
