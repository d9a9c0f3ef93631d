"""One inserted cassette with its player and recorder, and the stack of them.

The stack is process state behind a lock, not a context variable: s3transfer and the program's own thread pools call from
threads in which context variables are empty.
"""

from __future__ import annotations

import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.errors import MissError, ReplayAWSError
from replayaws.modes import Decision, Mode, decide
from replayaws.run import OwnerReport, RecordedCall, Run, utc_now

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.bindings import Bindings
    from replayaws.bodies import Tap
    from replayaws.player import Found, Missed, Player
    from replayaws.recorder import Take
    from replayaws.redaction import Redactor

_stack: list[Deck] = []
_lock = threading.RLock()
_thread_owners: weakref.WeakKeyDictionary[threading.Thread, Deck] = weakref.WeakKeyDictionary()


def insert(deck: Deck) -> None:
    """Make a deck the owner of the calls from here on."""
    with _lock:
        _claim_threads()
        _stack.append(deck)


def eject(deck: Deck) -> None:
    """Take a deck off the stack, wherever it lies in it; repeating does nothing."""
    with _lock:
        _claim_threads()
        if deck in _stack:
            _stack.remove(deck)


def current() -> Deck | None:
    """The deck that owns a call made now, by this thread."""
    if not _stack:
        return None
    if threading.active_count() > 1:
        thread = threading.current_thread()
        owner = _thread_owners.get(thread)
        if owner is not None and not _is_pool_worker(thread):
            return owner
    try:
        return _stack[-1]
    except IndexError:
        return None


def replaying() -> bool:
    """Whether calls made now are replayed: nothing of the machine's surroundings counts then."""
    owner = current()
    return owner is not None and owner.offline


def recorded_region() -> str | None:
    """The default region of the surroundings that the current recordings were made in."""
    owner = current()
    return None if owner is None else owner.recorded_region()


def _claim_threads() -> None:
    """Threads started under the deck on top are its own, also when they outlive it."""
    if threading.active_count() == 1 or not _stack:
        return
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread not in _thread_owners:
            _thread_owners[thread] = _stack[-1]


def _is_pool_worker(thread: threading.Thread) -> bool:
    """Whether the thread works for a ``ThreadPoolExecutor``, which whoever submits to it makes calls from."""
    import concurrent.futures.thread as pools

    return thread in pools._threads_queues  # type: ignore[attr-defined]  # the one place that knows


class Deck:
    """One inserted cassette.

    :param owner: full id of the test or fixture instance whose calls these are.
    :param path: the cassette's file.
    :param parent: the deck of the wider scope that this one stands under.
    """

    def __init__(self, run: Run, owner: str, path: Path, *, mode: Mode, parent: Deck | None = None, options: Any = None) -> None:
        self.run, self.owner, self.path, self.parent = run, owner, path, parent
        self.options = run.options if options is None else options
        self.mode = mode
        self.calls: list[RecordedCall] = []
        self.misses: list[MissError] = []
        self.report = OwnerReport(owner)
        self.closed = False
        self._lock = threading.RLock()
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

    @property
    def cassette(self) -> Cassette | None:
        """The cassette as it was when the owner began; ``None`` where there was none.

        :raises CassetteError: when there is one that cannot be used.
        """
        if not self._loaded:
            with self._lock:
                if not self._loaded:
                    self._cassette = self.run.library.load(self.path) if self.path.exists() else None
                    self.report.had_cassette = self._cassette is not None
                    self._loaded = True
        return self._cassette

    @property
    def offline(self) -> bool:
        """Whether no call of this owner reaches AWS."""
        if self.mode is Mode.ONCE:
            return self.path.exists() and not self._recorded
        return self.mode is Mode.NONE

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
                self.run.rules, accounts=(account,) if account else (), reserved=None if self.mode is Mode.ALL else self.cassette
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
        return LiveCall(self, client, operation)

    def check_nested(self, client: Any, operation: str) -> None:
        """A call that botocore makes within another: it must not happen in replay.

        :raises MissError: in replay.
        """
        if self.offline and not _left_to_the_user():
            service = client.meta.service_model.service_name
            self._refuse(
                f"{service}.{operation} was about to be sent by botocore itself, within another call, while replaying "
                f"{self.owner}. Nothing was sent. Record the test again: {self.run.command(self.owner)}"
            )

    def find(self, call: LiveCall) -> Found | Missed | None:
        """The recording that answers a call."""
        player = self.player
        return None if player is None else player.find(call.redacted(), call.model)

    def decide(self, call: LiveCall, *, matched: bool) -> Decision:
        """What happens to a call."""
        return decide(
            self.mode,
            cassette_exists=self._cassette is not None,
            match_found=matched,
            routed_to_moto=self.options.services.get(call.service) == "moto",
            fallback=self.options.fallback == "moto",
        )

    def _refuse(self, explanation: str) -> None:
        miss = MissError(explanation)
        self.misses.append(miss)
        raise miss

    def refuse(self, call: LiveCall, missed: Missed | None, moto_said: str) -> None:
        """End a call that nothing answers.

        :raises MissError: always.
        """
        from replayaws.explanation import explain

        command = self.run.command(self.owner)
        self.report.refused.append((call.name, command))
        self._refuse(
            explain(
                missed,
                call=call.redacted(),
                cassette_path=str(self.path) if self.report.had_cassette else None,
                owner=self.owner,
                moto_said=moto_said,
                command=command,
            )
        )

    def record(self, call: LiveCall, take: Take) -> None:
        """Reserve a place for a call that goes to AWS, in the order in which calls are made."""
        self._check_allowed(call)
        self._recorded = True
        with self._lock:
            self._takes.append((take, None))

    def _check_allowed(self, call: LiveCall) -> None:
        from replayaws.errors import RecordingError

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
        with self._lock:
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
        with self._lock:
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
        eject(self)
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
        new_values = {} if self._cassette is None else {k: v for k, v in self._values.items() if k not in self._cassette.values}
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

        origin = self.run.origin
        return Provenance(
            at=self._started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            source=origin.source,
            botocore=botocore.__version__,
            region=origin.region,
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
            kept=list(self.run.options.keep),
            values=self.recorded_values(),
            interactions=[*(earlier.interactions if earlier is not None else ()), *interactions],
        )


