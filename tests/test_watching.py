"""The line that tells what AWS is being waited for, while recording."""

from __future__ import annotations

import pytest

from replayaws.watching import Watch, state


def test_the_second_read_of_a_kind_is_a_poll() -> None:
    """From the second on, the line names the call, its subject, the state, the polls and the seconds."""
    shown: list[str] = []
    watch = Watch(shown.append)
    for second, status in enumerate(("IN_PROGRESS", "IN_PROGRESS", "COMPLETED")):
        answer = {"TranscriptionJob": {"TranscriptionJobName": "job", "TranscriptionJobStatus": status}}
        watch.answered("transcribe.GetTranscriptionJob", {"TranscriptionJobName": "job"}, answer, seconds=second * 5.0)
    watch.end()
    assert shown == [
        "waiting for transcribe.GetTranscriptionJob job, IN_PROGRESS: poll 2, 5 s",
        "waiting for transcribe.GetTranscriptionJob job, COMPLETED: poll 3, 10 s",
        "",
    ]


@pytest.mark.parametrize(
    ("response", "told"),
    [
        ({"Vpcs": [{"VpcId": "vpc-1", "State": "pending"}]}, "pending"),
        ({"Table": {"TableStatus": "ACTIVE"}}, "ACTIVE"),
        ({"Count": 1, "Items": []}, None),
    ],
)
def test_the_state_of_an_answer(response: dict[str, object], told: str | None) -> None:
    """Whatever the service calls it."""
    assert state(response) == told
