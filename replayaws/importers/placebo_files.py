"""The files of placebo's and Cloud Custodian's recordings, in folders and zip files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath

_LIMIT = 256 * 1024 * 1024
"""Bytes of one file in an archive beyond which it is refused: more than any answer, less than a trap."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that has the name of a recording.

    :param folder: relative to what is imported.
    :param target: what stands before the operation: the endpoint prefix, with a prefix of the user's before it.
    """

    folder: PurePosixPath
    name: str
    target: str
    operation: str
    number: int
    read: Callable[[], bytes]
    modified: datetime

    @property
    def shown(self) -> str:
        """Where it lies in what is imported."""
        return str(self.folder / self.name)


_NAME = re.compile(
    r"(?P<target>.+)\.(?P<operation>[A-Za-z0-9]+)_(?P<number>\d+)\.(?P<form>json|pickle)$", re.IGNORECASE
)


def read_files(path: Path, refused: list[tuple[str, str]]) -> Iterator[File]:
    """The recordings of a folder or zip file, nested as they may be.

    :param refused: gets what is none, and why.
    """
    if path.is_dir():
        found = ((PurePosixPath(file.relative_to(path).as_posix()), file) for file in sorted(path.rglob("*")))
        for relative, file in found:
            if file.is_file():
                modified = datetime.fromtimestamp(file.stat().st_mtime, timezone.utc)
                yield from _named(relative, file.read_bytes, modified, refused)
                if file.suffix.lower() == ".zip":
                    yield from _zipped(file, relative.with_suffix(""), refused)
    elif path.is_file():
        yield from _zipped(path, PurePosixPath(), refused)
    else:
        refused.append((str(path), "there is no such folder or zip file"))


def _named(
    relative: PurePosixPath, read: Callable[[], bytes], modified: datetime, refused: list[tuple[str, str]]
) -> Iterator[File]:
    found = _NAME.fullmatch(relative.name)
    if found is None:
        if relative.suffix.lower() == ".json":
            refused.append((str(relative), "its name is not <service>.<Operation>_<number>.json"))
        return
    if found["form"].lower() == "pickle":
        refused.append(
            (str(relative), "it is a pickle, and reading one can run any code; record it with placebo as JSON")
        )
        return
    yield File(
        relative.parent, relative.name, found["target"], found["operation"], int(found["number"]), read, modified
    )


def _zipped(path: Path, below: PurePosixPath, refused: list[tuple[str, str]]) -> Iterator[File]:
    try:
        archive = zipfile.ZipFile(path)
        members = sorted(archive.infolist(), key=lambda member: member.filename)
    except (zipfile.BadZipFile, OSError) as error:
        refused.append((str(path), f"it is neither a folder nor a zip file: {error}"))
        return
    for member in members:
        parts = [part for part in PurePosixPath(member.filename).parts if part not in ("/", "..")]
        relative = below.joinpath(*parts)
        if member.is_dir() or not parts:
            continue
        if member.file_size > _LIMIT:
            refused.append((str(relative), f"it has {member.file_size} bytes, more than an answer can have"))
            continue
        modified = datetime(*member.date_time[:5], tzinfo=timezone.utc)
        yield from _named(relative, lambda member=member: archive.read(member), modified, refused)  # type: ignore[misc]
