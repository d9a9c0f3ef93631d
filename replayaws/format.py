"""A cassette to text and back: versions, validation, the line of a fault. Nothing about paths."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import msgspec

from replayaws import upgrades
from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.errors import CassetteError
from replayaws.interaction import NOTHING, Interaction

_WIDTH = 100
"""Characters of the longest line that holds more than one value."""

_FOLDS_FROM = b" " * 6
"""The indent of the payloads of an interaction."""

_REPAIR = "Restore the file from version control, or delete it and record again with --record-aws."
_MAX_DEPTH_FIX = "Delete the file and record again with --record-aws."


def dumps(cassette: Cassette) -> bytes:
    """The text of a cassette: JSON, UTF-8, two spaces of indent, one final newline.

    An object or list of a payload stands on one line where it fits.
    """
    return _folded(msgspec.json.format(msgspec.json.encode(cassette), indent=2)) + b"\n"


def _folded(text: bytes) -> bytes:
    lines: list[bytes] = []
    opened: list[int] = []
    for line in text.split(b"\n"):
        lines.append(line)
        if line.endswith((b"{", b"[")):
            opened.append(len(lines) - 1)
        elif line.lstrip()[:1] in (b"}", b"]"):
            start = opened.pop()
            inner = lines[start + 1 : -1]
            if lines[start].startswith(_FOLDS_FROM) and len(inner) < _WIDTH:
                folded = lines[start] + b" ".join(one.lstrip() for one in inner) + line.lstrip()
                if len(folded) <= _WIDTH:
                    lines[start:] = [folded]
    return b"\n".join(lines)


@functools.lru_cache(maxsize=1)
def _decoder() -> msgspec.json.Decoder[Cassette]:
    return msgspec.json.Decoder(Cassette)


def loads(text: bytes, *, path: str | None = None) -> Cassette:
    """The cassette of a text.

    :param text: the bytes of the file.
    :param path: named in errors.
    :raises CassetteError: when the text is damaged, of a newer format, or no cassette; names the line and the fix.
    """
    try:
        str(text, "utf-8")  # payloads are left undecoded, so nothing else would notice before one is played
        cassette = _decode(text, path)
    except msgspec.ValidationError as error:
        reason, line = _explain(str(error), text)
        raise CassetteError(reason, path=path, line=line, fix=_REPAIR) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason, line = _explain_syntax(error, text)
        raise CassetteError(reason, path=path, line=line, fix=_REPAIR) from None
    except RecursionError:
        raise CassetteError("nested too deeply to be a cassette", path=path, fix=_MAX_DEPTH_FIX) from None
    for index, interaction in enumerate(cassette.interactions):
        if not _is_sound(interaction):
            fault = _fault(interaction)
            line = line_of_interaction(text, index)
            raise CassetteError(f"interactions[{index}]: {fault}", path=path, line=line, fix=_REPAIR)
    return cassette


def _decode(text: bytes, path: str | None) -> Cassette:
    try:
        cassette = _decoder().decode(text)
        version: int | None = cassette.replayaws
    except msgspec.ValidationError:
        version = _version(text, path)
        if version in (None, FORMAT_VERSION):
            raise
    if version == FORMAT_VERSION:
        return cassette
    _version(text, path)
    return _decoder().decode(_up_to_date(text, path))


def _up_to_date(text: bytes, path: str | None) -> bytes:
    """The text of an elder cassette in the present format."""
    document = json.loads(text)
    try:
        document = upgrades.upgrade(document, to=FORMAT_VERSION, steps=upgrades.STEPS)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        reason = f"damaged: it cannot be brought from format {document['replayaws']} to {FORMAT_VERSION}: {error!r}"
        raise CassetteError(reason, path=path, line=1, fix=_REPAIR) from None
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def is_of(text: bytes, owner: str) -> bool:
    """Whether a text begins as :func:`dumps` begins that of an owner's cassette; others may be theirs all the same."""
    return text.startswith(b'{\n  "replayaws": %d,\n  "owner": %b,' % (FORMAT_VERSION, msgspec.json.encode(owner)))


def glance(text: bytes) -> str | None:
    """The owner of a cassette's text, without decoding its interactions; ``None`` where the text is damaged."""
    try:
        return msgspec.json.decode(text, type=_Owner).owner
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class _Owner(msgspec.Struct):
    owner: str


def glance_region(text: bytes) -> str | None:
    """The default region of a recording's surroundings, without decoding its interactions."""
    try:
        return msgspec.json.decode(text, type=_Recorded).recorded.region
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class _Recorded(msgspec.Struct):
    recorded: Provenance


