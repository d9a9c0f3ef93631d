"""A call and what came back, as a cassette holds them: frozen values, payloads as JSON text.

A payload stays the JSON text that the file holds until somebody asks for it: loading twenty thousand interactions
costs no more than reading them, and playing one does not convert the others.
"""

from __future__ import annotations

from typing import Any

import msgspec

from replayaws.errors import CassetteError

EMPTY = msgspec.Raw(b"{}")
NOTHING = msgspec.Raw(b"null")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One API call, redacted, its parameters in written form.

    :param service: botocore's name of the service, such as ``"transcribe"``.
    :param operation: AWS's name of the operation, such as ``"StartTranscriptionJob"``.
    :param region: the region of the client, such as ``"eu-central-1"``; ``None`` where it has none.
    :param params: the parameters in written form.
    """

    service: str
    operation: str
    region: str | None = None
    params: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """Service and operation, such as ``"transcribe.StartTranscriptionJob"``."""
        return f"{self.service}.{self.operation}"


class Interaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A call and what came back. The field order is the order in the file.

    :param call: ``service.Operation``, or ``"http.GET"`` and the like for plain HTTP beside boto3.
    :param region: the client's region.
    :param seconds: when the call was made, in seconds since the recording of its cassette began.
    :param took: how long AWS took to answer, in seconds.
    :param count: how often the same call got the same answer in a row.
    :param params: JSON text of the parameters; ``null`` where an import did not know them.
    :param response: JSON text of the parsed output without ``ResponseMetadata`` and ``Error``.
    :param error: JSON text of the parsed ``Error`` where AWS answered with an error, else ``null``.
    :param exception: name of the exception class that botocore raised for it.
    :param metadata: JSON text of ``ResponseMetadata``.
    :param incomplete: why the recorded body or event stream is not whole, where it is not.
    """

    call: str
    region: str | None = None
    seconds: float = 0.0
    took: float = 0.0
    count: int = 1
    params: msgspec.Raw = EMPTY
    response: msgspec.Raw = EMPTY
    error: msgspec.Raw = NOTHING
    exception: str | None = None
    metadata: msgspec.Raw = EMPTY
    incomplete: str | None = None

    @property
    def service(self) -> str:
        """botocore's name of the service, or ``"http"``."""
        return self.call.partition(".")[0]

    @property
    def operation(self) -> str:
        """AWS's name of the operation, or the HTTP method."""
        return self.call.partition(".")[2]

    def decoded_params(self) -> dict[str, Any]:
        """The parameters in written form; ``{}`` where an import did not know them."""
        return _object(self.params) or {}

    def decoded_response(self) -> dict[str, Any]:
        """The parsed output in written form."""
        return _object(self.response) or {}

    def decoded_error(self) -> dict[str, Any] | None:
        """AWS's error (``Code``, ``Message`` and more), or ``None``."""
        return _object(self.error)

    def decoded_metadata(self) -> dict[str, Any]:
        """``ResponseMetadata``."""
        return _object(self.metadata) or {}

    def as_call(self) -> Call:
        """The call, its parameters decoded."""
        return Call(service=self.service, operation=self.operation, region=self.region, params=self.decoded_params())


def raw(value: object) -> msgspec.Raw:
    """Written form to JSON text."""
    return msgspec.Raw(msgspec.json.encode(value))


def _object(text: msgspec.Raw) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] | None = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        fix = "Restore the file from version control, or delete it and record again with --record-aws."
        raise CassetteError(f"a recorded payload cannot be read: {error}", fix=fix) from None
    return value
