"""JMESPath that points to places in values and shapes."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws.errors import OptionError
from replayaws.pointing import Path, operation

VALUE = {
    "Name": "a",
    "Dry": False,
    "Tags": [{"Key": "k", "Value": "1"}, {"Key": "j", "Value": "2"}],
    "Map": {"x": {"Id": 1}, "y": {"Id": 2}},
    "Nested": [[1, 2], [3]],
}


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("Name", {"Name": None}),
        ("Dry", {"Dry": None}),
        ("Nothing.Here", {}),
        ("Tags[0]", {"Tags": [{"Key": "j", "Value": "2"}]}),
        ("Tags[-1].Value", {"Tags": [{"Key": "k", "Value": "1"}, {"Key": "j"}]}),
        ("Tags[].Value", {"Tags": [{"Key": "k"}, {"Key": "j"}]}),
        ("Tags[*].Value", {"Tags": [{"Key": "k"}, {"Key": "j"}]}),
        ("Tags[?Key=='k'].Value", {"Tags": [{"Key": "k"}, {"Key": "j", "Value": "2"}]}),
        ("Tags[1:].Key", {"Tags": [{"Key": "k", "Value": "1"}, {"Value": "2"}]}),
        ("Map.*.Id", {"Map": {"x": {}, "y": {}}}),
        ("Map.x", {"Map": {"y": {"Id": 2}}}),
        ("Nested[][0]", {}),
        ("[Name, Dry]", {"Name": None, "Dry": None}),
        ("Map | x.Id", {"Map": {"x": {}, "y": {"Id": 2}}}),
    ],
)
def test_without_leaves_out_what_it_points_to_and_nothing_else(path: str, rest: dict[str, Any]) -> None:
    """Members, list elements, filters, slices, maps; the value itself is not changed."""
    before = repr(VALUE)
    expected = {name: item for name, item in {**VALUE, **rest}.items() if item is not None}
    assert Path(path).without(VALUE) == expected
    assert repr(VALUE) == before


def test_replaced_puts_a_value_there_and_makes_what_is_missing() -> None:
    """Every place that is pointed to, also a member that was not there."""
    assert Path("Tags[].Value").replaced(VALUE, 0)["Tags"] == [{"Key": "k", "Value": 0}, {"Key": "j", "Value": 0}]
    assert Path("New.Deep").replaced(VALUE, 0)["New"] == {"Deep": 0}
    assert Path("Nested[]").replaced(VALUE, 0)["Nested"] == [[0, 0], [0]]


@pytest.mark.parametrize("path", ["length(Tags)", "Name == 'a'", "{a: Name}", "`1`", "Tags["])
def test_what_does_not_point_is_refused(path: str) -> None:
    """A function, a comparison, a literal, a syntax error."""
    with pytest.raises(OptionError):
        Path(path)


@pytest.mark.parametrize(
    ("path", "shapes"),
    [
        ("Reservations[].Instances[].State.Name", ["InstanceStateName"]),
        ("Reservations[0].Instances[*].Tags[?Key=='a'].Value", ["String"]),
        ("NextToken", ["String"]),
    ],
)
def test_check_gives_the_shapes(path: str, shapes: list[str]) -> None:
    """What the path points to, by the model."""
    found = Path(path).check(operation("ec2.DescribeInstances", what="test").output_shape, what="test")
    assert [shape.name for shape in found if shape is not None] == shapes


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("Reservation", "Reservations"),
        ("Reservations[].Instances[].Status", "State"),
        ("Reservations.Instances", "no member"),
        ("NextToken[]", "no member"),
    ],
)
def test_check_names_the_nearest(path: str, nearest: str) -> None:
    """A place that the shape does not have."""
    with pytest.raises(OptionError, match=nearest):
        Path(path).check(operation("ec2.DescribeInstances", what="test").output_shape, what="test")
