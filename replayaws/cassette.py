"""A cassette: an ordered list of interactions with where and when they were recorded."""

from __future__ import annotations

from typing import Any

import msgspec

from replayaws.interaction import Interaction

FORMAT_VERSION = 1


class Provenance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where and when a cassette was recorded.

    :param at: UTC time when recording began, such as ``"2026-11-22T10:15:03Z"``.
    :param source: ``"aws"``, or the custom endpoint it came from: a recording of a stand-in says so.
    :param botocore: botocore's version.
    :param region: the region that the environment of the recording had as default.
    :param matched_by: ``"order"`` for an import that knows no parameters, so that calls match by operation and order.
    """

    at: str
    source: str
    botocore: str = ""
    region: str | None = None
    matched_by: str = "params"


class Cassette(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one owner's calls were answered with. The field order is the order in the file.

    :param replayaws: version of the format.
    :param owner: full id of the test, or fixture instance, that made the calls.
    :param recorded: provenance.
    :param kept: ids of redaction rules that this cassette was recorded without, on purpose.
    :param values: what :func:`replayaws.value` gave, by name.
    :param invented: what Faker made up for the recording; another run makes up something else.
    :param interactions: in the order in which the calls were made.
    """

    replayaws: int
    owner: str
    recorded: Provenance
    kept: list[str] = []
    values: dict[str, Any] = {}
    invented: list[str] = []
    interactions: list[Interaction]
