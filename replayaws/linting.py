"""A cassette against the installed botocore models: what does it hold that they do not know, or refuse?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from replayaws import codec, shapes, timestamps
from replayaws.cassette import Cassette
from replayaws.interaction import NOTHING, Interaction
from replayaws.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

RULES = {
    "unknown-service": "botocore has no model of the service",
    "unknown-operation": "the service has no such operation, or no longer",
    "unknown-member": "the model has no such member, or no longer",
    "invalid-enum": "the value is none of the model's",
    "missing-required": "a required parameter is missing",
    "wrong-type": "the value is of another type than the model's",
    "unknown-exception": "the service models no such error",
    "incomplete": "the recorded body or event stream is not whole",
    "cannot-load": "the file cannot be used as a cassette",
    "secret": "a secret stands in the file",
}
"""What lint looks for, by the id that ``--ignore`` takes."""

_FREE_ERROR = "ClientError"  # what botocore raises for a code that the service does not model
_UNMODELLED = frozenset({"SDK_UNKNOWN_MEMBER"})  # botocore puts it in a union whose member it does not know


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a cassette should not hold.

    :param rule: id, see :data:`RULES`.
    :param index: of the interaction; ``None`` for the cassette as a whole.
    :param path: inside the interaction, such as ``"response.TranscriptionJob.TranscriptionJobStatus"``.
    :param message: a sentence for people.
    """

    rule: str
    index: int | None
    path: str
    message: str


def lint(cassette: Cassette) -> Iterator[Finding]:
    """Everything found, in the order of the file."""
    for index, interaction in enumerate(cassette.interactions):
        if interaction.service != "http":
            for rule, path, message in _interaction(interaction):
                yield Finding(rule, index, path, message)


_Found = Iterator[tuple[str, str, str]]


def _interaction(interaction: Interaction) -> _Found:
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError

    if interaction.incomplete:
        yield "incomplete", "response", f"{interaction.call} was recorded incompletely: {interaction.incomplete}"
    try:
        model = shapes.operation_model(interaction.service, interaction.operation)
    except UnknownServiceError:
        near = _near(interaction.service, shapes.services())
        yield "unknown-service", "call", f"botocore knows no service {interaction.service!r}.{near}"
        return
    except OperationNotFoundError:
        near = _near(interaction.operation, shapes.service_model(interaction.service).operation_names)
        message = f"{interaction.service} has no operation {interaction.operation!r}.{near}"
        yield "unknown-operation", "call", message
        return
    yield from _params(interaction, model)
    yield from _answer(interaction, model)


def _params(interaction: Interaction, model: OperationModel) -> _Found:
    if interaction.params == NOTHING:
        return
    params = interaction.decoded_params()
    refused = interaction.decoded_error() is not None
    if model.input_shape is None:
        for name in params:
            yield "unknown-member", f"params.{name}", f"{model.name} takes no parameters, so not {name!r}"
        return
    for rule, path, message in _value(params, model.input_shape, "params", required=shapes.idempotency_tokens(model)):
        if not refused or rule not in ("invalid-enum", "missing-required", "wrong-type"):  # that may be why
            yield rule, path, message


def _answer(interaction: Interaction, model: OperationModel) -> _Found:
    if interaction.decoded_error() is None:
        response = interaction.decoded_response()
        if model.output_shape is not None:
            yield from _value(response, model.output_shape, "response", required=None)
        elif response:
            yield "unknown-member", "response", f"{model.name} answers nothing, so not {', '.join(response)}"
        return
    known = {shape.name for shape in model.service_model.error_shapes}
    if interaction.exception and interaction.exception not in known | {_FREE_ERROR}:
        near = _near(interaction.exception, sorted(known))
        yield (
            "unknown-exception",
            "exception",
            f"{interaction.service} models no error {interaction.exception!r}.{near}",
        )


