"""A call that goes to AWS: its place in the recording, and what it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from replayaws import answers, shapes
from replayaws.hosts import is_aws_host
from replayaws.recorder import ApiTake

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from replayaws.bodies import Tap
    from replayaws.decisions import Decision
    from replayaws.found import Found
    from replayaws.live import LiveCall


class Taking:
    """A call on its way to AWS and back.

    :param url: that botocore will send it to.
    :param decision: why it goes to AWS.
    :param found: the recording that it is made beside, where there is one.
    :ivar sent: whether botocore has made an HTTP request of it: moto and Stubbers answer too.
    """

    def __init__(self, call: LiveCall, url: str, decision: Decision, found: Found | None) -> None:
        self._call, self._beside = call, (decision, found)
        self.sent = False
        endpoint = _custom_endpoint(url, call.client)
        self.take = ApiTake(
            service=call.service,
            operation=call.operation,
            region=shapes.region_of(call.service, call.region, endpoint_is_aws=endpoint is None),
            model=call.model,
            params=call.write_params(),
            seconds=call.deck.recording.seconds(),
            endpoint=endpoint,
        )

    def received(self, http_response: Any, parsed: dict[str, Any]) -> Awaitable[None] | None:
        """AWS has answered.

        :returns: what aiobotocore must await before going on, for a body that is fetched at once.
        """
        take, call = self.take, self._call
        if not self.sent or take.answered:
            return None
        take.took = call.deck.recording.seconds() - take.seconds
        if reads_location(call):
            if answers.is_async(call.client):
                return self._take_location(http_response, parsed)
            parse_location(http_response, parsed)
        return self._take_answer(parsed)

    async def _take_location(self, http_response: Any, parsed: dict[str, Any]) -> None:
        from replayaws import aio

        await aio.parse_location(parsed, http_response)
        self._take_answer(parsed)

    def _take_answer(self, parsed: dict[str, Any]) -> Awaitable[None] | None:
        take, call, deck = self.take, self._call, self._call.deck
        tap = self._tap(parsed)
        visible = parsed if tap is None else {name: value for name, value in parsed.items() if name != tap.member}
        take.take(visible)
        deck.recording.keep_tap(take, tap)
        deck.beside(*self._beside, call, take)
        call.log("aws", parsed)
        if deck.watch is not None and take.reads:
            deck.watch.answered(call.name, take.params, visible, seconds=deck.recording.seconds())
        return None if tap is None else tap.prefetch()

    def _tap(self, parsed: dict[str, Any]) -> Tap | None:
        model = self._call.model
        if not shapes.streams(model).gives:
            return None
        if answers.is_async(self._call.client):
            from replayaws import aio

            return aio.tap(parsed, model)
        from replayaws import bodies

        return bodies.tap(parsed, model)


def reads_location(call: LiveCall) -> bool:
    """Whether botocore reads the answer of a call from its body, in a handler that finds no body on replay."""
    return call.service == "s3" and call.operation == "GetBucketLocation"


def parse_location(http_response: Any, parsed: dict[str, Any]) -> None:
    """Do what that handler does."""
    from botocore.handlers import parse_get_bucket_location

    parse_get_bucket_location(parsed=parsed, http_response=http_response)


def _custom_endpoint(url: str, client: Any) -> str | None:
    """The endpoint that a call goes to, where it is not AWS's own."""
    parts = urlsplit(url)
    if is_aws_host(parts.hostname or ""):
        return None
    endpoint: str = client.meta.endpoint_url
    return f"{parts.scheme}://{parts.netloc}" if is_aws_host(urlsplit(endpoint).hostname or "") else endpoint
