"""Which service and operation a recorded HTTP request was for, from the models of all services.

What a request says about itself is collected as evidence: the credential scope, the host, ``X-Amz-Target``, ``Action``
and ``Version``, the path of rpc-v2-cbor. Services are tried in the order of the evidence for them, and the first that has
an operation of this form wins: so a recording without ``Authorization`` or with a made-up host is still told apart.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from replayaws import shapes
from replayaws.hosts import aws_host_labels
from replayaws.importers.exchange import Exchange

if TYPE_CHECKING:
    from botocore.model import OperationModel

QUERY_PROTOCOLS = ("query", "ec2")


@dataclass(frozen=True, slots=True)
class Identified:
    """What a request turned out to be.

    :param protocol: how it was spoken: ``"json"``, ``"query"``, ``"ec2"``, ``"rest-json"``, ``"rest-xml"`` or
        ``"smithy-rpc-v2-cbor"``.
    :param labels: what stood in the place of the labels of the URI template and of the host prefix, decoded.
    :param region: the region that was spoken to, ``None`` where the request does not say.
    """

    service: str
    operation: str
    protocol: str
    labels: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the head of a service's model says."""

    name: str
    endpoint_prefix: str
    signing_name: str
    target_prefix: str
    api_version: str
    protocols: tuple[str, ...]
    query_compatible: bool


@functools.lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """The heads of all models of the installed botocore."""
    return tuple(_entry(name, _head(name)) for name in shapes.services())


def _entry(name: str, metadata: Mapping[str, Any]) -> Entry:
    prefix = metadata.get("endpointPrefix", name)
    protocols = tuple(metadata.get("protocols", (metadata.get("protocol", ""),)))
    return Entry(
        name=name,
        endpoint_prefix=prefix,
        signing_name=metadata.get("signingName", prefix),
        target_prefix=metadata.get("targetPrefix", ""),
        api_version=metadata.get("apiVersion", ""),
        protocols=protocols,
        query_compatible="awsQueryCompatible" in metadata,
    )


_HEAD_BYTES = 16 * 1024


def _head(service: str) -> Mapping[str, Any]:
    """The metadata of a model from the first bytes of its file: reading all models whole takes seconds."""
    for path in _model_files(service):
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            text = file.read(_HEAD_BYTES).decode("utf-8", "ignore")
        at = text.find('"metadata"')
        try:
            metadata, _ = json.JSONDecoder(strict=False).raw_decode(text, text.index("{", at))
        except ValueError:
            break
        if at >= 0 and "protocol" in metadata:
            return dict(metadata)
    return shapes.service_model(service).metadata


def _model_files(service: str) -> Iterator[Path]:
    loader = shapes._loader()  # the one loader whose models everything else reads
    version = loader.determine_latest_version(service, "service-2")
    for folder in loader.search_paths:
        for suffix in (".json", ".json.gz"):
            path = Path(folder) / service / version / f"service-2{suffix}"
            if path.is_file():
                yield path


@dataclass(frozen=True, slots=True)
class _Evidence:
    scope_service: str
    scope_region: str | None
    host_labels: tuple[str, ...] | None
    target: str
    cbor: tuple[str, str] | None
    action: str
    version: str
    hashed: bool


_SCOPE = re.compile(r"Credential=[^/,]*/[^/,]+/([^/,]*)/([^/,]+)/aws4_request")
_CBOR_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)/?$")


def _evidence(exchange: Exchange) -> _Evidence:
    scope = _SCOPE.search(exchange.headers.get("authorization", ""))
    cbor = _CBOR_PATH.search(exchange.parts.path)
    fields = form(exchange)
    return _Evidence(
        scope_service=scope[2] if scope else "",
        scope_region=scope[1] if scope else None,
        host_labels=aws_host_labels(exchange.host),
        target=exchange.headers.get("x-amz-target", ""),
        cbor=(cbor[1], cbor[2]) if cbor else None,
        action=fields.get("Action", ""),
        version=fields.get("Version", ""),
        hashed="x-amz-content-sha256" in exchange.headers,
    )


def form(exchange: Exchange) -> dict[str, str]:
    """The fields of a query-protocol request, from its body or its query string; ``{}`` where it is none."""
    text = exchange.parts.query
    body = exchange.plain_body
    if b"Action=" in body[:4096] or (b"Action=" in body and "urlencoded" in exchange.headers.get("content-type", "")):
        text = body.decode("utf-8", "replace")
    if "Action=" not in text:
        return {}
    return dict(parse_qsl(text, keep_blank_values=True))


