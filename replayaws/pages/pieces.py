"""The pieces that both pages are made of: a call that unfolds, a resource's states, a table of differences."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from replayaws.comparison import MEANING, Difference
from replayaws.interaction import Interaction
from replayaws.outline import Line
from replayaws.pages import Markup, payload, tag
from replayaws.rehearsal import Resource
from replayaws.timeline import Lane

_BAD = re.compile(r"fail|error|reject|abort|timed|denied|invalid|cancel|unhealthy", re.IGNORECASE)
_BUSY = re.compile(r"ing$|progress|pending|queued|submitted|runnable|wait|partial", re.IGNORECASE)
_GOOD = re.compile(r"complete|succe|active|available|running|ready|enabled|service|healthy|done", re.IGNORECASE)


def kind_of_state(state: str) -> str:
    """The colour of a state: ``bad``, ``busy``, ``good``, or none."""
    if _BAD.search(state):
        return "bad"
    if _BUSY.search(state) and state.lower() != "running":
        return "busy"
    return "good" if _GOOD.search(state) else ""


def seconds(value: float) -> str:
    """A time on the recording's clock."""
    return f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def call(line: Line, differences: Sequence[Difference] = (), *, open_: bool = False) -> Markup:
    """One line of a timeline, which unfolds to its payloads."""
    first = line.first
    took = sum(interaction.took * interaction.count for _, interaction in line.interactions)
    mark = tag("span", "moto differs", class_="mark") if differences else seconds(took) if took else ""
    summary = tag(
        "summary",
        tag("span", seconds(first.seconds), class_="when"),
        tag("span", first.call, class_="name failed" if line.failed else "name", title=first.region),
        tag("span", line.subject, class_="mono soft"),
        tag("span", line.outcome, class_="failed" if line.failed else None),
        tag("span", mark, class_="took"),
    )
    shown = [_interaction(interaction) for _, interaction in line.interactions]
    return tag(
        "details",
        summary,
        tag("div", difference_table([(None, differences)]) if differences else "", shown, class_="body"),
        class_="call",
        open=open_,
    )


def _interaction(interaction: Interaction) -> Markup:
    error = interaction.decoded_error()
    repeated = f", {interaction.count} times in a row" if interaction.count > 1 else ""
    when = f"at {seconds(interaction.seconds)}{repeated}"
    parts = [tag("div", f"parameters {when}", class_="soft small"), payload(interaction.decoded_params())]
    parts += [
        tag("div", "error" if error else "response", class_="soft small"),
        payload(error if error else interaction.decoded_response()),
    ]
    return tag("div", parts)


def difference_table(groups: Sequence[tuple[Markup | None, Iterable[Difference]]], *, other: str = "moto") -> Markup:
    """Differences, one row each, in groups with an optional title."""
    rows: list[Markup] = []
    for title, differences in groups:
        if title is not None:
            rows.append(tag("tr", tag("td", title, colspan=4, class_="group")))
        rows += [_row(difference) for difference in differences]
    heading = tag("tr", tag("th", "where"), tag("th", "recorded"), tag("th", other), tag("th", "difference"))
    return tag("table", tag("thead", heading), tag("tbody", rows))


def _row(difference: Difference) -> Markup:
    return tag(
        "tr",
        tag("td", difference.path or "the answer", class_="mono"),
        tag("td", _value(difference.recorded), class_="mono"),
        tag("td", _value(difference.other), class_="mono"),
        tag("td", MEANING[difference.kind]),
    )


def _value(value: Any) -> str | Markup:
    if value is None:
        return tag("span", "nothing", class_="soft")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 240 else text[:239] + "…"


def lane(seen: Lane) -> Markup:
    """A resource as a row: its states, and the calls that told none."""
    chips = []
    for (state, error, operation), group in itertools.groupby(seen.events, key=_told):
        events = list(group)
        count = sum(event.count for event in events)
        text = f"{state or error or operation}" + (f" x{count}" if count > 1 else "")
        title = f"{events[0].operation} at {seconds(events[0].seconds)}"
        kind = f"state {kind_of_state(state)}" if state else ("state bad" if error else "plain")
        chips.append(tag("span", text, class_=kind.strip(), title=title))
    return tag("div", _title(seen.service, seen.resource), tag("div", chips, class_="row"), class_="lane")


def _told(event: Any) -> tuple[str | None, str | None, str | None]:
    return event.state, event.error, None if event.state or event.error else event.operation


def _title(service: str, name: str) -> Markup:
    return tag("div", tag("span", service + " ", class_="soft"), name, class_="title")


def two_lanes(resource: Resource, operations: dict[int, str], *, other: str = "moto") -> Markup:
    """A resource's recorded states above, the other side's below, in the same columns.

    :param operations: the operation's name by index of the interaction.
    """
    sights = resource.sights
    indexes = [sight.index for sight in sights]
    cells = [tag("span", class_="who"), *_merged(indexes, 1, lambda index: tag_of_step(operations.get(index, "")))]
    cells += [
        tag("span", "recorded", class_="who"),
        *_states([(sight.recorded, sight.count, False) for sight in sights], 2),
    ]
    off = [(sight.other, sight.count, sight.other != sight.recorded) for sight in sights]
    cells += [tag("span", other, class_="who"), *_states(off, 3)]
    columns = f"grid-template-columns: 4.5rem repeat({len(sights)}, minmax(7.5rem, 14rem))"
    return tag(
        "div", _title(resource.service, resource.name), tag("div", cells, class_="track", style=columns), class_="lane"
    )


def tag_of_step(operation: str) -> tuple[str, dict[str, object]]:
    """What stands above a column."""
    return operation, {"class_": "step", "title": operation}


def _merged(values: Sequence[Any], row: int, cell: Any) -> list[Markup]:
    cells, column = [], 2
    for value, group in itertools.groupby(values):
        width = len(list(group))
        text, attributes = cell(value)
        place = f"grid-row: {row}; grid-column: {column} / span {width}"
        cells.append(tag("span", text, style=place, **attributes))
        column += width
    return cells


def _states(told: Sequence[tuple[str | None, int, bool]], row: int) -> list[Markup]:
    cells, column = [], 2
    for (state, off), group in itertools.groupby(told, key=lambda one: (one[0], one[2])):
        parts = list(group)
        count = sum(number for _, number, _ in parts)
        text = "no state" if state is None else state + (f" x{count}" if count > 1 else "")
        kind = "none" if state is None else f"state {kind_of_state(state)}".strip()
        place = f"grid-row: {row}; grid-column: {column} / span {len(parts)}"
        cells.append(tag("span", text, class_=kind + (" off" if off else ""), style=place, title=text))
        column += len(parts)
    return cells
