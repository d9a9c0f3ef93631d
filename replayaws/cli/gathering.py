"""The cassettes that a command line speaks of: files, folders or test ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from replayaws.cassette import Cassette
from replayaws.errors import CassetteError
from replayaws.library import SUFFIX, Library
from replayaws.options import Options, from_pyproject, merged

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def cassettes_argument(command: Decorated) -> Decorated:
    """The argument that most commands take: ``given``, to be read with :func:`paths_of`."""
    return click.argument("given", metavar="[CASSETTES]...", nargs=-1, type=click.Path())(command)


def json_option(command: Decorated) -> Decorated:
    """``--json`` as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")(command)


def project_options() -> Options:
    """The options of the project in the current folder, as its ``pyproject.toml`` has them.

    :raises OptionError: for settings that are not understood.
    """
    return merged(Options(), from_pyproject(Path.cwd()), where="pyproject.toml [tool.replayaws]")


def library() -> Library:
    """The project's folder of cassettes."""
    return Library(Path.cwd() / project_options().cassettes)


def shown(path: Path) -> Path:
    """The path as people name it: relative to the current folder where it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def paths_of(given: Sequence[str], *, to_write: bool = False) -> list[Path]:
    """The cassettes meant, sorted within each folder and without repetition.

    :param given: files, folders, owners (``tests/test_a.py::test_b``) and files of tests; empty means the project's folder.
    :param to_write: whether they are to be rewritten: then a folder above the current one is refused.
    :raises CassetteError: for a path or owner that has no cassette.
    """
    if to_write:
        for text in given:
            _refuse_above(Path(text))
    if not given:
        found = library().paths()
        if not found:
            raise CassetteError("no cassettes there", path=library().folder, fix="Record some: pytest --record-aws.")
        return [shown(path) for path in found]
    paths: dict[Path, None] = {}
    for text in given:
        paths.update(dict.fromkeys(_paths_of(text)))
    return list(paths)


def _refuse_above(folder: Path) -> None:
    if folder.is_dir() and folder.resolve() in Path.cwd().parents:
        raise CassetteError(
            "other projects lie in that folder; nothing was written", path=folder, fix="Name a folder of cassettes."
        )


def _paths_of(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir():
        found = Library(path).paths()
        if not found:
            raise CassetteError("no cassettes there", path=path, fix="Name a folder that has some.")
        return found
    if path.suffix == ".py":
        return _of_tests(path)
    if path.is_file():
        return [path]
    if "::" in text:
        of_owner = library().path_of(text)
        if of_owner.is_file():
            return [shown(of_owner)]
        fix = f"Record it: pytest --record-aws {text!r}."
        raise CassetteError(f"no cassette of {text}", path=shown(of_owner), fix=fix)
    raise CassetteError(
        "no such file or folder", path=path, fix=f"Name a cassette ({SUFFIX}), a folder, or a test id with '::'."
    )


def _of_tests(file: Path) -> list[Path]:
    """The cassettes of a file of tests and of the fixtures used in it."""
    whole = file.absolute()
    name = whole.relative_to(Path.cwd()).as_posix() if whole.is_relative_to(Path.cwd()) else file.as_posix()
    found = [shown(path) for path, owner in library().owners() if owner.partition("::")[0] == name]
    if not found:
        raise CassetteError(
            "no cassettes of the tests in it", path=file, fix=f"Record them: pytest --record-aws {name}."
        )
    return found


def load(path: Path) -> Cassette:
    """The cassette at a path.

    :raises CassetteError: when it cannot be used.
    """
    return Library(path.parent).load(path)


def gathered(given: Sequence[str]) -> Iterator[tuple[Path, Cassette]]:
    """Every cassette meant, with its path.

    :raises CassetteError: for a path without a cassette, and for a cassette that cannot be used.
    """
    for path in paths_of(given):
        yield path, load(path)
