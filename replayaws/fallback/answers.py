"""What moto said to a call: an answer, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse


@dataclass(frozen=True, slots=True)
class MotoAnswer:
    """moto's answer.

    :param http: botocore's HTTP response.
    :param parsed: what botocore's parser made of it, ``ResponseMetadata`` and ``Error`` included, before any of
        botocore's own ``after-call`` handlers.
    """

    http: AWSResponse
    parsed: dict[str, Any]

    @property
    def refused(self) -> bool:
        """Whether the answer is a service error."""
        return self.http.status_code >= 300


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """moto has none.

    :param reason: why, naming moto's version, such as ``"moto 5.2.5 does not implement transcribe.StartFoo"``.
    :param crashed: whether moto tried and failed.
    """

    reason: str
    crashed: bool = False
