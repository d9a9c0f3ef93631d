"""What all decks of one run share: the library, the options, the rules, moto, and what was said and done so far."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from replayaws.library import Library
from replayaws.modes import Mode
from replayaws.options import Options

if TYPE_CHECKING:
    from replayaws.fallback.fallback import Fallback
    from replayaws.guard import Guard
    from replayaws.leftovers import Made
    from replayaws.rules import Rules


class Origin:
    """Where a recording comes from.

    :param source: ``"aws"``, or the custom endpoint.
    :param account: the caller's account id, where known.
    :param identity: the caller's ARN, where known.
    :param region: the region that the surroundings have as default.
    :param credentials: secrets of the live credentials; the guard looks for them.
    """

    __slots__ = ("account", "credentials", "identity", "region", "source")

    def __init__(
        self,
        source: str = "aws",
        account: str | None = None,
        identity: str | None = None,
        region: str | None = None,
        credentials: tuple[str, ...] = (),
    ) -> None:
        self.source, self.account, self.identity, self.region = source, account, identity, region
        self.credentials = credentials


class RecordedCall:
    """One call of the run and what answered it, as ``replayaws.calls`` shows it.

    :ivar service: botocore's name of the service.
    :ivar operation: AWS's name of the operation.
    :ivar params: the parameters that the code gave.
    :ivar region: the client's region.
    :ivar source: ``"cassette"``, ``"moto"`` or ``"aws"``; ``None`` while unanswered or refused.
    :ivar response: the parsed output, as the code got it.
    :ivar error: AWS's error (``Code``, ``Message``), where it answered with one.
    """

    __slots__ = ("error", "operation", "params", "region", "response", "service", "source")

    def __init__(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        region: str | None = None,
        source: str | None = None,
        response: Mapping[str, Any] | None = None,
    ) -> None:
        self.service, self.operation, self.params, self.region = service, operation, params, region
        self.source, self.response = source, response
        self.error: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        """Without payloads, which may be large and are not redacted."""
        return f"RecordedCall({self.name!r}, region={self.region!r}, source={self.source!r})"

    @property
    def name(self) -> str:
        """Service and operation, such as ``"transcribe.StartTranscriptionJob"``."""
        return f"{self.service}.{self.operation}"


class OwnerReport:
    """What happened under one owner, for the terminal summary; plain data, so that it travels between workers.

    :ivar owner: full id.
    :ivar sources: number of calls by source.
    :ivar fell_back: names of the calls that moto answered.
    :ivar had_cassette: whether a cassette existed when the owner began.
    :ivar refused: names of the calls that nothing answered, with the command that records them.
    :ivar written: the file written, and how many interactions.
    :ivar kept: why a recording was not written, where it was not.
    :ivar notes: anything else worth a line.
    :ivar bound: recorded values that were tied to live ones.
    :ivar unplayed: indexes of the recordings that a passing owner did not play, where the options ask for them.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.sources: dict[str, int] = {}
        self.fell_back: list[str] = []
        self.had_cassette = False
        self.refused: list[tuple[str, str]] = []
        self.written: tuple[str, int] | None = None
        self.kept: str | None = None
        self.notes: list[str] = []
        self.bound: list[str] = []
        self.unplayed: list[int] = []

    def plain(self) -> dict[str, Any]:
        """All of it, for another process."""
        return dict(vars(self))

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> OwnerReport:
        """The report that another process sent, in which pairs have become lists."""
        report = cls(plain["owner"])
        vars(report).update(plain)
        report.refused = [(name, how) for name, how in plain["refused"]]
        report.written = tuple(plain["written"]) if plain["written"] else None
        return report


class Run:
    """One run of a program or test session.

    :param command: the command that records an owner, given whether it has a cassette; for messages.
    :param origin: where recordings come from; asked for at the first recorded call.
    :ivar owners: gives the ids of the tests that exist, where they are known.
    :ivar at_first_call: is called when the first owner makes a call; once.
    :ivar show: shows a line that tells what AWS is being waited for; ``None`` where nobody watches.
    """

    def __init__(
        self,
        *,
        library: Library,
        options: Options,
        mode: Mode = Mode.NONE,
        origin: Callable[[], Origin] = Origin,
        command: Callable[[str, bool], str],
    ) -> None:
        self.library, self.options, self.mode, self.command = library, options, mode, command
        self.reports: list[OwnerReport] = []
        self.owners: Callable[[], set[str]] | None = None
        self.show: Callable[[str], None] | None = None
        self.at_first_call: Callable[[], object] | None = None
        self._origin_of = origin
        self._origin: Origin | None = None
        self._fallback: Fallback | None = None
        self._guard: Guard | None = None
        self._rules: Rules | None = None
        self._made: Made | None = None
        self._lock = threading.RLock()

    @property
    def origin(self) -> Origin:
        """Where recordings of this run come from."""
        with self._lock:
            if self._origin is None:
                self._origin = self._origin_of()
            return self._origin

    @property
    def made(self) -> Made:
        """What the recordings of this run made and did not take away again."""
        with self._lock:
            if self._made is None:
                from replayaws.leftovers import Made

                self._made = Made()
            return self._made

    @property
    def rules(self) -> Rules:
        """The redaction rules: the built-in ones, the user's, less those switched off."""
        with self._lock:
            if self._rules is None:
                from replayaws.rules import Rules

                self._rules = Rules.from_options(self.options.redact, keep=self.options.keep)
            return self._rules

    @property
    def fallback(self) -> Fallback:
        """moto; importing it is left to its first answer."""
        with self._lock:
            if self._fallback is None:
                from replayaws.fallback.fallback import Fallback

                self._fallback = Fallback()
            return self._fallback

    @property
    def fallback_if_used(self) -> Fallback | None:
        """moto, if a call was ever answered or journalled there."""
        return self._fallback

    @property
    def stand_in(self) -> str:
        """Host and port of what stands in for AWS, ``""`` where nothing does."""
        from urllib.parse import urlsplit

        source = self.origin.source if self.mode.records else os.environ.get("AWS_ENDPOINT_URL", "")
        return urlsplit(source).netloc.rpartition("@")[2]

    def intercept_http(self, hosts: Iterable[str] = ()) -> None:
        """Let plain HTTP to AWS hosts be recorded and replayed; imports vcrpy.

        :param hosts: others that an owner records or replays, each with its port where it has one.
        """
        from replayaws import beside

        beside.start((*self.options.http_hosts, *filter(None, (self.stand_in,)), *hosts))

    @property
    def guard(self) -> Guard:
        """The write guard; it knows the live credentials and everything redacted in this run."""
        with self._lock:
            if self._guard is None:
                from replayaws.guard import Guard

                self._guard = Guard(credentials=self.origin.credentials)
            return self._guard
