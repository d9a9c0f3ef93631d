"""What the run says at its beginning and at its end: one summary, gathered from all workers."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from replayaws.errors import ReplayAWSError
from replayaws.pytest_plugin.orphans import ORPHANS
from replayaws.pytest_plugin.settings import RUN, STATE
from replayaws.run import OwnerReport

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

WORKERS = pytest.StashKey[list[OwnerReport]]()
FAULTS = pytest.StashKey[list[str]]()
LEFT = pytest.StashKey[list[str]]()
_OUTPUT = "replayaws"
_SHOWN = 5


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is being recorded, and where from."""
    run = config.stash[RUN]
    if not run.mode.records:
        return []
    origin = run.origin
    place = "AWS" if origin.source == "aws" else f"{origin.source} (a custom endpoint, not AWS)"
    who = f"account {origin.account} as {origin.identity}" if origin.account else "account unknown (it has no STS)"
    verb = "verifying against" if run.mode.value == "verify" else f"recording ({run.mode.value}) from"
    return [
        f"replayaws: {verb} {place}, {who}, region {origin.region or 'not set'}; cassettes in {run.library.folder}",
        *_warnings(run),
    ]


def _warnings(run: Any) -> list[str]:
    identity = run.origin.identity or ""
    lines = []
    if identity.endswith(":root"):
        lines.append(
            "replayaws: WARNING: these are the root user's credentials; record with an IAM identity of few rights."
        )
    if any(part in identity.lower() for part in ("prod", "live")):
        lines.append(
            f"replayaws: WARNING: {identity} looks like a production identity; aws_accounts can name the accounts to record from."
        )
    return lines


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Finish what no test finished, and hand a worker's reports to the controller."""
    config = session.config
    run = config.stash[RUN]
    faults: list[str] = []
    state = config.stash[STATE]
    leftovers = [*state.closing, (state.base, True)]
    for opened, passed in leftovers:
        try:
            faults += opened.close(passed=passed)
        except ReplayAWSError as error:
            faults.append(str(error))
    config.stash[FAULTS] = faults
    left = [f"{leftover} ({owner})" for leftover, owner in run.made.left().items()] if run.mode.records else []
    config.stash[LEFT] = config.stash.get(LEFT, []) + left
    orphans = config.stash.get(ORPHANS, [])
    failing = faults or (orphans and run.options.orphans == "fail")
    if failing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = {
            "reports": [report.plain() for report in run.reports],
            "faults": faults,
            "left": left,
            "orphans": orphans,
        }


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker is done: take its reports."""
    sent = getattr(node, "workeroutput", {}).get(_OUTPUT)
    if sent:
        gathered = node.config.stash.setdefault(WORKERS, [])
        gathered += [OwnerReport.of(report) for report in sent["reports"]]
        node.config.stash.setdefault(FAULTS, []).extend(sent["faults"])
        node.config.stash.setdefault(LEFT, []).extend(sent["left"])
        node.config.stash.setdefault(ORPHANS, []).extend(sent["orphans"])


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Calls per source, cassettes written, likely stale cassettes, what was refused and how to record it."""
    run = config.stash[RUN]
    reports = [*run.reports, *config.stash.get(WORKERS, [])]
    lines = list(summary(reports, verbose=config.option.verbose > 0))
    left: list[str] = config.stash.get(LEFT, [])
    lines += _listed("created and not deleted", list(dict.fromkeys(left)), config.get_verbosity() > 0)
    if any(report.written for report in reports):
        lines.append("the rights that recording this again needs: replayaws policy")
    lines += _listed("cassettes without an owner", config.stash.get(ORPHANS, []), verbose=True)
    for fault in config.stash.get(FAULTS, []):
        lines += ["", *fault.splitlines()]
    fallback = run.fallback_if_used
    if fallback is not None and config.option.verbose > 0:
        lines += [f"moto did not take the recorded {rejected}" for rejected in fallback.rejected]
    if lines:
        terminalreporter.section("replayaws", sep="-")
        for line in lines:
            terminalreporter.line(line)


_WORDS = {"cassette": "replayed", "moto": "answered by moto", "aws": "recorded", "refused": "refused"}


def summary(reports: Iterable[OwnerReport], *, verbose: bool) -> Iterable[str]:
    """The lines of the summary; none when no call was made."""
    reports = list(reports)
    sources: Counter[str] = Counter()
    for report in reports:
        sources.update(report.sources)
    if not sources:
        return
    counts = [f"{sources[source]} {words}" for source, words in _WORDS.items() if sources[source]]
    total = sum(sources.values())
    yield f"{total} call{'s' * (total != 1)}: {', '.join(counts)}"
    yield from _listed("cassettes written", [_file(*r.written) for r in reports if r.written], verbose)
    yield from _listed("not written", [r.kept for r in reports if r.kept], verbose)
    stale = [f"{r.owner}: {_named(r.fell_back)}" for r in reports if r.fell_back and r.had_cassette]
    yield from _listed("answered by moto although the test has a cassette, which may be stale", stale, verbose)
    if verbose:
        others = [f"{r.owner}: {_named(r.fell_back)}" for r in reports if r.fell_back and not r.had_cassette]
        yield from _listed("answered by moto, no cassette", others, verbose)
    refused = [f"{name}; record it: {how}" for r in reports for name, how in r.refused]
    yield from _listed("refused", list(dict.fromkeys(refused)), verbose)
    if verbose:
        yield from _listed("bound", [f"{r.owner}: {pair}" for r in reports for pair in r.bound], verbose)
    yield from _listed("notes", [note for r in reports for note in r.notes], verbose)


def _file(path: str, interactions: int) -> str:
    shown = os.path.relpath(path)
    return f"{path if shown.startswith(os.pardir) else shown} ({interactions} interaction{'s' * (interactions != 1)})"


def _named(names: list[str]) -> str:
    counted = Counter(names)
    return ", ".join(name if times == 1 else f"{name} x{times}" for name, times in counted.items())


def _listed(title: str, items: list[str], verbose: bool) -> Iterable[str]:
    if not items:
        return
    shown = items if verbose else items[:_SHOWN]
    yield f"{title}: {len(items)}"
    for item in shown:
        yield f"  {item}"
    if len(items) > len(shown):
        yield f"  and {len(items) - len(shown)} more (-v lists them)"
