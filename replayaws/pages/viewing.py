"""The page of ``replayaws view``: a folder of cassettes to read and search."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from dataclasses import dataclass

from replayaws import outline, timeline
from replayaws.cassette import Cassette
from replayaws.comparison import Difference
from replayaws.pages import Markup, page, pieces, tag
from replayaws.rehearsal import Comparison


@dataclass(frozen=True, slots=True)
class Viewed:
    """A cassette as it is shown.

    :param path: as people name it.
    :param age: in words.
    :param moto: its comparison with moto, where one was made.
    """

    path: str
    age: str
    cassette: Cassette
    moto: Comparison | None = None


def view_page(viewed: Sequence[Viewed], *, title: str) -> str:
    """The whole document."""
    services: collections.Counter[str] = collections.Counter()
    sources: collections.Counter[str] = collections.Counter()
    for one in viewed:
        sources[one.cassette.recorded.source] += 1
        for interaction in one.cassette.interactions:
            services[interaction.service] += interaction.count
    facts = f"{_count(len(viewed), 'cassette')}, {_count(services.total(), 'call')}: " + ", ".join(
        f"{service} {count:,}" for service, count in services.most_common()
    )
    origin = "; ".join(f"{count} recorded from {source}" for source, count in sources.most_common())
    links = [tag("li", tag("a", one.cassette.owner, href=f"#cassette-{n}")) for n, one in enumerate(viewed)]
    return page(
        title,
        tag("h1", title),
        tag("p", facts),
        tag("p", origin, class_="soft small"),
        tag(
            "div",
            tag("input", type="search", placeholder="Search tests, calls, parameters, answers", aria_label="Search"),
            tag("span", data_count=True, class_="soft small"),
            class_="search",
        ),
        tag("nav", tag("ul", links)) if len(viewed) > 1 else "",
        [_article(number, one) for number, one in enumerate(viewed)],
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _article(number: int, one: Viewed) -> Markup:
    cassette = one.cassette
    recorded = cassette.recorded
    values = ", ".join(f"{name} = {value}" for name, value in cassette.values.items())
    return tag(
        "article",
        tag("h2", cassette.owner),
        tag("p", f"{one.path}, recorded {recorded.at} ({one.age}) from {recorded.source}", class_="soft small"),
        tag("p", f"values: {values}", class_="small") if values else "",
        _resources(one),
        tag("h3", "Calls"),
        [pieces.call(line, _differences(one, line)) for line in outline.lines(cassette.interactions)],
        id=f"cassette-{number}",
    )


def _resources(one: Viewed) -> list[Markup] | str:
    compared = {(resource.service, resource.name): resource for resource in one.moto.resources} if one.moto else {}
    operations = {index: interaction.operation for index, interaction in enumerate(one.cassette.interactions)}
    shown = []
    for lane in timeline.lanes(one.cassette.interactions):
        resource = compared.get((lane.service, lane.resource))
        differs = resource is not None and resource.differs
        shown.append(pieces.two_lanes(resource, operations) if resource is not None and differs else pieces.lane(lane))
    return [tag("h3", "Resources"), *shown] if shown else ""


def _differences(one: Viewed, line: outline.Line) -> list[Difference]:
    if one.moto is None:
        return []
    indexes = {index for index, _ in line.interactions}
    return [difference for step in one.moto.steps if step.index in indexes for difference in step.differences]
