"""Bringing moto to the recorded state, and speaking with it in its own identifiers.

A replayed call has not happened in moto. Applied to it, it happens there too; the recorded answer and moto's are then
laid side by side, and where their identifiers differ they are bound. Importing this module imports moto.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from replayaws.alignment import pairs
from replayaws.bindings import Bindings
from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.coverage import confuses
from replayaws.fallback.creators import makes
from replayaws.fallback.journal import Entry
from replayaws.fallback.prerequisites import Made, Supply, made_by
from replayaws.fallback.simulation import VERSION, Simulation
from replayaws.fallback.values import leaves, plain, rewritten
from replayaws.fallback.world import Snapshot, World

_STEPS = 5
"""How often a replayed read is repeated to bring one of moto's state machines to the recorded state."""


class Interpreter:
    """Speaks with moto: the app's identifiers outside, moto's inside.

    :param bindings: the app's identifiers (recorded) and moto's (live).
    :param recorded: gives everything that was recorded, whether or not it was replayed yet.
    :param made: what was made in moto, as :func:`~replayaws.fallback.prerequisites.made_by` says it.
    """

    def __init__(
        self,
        simulation: Simulation,
        world: World,
        bindings: Bindings,
        recorded: Callable[[], list[Entry]],
        made: set[Made],
    ) -> None:
        self._simulation = simulation
        self._world = world
        self._bindings = bindings
        self._recorded = recorded
        self._made = made

    def answer(self, service: str, operation: str, region: str | None, params: dict[str, Any]) -> MotoAnswer | NoAnswer:
        """moto's answer to a call that nobody recorded; what the recording shows to have existed is made for it."""
        answer = self.call(service, operation, region, params)
        if _is_refusal(answer):
            return self._supplied(service, operation, region, params, answer, only_recorded=True)
        return answer

    def call(self, service: str, operation: str, region: str | None, params: dict[str, Any]) -> MotoAnswer | NoAnswer:
        """moto's answer to a call, both in the app's identifiers."""
        if confuses(service, operation, region):
            return NoAnswer(f"{VERSION} does not implement {service}.{operation}")
        inside = rewritten(params, self._bindings.to_live) if self._bindings else params
        with self._world.present():
            answer = self._simulation.call(service, operation, region, inside)
        if isinstance(answer, NoAnswer):
            return answer
        if not answer.refused and makes(service, operation):
            self._made.add(made_by(service, operation, params))
        if not self._bindings:
            return answer
        parsed = answer.parsed
        metadata = parsed.pop("ResponseMetadata")
        return MotoAnswer(answer.http, {**rewritten(parsed, self._bindings.to_recorded), "ResponseMetadata": metadata})

    def apply(self, entry: Entry) -> MotoAnswer | NoAnswer:
        """Let a replayed call happen in moto, and learn from its answer."""
        answer = self._apply_once(entry)
        if entry.read and isinstance(answer, MotoAnswer) and not answer.refused:
            answer = self._keep_in_step(entry, answer)
        return answer

    def _apply_once(self, entry: Entry) -> MotoAnswer | NoAnswer:
        answer = self.call(entry.service, entry.operation, entry.region, entry.params)
        if _is_refusal(answer):
            answer = self._supplied(
                entry.service, entry.operation, entry.region, entry.params, answer, only_recorded=False
            )
        if isinstance(answer, MotoAnswer) and not answer.refused:
            self._learn(entry.answered(), answer.parsed)
        return answer

    def _supplied(
        self,
        service: str,
        operation: str,
        region: str | None,
        params: dict[str, Any],
        refused: MotoAnswer | NoAnswer,
        *,
        only_recorded: bool,
    ) -> MotoAnswer | NoAnswer:
        """moto's answer after making what the call needs; where that does not help, nothing was made."""
        recorded = self._recorded()
        if not recorded:
            return refused
        before: list[Snapshot] = []
        made = set(self._made)
        supply = Supply(
            call=self.call,
            bindings=self._bindings,
            recorded=recorded,
            made=self._made,
            only_recorded=only_recorded,
            before_making=lambda: None if before else before.append(self._world.snapshot()),
        )
        answer = supply.run(service, operation, region, params, refused)
        if before and (isinstance(answer, NoAnswer) or answer.refused):
            self._world.restore(before[0])
            self._made &= made
        return answer

    def _learn(self, recorded: Any, said: Any) -> None:
        for one, other in pairs(plain(recorded), plain(said)):
            self._bindings.bind(one, other)

    def _keep_in_step(self, entry: Entry, answer: MotoAnswer) -> MotoAnswer | NoAnswer:
        """Read again while moto's states differ from the recorded ones and still move."""
        recorded = _states(entry.answered())
        seen = _states(answer.parsed)
        latest: MotoAnswer | NoAnswer = answer
        for _ in range(_STEPS):
            if not _behind(recorded, seen):
                break
            latest = self._apply_once(entry)
            if isinstance(latest, NoAnswer) or latest.refused or _states(latest.parsed) == seen:
                break
            seen = _states(latest.parsed)
        return latest


def _is_refusal(answer: MotoAnswer | NoAnswer) -> bool:
    """Whether something that is missing may be why; moto crashes on some missing things."""
    return answer.crashed if isinstance(answer, NoAnswer) else answer.refused


def _states(answer: dict[str, Any]) -> dict[tuple[str, ...], str]:
    """The members that say how far a resource has come."""
    return {
        path: value
        for path, value in leaves(plain(answer))
        if isinstance(value, str) and path[-1].lower().endswith(("status", "state"))
    }


def _behind(recorded: dict[tuple[str, ...], str], seen: dict[tuple[str, ...], str]) -> bool:
    return any(path in recorded and recorded[path] != value for path, value in seen.items())
