"""Faults on top of a recording: an answer replaced by an error, or changed in one place, so that error paths are tested
with otherwise real payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from replayaws import codec
from replayaws.errors import OptionError
from replayaws.interaction import NOTHING, Interaction, raw
from replayaws.pointing import Path, operation, suggestion

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape


@dataclass(slots=True)
class Fault:
    """A fault for the next answers of one operation.

    :param call: ``"service.Operation"``.
    :param left: how many answers it still alters; ``None`` for all.
    :param error: what AWS's ``Error`` becomes, where the answer is to fail.
    :param exception: name of the exception class then.
    :param status: HTTP status then.
    :param path: where the answer changes otherwise.
    :param value: what stands there then, in written form.
    """

    call: str
    left: int | None
    error: dict[str, str] | None = None
    exception: str | None = None
    status: int = 400
    path: Path | None = None
    value: Any = field(default=None)

    @property
    def is_spent(self) -> bool:
        """Whether it alters nothing any more."""
        return self.left == 0

    def alter(self, interaction: Interaction) -> Interaction:
        """The interaction with the fault in its answer; counts as one of its times."""
        if self.left is not None:
            self.left -= 1
        if self.error is not None:
            return _altered(
                interaction,
                response=raw({}),
                error=raw(self.error),
                exception=self.exception,
                metadata=raw({**interaction.decoded_metadata(), "HTTPStatusCode": self.status}),
            )
        assert self.path is not None
        return _altered(interaction, response=raw(self.path.replaced(interaction.decoded_response(), self.value)))


def fail(call: str, code: str, *, times: int | None = 1, message: str = "") -> Fault:
    """The next answers of an operation become an error.

    :param call: ``"service.Operation"``, such as ``"transcribe.GetTranscriptionJob"``.
    :param code: of the error, such as ``"ThrottlingException"``.
    :param times: how many answers; ``None`` for all.
    :param message: of the error.
    :raises OptionError: when there is no such operation, or its service models errors and none of this code.
    """
    what = f"fail({call!r}, {code!r})"
    _check_times(times, what)
    model = operation(call, what=what)
    shape = _error_shape(model, code, what)
    written = {"Message": message or f"{code} (made by replayaws.fail)", "Code": _code(shape) if shape else code}
    status = int((shape.metadata.get("error") or {}).get("httpStatusCode", 400)) if shape else _COMMON.get(code, 400)
    return Fault(call, times, error=written, exception=shape.name if shape else None, status=status)


def change(call: str, path: str, value: Any, *, times: int | None = 1) -> Fault:
    """The next answers of an operation change in one place.

    :param call: ``"service.Operation"``.
    :param path: JMESPath in the answer, such as ``"TranscriptionJob.TranscriptionJobStatus"``.
    :param value: what stands there instead, as boto3 would give it.
    :param times: how many answers; ``None`` for all.
    :raises OptionError: when there is no such operation or member, or the value does not fit it.
    """
    what = f"change({call!r}, {path!r})"
    _check_times(times, what)
    model = operation(call, what=what)
    pointing = Path(path)
    targets = pointing.check(model.output_shape, what=what)
    for shape in targets:
        _check_value(value, shape, what)
    return Fault(call, times, path=pointing, value=codec.encode(value, targets[0] if targets else None))


def apply(faults: Sequence[Fault], interaction: Interaction, model: OperationModel | None) -> Interaction:
    """The interaction with the first fault that concerns it: an error replaces any answer, a change a successful one."""
    for fault in faults:
        if fault.call == interaction.call and not fault.is_spent and (fault.error or interaction.error == NOTHING):
            return fault.alter(interaction)
    return interaction


def fails(faults: Sequence[Fault], interaction: Interaction) -> bool:
    """Whether the next answer of this operation is to be an error: then its recording is not played, but waits."""
    return any(fault.call == interaction.call and fault.error is not None and not fault.is_spent for fault in faults)


def _altered(interaction: Interaction, **members: Any) -> Interaction:
    import msgspec

    return msgspec.structs.replace(interaction, **members)


def _check_times(times: int | None, what: str) -> None:
    if times is not None and times < 1:
        raise OptionError(f"{what}: times is {times}; it must be 1 or more, or None for every answer.")


_COMMON = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "ExpiredToken": 400,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InternalServerException": 500,
    "InvalidClientTokenId": 403,
    "NotAuthorized": 401,
    "OptInRequired": 403,
    "RequestExpired": 400,
    "RequestTimeout": 408,
    "RequestTimeoutException": 408,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SlowDown": 503,
    "UnauthorizedOperation": 403,
    "UnrecognizedClientException": 403,
    "ValidationError": 400,
    "ValidationException": 400,
}
"""Errors that every service may answer with, whether its model lists them or not, and their HTTP status."""

_SPARSE = frozenset({"ec2", "rest-xml"})
"""Protocols whose services answer with many errors that their models do not list."""


def _error_shape(model: OperationModel, code: str, what: str) -> Shape | None:
    from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

    known: dict[str, Shape] = {}
    for shape in [*model.service_model.error_shapes, *model.error_shapes]:
        known[_code(shape)] = known[shape.name] = shape
    if code in known:
        return known[code]
    common = {
        *_COMMON,
        *ThrottledRetryableChecker._THROTTLED_ERROR_CODES,  # type: ignore[attr-defined]  # the stubs leave it out
        *TransientRetryableChecker._TRANSIENT_ERROR_CODES,  # type: ignore[attr-defined]  # likewise
    }
    if known and code not in common and model.service_model.metadata.get("protocol") not in _SPARSE:
        raise OptionError(
            f"{what}: {model.service_model.service_name} has no error {code!r}.{suggestion(code, {*known, *common})}"
        )
    return None


def _code(shape: Shape) -> str:
    return str((shape.metadata.get("error") or {}).get("code") or shape.name)


def _check_value(value: Any, shape: Shape | None, what: str) -> None:
    from botocore.validate import ParamValidator

    if shape is None or value is None:
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise OptionError(f"{what}: the value does not fit {shape.name}: {report.generate_report()}.")