def identify(exchange: Exchange, *, hint: str = "") -> Identified | str:
    """The operation that a request called, or why that cannot be told, a clause.

    :param hint: text that may name the service where several are alike, such as the path of the recording.
    """
    evidence = _evidence(exchange)
    ranked = sorted(((score, entry) for entry in entries() if (score := _score(entry, evidence)) > 0), key=_by_score)
    for _, group in itertools.groupby(ranked, key=lambda item: item[0]):
        found = [(entry, one) for _, entry in group if (one := _operation(entry, exchange, evidence)) is not None]
        if found:
            return max(found, key=lambda item: _affinity(*item, exchange, hint))[1]
    if ranked and (evidence.target or evidence.action or evidence.cbor or evidence.scope_service):
        name = evidence.target.rpartition(".")[2] or evidence.action or (evidence.cbor or ("", ""))[1]
        what = f"the operation {name}" if name else f"an operation for {exchange.method} {exchange.parts.path}"
        return f"the installed botocore knows no service with {what} (nearest service: {ranked[0][1].name})"
    if not ranked or not evidence.host_labels:
        guessed = _by_path_alone(exchange, evidence)
        if guessed is not None:
            return guessed
    return f"no service of the installed botocore is recognised in {exchange.method} to host {exchange.host or '(none)'}"


def _by_score(item: tuple[int, Entry]) -> tuple[int, str]:
    return -item[0], item[1].name


def _affinity(entry: Entry, identified: Identified, exchange: Exchange, hint: str) -> tuple[int, bool, bool]:
    """How well a service fits of several that share an endpoint and the operation, such as RDS, Neptune and DocumentDB.

    It should know the fields of the request, its name may stand there as the name of an engine, and where nothing tells it is
    the one that the endpoint is named after.
    """
    shape = shapes.operation_model(entry.name, identified.operation).input_shape
    known = {member.serialization.get("name", name).lower() for name, member in shape.members.items()} if shape else set()
    fields = form(exchange)
    names = {name.partition(".")[0].lower() for name in fields} - {"action", "version"}
    if not fields and exchange.plain_body[:1] == b"{":
        try:
            names = {name.lower() for name in json.loads(exchange.plain_body)}
        except ValueError:
            names = set()
    named = mentions(hint, entry.name) or f">{entry.name}<".encode() in exchange.answer_body or entry.name in fields.values()
    return -len(names - known), named, entry.name == entry.endpoint_prefix


def mentions(text: str, service: str) -> bool:
    """Whether a text has the name of a service as a word of its own."""
    return re.search(rf"(?<![a-z0-9]){re.escape(service)}(?![a-z0-9])", text.lower()) is not None


def _score(entry: Entry, evidence: _Evidence) -> int:
    score = 0
    if evidence.target:
        prefix = evidence.target.rpartition(".")[0]
        score += 16 if entry.target_prefix and entry.target_prefix == prefix else 0
    if evidence.cbor:
        score += 16 if entry.target_prefix == evidence.cbor[0] else 0
    if evidence.version and entry.api_version == evidence.version:
        score += 3
    if evidence.scope_service and evidence.scope_service in (entry.signing_name, entry.endpoint_prefix, entry.name):
        score += 5 if evidence.scope_service == entry.signing_name else 2
    if evidence.host_labels:
        score += _host_score(entry, evidence.host_labels)
    if evidence.hashed and entry.name == "s3":
        score += 1  # its signature alone has the hash of the body in a header
    return score


_HOST_ALIASES = {"queue": "sqs", "ddb": "dynamodb", "s3-accesspoint": "s3", "s3-accelerate": "s3"}
"""Hosts that the endpoint rules make and no model names."""


def _host_score(entry: Entry, labels: tuple[str, ...]) -> int:
    plain = tuple(_HOST_ALIASES.get(_plain_label(label), _plain_label(label)) for label in labels)
    wanted = tuple(entry.endpoint_prefix.split("."))
    for at in range(len(plain) - len(wanted) + 1):
        if plain[at : at + len(wanted)] == wanted:
            return 6 + len(wanted) - at if at < 3 else 1
    return 0


def _plain_label(label: str) -> str:
    label = re.sub(r"^s3-(?!control|outposts|object-lambda|accesspoint|accelerate)[a-z]{2}-.*", "s3", label)
    return label.removesuffix("-fips").removeprefix("fips-")


