"""Recordings of other tools, turned into cassettes: one module for each tool, all of the same shape.

An importer is a function of paths and redaction rules that gives an :class:`Imported`. It touches no source file, refuses
with a reason what it cannot take, and redacts on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from replayaws.cassette import Cassette

if TYPE_CHECKING:
    from replayaws.rules import Rules


@dataclass(frozen=True)
class Imported:
    """What an import gave.

    :param cassettes: each with a path to store it under, relative to the folder of cassettes, with forward slashes.
    :param refused: what could not be taken, such as ``"test_jobs.yaml: interaction 3"``, and why, a clause.
    """

    cassettes: Sequence[tuple[str, Cassette]] = ()
    refused: Sequence[tuple[str, str]] = ()


def import_vcrpy(paths: Sequence[Path | str], *, rules: Rules) -> Imported:
    """Cassettes of vcrpy and pytest-recording, YAML or JSON.

    :param paths: files, or folders to look for them in.
    :param rules: what is redacted.
    """
    from replayaws.importers import vcrpy

    return vcrpy.import_vcrpy(paths, rules=rules)


def import_placebo(source: Path | str, *, rules: Rules) -> Imported:
    """Recordings of placebo and of Cloud Custodian's tests.

    :param source: a folder, nested as it may be, or a zip file.
    :param rules: what is redacted.
    """
    from replayaws.importers import placebo

    return placebo.import_placebo(source, rules=rules)
