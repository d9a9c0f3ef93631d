"""Values that a program makes up: recorded once, given back on replay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any


class Values:
    """The values of one owner, by name.

    :param recorded: tells those that its cassette holds, which may come to be known in between.
    """

    def __init__(self, recorded: Callable[[], Mapping[str, Any]]) -> None:
        self._recorded = recorded
        self._given: dict[str, Any] = {}
        self._lock = threading.RLock()

    def give(self, name: str, factory: Callable[[], Any]) -> Any:
        """The value of a name: that given before, else that recorded, else a new one."""
        with self._lock:
            if name not in self._given:
                recorded = self._recorded()
                self._given[name] = recorded[name] if name in recorded else factory()
            return self._given[name]

    @property
    def are_new(self) -> bool:
        """Whether the cassette does not hold them all."""
        return not self._given.keys() <= self._recorded().keys()

    def all(self) -> dict[str, Any]:
        """Those recorded and those given."""
        return {**self._recorded(), **self._given}