def _operation(entry: Entry, exchange: Exchange, evidence: _Evidence) -> Identified | None:
    if evidence.target and (not entry.target_prefix or entry.target_prefix == evidence.target.rpartition(".")[0]):
        if not entry.target_prefix:
            return None
        return _named(entry, evidence.target.rpartition(".")[2], "json", exchange, evidence)
    if evidence.cbor and entry.target_prefix == evidence.cbor[0]:
        return _named(entry, evidence.cbor[1], "smithy-rpc-v2-cbor", exchange, evidence)
    if evidence.action and _speaks_query(entry) and entry.api_version == (evidence.version or entry.api_version):
        protocol = "ec2" if "ec2" in entry.protocols else "query"
        return _named(entry, evidence.action, protocol, exchange, evidence)
    protocol = next((name for name in entry.protocols if name.startswith("rest-")), "")
    if not protocol or evidence.target or evidence.cbor:
        return None
    match = match_path(entry.name, exchange)
    return None if match is None else _found(entry, match.operation, protocol, exchange, evidence, match.labels)


def _speaks_query(entry: Entry) -> bool:
    return entry.query_compatible or any(name in entry.protocols for name in QUERY_PROTOCOLS)


def _named(
    entry: Entry, operation: str, protocol: str, exchange: Exchange, evidence: _Evidence
) -> Identified | None:
    names = shapes.service_model(entry.name).operation_names
    return _found(entry, operation, protocol, exchange, evidence, {}) if operation in names else None


def _found(
    entry: Entry,
    operation: str,
    protocol: str,
    exchange: Exchange,
    evidence: _Evidence,
    labels: Mapping[str, str],
) -> Identified:
    model = shapes.operation_model(entry.name, operation)
    return Identified(
        service=entry.name,
        operation=operation,
        protocol=protocol,
        labels={**labels, **_host_prefix_labels(model, exchange.host)},
        region=_region(evidence),
    )


_REGION = re.compile(r"(?:[a-z]{2}|us-gov|us-iso[a-z]?|eu-isoe|eusc-[a-z]{2})-[a-z]+-\d+")


def _region(evidence: _Evidence) -> str | None:
    """The region of the host; a host without one is the same for clients of every region."""
    for label in evidence.host_labels or ():
        found = _REGION.fullmatch(label.removeprefix("s3-").removesuffix("-fips").removeprefix("fips-"))
        if found:
            return found[0]
    return None if evidence.host_labels else evidence.scope_region


def _host_prefix_labels(model: OperationModel, host: str) -> dict[str, str]:
    template = (model.endpoint or {}).get("hostPrefix", "")
    if "{" not in template:
        return {}
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^.]+)", re.escape(template))
    found = re.match(pattern, host)
    return found.groupdict() if found else {}


# -- paths of the REST protocols ---------------------------------------------------------------------------------------


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


def _fit(
    template: _Template, path: str, query: Mapping[str, str], exchange: Exchange, root: str
) -> Match | None:
    found = template.pattern.fullmatch(path)
    if found is None or not template.required_query <= query.keys():
        return None
    for name, value in template.constants:
        if name not in query or (value and query[name] != value):
            return None
    if not all(header in exchange.headers for header in template.required_headers):
        return None
    unknown = 0 if template.takes_any_query else len(query.keys() - template.known_query)
    loose = sum("/" in text for name, text in zip(template.names, found.groups(), strict=True) if name not in template.greedy)
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


@functools.lru_cache(maxsize=None)
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
        constants=constants,  # type: ignore[arg-type]  # partition()[::2] is a pair
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
    labels = aws_host_labels(exchange.host)
    if labels is None:
        return path
    at = next((index for index, label in enumerate(labels) if _S3_LABEL.fullmatch(label)), 0)
    bucket = ".".join(labels[:at])
    if not bucket or bucket.startswith("vpce-") or bucket == "bucket":
        return path
    if labels[at] == "s3-accesspoint":
        name, _, account = bucket.rpartition("-")
        region = next((label for label in labels[at + 1 :] if _REGION.fullmatch(label)), "")
        bucket = f"arn:aws:s3:{region}:{account}:accesspoint%2F{name}"
    return f"/{bucket}{path}"


def _by_path_alone(exchange: Exchange, evidence: _Evidence) -> Identified | None:
    """The one REST operation of all services that fits a request from a made-up host without a signature."""
    found: list[tuple[tuple[int, ...], Entry, Match]] = []
    for entry in entries():
        if evidence.action and _speaks_query(entry):
            named = _operation(entry, exchange, evidence)
            if named is not None:
                return named
        if evidence.target or evidence.action or not any(name.startswith("rest-") for name in entry.protocols):
            continue
        match = match_path(entry.name, exchange)
        if match is not None and (match.fit[-2] > 3 or entry.name == "s3"):
            found.append((match.fit, entry, match))
    if not found:
        return None
    _, entry, match = max(found, key=lambda item: (item[0], item[1].name == "s3"))
    protocol = next(name for name in entry.protocols if name.startswith("rest-"))
    return _found(entry, match.operation, protocol, exchange, evidence, match.labels)
