"""The page of ``replayaws compare``: where moto differs from what was recorded."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from replayaws import outline
from replayaws.pages import Markup, joined, page, pieces, tag
from replayaws.rehearsal import Comparison, Step


def comparison_page(comparisons: Sequence[Comparison], *, moto: str) -> str:
    """The whole document.

    :param moto: name and version of the simulation.
    """
    steps = [step for comparison in comparisons for step in comparison.steps]
    differing = sum(1 for step in steps if step.differences)
    same = len(steps) - differing
    facts = f"{len(steps)} recorded answers put to {moto}: {same} the same, {differing} different."
    note = "Identifiers, times and texts differ by nature and do not count."
    return page(
        "Recorded and simulated answers",
        tag("h1", "Recorded and simulated answers"),
        tag("p", facts, " ", tag("span", note, class_="soft")),
        tag(
            "div",
            tag("input", type="search", placeholder="Search tests, calls, members, values", aria_label="Search"),
            tag("span", data_count=True, class_="soft small"),
            class_="search",
        ),
        _operations(steps),
        [_article(number, comparison) for number, comparison in enumerate(comparisons)],
    )


def _operations(steps: Sequence[Step]) -> Markup:
    """How often each operation differs: where a recording is needed."""
    rows = []
    ordered = sorted(steps, key=lambda step: step.interaction.call)
    for name, group in itertools.groupby(ordered, key=lambda step: step.interaction.call):
        together = list(group)
        differing = sum(1 for step in together if step.differences)
        kinds = dict.fromkeys(difference.kind for step in together for difference in step.differences)
        told = tag("span", f"{differing} of {len(together)} differ" if differing else "same", class_=_mark(differing))
        rows.append(
            (differing, tag("tr", tag("td", name), tag("td", told), tag("td", ", ".join(kinds), class_="soft")))
        )
    rows.sort(key=lambda row: -row[0])
    heading = tag("tr", tag("th", "operation"), tag("th", "answers"), tag("th", "how"))
    return tag("table", tag("thead", heading), tag("tbody", [row for _, row in rows]))


def _mark(differing: int) -> str:
    return "mark" if differing else "mark same"


def _article(number: int, comparison: Comparison) -> Markup:
    operations = {step.index: step.interaction.operation for step in comparison.steps}
    lanes = [pieces.two_lanes(resource, operations) for resource in comparison.resources if resource.sights]
    calls = []
    for step in comparison.steps:
        (line,) = outline.lines([step.interaction])
        calls.append(pieces.call(line, step.differences, open_=False))
    differing = [step for step in comparison.steps if step.differences]
    told = f"{len(differing)} of {len(comparison.steps)} answers differ" if differing else "moto answers the same"
    return tag(
        "article",
        tag("h2", comparison.owner),
        tag("span", told, class_=_mark(len(differing))),
        tag("p", f"source: {comparison.source}", class_="soft small"),
        [tag("h3", "States"), lanes] if lanes else "",
        [tag("h3", "Differences"), pieces.difference_table([(_title(step), step.differences) for step in differing])]
        if differing
        else "",
        tag("h3", "Calls"),
        calls,
        id=f"cassette-{number}",
    )


def _title(step: Step) -> Markup:
    subject = tag("span", outline.subject(step.interaction), class_="mono soft")
    return joined([tag("strong", step.interaction.operation), " ", subject])
