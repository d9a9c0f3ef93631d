"""Recording and replaying bodies and event streams with nothing but botocore around them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import msgspec
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from replayaws import bodies, codec, sidecars

DEAD = "http://127.0.0.1:9"


@functools.cache
def _session() -> Any:
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    return session


def client(service: str, url: str, recording: Recording | None = None) -> Any:
    """A botocore client that talks to a server on loopback; its answers are recorded where a recording is given."""
    config = Config(
        retries={"max_attempts": 0}, s3={"addressing_style": "path"}, read_timeout=10, inject_host_prefix=False
    )
    made = _session().create_client(service, "us-east-1", endpoint_url=url, config=config)
    if recording is not None:
        made.meta.events.register_first("after-call.*.*", recording.after_call)
    return made


class Recording:
    """The streaming member of the last answer, with the rest of it, as a cassette keeps them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tap: Any = None
        self.response: Any = None
        self.written: Any = None
        self.incomplete: str | None = None

    def after_call(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        """AWS has answered."""
        self.tap = bodies.tap(parsed, model)
        if self.tap is not None:
            rest = {name: value for name, value in parsed.items() if name != self.tap.member}
            self.response = codec.encode(rest, model.output_shape)

    def finish(self) -> Any:
        """The owner has ended: the written form, through JSON."""
        taken = self.tap.finish()
        self.incomplete = taken.incomplete
        written, _ = sidecars.write(taken, self.folder, number=0)
        self.written = msgspec.json.decode(msgspec.json.encode(written))
        return self.written

    def replayed(self, service: str) -> Any:
        """A client without a server that is answered from the recording as it then is."""
        dead = client(service, DEAD)
        dead.meta.events.register("before-call.*.*", self._before_call)
        return dead

    def _before_call(self, model: Any, params: Any, **_: Any) -> Any:
        parsed = codec.decode(self.response, model.output_shape)
        make = bodies.maker(parsed, model, self.written, folder=self.folder, incomplete=self.incomplete)
        parsed[bodies.streaming_member(model)] = make()
        return AWSResponse(params["url"], 200, {}, None), parsed


def outcome(read: Callable[[Any], Any], answer: Any) -> Any:
    """What a way of reading gives, or the kind and text of what it raises."""
    try:
        return read(answer)
    except Exception as error:
        return type(error), str(error)


def drain(events: Any) -> Iterator[Any]:
    """The events of a stream, and the error it may end with."""
    try:
        yield from events
    except Exception as error:
        yield type(error), str(error), getattr(error, "response", None)
