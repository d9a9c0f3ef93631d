"""Where the cassette of an imported file is stored, and whose it most likely is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from replayaws.cassette import Cassette

_FOLDERS = ("cassettes", "vcr_cassettes", "fixtures")


def _parts(path: Path) -> list[str]:
    """The path without the endings of its name."""
    name = re.sub(r"\.(?:ya?ml|json)(?:\.gz)?$", "", path.name, flags=re.IGNORECASE)
    return [*path.parent.parts, name]


def owner_of(path: Path) -> str:
    """The test that a file most likely belongs to: pytest-recording keeps ``cassettes/<module>/<Class>.<test>.yaml``."""
    parts = _parts(path)
    at = max((index for index, part in enumerate(parts[:-1]) if part in _FOLDERS), default=None)
    if at is None:
        return parts[-1]
    folder, inside = parts[max(0, at - 1) : at], parts[at + 1 :]
    folder = [part for part in folder if part not in ("/", path.anchor)]
    name = inside[-1]
    kind, dot, test = name.partition(".")
    names = [kind, test] if dot and kind[:1].isupper() and "[" not in kind else [name]
    module = "/".join((*folder, *inside[:-1]))
    return "::".join(([f"{module}.py"] if len(inside) > 1 else []) + names)


def place_of(path: Path) -> str:
    """Where the cassette of a file is stored: beside its likes, under the same names."""
    parts = _parts(path)
    at = max((index for index, part in enumerate(parts[:-1]) if part in _FOLDERS), default=len(parts) - 2)
    return "/".join(parts[at + 1 :]) + ".json"


def apart(cassettes: Sequence[tuple[str, Cassette]]) -> list[tuple[str, Cassette]]:
    """The cassettes, those that would lie in one file on a case-insensitive file system apart."""
    taken: set[str] = set()
    placed = []
    for place, cassette in cassettes:
        stem, number = place.removesuffix(".json"), 1
        while place.lower() in taken:
            number += 1
            place = f"{stem}-{number}.json"
        taken.add(place.lower())
        placed.append((place, cassette))
    return placed
