"""Whose calls are these: a deck for each test, each fixture instance of a wider scope, each import of a module."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from replayaws import stack
from replayaws.errors import OptionError, ReplayAWSError
from replayaws.modes import Mode
from replayaws.options import Options, merged
from replayaws.owner import Owner
from replayaws.pytest_plugin.settings import RUN, STATE

if TYPE_CHECKING:
    from types import ModuleType

    from _pytest.fixtures import FixtureDef, SubRequest

    from replayaws.recordings import Recordings

TEST = pytest.StashKey[Owner]()
OPTIONS = pytest.StashKey[Options]()
"""Of a test with markers of ours."""


@pytest.fixture
def replayaws(request: pytest.FixtureRequest) -> Recordings:
    """The AWS calls of this test: ``.calls``, ``.mode``, ``.recording``."""
    from replayaws.recordings import Recordings

    return Recordings(request.node.stash[TEST])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse wrong marker arguments before the first test runs; find the fixtures that recording needs live."""
    marked: dict[Any, bool] = {None: False}
    for item in items:
        if _is_marked(item, marked):
            try:
                item.stash[OPTIONS] = _options_of(item)
                _check_ignored(item.stash[OPTIONS])
            except OptionError as error:
                raise pytest.UsageError(str(error)) from None
    if config.stash[RUN].mode.records:
        _live().find_needed(config, items)


def _is_marked(node: Any, known: dict[Any, bool]) -> bool:
    """Whether a test, or what it stands in, has a marker of ours; most have none, and share what they stand in."""
    if any(marker.name == "replayaws" for marker in node.own_markers):
        return True
    parent = node.parent
    if parent not in known:
        known[parent] = _is_marked(parent, known)
    return known[parent]


def _check_ignored(options: Options) -> None:
    """Rules of what does not count name operations and members; botocore is imported only for those who write some."""
    if options.ignore:
        from replayaws.ignoring import Ignored

        Ignored(options.ignore)


def _options_of(item: pytest.Item) -> Options:
    options = item.config.stash[RUN].options
    for marker in reversed(list(item.iter_markers("replayaws"))):
        where = f"marker of {item.nodeid}"
        if marker.args:
            raise OptionError(f"{where}: give options by name, such as @pytest.mark.replayaws(fallback='error').")
        options = merged(options, marker.kwargs, where=where, marker=True)
    flags = {name: getattr(item.config.option, f"aws_{name}", None) for name in ("fallback", "unplayed", "max_age")}
    return merged(options, flags, where="command line")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Calls made while a module is imported belong to its collection."""
    config = collector.config
    if isinstance(collector, (pytest.Session, pytest.Class)):
        return (yield)
    state = config.stash[STATE]
    opened = Owner(state.run, f"{collector.nodeid}::", parent=state.base, binds_in=state.base)
    if opened.mode.records:
        # Which tests are to be recorded is not known yet; whichever they are, they need what the import makes.
        opened.deck.is_needed_live = opened.mode is not Mode.ALL
    stack.insert(opened)
    report = yield
    stack.eject(opened)
    if opened.calls:
        try:
            if opened.mode.records:
                _live().share(config, opened.deck)
            opened.close(passed=report.passed)
        except Exception as error:
            report.outcome, report.longrepr = "failed", str(error)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """From here on calls are the test's, but for those of wider fixtures."""
    state = item.config.stash[STATE]
    options = item.stash.get(OPTIONS, None)
    path = state.run.library.within(options.cassette) if options is not None and options.cassette else None
    item.stash[TEST] = opened = Owner(state.run, item.nodeid, path=path, parent=state.innermost, options=options)
    state.item = item
    stack.insert(opened)


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """A miss that the code under test swallowed still fails the test, which has passed otherwise."""
    _raise_swallowed(item.stash[TEST])


def _raise_swallowed(owner: Owner) -> None:
    if owner.misses and not owner.failed:
        raise owner.misses[0]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """The test has finished, and with it perhaps wider fixtures: write what was recorded."""
    opened = item.stash.get(TEST, None)
    passed = False
    try:
        result = yield
        passed = True
    finally:
        state = item.config.stash[STATE]
        fixtures, state.closing = state.closing, []
        faults = [fault for fixture, ok in fixtures for fault in _closed(fixture, passed=ok and passed)]
        if opened is not None:
            faults += _closed(opened, passed=passed and not opened.failed)
        state.item = None
        if opened is not None:
            del item.stash[TEST]  # pytest keeps the tests to the end, and the calls would keep their clients
    if opened is not None:
        _raise_swallowed(opened)
    if faults:
        pytest.fail("\n\n".join(faults), pytrace=False)
    return result


def _closed(owner: Owner, *, passed: bool) -> list[str]:
    try:
        return owner.close(passed=passed)
    except ReplayAWSError as error:
        return [str(error)]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: FixtureDef[Any], request: SubRequest) -> Generator[None, Any, Any]:
    """Calls in the set-up and tear-down of a fixture of a wider scope are that fixture instance's."""
    if fixturedef.scope == "function":
        return (yield)
    config = request.config
    state = config.stash[STATE]
    run = state.run
    opened = Owner(run, _owner_of(fixturedef, request), parent=state.innermost)
    if run.mode.records:
        opened.deck.is_needed_live = _live().needed(config, fixturedef)
    fine = False

    def torn_down() -> None:
        stack.eject(opened)
        if opened in state.open_fixtures:
            state.open_fixtures.remove(opened)
        state.closing.append((opened, fine))

    def tearing_down() -> None:
        if state.item is not None:
            state.item.stash[TEST].leave_moto()
        opened.tear_down()
        stack.insert(opened)

    fixturedef.addfinalizer(torn_down)  # added first, so it runs last
    stack.insert(opened)
    try:
        result = yield
        fine = True
    finally:
        stack.eject(opened)
        state.open_fixtures.append(opened)
        fixturedef.addfinalizer(tearing_down)  # added last, so it runs first
    if state.item is not None:
        state.item.stash[TEST].stand_under(opened)
    if run.mode.records:
        _live().share(config, opened.deck)
    return result


def _live() -> ModuleType:
    """What only a recording needs."""
    from replayaws.pytest_plugin import live

    return live


def _owner_of(fixturedef: FixtureDef[Any], request: SubRequest) -> str:
    """Full id of a fixture instance: where it lives, its name, its parameter, and where it is defined."""
    defined = fixturedef.baseid or ""
    where = defined or "conftest.py"
    definer = ""
    if fixturedef.scope != "session":
        where = request.node.nodeid or where
        definer = "" if defined == where else f" ({defined.replace('/', '.') or 'conftest'})"
    parameter = f"[{_parameter_id(fixturedef, request)}]" if hasattr(request, "param") else ""
    return f"{where}::@{fixturedef.argname}{parameter}{definer}"


def _parameter_id(fixturedef: FixtureDef[Any], request: SubRequest) -> str:
    """The parameter as pytest shows it: its id, a plain value, or the fixture's name with its number."""
    value, ids, index = request.param, fixturedef.ids, request.param_index
    chosen = ids(value) if callable(ids) else ids[index] if ids is not None and index < len(ids) else None
    if chosen is not None:
        return str(chosen)
    if isinstance(value, (str, int, float, bool)) or value is None:
        return str(value)
    return str(getattr(value, "__name__", f"{fixturedef.argname}{index}"))
