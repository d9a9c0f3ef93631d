"""What a refused call wants: the things that its parameters name, and which of them its refusal is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from replayaws.fallback.creators import noun_of_arn, noun_of_error, noun_of_member, noun_of_operation, principal_noun
from replayaws.shapes import operation_model, services

_GENERATED = re.compile(
    r"[a-z]{1,10}-[0-9a-f]{8,17}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z0-9]{13,32}"
)
_HEX_ID = re.compile(r"[a-z]+-[0-9a-f]{8,17}")
_RANDOM = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[0-9A-Za-z]{8,}")
_ABSENCE = re.compile(
    r"not ?found|no ?such|not exist|n't exist|NotExist|non-?exist|unknown|unable to find|(could|can) ?not be found|"
    r"invalid\w*id\b|is missing",
    re.IGNORECASE,
)
_TROUBLE = re.compile(r"validation|denied|throttl|conflict|already|inuse|limitexceeded|duplicate", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that a call names and moto may not have.

    :param service: the service that it is a thing of.
    :param member: the name of the member that names it.
    :param value: as the call has it: a name, an id, an ARN or a URL.
    :param nouns: what it may be, the likeliest first.
    """

    service: str
    member: str
    value: str
    nouns: list[str]

    @property
    def name(self) -> str:
        """Its name within an ARN or URL."""
        return _last_part(self.value)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Other services that it may be a thing of: many take the ids of EC2's networks and machines."""
        return ("ec2",) if _HEX_ID.fullmatch(self.value) else ()

    @property
    def generated(self) -> bool:
        """Whether the service made the identifier."""
        if self.member.lower().endswith(("id", "ids")) and _RANDOM.search(self.name):
            return True
        return _GENERATED.fullmatch(self.name) is not None


def is_trouble(error: dict[str, Any], wanted: Wanted, depth: int) -> bool:
    """Whether the refusal is about something else than a missing thing."""
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    if _ABSENCE.search(code) or _ABSENCE.search(message):
        return False
    if depth == 0:
        return _TROUBLE.search(code) is not None
    return not (wanted.value != wanted.name and any(noun in message.lower() for noun in wanted.nouns))


def wanted_by(service: str, operation: str, params: dict[str, Any], error: dict[str, Any]) -> list[Wanted]:
    """What the parameters of a refused call name, the likeliest cause first."""
    shape: Any = operation_model(service, operation).input_shape
    message = f"{error.get('Message', '')} {error.get('Code', '')}"
    missing = noun_of_error(str(error.get("Code", "")))
    found: list[tuple[int, int, Wanted]] = []
    for position, (path, value) in enumerate(_identifiers(params, shape)):
        wanted = _named(service, operation, path[-1], value, missing)
        score = 4 * (_stands_in(value, message) or _stands_in(wanted.name, message)) + 2 * (
            _stands_in(path[-1], message) or (missing != "" and missing in wanted.nouns[:1])
        )
        found.append((-score - (path[-1] in shape.required_members), position, wanted))
    found.sort(key=lambda one: one[:2])
    plain = [wanted for score, _, wanted in found if score <= -2]
    return plain or [wanted for _, _, wanted in found]


def _stands_in(text: str, message: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", message) is not None


def _named(service: str, operation: str, member: str, value: str, missing: str) -> Wanted:
    nouns = [noun_of_member(member)]
    if value.startswith("arn:") and value.count(":") >= 5:
        owner = value.split(":")[2]
        service = owner if owner in services() else service
        nouns.append(noun_of_arn(value) or principal_noun(service))
    elif _HEX_ID.fullmatch(value):
        nouns.append(value.partition("-")[0])
    nouns += [noun_of_operation(operation)] if nouns[0] else [missing, noun_of_operation(operation)]
    return Wanted(service, member, value, [noun for noun in dict.fromkeys(nouns) if noun])


def _identifiers(value: Any, shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path, text) of the strings of parameters that may name something."""
    kind = None if shape is None else shape.type_name
    if isinstance(value, dict):
        members = shape.members if kind == "structure" else {}
        for name, item in value.items():
            yield from _identifiers(
                item, members.get(name) if kind == "structure" else getattr(shape, "value", None), (*path, name)
            )
    elif isinstance(value, list):
        for item in value:
            yield from _identifiers(item, getattr(shape, "member", None), path)
    elif isinstance(value, str) and value and not getattr(shape, "enum", None) and not any(map(str.isspace, value)):
        yield path, value


def mentions(thing: dict[str, Any], wanted: Wanted) -> bool:
    """Whether a recorded structure names the thing, alone or in a list."""
    lists = (item for item in thing.values() if isinstance(item, list))
    texts = [item for part in (thing.values(), *lists) for item in part if isinstance(item, str)]
    return wanted.value in texts or any(_last_part(text) == wanted.name for text in texts)


def _last_part(text: str) -> str:
    return re.split(r"[:/]", text.rstrip("/"))[-1] if text.startswith("arn:") or "://" in text else text
