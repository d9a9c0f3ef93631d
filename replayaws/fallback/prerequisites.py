"""What a recorded success implies: the things that it used existed before the recording began.

Where moto refuses what AWS had accepted, the parameters name things that moto does not have. Those are made first, by
the operation that makes them according to botocore's model, filled with what was recorded about them. Importing this
module imports moto.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from replayaws.alignment import pairs
from replayaws.bindings import Bindings
from replayaws.fallback import filling
from replayaws.fallback.amending import amended
from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.coverage import implements
from replayaws.fallback.creators import Creator, creators_of, named_by
from replayaws.fallback.journal import Entry, Thing
from replayaws.fallback.values import leaves, plain, structures
from replayaws.fallback.wanted import Wanted, is_trouble, mentions, wanted_by
from replayaws.shapes import operation_model

_DEPTH = 2
_ROUNDS = 6
_TRIES = 16
"""How many calls that make things one refused call may cost."""

Call = Callable[[str, str, "str | None", dict[str, Any]], "MotoAnswer | NoAnswer"]
Made: TypeAlias = "tuple[str, str, tuple[tuple[str, str], ...]]"
"""Service, operation and the texts that the operation requires: what it makes is made once."""


def made_by(service: str, operation: str, params: dict[str, Any]) -> Made:
    """What a call makes."""
    shape = operation_model(service, operation).input_shape
    required = () if shape is None else shape.required_members
    texts = ((name, params[name]) for name in required if isinstance(params.get(name), str))
    return service, operation, tuple(sorted(texts))


@dataclass
class Supply:
    """Making things until a call that AWS had accepted is accepted by moto as well.

    :param call: asks moto: service, operation, region, params.
    :param bindings: the app's identifiers (recorded) and moto's (live).
    :param recorded: everything that was recorded, the earliest first.
    :param made: what was made before: not made again, because it may have been deleted since.
    :param only_recorded: make only what the recording mentions.
    :param before_making: called before anything is made.
    """

    call: Call
    bindings: Bindings
    recorded: list[Entry]
    made: set[Made]
    only_recorded: bool
    before_making: Callable[[], None]
    tries: int = _TRIES

    def run(
        self,
        service: str,
        operation: str,
        region: str | None,
        params: dict[str, Any],
        refused: MotoAnswer | NoAnswer,
        depth: int = 0,
    ) -> MotoAnswer | NoAnswer:
        """moto's answer after making what it takes; the refusal where nothing helps."""
        answer = refused
        tried: set[str] = set()
        for _ in range(_ROUNDS):
            error = _error(answer)
            if error is None:
                break
            due = [
                wanted
                for wanted in wanted_by(service, operation, params, error)
                if wanted.value not in tried and self._is_due(wanted) and not is_trouble(error, wanted, depth)
            ]
            tried.update(wanted.value for wanted in due[:1])
            if not due:
                break
            if self._make(due[0], operation, region, params, depth):
                answer = self.call(service, operation, region, params)
        return answer

    def _is_due(self, wanted: Wanted) -> bool:
        """Whether moto never had it and, where that is asked for, the recording did."""
        if self.bindings.live_of(wanted.value) is not None or self._was_made(wanted):
            return False
        if not self.only_recorded or wanted.name.startswith(filling.INVENTED):
            return True
        return any(mentions(thing.values, wanted) for thing in self._things)

    def _was_made(self, wanted: Wanted) -> bool:
        """Whether a call made it under this name, recorded or not, so that its absence is the truth."""
        recorded = ((entry.service, entry.operation, entry.params) for entry in self.recorded)
        made = ((service, operation, dict(texts)) for service, operation, texts in self.made)
        return any(
            params.get(name) == wanted.value
            for service, operation, params in (*recorded, *made)
            if service == wanted.service
            for name in named_by(service, operation)
        )

    @functools.cached_property
    def _things(self) -> list[Thing]:
        return [thing for entry in self.recorded for thing in entry.things()]

    def _make(self, wanted: Wanted, operation: str, region: str | None, params: dict[str, Any], depth: int) -> bool:
        near = [thing for thing in self._things if _holds(thing.values, wanted.value)]
        owners = dict.fromkeys([wanted.service, *(thing.service for thing in near), *wanted.hosts])
        makers = (
            [creator for creator in creators_of(owner, wanted.nouns) if creator.operation != operation]
            for owner in owners
        )
        for creator in next(filter(None, makers), [])[:3]:
            if implements(creator.service, creator.operation, region) is False or self._is_recorded(creator, wanted):
                continue
            own = [thing.values for thing in near if thing.noun == creator.noun]
            name = _recorded_name(own, wanted) or wanted.name
            given = filling.identity(creator.model, noun=creator.noun, member=wanted.member, name=name)
            if wanted.generated and name == wanted.name:
                given = {}
            others = [thing.values for thing in near if thing.noun != creator.noun]
            tried: list[dict[str, Any]] = []
            for way in self._ways(creator, given, region, own, others, params):
                if way in tried:
                    continue
                answer = self._make_with(creator, given, way, region, depth, tried)
                if answer is not None:
                    self._tie(wanted, creator, answer)
                    self._learn(own, answer)
                    return True
        return False

    def _ways(
        self,
        creator: Creator,
        given: dict[str, Any],
        region: str | None,
        own: list[dict[str, Any]],
        others: list[dict[str, Any]],
        params: dict[str, Any],
    ) -> Iterator[dict[str, Any]]:
        """Parameters to make it with: from what was recorded of it, of what it stands beside, and only what is required."""
        known = [*own, *others, params, *(thing.values for thing in self._things)]
        if own:
            yield filling.filled(
                creator.model, given, noun=creator.noun, region=region, near=own, known=known, beside=others
            )
        if others:
            beside = filling.filled(creator.model, given, noun=creator.noun, region=region, near=others, known=known)
            yield filling.enclosing(beside, given)
        least = filling.filled(creator.model, given, noun=creator.noun, region=region, near=[], known=known)
        yield least
        yield filling.ample(creator.model, least, known)

    def _is_recorded(self, creator: Creator, wanted: Wanted) -> bool:
        """Whether the recording makes it itself, so that it did not exist before."""
        return any(
            entry.operation == creator.operation
            and entry.service == creator.service
            and any(
                value in (wanted.value, wanted.name)
                for part in (entry.params, entry.answered())
                for _, value in leaves(part)
            )
            for entry in self.recorded
        )

    def _make_with(
        self,
        creator: Creator,
        given: dict[str, Any],
        params: dict[str, Any],
        region: str | None,
        depth: int,
        tried: list[dict[str, Any]],
    ) -> MotoAnswer | None:
        """moto's answer to the call that makes it, its parameters amended as refusals ask for; ``None`` if it is not made."""
        due: dict[str, Any] | None = params
        while due is not None:
            answer = self._create(creator, given, due, region, depth)
            tried.append(due)
            if answer is None:
                return None
            if isinstance(answer, MotoAnswer) and not answer.refused:
                return answer
            known = [thing.values for thing in self._things]
            others = amended(creator.model, due, given, _said(answer), known)
            due = next((other for other in others if other not in tried), None)
        return None

    def _create(
        self, creator: Creator, given: dict[str, Any], params: dict[str, Any], region: str | None, depth: int
    ) -> MotoAnswer | NoAnswer | None:
        """moto's answer to the call that makes it; ``None`` where it is not made."""
        if made_by(creator.service, creator.operation, params) in self.made and given:
            return None
        if self.tries == 0:
            return None
        self.tries -= 1
        self.before_making()
        answer = self.call(creator.service, creator.operation, region, params)
        if _error(answer) is not None and depth < _DEPTH:
            answer = self.run(creator.service, creator.operation, region, params, answer, depth + 1)
        return answer

    def _tie(self, wanted: Wanted, creator: Creator, answer: MotoAnswer) -> None:
        """Tie the wanted identifier to that of what was made in its place."""
        made = [(path[-1].lower(), value) for path, value in leaves(plain(answer.parsed)) if isinstance(value, str)]
        like = [(name, value) for name, value in made if _same_form(value, wanted.value)]
        names = (
            wanted.member.lower(),
            wanted.member.lower().rstrip("s"),
            f"{creator.noun}id",
            f"{creator.noun}arn",
            "arn",
            "id",
        )
        found = next((value for one in names for name, value in like if name == one), None)
        if found is not None and not any(value == wanted.value for name, value in made if name in names):
            self.bindings.bind(wanted.value, found)

    def _learn(self, own: list[dict[str, Any]], answer: MotoAnswer) -> None:
        """Tie what else was recorded of the thing, beside the name that both have."""
        for _, made in structures(answer.parsed):
            for thing in own:
                if any(isinstance(value, str) and thing.get(name) == value for name, value in made.items()):
                    for one, other in pairs(plain(thing), plain(made)):
                        self.bindings.bind(one, other)


