"""One inserted cassette with its player and recorder: what answers the calls of one owner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from replayaws import shapes, stack
from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.errors import MissError, RecordingError, ReplayAWSError
from replayaws.library import sidecar_folder
from replayaws.modes import Decision, Mode, decide
from replayaws.options import Options
from replayaws.run import OwnerReport, RecordedCall, Run, utc_now

if TYPE_CHECKING:
    from replayaws.bindings import Bindings
    from replayaws.bodies import Tap
    from replayaws.fallback import Fallback
    from replayaws.faults import Fault
    from replayaws.interaction import Interaction
    from replayaws.live import LiveCall
    from replayaws.player import Found, Missed, Player
    from replayaws.recorder import Take
    from replayaws.redaction import Redactor


class Deck:
    """One inserted cassette.

    :param owner: full id of the test or fixture instance whose calls these are.
    :param path: the cassette's file; the owner's own in the library where not given.
    :param parent: the deck of the wider scope that this one stands under.
    """

    def __init__(
        self,
        run: Run,
        owner: str,
        *,
        mode: Mode,
        path: Path | None = None,
        parent: Deck | None = None,
        options: Options | None = None,
    ) -> None:
        self.run, self.owner, self.parent = run, owner, parent
        self._path = path
        self.options = run.options if options is None else options
        self.mode = mode
        self.calls: list[RecordedCall] = []
        self.misses: list[MissError] = []
        self.report = OwnerReport(owner)
        self.closed = False
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self._takes: list[tuple[Take, Tap | None]] = []
        self._started = time.monotonic()
        self._started_at = utc_now()
        self._cassette: Cassette | None = None
        self._loaded = False
        self._bindings: Bindings | None = None
        self._player: Player | None = None
        self._redactor: Redactor | None = None
        self._values: dict[str, Any] = {}
        self._recorded = False
        self._in_moto = False

    @property
    def path(self) -> Path:
        """The cassette's file; looked for when first needed, so that an owner without calls costs nothing."""
        if self._path is None:
            self._path = self.run.library.path_of(self.owner)
        return self._path

    @property
    def command(self) -> str:
        """The command that records this owner."""
        return self.run.command(self.owner, self.report.had_cassette)

    @property
    def cassette(self) -> Cassette | None:
        """The cassette as it was when the owner began; ``None`` where there was none.

        :raises CassetteError: when there is one that cannot be used.
        """
        if not self._loaded:
            with self.lock:
                if not self._loaded:
                    self._cassette = self.run.library.load(self.path) if self.path.exists() else None
                    self.report.had_cassette = self._cassette is not None
                    self._loaded = True
        return self._cassette

    @property
    def offline(self) -> bool:
        """Whether no call of this owner reaches AWS."""
        return self.mode is Mode.NONE or (self.mode is Mode.ONCE and self.cassette is not None)

    @property
    def bindings(self) -> Bindings:
        """Recorded values tied to live ones, for this owner and everything under it."""
        if self._bindings is None:
            from replayaws.bindings import Bindings

            self._bindings = Bindings(None if self.parent is None else self.parent.bindings)
        return self._bindings

    @property
    def redactor(self) -> Redactor:
        """What redacts the calls of this owner: those to be matched, and those to be written."""
        if self._redactor is None:
            from replayaws.redaction import Redactor

            account = self.run.origin.account if self.mode.records else None
            self._redactor = Redactor(
                self.run.rules,
                accounts=(account,) if account else (),
                reserved=None if self.mode is Mode.ALL else self.cassette,
            )
        return self._redactor

    @property
    def player(self) -> Player | None:
        """What answers from the cassette; ``None`` where there is no cassette, or it is being replaced."""
        if self._player is None and self.mode is not Mode.ALL and self.cassette is not None:
            from replayaws.player import Player

            self._player = Player(
                self.cassette,
                bindings=self.bindings,
                polls=self.options.polls,
                bind=self.options.bind,
                ignore=self.options.ignore,
            )
        return self._player

    def recorded_region(self) -> str | None:
        """The default region that the surroundings had when this cassette, a parent's, or any of the library was recorded."""
        owner: Deck | None = self
        while owner is not None:
            try:
                if owner.cassette is not None and owner.cassette.recorded.region:
                    return owner.cassette.recorded.region
            except ReplayAWSError:
                pass  # a call of that owner will say it
            owner = owner.parent
        return self.run.library.default_region()

    def begin(self, client: Any, operation: str, params: Any) -> LiveCall:
        """A call of this owner begins."""
        from replayaws.live import LiveCall

        return LiveCall(self, client, operation)

    def check_nested(self, client: Any, operation: str) -> None:
        """A call that botocore makes within another: it must not happen in replay.

        :raises MissError: in replay.
        """
        from replayaws import live

        if self.offline and not live.left_to_the_user():
            service = client.meta.service_model.service_name
            self.end_with_miss(
                f"{service}.{operation} was about to be sent by botocore itself, within another call, while replaying "
                f"{self.owner}. Nothing was sent. Record the test again: {self.command}"
            )

    def find(self, call: LiveCall) -> tuple[Found | None, Missed | None]:
        """The recording that answers a call, or why none does."""
        player = self.player
        if player is None:
            return None, None
        from replayaws.player import Found

        found = player.find(call.redacted(), call.model)
        return (found, None) if isinstance(found, Found) else (None, found)

    def play(self, found: Found, call: LiveCall) -> None:
        """Mark a recording as played."""
        assert self.player is not None
        self.player.play(found, call.redacted())

    def altered(self, interaction: Interaction, call: LiveCall) -> Interaction:
        """A recorded answer with the faults that the test asked for laid over it."""
        if not self.faults:
            return interaction
        from replayaws.faults import apply

        return apply(self.faults, interaction, call.model)

    @property
    def sidecars(self) -> Path:
        """Where the large bodies of the cassette lie."""
        return sidecar_folder(self.path)

    def fallback(self) -> Fallback:
        """moto, in the scope of this owner; what it does there is gone when the owner has finished."""
        self._enter_moto()
        return self.run.fallback

    def _enter_moto(self) -> None:
        if self.parent is not None:
            self.parent._enter_moto()
        if not self._in_moto:
            self._in_moto = True
            self.run.fallback.enter()

    def leave_moto(self) -> None:
        """Undo what this owner did in moto."""
        if self._in_moto:
            self._in_moto = False
            self.run.fallback.leave()

    def journal(self, call: LiveCall, output: Callable[[], dict[str, Any]], *, failed: bool) -> None:
        """Remember a replayed call, in case moto is needed later."""
        self.fallback().journal(
            service=call.service,
            operation=call.operation,
            region=call.region,
            params=call.params,
            response=output,
            failed=failed,
            read=shapes.is_read(call.model),
        )

    def decide(self, call: LiveCall, *, matched: bool) -> Decision:
        """What happens to a call."""
        return decide(
            self.mode,
            cassette_exists=self._cassette is not None,
            match_found=matched,
            routed_to_moto=self.options.services.get(call.service) == "moto",
            fallback=self.options.fallback == "moto",
        )

    def end_with_miss(self, explanation: str) -> NoReturn:
        """Refuse a call; the miss is remembered, in case the code under test swallows it.

        :raises MissError: always.
        """
        miss = MissError(explanation)
        self.misses.append(miss)
        raise miss

    def refuse(self, call: LiveCall, missed: Missed | None, moto_said: str) -> None:
        """End a call that nothing answers.

        :raises MissError: always.
        """
        from replayaws.explanation import explain

        command = self.command
        self.report.refused.append((call.name, command))
        self.end_with_miss(
            explain(
                missed,
                call=call.redacted(),
                cassette_path=str(self.path) if self.report.had_cassette else None,
                owner=self.owner,
                moto_said=moto_said,
                command=command,
            )
        )

    def record(self, call: LiveCall, take: Take, found: Found | None) -> None:
        """Reserve a place for a call that goes to AWS, in the order in which calls are made."""
        self._check_allowed(call)
        self._recorded = True
        with self.lock:
            self._takes.append((take, None))

    def _check_allowed(self, call: LiveCall) -> None:
        accounts, regions = self.run.options.accounts, self.run.options.regions
        account = self.run.origin.account
        if accounts and account not in accounts:
            raise RecordingError(
                f"Recording {call.name} is refused: the account is {account or 'unknown'}, and aws_accounts allows only "
                f"{', '.join(accounts)}. Use credentials of an allowed account, or change aws_accounts. Nothing was sent."
            )
        if regions and call.region not in (*regions, "aws-global", None):
            raise RecordingError(
                f"Recording {call.name} is refused: the region is {call.region}, and aws_regions allows only "
                f"{', '.join(regions)}. Use an allowed region, or change aws_regions. Nothing was sent."
            )

    def keep_tap(self, take: Take, tap: Tap | None) -> None:
        """Remember where the body of a recorded answer is read."""
        with self.lock:
            for index, (other, _) in enumerate(self._takes):
                if other is take:
                    self._takes[index] = (take, tap)

    def note(self, call: RecordedCall) -> None:
        """Count a call for the report."""
        self.calls.append(call)
        source = call.source or "refused"
        self.report.sources[source] = self.report.sources.get(source, 0) + 1
        if source == "moto":
            self.report.fell_back.append(call.name)

    def value(self, name: str, factory: Any) -> Any:
        """A value recorded once and given back on replay."""
        with self.lock:
            if name in self._values:
                return self._values[name]
            recorded = self.cassette.values if self.cassette is not None and self.mode is not Mode.ALL else {}
            if name in recorded:
                self._values[name] = recorded[name]
            else:
                self._values[name] = factory()
            return self._values[name]

    def close(self, *, passed: bool) -> list[str]:
        """The owner has finished: write what was recorded if it passed.

        :returns: faults that the replay itself has, such as credit never paid; each is a reason to fail the owner.
        :raises ReplayAWSError: when the cassette cannot be written, or holds a secret.
        """
        if self.closed:
            return []
        self.closed = True
        stack.eject(self)
        try:
            self._save(passed=passed)
            return self._faults() if passed else []
        finally:
            self.run.reports.append(self.report)

    def _faults(self) -> list[str]:
        if self._player is None or self.mode not in (Mode.NONE, Mode.ONCE):
            return []
        return self._player.debts()

    def _save(self, *, passed: bool) -> None:
        new_values = (
            {} if self._cassette is None else {k: v for k, v in self._values.items() if k not in self._cassette.values}
        )
        takes = [(take, tap) for take, tap in self._takes if take.response is not None]
        if not (takes or (self._recorded and new_values)) or self.mode is Mode.VERIFY:
            return
        if not passed:
            self.report.kept = f"{self.owner} failed; {self.path} is as it was"
            return
        from replayaws import saving

        self.report.written = saving.save(self, takes)

    def provenance(self) -> Provenance:
        """Where and when this recording was made."""
        import botocore

        return Provenance(
            at=self._started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            source=", ".join(sorted({take.endpoint for take, _ in self._takes if take.endpoint})) or "aws",
            botocore=botocore.__version__,
            region=self.run.origin.region,
        )

    def seconds(self) -> float:
        """Seconds since the owner began."""
        return time.monotonic() - self._started

    def recorded_values(self) -> dict[str, Any]:
        """What :func:`replayaws.value` gave under this owner, the recorded ones included."""
        earlier = {} if self._cassette is None or self.mode is Mode.ALL else self._cassette.values
        return {**earlier, **self._values}

    def new_cassette(self, interactions: list[Any]) -> Cassette:
        """The cassette to be written: what stood there is kept where the mode appends."""
        earlier = self._cassette if self.mode is not Mode.ALL else None
        return Cassette(
            replayaws=FORMAT_VERSION,
            owner=self.owner,
            recorded=self.provenance() if earlier is None else earlier.recorded,
            kept=list(self.run.rules.kept),
            values=self.recorded_values(),
            interactions=[*(earlier.interactions if earlier is not None else ()), *interactions],
        )
