"""Every exception of this package.

::

    ReplayAWSError
    ├── CassetteError            a cassette cannot be used: damaged, hand-edited wrong, newer, outside its folder
    ├── RecordingError           recording cannot begin or go on: no credentials, account not allowed
    ├── SecretFound              the write guard found a secret in the bytes about to be written
    └── OptionError              an option, marker argument or setting that is not understood
    MissError (AssertionError)   a call in replay that no recording and no simulation answers

A miss is an ``AssertionError``: not a botocore error that code under test may catch and retry, and not a
``BaseException`` that s3transfer's worker threads would swallow.
"""

from __future__ import annotations

from pathlib import Path


class ReplayAWSError(Exception):
    """What every error of this package, other than a miss, is an instance of."""


class CassetteError(ReplayAWSError):
    """A cassette cannot be used.

    :param reason: what is wrong, a clause without full stop.
    :param path: the file, where known.
    :param line: the 1-based line in it, where known.
    :param fix: what the user can do, an imperative sentence.
    """

    def __init__(self, reason: str, *, path: Path | str | None = None, line: int | None = None, fix: str = "") -> None:
        self.reason, self.path, self.line, self.fix = reason, path, line, fix
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(f"{where}{reason}." + (f" {fix}" if fix else ""))

    def __reduce__(self) -> tuple[object, ...]:
        return _restore_cassette_error, (type(self), self.reason, self.path, self.line, self.fix)


def _restore_cassette_error(
    kind: type[CassetteError], reason: str, path: Path | str | None, line: int | None, fix: str
) -> CassetteError:
    return kind(reason, path=path, line=line, fix=fix)


class RecordingError(ReplayAWSError):
    """Recording cannot begin or go on; the message says why and what to do."""


class SecretFound(ReplayAWSError):  # noqa: N818  # reads as what happened
    """The write guard found a secret in what was about to be written; nothing was written.

    The message names the interaction, the path inside it and the kind of secret, never the secret.
    """


class OptionError(ReplayAWSError):
    """An option, marker argument or setting is unknown or has an impossible value; the nearest valid one is named."""


class MissError(AssertionError):
    """No recording answers this call, and no simulation does.

    :param explanation: the whole message, redacted: the call, the cassette, the closest recordings, moto's word, the command.
    """

    def __init__(self, explanation: str) -> None:
        self.explanation = explanation
        super().__init__(explanation)
