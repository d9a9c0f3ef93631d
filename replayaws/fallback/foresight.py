"""What a cassette shows to exist, as entries of the journal that nobody has replayed yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from replayaws.fallback.journal import Entry

if TYPE_CHECKING:
    from replayaws.cassette import Cassette
    from replayaws.interaction import Interaction


def entries(cassette: Cassette) -> Iterator[Entry]:
    """An entry for each recorded call that succeeded; calls that the installed botocore does not know are left out."""
    for interaction in cassette.interactions:
        entry = None if interaction.service == "http" or interaction.decoded_error() else _entry(interaction)
        if entry is not None:
            yield entry


def _entry(interaction: Interaction) -> Entry | None:
    from botocore.exceptions import BotoCoreError
    from botocore.model import OperationNotFoundError

    from replayaws import bodies, codec, shapes

    try:
        model = shapes.operation_model(interaction.service, interaction.operation)
        params = codec.decode(interaction.decoded_params(), model.input_shape)
    except (BotoCoreError, OperationNotFoundError, ValueError):  # ValueError: a large body, known by its digest only
        return None

    def answered() -> dict[str, Any]:
        written = interaction.decoded_response()
        name = bodies.streaming_member(model)
        body = written.pop(name, None) if name else None
        output: dict[str, Any] = codec.decode(written, model.output_shape)
        if name and isinstance(body, (str, dict)) and "$file" not in body:
            output[name] = codec.blob_bytes(body)
        return output

    return Entry(
        interaction.service,
        interaction.operation,
        interaction.region,
        params,
        answered,
        shapes.is_read(model, interaction.operation),
    )
