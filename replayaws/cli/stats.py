"""``replayaws stats``: what a folder of cassettes holds."""

from __future__ import annotations

import collections
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from replayaws import decoding, timeline
from replayaws import format as text_format
from replayaws.cassette import Cassette
from replayaws.cli import gathering, terminal
from replayaws.library import sidecar_folder


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one cassette.

    :param bytes: of the file and of the bodies beside it.
    :param calls: polls included.
    :param aws_seconds: how long AWS took to answer.
    :param recorded_seconds: from the first call to the last answer, the program's own time included.
    :param replay_seconds: how long reading the cassette and making every answer of it takes here.
    """

    path: str
    owner: str
    source: str
    at: str
    bytes: int
    interactions: int
    calls: int
    services: dict[str, int]
    aws_seconds: float
    recorded_seconds: float
    replay_seconds: float


@click.command()
@gathering.cassettes_argument
@click.option("--each", is_flag=True, help="One row per cassette.")
@gathering.json_option
def command(given: tuple[str, ...], each: bool, as_json: bool) -> None:
    """Tell age, size, services, sources and times of cassettes."""
    paths = gathering.paths_of(given)
    figures = [_measure(path) for path in terminal.followed(paths, what="Reading cassettes")]
    if as_json:
        terminal.print_json({"total": _total(figures), "cassettes": [_as_data(one) for one in figures]})
        return
    _print_total(figures)
    if each:
        _print_each(figures)


def _measure(path: Path) -> Figures:
    text = path.read_bytes()
    for interaction in text_format.loads(text, path=str(path)).interactions:
        timeline.model_of(interaction)  # botocore reads its models for any client; that is not replay's time
    began = time.perf_counter()
    cassette = text_format.loads(text, path=str(path))
    _answer_everything(cassette)
    replay = time.perf_counter() - began
    interactions = cassette.interactions
    beside = sidecar_folder(path)
    services: collections.Counter[str] = collections.Counter()
    for interaction in interactions:
        services[interaction.service] += interaction.count
    return Figures(
        path=str(path),
        owner=cassette.owner,
        source=cassette.recorded.source,
        at=cassette.recorded.at,
        bytes=len(text) + sum(file.stat().st_size for file in beside.rglob("*") if file.is_file()),
        interactions=len(interactions),
        calls=services.total(),
        services=dict(services.most_common()),
        aws_seconds=round(sum(interaction.took * interaction.count for interaction in interactions), 3),
        recorded_seconds=max((interaction.seconds + interaction.took for interaction in interactions), default=0.0),
        replay_seconds=round(replay, 6),
    )


def _answer_everything(cassette: Cassette) -> None:
    for interaction in cassette.interactions:
        model = timeline.model_of(interaction)
        shape = None if model is None or interaction.decoded_error() is not None else model.output_shape
        try:
            decoding.decode_text(bytes(interaction.response), shape)
        except ValueError:
            continue  # a body beside the cassette is opened when it is read, not when the answer is made


def _as_data(one: Figures) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Figures.__slots__}


def _total(figures: list[Figures]) -> dict[str, Any]:
    services: collections.Counter[str] = collections.Counter()
    for one in figures:
        services.update(one.services)
    return {
        "cassettes": len(figures),
        "bytes": sum(one.bytes for one in figures),
        "calls": sum(one.calls for one in figures),
        "services": dict(services.most_common()),
        "sources": dict(collections.Counter(one.source for one in figures).most_common()),
        "oldest": min((one.at for one in figures), default=None),
        "newest": max((one.at for one in figures), default=None),
        "aws_seconds": round(sum(one.aws_seconds for one in figures), 3),
        "recorded_seconds": round(sum(one.recorded_seconds for one in figures), 3),
        "replay_seconds": round(sum(one.replay_seconds for one in figures), 6),
    }


def _print_total(figures: list[Figures]) -> None:
    total = _total(figures)
    screen = terminal.console()
    rows = [
        ("cassettes", f"{total['cassettes']}, {terminal.size(total['bytes'])}"),
        ("calls", f"{total['calls']:,}"),
        ("services", _counts(total["services"])),
        ("recorded from", _counts(total["sources"])),
        ("oldest", f"{total['oldest']} ({terminal.age(total['oldest'])})"),
        ("newest", f"{total['newest']} ({terminal.age(total['newest'])})"),
        ("AWS answered in", terminal.duration(total["aws_seconds"])),
        ("recording took", f"{terminal.duration(total['recorded_seconds'])}, waits and polls included"),
        ("replay takes", f"{terminal.duration(total['replay_seconds'])} for reading and answering"),
    ]
    for name, value in rows:
        screen.print(terminal.styled((f"{name:<16} ", "dim"), value))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _print_each(figures: list[Figures]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("cassette", "age", "size", "calls", "services", "AWS", "replay"):
        table.add_column(heading, justify="right" if heading in ("size", "calls", "AWS", "replay") else "left")
    for one in sorted(figures, key=lambda one: one.bytes, reverse=True):
        cells = (
            one.path,
            terminal.age(one.at),
            terminal.size(one.bytes),
            f"{one.calls:,}",
            ", ".join(one.services),
            terminal.duration(one.aws_seconds),
            terminal.duration(one.replay_seconds),
        )
        table.add_row(*(terminal.styled(cell) for cell in cells))
    screen = terminal.console()
    screen.print()
    screen.print(table)
