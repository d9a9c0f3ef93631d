"""An interaction turned back into what botocore's parser handed out when it was recorded."""

from __future__ import annotations

import datetime
import io
import pickle
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse, HeadersDict

from replayaws import codec, decoding
from replayaws.bindings import Bindings
from replayaws.interaction import NOTHING, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel


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


class Outputs:
    """Turns the recordings of one cassette back into parsed outputs.

    What is asked for again is copied, which is quicker than reading its JSON.

    :param folder: says where the sidecar bodies of the cassette lie.
    :param refuse: makes the error of reading on past the end of a body that was not recorded whole.
    """

    def __init__(self, folder: Callable[[], Path], *, refuse: Callable[[str], BaseException]) -> None:
        self._folder, self._refuse = folder, refuse
        self._asked: dict[int, tuple[Interaction, object, Original | None]] = {}

    def parsed(
        self, interaction: Interaction, model: OperationModel, bindings: Bindings, client: Any
    ) -> dict[str, Any]:
        """The parsed output of an interaction, ``ResponseMetadata`` and ``Error`` included; the caller's own.

        :param bindings: recorded identifiers are rewritten into the live ones.
        :param client: the client that called: aiobotocore's gets asynchronous bodies.
        """
        if bindings or _has_stream(model):
            return self._complete(self._rewritten(interaction, model, bindings, client), interaction, bindings)
        zone = (time.tzname, time.timezone, time.altzone)  # what time.tzset() may change; timestamps know it
        known = self._asked.get(id(interaction))
        if known is None or known[0] is not interaction or known[1] != zone:
            self._asked[id(interaction)] = interaction, zone, None
            return self._complete(_plain(interaction, model), interaction, bindings)
        if known[2] is not None:
            return known[2].copy()
        output = self._complete(_plain(interaction, model), interaction, bindings)
        self._asked[id(interaction)] = interaction, zone, Original(output)
        return output

    def _complete(self, output: dict[str, Any], interaction: Interaction, bindings: Bindings) -> dict[str, Any]:
        if interaction.error != NOTHING:
            output = {"Error": codec.decode(bindings.to_live(interaction.decoded_error()), None), **output}
        output["ResponseMetadata"] = output.get("ResponseMetadata") or _metadata(interaction)
        return output

    def _rewritten(
        self, interaction: Interaction, model: OperationModel, bindings: Bindings, client: Any
    ) -> dict[str, Any]:
        failed = interaction.error != NOTHING
        written = bindings.to_live(interaction.decoded_response())
        if failed or not _has_stream(model):
            output: dict[str, Any] = codec.decode(written, None if failed else model.output_shape)
            return output
        from replayaws import bodies

        member = bodies.streaming_member(model)
        body = written.pop(member, None) if member else None
        output = codec.decode(written, model.output_shape)
        if body is not None:
            output["ResponseMetadata"] = output.get("ResponseMetadata") or _metadata(interaction)
            folder, incomplete = self._folder(), interaction.incomplete
            if is_async(client):
                from replayaws import aio

                httpx = aio.uses_httpx(client)
                aio.restore(output, model, body, folder=folder, incomplete=incomplete, refuse=self._refuse, httpx=httpx)
            else:
                bodies.restore(output, model, body, folder=folder, incomplete=incomplete, refuse=self._refuse)
        return output


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


def _has_stream(model: OperationModel) -> bool:
    return model.has_streaming_output or model.has_event_stream_output
