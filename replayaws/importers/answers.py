"""What a client would have returned or raised for a recorded HTTP answer, through botocore's own parsers."""

from __future__ import annotations

import functools
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from replayaws import bodies, codec, shapes
from replayaws.importers.exchange import Exchange, as_sent
from replayaws.importers.services import Identified

if TYPE_CHECKING:
    from botocore.model import OperationModel


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a client sees it.

    :param parsed: botocore's parsed output, ``ResponseMetadata`` and ``Error`` included, without the streaming member.
    :param stream: name and written form of the streaming member, a blob or events.
    :param exception: the exception class that the client raises for it.
    :param incomplete: why an event stream is not whole, where it is not.
    """

    parsed: dict[str, Any]
    stream: tuple[str, Any] | None = None
    exception: str | None = None
    incomplete: str | None = None


def read_answer(exchange: Exchange, identified: Identified, model: OperationModel, *, attempts: int = 1) -> Answer:
    """The answer as a client sees it.

    :param model: of the operation, with the wire names of the protocol that was spoken.
    :param attempts: how often the request had been sent when this answer came.
    :raises Exception: whatever botocore's parser raises on a body that is damaged.
    """
    parsed = _parse(exchange, identified, model)
    metadata = parsed.setdefault("ResponseMetadata", {})
    metadata.setdefault("RetryAttempts", attempts - 1)
    if metadata["HTTPStatusCode"] >= 300:
        error = parsed.get("Error", {})
        code = error.get("QueryErrorCode") or error.get("Code", "")
        shape = model.service_model.shape_for_error_code(code)
        return Answer(parsed, exception="ClientError" if shape is None else shape.name)
    algorithm = _validated_by(exchange, model)
    if algorithm is not None:
        metadata["ChecksumAlgorithm"] = algorithm
    if identified.service == "s3" and identified.operation == "GetBucketLocation":
        from xml.etree import ElementTree

        # botocore reads this one from the body, in a handler that finds no body on replay.
        parsed["LocationConstraint"] = ElementTree.fromstring(exchange.plain_answer).text
    name = bodies.streaming_member(model)
    if name is None or name not in parsed:
        return Answer(parsed)
    stream = parsed.pop(name)
    if model.has_event_stream_output:
        events, incomplete = _events(name, stream, model)
        return Answer(
            parsed, stream=(name, events), incomplete=incomplete or _cut_short(exchange.answer_body, len(events))
        )
    return Answer(
        parsed, stream=(name, codec.encode_blob(stream if isinstance(stream, (str, bytes)) else stream.read()))
    )


def _parse(exchange: Exchange, identified: Identified, model: OperationModel) -> dict[str, Any]:
    from botocore.awsrequest import HeadersDict
    from botocore.parsers import create_parser

    headers = HeadersDict(dict(exchange.answer_headers))
    if identified.protocol == "smithy-rpc-v2-cbor":
        headers.setdefault("smithy-protocol", "rpc-v2-cbor")
    answer: dict[str, Any] = {
        "headers": headers,
        "status_code": exchange.status,
        "context": {"operation_name": model.name},
        "body": _body(exchange, model),
    }
    customized: dict[str, Any] = {}
    service_id = model.service_model.service_id.hyphenize()
    _emitter().emit(
        f"before-parse.{service_id}.{model.name}",
        operation_model=model,
        response_dict=answer,
        customized_response_dict=customized,
    )
    protocol = _protocol_of_answer(exchange, identified)
    if answer["status_code"] < 300 and _is_json_whole(protocol, model):
        json.loads(answer["body"] or b"{}")  # botocore's parser takes what is none for an empty object
    parser = create_parser(protocol)
    parsed: dict[str, Any] = parser.parse(answer, model.output_shape)  # type: ignore[arg-type]  # None is taken
    parsed.update(customized)
    code = parsed.get("Error", {}).get("Code")
    shape = None if code is None else model.service_model.shape_for_error_code(code)
    if answer["status_code"] >= 300 and shape is not None:
        parsed.update(parser.parse(answer, shape))
    return parsed


def _is_json_whole(protocol: str, model: OperationModel) -> bool:
    """Whether an answer's body is JSON, and not what one member holds."""
    shape = model.output_shape
    if protocol not in ("json", "rest-json") or shape is None or bodies.streaming_member(model) is not None:
        return False
    return "payload" not in shape.serialization


