"""Cassettes of elder formats: what each version of the format changed, as steps that bring a document up to date.

:data:`STEPS` holds for each elder version the function that makes of its documents such of the next version. A file is
brought up to date in memory whenever it is loaded, and on disk when something else writes it: a recording, or a command
that changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]
"""A whole cassette as plain JSON."""

Step: TypeAlias = Callable[[Document], Document]
"""Makes of a document of one version such of the next; its ``replayaws`` member is set for it."""

STEPS: Mapping[int, Step] = {}
"""By the version that a step starts from; format 1 is the first."""


def upgrade(document: Document, *, to: int, steps: Mapping[int, Step] = STEPS) -> Document:
    """A document of the version wanted, made from an elder one step by step.

    :param document: of a version from 1 to ``to``.
    """
    for version in range(document["replayaws"], to):
        document = {**steps[version](document), "replayaws": version + 1}
    return document
