"""Do the slots of a live call fit those of a recorded one, and what would that bind?

======================  ==============================================================  ========================
a recorded slot holds   a live one fits when                                            binds
======================  ==============================================================  ========================
a placeholder, or a     no other live value has taken it, and it has no placeholder of  one to one, for matching
sensitive member        the cassette                                                    only
a placeholder account   it is an account id, and no other has taken it                  likewise
a timestamp, a number   it is as far from now as the recorded one was from then         nothing
of seconds, also in a
string
random characters       they are of the same form, stand nowhere in the cassette, and   for the owner
                        no other live value has taken them
a time that was now     it is now, in a mutation                                        for the owner; one second may
                                                                                        be two, and two be one
what Faker made up      Faker made it up in this run, in a mutation                     for the owner
anything else           it is equal
======================  ==============================================================  ========================
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec

from replayaws import generated, timestamps
from replayaws.accounts import is_placeholder_account
from replayaws.bindings import Bindings
from replayaws.cassette import Cassette
from replayaws.generated import Span
from replayaws.interaction import NOTHING, Interaction
from replayaws.placeholders import is_placeholder
from replayaws.slots import Slot
from replayaws.vocabulary import Vocabulary

Level = Literal["fixed", "redacted", "generated"]
Pairs: TypeAlias = "tuple[tuple[str, str], ...]"


@dataclass(frozen=True, slots=True)
class Fit:
    """A recorded and a live call fit.

    :param redacted: (placeholder, live value) that matching ties.
    :param generated: (recorded, live) values to bind for the owner.
    :param split: (recorded, live) times of which the recorded one is bound to another already: what was one second when it
        was recorded are two now.
    """

    redacted: Pairs = ()
    generated: Pairs = ()
    split: Pairs = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Two values that may not be bound.

    :param why: a clause that explains it, the values named in it redacted already.
    """

    recorded: str
    live: str
    why: str


