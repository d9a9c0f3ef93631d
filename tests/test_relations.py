"""Mutations and reads by their values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replayaws import shapes
from replayaws.relations import NONE, Clusters, Frontier, Progress, Relations, Sight, values_of

_VALUES = st.frozensets(st.sampled_from("abcd"), max_size=3)


def test_values_leave_out_what_tells_nothing() -> None:
    """Enum members, timestamps, blobs, numbers and the members to leave out are no values."""
    shape = shapes.operation_model("transcribe", "StartTranscriptionJob").input_shape
    params = {
        "TranscriptionJobName": "a",
        "LanguageCode": "en-US",
        "MediaSampleRateHertz": 8000,
        "Media": {"MediaFileUri": "s3://x"},
        "OutputKey": "",
        "Tags": [{"Key": "k", "Value": "v"}],
    }
    assert values_of(params, shape, leave_out=("Tags",)) == {"a", "s3://x"}
    put = shapes.operation_model("s3", "PutObject").input_shape
    assert values_of({"Bucket": "b", "Body": "text", "Expires": "2026-11-22T10:15:03Z"}, put) == {"b"}


@given(st.lists(st.tuples(_VALUES, _VALUES), max_size=6), st.permutations(range(6)), _VALUES, st.integers(0, 6))
def test_relations_are_as_their_definition_says(
    mutations: list[tuple[frozenset[str], frozenset[str]]], order: list[int], values: frozenset[str], played: int
) -> None:
    """Touching and governing, found by value, equal those found by comparing everything with everything."""
    known = {index: (params, params | answer) for index, (params, answer) in enumerate(mutations)}
    done: set[int] = set()
    relations = Relations(known, [values], done)
    sight = Sight(values)
    replayed = [index for index in order if index in known][:played]
    for time, index in enumerate(replayed, start=1):
        done.add(index)
        relations.play(index, time)
        if time % 2:
            relations.look(sight)
    relations.look(sight)
    governing = [index for index in replayed if values <= known[index][1] or known[index][0] <= values]
    assert sight.governed == max(governing, default=NONE)
    assert sight.since == max((replayed.index(index) + 1 for index in governing), default=NONE)
    touching = [index for index, (params, both) in known.items() if not values or not params or values & both]
    assert relations.missing(values, len(known)) == [index for index in touching if index not in done]
    assert relations.first_missing(values) == min((index for index in touching if index not in done), default=None)


@given(st.permutations(range(8)), st.integers(0, 9))
def test_progress_is_the_furthest_since_a_time(order: list[int], time: int) -> None:
    """The largest index of those replayed at that time or later."""
    progress = Progress()
    for now, index in enumerate(order):
        progress.play(index, now)
    assert progress.since(time) == max(order[time:], default=NONE)


def test_frontier_moves_over_what_is_done() -> None:
    """The first mutation not replayed, whatever the order of replay."""
    done: set[int] = set()
    frontier = Frontier([2, 5, 9], done)
    done.add(5)
    assert frontier.first == 2
    done.add(2)
    assert frontier.first == 9
    done.add(9)
    assert frontier.first is None


def test_clusters_join_through_others() -> None:
    """Values that some call holds together belong together, directly or not."""
    clusters = Clusters()
    clusters.join(["web", "i-1"])
    clusters.join(["i-1", "vol-1"])
    clusters.join(["db"])
    assert clusters.root("web") == clusters.root("vol-1") != clusters.root("db")