def _protocol_of_answer(exchange: Exchange, identified: Identified) -> str:
    """The protocol that the answer is in: some services answer JSON to a query request that accepts it."""
    body = exchange.plain_answer.lstrip()[:1]
    if identified.protocol in ("query", "ec2") and body == b"{":
        return "json"
    return identified.protocol


@functools.lru_cache(maxsize=1)
def _emitter() -> Any:
    """An emitter with the handlers that botocore gives every client."""
    import botocore.session

    return botocore.session.Session().get_component("event_emitter")


def _body(exchange: Exchange, model: OperationModel) -> Any:
    if exchange.status >= 300:
        return exchange.plain_answer
    if model.has_event_stream_output:
        return _Stream(exchange.answer_body)
    if model.has_streaming_output:
        return io.BytesIO(as_sent(exchange.answer_body, exchange.answer_headers.get("content-length")))
    return exchange.plain_answer


class _Stream(io.BytesIO):
    """Recorded bytes, read as botocore reads an event stream from urllib3."""

    def stream(self, amount: int = 1 << 16, decode_content: bool | None = None) -> Any:
        """The bytes in pieces."""
        while piece := self.read(amount):
            yield piece


def _validated_by(exchange: Exchange, model: OperationModel) -> str | None:
    """The checksum that botocore validates the body with where the request asked for one."""
    from botocore.httpchecksum import resolve_response_checksum_algorithms

    mode = (model.http_checksum or {}).get("requestValidationModeMember")
    if mode is None or "x-amz-checksum-mode" not in exchange.headers:
        return None
    request: dict[str, Any] = {"context": {}}
    resolve_response_checksum_algorithms(request, model, {mode: "ENABLED"})
    for algorithm in request["context"]["checksum"]["response_algorithms"]:
        if "-" not in exchange.answer_headers.get(f"x-amz-checksum-{algorithm}", "-"):
            return str(algorithm)
    return None


def _events(name: str, stream: Any, model: OperationModel) -> tuple[list[Any], str | None]:
    """The events of a recorded stream in written form, and why they are not all, where they are not."""
    from botocore.eventstream import ParserError
    from botocore.exceptions import EventStreamError

    from replayaws.events import EventTap, TappedEventStream, event_shape

    tap = EventTap(name, event_shape(model))
    damage = None
    try:
        for _ in TappedEventStream(stream, tap):
            pass
    except EventStreamError:
        pass  # the tap has taken it: it is the stream's last message
    except ParserError as error:
        damage = f"the recorded event stream is damaged: {error}"
    taken = tap.finish()
    return taken.events, damage or taken.incomplete


def _cut_short(body: bytes, events: int) -> str | None:
    """That a recorded stream ends within an event, which botocore's parser passes over."""
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        if length < 16 or at + length > len(body):
            return f"the recorded event stream ends within an event, after {events}"
        at += length
    return None


def wire_model(identified: Identified) -> OperationModel:
    """The model of the operation with the wire names of the protocol that was spoken.

    A service that has left the query protocol keeps no names for it in botocore's model; moto's additions to it do.
    """
    if identified.protocol != "query":
        return shapes.operation_model(identified.service, identified.operation)
    model: OperationModel = _query_service_model(identified.service).operation_model(identified.operation)
    return model


@functools.lru_cache(maxsize=8)
def _query_service_model(service: str) -> Any:
    model = shapes.service_model(service)
    if "query" in model.metadata.get("protocols", (model.metadata.get("protocol"),)):
        return model
    from botocore.model import ServiceModel
    from moto.core.loaders import create_loader

    description = create_loader().load_service_model(service, "service-2")
    return ServiceModel(_with_query_names(description), service)


def _with_query_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_query_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    written = {name: _with_query_names(item) for name, item in value.items()}
    if isinstance(name := written.pop("locationNameForQueryCompatibility", None), str):
        written["locationName"] = name
    return written
