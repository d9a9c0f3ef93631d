"""One call on its way through botocore, from the client's method to the answer."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from replayaws import answers, codec, parameters, shapes
from replayaws.decisions import Decision
from replayaws.errors import MissError
from replayaws.found import Found
from replayaws.interaction import NOTHING, Call, Interaction
from replayaws.replayed import Replayed, is_given_as_parsed
from replayaws.run import RecordedCall

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from botocore.model import OperationModel

    from replayaws.deck import Deck
    from replayaws.found import Missed
    from replayaws.taking import Taking
    from replayaws.uploads import RequestBody


class LiveCall:
    """One call on its way through botocore."""

    offline = False
    raised: str | None = None
    model: OperationModel
    params: dict[str, Any]
    _written: dict[str, Any] | None = None
    _redacted: Call | None = None
    _taking: Taking | None = None
    _body: RequestBody | None = None

    def __init__(self, deck: Deck, client: Any, operation: str) -> None:
        self.deck, self.client, self.operation = deck, client, operation
        self.service: str = client.meta.service_model.service_name
        self.region: str | None = client.meta.region_name

    def __deepcopy__(self, memo: dict[int, Any]) -> LiveCall:
        """Itself: botocore copies a request with its context, where this call stands, to sign a URL of it."""
        return self

    @property
    def name(self) -> str:
        """Service and operation."""
        return f"{self.service}.{self.operation}"

    def remember(self, params: dict[str, Any], model: OperationModel) -> Awaitable[None] | None:
        """The final parameters, before botocore validates and serialises them.

        :returns: what aiobotocore must await before going on, for a body with an asynchronous ``read``.
        """
        self.params, self.model = params, model
        if not shapes.streams(model).sends:
            return None
        from replayaws import uploads

        self._body = uploads.take_request_body(params, model)
        return None if self._body is None else self._body.settle()

    def write_params(self) -> dict[str, Any]:
        """The parameters in written form."""
        if self._written is None:
            if self._body is None:
                self._written = codec.encode(self.params, self.model.input_shape)
            else:
                from replayaws import uploads

                self._written = uploads.write_params(self.params, self.model, self._body)
        return self._written

    def redacted(self) -> Call:
        """The call as a cassette would hold it."""
        if self._redacted is None:
            region = shapes.region_of(self.service, self.region)
            self._redacted = Call(
                service=self.service, operation=self.operation, region=region, params=self._redacted_params()
            )
        return self._redacted

    def _redacted_params(self) -> dict[str, Any]:
        if self._body is not None:
            tokens = shapes.idempotency_tokens(self.model)
            written = {name: value for name, value in self.write_params().items() if name not in tokens}
            return self.deck.redactor.params(written, self.model)
        return self.deck.redacted_params(parameters.written(self.params, self.model), self.model)

    def answer(self, request: dict[str, Any], context: dict[str, Any]) -> Any:
        """What ``before-call`` returns: an answer, or ``None`` to let botocore send the call.

        :raises MissError: when nothing answers.
        """
        deck = self.deck
        if left_to_the_user():
            return None
        if deck.closed:
            deck.end_with_miss(
                f"{self.name} was called by thread {threading.current_thread().name!r}, which has outlived its owner, "
                f"{deck.owner}. Nothing was sent. Join the thread before the test ends."
            )
        try:
            with deck.lock:
                found: Found | None = None
                missed: Missed | None = None
                player = deck.player
                if player is not None:
                    call = self.redacted()
                    answer = player.find(call, self.model)
                    if not isinstance(answer, Found):
                        from replayaws import tying

                        if tying.tie(answer, call, player, deck.redactor):
                            self._redacted = None
                            answer = player.find(self.redacted(), self.model)
                    if isinstance(answer, Found):
                        found = answer
                    else:
                        missed = answer
                decision = deck.decide(self.service, matched=found is not None)
                if found is not None and decision is not Decision.RECORD and not deck.is_to_fail(found.interaction):
                    deck.play(found)
            if decision is Decision.REPLAY and found is not None:
                return self._replay(found, request, context)
            if decision in (Decision.RECORD, Decision.ALIGN, Decision.COMPARE):
                return self._let_through(request, found, decision)
            return self._fall_back(missed, request, decision)
        except MissError:
            deck.note(RecordedCall(self.service, self.operation, self.params, self.region))
            raise

    def _replay(self, found: Found, request: dict[str, Any], context: dict[str, Any]) -> Any:
        deck = self.deck
        interaction = deck.altered(found.interaction, self)
        bindings = deck.answering
        answer = deck.outputs.parsed(interaction, self.model, bindings, answers.way_of(self.client))
        if interaction.exception:
            _choose_exception(self.client, answer, interaction.exception, context)
        if self._body is not None:
            self._body.consume()
        self.offline = True
        if interaction.error == NOTHING:
            self._note(interaction, answer, is_made_again=not bindings)
        else:
            self.log("cassette", answer)
        return _http_response(request, answer["ResponseMetadata"], self.client), answer

    def _note(self, interaction: Interaction, answer: dict[str, Any], *, is_made_again: bool) -> None:
        """Remember a call that succeeded, for whoever looks at the calls, and for moto.

        :param is_made_again: whether making the answer anew makes the same one.
        """
        deck, model, way = self.deck, self.model, answers.way_of(self.client)
        exactly = parameters.snapshot(self.params)
        if exactly is not None:
            call = Replayed(deck.outputs, deck.answering, way, self.region, model, exactly, interaction)
            if not is_made_again or shapes.streams(model).gives or not is_given_as_parsed(model):
                call.response = answer
            deck.note(call)
            deck.fallback().note(call.entry)
            return
        self.log("cassette", answer)
        deck.fallback().journal(
            service=self.service,
            operation=self.operation,
            region=self.region,
            params=self.params,
            response=lambda: deck.outputs.parsed(interaction, model, deck.answering, way),
            failed=False,
            read=shapes.is_read(model, self.operation),
        )

    def _fall_back(self, missed: Missed | None, request: dict[str, Any], decision: Decision) -> Any:
        if decision is Decision.REFUSE:
            self.deck.refuse(self.redacted(), missed, "not asked: aws_fallback is error")
        answer = self.deck.fallback().answer(
            service=self.service, operation=self.operation, region=self.region, params=self.params
        )
        from replayaws.fallback.answers import NoAnswer

        if isinstance(answer, NoAnswer):
            self.deck.refuse(self.redacted(), missed, answer.reason)
        if answers.is_async(self.client):
            from replayaws import aio, taking

            aio.adapt(answer.parsed, self.model, httpx=aio.uses_httpx(self.client))
            if taking.reads_location(self):
                taking.parse_location(answer.http, answer.parsed)
        self.offline = True
        self.log("moto", answer.parsed)
        if answers.is_async(self.client):
            return _http_response(request, answer.parsed["ResponseMetadata"], self.client), answer.parsed
        return answer.http, answer.parsed

    def log(self, source: str, output: dict[str, Any]) -> None:
        """Remember a call and its whole answer, for whoever looks at the calls."""
        call = RecordedCall(self.service, self.operation, self.params, self.region, source)
        if _failed(output):
            call.error = output["Error"]
        else:
            call.response = output
        self.deck.note(call)

    def _let_through(self, request: dict[str, Any], found: Found | None, decision: Decision) -> None:
        from replayaws.taking import Taking

        self._taking = Taking(self, request.get("url", ""), decision, found)
        self.deck.let_through(self, self._taking.take)

    def sent(self) -> None:
        """botocore has made an HTTP request of it."""
        if self._taking is not None:
            self._taking.sent = True

    def received(self, http_response: Any, parsed: dict[str, Any]) -> Awaitable[None] | None:
        """AWS has answered: take the output before botocore's own handlers change it.

        :returns: what aiobotocore must await before going on, for a body that is fetched at once.
        """
        return None if self._taking is None else self._taking.received(http_response, parsed)

    def end(self) -> None:
        """The call has returned or raised."""
        if self._taking is not None:
            self._taking.take.exception = self.raised


def _failed(output: dict[str, Any]) -> bool:
    return bool(output.get("ResponseMetadata", {}).get("HTTPStatusCode", 200) >= 300)


def _choose_exception(client: Any, output: dict[str, Any], name: str, context: dict[str, Any]) -> None:
    """Let botocore raise the class it raised when recording, also where error codes changed with the protocol."""
    code = output.get("Error", {}).get("Code")
    if client.exceptions.from_code(code).__name__ == name:
        return
    for shape in client.meta.service_model.error_shapes:
        if shape.name == name:
            context["error_code_override"] = shape.error_code
            return


def left_to_the_user() -> bool:
    """Whether the user's own ``mock_aws`` is active: a test under it is left alone."""
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)


def _http_response(request: dict[str, Any], metadata: dict[str, Any], client: Any) -> Any:
    url, status = request.get("url", ""), metadata.get("HTTPStatusCode", 200)
    headers = metadata.get("HTTPHeaders", {})
    if answers.is_async(client):
        from replayaws import aio

        return aio.response(url, status, headers)
    return answers.OfflineResponse(url, status, headers)
