"""The write guard: reads the very bytes about to be written, and refuses them when there is a secret in them.

It trusts nothing of what redaction did. What it looks for, and where, is told in :mod:`replayaws.scanning`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from replayaws.errors import SecretFound
from replayaws.needles import Needles
from replayaws.scanning import CHUNK, REDACTED, Finding, findings, kind_in_chunks

CREDENTIAL = "live credential"


class Guard:
    """Refuses bytes with a secret in them.

    :param credentials: the live ones: access key id, secret key, session token.
    """

    def __init__(self, *, credentials: Iterable[str] = ()) -> None:
        self._needles = Needles(dict.fromkeys(filter(None, credentials), CREDENTIAL))

    @property
    def secrets(self) -> frozenset[str]:
        """Everything it looks for, beside the known forms; in memory only."""
        return frozenset(self._needles)

    def learn(self, secrets: Iterable[str]) -> None:
        """Looks for these too: what a redactor hid."""
        for secret in secrets:
            self._needles.add(secret, REDACTED)

    def check(self, data: bytes, *, name: str) -> None:
        """Reads a whole text.

        :param data: a cassette, or anything else.
        :param name: of the file, for the error.
        :raises SecretFound: naming interaction, path and kind.
        """
        found = next(findings(data, self._needles), None)
        if found is not None:
            raise SecretFound(_refusal(found, name))

    def check_chunks(
        self, chunks: Iterable[bytes], *, name: str, kept: Iterable[str] = (), call: str | None = None
    ) -> None:
        """The same of bytes that come in pieces and are never whole in memory.

        :param kept: rules that do not hold, as ``keep`` names them.
        :param call: the call that they answer, where known.
        """
        kind = kind_in_chunks(chunks, self._needles, kept, call)
        if kind is not None:
            raise SecretFound(_refusal(Finding(kind, call=call), name))

    def check_file(self, path: Path, *, name: str, kept: Iterable[str] = (), call: str | None = None) -> None:
        """The same of a file, such as a body beside a cassette."""
        with path.open("rb") as file:
            self.check_chunks(iter(lambda: file.read(CHUNK), b""), name=name, kept=kept, call=call)


def _refusal(found: Finding, name: str) -> str:
    return (
        f"{name}: not written, there is a secret in it: {found}. Add a rule under [tool.replayaws.redact] that hides it; if it "
        "is none, or is meant to be public, name its rule in keep. `replayaws rules` lists the rules."
    )
