"""One inserted cassette with its player and recorder: what answers the calls of one owner."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from replayaws import shapes
from replayaws.decisions import Decision, decide
from replayaws.errors import MissError, ReplayAWSError
from replayaws.library import sidecar_folder
from replayaws.modes import Mode
from replayaws.options import Options
from replayaws.recording import Recording
from replayaws.run import OwnerReport, RecordedCall, Run
from replayaws.watching import Watch

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.answers import Outputs
    from replayaws.beside import PlainCall
    from replayaws.bindings import Bindings
    from replayaws.cassette import Cassette
    from replayaws.fallback.fallback import Fallback
    from replayaws.fallback.journal import Entry
    from replayaws.faults import Fault
    from replayaws.found import Found, Missed
    from replayaws.interaction import Call, Interaction
    from replayaws.live import LiveCall
    from replayaws.parameters import Written
    from replayaws.player import Player
    from replayaws.recorder import ApiTake, Take
    from replayaws.redaction import Redactor
    from replayaws.values import Values


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
        path: Path | None = None,
        parent: Deck | None = None,
        options: Options | None = None,
    ) -> None:
        self.run, self.owner, self.parent = run, owner, parent
        self._path = path
        self.options = run.options if options is None else options
        self.mode = run.mode
        self.calls: list[RecordedCall] = []
        self.misses: list[MissError] = []
        self.report = OwnerReport(owner)
        self.closed = False
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.recording = Recording()
        self.watch = None if run.show is None else Watch(run.show)
        self.is_needed_live = False
        self.misaligned: str | None = None
        self.tearing_down = False
        self._drift: list[str] = []
        self._cassette: Cassette | None = None
        self._loaded = False
        self._bindings: Bindings | None = None
        self._binds_in: Deck | None = None
        self._given: Bindings | None = None
        self._player: Player | None = None
        self._redactor: Redactor | None = None
        self._outputs: Outputs | None = None
        self._values: Values | None = None
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
                    self._cassette = self._load()
                    self.report.had_cassette = self._cassette is not None
                    self._intercept_http()
                    self._loaded = True
        return self._cassette

    def _load(self) -> Cassette | None:
        library, text = self.run.library, None
        if self._path is None:
            self._path, text = library.find(self.owner)
        return library.load(self._path, text) if text is not None or self._path.exists() else None

    def _intercept_http(self) -> None:
        """vcrpy is imported only for a cassette that holds plain HTTP, or where some may be recorded."""
        if self._cassette is not None and any(one.service == "http" for one in self._cassette.interactions):
            from replayaws import beside

            self.run.intercept_http(beside.recorded_hosts(self._cassette))

    @property
    def must_be_live(self) -> bool:
        """Whether it runs live beside its cassette, which may have been written by another process since the owner began."""
        return self.is_needed_live and self.cassette is not None

    @property
    def offline(self) -> bool:
        """Whether no call of this owner reaches AWS."""
        if self.mode is Mode.ONCE:
            return self.cassette is not None and not self.must_be_live
        return self.mode is Mode.NONE

    @property
    def bindings(self) -> Bindings:
        """Recorded values tied to live ones, for this owner and everything under it."""
        if self._binds_in is not None:
            return self._binds_in.bindings
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
                reserved=None if self.replacing else self.cassette,
                beside=self.must_be_live,
            )
        if self.mode.records and self.parent is not None:
            from replayaws import inheritance

            inheritance.inherit(self._redactor, self.parent)
        return self._redactor

    def redacted_params(self, written: Written, model: OperationModel) -> dict[str, Any]:
        """The parameters of a call that is being made; most have nothing to hide, and need no redactor for it."""
        options = self.run.options
        if written.is_clean and self._redactor is None and not (self.mode.records or options.redact or options.keep):
            return written.params
        return self.redactor.outgoing(written, model)

    @property
    def player(self) -> Player | None:
        """What answers from the cassette; ``None`` where there is no cassette, or it is being replaced."""
        if self._player is None and not self.replacing and self.cassette is not None:
            from replayaws.player import Player

            self._player = Player(
                self.cassette,
                bindings=self.bindings,
                polls=self.options.polls,
                bind=self.options.bind,
                ignore=self.options.ignore,
            )
        return self._player

    def bind_in(self, wider: Deck) -> None:
        """What this owner binds is bound in a wider one: what an imported module made is there for every test."""
        self._binds_in = wider

    @property
    def outputs(self) -> Outputs:
        """What turns recordings back into parsed outputs."""
        if self._outputs is None:
            from replayaws.answers import Outputs

            folder = functools.partial(sidecar_folder, self.path)
            self._outputs = Outputs(folder, refuse=functools.partial(_remembered_miss, self.misses))
        return self._outputs

    def stand_under(self, parent: Deck) -> None:
        """A wider fixture has been set up since this owner began: what it binds counts here too."""
        self.parent = parent
        if self._bindings is not None:
            self._bindings.stand_under(parent.bindings)

    @property
    def replacing(self) -> bool:
        """Whether what is recorded takes the place of the old cassette."""
        return self.mode is Mode.ALL and not self.must_be_live

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
        return _live_call()(self, client, operation)

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

    def find(self, call: Call, model: OperationModel | None) -> tuple[Found | None, Missed | None]:
        """The recording that answers a call, or why none does.

        :param call: redacted.
        :param model: ``None`` for plain HTTP.
        """
        player = self.player
        if player is None:
            return None, None
        from replayaws.found import Found

        found = player.find(call, model)
        return (found, None) if isinstance(found, Found) else (None, found)

    def play(self, found: Found) -> None:
        """Mark a recording as played."""
        assert self.player is not None
        self.player.play(found)
        if found.fit is not None and found.fit.redacted:
            self._give_back(found.fit.redacted)

    def _give_back(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Let answers hold what the program itself gave where the recording has a placeholder for it."""
        for recorded, live in pairs:
            given = self.redactor.original(live)
            if given is not None:
                if self._given is None:
                    from replayaws.bindings import Bindings

                    self._given = Bindings(self.bindings)
                self._given.bind(recorded, given)

    @property
    def answering(self) -> Bindings:
        """What answers are rewritten by: the bindings, and secrets of the program's own, which are never printed."""
        return self.bindings if self._given is None else self._given

    def adopt_cassette(self) -> None:
        """Another process has written this owner's cassette: from here on it stays, and calls go live beside it."""
        self._loaded, self._player, self._redactor = False, None, None
        self.is_needed_live = True

    def redacted_call(self, take: ApiTake) -> Call:
        """A recorded call as the cassette holds it."""
        from replayaws.interaction import Call

        tokens = shapes.idempotency_tokens(take.model)
        params = {name: value for name, value in take.params.items() if name not in tokens}
        return Call(
            service=take.service,
            operation=take.operation,
            region=take.region,
            params=self.redactor.params(params, take.model),
        )

    def is_to_fail(self, interaction: Interaction) -> bool:
        """Whether a fault makes this answer an error: then the recording waits for the call that does not fail."""
        if not self.faults:
            return False
        from replayaws.faults import fails

        return fails(self.faults, interaction)

    def altered(self, interaction: Interaction, call: LiveCall) -> Interaction:
        """A recorded answer with the faults that the test asked for laid over it."""
        if not self.faults:
            return interaction
        from replayaws.faults import apply

        return apply(self.faults, interaction, call.model)

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
            if self._cassette is not None:
                self.run.fallback.foresee(self._recorded_entries)

    def _recorded_entries(self) -> Iterator[Entry]:
        from replayaws.fallback.foresight import entries

        return iter(()) if self._cassette is None else entries(self._cassette)

    def leave_moto(self) -> None:
        """Undo what this owner did in moto."""
        if self._in_moto:
            self._in_moto = False
            self.run.fallback.leave()

    def decide(self, service: str, *, matched: bool) -> Decision:
        """What happens to a call."""
        return decide(
            self.mode,
            cassette_exists=self._cassette is not None,
            match_found=matched,
            routed_to_moto=self.options.services.get(service) == "moto",
            fallback=self.options.fallback == "moto",
            must_be_live=self.must_be_live,
        )

    def end_with_miss(self, explanation: str) -> NoReturn:
        """Refuse a call; the miss is remembered, in case the code under test swallows it.

        :raises MissError: always.
        """
        raise self.miss(explanation)

    def miss(self, explanation: str) -> MissError:
        """A miss for somebody else to raise, remembered."""
        return _remembered_miss(self.misses, explanation)

    def refuse(self, call: Call, missed: Missed | None, moto_said: str) -> NoReturn:
        """End a call that nothing answers.

        :raises MissError: always.
        """
        from replayaws.refusal import refusal

        self.report.refused.append((call.name, self.command))
        self.end_with_miss(refusal(self, call, missed, moto_said))

    def let_through(self, call: LiveCall, take: ApiTake) -> None:
        """Reserve a place for a call that goes to AWS, in the order in which calls are made.

        :raises RecordingError: when its account or region may not be recorded, or it stands under a fixture that no
            longer makes the calls of its recording.
        """
        from replayaws import allowed

        allowed.check(self.run, call.name, call.region)
        self.recording.reserve(take)

    def beside(self, decision: Decision, found: Found | None, call: LiveCall | PlainCall, take: Take) -> None:
        """AWS has answered a call or plain request that a recording holds too, or should."""
        from replayaws import alongside

        recorded = None if found is None else found.interaction
        if decision is Decision.ALIGN and not self.tearing_down:  # no test relies on what a tear-down does
            self.misaligned = self.misaligned or alongside.align(
                call.redacted(), take, recorded, self.redactor, self.bindings
            )
        elif decision is Decision.COMPARE:
            self._drift += alongside.compare(call.redacted(), take, recorded, self.redactor, self.bindings)

    def note(self, call: RecordedCall) -> None:
        """Count a call for the report."""
        self.calls.append(call)
        source = call.source or "refused"
        self.report.sources[source] = self.report.sources.get(source, 0) + 1
        if source == "moto":
            self.report.fell_back.append(call.name)

    @property
    def values(self) -> Values:
        """What :func:`replayaws.value` gives under this owner."""
        with self.lock:
            if self._values is None:
                from replayaws.values import Values

                self._values = Values(self._recorded_values)
            return self._values

    def _recorded_values(self) -> dict[str, Any]:
        return {} if self.cassette is None or self.replacing else self.cassette.values

    def close(self, *, passed: bool) -> list[str]:
        """The owner has finished: write what was recorded if it passed.

        :returns: faults that the replay itself has, such as credit never paid; each is a reason to fail the owner.
        :raises ReplayAWSError: when the cassette cannot be written, or holds a secret.
        """
        self.closed = True
        if self.watch is not None:
            self.watch.end()
        try:
            if self.recording.takes or self._has_new_values():
                from replayaws import saving

                saving.end(self, passed=passed)
            return self._faults() if passed else []
        finally:
            self.leave_moto()
            if self._bindings:
                self.report.bound = [f"{recorded} is {live} in this run" for recorded, live in self._bindings.own()]
            self.run.reports.append(self.report)

    def _has_new_values(self) -> bool:
        return self._values is not None and self.mode.records and not self.offline and self._values.are_new

    def _faults(self) -> list[str]:
        """What a passing owner still fails for."""
        faults = [f"{self.owner} has drifted: {drift}" for drift in self._drift]
        if self._cassette is not None:
            from replayaws import verdict

            faults += verdict.of(self, self._cassette, self._player if self.offline else None)
        return faults


def _remembered_miss(misses: list[MissError], explanation: str) -> MissError:
    miss = MissError(explanation)
    misses.append(miss)
    return miss


@functools.lru_cache(maxsize=1)
def _live_call() -> type[LiveCall]:
    from replayaws.live import LiveCall  # imports botocore

    return LiveCall
