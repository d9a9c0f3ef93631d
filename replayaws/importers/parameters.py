"""The parameters of a call, read back from the HTTP request that carried them.

What stands in a body in JSON, XML or CBOR and in headers is read by botocore's own response parsers with the *input* shape:
a request and an answer are written alike. Only URI labels, query strings and the query and ec2 protocols, which have no
counterpart in answers, are read here.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from replayaws.importers.exchange import Exchange
from replayaws.importers.form_fields import FormFields, from_text
from replayaws.importers.services import Identified, form

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

_ADDED_HEADERS = frozenset({"content-length", "content-md5"})
"""Headers that botocore or the HTTP library works out, whose members hardly anybody gives."""

_CHECKSUM = re.compile(r"x-amz-checksum-(?!algorithm$|mode$|type$).+")


def read_parameters(exchange: Exchange, identified: Identified, model: OperationModel) -> dict[str, Any]:
    """The parameters as the program had given them, as far as the wire tells.

    :param model: of the operation, with the wire names of the protocol that was spoken.
    :raises Exception: whatever botocore's parser raises on a body that is damaged.
    """
    shape = model.input_shape
    if shape is None:
        return {}
    if identified.protocol in ("query", "ec2"):
        return FormFields(form(exchange), ec2=identified.protocol == "ec2").structure(shape, "") or {}
    if identified.protocol.startswith("rest-"):
        return _read_rest(exchange, identified, model)
    if identified.protocol == "json" and not exchange.body:
        raise ValueError("it has no body, and one of this protocol always has: a filter has taken it")
    return {**_read_body(exchange.plain_body, identified.protocol, shape), **_host_labels(identified, shape)}


def _host_labels(identified: Identified, shape: Shape) -> dict[str, str]:
    members = shape.members  # type: ignore[attr-defined]  # the input of an operation is a structure
    return {
        name: identified.labels[name]
        for name, member in members.items()
        if member.serialization.get("hostLabel") and name in identified.labels
    }


def _parse(protocol: str, body: bytes, headers: Mapping[str, str], shape: Shape) -> dict[str, Any]:
    """What botocore's parser reads from a body and headers with an input shape."""
    from botocore.awsrequest import HeadersDict
    from botocore.parsers import create_parser

    answer = {"headers": HeadersDict(dict(headers)), "status_code": 200, "body": body, "context": {}}
    parsed = create_parser(protocol).parse(answer, shape)
    parsed.pop("ResponseMetadata", None)
    return dict(parsed)


def _read_body(body: bytes, protocol: str, shape: Shape) -> dict[str, Any]:
    if not body:
        return {}
    if protocol == "json":
        json.loads(body)  # botocore's parser takes what is none for an empty object
    return _parse(protocol, body, {"smithy-protocol": "rpc-v2-cbor"}, shape)


# -- rest-json and rest-xml --------------------------------------------------------------------------------------------


def _read_rest(exchange: Exchange, identified: Identified, model: OperationModel) -> dict[str, Any]:
    shape = model.input_shape
    assert shape is not None
    members: Mapping[str, Shape] = shape.members
    found = {
        **_read_headers(_headers_of_members(exchange, model), exchange.names, members),
        **_read_uri(exchange, identified, model),
        **_read_payload(exchange, identified.protocol, shape),
    }
    return {name: found[name] for name in members if name in found}


def _read_payload(exchange: Exchange, protocol: str, shape: Shape) -> dict[str, Any]:
    members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]  # the input of an operation
    payload = shape.serialization.get("payload")
    if payload is None:
        if all("location" in member.serialization for member in members.values()):
            return {}
        return _read_body(exchange.plain_body, _body_protocol(protocol), shape)
    member = members[payload]
    if member.serialization.get("eventstream"):
        return {}
    if member.type_name == "blob":
        return {payload: exchange.body} if exchange.body else {}
    if member.type_name == "string":
        return {payload: exchange.body.decode("utf-8", "replace")} if exchange.body else {}
    body = exchange.plain_body
    if not body:
        return {}
    if protocol == "rest-xml":
        return {payload: _parse(protocol, body, {}, shape)[payload]}
    if member.type_name == "structure" and not getattr(member, "is_document_type", False):
        return {payload: _read_body(body, "json", member)}
    return {payload: json.loads(body)}


def _body_protocol(protocol: str) -> str:
    """The parser of a body: that of the json protocol keeps a whole number as the program gave it, rest-json's does not."""
    return "json" if protocol == "rest-json" else protocol


