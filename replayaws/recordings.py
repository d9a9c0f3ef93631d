"""What a test or a block sees of its recording: the calls so far, and how they are answered."""

from __future__ import annotations

from replayaws.owner import Owner
from replayaws.run import RecordedCall


class Recordings:
    """The AWS calls of one owner. What the fixture ``replayaws`` gives, and ``with use_cassette(...)``."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    @property
    def calls(self) -> list[RecordedCall]:
        """The calls made so far, in order: each with service, operation, params, response or error, and source."""
        return list(self._owner.calls)

    @property
    def mode(self) -> str:
        """``"none"``, ``"once"``, ``"new_episodes"``, ``"all"`` or ``"verify"``."""
        return self._owner.mode.value

    @property
    def recording(self) -> bool:
        """Whether an unrecorded call would go to AWS."""
        return not self._owner.deck.offline
