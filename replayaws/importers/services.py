"""Which service and operation a recorded HTTP request was for, from the models of all services.

What a request says about itself is collected as evidence: the credential scope, the host, ``X-Amz-Target``, ``Action``
and ``Version``, the path of rpc-v2-cbor. Services are tried in the order of the evidence for them, and the first that has
an operation of this form wins: so a recording without ``Authorization`` or with a made-up host is still told apart.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from replayaws import shapes
from replayaws.hosts import is_aws_host
from replayaws.importers.catalogue import Entry, entries
from replayaws.importers.exchange import Exchange
from replayaws.importers.paths import REGION, Match, match_path

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
class _Evidence:
    scope_service: str
    scope_region: str | None
    host_labels: tuple[str, ...] | None
    of_aws: bool
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
        host_labels=exchange.host_labels,
        of_aws=is_aws_host(exchange.host),
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
            return max(found, key=lambda item: _affinity(item[0], item[1], exchange, hint))[1]
    if ranked and (evidence.target or evidence.action or evidence.cbor or evidence.scope_service):
        name = evidence.target.rpartition(".")[2] or evidence.action or (evidence.cbor or ("", ""))[1]
        what = f"the operation {name}" if name else f"an operation for {exchange.method} {exchange.parts.path}"
        return f"the installed botocore knows no service with {what} (nearest service: {ranked[0][1].name})"
    if not ranked or not evidence.host_labels:
        guessed = _by_path_alone(exchange, evidence)
        if guessed is not None:
            return guessed
    return (
        f"no service of the installed botocore is recognised in {exchange.method} to host {exchange.host or '(none)'}"
    )


def _by_score(item: tuple[int, Entry]) -> tuple[int, str]:
    return -item[0], item[1].name


def _affinity(entry: Entry, identified: Identified, exchange: Exchange, hint: str) -> tuple[int, int, bool, bool]:
    """How well a service fits of several that share an endpoint and the operation, such as RDS, Neptune and DocumentDB.

    It should know the fields of the request, its name may stand there as the name of an engine, and where nothing tells it is
    the one that the endpoint is named after.
    """
    shape = shapes.operation_model(entry.name, identified.operation).input_shape
    known = (
        {member.serialization.get("name", name).lower() for name, member in shape.members.items()} if shape else set()
    )
    fields = form(exchange)
    names = {name.partition(".")[0].lower() for name in fields} - {"action", "version"}
    if not fields and exchange.plain_body[:1] == b"{":
        try:
            names = {name.lower() for name in json.loads(exchange.plain_body)}
        except ValueError:
            names = set()
    named = (
        mentions(hint, entry.name)
        or f">{entry.name}<".encode() in exchange.answer_body
        or entry.name in fields.values()
    )
    loose = sum("/" in text for text in identified.labels.values())  # a longer path, taken for one label
    return -loose, -len(names - known), named, entry.name == entry.endpoint_prefix


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


def _named(entry: Entry, operation: str, protocol: str, exchange: Exchange, evidence: _Evidence) -> Identified | None:
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
        labels={**_host_prefix_labels(model, exchange.host), **labels},  # a host has lost the case of its letters
        region=_region(evidence),
    )


def _region(evidence: _Evidence) -> str | None:
    """The region of the host; a host without one is the same for clients of every region."""
    for label in evidence.host_labels or ():
        found = REGION.fullmatch(label.removeprefix("s3-").removesuffix("-fips").removeprefix("fips-"))
        if found:
            return found[0]
    return None if evidence.of_aws else evidence.scope_region


def _host_prefix_labels(model: OperationModel, host: str) -> dict[str, str]:
    endpoint: Any = model.endpoint or {}
    template = endpoint.get("hostPrefix", "")
    if "{" not in template:
        return {}
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^.]+)", re.escape(template))
    found = re.match(pattern, host)
    return found.groupdict() if found else {}


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
