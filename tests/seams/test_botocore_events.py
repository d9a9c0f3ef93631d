"""botocore's events, on which the hook stands.

A failure here after an upgrade: botocore emits other events, in another order or with other arguments; see ``replayaws.hook``,
and move its registrations to where the same knowledge is to be had now.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber

from tests.seams.botocore_clients import client, json_answer
from tests.sweep.standin import StandIn

EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        stand_in.answers.append(json_answer({"TableNames": []}))
        yield stand_in


def follow(dynamodb: Any) -> list[str]:
    """The names of events as they come, without service and operation."""
    seen: list[str] = []
    for name in EVENTS:
        dynamodb.meta.events.register(name, lambda event_name, **_: seen.append(event_name.split(".")[0]))
    return seen


def test_a_call_emits_its_events_in_one_order(server: StandIn) -> None:
    """Parameters, endpoint, the call, each attempt, and one ``after-call``."""
    dynamodb = client("dynamodb", server)
    seen = follow(dynamodb)
    dynamodb.list_tables()
    assert seen == list(EVENTS[:-1])


def test_one_context_goes_through_the_whole_call(server: StandIn) -> None:
    """What ``before-parameter-build`` puts into the context is there at every event that follows."""
    dynamodb = client("dynamodb", server)
    found: dict[str, Any] = {}
    dynamodb.meta.events.register("before-parameter-build", lambda context, **_: context.update(ours=found))
    dynamodb.meta.events.register("before-call", lambda context, **_: found.update(call=context["ours"]))
    dynamodb.meta.events.register("request-created", lambda request, **_: found.update(created=request.context["ours"]))
    dynamodb.meta.events.register("after-call", lambda context, **_: found.update(after=context["ours"]))
    dynamodb.list_tables()
    assert [found[name] is found for name in ("call", "created", "after")] == [True, True, True]


def test_handlers_run_from_the_wildcards_to_the_bare_name(server: StandIn) -> None:
    """``X.*.*`` comes before ``X.service.Operation`` and bare ``X`` last; first and last only order within a name."""
    dynamodb = client("dynamodb", server)
    seen: list[str] = []
    events = dynamodb.meta.events
    events.register_first("after-call", lambda **_: seen.append("bare, first"))
    events.register("after-call.dynamodb", lambda **_: seen.append("service"))
    events.register("after-call.dynamodb.ListTables", lambda **_: seen.append("operation"))
    events.register_last("after-call.*.*", lambda **_: seen.append("wildcards, last"))
    events.register_first("after-call.*.*", lambda **_: seen.append("wildcards, first"))
    dynamodb.list_tables()
    assert seen == ["wildcards, first", "wildcards, last", "operation", "service", "bare, first"]


def answer(status: int, parsed: dict[str, Any]) -> Any:
    metadata = {"ResponseMetadata": {"HTTPStatusCode": status}}
    return lambda **_: (AWSResponse("https://example.com/", status, {}, None), {**parsed, **metadata})


def test_an_answer_at_before_call_is_the_call(server: StandIn) -> None:
    """Nothing is sent, no later ``before-call`` handler runs, and ``after-call`` still does."""
    dynamodb = client("dynamodb", server)
    dynamodb.meta.events.register_last("before-call.*.*", answer(200, {"TableNames": ["ours"]}))
    seen = follow(dynamodb)
    assert dynamodb.list_tables()["TableNames"] == ["ours"]
    assert seen == ["provide-client-params", "before-parameter-build", "before-endpoint-resolution", "after-call"]
    assert server.requests == []


def test_an_error_given_at_before_call_is_raised_as_modelled(server: StandIn) -> None:
    """The code chooses the class; an override in the context goes before the code."""
    dynamodb = client("dynamodb", server)
    error = {"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}
    dynamodb.meta.events.register_last("before-call.*.*", answer(400, error))
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.list_tables()
    override = {"error_code_override": "ResourceInUseException"}
    dynamodb.meta.events.register("before-parameter-build", lambda context, **_: context.update(override))
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        dynamodb.list_tables()


def test_at_before_call_the_parameters_are_http(server: StandIn) -> None:
    """``params`` is the serialised request there: the API's parameters are seen at ``before-parameter-build``."""
    dynamodb = client("dynamodb", server)
    found: dict[str, Any] = {}
    dynamodb.meta.events.register("before-parameter-build", lambda params, **_: found.update(api=dict(params)))
    dynamodb.meta.events.register("before-call", lambda params, **_: found.update(http=set(params)))
    dynamodb.list_tables(Limit=3)
    assert found["api"] == {"Limit": 3}
    assert {"body", "headers", "url", "method"} <= found["http"]


