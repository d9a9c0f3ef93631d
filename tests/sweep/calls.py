"""The calls of the sweep: for every operation of a service its parameters and the answers it gets, by round.

A round is one cassette: every operation is called once in it.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel
from moto.core.model import ServiceModel

from tests.sweep.standin import Answer
from tests.sweep.values import Filler, Kind, parameters
from tests.sweep.wire import Wire

KINDS: tuple[Kind, ...] = ("full", "minimal", "empty", "odd")


@dataclass(frozen=True)
class Sent:
    """One operation in one round.

    :param operation: AWS's name.
    :param params: candidates, the first that the client takes is used.
    :param answer: what the stand-in sends.
    :param value: what it means.
    :param whole: whether every member of it must arrive: the edges of what a wire can carry may not.
    """

    operation: str
    params: tuple[dict[str, Any], ...]
    answer: Answer
    value: dict[str, Any]
    whole: bool = False


def service_model(service: str, loader: Loader) -> ServiceModel:
    """moto's view of the installed model of a service."""
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


def rounds(
    model: ServiceModel, endpoint: str, *, chosen: Callable[[str], bool] = lambda operation: True
) -> Iterator[tuple[str, list[Sent]]]:
    """Name and calls of every round: the kinds of answers, then each operation's first error, its second, and so on.

    :param endpoint: the stand-in's URL, for the one parameter that is an endpoint.
    :param chosen: which operations, by name.
    """
    wire = Wire(model)
    operations = [model.operation_model(name) for name in model.operation_names if chosen(name)]
    given = {operation.name: _params(operation, endpoint) for operation in operations}
    for kind in KINDS:
        yield kind, [_output(wire, operation, kind, given[operation.name]) for operation in operations]
    for index in range(max((len(operation.error_shapes) for operation in operations), default=0)):
        yield (
            f"error-{index + 1}",
            [
                _error(wire, operation, index, given[operation.name])
                for operation in operations
                if index < len(operation.error_shapes)
            ],
        )


def _params(operation: OperationModel, endpoint: str) -> tuple[dict[str, Any], ...]:
    special = {"PredictEndpoint": endpoint}
    full = parameters(operation, full=True, special=special)
    least = parameters(operation, full=False, special=special)
    return (full, least) if full != least else (full,)


def _output(wire: Wire, operation: OperationModel, kind: Kind, params: tuple[dict[str, Any], ...]) -> Sent:
    service = wire.model.service_name
    filler = Filler(
        kind=kind,
        salt=f"{service}.{operation.name}",
        nulls=wire.protocol in ("json", "rest-json", "smithy-rpc-v2-cbor"),
        special=_SPECIAL.get(service, {}) if kind in ("full", "odd") else {},
    )
    value = filler.structure(operation.output_shape)
    _make_consistent(service, operation, value)
    return Sent(
        operation.name, params if kind == "full" else params[-1:], wire.answer(operation, value), value, kind == "full"
    )


def _error(wire: Wire, operation: OperationModel, index: int, params: tuple[dict[str, Any], ...]) -> Sent:
    shape = operation.error_shapes[index]
    value = Filler(kind="full", salt=f"{shape.name}").structure(shape)
    for name, member in shape.members.items():
        if member.serialization.get("name", "").lower() == "x-amzn-errortype":
            value[name] = shape.name
    return Sent(operation.name, params[-1:], wire.error(operation, shape, value), value, True)


_POLICY = "%7B%22Version%22%3A%20%222012-10-17%22%7D"
_SPECIAL: dict[str, dict[str, str]] = {
    "iam": {"PolicyDocument": _POLICY, "AssumeRolePolicyDocument": _POLICY, "Document": _POLICY},
    "cloudformation": {"TemplateBody": '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'},
    "ec2": {"Output": base64.b64encode(b"login: \xe9").decode()},
}
"""Texts that botocore's own handlers decode."""


def _make_consistent(service: str, operation: OperationModel, value: dict[str, Any]) -> None:
    """Checksums that a client verifies must be those of the body."""
    output = operation.output_shape
    if service != "s3" or output is None or not output.serialization.get("payload"):
        return
    body = value.get(output.serialization["payload"])
    if not isinstance(body, bytes):
        return
    sums = {
        "ChecksumCRC32": zlib.crc32(body).to_bytes(4, "big"),
        "ChecksumSHA1": hashlib.sha1(body).digest(),
        "ChecksumSHA256": hashlib.sha256(body).digest(),
    }
    for name in [name for name in value if name.startswith("Checksum")]:
        if name in sums:
            value[name] = base64.b64encode(sums[name]).decode()
        else:
            del value[name]
