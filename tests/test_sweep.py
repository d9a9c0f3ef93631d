"""The sweep over all of AWS: a sample of it, or with ``--run-whole-aws`` the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from replayaws.shapes import services

pytest.importorskip("moto.core.eventstream", reason="moto's response serializers are too old")

from tests.sweep.__main__ import explanation, faults, report, sweep

SAMPLE = [
    "transcribe",
    "sqs",
    "cloudwatch",
    "sts",
    "s3",
    "lambda",
    "ec2",
    "eventbridgev2",
    "iam",
    "kinesis",
    "redshift-data",
]
"""Every protocol, event streams, streaming bodies, outputs with an ``Error`` of their own, botocore's own handlers."""


def test_every_operation_replays_what_was_recorded(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Whatever a service answers, in whatever protocol, the replay is equal to the last type."""
    if request.config.getoption("--run-whole-aws", default=False):
        outcome = sweep(services(), tmp_path, jobs=2)
    else:
        outcome = sweep(SAMPLE, tmp_path, sample=80, jobs=1)
    unexplained = [where for where, lines in faults(outcome) if not explanation(*where, lines)]
    assert unexplained == [], report(outcome)
    assert [name for name, found in outcome.items() if found["unsent"]] == [], report(outcome)


def test_where_utc_is_the_local_time_it_does_too(tmp_path: Path) -> None:
    """On a machine in UTC a parsed time does not say how it was sent, and still comes back as it was."""
    outcome = sweep(["s3", "transcribe", "sts"], tmp_path, sample=12, zone="UTC")
    assert faults(outcome) == [], report(outcome)
