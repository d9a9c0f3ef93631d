"""How recordings are made and used."""

from __future__ import annotations

import enum


class Mode(str, enum.Enum):
    """How recordings are made and used; the names are vcrpy's where it has one."""

    NONE = "none"
    ONCE = "once"
    NEW_EPISODES = "new_episodes"
    ALL = "all"
    VERIFY = "verify"

    @property
    def records(self) -> bool:
        """Whether calls may reach AWS."""
        return self is not Mode.NONE
