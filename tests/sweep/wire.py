"""Wire bytes of an answer, made from the model by moto's response serializers, which know nothing of this package.

Where moto 5.2.5 sends something else than AWS would, the subclasses here put it right:

* it has no serializer for ``smithy-rpc-v2-cbor``: :mod:`tests.sweep.cbor` is one;
* a member of a list, or of a map's values, is written under its ``locationName``, and then lost or left unserialised (JSON);
* empty strings, structures and nulls in an XML list are dropped; a flattened list ignores its member's ``locationName``;
  a map's keys and values in XML are looked up by the default names where ``locationName`` differs;
* header members of errors, and ``statusCode`` members, are not sent; a header list must hold strings;
* event members marked ``eventheader`` go into the body instead of a header;
* NaN and infinity become bare words that are not JSON, where the protocols say ``"NaN"``;
* a payload that is a document, a list or a map is written under an empty name, and a nested member called ``body`` is
  taken for the HTTP body; members that an output has in common with the input's URI are left out;
* a body is sent with status 204, where the model names that status for an output with a body;
* two members of one element name are both sent (S3 GetBucketNotification);
* an error is looked up by code, which two shapes of one service may share;
* other headers than texts: numbers, times, blobs, maps with a prefix, texts that no header can carry.
"""

from __future__ import annotations

import base64
import datetime
import functools
import json
import math
from typing import Any

import moto.core.serialize as moto_serialize
from botocore.model import OperationModel, Shape, StructureShape
from moto.core.errors import ErrorShape
from moto.core.eventstream import EventStreamEncoder
from moto.core.model import ServiceModel

from tests.sweep.cbor import cbor
from tests.sweep.standin import Answer

REQUEST_ID = "11111111-2222-3333-4444-555555555555"
"""A documentation-like id: the same in every answer."""


class Wire:
    """Answers of one service, in the protocol that its client speaks.

    :param model: moto's view of the service's model.
    :param protocol: one that the model lists; without it the one that botocore chooses.
    """

    def __init__(self, model: ServiceModel, protocol: str | None = None) -> None:
        self.model = model
        self.protocol = protocol or model.resolved_protocol

    def answer(self, operation: OperationModel, value: dict[str, Any]) -> Answer:
        """What AWS sends for an output."""
        output = operation.output_shape
        if self.protocol == "smithy-rpc-v2-cbor":
            return self._finish(operation, 200, _CBOR_HEADERS, cbor(value) if output is not None else b"")
        serializer = self._serializer(operation)
        if output is not None and output.event_stream_name:
            return self._finish(operation, *_event_stream(serializer, operation, value))
        made = serializer.serialize(value)
        status = 200 if made["body"] and made["status_code"] == 204 else made["status_code"]
        return self._finish(operation, status, made["headers"], made["body"])

    def error(self, operation: OperationModel, shape: Shape, value: dict[str, Any]) -> Answer:
        """What AWS sends for a modelled error."""
        error = ErrorShape(shape.name, shape._shape_model, shape._shape_resolver)
        if self.protocol == "smithy-rpc-v2-cbor":
            body = cbor({**value, "__type": f"com.amazonaws#{shape.name}"})
            return self._finish(operation, _error_status(shape), _CBOR_HEADERS, body)
        made = self._serializer(operation).error(error, value)
        return self._finish(operation, made["status_code"], made["headers"], made["body"])

    def _serializer(self, operation: OperationModel) -> Any:
        return _serializer_class(self.model.service_name, self.protocol)(
            operation_model=operation, context=moto_serialize.SerializationContext(REQUEST_ID)
        )

    def _finish(self, operation: OperationModel, status: int, headers: dict[str, Any], body: Any) -> Answer:
        data = body.encode() if isinstance(body, str) else bytes(body or b"")
        sent = {"x-amzn-requestid": REQUEST_ID}
        sent.update({name.lower(): str(value).encode("ascii", "replace").decode() for name, value in headers.items()})
        if operation.http.get("method") != "HEAD":
            sent.pop("content-length", None)
        return Answer(status=status, headers=sent, body=data)