def _read_headers(headers: Mapping[str, str], names: Mapping[str, str], members: Mapping[str, Shape]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, member in members.items():
        location = member.serialization.get("location")
        wire = member.serialization.get("name", name).lower()
        if location == "header" and wire in headers:
            found[name] = _from_header(member, headers[wire])
        elif location == "headers":
            values = {names.get(key, key)[len(wire) :]: text for key, text in headers.items() if key.startswith(wire)}
            if values:
                found[name] = values
    return found


def _headers_of_members(exchange: Exchange, model: OperationModel) -> dict[str, str]:
    """The request's headers without those that botocore works out and adds on its own."""
    headers = {name: text for name, text in exchange.headers.items() if name not in _ADDED_HEADERS}
    checksum = model.http_checksum or {}
    members = model.input_shape.members if model.input_shape is not None else {}
    algorithm = checksum.get("requestAlgorithmMember")
    if algorithm in members:
        wire = members[algorithm].serialization.get("name", algorithm).lower()
        if headers.get(wire, "").upper() == _default_checksum():
            del headers[wire]
    if checksum or model.http_checksum_required:
        headers = {name: text for name, text in headers.items() if not _CHECKSUM.fullmatch(name)}
        mode = checksum.get("requestValidationModeMember")
        if mode in members:
            headers.setdefault(members[mode].serialization.get("name", mode).lower(), "ENABLED")
    encoding = headers.get("content-encoding", "")
    if "aws-chunked" in encoding:
        rest = ", ".join(part for part in re.split(r"\s*,\s*", encoding) if part not in ("aws-chunked", ""))
        if rest:
            headers["content-encoding"] = rest
        else:
            del headers["content-encoding"]
    return headers


def _default_checksum() -> str:
    from botocore import httpchecksum

    return str(getattr(httpchecksum, "DEFAULT_CHECKSUM_ALGORITHM", "CRC32"))


def _read_uri(exchange: Exchange, identified: Identified, model: OperationModel) -> dict[str, Any]:
    members: Mapping[str, Shape] = model.input_shape.members if model.input_shape is not None else {}
    constant = parse_qs(model.http.get("requestUri", "").partition("?")[2], keep_blank_values=True)
    query = parse_qs(exchange.parts.query, keep_blank_values=True)
    single = {
        member.serialization.get("name", name)
        for name, member in members.items()
        if member.serialization.get("location") == "querystring" and member.type_name != "map"
    }
    params: dict[str, Any] = {}
    for name, member in members.items():
        location = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if location == "uri" and wire in identified.labels:
            params[name] = from_text(member, identified.labels[wire])
        elif member.serialization.get("hostLabel") and name in identified.labels:
            params[name] = identified.labels[name]
        elif location != "querystring":
            continue
        elif member.type_name == "map":
            several = member.value.type_name == "list"  # type: ignore[attr-defined]  # a map
            rest = {key: texts for key, texts in query.items() if key not in single and key not in constant}
            if rest:
                params[name] = rest if several else {key: texts[-1] for key, texts in rest.items()}
        elif wire in query:
            texts = query[wire]
            is_list = member.type_name == "list"
            item = member.member if is_list else member  # type: ignore[attr-defined]  # a list
            params[name] = [from_text(item, text) for text in texts] if is_list else from_text(item, texts[-1])
    return params


def _from_header(shape: Shape, text: str) -> Any:
    if shape.type_name == "list":
        return [from_text(shape.member, part) for part in _list_parts(shape, text)]  # type: ignore[attr-defined]
    if shape.serialization.get("jsonvalue"):
        return json.loads(base64.b64decode(text))
    return from_text(shape, text)


_QUOTED = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)')


def _list_parts(shape: Shape, text: str) -> list[str]:
    member = shape.member  # type: ignore[attr-defined]  # a list
    if member.type_name == "timestamp" and member.serialization.get("timestampFormat", "rfc822").lower() == "rfc822":
        days = re.split(r",\s*(?=[A-Z][a-z]{2},)", text)  # an RFC 822 date has a comma of its own
        return [part.strip() for part in days]
    parts = [found[1].strip() for found in _QUOTED.finditer(text)][: text.count(",") + 1]
    if parts and not text.endswith(",") and parts[-1] == "":
        parts.pop()
    return [
        part[1:-1].replace('\\"', '"') if part[:1] == part[-1:] == '"' and len(part) > 1 else part for part in parts
    ]
