"""Calls and what AWS answered, to a redacted, folded cassette."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from replayaws import codec, shapes
from replayaws.bindings import Bindings
from replayaws.interaction import NOTHING, Interaction, raw

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.redaction import Redactor


class Take(Protocol):
    """One call on its way into a cassette, an API call or plain HTTP."""

    endpoint: str | None

    @property
    def answered(self) -> bool:
        """Whether what it went to has answered."""

    @property
    def reads(self) -> bool:
        """Whether the call only reads."""

    def interaction(self, redactor: Redactor, bindings: Bindings) -> Interaction:
        """The redacted interaction, in the recorded identifiers."""


@dataclasses.dataclass(slots=True)
class ApiTake:
    """One API call on its way into a cassette; filled as the call proceeds.

    :param params: written form, not redacted yet.
    :param response: JSON text of the parsed output's written form, taken before anybody could change it; ``None`` while
        AWS has not answered.
    :param endpoint: where it was sent, when that is not AWS.
    :param stream: written form of a body or list of events, put in its member at the end.
    """

    service: str
    operation: str
    region: str | None
    model: OperationModel
    params: dict[str, Any]
    seconds: float
    endpoint: str | None = None
    took: float = 0.0
    response: bytes | None = None
    error: dict[str, Any] | None = None
    exception: str | None = None
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict)
    stream: tuple[str, Any] | None = None
    incomplete: str | None = None

    def take(self, parsed: dict[str, Any]) -> None:
        """Keep a parsed output; its streaming member must have been taken out before."""
        error = parsed.get("Error") if "Error" in parsed and self._failed(parsed) else None
        payload = {
            name: value
            for name, value in parsed.items()
            if name != "ResponseMetadata" and not (error is not None and name == "Error")
        }
        shape = None if error is not None else self.model.output_shape
        text_times = shapes.sends_times_as_text(self.model)
        self.response = msgspec.json.encode(codec.encode(payload, shape, text_times))
        self.error = None if error is None else codec.encode(error, None, text_times)
        metadata = codec.encode(parsed.get("ResponseMetadata", {}), None)
        if metadata.get("RetryAttempts") == 0:
            del metadata["RetryAttempts"]
        self.metadata = metadata

    def interaction(self, redactor: Redactor, bindings: Bindings) -> Interaction:
        """The redacted interaction of a call that AWS answered, in the recorded identifiers."""
        tokens = shapes.idempotency_tokens(self.model)
        params = {name: value for name, value in self.params.items() if name not in tokens}
        response = msgspec.json.decode(self.response or b"{}")
        if self.stream is not None:
            member, written = self.stream
            response[member] = written
        failed = self.error is not None
        error = redactor.error(self.error) if self.error is not None else None
        return Interaction(
            call=f"{self.service}.{self.operation}",
            region=self.region,
            seconds=round(self.seconds, 3),
            took=round(self.took, 3),
            params=raw(bindings.to_recorded(redactor.params(params, self.model))),
            response=raw(bindings.to_recorded(redactor.response(response, self.model, error=failed))),
            error=NOTHING if error is None else raw(bindings.to_recorded(error)),
            exception=self.exception if failed and self.exception != "ClientError" else None,
            metadata=raw(redactor.metadata(self.metadata)),
            incomplete=self.incomplete,
        )

    @property
    def answered(self) -> bool:
        """Whether AWS has answered."""
        return self.response is not None

    @property
    def reads(self) -> bool:
        """Whether the call only reads."""
        return shapes.is_read(self.model, self.operation)

    @staticmethod
    def _failed(parsed: dict[str, Any]) -> bool:
        status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
        return bool(status >= 300)


def fold(interactions: Iterable[tuple[Interaction, bool]]) -> list[Interaction]:
    """The interactions, each with whether it only reads, with repeated polls folded into one with a count.

    A poll is a read that got the same answer as the last time it was made, with no mutation since: an hour of polling
    is one entry for each state. Metadata such as request ids is the first one's.
    """
    folded: list[Interaction] = []
    last: dict[tuple[str, str | None, bytes], int] = {}
    for current, reads in interactions:
        if not reads:
            last.clear()
        if not reads or current.incomplete is not None:
            folded.append(current)
            continue
        key = (current.call, current.region, bytes(current.params))
        index = last.get(key)
        if index is not None and _same_answer(folded[index], current):
            earlier = folded[index]
            folded[index] = msgspec.structs.replace(earlier, count=earlier.count + current.count)
        else:
            last[key] = len(folded)
            folded.append(current)
    return folded


def _same_answer(one: Interaction, other: Interaction) -> bool:
    return (
        one.response == other.response
        and one.error == other.error
        and one.exception == other.exception
        and one.decoded_metadata().get("HTTPStatusCode") == other.decoded_metadata().get("HTTPStatusCode")
        and one.decoded_metadata().get("RetryAttempts", 0) == other.decoded_metadata().get("RetryAttempts", 0)
    )
