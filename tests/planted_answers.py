"""A stand-in for AWS on loopback whose answers are full of secrets, and the calls that get them."""

from __future__ import annotations

import itertools
import random
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import botocore.session

from replayaws import codec, shapes
from tests.planting import ENCODINGS, Planted, at_sensitive_shapes, forms, spellings
from tests.sweep.calls import service_model
from tests.sweep.standin import Answer, StandIn
from tests.sweep.values import parameters
from tests.sweep.wire import Wire

NUMBER = "x-planted"
"""The header by which a call names the answer that it is to get."""


@dataclass(frozen=True)
class PlannedCall:
    """A call of the suite that is recorded.

    :param number: of the answer.
    :param what: what is planted in it, for messages.
    """

    number: int
    service: str
    operation: str
    params: dict[str, Any]
    what: str


@dataclass
class Plan:
    """Calls, their answers, and every secret planted in either.

    :param tests: calls by the test that makes them.
    """

    tests: dict[str, list[PlannedCall]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def add(
        self, test: str, operation: Any, planted: str, what: str, *, params: dict[str, Any], answer: Answer
    ) -> None:
        """One more call."""
        service = operation.service_model.service_name
        self.tests.setdefault(test, []).append(PlannedCall(len(self.answers), service, operation.name, params, what))
        self.answers.append(answer)
        self.secrets[planted] = what


class PlantedServer(StandIn):
    """Answers each call as the plan has it, and whoever asks without a number with the caller's identity."""

    def __init__(self, answers: list[Answer], caller: Answer) -> None:
        super().__init__()
        self._planned, self._caller = answers, caller

    def _next(self, is_head: bool) -> bytes:
        asked = re.search(rf"(?im)^{NUMBER}: *(\d+)".encode(), self.requests[-1])
        self.answers = deque([self._planned[int(asked[1])] if asked else self._caller])
        return super()._next(is_head)


class Planner:
    """Makes a plan.

    :param seed: of every secret.
    """

    def __init__(self, seed: int) -> None:
        self.seed, self.plan = random.Random(seed), Plan()
        self._loader = botocore.session.Session().get_component("data_loader")
        self._wires: dict[str, Wire] = {}

    def wire(self, service: str) -> Wire:
        """What writes the answers of a service."""
        if service not in self._wires:
            self._wires[service] = Wire(service_model(service, self._loader))
        return self._wires[service]

    def plant_forms(self, carriers: Iterable[Carrier]) -> None:
        """Every form in every encoding, in one carrier after the other."""
        taking_turns = itertools.cycle(carriers)
        for encoding, encode in ENCODINGS.items():
            for form in forms(random.Random(0)):
                text, secret = forms(self.seed)[form]
                encoded = encode(text)
                carrier = next(carrier for carrier in taking_turns if carrier.takes(encoded))
                self._plant_form(carrier, encoded, secret, f"{form}, {encoding}, in {carrier.name}")

    def _plant_form(self, carrier: Carrier, text: str, secret: str, what: str) -> None:
        wire = self.wire(carrier.service)
        operation = wire.model.operation_model(carrier.operation)
        params = parameters(operation, full=False, special={})
        value: dict[str, Any] = {}
        if carrier.side == "params":
            params = {**params, **carrier.build(text)}
        else:
            value = carrier.build(text)
        if carrier.side == "error":
            shape = next(shape for shape in operation.error_shapes if shape.name == carrier.error)
            answer = wire.error(operation, shape, value)
        else:
            answer = wire.answer(operation, value)
        self.plan.add(carrier.name, operation, secret, what, params=params, answer=answer)

    def plant_shapes(self, services: Iterable[str], sides: Iterable[str]) -> None:
        """A secret at every sensitive shape of these services, on each of the given sides."""
        for service in services:
            for side in sides:
                for planted in at_sensitive_shapes(shapes.service_model(service), self.seed, [side]):
                    self._plant_shape(service, planted)

    def _plant_shape(self, service: str, planted: Planted) -> None:
        wire = self.wire(service)
        operation = wire.model.operation_model(planted.model.name)
        if _has_no_method(operation):
            return
        params, value = parameters(operation, full=False, special={}), {}
        if planted.side == "params":
            params = _laid_over(params, codec.decode(planted.written, operation.input_shape))
        elif planted.side == "response":
            value = _decoded(planted.written, operation.output_shape)
        if planted.side == "error":
            shape = next(shape for shape in operation.error_shapes if shape.name == planted.error)
            answer = wire.error(operation, shape, codec.decode(planted.written, shape))
        else:
            answer = wire.answer(operation, value)
        secret = planted.secret[:19] if re.match(r"\d{4}-\d\d-\d\dT", planted.secret) else planted.secret
        self.plan.add(service, operation, secret, planted.what, params=params, answer=answer)


def _decoded(written: dict[str, Any], output: Any) -> dict[str, Any]:
    """An answer as it is meant; the events of a stream each by itself."""
    value: dict[str, Any] = codec.decode(written, output)
    stream = output.event_stream_name
    if stream in value:
        events = output.members[stream].members
        value[stream] = [
            {name: codec.decode(content, events[name]) for name, content in event.items()} for event in written[stream]
        ]
    return value


def _has_no_method(operation: Any) -> bool:
    shape = operation.input_shape
    return operation.has_event_stream_input or (shape is not None and shape.type_name != "structure")


def _laid_over(base: Any, planted: Any) -> Any:
    """What validates, with the planted value in its place."""
    if isinstance(base, dict) and isinstance(planted, dict):
        return {**base, **{key: _laid_over(base.get(key), item) for key, item in planted.items()}}
    if isinstance(base, list) and isinstance(planted, list) and base and planted:
        return [_laid_over(base[0], planted[0]), *base[1:]]
    return planted


@dataclass(frozen=True)
class Carrier:
    """An operation that carries any text.

    :param side: ``"params"``, ``"response"`` or ``"error"``.
    :param build: the parameters or the answer around a text.
    :param printable: whether only what stands in headers comes through.
    """

    name: str
    service: str
    operation: str
    side: str
    build: Callable[[str], dict[str, Any]]
    error: str | None = None
    printable: bool = False

    def takes(self, text: str) -> bool:
        """Whether a text comes through as it is: headers lose some signs."""
        return not self.printable or re.fullmatch(r"[\w .:;/+=-]+", text, re.ASCII) is not None


def _events(text: str) -> list[dict[str, Any]]:
    """Events of which no one holds the whole text."""
    halves = text[: len(text) // 2], text[len(text) // 2 :]
    return [*({"Records": {"Payload": half.encode()}} for half in halves), {"End": {}}]


CARRIERS = (
    Carrier("json", "sqs", "ReceiveMessage", "response", lambda text: {"Messages": [{"MessageId": "1", "Body": text}]}),
    Carrier("stream", "s3", "GetObject", "response", lambda text: {"Body": text.encode()}),
    Carrier("attribute", "dynamodb", "GetItem", "response", lambda text: {"Item": {"note": {"S": text}, "n": {"N": "1"}}}),
    Carrier("ec2", "ec2", "DescribeTags", "response", lambda text: {"Tags": [{"Key": "note", "Value": text}]}),
    Carrier("query", "sns", "GetTopicAttributes", "response", lambda text: {"Attributes": {"note": text}}),
    Carrier("logs", "logs", "FilterLogEvents", "response", lambda text: {"events": [{"message": text}, {"message": "end"}]}),
    Carrier("rest-json", "lambda", "GetFunctionConfiguration", "response", lambda text: {"Description": text}),
    Carrier("cbor", "cloudwatchomni", "GetView", "response", lambda text: {"description": text}),
    Carrier("error", "dynamodb", "PutItem", "error", lambda text: {"message": text}, "ConditionalCheckFailedException"),
    Carrier("headers", "s3", "HeadObject", "response", lambda text: {"Metadata": {"note": text}}, printable=True),
    Carrier("events", "s3", "SelectObjectContent", "response", lambda text: {"Payload": _events(text)}),
    Carrier("sent", "sqs", "SendMessage", "params", lambda text: {"MessageBody": text}),
    Carrier("put", "s3", "PutObject", "params", lambda text: {"Body": text.encode()}),
)  # fmt: skip
"""At least one per protocol and per place in an answer."""


def leaks(data: bytes, secrets: dict[str, str]) -> list[str]:
    """What of the secrets stands in bytes, in any spelling."""
    stems: dict[bytes, list[tuple[bytes, str]]] = {}
    for secret, what in secrets.items():
        for spelling in spellings(secret):
            stems.setdefault(spelling[:8], []).append((spelling, what))
    return sorted({what for stem in _present(data, stems) for spelling, what in stems[stem] if spelling in data})


def _present(data: bytes, stems: dict[bytes, Any]) -> Iterator[bytes]:
    step = 1 << 18
    for at in range(0, len(data), step):
        piece = data[at : at + step + 7]
        yield from stems.keys() & {piece[start : start + 8] for start in range(len(piece) - 7)}
