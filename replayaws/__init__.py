"""Record real AWS responses to boto3 once, replay them in tests, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from replayaws.api import change, fail, value
    from replayaws.errors import CassetteError, MissError, OptionError, RecordingError, ReplayAWSError, SecretFound
    from replayaws.recordings import Recordings
    from replayaws.run import RecordedCall
    from replayaws.use import use_cassette

__all__ = [
    "CassetteError",
    "MissError",
    "OptionError",
    "RecordedCall",
    "RecordingError",
    "Recordings",
    "ReplayAWSError",
    "SecretFound",
    "__version__",
    "change",
    "fail",
    "use_cassette",
    "value",
]

_HOMES = {
    "CassetteError": "errors",
    "MissError": "errors",
    "OptionError": "errors",
    "RecordedCall": "run",
    "RecordingError": "errors",
    "Recordings": "recordings",
    "ReplayAWSError": "errors",
    "SecretFound": "errors",
    "change": "api",
    "fail": "api",
    "use_cassette": "use",
    "value": "api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a test run without AWS calls imports none of them."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'replayaws' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"replayaws.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
