"""Where a recording comes from: whose account, which identity and region, AWS or a custom endpoint."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from replayaws.errors import RecordingError
from replayaws.hosts import is_aws_host
from replayaws.run import Origin

_SHORTEST_CREDENTIAL = 16
"""Characters of AWS's shortest access key id. What is shorter is a stand-in's "test", which stands in innocent names."""


_callers: dict[tuple[str, str, str | None], tuple[str | None, str | None]] = {}
"""Who the credentials belong to, asked once for each in a process."""


def find() -> Origin:
    """Ask the surroundings, and STS, whose credentials these are.

    :raises RecordingError: when there are no credentials, or STS says that they are not valid.
    """
    import boto3

    from replayaws import hook

    session = boto3.Session()
    credentials = _credentials(session)
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or session._session.get_config_variable("endpoint_url")
    source = "aws" if not endpoint or is_aws_host(urlsplit(endpoint).hostname or "") else endpoint
    known = (credentials.access_key, source, session.region_name)
    if known not in _callers:
        _callers[known] = _caller(session, stand_in=source != "aws", internal=hook.INTERNAL)
    account, identity = _callers[known]
    return Origin(
        source=source,
        account=account,
        identity=identity,
        region=session.region_name,
        credentials=tuple(
            secret
            for secret in (credentials.secret_key, credentials.token, credentials.access_key)
            if secret and len(secret) >= _SHORTEST_CREDENTIAL
        ),
    )


def _credentials(session: Any) -> Any:
    from botocore.exceptions import BotoCoreError

    try:
        credentials = session.get_credentials()
        if credentials is not None:
            return credentials.get_frozen_credentials()
    except BotoCoreError as error:
        raise RecordingError(f"Recording needs AWS credentials, and they cannot be had: {error}.") from None
    raise RecordingError(
        "Recording needs AWS credentials, and there are none. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "or run `aws sso login`; to replay what is recorded, leave --record-aws out."
    )


def _caller(session: Any, *, stand_in: bool, internal: str) -> tuple[str | None, str | None]:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    region = session.region_name or "us-east-1"
    config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
    try:
        client = session.client("sts", region_name=region, config=config)
        client.__dict__[internal] = True
        caller = client.get_caller_identity()
        return caller["Account"], caller["Arn"]
    except (BotoCoreError, ClientError, ResponseParserError, KeyError) as error:
        if stand_in:
            return None, None  # few stand-ins have an STS
        raise RecordingError(
            f"Recording cannot begin: sts.GetCallerIdentity failed: {error}. Check the credentials "
            "(`aws sts get-caller-identity`) and the network; to replay what is recorded, leave --record-aws out."
        ) from None
