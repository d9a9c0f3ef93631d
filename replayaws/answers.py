"""An interaction turned back into what botocore's parser handed out when it was recorded."""

from __future__ import annotations

import datetime
import io
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse, HeadersDict

from replayaws import codec, decoding
from replayaws.bindings import Bindings
from replayaws.interaction import NOTHING, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel


Body = tuple[str, Callable[[], Any]]
"""A streaming member, and what makes it anew."""


class OfflineResponse(AWSResponse):
    """The HTTP response of an answer that did not come over HTTP; its headers are made when somebody asks for them."""

    def __init__(self, url: str, status: int, headers: dict[str, str]) -> None:
        self.url, self.status_code, self._given = url, status, headers
        self.raw = self._content = None

    @cached_property
    def headers(self) -> HeadersDict:  # type: ignore[override]  # an attribute there
        """The recorded headers."""
        return HeadersDict(self._given)


_IS_ASYNC = "_replayaws_is_async"


class Original:
    """A parsed output to be copied: a pickle, made and read here only, beside the timestamps, which copies may share."""

    __slots__ = ("_pickle", "_timestamps")

    def __init__(self, output: dict[str, Any]) -> None:
        self._timestamps: list[datetime.datetime] = []
        file = io.BytesIO()
        pickler = _Pickler(file, pickle.HIGHEST_PROTOCOL)
        pickler.timestamps = self._timestamps
        pickler.dump(output)
        self._pickle = file.getvalue()

    def copy(self) -> dict[str, Any]:
        """An equal output that shares nothing which can be changed."""
        unpickler: Any = pickle.Unpickler(io.BytesIO(self._pickle))
        unpickler.persistent_load = self._timestamps.__getitem__
        output: dict[str, Any] = unpickler.load()
        return output


class _Pickler(pickle.Pickler):
    timestamps: list[datetime.datetime]

    def persistent_id(self, value: Any) -> int | None:
        if not isinstance(value, datetime.datetime):
            return None
        self.timestamps.append(value)
        return len(self.timestamps) - 1


@dataclass(slots=True)
class _Asked:
    """A recording that was asked for.

    :param zone: the time zone then; timestamps know it.
    :param original: its output without its body, from the second time on.
    :param body: the streaming member and what makes it.
    """

    interaction: Interaction
    zone: object
    original: Original | None = None
    body: Body | None = None


class Outputs:
    """Turns the recordings of one cassette back into parsed outputs.

    What is asked for again is copied, which is quicker than reading its JSON.

    :param folder: says where the sidecar bodies of the cassette lie.
    :param refuse: makes the error of reading on past the end of a body that was not recorded whole.
    """

    def __init__(self, folder: Callable[[], Path], *, refuse: Callable[[str], BaseException]) -> None:
        self._folder, self._refuse = folder, refuse
        self._asked: dict[int, _Asked] = {}

    def parsed(
        self, interaction: Interaction, model: OperationModel, bindings: Bindings, client: Any
    ) -> dict[str, Any]:
        """The parsed output of an interaction, ``ResponseMetadata`` and ``Error`` included; the caller's own.

        :param bindings: recorded identifiers are rewritten into the live ones.
        :param client: the client that called: aiobotocore's gets asynchronous bodies.
        """
        if bindings or model.has_event_stream_output or (has_stream(model) and is_async(client)):
            output, body = self._made(interaction, model, bindings, client)
        else:
            zone = (time.tzname, time.timezone, time.altzone)  # what time.tzset() may change
            asked = self._asked.get(id(interaction))
            if asked is None or asked.interaction is not interaction or asked.zone != zone:
                self._asked[id(interaction)] = _Asked(interaction, zone)
                output, body = self._made(interaction, model, bindings, client)
            elif asked.original is None:
                output, body = self._made(interaction, model, bindings, client)
                asked.original, asked.body = Original(output), body
            else:
                output, body = asked.original.copy(), asked.body
        if body is not None:
            output[body[0]] = body[1]()
        return output

    def _made(
        self, interaction: Interaction, model: OperationModel, bindings: Bindings, client: Any
    ) -> tuple[dict[str, Any], Body | None]:
        """An output without its streaming member, and what makes that."""
        failed = interaction.error != NOTHING
        streams = has_stream(model) and not failed
        if bindings or streams:
            written = bindings.to_live(interaction.decoded_response())
            member = _streaming_member(model) if streams else None
            body = written.pop(member, None) if member else None
            output: dict[str, Any] = codec.decode(written, None if failed else model.output_shape)
        else:
            output, member, body = _plain(interaction, model), None, None
        if failed:
            output = {"Error": codec.decode(bindings.to_live(interaction.decoded_error()), None), **output}
        output["ResponseMetadata"] = output.get("ResponseMetadata") or _metadata(interaction)
        if member is None or body is None:
            return output, None
        return output, (member, self._body_maker(output, body, interaction, model, client))

    def _body_maker(
        self, output: dict[str, Any], body: Any, interaction: Interaction, model: OperationModel, client: Any
    ) -> Callable[[], Any]:
        folder, incomplete = self._folder(), interaction.incomplete
        if is_async(client):
            from replayaws import aio

            httpx = aio.uses_httpx(client)
            return aio.maker(
                output, model, body, folder=folder, incomplete=incomplete, refuse=self._refuse, httpx=httpx
            )
        from replayaws import bodies

        return bodies.maker(output, model, body, folder=folder, incomplete=incomplete, refuse=self._refuse)


def _plain(interaction: Interaction, model: OperationModel) -> dict[str, Any]:
    text = bytes(interaction.response)
    return (decoding.decode_output(text, model) if interaction.error == NOTHING else decoding.decode_plain(text)) or {}


def _metadata(interaction: Interaction) -> dict[str, Any]:
    return {"RetryAttempts": 0, **(decoding.decode_plain(bytes(interaction.metadata)) or {})}


def is_async(client: Any) -> bool:
    """Whether a client is aiobotocore's."""
    known: bool | None = client.__dict__.get(_IS_ASYNC)
    if known is None:
        known = any(kind.__module__.partition(".")[0] == "aiobotocore" for kind in type(client).__mro__)
        client.__dict__[_IS_ASYNC] = known
    return known


def _streaming_member(model: OperationModel) -> str | None:
    from replayaws.bodies import streaming_member

    return streaming_member(model)


def has_stream(model: OperationModel) -> bool:
    """Whether an operation's output has a body or events that are read once."""
    return model.has_streaming_output or model.has_event_stream_output