def test_every_handler_of_before_send_runs(server: StandIn) -> None:
    """An answer at ``before-send`` does not keep the others from running: why nothing of ours replays there."""
    dynamodb = client("dynamodb", server)
    seen: list[str] = []

    def first(**_: Any) -> AWSResponse:
        seen.append("first")
        return AWSResponse("https://example.com/", 200, {}, type("Raw", (), {"stream": lambda self: [b"{}"]})())

    dynamodb.meta.events.register_first("before-send", first)
    dynamodb.meta.events.register_last("before-send", lambda **_: seen.append("second"))
    dynamodb.list_tables()
    assert seen == ["first", "second"]
    assert server.requests == []


def test_an_active_stubber_answers_before_the_last_of_the_wildcards(server: StandIn) -> None:
    """A test under the user's own Stubber is left alone."""
    dynamodb = client("dynamodb", server)
    dynamodb.meta.events.register_last("before-call.*.*", answer(200, {"TableNames": ["ours"]}))
    with Stubber(dynamodb) as stubber:
        stubber.add_response("list_tables", {"TableNames": ["stubbed"]})
        assert dynamodb.list_tables()["TableNames"] == ["stubbed"]
    assert dynamodb.list_tables()["TableNames"] == ["ours"]


def test_presigning_builds_parameters_and_makes_no_call(server: StandIn) -> None:
    """The context says so; no ``before-call`` follows."""
    s3 = client("s3", server)
    seen = follow(s3)
    contexts: list[Any] = []
    s3.meta.events.register(
        "before-parameter-build", lambda context, **_: contexts.append(context["is_presign_request"])
    )
    assert "Signature=" in s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert contexts == [True]
    assert "before-call" not in seen
    assert "after-call" not in seen


def test_a_call_that_does_not_validate_closes_with_no_event(server: StandIn) -> None:
    """So nothing may count on an event to end what another began."""
    dynamodb = client("dynamodb", server)
    seen = follow(dynamodb)
    with pytest.raises(ParamValidationError):
        dynamodb.list_tables(Limit="three")
    assert seen == ["provide-client-params", "before-parameter-build", "before-endpoint-resolution"]


def test_idempotency_tokens_are_filled_in_between_the_two_parameter_events(server: StandIn) -> None:
    """What the user wrote is seen at ``provide-client-params``, what is sent at the last ``before-parameter-build``."""
    dynamodb = client("dynamodb", server)
    server.answers.append(json_answer({}))
    found: dict[str, Any] = {}
    dynamodb.meta.events.register_first("provide-client-params.*.*", lambda params, **_: found.update(user=set(params)))
    dynamodb.meta.events.register_last("before-parameter-build", lambda params, **_: found.update(sent=set(params)))
    dynamodb.execute_transaction(TransactStatements=[{"Statement": "SELECT 1"}])
    assert found["sent"] - found["user"] == {"ClientRequestToken"}


def test_after_call_comes_once_and_after_the_retries(server: StandIn) -> None:
    """Only the final outcome is seen there, with the number of retries."""
    dynamodb = client("dynamodb", server, retries={"total_max_attempts": 3, "mode": "standard"})
    server.answers.clear()
    server.answers.extend([json_answer({}, 500), json_answer({"TableNames": ["a"]})])
    seen = follow(dynamodb)
    result = dynamodb.list_tables()
    assert result["ResponseMetadata"]["RetryAttempts"] == 1
    assert seen.count("request-created") == 2
    assert seen.count("after-call") == 1


def test_after_call_sees_errors_too(server: StandIn) -> None:
    """A modelled error passes ``after-call`` before it is raised; its modelled members lie at the top level."""
    dynamodb = client("dynamodb", server)
    server.answers[0] = json_answer({"__type": "x#ConditionalCheckFailedException", "message": "no", "Item": {}}, 400)
    found: list[dict[str, Any]] = []
    dynamodb.meta.events.register_first("after-call.*.*", lambda parsed, **_: found.append(dict(parsed)))
    with pytest.raises(ClientError):
        dynamodb.list_tables()
    assert found[0]["Error"] == {"Message": "no", "Code": "ConditionalCheckFailedException"}
    assert found[0]["Item"] == {}


def test_the_class_makes_every_call_through_one_method(server: StandIn) -> None:
    """``BaseClient._make_api_call`` is what a client's methods, waiters and paginators end in: the one place to wrap."""
    from botocore.client import BaseClient

    dynamodb = client("dynamodb", server)
    original, seen = BaseClient._make_api_call, []

    def wrapped(self: Any, operation_name: str, api_params: Any) -> Any:
        seen.append(operation_name)
        return original(self, operation_name, api_params)

    BaseClient._make_api_call = wrapped
    try:
        dynamodb.list_tables()
        list(dynamodb.get_paginator("list_tables").paginate())
    finally:
        BaseClient._make_api_call = original
    assert seen == ["ListTables", "ListTables"]