_CBOR_HEADERS = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


def _error_status(shape: Shape) -> int:
    return int(shape.metadata.get("error", {}).get("httpStatusCode", 400))


class _ModelledError(Exception):
    """An error whose attributes are the members of its shape, as moto's serializers expect."""

    def __init__(self, members: dict[str, Any]) -> None:
        super().__init__()
        self.__dict__.update(members)
        self.message = members.get("message", members.get("Message"))


class _Errors:
    """Errors by shape instead of by code, with their header members."""

    def error(self, shape: ErrorShape, value: dict[str, Any]) -> Any:
        error = _ModelledError(value)
        serialized: dict[str, Any] = {}
        self._serialize_error_metadata(serialized, error, shape)  # type: ignore[attr-defined]
        response = self._create_default_response()  # type: ignore[attr-defined]
        response = self._serialized_error_to_response(response, error, shape, serialized)  # type: ignore[attr-defined]
        response["headers"].update(_header_members(shape, value))
        return response


class _JSON(_Errors):
    def _serialize_type_list(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        self._default_serialize(serialized, [self._alone(item, shape.member) for item in value], shape, key)

    def _serialize_type_map(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        made = {name: self._alone(item, shape.value) for name, item in value.items()}
        self._default_serialize(serialized, made, shape, key)

    def _serialize_type_float(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        self._default_serialize(serialized, value if math.isfinite(value) else _float_name(value), shape, key)

    _serialize_type_double = _serialize_type_float

    def _alone(self, value: Any, shape: Any) -> Any:
        if value is None:
            return None
        wrapper: dict[str, Any] = {}
        self._serialize(wrapper, value, shape, "alone")  # type: ignore[attr-defined]
        return next(iter(wrapper.values()))


class _XML(_Errors):
    def _serialize_type_list(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        items = []
        for item in value:
            wrapper: dict[str, Any] = {}
            self._serialize(wrapper, item, shape.member, "alone")  # type: ignore[attr-defined]
            items.append(next(iter(wrapper.values()), ""))
        if not shape.is_flattened:
            name = shape.member.serialization.get("name", "member")
            self._default_serialize(serialized, {name: items} if items else "", shape, key)
        elif items:
            serialized.setdefault(shape.member.serialization.get("name") or shape.serialization.get("name", key), items)

    def _serialize_type_float(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        self._default_serialize(serialized, value if math.isfinite(value) else _float_name(value), shape, key)

    _serialize_type_double = _serialize_type_float

    def _default_serialize(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        namespace = shape.serialization.get("xmlNamespace")
        if namespace and isinstance(value, dict):
            prefix = namespace.get("prefix")
            value = {f"@xmlns:{prefix}" if prefix else "@xmlns": namespace["uri"], **value}
        name = shape.serialization.get("name", key)
        serialized.setdefault("@" + name if shape.serialization.get("xmlAttribute") else name, value)


class _Rest:
    def _serialize_result(self, response: Any, result: Any) -> Any:
        output = self.operation_model.output_shape  # type: ignore[attr-defined]
        body: dict[str, Any] = {}
        made: dict[str, Any] = {"body": body}
        payload = output.serialization.get("payload") if output is not None else None
        if payload is None and output is not None:
            self._serialize(body, result, output, "")  # type: ignore[attr-defined]
        elif payload is not None and result.get(payload) is not None:
            self._put_payload(made, result[payload], output.members[payload])
        response = self._serialized_result_to_response(response, result, output, made)  # type: ignore[attr-defined]
        response["headers"].update(_header_members(output, result))
        return response

    def _put_payload(self, made: dict[str, Any], value: Any, shape: Any) -> None:
        if shape.type_name in ("blob", "string"):
            made["payload"] = value
        elif isinstance(self, _JSON):
            made["payload"] = json.dumps(self._alone(value, shape))
        else:
            self._serialize(made["body"], value, shape, "")  # type: ignore[attr-defined]

    def _serialize_structure_member(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.serialization.get("location") not in ("header", "headers", "statusCode"):
            moto_serialize.ResponseSerializer._serialize_structure_member(self, serialized, value, shape, key)  # type: ignore[arg-type]


_CLASSES: dict[str, tuple[type, ...]] = {
    "json": (_JSON, moto_serialize.JSONSerializer),
    "rest-json": (_JSON, _Rest, moto_serialize.RestJSONSerializer),
    "rest-xml": (_XML, _Rest, moto_serialize.RestXMLSerializer),
    "query": (_XML, moto_serialize.QuerySerializer),
    "ec2": (_XML, moto_serialize.EC2Serializer),
    "s3": (_XML, _Rest, moto_serialize.S3Serializer),
}


@functools.cache
def _serializer_class(service: str, protocol: str) -> type:
    return type(f"Wire{service}", _CLASSES["s3" if service == "s3" else protocol], {})


def _float_name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _header_members(shape: Shape | None, value: dict[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    if not isinstance(shape, StructureShape):
        return headers
    for name, member in shape.members.items():
        location, item = member.serialization.get("location"), value.get(name)
        if item is None:
            continue
        if location == "header":
            headers[member.serialization.get("name", name)] = _header(item, member)
        elif location == "headers":
            prefix = member.serialization.get("name", "")
            headers.update({prefix + _token(key): _header(text, member.value) for key, text in item.items()})
    return headers


def _token(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)


def _header(value: Any, shape: Shape) -> str:
    if shape.serialization.get("jsonvalue"):
        return base64.b64encode(json.dumps(value).encode()).decode()
    if isinstance(value, list):
        return ",".join(_header(item, shape.member) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _float_name(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        wrapper: dict[str, Any] = {}
        moto_serialize.TimestampSerializer("rfc822").serialize(wrapper, value, shape, "at")
        return str(wrapper["at"])
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in " -_.:;/+=") else "-" for letter in str(value)
    )


def _event_stream(
    serializer: Any, operation: OperationModel, value: dict[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    output = operation.output_shape
    payloads = serializer._event_stream_serializer
    encode = EventStreamEncoder().encode_message
    rest = {name: member for name, member in output.members.items() if name != output.event_stream_name}
    messages = []
    if payloads.initial_response_required:
        payload, _ = payloads.serialize_event_payload(value, output, list(rest.items()))
        messages.append(encode({":message-type": "event", ":event-type": "initial-response"}, payload))
    stream = output.members[output.event_stream_name]
    for event in value.get(output.event_stream_name, []):
        [(name, content)] = event.items()
        messages.append(encode(*_event(payloads, name, content, stream.members[name])))
    headers = {"Content-Type": "application/vnd.amazon.eventstream", **_header_members(output, value)}
    return 200, headers, b"".join(messages)


def _event(payloads: Any, name: str, value: dict[str, Any], shape: Any) -> tuple[dict[str, Any], bytes]:
    headers: dict[str, Any] = {":message-type": "event", ":event-type": name}
    body, payload = [], b""
    for member_name, member in shape.members.items():
        if member.serialization.get("eventheader"):
            if member_name in value:
                headers[member_name] = value[member_name]
        elif member.serialization.get("eventpayload"):
            payload = _event_payload(payloads, value.get(member_name), member)
        else:
            body.append((member_name, member))
    if body:
        payload, headers[":content-type"] = payloads.serialize_event_payload(value, shape, body)
    return headers, payload


def _event_payload(payloads: Any, value: Any, shape: Any) -> bytes:
    if value is None:
        return b""
    if shape.type_name == "blob":
        return bytes(value)
    if shape.type_name == "string":
        return str(value).encode()
    payload: bytes = payloads.serialize_event_payload(value, shape, list(shape.members.items()))[0]
    return payload
