"""No operation of AWS reaches the network, hangs or fails unexplained in the fallback."""

from __future__ import annotations

import pytest

from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.sweep import least_params, main, operations, outcome, sweep


def test_every_operation_is_answered_or_explained(request: pytest.FixtureRequest) -> None:
    """A sample, or all of AWS with ``--run-whole-aws``."""
    whole = request.config.getoption("--run-whole-aws", default=False)
    counts, wrong = sweep(operations(every=1 if whole else 1600))
    assert wrong == []
    assert sum(counts.values()) >= 12
    assert counts["does not implement"] > 0


def test_the_least_parameters_hold_what_is_required() -> None:
    """Required members are there, nested ones too."""
    params = least_params("dynamodb", "PutItem")
    assert set(params) == {"TableName", "Item"}


def test_an_answer_is_counted_by_what_it_is() -> None:
    """Reasons are told apart, and one that nobody foresaw is called unexplained."""
    assert outcome(NoAnswer("moto 5 does not implement a.B")) == "does not implement"
    assert outcome(NoAnswer("moto 5 gave no answer to a.B")) == "unexplained"
    assert outcome(MotoAnswer(type("Http", (), {"status_code": 404})(), {})) == "service error"


def test_the_command_prints_its_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, then what went wrong."""
    assert main(["sqs", "--every", "10"]) == 0
    assert "operations; 0 reached the network, hung or were not explained" in capsys.readouterr().out