class Unification:
    """Decides for one cassette and one owner.

    :param bind: whether generated values may be bound at all.
    :param began: when the owner began, as an aware datetime.
    :param now: the time, as an aware datetime.
    """

    def __init__(
        self,
        cassette: Cassette,
        bindings: Bindings,
        *,
        bind: bool,
        began: datetime.datetime,
        now: Callable[[], datetime.datetime],
    ) -> None:
        self._interactions = cassette.interactions
        self._recorded_at = cassette.recorded.at
        self._bindings, self._bind, self._now = bindings, bind, now
        self._began = began
        self._invented = frozenset(cassette.invented)
        self.vocabulary = Vocabulary(cassette.interactions)
        self.redacted = Bindings()
        self._secrets = Bindings()

    def tie(self, fit: Fit) -> None:
        """Bind what a fit says: its call was played."""
        for recorded, live in fit.redacted:
            known = _is_placeholder(recorded) and _is_placeholder(live)
            (self.redacted if known else self._secrets).bind(recorded, live)
        for recorded, live in fit.generated:
            self._bindings.bind(recorded, live)
        for recorded, live in fit.split:
            self._bindings.read_as(live, recorded)

    def level(self, slot: Slot, index: int, *, is_read: bool) -> Level:
        """How a recorded slot may differ."""
        if slot.kind in ("secret", "placeholder") or is_placeholder_account(slot.text):
            return "redacted"
        if slot.kind in ("instant", "number"):
            return "redacted" if self._is_near(slot) else "fixed"
        if self._is_moment_as_text(slot, index, is_read=is_read):
            return "redacted"
        if not self._bind:
            return "fixed"
        if slot.kind == "invented":
            return "fixed" if is_read else "generated"
        if slot.kind in ("time", "run") and not is_read and generated.was_now(slot.text, self._recording(index)):
            return "generated"
        texts = [slot.text, *slot.text.replace("_", "-").split("-")] if slot.kind == "token" else [slot.text]
        strengths = {generated.strength(text) for text in texts}
        return "generated" if "strong" in strengths or ("weak" in strengths and not is_read) else "fixed"

    def unify(
        self, recorded: Sequence[Slot], live: Sequence[Slot], indexes: Sequence[int], *, is_read: bool
    ) -> Fit | Refusal:
        """Fit the slots of a live call to those of a recorded one.

        :param indexes: of the recordings of that call.
        """
        redacted: dict[str, str] = {}
        bound: dict[str, str] = {}
        split: dict[str, str] = {}
        for one, two in zip(recorded, live, strict=True):
            if one.text == two.text:
                continue
            if one.kind in ("secret", "placeholder") or is_placeholder_account(one.text):
                refusal = self._unify_redacted(one, two, redacted)
            elif one.kind == "invented":
                refusal = self._unify_invented(_unwritten(one.text), _unwritten(two.text), bound)
            elif one.kind in ("instant", "number") or self._is_moment_as_text(one, indexes[0], is_read=is_read):
                refusal = self._unify_moments(one, two, indexes)
            elif not is_read and generated.was_now(one.text, self._recording(indexes[0])):
                refusal = self._unify_now(one.text, two.text, bound, split)
            else:
                refusal = self._unify_generated(one.text, two.text, bound, indexes, is_read=is_read)
            if refusal is not None:
                return refusal
        return Fit(
            tuple(redacted.items()), tuple(bound.items()), tuple((recorded, live) for live, recorded in split.items())
        )

    def _unify_redacted(self, one: Slot, two: Slot, pairs: dict[str, str]) -> Refusal | None:
        recorded, live = one.text, two.text
        if one.kind not in ("secret", "placeholder") and not (len(live) == 12 and live.isdigit()):
            return Refusal(recorded, live, "the live one is no account id")
        if _is_placeholder(live) and live in self.vocabulary.placeholders:
            return Refusal(recorded, live, "the live one stands for another secret of the cassette")
        free = self.redacted.allows(recorded, live) and self._secrets.allows(recorded, live)
        if free and _agrees(recorded, live, pairs):
            pairs[recorded] = live
            return None
        return Refusal(recorded, live, "one of them stands for another value already")

    def _unify_moments(self, one: Slot, two: Slot, indexes: Sequence[int]) -> Refusal | None:
        recorded, live = _seconds(one), _seconds(two)
        if recorded is not None and live is not None:
            for index in indexes:
                if generated.same_distance(recorded, live, self._recording(index), self._replay()):
                    return None
        return Refusal(_shown(one), _shown(two), "the one is not as far from now as the other was when it was recorded")

    def _unify_generated(
        self, recorded: str, live: str, pairs: dict[str, str], indexes: Sequence[int], *, is_read: bool
    ) -> Refusal | None:
        parts = generated.parts(recorded, live)
        if parts is None:
            return Refusal(recorded, live, "they differ in more than random characters")
        for one, two in parts:
            refusal = self._unify_random(one, two, indexes, is_read=is_read) or self._pair(one, two, pairs)
            if refusal is not None:
                return refusal
        return None

    def _unify_now(self, recorded: str, live: str, pairs: dict[str, str], split: dict[str, str]) -> Refusal | None:
        """Where calls fall into the same second and where they do not differs from run to run."""
        # Bound to an earlier recorded second, the live one is here already that one.
        told = self._bindings.live_of(live)
        if not generated.was_now(told or live, self._replay()):
            return Refusal(recorded, live, "the recorded one was the time of recording, the live one is not now")
        if told or live in pairs.values():
            return None
        if recorded in pairs or self._bindings.live_of(recorded) is not None:
            split[live] = recorded
            return None
        return self._pair(recorded, live, pairs)

    def _unify_invented(self, recorded: str, live: str, pairs: dict[str, str]) -> Refusal | None:
        if live in self._invented:
            return Refusal(recorded, live, "the live one names something else in the cassette")
        return self._pair(recorded, live, pairs)

    def _unify_random(self, recorded: str, live: str, indexes: Sequence[int], *, is_read: bool) -> Refusal | None:
        strength = generated.strength(recorded)
        if strength is None or not generated.differ_as_random(recorded, live):
            return Refusal(recorded, live, "they are not plainly random on both sides")
        if strength == "weak" and is_read:
            return Refusal(recorded, live, "so few random characters are bound at a mutation only, and this is a read")
        if self.vocabulary.holds(live):
            return Refusal(recorded, live, "the live one names something else in the cassette")
        standing = self.vocabulary.indexes(recorded)
        if standing and standing[0] < indexes[0]:
            return Refusal(recorded, live, f"the recorded one stands in interaction {standing[0]} already")
        if is_read and self._names_something(recorded, standing, indexes):
            return Refusal(recorded, live, "the recorded one names something in the cassette, and this is a read")
        return None

    def _names_something(self, text: str, standing: Sequence[int], indexes: Sequence[int]) -> bool:
        first = self._interactions[indexes[0]]
        if first.error != NOTHING:
            return False
        return not set(standing) <= set(indexes) or any(self._answers_with(text, index) for index in indexes)

    def _answers_with(self, text: str, index: int) -> bool:
        """Whether the text stands in the answer, other than as an echo of the parameters."""
        interaction: Interaction = self._interactions[index]
        params = interaction.decoded_params()
        answer = {name: value for name, value in interaction.decoded_response().items() if params.get(name) != value}
        return text.encode() in msgspec.json.encode(answer)

    def _pair(self, recorded: str, live: str, pairs: dict[str, str]) -> Refusal | None:
        if not _agrees(recorded, live, pairs) or not self._bindings.allows(recorded, live):
            known = self._bindings.live_of(recorded)
            why = f"the recorded one is bound to {known!r}" if known else "the live one is bound to another"
            return Refusal(recorded, live, why)
        pairs[recorded] = live
        return None

    def _is_near(self, slot: Slot) -> bool:
        moment = _seconds(slot)
        return moment is not None and abs(moment - self._at) <= generated.NEAR * 2

    def _is_moment_as_text(self, slot: Slot, index: int, *, is_read: bool) -> bool:
        """Whether digits in a string count seconds, as DynamoDB sends numbers: a time to live, a limit of a query.

        Those that were now, in a mutation, may be a name: they are bound.
        """
        if slot.kind not in ("run", "time") or generated.epoch(slot.text) is None or not self._is_near(slot):
            return False
        return is_read or not generated.was_now(slot.text, self._recording(index))

    @cached_property
    def _at(self) -> float:
        try:
            return timestamps.read(self._recorded_at).timestamp()
        except ValueError:
            return 0.0

    def _recording(self, index: int) -> Span:
        interaction = self._interactions[index]
        return Span(self._at, self._at + interaction.seconds)

    def _replay(self) -> Span:
        end = self._now().timestamp()
        return Span(min(self._began.timestamp(), end), end)


def _agrees(recorded: str, live: str, pairs: dict[str, str]) -> bool:
    return pairs.get(recorded, live) == live and (recorded in pairs or live not in pairs.values())


def _unwritten(text: str) -> str:
    value: str = msgspec.json.decode(f'"{text}"')
    return value


def _is_placeholder(text: str) -> bool:
    return is_placeholder(text) or is_placeholder_account(text)


def _seconds(slot: Slot) -> float | None:
    if slot.kind == "instant":
        try:
            return float(slot.text)
        except ValueError:
            return None
    return generated.epoch(slot.text)


def _shown(slot: Slot) -> str:
    seconds = _seconds(slot)
    if slot.kind != "instant" or seconds is None:
        return slot.text
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat().replace("+00:00", "Z")
