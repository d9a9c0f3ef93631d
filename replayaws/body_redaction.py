"""Redaction of the bodies beside a cassette: each as one in the cassette is, under a name of its own.

A body that changes becomes a new file, named for what it holds then. So the old cassette keeps the files that it names
until the new one has taken its place.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from replayaws import codec, nested
from replayaws.cassette import Cassette
from replayaws.interaction import Interaction, raw
from replayaws.recorded import checksum_class
from replayaws.redaction import Redactor, model_of

_LARGEST = 32 * 1024 * 1024
"""Bytes up to which a body is redacted whole."""
_PIECE = 4 * 1024 * 1024

Find = Callable[[Mapping[str, Any]], Path]
"""From the written form of a body, ``{"$file": name, "$size": bytes}``, to its file."""


def redact_all(
    cassette: Cassette, redactor: Redactor, find: Find, staging: Path, *, secrets: Iterable[str] = ()
) -> tuple[Cassette, dict[str, Path]]:
    """A cassette and the bodies beside it without what is secret, wherever in either a secret was seen first.

    :param find: finds the file of a body.
    :param staging: gets the bodies that change.
    :param secrets: what else is to be hidden where it stands: the secrets of other cassettes of the run.
    :returns: the cassette, and the files of its bodies by name.
    """
    opened = _without_hidden(cassette, redactor, find)
    while True:
        known = len(redactor)
        swept = redactor.sweep(opened, secrets=secrets)
        bodies = _Bodies(redactor, find, staging)
        swept = msgspec.structs.replace(swept, interactions=[bodies.interaction(one) for one in swept.interactions])
        if len(redactor) == known:
            return swept, bodies.files


def written_bodies(interaction: Interaction) -> dict[str, dict[str, Any]]:
    """The written forms of the bodies beside its cassette that an interaction names, by member."""
    if b'"$file"' not in bytes(interaction.response):
        return {}
    response = interaction.decoded_response()
    return {name: body for name, body in response.items() if isinstance(body, dict) and "$file" in body}


def calls_of_bodies(cassette: Cassette) -> dict[str, str]:
    """The call that each body beside a cassette answers, by the body's name."""
    return {body["$file"]: one.call for one in cassette.interactions for body in written_bodies(one).values()}


def _without_hidden(cassette: Cassette, redactor: Redactor, find: Find) -> Cassette:
    """The cassette with what begins a body in the body's place, where the member is to be hidden whole."""

    def opened(interaction: Interaction) -> Interaction:
        bodies = written_bodies(interaction)
        model = model_of(interaction) if bodies else None
        hidden = [name for name in bodies if model is not None and redactor.hides(model, name)]
        if not hidden:
            return interaction
        response = interaction.decoded_response()
        for name in hidden:
            with find(bodies[name]).open("rb") as file:
                response[name] = codec.encode_blob(file.read(codec.INLINE_LIMIT))
        return msgspec.structs.replace(interaction, response=raw(response))

    return msgspec.structs.replace(cassette, interactions=[opened(one) for one in cassette.interactions])


class _Bodies:
    """The bodies of one cassette on their way to new files.

    :ivar files: every body's file by the name that the cassette has for it.
    """

    def __init__(self, redactor: Redactor, find: Find, staging: Path) -> None:
        self._redactor, self._find, self._staging = redactor, find, staging
        self.files: dict[str, Path] = {}

    def interaction(self, interaction: Interaction) -> Interaction:
        """The interaction with the names, sizes and checksums that its bodies have without secrets."""
        response, metadata = interaction.decoded_response(), interaction.decoded_metadata()
        changed = False
        for name, written in written_bodies(interaction).items():
            source = self._find(written)
            target = redact_file(self._redactor, source, self._staging)
            self.files[written["$file"] if target is None else target.name] = target or source
            if target is not None:
                size = target.stat().st_size
                response[name] = {**written, "$file": target.name, "$size": size}
                told = {**_checksums(metadata, target), str(written["$size"]): str(size), written["$size"]: size}
                response, changed = _retold(response, told), True
                metadata = {**metadata, "HTTPHeaders": _retold(metadata.get("HTTPHeaders", {}), told)}
        if not changed:
            return interaction
        return msgspec.structs.replace(interaction, response=raw(response), metadata=raw(metadata))


def _checksums(metadata: dict[str, Any], body: Path) -> dict[Any, Any]:
    """The checksum that AWS sent of a body, and that of the body as it is now; empty where botocore checks none."""
    algorithm = metadata.get("ChecksumAlgorithm")
    sent, kind = metadata.get("HTTPHeaders", {}).get(f"x-amz-checksum-{algorithm}"), checksum_class(algorithm)
    if sent is None or kind is None:
        return {}
    check = kind()
    for piece in _pieces(body):
        check.update(piece)
    return {sent: check.b64digest()}


def _retold(members: dict[str, Any], told: dict[Any, Any]) -> dict[str, Any]:
    """Members with the length and the checksum of a body that has changed, where they told those of the old one."""
    names = ("contentlength", "checksum", "x-amz-checksum-", "content-length")
    return {
        name: told.get(value, value) if isinstance(value, (str, int)) and name.lower().startswith(names) else value
        for name, value in members.items()
    }


def redact_file(redactor: Redactor, source: Path, folder: Path) -> Path | None:
    """A new file with a body as it is without what is secret in it; ``None`` where it holds nothing secret.

    Text of any size is redacted, compressed text up to 32 MiB; the guard reads what is larger.

    :param folder: gets the file, named as the old one, for its new content.
    """
    target = folder / f".{source.name}.redacted"
    target.unlink(missing_ok=True)
    if not _rewrite(redactor, source, target):
        target.unlink(missing_ok=True)
        return None
    digest = hashlib.sha256()
    for piece in _pieces(target):
        digest.update(piece)
    named = folder / f"{source.stem.partition('-')[0]}-{digest.hexdigest()[:8]}{source.suffix}"
    shutil.copymode(source, target)
    return target.replace(named)


def _rewrite(redactor: Redactor, source: Path, target: Path) -> bool:
    """Whether a body changes; the new one is at ``target`` then."""
    if source.stat().st_size <= _LARGEST:
        data = source.read_bytes()
        redacted = redactor.data(data)
        target.write_bytes(redacted)
        return redacted != data
    changed, rest = False, b""
    with target.open("wb") as new:
        for piece in _pieces(source):
            whole, line, rest = (rest + piece).rpartition(b"\n")
            if nested.as_text(whole) is None or len(rest) > _LARGEST:
                return False  # no text, or text without lines
            redacted = redactor.data(whole + line)
            changed = changed or redacted != whole + line
            new.write(redacted)
        redacted = redactor.data(rest)
        new.write(redacted)
    return changed or redacted != rest


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