def _said(refused: MotoAnswer | NoAnswer) -> str:
    return refused.reason if isinstance(refused, NoAnswer) else str(refused.parsed.get("Error", {}).get("Message", ""))


def _error(answer: MotoAnswer | NoAnswer) -> dict[str, Any] | None:
    """The error of a refusal, empty where moto crashed instead; ``None`` where there is no refusal."""
    if isinstance(answer, NoAnswer):
        return {} if answer.crashed else None
    return answer.parsed.get("Error", {}) if answer.refused else None


def _holds(thing: dict[str, Any], value: str) -> bool:
    return any(item == value for item in thing.values() if isinstance(item, str))


def _recorded_name(near: list[dict[str, Any]], wanted: Wanted) -> str | None:
    """The name that was recorded beside an ARN, URL or id."""
    if wanted.name == wanted.value and not wanted.generated:
        return None
    noun = wanted.nouns[0] if wanted.nouns else ""
    for thing in near:
        for name, value in thing.items():
            if isinstance(value, str) and value != wanted.value and name.lower() in (f"{noun}name", "name"):
                return value
    return None


def _same_form(one: str, other: str) -> bool:
    if one.startswith("arn:") or other.startswith("arn:"):
        return one.startswith("arn:") and other.startswith("arn:")
    if "://" in one or "://" in other:
        return "://" in one and "://" in other
    return True
