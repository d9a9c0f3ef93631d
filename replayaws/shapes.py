"""A value beside its botocore shape: which operation is it, is it sensitive, a token, does the operation only read?

Everything that is decided "from the model" is decided here; nothing else looks at shape metadata.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

_READ_VERBS = re.compile(
    r"(Get|List|Describe|Head|Query|Scan|Search|BatchGet|TransactGet|Lookup|Estimate|Preview|Validate|Check|Test|Is|Has|"
    r"View|Simulate|Select|Detect|Compare|Discover|Filter|Verify|Read|Fetch|Download|Retrieve|Resolve|Count|Evaluate)(?=[A-Z]|$)"
)


@functools.lru_cache(maxsize=1)
def _loader() -> Any:
    import botocore.session

    return botocore.session.Session().get_component("data_loader")


@functools.lru_cache(maxsize=512)
def service_model(service: str) -> ServiceModel:
    """The installed botocore's model of a service.

    :raises botocore.exceptions.UnknownServiceError: when it has none of that name.
    """
    from botocore.model import ServiceModel

    return ServiceModel(_loader().load_service_model(service, "service-2"), service)


@functools.cache
def operation_model(service: str, operation: str) -> OperationModel:
    """The installed botocore's model of an operation.

    :raises botocore.exceptions.UnknownServiceError: when the service is unknown.
    :raises botocore.model.OperationNotFoundError: when the service has no such operation.
    """
    return service_model(service).operation_model(operation)


def beside(model: OperationModel, operation: str) -> OperationModel | None:
    """Another operation of the same service; ``None`` where the installed botocore does not know it."""
    from botocore.model import OperationNotFoundError

    try:
        return model.service_model.operation_model(operation)
    except OperationNotFoundError:
        return None


def key_of(model: OperationModel) -> tuple[object, str, str]:
    """What tells an operation from all others, also when each client has made its own model of it."""
    known: tuple[object, str, str] | None = model.__dict__.get("_replayaws_key")
    if known is None:
        service = model.service_model
        identity = service.metadata.get("uid") or service
        known = model.__dict__["_replayaws_key"] = (identity, service.service_name, model.name)
    return known


class Streams(NamedTuple):
    """What of an operation streams.

    :param sends: whether its input has a body.
    :param gives: ``"body"``, ``"events"``, or nothing.
    """

    sends: bool
    gives: str


_streams: dict[object, Streams] = {}


def streams(model: OperationModel) -> Streams:
    """What of an operation streams; remembered, because botocore makes a shape of each member to find out."""
    key = key_of(model)
    known = _streams.get(key)
    if known is None:
        gives = "events" if model.has_event_stream_output else "body" if model.has_streaming_output else ""
        known = _streams[key] = Streams(model.has_streaming_input, gives)
    return known


def services() -> list[str]:
    """Names of all services that the installed botocore has a model of, sorted."""
    names: list[str] = _loader().list_available_services("service-2")
    return sorted(names)


def is_sensitive(shape: Shape) -> bool:
    """Whether the model marks the shape ``sensitive``; containers pass it on to what they hold (the walker's job)."""
    return bool(shape.metadata.get("sensitive"))


def idempotency_tokens(model: OperationModel) -> frozenset[str]:
    """Names of the top-level members that botocore fills in when the caller does not."""
    return frozenset(model.idempotent_members)


def checksum_defaults(model: OperationModel) -> dict[str, str]:
    """Members by which a call asks for checksums, each with the value that botocore or s3transfer gives it unasked.

    Whether they give it changed with their versions, and differs between a plain upload and one by s3transfer.
    """
    from botocore import httpchecksum

    http_checksum = model.http_checksum or {}
    algorithm = getattr(httpchecksum, "DEFAULT_CHECKSUM_ALGORITHM", "CRC32")
    defaults = {"requestAlgorithmMember": str(algorithm), "requestValidationModeMember": "ENABLED"}
    return {http_checksum[trait]: value for trait, value in defaults.items() if trait in http_checksum}


_read: dict[object, bool] = {}


def is_read(model: OperationModel | None, operation: str) -> bool:
    """Whether an operation only reads.

    :param model: ``None`` for plain HTTP.
    :param operation: its name, or the HTTP method.

    botocore's ``readonly`` trait decides where the model has it, then the HTTP methods GET and HEAD, then the verb
    that the name begins with: most operations of the query, ec2, json and cbor protocols are POST whatever they do.
    """
    if model is None:
        return operation in ("GET", "HEAD")
    key = key_of(model)
    known = _read.get(key)
    if known is None:
        known = _read[key] = _only_reads(model)
    return known


def _only_reads(model: OperationModel) -> bool:
    raw = model._operation_model  # type: ignore[attr-defined]  # the trait has no accessor
    if raw.get("readonly") is not None:
        return bool(raw["readonly"])
    if model.http.get("method") in ("GET", "HEAD"):
        return True
    return _READ_VERBS.match(model.name) is not None


def sends_times_as_text(model: OperationModel) -> bool:
    """Whether the protocol that the installed botocore speaks sends a timestamp as text unless its shape says otherwise."""
    return _protocol(model.service_model) in ("query", "ec2", "rest-xml")


def _protocol(service: ServiceModel) -> str:
    try:
        return service.resolved_protocol
    except AttributeError:  # botocore before 1.37
        return str(service.metadata.get("protocol", ""))


@functools.cache
def is_global(service: str) -> bool:
    """Whether a service has one endpoint for all regions, such as IAM: the region of a client of it means nothing."""
    endpoints = _loader().load_data("endpoints")
    prefix = service_model(service).endpoint_prefix
    entry = endpoints["partitions"][0]["services"].get(prefix, {})
    return entry.get("isRegionalized") is False


def region_of(service: str, region: str | None, *, endpoint_is_aws: bool = True) -> str | None:
    """The region of a call as a cassette holds it: ``None`` for a service that has one endpoint for all.

    botocore calls that region ``aws-global`` and the like, unless the endpoint is a custom one.
    """
    if region is None or region.endswith("-global"):
        return None
    return None if not endpoint_is_aws and is_global(service) else region
