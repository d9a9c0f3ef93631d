"""An interaction turned back into what botocore's parser handed out when it was recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayaws import codec, decoding
from replayaws.bindings import Bindings
from replayaws.interaction import NOTHING, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel


_IS_ASYNC = "_replayaws_is_async"


def parsed(
    interaction: Interaction,
    model: OperationModel,
    bindings: Bindings,
    *,
    folder: Path | None,
    client: Any,
    refuse: Callable[[str], BaseException],
) -> dict[str, Any]:
    """The parsed output, ``ResponseMetadata`` and ``Error`` included.

    :param bindings: recorded identifiers are rewritten into the live ones.
    :param folder: where the sidecar bodies of the cassette lie.
    :param client: the client that called: aiobotocore's gets asynchronous bodies.
    :param refuse: makes the error of reading on past the end of a body that was not recorded whole.
    """
    failed = interaction.error != NOTHING
    if not bindings and not _has_stream(model):
        text = bytes(interaction.response)
        output: dict[str, Any] = (decoding.decode_plain(text) if failed else decoding.decode_output(text, model)) or {}
    else:
        output = _rewritten(interaction, model, bindings, folder, client, refuse, failed=failed)
    if failed:
        error = bindings.to_live(interaction.decoded_error())
        output = {"Error": codec.decode(error, None), **output}
    output["ResponseMetadata"] = output.get("ResponseMetadata") or {
        "RetryAttempts": 0,
        **(decoding.decode_plain(bytes(interaction.metadata)) or {}),
    }
    return output


def is_async(client: Any) -> bool:
    """Whether a client is aiobotocore's."""
    known: bool | None = client.__dict__.get(_IS_ASYNC)
    if known is None:
        known = any(kind.__module__.partition(".")[0] == "aiobotocore" for kind in type(client).__mro__)
        client.__dict__[_IS_ASYNC] = known
    return known


def _has_stream(model: OperationModel) -> bool:
    return model.has_streaming_output or model.has_event_stream_output


def _rewritten(
    interaction: Interaction,
    model: OperationModel,
    bindings: Bindings,
    folder: Path | None,
    client: Any,
    refuse: Callable[[str], BaseException],
    *,
    failed: bool,
) -> dict[str, Any]:
    written = bindings.to_live(interaction.decoded_response())
    if failed or not _has_stream(model):
        output: dict[str, Any] = codec.decode(written, None if failed else model.output_shape)
        return output
    from replayaws import bodies

    member = bodies.streaming_member(model)
    body = written.pop(member, None) if member else None
    output = codec.decode(written, model.output_shape)
    if body is not None:
        output["ResponseMetadata"] = output.get("ResponseMetadata") or {
            "RetryAttempts": 0,
            **interaction.decoded_metadata(),
        }
        incomplete = interaction.incomplete
        if is_async(client):
            from replayaws import aio

            httpx = aio.uses_httpx(client)
            aio.restore(output, model, body, folder=folder, incomplete=incomplete, refuse=refuse, httpx=httpx)
        else:
            bodies.restore(output, model, body, folder=folder, incomplete=incomplete, refuse=refuse)
    return output
