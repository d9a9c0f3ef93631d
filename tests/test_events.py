"""Event streams: the events that the program got, in each protocol, and what ended them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import EventStream, NoInitialResponseError
from botocore.exceptions import EventStreamError

from replayaws import bodies, codec, shapes
from replayaws.errors import CassetteError, MissError
from tests.scripted import Reply, message, scripted
from tests.streams import Recording, client, drain

SELECT = {
    "Bucket": "media",
    "Key": "a.csv",
    "Expression": "SELECT * FROM S3Object",
    "ExpressionType": "SQL",
    "InputSerialization": {"CSV": {}},
    "OutputSerialization": {"JSON": {}},
}
STREAMS: dict[str, tuple[str, str, dict[str, Any], list[bytes], list[Any]]] = {
    "rest-xml": (
        "s3",
        "select_object_content",
        SELECT,
        [
            message(b"caf\xc3\xa9,1\n", event_type="Records"),
            message(b"\xff\x00", event_type="Records"),
            message(b"", event_type="Cont"),
            message(b"<Stats><BytesScanned>7</BytesScanned></Stats>", event_type="Stats"),
            message(b"", event_type="End"),
        ],
        [
            {"Records": {"Payload": "café,1\n"}},
            {"Records": {"Payload": {"$base64": "/wA="}}},
            {"Cont": {}},
            {"Stats": {"Details": {"BytesScanned": 7}}},
            {"End": {}},
        ],
    ),
    "rest-json": (
        "bedrock-runtime",
        "converse_stream",
        {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "hello"}]}]},
        [
            message({"role": "assistant"}, event_type="messageStart"),
            message({"contentBlockIndex": 0, "delta": {"text": "Hé"}}, event_type="contentBlockDelta"),
            message({"stopReason": "end_turn"}, event_type="messageStop"),
        ],
        [
            {"messageStart": {"role": "assistant"}},
            {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Hé"}}},
            {"messageStop": {"stopReason": "end_turn"}},
        ],
    ),
    "rest-json, JSON in blobs": (
        "bedrock-runtime",
        "invoke_model_with_response_stream",
        {"modelId": "m", "body": b"{}"},
        [message({"bytes": "eyJhIjoxfQ=="}, event_type="chunk")],
        [{"chunk": {"bytes": {"$json": {"a": 1}}}}],
    ),
    "json": (
        "kinesis",
        "subscribe_to_shard",
        {
            "ConsumerARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1",
            "ShardId": "shard-0",
            "StartingPosition": {"Type": "LATEST"},
        },
        [
            message({}, event_type="initial-response"),
            message(
                {
                    "Records": [
                        {
                            "SequenceNumber": "1",
                            "Data": "aGVsbG8=",
                            "PartitionKey": "k",
                            "ApproximateArrivalTimestamp": 1763806503.25,
                        }
                    ],
                    "ContinuationSequenceNumber": "1",
                    "MillisBehindLatest": 0,
                },
                event_type="SubscribeToShardEvent",
            ),
        ],
        [
            {
                "SubscribeToShardEvent": {
                    "Records": [
                        {
                            "SequenceNumber": "1",
                            "ApproximateArrivalTimestamp": "2025-11-22T10:15:03.250000Z",
                            "Data": "hello",
                            "PartitionKey": "k",
                        }
                    ],
                    "ContinuationSequenceNumber": "1",
                    "MillisBehindLatest": 0,
                }
            }
        ],
    ),
    "json, the initial response": (
        "logs",
        "start_live_tail",
        {"logGroupIdentifiers": ["arn:aws:logs:us-east-1:123456789012:log-group:g"]},
        [
            message({}, event_type="initial-response"),
            message({"sessionId": "s", "logGroupIdentifiers": ["g"]}, event_type="sessionStart"),
        ],
        [{"sessionStart": {"sessionId": "s", "logGroupIdentifiers": ["g"]}}],
    ),
}
ERROR = message({"message": "slow down"}, message_type="exception", exception_type="throttlingException")
UNMODELLED = message(b"", message_type="error", error_code="Strange", error_message="what?")


def call(made: Any, method: str, params: dict[str, Any]) -> EventStream:  # type: ignore[type-arg]
    answer = getattr(made, method)(**params)
    stream: EventStream = next(value for value in answer.values() if isinstance(value, EventStream))  # type: ignore[type-arg]
    return stream


@pytest.mark.parametrize("case", STREAMS)
def test_round_trip(case: str, tmp_path: Path) -> None:
    """Each event stands in the cassette readably, and is replayed as botocore parsed it."""
    service, method, params, messages, written = STREAMS[case]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(messages)) as url:
        live = list(call(client(service, url), method, params))
        assert list(call(client(service, url, recording), method, params)) == live
    assert recording.finish() == written
    assert recording.incomplete is None
    replayed = call(recording.replayed(service), method, params)
    assert list(replayed) == live
    assert list(replayed) == []


@pytest.mark.parametrize("error", [ERROR, UNMODELLED], ids=["modelled", "not modelled"])
def test_error_within(error: bytes, tmp_path: Path) -> None:
    """An error within a stream is raised at its place, of the same class and content, and what follows it follows."""
    service, method, params, messages, written = STREAMS["rest-json"]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply([*messages[:2], error])) as url:
        stream, recorded = (
            call(client(service, url), method, params),
            call(client(service, url, recording), method, params),
        )
        live = list(drain(stream))
        assert list(drain(recorded)) == live
        stream.close()
        recorded.close()
    assert live[-1][0] is EventStreamError
    recording.finish()
    assert recording.written[:2] == written[:2]
    assert list(recording.written[2]) == ["$error"]
    assert recording.incomplete is None
    assert list(drain(call(recording.replayed(service), method, params))) == live


def test_stopped(tmp_path: Path) -> None:
    """A program that stops early gets as many events on replay; one more is refused, with the command that records it."""
    service, method, params, messages, written = STREAMS["rest-xml"]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(messages)) as url:
        iterator = iter(call(client(service, url, recording), method, params))
        live = [next(iterator), next(iterator)]
        assert recording.finish() == written[:2]
    assert recording.incomplete == "read by the program up to 2 events"
    replayed = iter(call(recording.replayed(service), method, params))
    assert [next(replayed), next(replayed)] == live
    with pytest.raises(
        MissError, match=r"s3\.SelectObjectContent: the program reads on .*up to 2 events.*--record-aws"
    ):
        next(replayed)


def test_closed(tmp_path: Path) -> None:
    """Closing a stream early is recorded as such, and does the same on replay."""
    service, method, params, messages, _ = STREAMS["rest-xml"]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(messages)) as url:
        stream = call(client(service, url, recording), method, params)
        live = next(iter(stream))
        stream.close()
        recording.finish()
    assert recording.incomplete == "closed by the program after 1 event"
    replayed = call(recording.replayed(service), method, params)
    assert next(iter(replayed)) == live
    replayed.close()
    assert list(replayed) == []


def test_never_read(tmp_path: Path) -> None:
    """A stream that the program never read is not read by us: it may have no end."""
    service, method, params, messages, _ = STREAMS["rest-json"]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(messages)) as url:
        stream = call(client(service, url, recording), method, params)
        assert recording.finish() == []
        stream.close()
    assert recording.incomplete == "read by the program up to 0 events"


def test_broken_connection(tmp_path: Path) -> None:
    """A connection that breaks within a stream fails for the program as without us, and the recording says so."""
    service, method, params, messages, written = STREAMS["rest-json"]

    def broken() -> Any:
        yield messages[0]
        raise ConnectionResetError

    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(broken())) as url:
        live = list(drain(call(client(service, url), method, params)))
        recorded = list(drain(call(client(service, url, recording), method, params)))
    assert recorded == live
    assert recording.finish() == written[:1]
    assert recording.incomplete is not None
    assert recording.incomplete.startswith("the connection failed after 1 event: ")


def test_program_that_changes_events(tmp_path: Path) -> None:
    """What the program does to an event does not reach the recording."""
    service, method, params, messages, written = STREAMS["rest-json"]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(messages)) as url:
        for event in call(client(service, url, recording), method, params):
            event.clear()
    assert recording.finish() == written


def test_initial_response(tmp_path: Path) -> None:
    """The initial response is gone when the program gets the stream, live and replayed."""
    service, method, params, messages, _ = STREAMS["json"]
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(messages)) as url:
        stream = call(client(service, url, recording), method, params)
        with pytest.raises(NoInitialResponseError):
            stream.get_initial_response()
        stream.close()
        recording.finish()
    with pytest.raises(NoInitialResponseError):
        call(recording.replayed(service), method, params).get_initial_response()


@pytest.mark.parametrize("written", [None, {}, "text", [1], ["text"]])
def test_damaged(written: Any) -> None:
    """A stream that is no list of events is an error of the cassette."""
    with pytest.raises(CassetteError, match="not a list of events"):
        bodies.maker({}, shapes.operation_model("s3", "SelectObjectContent"), written)()


def test_damaged_event() -> None:
    """An event that is damaged is an error of the cassette when the program gets there, and names its place."""
    written = [{"End": {}}, {"Records": {"Payload": {"$base64": "*"}}}]
    events = iter(bodies.maker({}, shapes.operation_model("s3", "SelectObjectContent"), written)())
    assert next(events) == {"End": {}}
    with pytest.raises(CassetteError, match="event 2 of a recorded stream is damaged"):
        next(events)


def test_every_event_stream_of_all_models() -> None:
    """Every kind of event of every event stream that botocore models goes into a cassette and comes out of it the same."""
    count = 0
    for service in shapes.services():
        model = shapes.service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            if not operation.has_event_stream_output:
                continue
            count += 1
            shape = operation.get_event_stream_output()
            events = [{member: {}} for member in shape.members]
            written = [codec.encode(event, shape) for event in events]
            assert list(bodies.maker({}, operation, written)()) == events
    assert count >= 4
