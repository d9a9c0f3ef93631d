"""The user agent of a replayed call is the one that botocore makes."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.context import start_as_current_context
from botocore.useragent import register_feature_id

from replayaws import MissError, use_cassette
from tests.seams.botocore_clients import KEY, SECRET


def _user_agents(client: Any) -> list[str]:
    """Those of calls between which a program changes what they tell of, as a handler of it sees them."""
    seen: list[str] = []

    def look(params: dict[str, Any], **_: Any) -> None:
        seen.append(params["headers"]["User-Agent"])

    client.meta.events.register_first("before-call.*.*", look)
    for extra, feature in (("one", None), ("one", None), ("two", None), ("two", "WAITER"), ("one", None)):
        client.meta.config.user_agent_extra = extra
        with contextlib.suppress(MissError), start_as_current_context():
            if feature:
                register_feature_id(feature)
            client.get_caller_identity()
    client.meta.events.unregister("before-call.*.*", look)
    return seen


def test_a_remembered_user_agent_is_the_one_that_botocore_makes(tmp_path: Path) -> None:
    """Remembering it changes none, whatever a program puts into it, and when."""
    config = Config(user_agent_extra="tool/1.0 (odd ✓) #tag", user_agent_appid="an app#1", retries={"mode": "standard"})
    client = boto3.client(
        "sts", region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET, config=config
    )
    answer = AWSResponse("https://sts.amazonaws.com/", 200, {}, None), {"Account": "123456789012"}
    client.meta.events.register_last("before-call.sts.*", lambda **_: answer)
    made = _user_agents(client)
    replayed: list[str] = []
    with contextlib.suppress(MissError), use_cassette(tmp_path / "none.json", fallback="error"):
        replayed = _user_agents(client)
    assert [_sorted_features(one) for one in replayed] == [_sorted_features(one) for one in made]
    assert "an-app" in made[0]
    assert len(set(map(_sorted_features, made))) == 3


def _sorted_features(user_agent: str) -> str:
    """botocore writes them in the order of a set."""
    return re.sub(r"(?<= m/)\S+", lambda found: ",".join(sorted(found[0].split(","))), user_agent)
