"""Where an answer differs from what was recorded: moto against recordings, and AWS of today against them.

What differs by nature does not count: identifiers, times, request ids, texts. What counts is what code can trip over:
members that are missing or more, other types, other states and flags, other errors, input refused or accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from replayaws import timeline
from replayaws.codec import TAGS
from replayaws.interaction import Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

Kind: TypeAlias = Literal[
    "missing", "extra", "type", "state", "value", "status", "error", "refused", "accepted", "unanswered"
]

MEANING: dict[Kind, str] = {
    "missing": "recorded, but not sent",
    "extra": "sent, but not recorded",
    "type": "another type",
    "state": "another state",
    "value": "another value of an enum, flag or number",
    "status": "another HTTP status",
    "error": "another error",
    "refused": "refused, though accepted when recorded",
    "accepted": "accepted, though refused when recorded",
    "unanswered": "cannot be answered",
}
"""Every kind of difference, with what it says of the other side."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of an answer from its recording.

    :param kind: see :data:`MEANING`.
    :param path: of the member, such as ``"TranscriptionJobs[].Status"``; ``""`` for the answer as a whole.
    :param recorded: what the recording holds there, in written form; ``None`` where it has nothing.
    :param other: what the other side sent.
    """

    kind: Kind
    path: str
    recorded: Any = None
    other: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a call, in written form.

    :param response: the parsed output without ``ResponseMetadata`` and ``Error``.
    :param error: AWS's error, where it answered with one.
    :param status: the HTTP status code, where known.
    :param refusal: why there is no answer at all, such as moto's lack of the operation.
    """

    response: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    status: int | None = None
    refusal: str | None = None


def recorded_answer(interaction: Interaction) -> Answer:
    """The answer that an interaction holds."""
    return Answer(
        response=interaction.decoded_response(),
        error=interaction.decoded_error(),
        status=interaction.decoded_metadata().get("HTTPStatusCode"),
    )


def answer_differences(recorded: Answer, other: Answer, model: OperationModel | None) -> list[Difference]:
    """Where an answer differs from the recorded one, errors included.

    :param model: of the operation; ``None`` where botocore knows none.
    """
    if other.refusal is not None:
        return [Difference("unanswered", "", recorded=_outcome(recorded), other=other.refusal)]
    if recorded.error is None and other.error is not None:
        return [Difference("refused", "", recorded=_outcome(recorded), other=_outcome(other))]
    if recorded.error is not None and other.error is None:
        return [Difference("accepted", "", recorded=_outcome(recorded), other=_outcome(other))]
    if recorded.error is not None and other.error is not None:
        return _error_differences(recorded, other)
    shape = None if model is None else model.output_shape
    found = differences(recorded.response, other.response, shape)
    if recorded.status is not None and other.status is not None and recorded.status != other.status:
        found.append(Difference("status", "", recorded=recorded.status, other=other.status))
    return found


def http_differences(recorded: Answer, other: Answer) -> list[Difference]:
    """Where an answer to a plain request differs from the recorded one: in status, content type, or the form of its JSON.

    Other headers and texts do not count.
    """
    if recorded.status != other.status:
        return [Difference("status", "", recorded=recorded.status, other=other.status)]
    kinds = _content_type(recorded), _content_type(other)
    found = [Difference("type", "content-type", recorded=kinds[0], other=kinds[1])] if kinds[0] != kinds[1] else []
    bodies = _json_body(recorded), _json_body(other)
    if None not in bodies:
        return found + unique(_walk(bodies[0], bodies[1], None, path="body", name=""))
    if (bodies[0] is None) != (bodies[1] is None):
        words = ["no JSON" if body is None else "JSON" for body in bodies]
        found.append(Difference("type", "body", recorded=words[0], other=words[1]))
    return found


def _content_type(answer: Answer) -> str | None:
    """Without its parameters, such as a charset."""
    value = answer.response.get("headers", {}).get("content-type")
    return None if value is None else str(value).partition(";")[0].strip().lower()


def _json_body(answer: Answer) -> Any:
    """The object or list that a body in written form is; ``None`` where it is neither."""
    body = answer.response.get("body")
    if isinstance(body, dict):
        body = body.get("$json")
    elif isinstance(body, str) and body.lstrip()[:1] in ("{", "["):
        try:
            body = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            body = None
    return body if isinstance(body, (dict, list)) else None


def _error_differences(recorded: Answer, other: Answer) -> list[Difference]:
    codes = [timeline.error_code(answer.error or {}) for answer in (recorded, other)]
    if codes[0] != codes[1]:
        return [Difference("error", "Error.Code", recorded=codes[0], other=codes[1])]
    if recorded.status is not None and other.status is not None and recorded.status != other.status:
        return [Difference("status", "", recorded=recorded.status, other=other.status)]
    return []


