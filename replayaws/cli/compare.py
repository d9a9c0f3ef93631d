"""``replayaws compare``: where moto differs from what AWS answered."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from replayaws import outline, timeline
from replayaws.cli import gathering, terminal
from replayaws.comparison import MEANING, Difference
from replayaws.rehearsal import Comparison, against_moto

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


_WHOLE = "(the answer)"


@click.command()
@gathering.cassettes_argument
@click.option("--html", "page", type=click.Path(path_type=Path), help="Also write one self-contained HTML page.")
@gathering.json_option
@click.pass_context
def command(context: click.Context, given: tuple[str, ...], page: Path | None, as_json: bool) -> None:
    """Show where moto differs from what AWS answered.

    Runs the calls of each cassette through moto, in recorded order and on fresh state. Identifiers, times and texts do
    not count. Exit code 1 when something differs: there a test needs its recording.
    """
    compared = []
    for path in terminal.followed(gathering.paths_of(given), what="Asking moto"):
        compared.append((path, against_moto(gathering.load(path))))
    if page is not None:
        from replayaws.pages.comparing import comparison_page

        page.write_text(comparison_page([comparison for _, comparison in compared], moto=_moto()), encoding="utf-8")
    if as_json:
        terminal.print_json({"moto": _moto(), "cassettes": [_as_data(path, one) for path, one in compared]})
    else:
        _print(compared)
        if page is not None:
            click.echo(f"Written: {page}")
    context.exit(1 if any(comparison.differs for _, comparison in compared) else 0)


def _moto() -> str:
    return f"moto {importlib.metadata.version('moto')}"


def _as_data(path: Path, comparison: Comparison) -> dict[str, Any]:
    return {
        "path": str(path),
        "owner": comparison.owner,
        "source": comparison.source,
        "differs": comparison.differs,
        "left_out": comparison.left_out,
        "calls": [
            {
                "index": step.index,
                "call": step.interaction.call,
                "subject": outline.subject(step.interaction),
                "differences": [_difference_data(difference) for difference in step.differences],
            }
            for step in comparison.steps
        ],
        "resources": [
            {
                "service": resource.service,
                "name": resource.name,
                "differs": resource.differs,
                "recorded": [{"state": state, "count": count} for state, count in resource.recorded],
                "moto": [{"state": state, "count": count} for state, count in resource.other],
            }
            for resource in comparison.resources
        ],
    }


def _difference_data(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "path": difference.path,
        "recorded": difference.recorded,
        "moto": difference.other,
    }


def _print(compared: list[tuple[Path, Comparison]]) -> None:
    screen = terminal.console()
    for path, comparison in compared:
        differing = sum(1 for step in comparison.steps if step.differences)
        screen.print(terminal.styled((comparison.owner, "bold")))
        told = f"{path}, source: {comparison.source}; {differing} of {len(comparison.steps)} answers of moto differ"
        screen.print(terminal.styled((told, "dim")))
        if comparison.left_out:
            reason = "plain HTTP, or without known parameters or model"
            screen.print(terminal.styled((f"{comparison.left_out} left out: {reason}", "yellow")))
        _print_differences(screen, comparison)
        for resource in comparison.resources:
            if resource.differs:
                screen.print(terminal.styled("  states of ", (f"{resource.service} {resource.name}", "cyan")))
                screen.print(terminal.styled(("    recorded  ", "dim"), timeline.folded(resource.recorded) or "none"))
                screen.print(terminal.styled(("    moto      ", "dim"), timeline.folded(resource.other) or "none"))
        screen.print()
    steps = [step for _, comparison in compared for step in comparison.steps]
    differing = sum(1 for step in steps if step.differences)
    same = len(steps) - differing
    screen.print(terminal.styled(f"{_moto()}: {same} of {len(steps)} answers as recorded, {differing} different."))
    if differing:
        calls = sorted({step.interaction.call for step in steps if step.differences})
        screen.print(terminal.styled("A recording matters for: ", (", ".join(calls), "bold")))


def _print_differences(screen: Console, comparison: Comparison) -> None:
    from rich.table import Table

    differences = [difference for step in comparison.steps for difference in step.differences]
    width = max((len(difference.path or _WHOLE) for difference in differences), default=0)
    for step in comparison.steps:
        if not step.differences:
            continue
        subject = outline.subject(step.interaction)
        screen.print(terminal.styled("  ", (step.interaction.call, "bold"), (f"  {subject}", "cyan")))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(width=2)
        table.add_column(width=min(width, 56), overflow="fold")
        for _ in range(2):
            table.add_column(width=36, overflow="fold")
        table.add_column(style="dim")
        for difference in step.differences:
            where = terminal.clean(difference.path or _WHOLE)
            sides = _cell("recorded", difference.recorded), _cell("moto", difference.other)
            table.add_row("", where, *sides, MEANING[difference.kind])
        screen.print(table, soft_wrap=False)


def _cell(side: str, value: Any) -> Text:
    if value is None:
        return terminal.styled((f"{side}: nothing", "dim"))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return terminal.styled((f"{side}: ", "dim"), terminal.brief(text, 60))
