"""What the user asked for: command line, ini files, ``pyproject.toml``; and the run that follows from it."""

from __future__ import annotations

import argparse
import functools
import os
import shlex
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest

from replayaws import hosts, stack
from replayaws.errors import ReplayAWSError
from replayaws.library import Library
from replayaws.modes import Mode
from replayaws.options import FIELDS, Options, from_pyproject, merged
from replayaws.owner import Owner
from replayaws.run import Origin, Run

RUN = pytest.StashKey[Run]()
SAVED_ENVIRONMENT = pytest.StashKey[dict[str, "str | None"]]()

_MODES = ", ".join(mode.value for mode in Mode)
_RECORD = "--record-aws"
_INI_TYPES = {"list": "linelist", "flag": "string"}
OUTSIDE = "session"
"""Owner of calls that no test, fixture or import makes, such as those of a conftest that pytest loads first."""


class State:
    """Whose calls are made, in one run of pytest; in one place, because each test asks for it several times.

    :ivar base: whose calls those are that no test, fixture or import makes.
    :ivar item: the test that is being run.
    :ivar open_fixtures: wider fixtures that are set up, the innermost last.
    :ivar closing: wider fixtures that were torn down and are to be closed, each with whether its set-up went well.
    """

    __slots__ = ("base", "closing", "item", "open_fixtures", "run")

    def __init__(self, run: Run, base: Owner) -> None:
        self.run, self.base = run, base
        self.item: pytest.Item | None = None
        self.open_fixtures: list[Owner] = []
        self.closing: list[tuple[Owner, bool]] = []

    @property
    def innermost(self) -> Owner:
        """The owner that a test, or the next fixture, stands under."""
        return self.open_fixtures[-1] if self.open_fixtures else self.base


STATE = pytest.StashKey[State]()


class _Record(argparse.Action):
    """``--record-aws``, which takes a mode only after ``=``: a path that follows it is a path."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(nargs=0, **kwargs)

    def __call__(
        self, parser: object, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        _, _, mode = (option or "").partition("=")
        setattr(namespace, self.dest, mode or Mode.ONCE.value)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare each option where it may be given."""
    _refuse_unknown_mode(sys.argv)
    group = parser.getgroup("replayaws", "record and replay AWS")
    group.addoption(
        _RECORD,
        action=_Record,
        dest="record_aws",
        default=None,
        help=f"Record calls that have no recording: {_RECORD} (once), or {_RECORD}=MODE with one of {_MODES}.",
    )
    for mode in Mode:
        # Spelled out, because argparse would take the path that follows a bare option for an optional value.
        group.addoption(
            f"{_RECORD}={mode.value}", action=_Record, dest="record_aws", default=None, help=argparse.SUPPRESS
        )
    for name, declared in FIELDS.items():
        if declared.command_line:
            flag = "--aws-" + name.replace("_", "-")
            group.addoption(
                flag, dest=f"aws_{name}", default=None, metavar="|".join(declared.choices) or None, help=declared.help
            )
        if name != "cassette":
            kind: Any = _INI_TYPES.get(declared.kind, "string")
            parser.addini(f"aws_{name}", declared.help, type=kind, default=None)


def _refuse_unknown_mode(arguments: list[str]) -> None:
    """argparse's own word for it, "ignored explicit argument", tells the user nothing."""
    for argument in arguments:
        name, equals, mode = argument.partition("=")
        if name == _RECORD and equals and mode not in [known.value for known in Mode]:
            raise pytest.UsageError(f"{argument}: unknown mode {mode!r}; one of: {_MODES}.")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None, Any, Any]:
    """Begin the run before the first conftest is imported: it may make calls, or make clients."""
    _begin(early_config, early_config.known_args_namespace)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; begin the run where no conftest was loaded before."""
    names = ", ".join(name for name, declared in FIELDS.items() if declared.marker)
    config.addinivalue_line("markers", f"replayaws(**options): options of replayaws for this test: {names}.")
    if RUN not in config.stash:
        _begin(config, config.option)
    run = config.stash[RUN]
    if not run.mode.records:
        return
    try:
        _ = run.origin
    except ReplayAWSError as error:
        raise pytest.UsageError(str(error)) from None
    run.intercept_http()


def pytest_sessionstart(session: pytest.Session) -> None:
    """The terminal is there now: show on it what AWS is being waited for."""
    run = session.config.stash[RUN]
    if run.mode.records:
        run.show = _live_line(session.config)


def _live_line(config: pytest.Config) -> Callable[[str], None] | None:
    """Shows one line in place of the last, where the output is a terminal; a worker of xdist has none."""
    if not config.pluginmanager.has_plugin("terminalreporter"):
        return None
    writer = config.get_terminal_writer()
    if not writer.hasmarkup:
        return None

    def show(line: str) -> None:
        writer.write(f"\r\x1b[2K{line[: writer.fullwidth - 1]}", flush=True)

    return show


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run and give the environment back."""
    beside = sys.modules.get("replayaws.beside")
    if beside is not None:
        beside.stop()
    state = config.stash.get(STATE, None)
    if state is not None:
        stack.eject(state.base)
    for name, value in config.stash.get(SAVED_ENVIRONMENT, {}).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _begin(config: pytest.Config, given: argparse.Namespace) -> None:
    try:
        options = _options(config, given)
    except ReplayAWSError as error:
        raise pytest.UsageError(str(error)) from None
    mode = Mode(getattr(given, "record_aws", None) or Mode.NONE.value)
    library = Library(config.rootpath / options.cassettes)
    run = Run(
        library=library, options=options, mode=mode, origin=_find_origin, command=lambda *who: command(config, *who)
    )
    if mode.records:
        _watch_reports(config)  # now: a test may fail before its tear-down makes the first call
    else:
        run.at_first_call = functools.partial(_watch_reports, config)
    config.stash[RUN] = run
    config.stash[STATE] = State(run, Owner(run, OUTSIDE))
    stack.insert(config.stash[STATE].base)
    if not mode.records:
        hosts.guard_network(_refuse_connection, extra=options.http_hosts)
        name = "AWS_EC2_METADATA_DISABLED"
        config.stash[SAVED_ENVIRONMENT] = {name: os.environ.get(name)}
        os.environ[name] = "true"


def _watch_reports(config: pytest.Config) -> None:
    from replayaws.pytest_plugin import reports

    config.pluginmanager.register(reports, "replayaws-reports")


def _refuse_connection(host: str) -> None:
    from replayaws import beside

    beside.refuse_connection(host)


def _find_origin() -> Origin:
    from replayaws import origin

    return origin.find()


def _options(config: pytest.Config, given: argparse.Namespace) -> Options:
    options = merged(Options(), from_pyproject(config.rootpath), where="[tool.replayaws] of pyproject.toml")
    ini = {name: config.getini(f"aws_{name}") or None for name in FIELDS if name != "cassette"}
    options = merged(options, ini, where=str(config.inipath or "ini file"))
    flags = {name: getattr(given, f"aws_{name}", None) for name, field in FIELDS.items() if field.command_line}
    return merged(options, flags, where="command line")


def command(config: pytest.Config, owner: str, exists: bool) -> str:
    """The command that records an owner."""
    item = config.stash[STATE].item
    target = item.nodeid if item is not None else owner.partition("::")[0]
    mode = f"{_RECORD}=all" if exists else _RECORD
    return f"pytest {mode} {shlex.quote(target)}" if target != OUTSIDE else f"pytest {mode}"
