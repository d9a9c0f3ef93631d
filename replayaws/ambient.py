"""What stands in for credentials, region, profiles and config files in replay.

A replay depends on nothing of the machine it runs on. So while the program replays, botocore's sessions read no config file,
contact no metadata service and no SSO, accept every profile name, and find dummy credentials. A region that the code
names is the code's; one that only the surroundings would give is the one that the recording had.

What a test sets itself (``AWS_CONFIG_FILE``, ``AWS_DEFAULT_REGION``, by monkeypatch) is the code's word and is respected: only
what was in the environment before the run began counts as the surroundings.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

DUMMY_ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"  # AWS's documentation example
DUMMY_SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # AWS's documentation example
DEFAULT_REGION = "us-east-1"
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_FILE_VARIABLES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_WATCHED = (*_REGION_VARIABLES, *_FILE_VARIABLES)

_at_start: dict[str, str | None] = {name: os.environ.get(name) for name in _WATCHED}

_replaying: Callable[[], bool] = lambda: False  # noqa: E731  # replaced by the hook, which knows the decks
_recorded_region: Callable[[], str | None] = lambda: None  # noqa: E731


def follow(replaying: Callable[[], bool], recorded_region: Callable[[], str | None]) -> None:
    """Say how to know whether the program replays, and which region its recordings had as default."""
    global _replaying, _recorded_region
    _replaying, _recorded_region = replaying, recorded_region


def _set_by_code(names: tuple[str, ...]) -> bool:
    for name in names:  # noqa: SIM110  # asked some fifty times for each client
        if name in os.environ and os.environ[name] != _at_start[name]:
            return True
    return False


def _environment_credentials() -> tuple[str, str, str | None]:
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return key, secret, os.environ.get("AWS_SESSION_TOKEN")
    return DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY, None


def wrap_session(session_class: Any) -> None:
    """Let ``botocore.session.Session`` look at nothing outside the process while the program replays."""
    _wrap_credentials(session_class)
    _wrap_config_files(session_class)
    _wrap_region(session_class)


def _wrap_credentials(session_class: Any) -> None:
    original = session_class.get_credentials

    @functools.wraps(original)
    def get_credentials(self: Any) -> Any:
        if self._credentials is None and _replaying():
            from botocore.credentials import Credentials

            key, secret, token = _environment_credentials()
            return Credentials(key, secret, token, method="replayaws")
        return original(self)

    session_class.get_credentials = get_credentials


def wrap_async_session(session_class: Any) -> None:
    """The same for aiobotocore's sessions, whose credentials are awaited."""
    original = session_class.get_credentials

    @functools.wraps(original)
    async def get_credentials(self: Any) -> Any:
        if self._credentials is None and _replaying():
            from aiobotocore.credentials import AioCredentials

            key, secret, token = _environment_credentials()
            return AioCredentials(key, secret, token, method="replayaws")
        return await original(self)

    session_class.get_credentials = get_credentials


def _wrap_config_files(session_class: Any) -> None:
    from botocore.exceptions import ProfileNotFound

    original_config = session_class.full_config.fget
    original_scoped = session_class.get_scoped_config

    def reads_none(session: Any) -> bool:
        return session._config is None and _replaying() and not _set_by_code(_FILE_VARIABLES)

    @functools.wraps(original_config)
    def full_config(self: Any) -> Any:
        return {"profiles": {}} if reads_none(self) else original_config(self)

    @functools.wraps(original_scoped)
    def get_scoped_config(self: Any) -> Any:
        if reads_none(self):
            return {}
        try:
            return original_scoped(self)
        except ProfileNotFound:
            if _replaying():
                return {}
            raise

    session_class.full_config = property(full_config)
    session_class.get_scoped_config = get_scoped_config


def _wrap_region(session_class: Any) -> None:
    original = session_class.get_config_variable

    @functools.wraps(original)
    def get_config_variable(self: Any, logical_name: str, methods: Any = None) -> Any:
        if logical_name == "region" and _replaying():
            named = self.instance_variables().get("region")
            if named is None and not _set_by_code(_REGION_VARIABLES):
                return _recorded_region() or original(self, logical_name, methods) or DEFAULT_REGION
        return original(self, logical_name, methods)

    session_class.get_config_variable = get_config_variable
