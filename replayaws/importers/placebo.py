"""placebo's and Cloud Custodian's recordings: a file for each answer, ``<endpoint prefix>.<Operation>_<number>.json``.

They hold no parameters, so the cassettes match by operation and order, and say so. A folder is a cassette. The endpoint
prefix may be that of several services (classic and newer load balancers): the operation and the members of the answer
tell which; where nothing tells, the answer is kept for each of them.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from replayaws import codec, shapes
from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.importers import Imported
from replayaws.importers.placebo_files import File, read_files
from replayaws.importers.placebo_values import member_of, read_value, with_texts
from replayaws.interaction import NOTHING, Interaction, raw

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

    from replayaws.redaction import Redactor
    from replayaws.rules import Rules


def import_placebo(source: Path | str, *, rules: Rules) -> Imported:
    """See :func:`replayaws.importers.import_placebo`."""
    path = Path(source)
    refused: list[tuple[str, str]] = []
    folders: dict[PurePosixPath, list[File]] = {}
    for file in read_files(path, refused):
        folders.setdefault(file.folder, []).append(file)
    cassettes = []
    for folder in sorted(folders):
        imported = _import(folder, folders[folder], path, rules, refused)
        if imported is not None:
            cassettes.append((f"{imported.owner}.json", imported))
    return Imported(cassettes, refused)


# -- one folder --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Recording:
    """One answer and the services that it may be of."""

    file: File
    status: int
    data: Mapping[str, Any]
    models: Sequence[OperationModel]


def _import(
    folder: PurePosixPath, files: Sequence[File], source: Path, rules: Rules, refused: list[tuple[str, str]]
) -> Cassette | None:
    from replayaws.redaction import Redactor

    recordings = []
    for file in sorted(files, key=lambda file: (file.target.lower(), file.operation.lower(), file.number)):
        recording = _recording(file)
        if isinstance(recording, str):
            refused.append((file.shown, recording))
        else:
            recordings.append(recording)
    recordings = _resolved(recordings)
    redactor = Redactor(rules, accounts=_accounts(recordings))
    interactions = []
    for recording in recordings:
        for model in recording.models:
            try:
                interactions.append(_interaction(recording, model, redactor))
            except (ValueError, TypeError, OverflowError, RecursionError) as error:
                refused.append((recording.file.shown, f"its content does not fit {model.name}: {error}"))
    if not interactions:
        return None
    moments = [moment for recording in recordings if (moment := _sent(recording)) is not None]
    began = min(moments or [recording.file.modified for recording in recordings])
    return Cassette(
        replayaws=FORMAT_VERSION,
        owner=str(folder) if folder.parts else source.resolve().name.removesuffix(".zip"),
        recorded=Provenance(at=began.strftime("%Y-%m-%dT%H:%M:%SZ"), source="aws", matched_by="order"),
        kept=list(rules.kept),
        interactions=interactions,
    )


def _recording(file: File) -> _Recording | str:
    """What a file holds, or why it is no recording."""
    try:
        content = json.loads(file.read())
    except (ValueError, OSError, zipfile.BadZipFile, RecursionError) as error:
        return f"it is not readable as JSON: {error}"
    if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        return 'it is no answer that placebo wrote: it has no "data" object'
    status = content.get("status_code", 200)
    models = _models(file.target, file.operation)
    if not models:
        return f"the installed botocore knows no service {file.target!r} with an operation {file.operation!r}"
    return _Recording(file, status if isinstance(status, int) else 200, content["data"], models)


def _models(target: str, operation: str) -> list[OperationModel]:
    """The operations of this name of all services with this endpoint prefix.

    :param target: the endpoint prefix, or the user's prefix, a dot and the endpoint prefix.
    """
    from replayaws.importers.catalogue import entries

    labels = target.lower().split(".")
    for start in range(len(labels)):
        prefix = ".".join(labels[start:])
        for fits in (
            lambda entry: entry.endpoint_prefix.lower() == prefix,  # noqa: B023  # called at once
            lambda entry: prefix in (entry.name, entry.signing_name.lower()),  # noqa: B023
            lambda entry: prefix in entry.endpoint_prefix.lower().split("."),  # noqa: B023
        ):
            models = [model for entry in entries() if fits(entry) and (model := _model(entry.name, operation))]
            if models:
                return models
    # Services have changed their endpoints since, and split: what bears a part of the name and has the operation.
    words = set(re.split(r"[.-]", target.lower()))
    return [
        model
        for entry in entries()
        if words & {*entry.name.split("-"), *re.split(r"[.-]", entry.endpoint_prefix.lower())}
        and (model := _model(entry.name, operation))
    ]


def _model(service: str, operation: str) -> OperationModel | None:
    model = shapes.service_model(service)
    name = {name.lower(): name for name in model.operation_names}.get(operation.lower())
    return None if name is None else shapes.operation_model(service, name)


def _resolved(recordings: Sequence[_Recording]) -> list[_Recording]:
    """The recordings, each with the services that its content fits best, and where it ties, what else tells them apart."""
    best = [_Recording(one.file, one.status, one.data, _best(one)) for one in recordings]
    sure = {(one.file.target.lower(), _service(one.models[0])) for one in best if len(one.models) == 1}
    return [_Recording(one.file, one.status, one.data, _untied(one, sure)) for one in best]


def _untied(one: _Recording, sure: set[tuple[str, str]]) -> Sequence[OperationModel]:
    """The folder may name the service, its other recordings be of one, or the endpoint be named after one."""
    from replayaws.importers.services import mentions

    target, folder = one.file.target.lower(), str(one.file.folder)
    for tells in (
        lambda name: mentions(folder.replace("_", " "), name),
        lambda name: (target, name) in sure,
        lambda name: name == target,
    ):
        told = [model for model in one.models if tells(_service(model))]
        if told:
            return told
    return one.models


def _service(model: OperationModel) -> str:
    return model.service_model.service_name


def _best(recording: _Recording) -> list[OperationModel]:
    strangers = {index: _strangers(recording.data, model.output_shape) for index, model in enumerate(recording.models)}
    least = min(strangers.values())
    return [model for index, model in enumerate(recording.models) if strangers[index] == least]


def _strangers(value: Any, shape: Shape | None) -> int:
    """How many members the shape does not know, at any depth."""
    if isinstance(value, list):
        member = shape.member if shape is not None and shape.type_name == "list" else None  # type: ignore[attr-defined]
        return sum(_strangers(item, member) for item in value) if member is not None else len(value)
    if not isinstance(value, dict) or "__class__" in value:
        return 0
    if shape is None or shape.type_name == "map":
        known = None if shape is None else shape.value  # type: ignore[attr-defined]  # a map
        names = [name for name in value if name not in ("ResponseMetadata", "Error")]
        return len(names) if known is None else sum(_strangers(value[name], known) for name in names)
    if shape.type_name != "structure":
        return 1
    members = shape.members  # type: ignore[attr-defined]  # a structure
    return sum(
        _strangers(item, members[name]) if name in members else int(name not in ("ResponseMetadata", "Error"))
        for name, item in value.items()
    )


# -- one answer --------------------------------------------------------------------------------------------------------


def _interaction(recording: _Recording, model: OperationModel, redactor: Redactor) -> Interaction:
    data = dict(recording.data)
    failed = recording.status >= 300
    metadata = {**_plain(data.pop("ResponseMetadata", None) or {}), "HTTPStatusCode": recording.status}
    error = data.pop("Error", None) if failed else None
    if failed and not isinstance(error, dict):
        error = {"Code": str(recording.status), "Message": ""}
    shape = _error_shape(model, error) if error is not None else model.output_shape
    value = {name: read_value(item, member_of(shape, name)) for name, item in data.items()}
    written = with_texts(codec.encode(value, shape), value)
    return Interaction(
        call=f"{_service(model)}.{model.name}",
        params=NOTHING,
        response=raw(redactor.response(written, model, error=failed)),
        error=NOTHING if error is None else raw(redactor.error(_plain(error))),
        exception=None if error is None or shape is None else shape.name,
        metadata=raw(redactor.metadata(metadata)),
    )


def _error_shape(model: OperationModel, error: Mapping[str, Any]) -> Shape | None:
    shape: Shape | None = model.service_model.shape_for_error_code(str(error.get("Code", "")))  # type: ignore[arg-type]
    return shape


def _plain(value: Any) -> Any:
    """A value outside the model, in written form."""
    return codec.encode(read_value(value, None), None)


# -- provenance --------------------------------------------------------------------------------------------------------


def _sent(recording: _Recording) -> datetime | None:
    """When the answer was sent, where its headers were kept."""
    metadata = recording.data.get("ResponseMetadata")
    headers = metadata.get("HTTPHeaders") if isinstance(metadata, dict) else None
    date = headers.get("date") if isinstance(headers, dict) else None
    try:
        moment = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


_ARN_ACCOUNT = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):")


def _accounts(recordings: Sequence[_Recording]) -> list[str]:
    """The account that the answers speak of most: it becomes the account of moto."""
    counts: dict[str, int] = {}
    for recording in recordings:
        for account in _ARN_ACCOUNT.findall(json.dumps(recording.data)):
            counts[account] = counts.get(account, 0) + 1
    return [max(counts, key=lambda account: counts[account])] if counts else []
