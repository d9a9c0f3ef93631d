"""The pytest plugin: options, the owners of calls, the summary."""

from __future__ import annotations

from replayaws import importing

importing.install()  # first: the modules below are then read as they were compiled

# ruff: noqa: E402
from replayaws.pytest_plugin.orphans import pytest_collection_finish, pytest_deselected
from replayaws.pytest_plugin.owners import (
    pytest_collection_modifyitems,
    pytest_fixture_setup,
    pytest_make_collect_report,
    pytest_runtest_call,
    pytest_runtest_setup,
    pytest_runtest_teardown,
    replayaws,
)
from replayaws.pytest_plugin.settings import (
    pytest_addoption,
    pytest_configure,
    pytest_load_initial_conftests,
    pytest_sessionstart,
    pytest_unconfigure,
)
from replayaws.pytest_plugin.summary import (
    pytest_report_header,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

__all__ = [
    "pytest_addoption",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_deselected",
    "pytest_fixture_setup",
    "pytest_load_initial_conftests",
    "pytest_make_collect_report",
    "pytest_report_header",
    "pytest_runtest_call",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_unconfigure",
    "replayaws",
]
