"""Redaction: what is stored, matched and printed is what these functions leave of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import shapes
from replayaws.accounts import is_placeholder_account
from replayaws.cassette import Cassette
from replayaws.interaction import NOTHING, Interaction, raw
from replayaws.placeholders import PLACEHOLDER, is_placeholder
from replayaws.rules import Rules
from replayaws.substitutions import Substitutions
from replayaws.suspicion import is_suspicious, sensitive_params
from replayaws.value_redaction import ValueRedaction

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

    from replayaws.parameters import Written
    from replayaws.recorder import Take

__all__ = ["PLACEHOLDER", "Redactor", "is_placeholder", "is_placeholder_account", "model_of"]

_APART = 1_000_000
_REMEMBERED = 1000
"""Calls whose redacted parameters are remembered."""


class Redactor:
    """Redacts what belongs to one cassette: equal secrets become equal placeholders, different ones different.

    Idempotent: what is a placeholder already stays. Every method takes and returns written form and leaves its
    argument as it is.

    :param rules: which rules hold; all builtin ones by default.
    :param accounts: account ids known beforehand; the first becomes ``123456789012``.
    :param reserved: a cassette whose placeholders are taken: new ones are numbered past them.
    :param beside: whether what it redacts is laid beside that cassette and never written: then its numbers are far away.
    """

    def __init__(
        self,
        rules: Rules | None = None,
        *,
        accounts: Sequence[str] = (),
        reserved: Cassette | None = None,
        beside: bool = False,
    ) -> None:
        self._rules = rules or Rules()
        self._known = Substitutions(
            accounts, None if reserved is None else lambda: _text_of(reserved), apart=_APART if beside else 0
        )
        self._learned: dict[int, object] = {}
        self._inherited: tuple[Redactor | None, int] = (None, -1)
        self._lately: dict[int, tuple[Written, int, dict[str, Any]]] = {}

    def __len__(self) -> int:
        """How many secrets and accounts were hidden so far."""
        return len(self._known)

    @property
    def secrets(self) -> frozenset[str]:
        """The values hidden so far that may stand nowhere in a cassette; for the guard, in memory only.

        Without those that an ordinary word could equal, see :func:`replayaws.substitutions.is_traceable`.
        """
        return frozenset(self._known.traceable) | frozenset(self._known.accounts)

    def original(self, placeholder: str) -> str | None:
        """The live value that a placeholder was given for, in memory only; ``None`` for one that was not given here."""
        known = {**self._known.secrets, **self._known.accounts}
        return next((secret for secret, given in known.items() if given == placeholder), None)

    def params(self, written: dict[str, Any], model: OperationModel | None) -> dict[str, Any]:
        """The parameters of a call."""
        if not self._may_hide(written, model):
            return written
        known, shape = len(self._known), None if model is None else model.input_shape
        redacted = self._pass(model).whole(written, shape)
        if len(self._known) != known and self._known.traces(msgspec.json.encode(redacted)):
            return self._pass(model).whole(redacted, shape)  # what one member hides stands in one before it
        return redacted

    def outgoing(self, written: Written, model: OperationModel) -> dict[str, Any]:
        """The parameters of a call that is being made; the same object for the same ``written``."""
        if written.is_clean and not self._rules.custom and not self._known.looks_for_any:
            return written.params
        known = self._lately.get(id(written))
        if known is None or known[0] is not written or known[1] != len(self._known):
            if len(self._lately) >= _REMEMBERED:
                self._lately.clear()
            redacted = self.params(written.params, model)
            known = self._lately[id(written)] = written, len(self._known), redacted
        return known[2]

    def response(self, written: dict[str, Any], model: OperationModel | None, *, error: bool = False) -> dict[str, Any]:
        """A parsed output, or with ``error`` what an error answer carries beside ``Error``."""
        passing = self._pass(model)
        if model is not None and error:
            members = _error_members(model)
            return {name: passing.value(value, members.get(name), name) for name, value in written.items()}
        redacted = passing.whole(written, None if model is None else model.output_shape)
        if model is not None and model.name == "GetCallerIdentity":
            return passing.without_caller(redacted)
        return redacted

    def error(self, written: dict[str, Any]) -> dict[str, Any]:
        """The ``Error`` member: code, message and more. A message that quotes a secret loses it, however short."""
        redacted = self._pass(None).whole(written, None)
        message = redacted.get("Message")
        if isinstance(message, str):
            redacted["Message"] = self._known.replace_quoted(message)
        return redacted

    def metadata(self, written: dict[str, Any]) -> dict[str, Any]:
        """``ResponseMetadata``."""
        return self._pass(None).whole(written, None)

    def text(self, text: str) -> str:
        """Any text: a message, an owner, a URL."""
        return self._pass(None).texts.text(text)

    def data(self, data: bytes) -> bytes:
        """The bytes of a body beside the cassette; what is neither text nor compressed text stays."""
        return self._pass(None).texts.data(data)

    def hides(self, model: OperationModel, member: str) -> bool:
        """Whether a member of an output is hidden whole, so that there is no use in keeping its body."""
        shape = model.output_shape
        if shape is None or "model-sensitive" not in self._rules.active(_operation(model)):
            return False
        return shapes.is_sensitive(shape) or shapes.is_sensitive(shape.members[member])

    def has_yet_to_learn(self, take: Take) -> bool:
        """Whether a take is new to it; from here on it is not."""
        if id(take) in self._learned:
            return False
        self._learned[id(take)] = take
        return True

    def inherit(self, wider: Redactor) -> None:
        """Hides the secrets of a wider owner by the placeholders that its cassette has for them."""
        if self._inherited != (wider, len(wider)):
            self._known.inherit(wider._known)
            self._inherited = wider, len(wider)

    def watch_for(self, secrets: Iterable[str]) -> None:
        """Hides these wherever they stand from now on."""
        self._known.watch(secrets)

    def sweep(self, cassette: Cassette, *, secrets: Iterable[str] = ()) -> Cassette:
        """The cassette once more, when all its secrets are known: one may stand in calls made before it was seen.

        :param secrets: what else is to be hidden where it stands: the secrets of other cassettes of the run.
        """
        self.watch_for(secrets)
        self._lately.clear()
        return msgspec.structs.replace(
            cassette,
            owner=self.text(cassette.owner),
            values=self._pass(None).whole(cassette.values, None),
            invented=[text for text in cassette.invented if self.text(text) == text],
            interactions=[self._interaction(interaction) for interaction in cassette.interactions],
        )

    def _interaction(self, interaction: Interaction) -> Interaction:
        model, error = model_of(interaction), interaction.decoded_error()
        return msgspec.structs.replace(
            interaction,
            params=_changed(interaction.params, lambda written: self.params(written, model)),
            response=_changed(
                interaction.response, lambda written: self.response(written, model, error=error is not None)
            ),
            error=_changed(interaction.error, self.error),
            metadata=_changed(interaction.metadata, self.metadata),
        )

    def _may_hide(self, written: dict[str, Any], model: OperationModel | None) -> bool:
        if model is None or self._rules.custom or is_suspicious(written):
            return True
        if not sensitive_params(model).isdisjoint(written):
            return True
        return self._known.looks_for_any and self._known.traces(msgspec.json.encode(written))

    def _pass(self, model: OperationModel | None) -> ValueRedaction:
        operation = None if model is None else _operation(model)
        custom = [rule for rule in self._rules.custom if rule.applies_to(operation)]
        return ValueRedaction(self._known, self._rules.active(operation), custom)


def _changed(payload: msgspec.Raw, change: Callable[[dict[str, Any]], dict[str, Any]]) -> msgspec.Raw:
    if payload == NOTHING:
        return payload
    written: dict[str, Any] = msgspec.json.decode(payload)
    changed = change(written)
    return payload if changed == written else raw(changed)


def model_of(interaction: Interaction) -> OperationModel | None:
    """The model of a recorded call; ``None`` for plain HTTP, and for what the installed botocore does not know."""
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError

    try:
        return shapes.operation_model(interaction.service, interaction.operation)
    except (UnknownServiceError, OperationNotFoundError):
        return None


def _operation(model: OperationModel) -> str:
    return f"{model.service_model.service_name}.{model.name}"


def _error_members(model: OperationModel) -> dict[str, Shape]:
    """The members of all errors that an operation may answer; a sensitive one goes before one that is not."""
    members: dict[str, Shape] = {}
    for shape in model.error_shapes:
        for name, member in shape.members.items():  # type: ignore[attr-defined]  # a structure
            if name not in members or shapes.is_sensitive(member):
                members[name] = member
    return members


def _text_of(cassette: Cassette) -> str:
    return msgspec.json.encode(cassette).decode()
