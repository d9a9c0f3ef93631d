"""What of the parameters the user does not want to count: ``"service.Operation:JMESPath"``, or ``":JMESPath"`` for all."""

from __future__ import annotations

from collections.abc import Sequence

from replayaws.errors import OptionError
from replayaws.pointing import Path, operation


class Ignored:
    """Rules of what does not count.

    :param rules: as the user wrote them.
    :raises OptionError: for a rule whose operation or member does not exist, or that is not JMESPath.
    """

    def __init__(self, rules: Sequence[str]) -> None:
        self._everywhere: list[Path] = []
        self._by_name: dict[str, list[Path]] = {}
        for rule in rules:
            self._add(rule)

    def paths(self, name: str) -> list[Path]:
        """What does not count in the calls of ``"service.Operation"``."""
        return self._everywhere + self._by_name.get(name, [])

    def _add(self, rule: str) -> None:
        name, colon, text = rule.partition(":")
        what = f"ignore rule {rule!r}"
        if not colon or not text:
            raise OptionError(f'{what}: write it as "service.Operation:JMESPath", or ":JMESPath" for every operation.')
        path = Path(text)
        if not name:
            self._everywhere.append(path)
            return
        path.check(operation(name, what=what).input_shape, what=what)
        self._by_name.setdefault(name, []).append(path)