def _outcome(answer: Answer) -> str:
    if answer.error is None:
        return "success"
    message = answer.error.get("Message") or answer.error.get("message") or ""
    return f"{timeline.error_code(answer.error)}: {message}" if message else timeline.error_code(answer.error)


def differences(recorded: Any, other: Any, shape: Shape | None) -> list[Difference]:
    """Where a parsed output differs from the recorded one; each kind of difference once per path.

    :param recorded: written form.
    :param other: written form of the other side.
    :param shape: the output shape; ``None`` where the model knows none.
    """
    return unique(_walk(recorded, other, shape, path="", name=""))


def unique(found: Iterable[Difference]) -> list[Difference]:
    """Each kind of difference once per path; states and values once per pair."""
    first: dict[tuple[str, ...], Difference] = {}
    for difference in found:
        told = (repr(difference.recorded), repr(difference.other)) if difference.kind in ("state", "value") else ()
        first.setdefault((difference.kind, difference.path, *told), difference)
    return list(first.values())


def _walk(recorded: Any, other: Any, shape: Shape | None, *, path: str, name: str) -> Iterator[Difference]:
    kind = None if shape is None else shape.type_name
    if kind == "blob" or (kind == "structure" and getattr(shape, "is_document_type", False)):
        return
    types = _type_name(recorded), _type_name(other)
    if types[0] != types[1]:
        yield Difference("type", path, recorded=types[0], other=types[1])
    elif types[0] == "object":
        yield from _walk_object(recorded, other, shape, path=path)
    elif types[0] == "list":
        yield from _walk_list(recorded, other, shape, path=path, name=name)
    elif recorded != other:
        yield from _scalar(recorded, other, shape, path=path, name=name)


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)) or (isinstance(value, dict) and "$float" in value):
        return "number"
    if isinstance(value, dict):
        return "text" if not TAGS.isdisjoint(value) and "$literal" not in value else "object"
    return "list" if isinstance(value, list) else "text"


def _walk_object(
    recorded: dict[str, Any], other: dict[str, Any], shape: Shape | None, *, path: str
) -> Iterator[Difference]:
    recorded, other = recorded.get("$literal", recorded), other.get("$literal", other)
    kind = None if shape is None else shape.type_name
    for name, value in recorded.items():
        if value is None:
            continue
        member = f"{path}.{name}".lstrip(".")
        if other.get(name) is None:
            yield Difference("missing", member, recorded=value)
        else:
            yield from _walk(value, other[name], _member(shape, kind, name), path=member, name=name)
    for name, value in other.items():
        if value is not None and recorded.get(name) is None:
            yield Difference("extra", f"{path}.{name}".lstrip("."), other=value)


def _member(shape: Shape | None, kind: str | None, name: str) -> Shape | None:
    if kind == "structure":
        found: Shape | None = shape.members.get(name)  # type: ignore[union-attr]  # a structure
        return found
    return shape.value if kind == "map" else None  # type: ignore[union-attr]  # a map


def _walk_list(
    recorded: list[Any], other: list[Any], shape: Shape | None, *, path: str, name: str
) -> Iterator[Difference]:
    is_list = shape is not None and shape.type_name == "list"
    member = shape.member if is_list else None  # type: ignore[union-attr]  # a list
    path += "[]"
    if not recorded or not other:
        if recorded:
            yield Difference("missing", path, recorded=recorded[0])
        elif other:
            yield Difference("extra", path, other=other[0])
        return
    for left, right in _paired(recorded, other):
        yield from _walk(left, right, member, path=path, name=name)


_LONGEST_LIST = 200
"""Elements of a list that are paired with each other; the work grows with its square."""


def _paired(recorded: list[Any], other: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each recorded element with the one of the other side that is most alike, which is used once while they last."""
    left = list(other[:_LONGEST_LIST])
    for item in recorded[:_LONGEST_LIST]:
        candidates = left or other[:1]
        best = max(candidates, key=lambda candidate: _likeness(item, candidate))
        if left:
            left.remove(best)
        yield item, best


def _likeness(one: Any, two: Any) -> int:
    if isinstance(one, dict) and isinstance(two, dict):
        return sum(1 for name, value in one.items() if name in two and two[name] == value)
    return int(one == two)


def _scalar(recorded: Any, other: Any, shape: Shape | None, *, path: str, name: str) -> Iterator[Difference]:
    if timeline.STATE_NAME.search(name) and isinstance(recorded, str):
        yield Difference("state", path, recorded=recorded, other=other)
    elif isinstance(recorded, (bool, int, float)):
        if not (_is_time(recorded) and _is_time(other)):
            yield Difference("value", path, recorded=recorded, other=other)
    elif getattr(shape, "enum", None):
        yield Difference("value", path, recorded=recorded, other=other)


def _is_time(value: Any) -> bool:
    """Whether a number is a time of our days, in seconds or milliseconds: some services send such times as plain numbers."""
    return isinstance(value, (int, float)) and (1e9 < value < 4e9 or 1e12 < value < 4e12)
