"""Plain HTTP to AWS hosts as calls of their owners: recorded into the same cassette, replayed, or refused."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from replayaws import hosts, nesting, stack
from replayaws.decisions import Decision
from replayaws.interaction import Call, Interaction, raw
from replayaws.run import RecordedCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayaws.bindings import Bindings
    from replayaws.cassette import Cassette
    from replayaws.deck import Deck
    from replayaws.found import Found
    from replayaws.http import HttpAnswer, HttpRequest, HttpTap
    from replayaws.redaction import Redactor

_READS = ("GET", "HEAD", "OPTIONS")
_tap: HttpTap | None = None
_lock = threading.Lock()


def start(extra_hosts: Sequence[str] = ()) -> None:
    """Begin to intercept plain HTTP to AWS hosts, and further ones; repeating adds hosts only. Imports vcrpy."""
    global _tap
    with _lock:
        if _tap is None:
            from replayaws.http import HttpTap

            _tap = HttpTap(_answer, _received, in_botocore_call=nesting.in_botocore_call.get)
        _tap.add_hosts(extra_hosts)
        _tap.start()


def intercepted() -> tuple[str, ...] | None:
    """Further hosts whose requests are intercepted; ``None`` where nothing is."""
    return None if _tap is None else _tap.extra_hosts


def recorded_hosts(cassette: Cassette) -> list[str]:
    """The hosts, with their ports, to which a cassette holds plain requests."""
    urls = (str(one.decoded_params().get("url", "")) for one in cassette.interactions if one.service == "http")
    return [urlsplit(url).netloc for url in dict.fromkeys(urls)]


def stop() -> None:
    """End the interception, and the guard."""
    global _tap
    with _lock:
        if _tap is not None:
            _tap.stop()
            _tap = None
    hosts.unguard_network()


def refuse_connection(host: str) -> None:
    """Refuse a connection to an AWS host while its owner replays, by whatever means it is opened.

    :raises MissError: in replay.
    """
    owner = stack.current()
    if owner is None or not owner.offline:
        return
    owner.end_with_miss(
        f"A connection to {host} was about to be opened while replaying {owner.owner}. Nothing was sent. "
        f"If it is plain HTTP, such as a signed URL, record it: {owner.command}"
    )


@dataclasses.dataclass(slots=True)
class HttpTake:
    """A plain request on its way into a cassette; the sibling of :class:`replayaws.recorder.ApiTake`.

    :param decision: why it is sent.
    :param found: the recording that answers it, where one does.
    """

    request: HttpRequest
    seconds: float
    call: PlainCall
    decision: Decision
    found: Found | None
    took: float = 0.0
    response: HttpAnswer | None = None
    endpoint: str | None = None

    @property
    def answered(self) -> bool:
        """Whether the host has answered."""
        return self.response is not None

    @property
    def reads(self) -> bool:
        """Whether the request only reads."""
        return self.request.method.upper() in _READS

    def interaction(self, redactor: Redactor, bindings: Bindings) -> Interaction:
        """The redacted interaction, in the recorded identifiers."""
        from replayaws import http

        assert self.response is not None
        made = http.interaction(self.request, self.response, redactor, seconds=self.seconds, took=self.took)
        return msgspec.structs.replace(
            made,
            params=raw(bindings.to_recorded(made.decoded_params())),
            response=raw(bindings.to_recorded(made.decoded_response())),
        )


def _answer(request: HttpRequest) -> HttpAnswer | None:
    """An answer to give instead of sending a request; ``None`` to send it.

    :raises MissError: when nothing answers in replay.
    """
    from replayaws import live

    owner = stack.current()
    if owner is None or live.left_to_the_user() or not _concerns(owner, request):
        return None
    return PlainCall(owner, request).answer()


def _concerns(owner: Deck, request: HttpRequest) -> bool:
    """Whether a request is to AWS, or to a host that this owner records or replays; that of another owner may be the user's."""
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    if hosts.is_aws_host(host):
        return True
    extra = (*owner.options.http_hosts, owner.run.stand_in, *(recorded_hosts(owner.cassette) if owner.cassette else ()))
    return hosts.is_aws_host(host, filter(None, extra), port=parts.port)


def _received(request: HttpRequest, answer: HttpAnswer) -> None:
    owner = stack.current()
    if owner is None:
        return
    for take in owner.recording.waiting():
        if isinstance(take, HttpTake) and (take.request.method, take.request.url) == (request.method, request.url):
            take.took = owner.recording.seconds() - take.seconds
            take.response = answer
            owner.beside(take.decision, take.found, take.call, take)
            owner.note(_logged(request, "aws", answer))
            return


def _logged(request: HttpRequest, source: str | None, answer: HttpAnswer | None) -> RecordedCall:
    response = (
        None if answer is None else {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    )
    return RecordedCall("http", request.method.upper(), {"url": request.url}, None, source, response)


class PlainCall:
    """One plain request."""

    def __init__(self, owner: Deck, request: HttpRequest) -> None:
        self.owner, self.request = owner, request

    def redacted(self) -> Call:
        """The request as a cassette holds it."""
        from replayaws import http

        redactor = self.owner.redactor
        params = redactor.params(http.written_request(self.request), None)
        return Call(
            service=http.SERVICE,
            operation=self.request.method.upper(),
            params={**params, "url": redactor.text(params["url"])},
        )

    def answer(self) -> HttpAnswer | None:
        """As :func:`_answer`."""
        owner, call = self.owner, self.redacted()
        with owner.lock:
            found, missed = owner.find(call, None)
            decision = owner.decide("s3", matched=found is not None)
            if found is not None and decision is not Decision.RECORD:
                owner.play(found)
        if decision is Decision.REPLAY and found is not None:
            return self._replayed(found.interaction)
        if decision in (Decision.RECORD, Decision.ALIGN, Decision.COMPARE):
            self._let_through(decision, found)
            return None
        answer = self._from_moto() if decision is Decision.FALL_BACK else None
        if answer is None:
            owner.note(_logged(self.request, None, None))
            said = (
                "moto has no answer to plain HTTP here"
                if decision is Decision.FALL_BACK
                else "not asked: aws_fallback is error"
            )
            owner.refuse(call, missed, said)
        return answer

    def _replayed(self, interaction: Interaction) -> HttpAnswer:
        from replayaws import http

        answer = http.answer_of(self.owner.bindings.to_live(interaction.decoded_response()))
        self.owner.note(_logged(self.request, "cassette", answer))
        return answer

    def _let_through(self, decision: Decision, found: Found | None) -> None:
        parts = urlsplit(self.request.url)
        endpoint = None if hosts.is_aws_host(parts.hostname or "") else f"{parts.scheme}://{parts.netloc}"
        seconds = self.owner.recording.seconds()
        take = HttpTake(self.request, seconds, call=self, decision=decision, found=found, endpoint=endpoint)
        self.owner.recording.reserve(take)

    def _from_moto(self) -> HttpAnswer | None:
        from replayaws import http

        answer = http.moto_answer(self.request, self.owner.fallback().process)
        if answer is not None:
            self.owner.note(_logged(self.request, "moto", answer))
        return answer
