"""What pytest reports of tests, where tests make calls: a plugin of its own, in replay registered at the first call.

A wrapper of this hook is called three times for each test, and most tests make no calls.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from replayaws.errors import MissError
from replayaws.pytest_plugin.owners import TEST

if TYPE_CHECKING:
    from types import TracebackType


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Remember a failure, before the tear-down: a failing test leaves its cassette as it was.

    Of a miss botocore's frames are not shown: they hold the parameters as they are, secrets included.
    """
    if call.excinfo is not None and isinstance(call.excinfo.value, MissError):
        _leave_out_libraries(call.excinfo.tb)
    report = yield
    if report.failed or (report.skipped and not hasattr(report, "wasxfail")):
        owner = item.stash.get(TEST, None)
        if owner is not None:
            owner.failed = True
    return report


_BELOW = frozenset({"botocore", "aiobotocore", "s3transfer", "replayaws"})
"""Packages between the code under test and a miss. boto3 and what builds on it may have called more than one of them."""


def _leave_out_libraries(entry: TracebackType | None) -> None:
    """Unlink their frames; pytest undoes a filter of its own."""
    while entry is not None:
        following = entry.tb_next
        while following is not None and following.tb_frame.f_globals.get("__name__", "").split(".")[0] in _BELOW:
            following = following.tb_next
        entry.tb_next = following
        entry = following
