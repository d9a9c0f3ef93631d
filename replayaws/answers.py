"""An interaction turned back into what botocore's parser handed out when it was recorded."""

from __future__ import annotations

import datetime
import io
import marshal
import pickle
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from botocore.awsrequest import AWSResponse, HeadersDict

from replayaws import codec, decoding, shapes
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


Way = Literal["", "aiohttp", "httpx"]
"""How a client reads bodies: botocore's at once, aiobotocore's awaited, through one of two libraries."""

_WAY = "_replayaws_way"


class Original:
    """A parsed output to be copied: marshalled, which is quickest, or, where it holds timestamps, pickled beside them.

    Both are made and read here only. Copies may share timestamps.
    """

    __slots__ = ("_marshalled", "_pickle", "_timestamps")

    def __init__(self, output: dict[str, Any]) -> None:
        self._timestamps: list[datetime.datetime] = []
        try:
            self._marshalled: bytes | None = marshal.dumps(output)
            return
        except ValueError:  # more than the plainest types
            self._marshalled = None
        file = io.BytesIO()
        pickler = _Pickler(file, pickle.HIGHEST_PROTOCOL)
        pickler.timestamps = self._timestamps
        pickler.dump(output)
        self._pickle = file.getvalue()

    def copy(self) -> dict[str, Any]:
        """An equal output that shares nothing which can be changed."""
        output: dict[str, Any]
        if self._marshalled is not None:
            output = marshal.loads(self._marshalled)
            return output
        unpickler: Any = pickle.Unpickler(io.BytesIO(self._pickle))
        unpickler.persistent_load = self._timestamps.__getitem__
        output = unpickler.load()
        return output


class _Pickler(pickle.Pickler):
    timestamps: list[datetime.datetime]

    def persistent_id(self, value: Any) -> int | None:
        if not isinstance(value, datetime.datetime):
            return None
        self.timestamps.append(value)
        return len(self.timestamps) - 1


class _Asked(msgspec.Struct):
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

    def parsed(self, interaction: Interaction, model: OperationModel, bindings: Bindings, way: Way) -> dict[str, Any]:
        """The parsed output of an interaction, ``ResponseMetadata`` and ``Error`` included; the caller's own.

        :param bindings: recorded identifiers are rewritten into the live ones.
        :param way: how the client that called reads bodies. Not the client itself, which none of this may keep alive.
        """
        gives = shapes.streams(model).gives
        if bindings or gives == "events" or (gives and way):
            output, body = self._made(interaction, model, bindings, way)
        else:
            zone = (time.tzname, time.timezone, time.altzone)  # what time.tzset() may change
            asked = self._asked.get(id(interaction))
            if asked is None or asked.interaction is not interaction or asked.zone != zone:
                self._asked[id(interaction)] = _Asked(interaction, zone)
                output, body = self._made(interaction, model, bindings, way)
            elif asked.original is None:
                output, body = self._made(interaction, model, bindings, way)
                asked.original, asked.body = Original(output), body
            else:
                output, body = asked.original.copy(), asked.body
        if body is not None:
            output[body[0]] = body[1]()
        return output

    def _made(
        self, interaction: Interaction, model: OperationModel, bindings: Bindings, way: Way
    ) -> tuple[dict[str, Any], Body | None]:
        """An output without its streaming member, and what makes that."""
        failed = interaction.error != NOTHING
        member = _streaming_member(model) if shapes.streams(model).gives and not failed else None
        body = None
        if bindings:
            written = bindings.to_live(interaction.decoded_response())
            body = written.pop(member, None) if member else None
            output: dict[str, Any] = codec.decode(written, None if failed else model.output_shape)
        elif member:
            output, body = decoding.decode_apart(bytes(interaction.response), model, member)
        else:
            output = _plain(interaction, model)
        if failed:
            output = {"Error": codec.decode(bindings.to_live(interaction.decoded_error()), None), **output}
        output["ResponseMetadata"] = output.get("ResponseMetadata") or _metadata(interaction)
        if member is None or body is None:
            return output, None
        return output, (member, self._body_maker(output, body, interaction, model, way))

    def _body_maker(
        self, output: dict[str, Any], body: Any, interaction: Interaction, model: OperationModel, way: Way
    ) -> Callable[[], Any]:
        folder = None if isinstance(body, str) else self._folder()
        incomplete = interaction.incomplete
        if way:
            from replayaws import aio

            httpx = way == "httpx"
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


def way_of(client: Any) -> Way:
    """How a client reads bodies."""
    known: Way | None = client.__dict__.get(_WAY)
    if known is None:
        is_aio = any(kind.__module__.partition(".")[0] == "aiobotocore" for kind in type(client).__mro__)
        known = client.__dict__[_WAY] = _async_way(client) if is_aio else ""
    return known


def _async_way(client: Any) -> Way:
    from replayaws import aio

    return "httpx" if aio.uses_httpx(client) else "aiohttp"


def is_async(client: Any) -> bool:
    """Whether a client is aiobotocore's."""
    return bool(way_of(client))


def _streaming_member(model: OperationModel) -> str | None:
    from replayaws.bodies import streaming_member

    return streaming_member(model)