_BRACE = ord("{")


def _is_sound(interaction: Interaction) -> bool:
    return (
        "." in interaction.call
        and interaction.count >= 1
        and _is_object(interaction.response)
        and _is_object(interaction.metadata)
        and (_is_object(interaction.params) or interaction.params == NOTHING)
        and (interaction.error == NOTHING or _is_object(interaction.error))
    )


def _fault(interaction: Interaction) -> str:
    if "." not in interaction.call:
        return f'"call" is {interaction.call!r}, not "service.Operation"'
    if interaction.count < 1:
        return f'"count" is {interaction.count}, not 1 or more'
    for name in ("params", "error"):
        if not _is_object(getattr(interaction, name)) and getattr(interaction, name) != NOTHING:
            return f'"{name}" is not an object'
    return f'"{"metadata" if _is_object(interaction.response) else "response"}" is not an object'


def _is_object(payload: msgspec.Raw) -> bool:
    return memoryview(payload)[0] == _BRACE


def _version(text: bytes, path: str | None) -> int | None:
    """The version of the format that a text is in; ``None`` where that cannot be read.

    :raises CassetteError: for a version that this package cannot read.
    """
    try:
        version = msgspec.json.decode(text, type=_Version).replayaws
    except (msgspec.DecodeError, RecursionError):
        return None
    if version is None:
        raise CassetteError('not a cassette: it has no "replayaws" member', path=path, line=1, fix=_REPAIR)
    if version > FORMAT_VERSION:
        raise CassetteError(
            f"written in format {version}; this version of replayaws reads formats up to {FORMAT_VERSION}",
            path=path,
            line=_line_of(text, '"replayaws"'),
            fix="Upgrade it: pip install --upgrade replayaws.",
        )
    if version < 1:
        raise CassetteError(
            f"format {version} does not exist", path=path, line=_line_of(text, '"replayaws"'), fix=_REPAIR
        )
    return version


class _Version(msgspec.Struct):
    replayaws: int | None = None


def _explain_syntax(error: Exception, text: bytes) -> tuple[str, int | None]:
    if not text.strip():
        return "the file is empty", 1
    try:
        json.loads(text)
    except json.JSONDecodeError as fault:
        return f"not valid JSON: {fault.msg}, column {fault.colno}", fault.lineno
    except UnicodeDecodeError as fault:
        return "not valid UTF-8", text.count(b"\n", 0, fault.start) + 1
    except (ValueError, RecursionError):
        pass
    return f"not valid JSON: {error}", None


def _explain(message: str, text: bytes) -> tuple[str, int | None]:
    """msgspec's message in a user's words, and the line it speaks of."""
    reason, _, where = message.partition(" - at ")
    path = where.strip("`").removeprefix("$").lstrip(".")
    found = re.match(r"interactions\[(\d+|\.\.\.)\]", path)
    line = None
    if found and found[1].isdigit():
        line = line_of_interaction(text, int(found[1]))
    unknown = re.search(r"unknown field `(\w+)`", reason)
    name = unknown[1] if unknown else path.rpartition(".")[2]
    if name and re.fullmatch(r"\w+", name):
        line = _line_of(text, f'"{name}"', after_line=line or 1) or line
    reason = reason.replace("`", '"').replace("Object", "object", 1)
    return (f"{path}: {reason}" if path else reason), line or 1


class _Parts(msgspec.Struct):
    interactions: list[msgspec.Raw]


def line_of_interaction(text: bytes, index: int) -> int | None:
    """The 1-based line where an interaction of a cassette's text begins; ``None`` for a text that is none."""
    try:
        parts = msgspec.json.decode(text, type=_Parts).interactions
    except (msgspec.DecodeError, RecursionError):
        return None
    at = text.find(b'"interactions"')
    for part in parts[: index + 1]:
        at = text.find(bytes(part), at)
        end = at + len(bytes(part))
        start, at = at, end
    return text.count(b"\n", 0, start) + 1 if parts else None


def _line_of(text: bytes, what: str, *, after_line: int = 1) -> int | None:
    for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), start=1):
        if number >= after_line and what in line:
            return number
    return None


def schema() -> dict[str, Any]:
    """The JSON Schema of the format, as it ships with the package."""
    from importlib import resources

    text = resources.files("replayaws").joinpath("cassette.schema.json").read_bytes()
    loaded: dict[str, Any] = msgspec.json.decode(text)
    return loaded
