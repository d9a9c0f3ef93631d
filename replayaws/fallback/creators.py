"""Which operation makes a thing? Answered from botocore's model: its verbs, nouns and member names. Pure."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replayaws.shapes import operation_model, service_model

if TYPE_CHECKING:
    from botocore.model import OperationModel

_VERBS = (
    "Create",
    "Put",
    "Register",
    "Allocate",
    "Run",
    "Request",
    "Import",
    "Start",
    "Publish",
    "Send",
    "Upload",
    "Add",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SUFFIXES = (
    "identifiers",
    "identifier",
    "names",
    "name",
    "arns",
    "arn",
    "urls",
    "url",
    "uri",
    "ids",
    "id",
    "handle",
    "key",
)
_NOT_NOUNS = frozenset({"", "resource", "source", "target", "the"})
_ABSENT = re.compile(
    r"NoSuch|NonExistent|DoesNotExist|NotFound|NotExist|Exception|Fault|Invalid|Unknown|Malformed|Error|Parameter(?=\b)|ID\b|\W"
)


@dataclass(frozen=True, slots=True)
class Creator:
    """An operation that makes a thing.

    :param noun: what it makes, in lower case and singular, such as ``"dbinstance"``.
    :param rank: how plainly its verb says so; less is plainer.
    """

    service: str
    operation: str
    noun: str
    rank: int

    @property
    def model(self) -> OperationModel:
        """botocore's model of it."""
        return operation_model(self.service, self.operation)


@functools.lru_cache(maxsize=256)
def creators(service: str) -> tuple[Creator, ...]:
    """All operations of a service that make things."""
    found = []
    for operation in service_model(service).operation_names:
        verb = next((verb for verb in _VERBS if re.match(rf"{verb}[A-Z]", operation)), None)
        if verb is not None:
            noun = singular(operation[len(verb) :].lower())
            found.append(Creator(service, operation, noun, _VERBS.index(verb)))
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def makes(service: str, operation: str) -> bool:
    """Whether an operation makes something."""
    return any(creator.operation == operation for creator in creators(service))


@functools.lru_cache(maxsize=256)
def principal_noun(service: str) -> str:
    """What most operations of a service are about and some make, such as ``"queue"``: its ARNs do not say it."""
    shapes = [
        service_model(service).operation_model(name).input_shape for name in service_model(service).operation_names
    ]
    members = Counter(noun_of_member(name) for shape in shapes if shape is not None for name in shape.required_members)
    made = {creator.noun for creator in creators(service)}
    return next((noun for noun, _ in members.most_common() if noun in made), "")


@functools.lru_cache(maxsize=4096)
def named_by(service: str, operation: str) -> tuple[str, ...]:
    """The required members that name what the operation makes: ``AliasName`` of ``CreateAlias``, not ``TargetKeyId``."""
    noun = next((creator.noun for creator in creators(service) if creator.operation == operation), None)
    shape = operation_model(service, operation).input_shape
    required = () if shape is None or noun is None else shape.required_members
    return tuple(name for name in required if noun_of_member(name) in ("", noun))


def creators_of(service: str, nouns: list[str]) -> list[Creator]:
    """Operations that make one of these things, the likeliest first.

    :param nouns: in lower case and singular, the likeliest first.
    """
    for fits in (str.__eq__, _like):
        for noun in nouns:
            found = [creator for creator in creators(service) if fits(creator.noun, noun)]
            if found:
                return sorted(found, key=lambda creator: (len(creator.noun), creator.rank))
    return []


def _like(made: str, noun: str) -> bool:
    return min(len(made), len(noun)) > 2 and (made.endswith(noun) or noun.endswith(made))


def noun_of_member(name: str) -> str:
    """What a member identifies: ``"queue"`` for ``QueueUrl``, ``"vpc"`` for ``VpcIds``, ``""`` for ``Name``."""
    lower = name.lower()
    suffix = next((suffix for suffix in _SUFFIXES if lower.endswith(suffix)), "")
    return _noun(lower[: len(lower) - len(suffix)] if suffix and lower != "key" else lower)


def noun_of_operation(operation: str) -> str:
    """What an operation is about: ``"parameter"`` for ``GetParameter``."""
    words = _WORD.findall(operation)
    return _noun("".join(words[1:]).lower())


def noun_of_error(code: str) -> str:
    """What an error code says is missing: ``"bucket"`` for ``NoSuchBucket``, ``"queue"`` for ``AWS.NonExistentQueue``."""
    parts = [_noun(_ABSENT.sub("", part).lower()) for part in code.rpartition("#")[2].split(".")]
    return next((part for part in reversed(parts) if part), "")


def noun_of_arn(arn: str) -> str:
    """What an ARN names: ``"role"`` for ``arn:aws:iam::123456789012:role/admin``."""
    resource = arn.split(":", 5)[5]
    kind = re.match(r"([A-Za-z-]+)[:/]", resource)
    return _noun(kind[1].replace("-", "").lower()) if kind else ""


def _noun(text: str) -> str:
    text = re.sub(r"[^a-z]", "", text)
    return "" if text in _NOT_NOUNS else singular(text)


def singular(noun: str) -> str:
    """``"instance"`` for ``"instances"``; good enough for AWS's nouns."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes", "ddresses")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and len(noun) > 2 else noun