def _value(value: Any, shape: Shape, path: str, *, required: frozenset[str] | None) -> _Found:
    """What is wrong with a value in written form.

    :param required: names that need not stand among the required members (idempotency tokens); ``None`` where
        required members are not looked for: AWS's answers lack them at times.
    """
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(value, shape, path, required=required)
    elif kind == "list":
        if not isinstance(value, list):
            yield "wrong-type", path, _is_not(value, "a list")
            return
        for number, item in enumerate(value):
            yield from _value(item, shape.member, f"{path}[{number}]", required=required)  # type: ignore[attr-defined]
    elif kind == "map":
        yield from _map(value, shape, path, required=required)
    elif kind == "blob":
        yield from _blob(value, path)
    else:
        yield from _scalar(value, shape, path)


def _structure(value: Any, shape: Shape, path: str, *, required: frozenset[str] | None) -> _Found:
    members = shape.members  # type: ignore[attr-defined]  # a structure
    if getattr(shape, "is_document_type", False):
        return
    if shape.serialization.get("eventstream") and isinstance(value, list):
        for number, event in enumerate(value):
            if not (isinstance(event, dict) and "$error" in event):
                yield from _structure(event, shape, f"{path}[{number}]", required=required)
        return
    if not isinstance(value, dict):
        yield "wrong-type", path, _is_not(value, "an object")
        return
    for name, item in value.items():
        if name in members:
            yield from _value(item, members[name], f"{path}.{name}", required=required)
        elif name not in _UNMODELLED:
            yield (
                "unknown-member",
                f"{path}.{name}",
                f"{shape.name} has no member {name!r}.{_near(name, list(members))}",
            )
    if required is not None:
        for name in shape.required_members:  # a structure
            if name not in value and name not in required:
                yield "missing-required", f"{path}.{name}", f"{shape.name} requires {name!r}"


def _map(value: Any, shape: Shape, path: str, *, required: frozenset[str] | None) -> _Found:
    if not isinstance(value, dict):
        yield "wrong-type", path, _is_not(value, "an object")
        return
    for name, item in value.get("$literal", value).items():
        yield from _enum(name, shape.key, f"{path}.{name}")  # type: ignore[attr-defined]  # a map
        yield from _value(item, shape.value, f"{path}.{name}", required=required)  # type: ignore[attr-defined]  # a map


def _blob(value: Any, path: str) -> _Found:
    if isinstance(value, dict) and ("$file" in value or "$sha256" in value):
        return
    try:
        codec.blob_bytes(value)
    except ValueError:
        yield "wrong-type", path, _is_not(value, "a blob in written form")


_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "text"),
    "character": ((str,), "text"),
    "integer": ((int,), "a whole number"),
    "long": ((int,), "a whole number"),
    "bigInteger": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "bigDecimal": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
}


def _scalar(value: Any, shape: Shape, path: str) -> _Found:
    if isinstance(value, dict) and not codec.TAGS.isdisjoint(value):
        return
    if shape.type_name == "timestamp":
        try:
            timestamps.read(value)
        except (ValueError, TypeError, AttributeError):
            yield "wrong-type", path, _is_not(value, "a timestamp")
        return
    types, name = _TYPES.get(shape.type_name, ((object,), "known"))
    if not isinstance(value, types) or (isinstance(value, bool) and types != (bool,)):
        yield "wrong-type", path, _is_not(value, name)
    else:
        yield from _enum(value, shape, path)


def _enum(value: Any, shape: Shape, path: str) -> _Found:
    values = getattr(shape, "enum", None)
    if values and isinstance(value, str) and value not in values and not PLACEHOLDER.search(value):
        yield "invalid-enum", path, f"{value!r} is no {shape.name}.{_near(value, values)}"


def _is_not(value: Any, wanted: str) -> str:
    text = repr(value)
    return f"{text if len(text) <= 40 else text[:39] + '…'} is not {wanted}"


def _near(name: str, known: Any) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
