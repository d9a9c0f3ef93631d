"""What the heads of all of botocore's models say, read without loading the models."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replayaws import shapes


@dataclass(frozen=True, slots=True)
class Entry:
    """What the head of a service's model says."""

    name: str
    endpoint_prefix: str
    signing_name: str
    target_prefix: str
    api_version: str
    protocols: tuple[str, ...]
    query_compatible: bool


@functools.lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """The heads of all models of the installed botocore."""
    return tuple(_entry(name, _head(name)) for name in shapes.services())


def _entry(name: str, metadata: Mapping[str, Any]) -> Entry:
    prefix = metadata.get("endpointPrefix", name)
    protocols = tuple(metadata.get("protocols", (metadata.get("protocol", ""),)))
    return Entry(
        name=name,
        endpoint_prefix=prefix,
        signing_name=metadata.get("signingName", prefix),
        target_prefix=metadata.get("targetPrefix", ""),
        api_version=metadata.get("apiVersion", ""),
        protocols=protocols,
        query_compatible="awsQueryCompatible" in metadata,
    )


_HEAD_BYTES = 16 * 1024


def _head(service: str) -> Mapping[str, Any]:
    """The metadata of a model from the first bytes of its file: reading all models whole takes seconds."""
    for path in _model_files(service):
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            text = file.read(_HEAD_BYTES).decode("utf-8", "ignore")
        at = text.find('"metadata"')
        try:
            metadata, _ = json.JSONDecoder(strict=False).raw_decode(text, text.index("{", at))
        except ValueError:
            break
        if at >= 0 and "protocol" in metadata:
            return dict(metadata)
    return shapes.service_model(service).metadata


def _model_files(service: str) -> Iterator[Path]:
    loader = shapes._loader()  # the one loader whose models everything else reads
    version = loader.determine_latest_version(service, "service-2")
    for folder in loader.search_paths:
        for suffix in (".json", ".json.gz"):
            path = Path(folder) / service / version / f"service-2{suffix}"
            if path.is_file():
                yield path
