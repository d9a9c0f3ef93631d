"""Whether a call is being made within another."""

from __future__ import annotations

from contextvars import ContextVar

in_botocore_call: ContextVar[bool] = ContextVar("replayaws_in_botocore_call", default=False)
"""Whether the current thread or task is inside a botocore call: a call begun there is a nested one, HTTP there is botocore's."""
