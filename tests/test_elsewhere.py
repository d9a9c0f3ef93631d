"""Other cassettes that hold a call."""

from __future__ import annotations

from pathlib import Path

from replayaws import format as written
from replayaws.elsewhere import holding
from tests.cases.matching import GET, START
from tests.playing import call, cassette, recorded


def test_only_cassettes_with_the_very_call_are_named(tmp_path: Path) -> None:
    """Another operation, other parameters and a damaged file are passed over; a few are enough."""
    job = {"TranscriptionJobName": "a"}
    texts = {
        "damaged": f'{{"{GET}"'.encode(),
        "other-operation": written.dumps(cassette(recorded(START, job))),
        "other-params": written.dumps(cassette(recorded(GET, {"TranscriptionJobName": "b"}))),
        **{f"same-{number}": written.dumps(cassette(recorded(GET, job))) for number in range(5)},
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)
    paths = sorted(tmp_path.iterdir())
    found = holding(call(GET, job), paths, lambda path: written.loads(path.read_bytes(), path=str(path)))
    assert [path.name for path in found] == ["same-0", "same-1", "same-2"]
