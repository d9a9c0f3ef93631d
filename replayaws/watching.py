"""While recording: one line that tells what AWS is being waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_STATES = ("Status", "State", "status", "state")


class Watch:
    """The waits of one owner.

    :param show: shows a line in place of the last one; an empty one clears it.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._polls: dict[tuple[str, str], tuple[int, float]] = {}

    def answered(self, name: str, params: Mapping[str, Any], response: Mapping[str, Any], *, seconds: float) -> None:
        """A read was answered; the second of its kind is a poll.

        :param name: service and operation.
        :param seconds: since the owner began.
        """
        key = (name, repr(params))
        polls, began = self._polls.get(key, (0, seconds))
        self._polls[key] = (polls + 1, began)
        if polls:
            named = next((value for value in params.values() if isinstance(value, str)), "")
            told = [part for part in (named, state(response) or "") if part]
            self._show(f"waiting for {name} {', '.join(told)}: poll {polls + 1}, {seconds - began:.0f} s")

    def end(self) -> None:
        """Nothing is waited for any more."""
        if any(polls > 1 for polls, _ in self._polls.values()):
            self._show("")


def state(response: Any) -> str | None:
    """The first state that an answer tells, ``None`` where it tells none."""
    if isinstance(response, Mapping):
        for name, value in response.items():
            if isinstance(value, str) and name.endswith(_STATES):
                return value
        response = list(response.values())
    if isinstance(response, list):
        return next((found for item in response if (found := state(item))), None)
    return None
