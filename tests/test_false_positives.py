"""Answers without secrets stay readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from replayaws.redaction import Redactor
from tests.false_positives import RECORDINGS, Figure, of_placebo, report


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of others are not here")
@pytest.mark.parametrize("folder", sorted(RECORDINGS.glob("placebo-*")), ids=lambda path: path.name)
def test_recordings_of_others_are_changed_where_they_must_be_only(folder: Path) -> None:
    """In what AWS answered to others nothing is redacted that identifies nobody."""
    figure = of_placebo(folder)
    assert figure.values > 500
    assert figure.needless == [], report(folder.name, figure)


def test_a_needless_change_is_seen() -> None:
    """The measure itself: what was changed without need is counted, what needed to be is not."""
    figure = Figure()
    account = "2" + "10987654321"
    before = {"Name": "a job", "Owner": account}
    figure.look(
        before, {"Name": "REDACTED-1", **Redactor(accounts=[account]).response({"Owner": account}, None)}, None, "x"
    )
    assert (figure.values, figure.changed, len(figure.needless)) == (2, 2, 1)
