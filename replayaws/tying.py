"""Ties for a call that no recording answers because what redaction hid stands on one side only.

=============================  ============================  ====================================================
the recording has              the live call has             as when
=============================  ============================  ====================================================
a placeholder                  a text that could be the      the program names in the open what it, or AWS, gives
                               secret                        as a secret in a later call: the recording knew it
a short or ordinary text       a placeholder                 an answer gave it as a secret, and the program uses
                                                             it: it is too short to be looked for in a recording
=============================  ============================  ====================================================

Everything else of the call must be equal, and each tie is one to one. A text that could not be this secret, because its
placeholder would be of another form or length, is another value, and the miss stays one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import hiding, placeholders
from replayaws.accounts import is_placeholder_account
from replayaws.found import Missed, Near
from replayaws.placeholders import FRAMED, is_placeholder
from replayaws.substitutions import is_traceable

if TYPE_CHECKING:
    from replayaws.interaction import Call
    from replayaws.player import Player
    from replayaws.redaction import Redactor

_MOST = 50
"""Recordings that are looked at."""


class _Ties:
    """What the texts tell in which a call and a recording differ.

    :ivar secrets: placeholders of the recording, each with the text of the call in its place.
    :ivar uses: placeholders of the call, each with the text of the recording in its place.
    """

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.uses: dict[str, str] = {}

    def take(self, recorded: Any, live: Any) -> bool:
        """Whether two values can be one."""
        if not (isinstance(recorded, str) and isinstance(live, str)):
            return False
        if _is_hidden(recorded) and _is_hidden(live):
            return True  # whether they are one is asked again when all is tied
        return _fits(recorded, live, self.secrets, traceable=True) or _fits(live, recorded, self.uses, traceable=False)


def tie(missed: Missed, call: Call, player: Player, redactor: Redactor) -> bool:
    """Tie what the first recording that fits else allows.

    :param missed: what was found for the call.
    :returns: whether anything was tied, so that the call, redacted anew, may be found now.
    """
    if not (player.has_placeholders(call) or FRAMED.search(msgspec.json.encode(call.params).decode())):
        return False
    near = [one for one in missed.nearest() if one.differences and one.region == call.region]
    for one in sorted(near, key=lambda one: (one.plays >= one.count, len(one.differences), one.index))[:_MOST]:
        ties = _ties(one)
        if ties is not None and (ties.secrets or ties.uses):
            redactor.watch_for(ties.secrets.values())
            return player.take_for(ties.uses) or bool(ties.secrets)
    return False


def _ties(near: Near) -> _Ties | None:
    ties = _Ties()
    if not all(ties.take(recorded, live) for _, recorded, live in near.differences):
        return None
    return ties if all(len(set(one.values())) == len(one) for one in (ties.secrets, ties.uses)) else None


def _is_hidden(text: str) -> bool:
    return is_placeholder(text) or is_placeholder_account(text)


def _fits(hidden: str, text: str, ties: dict[str, str], *, traceable: bool) -> bool:
    """Whether a text is another with something in the place of each placeholder; ties them."""
    names, parts = FRAMED.findall(hidden), FRAMED.split(hidden)
    found = re.fullmatch("(.+?)".join(map(re.escape, parts)), text, re.DOTALL) if names else None
    if found is None:
        return False
    return all(
        is_traceable(value) is traceable
        and not FRAMED.search(value)
        and _may_stand_for(name, value)
        and ties.setdefault(name, value) == value
        for name, value in zip(names, found.groups(), strict=True)
    )


def _may_stand_for(placeholder: str, text: str) -> bool:
    """Whether redaction could have given a text this placeholder: of its own form, or of any that plain text may take."""
    plain = placeholders.form_of(text) == "plain"
    for number in placeholders.numbers(placeholder):
        choice = hiding.options(text, number, len(text))
        if placeholder == next(choice) or (plain and placeholder in choice):
            return True
    return False
