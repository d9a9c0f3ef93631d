"""What looking for the recording of a call gives: the one that answers it, or why none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from replayaws.interaction import Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.tracks import Line
    from replayaws.unification import Fit, Refusal

Reason = Literal["nothing recorded", "other params", "refused", "played", "stale", "waiting", "other region"]


class Found(msgspec.Struct):
    """A match.

    :param index: of the interaction in the cassette.
    :param line: the recordings of the same call; ``None`` where the program goes as recorded, so that none is looked for.
    :param fit: what playing it ties.
    :param credit: whether mutations that touch it were recorded before it and have not been replayed yet.
    :param model: of the call, where there is no line.
    """

    index: int
    interaction: Interaction
    line: Line | None
    fit: Fit | None = None
    credit: bool = False
    model: OperationModel | None = None


class Missed(msgspec.Struct, frozen=True):
    """A miss: why nothing answers the call.

    :param reason: ``"nothing recorded"`` of that operation; recorded with ``"other params"`` only, or in an
        ``"other region"``; a binding ``"refused"``; all ``"played"``; ``"stale"``, recorded before a mutation that was
        replayed since; ``"waiting"`` behind a mutation that was not made.
    :param index: of the recording that it is about.
    :param refusal: why a value was not bound.
    :param behind: (index, name) of the mutations that it is about.
    :param nearest: compares the call with the recordings of its operation; costs time only when called.
    """

    reason: Reason
    index: int | None = None
    refusal: Refusal | None = None
    behind: tuple[tuple[int, str], ...] = ()
    nearest: Callable[[], list[Near]] = list


class Near(msgspec.Struct, frozen=True):
    """A recording beside a call that it does not answer.

    :param region: that it was recorded in.
    :param plays: how often it was played.
    :param count: how often it was recorded.
    :param is_read: whether the operation only reads.
    :param differences: (path, recorded value, live value), redacted.
    """

    index: int
    region: str | None
    plays: int
    count: int
    is_read: bool
    differences: tuple[tuple[str, Any, Any], ...]
