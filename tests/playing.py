"""Cassettes and calls in a few words, for the tests of matching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from replayaws import shapes
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette, Provenance
from replayaws.found import Found, Missed
from replayaws.interaction import Call, Interaction, raw
from replayaws.player import Player
from tests.cases.timeline import CALLS

AT = "2026-11-22T10:15:03Z"


def recorded(
    call: str, params: Any = None, response: Any = None, *, region: str | None = "eu-west-1", **more: Any
) -> Any:
    """An interaction."""
    return Interaction(
        call=call, region=region, params=raw({} if params is None else params), response=raw(response or {}), **more
    )


def cassette(*interactions: Interaction, at: str = AT, matched_by: str = "params") -> Cassette:
    """A cassette of these."""
    provenance = Provenance(at=at, source="aws", matched_by=matched_by)
    return Cassette(
        replayaws=1, owner="tests/test_jobs.py::test_one", recorded=provenance, interactions=[*interactions]
    )


def player(*interactions: Interaction, bindings: Bindings | None = None, **options: Any) -> Player:
    """A player of a cassette of these."""
    return Player(cassette(*interactions), bindings=Bindings() if bindings is None else bindings, **options)


def call(name: str, params: Any = None, *, region: str | None = "eu-west-1") -> Call:
    """A live call."""
    service, _, operation = name.partition(".")
    return Call(service=service, operation=operation, region=region, params=params or {})


def find(playing: Player, name: str, params: Any = None, *, region: str | None = "eu-west-1") -> Found | Missed:
    """What answers a call."""
    live = call(name, params, region=region)
    model = None if live.service == "http" else shapes.operation_model(live.service, live.operation)
    return playing.find(live, model)


def play(playing: Player, name: str, params: Any = None, *, region: str | None = "eu-west-1") -> int | str:
    """Make a call: the index of the recording that answered it, or the reason of the miss."""
    found = find(playing, name, params, region=region)
    if isinstance(found, Missed):
        return found.reason
    playing.play(found)
    return found.index


def steps(program: str) -> Iterator[tuple[str, dict[str, Any], str, int, Any]]:
    """(call, parameters, answer, count, the response's own members) of each step of a program in a case's words."""
    for step in program.split(";"):
        text, _, times = step.strip().partition(" x") if step.rpartition(" x")[2].isdigit() else (step.strip(), "", "1")
        text, _, answer = (part.strip() for part in text.partition("="))
        verb, _, subject = text.partition(" ")
        name, params, response = CALLS[verb]
        yield name, params(subject), answer, int(times), response(subject) if response else {}
