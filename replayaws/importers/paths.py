"""The paths of the REST protocols: which operation of a service does a request's method, path and query string fit?"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from replayaws import shapes
from replayaws.importers.exchange import Exchange

if TYPE_CHECKING:
    from botocore.model import OperationModel

REGION = re.compile(r"(?:[a-z]{2}|us-gov|us-iso[a-z]?|eu-isoe|eusc-[a-z]{2})-[a-z]+-\d+")
"""The name of a region."""


@dataclass(frozen=True, slots=True)
class Match:
    """An operation whose URI template fits, and how well: more literal text and more required parts found is better."""

    operation: str
    labels: Mapping[str, str]
    fit: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Template:
    operation: str
    method: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    greedy: frozenset[str]
    literal: int
    constants: tuple[tuple[str, str], ...]
    required_query: frozenset[str]
    known_query: frozenset[str]
    takes_any_query: bool
    required_headers: frozenset[str]
    body_root: str
    has_body: bool
    deprecated: bool


def match_path(service: str, exchange: Exchange) -> Match | None:
    """The operation of a REST service that a request's method, path, query string and headers fit best."""
    query = dict(parse_qsl(exchange.parts.query, keep_blank_values=True))
    path = s3_path(exchange) if service == "s3" else exchange.parts.path
    root = xml_root(exchange.body)
    matches = [
        match
        for template in _templates(service)
        if template.method == exchange.method and (match := _fit(template, path or "/", query, exchange, root))
    ]
    return max(matches, key=lambda match: match.fit, default=None)


def _fit(template: _Template, path: str, query: Mapping[str, str], exchange: Exchange, root: str) -> Match | None:
    found = template.pattern.fullmatch(path)
    if found is None or not template.required_query <= query.keys():
        return None
    for name, value in template.constants:
        if name not in query or (value and query[name] != value):
            return None
    if not all(header in exchange.headers for header in template.required_headers):
        return None
    unknown = 0 if template.takes_any_query else len(query.keys() - template.known_query)
    loose = sum(
        "/" in text for name, text in zip(template.names, found.groups(), strict=True) if name not in template.greedy
    )
    fit = (
        -loose,
        int(bool(root) and template.body_root == root),
        -unknown,
        len(template.constants),
        len(template.required_headers),
        len(template.required_query),
        int(template.has_body == bool(exchange.body)),
        -int(template.deprecated),
        template.literal,
        -len(template.names),
    )
    labels = {name: unquote(text) for name, text in zip(template.names, found.groups(), strict=True)}
    return Match(template.operation, labels, fit)


@functools.cache
def _templates(service: str) -> tuple[_Template, ...]:
    model = shapes.service_model(service)
    return tuple(_template(service, model.operation_model(name)) for name in model.operation_names)


_LABEL = re.compile(r"\{([^}]+)\}")


def _template(service: str, model: OperationModel) -> _Template:
    path, _, query = model.http.get("requestUri", "/").partition("?")
    members = model.input_shape.members if model.input_shape is not None else {}
    required = set(model.input_shape.required_members) if model.input_shape is not None else set()
    if service == "s3" and "Bucket" in members and "{Bucket}" not in path:
        path = "/{Bucket}" + path.rstrip("/")
    constants = tuple(tuple(part.partition("=")[::2]) for part in query.split("&") if part)
    by_location: dict[str, list[tuple[str, str, Any]]] = {}
    for name, shape in members.items():
        location = shape.serialization.get("location", "")
        by_location.setdefault(location, []).append((name, shape.serialization.get("name", name), shape))
    in_query = by_location.get("querystring", [])
    payload = model.input_shape.serialization.get("payload") if model.input_shape is not None else None
    body_shape = members[payload] if payload else model.input_shape
    names = tuple(label.rstrip("+") for label in _LABEL.findall(path))
    return _Template(
        operation=model.name,
        method=model.http.get("method", "POST"),
        pattern=re.compile(_pattern(path)),
        names=names,
        greedy=frozenset(label.rstrip("+") for label in _LABEL.findall(path) if label.endswith("+")),
        literal=len(_LABEL.sub("", path)),
        constants=constants,
        required_query=frozenset(wire for name, wire, _ in in_query if name in required),
        known_query=frozenset(wire for _, wire, _ in in_query) | {name for name, _ in constants} | {"x-id"},
        takes_any_query=any(shape.type_name == "map" for _, _, shape in in_query),
        required_headers=frozenset(
            wire.lower()
            for name, wire, shape in by_location.get("header", [])
            if name in required and not shape.serialization.get("hostLabel")
        ),
        body_root="" if body_shape is None else body_shape.serialization.get("name", ""),
        has_body=bool(payload) or "" in by_location,
        deprecated=model.deprecated,
    )


def _pattern(path: str) -> str:
    parts, at = [], 0
    found = list(_LABEL.finditer(path))
    for label in found:
        last = label.end() == len(path.rstrip("/"))
        parts.append(re.escape(path[at : label.start()]))
        # Clients leave the slashes of an ARN in the last label as they are, whatever the model says.
        parts.append("(.+)" if label[1].endswith("+") else "(.*[^/])" if last else "([^/]+)")
        at = label.end()
    return "".join(parts) + re.escape(path[at:].rstrip("/")) + "/?"


def xml_root(body: bytes) -> str:
    """The name of the root element of an XML body; ``""`` for any other."""
    found = re.match(rb"\s*(?:<\?xml[^>]*\?>\s*)?<([A-Za-z][\w]*)", body)
    return found[1].decode() if found else ""


_S3_LABEL = re.compile(r"s3(?:-fips|-accelerate|-accesspoint|-[a-z]{2}(?:-[a-z]+)+-\d+)?")


def s3_path(exchange: Exchange) -> str:
    """The path of an S3 request with the bucket in it, also where the bucket stood in the host."""
    path = exchange.parts.path or "/"
    labels = exchange.host_labels
    if labels is None:
        return path
    at = next((index for index, label in enumerate(labels) if _S3_LABEL.fullmatch(label)), 0)
    bucket = ".".join(labels[:at])
    if not bucket or bucket.startswith("vpce-") or bucket == "bucket":
        return path
    if labels[at] == "s3-accesspoint":
        name, _, account = bucket.rpartition("-")
        region = next((label for label in labels[at + 1 :] if REGION.fullmatch(label)), "")
        bucket = f"arn:aws:s3:{region}:{account}:accesspoint%2F{name}"
    return f"/{bucket}{path}"