class LiveCall:
    """One call on its way through botocore."""

    __slots__ = (
        "_found",
        "_redacted",
        "_sent",
        "_take",
        "client",
        "deck",
        "log",
        "model",
        "offline",
        "operation",
        "params",
        "raised",
        "region",
        "service",
        "started",
        "written",
    )

    def __init__(self, deck: Deck, client: Any, operation: str) -> None:
        self.deck, self.client, self.operation = deck, client, operation
        self.service: str = client.meta.service_model.service_name
        self.region: str | None = client.meta.region_name
        self.offline = False
        self.raised: str | None = None
        self.log: RecordedCall | None = None
        self.written: dict[str, Any] | None = None
        self.params: dict[str, Any] = {}
        self._redacted: Any = None
        self._take: Take | None = None
        self._sent = False

    @property
    def name(self) -> str:
        """Service and operation."""
        return f"{self.service}.{self.operation}"

    def remember(self, params: dict[str, Any], model: OperationModel) -> None:
        """The final parameters, before botocore validates and serialises them."""
        self.params, self.model = params, model

    def _write_params(self) -> dict[str, Any]:
        if self.written is None:
            from replayaws import codec

            params = self.params
            if self.model.has_streaming_input:
                from replayaws import bodies

                params = bodies.with_written_body(params, self.model)
            self.written = codec.encode(params, self.model.input_shape)
        return self.written

    def redacted(self) -> Any:
        """The call as a cassette would hold it."""
        if self._redacted is None:
            from replayaws import shapes
            from replayaws.interaction import Call

            tokens = shapes.idempotency_tokens(self.model)
            written = self._write_params()
            if tokens:
                written = {name: value for name, value in written.items() if name not in tokens}
            self._redacted = Call(
                service=self.service,
                operation=self.operation,
                region=self.region,
                params=self.deck.redactor.params(written, self.model),
            )
        return self._redacted

    def answer(self, request: dict[str, Any], signer: Any, context: dict[str, Any]) -> Any:
        """What ``before-call`` returns: an answer, or ``None`` to let botocore send the call.

        :raises MissError: when nothing answers.
        """
        deck = self.deck
        if _left_to_the_user():
            return None
        if deck.closed:
            deck._refuse(
                f"{self.name} was called by thread {threading.current_thread().name!r}, which has outlived its owner, "
                f"{deck.owner}. Nothing was sent. Join the thread before the test ends."
            )
        self.log = RecordedCall(self.service, self.operation, self.params, self.region)
        with deck._lock:
            found = deck.find(self)
            matched = found is not None and bool(found)
            decision = deck.decide(self, matched=matched)
            if decision is Decision.REPLAY:
                assert deck.player is not None
                deck.player.play(found, self.redacted())
        try:
            if decision is Decision.REPLAY:
                return self._replay(found, request, signer, context)
            if decision in (Decision.RECORD, Decision.COMPARE):
                return self._let_through(None if not matched else found)
            return self._fall_back(None if matched else found, request, signer, decision)
        except MissError:
            deck.note(self.log)
            raise

    def _replay(self, found: Any, request: dict[str, Any], signer: Any, context: dict[str, Any]) -> Any:
        from replayaws import answers, library

        deck = self.deck
        interaction = found.interaction
        output = answers.parsed(
            interaction, self.model, deck.bindings, folder=library.sidecar_folder(deck.path)
        )
        if interaction.exception:
            _choose_exception(self.client, output, interaction.exception, context)
        self._consume_body()
        deck.run.fallback.journal(
            service=self.service,
            operation=self.operation,
            region=self.region,
            params=self.params,
            response=output,
            failed="Error" in output,
            read=found.reads,
        )
        return self._answered("cassette", output, request, signer)

    def _consume_body(self) -> None:
        if self.model.has_streaming_input:
            from replayaws import bodies

            bodies.consume(self.params, self.model)

    def _fall_back(self, missed: Any, request: dict[str, Any], signer: Any, decision: Decision) -> Any:
        if decision is Decision.REFUSE:
            self.deck.refuse(self, missed, "not asked: aws_fallback is error")
        from replayaws.fallback import NoAnswer

        answer = self.deck.run.fallback.answer(
            service=self.service, operation=self.operation, region=self.region, params=self.params
        )
        if isinstance(answer, NoAnswer):
            self.deck.refuse(self, missed, answer.reason)
            return None
        return self._answered("moto", answer.parsed, request, signer, http=answer.http)

    def _answered(self, source: str, output: dict[str, Any], request: dict[str, Any], signer: Any, http: Any = None) -> Any:
        assert self.log is not None
        self.offline = True
        self.log.source = source
        self._show(output)
        self.deck.note(self.log)
        metadata = output.get("ResponseMetadata", {})
        return _http_response(request, metadata, signer) if http is None or _is_async(signer) else http, output

    def _show(self, output: dict[str, Any]) -> None:
        assert self.log is not None
        if "Error" in output and output.get("ResponseMetadata", {}).get("HTTPStatusCode", 200) >= 300:
            self.log.error = output["Error"]
        else:
            self.log.response = output

    def _let_through(self, found: Any) -> None:
        from replayaws.recorder import Take

        deck = self.deck
        self._take = Take(
            service=self.service,
            operation=self.operation,
            region=self.region,
            model=self.model,
            params=self._write_params(),
            seconds=deck.seconds(),
        )
        deck.record(self, self._take)

    def sent(self) -> None:
        """botocore has made an HTTP request of it."""
        self._sent = True

    def received(self, http_response: Any, parsed: dict[str, Any]) -> None:
        """AWS has answered: take the output before botocore's own handlers change it."""
        take = self._take
        if take is None or not self._sent or take.response is not None:
            return
        assert self.log is not None
        take.took = self.deck.seconds() - take.seconds
        from replayaws import bodies

        if self.service == "s3" and self.operation == "GetBucketLocation":
            from botocore.handlers import parse_get_bucket_location

            # botocore reads this one from the body, in a handler that finds no body on replay.
            parse_get_bucket_location(parsed=parsed, http_response=http_response)
        tap = bodies.tap(parsed, self.model)
        visible = parsed if tap is None else {name: value for name, value in parsed.items() if name != tap.member}
        take.take(visible)
        self.deck.keep_tap(take, tap)
        self.log.source = "aws"
        self._show(parsed)
        self.deck.note(self.log)

    def end(self) -> None:
        """The call has returned or raised."""
        if self._take is not None:
            self._take.exception = self.raised


def _choose_exception(client: Any, output: dict[str, Any], name: str, context: dict[str, Any]) -> None:
    """Let botocore raise the class it raised when recording, also where error codes changed with the protocol."""
    code = output.get("Error", {}).get("Code")
    if client.exceptions.from_code(code).__name__ == name:
        return
    for shape in client.meta.service_model.error_shapes:
        if shape.name == name:
            context["error_code_override"] = shape.error_code
            return


def _left_to_the_user() -> bool:
    """Whether the user's own ``mock_aws`` is active: a test under it is left alone."""
    import sys

    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def _is_async(signer: Any) -> bool:
    return type(signer).__module__.startswith("aiobotocore")


def _http_response(request: dict[str, Any], metadata: dict[str, Any], signer: Any) -> Any:
    url, status = request.get("url", ""), metadata.get("HTTPStatusCode", 200)
    headers = metadata.get("HTTPHeaders", {})
    if _is_async(signer):
        from replayaws import aio

        return aio.response(url, status, headers)
    from botocore.awsrequest import AWSResponse

    return AWSResponse(url, status, headers, None)
