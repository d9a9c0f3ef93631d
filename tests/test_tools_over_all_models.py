"""The tools over answers of all of AWS: nothing that a model allows makes them stumble or see what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from replayaws import changes, comparison, linting, outline, shapes, timeline
from replayaws.pages import pieces
from tests.shelf import cassette, interaction

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

SAMPLE = 41  # every so many operations; a prime, so that services of any size are met


def filled(shape: Shape | None, *, above: tuple[str, ...] = ()) -> Any:
    """A value in written form with every member that a shape has, each shape once on the way down."""
    if shape is None:
        return {}
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, (*above, shape.name))
    if kind == "list":
        return [] if shape.member.name in above else [filled(shape.member, above=above)]  # type: ignore[attr-defined]
    if kind == "map":
        key = filled(shape.key)  # type: ignore[attr-defined]
        return {} if shape.value.name in above else {key: filled(shape.value, above=above)}  # type: ignore[attr-defined]
    plain = {"blob": "text", "timestamp": "2026-01-05T10:00:00Z", "boolean": True, "float": 1.5, "double": 1.5}
    if kind == "string":
        values = getattr(shape, "enum", None)
        return values[0] if values else f"a {shape.name}"
    return plain.get(kind, 3)


def _structure(shape: Any, above: tuple[str, ...]) -> Any:
    if getattr(shape, "is_document_type", False):
        return {"any": ["thing", 1, None]}
    if shape.serialization.get("eventstream"):
        return [{name: filled(event, above=above)} for name, event in shape.members.items()]
    members = list(shape.members.items())[: 1 if getattr(shape, "is_tagged_union", False) else None]
    return {name: filled(member, above=above) for name, member in members if member.name not in above}


def operations(step: int) -> Iterator[OperationModel]:
    """Every so many of all operations."""
    every = (
        shapes.service_model(service).operation_model(name)
        for service in shapes.services()
        for name in shapes.service_model(service).operation_names
    )
    return (model for number, model in enumerate(every) if number % step == 0)


@pytest.fixture(scope="module")
def models(request: pytest.FixtureRequest) -> list[OperationModel]:
    whole = request.config.getoption("--run-whole-aws")
    return list(operations(1 if whole else SAMPLE))


def test_what_the_model_allows_is_no_finding(models: list[OperationModel]) -> None:
    """Lint finds nothing in full answers, an answer does not differ from itself, and both have a line and a page."""
    wrong: list[tuple[str, str]] = []
    for model in models:
        name = f"{model.service_model.service_name}.{model.name}"
        made = interaction(name, filled(model.input_shape), filled(model.output_shape))
        wrong += [(name, str(found)) for found in linting.lint(cassette(made)) if found.rule != "missing-required"]
        response = made.decoded_response()
        wrong += [(name, str(found)) for found in comparison.differences(response, response, model.output_shape)]
        wrong += [(name, str(found)) for found in changes.between(cassette(made), cassette(made)).interactions]
        (line,) = outline.lines([made])
        assert line.outcome
        assert pieces.call(line).startswith("<details")
        assert all(pieces.lane(lane).startswith("<div") for lane in timeline.lanes([made]))
    assert wrong == []


def test_most_calls_speak_of_a_resource(models: list[OperationModel]) -> None:
    """Nine of ten operations, given every member, belong to a resource's timeline."""
    told = sum(
        bool(timeline.sightings(model, params=filled(model.input_shape), response=filled(model.output_shape)))
        for model in models
    )
    assert told / len(models) > 0.85
