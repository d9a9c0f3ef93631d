"""What one owner's calls were answered by AWS, while the owner runs: the takes of a recording to be."""

from __future__ import annotations

import datetime
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replayaws.bodies import Tap
    from replayaws.cassette import Provenance
    from replayaws.recorder import Take
    from replayaws.run import Origin


class Recording:
    """The takes of one owner, in the order in which the calls were made."""

    def __init__(self) -> None:
        self._started, self._started_at = time.monotonic(), datetime.datetime.now(datetime.timezone.utc)
        self._takes: list[tuple[Take, Tap | None]] = []
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Seconds since the owner began."""
        return time.monotonic() - self._started

    def reserve(self, take: Take) -> None:
        """Give a call its place before it is sent: answers may come in another order."""
        with self._lock:
            self._takes.append((take, None))

    def keep_tap(self, take: Take, tap: Tap | None) -> None:
        """Remember where the body of a recorded answer is being read."""
        if tap is None:
            return
        with self._lock:
            index = next(index for index, (other, _) in enumerate(self._takes) if other is take)
            self._takes[index] = (take, tap)

    def waiting(self) -> list[Take]:
        """The takes that nothing has answered yet."""
        with self._lock:
            return [take for take, _ in self._takes if not take.answered]

    @property
    def takes(self) -> list[tuple[Take, Tap | None]]:
        """The takes that AWS has answered."""
        with self._lock:
            return [(take, tap) for take, tap in self._takes if take.answered]

    def provenance(self, origin: Origin) -> Provenance:
        """Where and when this recording was made."""
        import botocore

        from replayaws.cassette import Provenance

        stand_ins = sorted({take.endpoint for take, _ in self.takes if take.endpoint})
        return Provenance(
            at=self._started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            source=", ".join(stand_ins) or "aws",
            botocore=botocore.__version__,
            region=origin.region,
        )
