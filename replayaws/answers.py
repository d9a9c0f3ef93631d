"""An interaction turned back into what botocore's parser handed out when it was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayaws import codec
from replayaws.bindings import Bindings
from replayaws.interaction import NOTHING, Interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel


def parsed(
    interaction: Interaction, model: OperationModel, bindings: Bindings, *, folder: Path | None, client: Any
) -> dict[str, Any]:
    """The parsed output, ``ResponseMetadata`` and ``Error`` included.

    :param bindings: recorded identifiers are rewritten into the live ones.
    :param folder: where the sidecar bodies of the cassette lie.
    :param client: the client that called: aiobotocore's gets asynchronous bodies.
    """
    shape = model.output_shape
    failed = interaction.error != NOTHING
    if not bindings and not _has_stream(model):
        output: dict[str, Any] = codec.decode_text(bytes(interaction.response), None if failed else shape) or {}
    else:
        output = _rewritten(interaction, model, bindings, folder, client, failed=failed)
    if failed:
        error = bindings.to_live(interaction.decoded_error())
        output = {"Error": codec.decode(error, None), **output}
    output["ResponseMetadata"] = output.get("ResponseMetadata") or {
        "RetryAttempts": 0,
        **codec.decode(interaction.decoded_metadata(), None),
    }
    return output


def is_async(client: Any) -> bool:
    """Whether a client is aiobotocore's."""
    return any(kind.__module__.partition(".")[0] == "aiobotocore" for kind in type(client).__mro__)


def _has_stream(model: OperationModel) -> bool:
    return model.has_streaming_output or model.has_event_stream_output


def _rewritten(
    interaction: Interaction,
    model: OperationModel,
    bindings: Bindings,
    folder: Path | None,
    client: Any,
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
        if is_async(client):
            from replayaws import aio

            aio.restore(
                output, model, body, folder=folder, incomplete=interaction.incomplete, httpx=aio.uses_httpx(client)
            )
        else:
            bodies.restore(output, model, body, folder=folder, incomplete=interaction.incomplete)
    return output
