"""Plain botocore clients of a stand-in on loopback, and the answers that it sends them."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
from botocore.config import Config

from tests.sweep.standin import Answer, StandIn

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # AWS's documentation examples
_session = botocore.session.Session()


def client(service: str, server: StandIn, *, session: Any = None, **config: Any) -> Any:
    """A client whose calls all go to the stand-in, whatever its endpoint rules say."""
    made = (session or _session).create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries=config.pop("retries", {"total_max_attempts": 1}), **config),
    )
    return redirect(made, server)


def redirect(made: Any, server: StandIn) -> Any:
    """Send what the client sends to the stand-in."""

    def to_stand_in(request: Any, **_: Any) -> None:
        request.url = f"{server.url}/{request.url.partition('://')[2].partition('/')[2]}"

    made.meta.events.register("before-send", to_stand_in)
    return made


def json_answer(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    sent = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "1", **headers}
    return Answer(status, {name.replace("_", "-"): value for name, value in sent.items()}, json.dumps(body).encode())


def xml_answer(body: str, status: int = 200, **headers: str) -> Answer:
    """An answer in XML."""
    sent = {"content-type": "text/xml", **headers}
    return Answer(status, {name.replace("_", "-"): value for name, value in sent.items()}, body.encode())
