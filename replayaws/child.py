"""A program under ``replayaws run``: its calls are recorded or replayed from its start to its end.

Each process that makes calls has a cassette of its own, in the order in which they make their first: the first has the
file that the user named, the next ``name.2.json`` and so on.
"""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from replayaws import hosts, importing, stack
from replayaws.errors import ReplayAWSError
from replayaws.library import SUFFIX, Library
from replayaws.modes import Mode
from replayaws.options import Options, from_pyproject, merged
from replayaws.owner import Owner
from replayaws.run import Origin, Run

CASSETTE, MODE, CLAIMS, FALLBACK = "REPLAYAWS_CASSETTE", "REPLAYAWS_MODE", "REPLAYAWS_CLAIMS", "REPLAYAWS_FALLBACK"
"""Environment variables that ``replayaws run`` gives to the program and its children."""

_failed = False


class _Numbered(Library):
    """The library of a program's processes: whoever makes a call first has the file itself."""

    def __init__(self, file: Path, claims: Path) -> None:
        super().__init__(file.parent)
        self._file, self._claims = file, claims

    def find(self, owner: str) -> tuple[Path, None]:
        """The file of this process, claimed now, and not read yet."""
        number = 1
        while True:
            try:
                os.close(os.open(self._claims / str(number), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            except FileExistsError:
                number += 1
                continue
            name = self._file.name if number == 1 else f"{self._file.name.removesuffix(SUFFIX)}.{number}{SUFFIX}"
            return self._file.with_name(name), None


def begin() -> None:
    """Own the calls of this process, if ``replayaws run`` started it."""
    if CASSETTE not in os.environ:
        return
    importing.install()
    file, mode = Path(os.environ[CASSETTE]), Mode(os.environ.get(MODE, "none"))
    try:
        options = merged(Options(), from_pyproject(Path.cwd()), where="[tool.replayaws] of pyproject.toml")
        options = merged(options, {"fallback": os.environ.get(FALLBACK) or None}, where=FALLBACK)
    except ReplayAWSError as error:
        _refuse(error)
    run = Run(
        library=_Numbered(file, Path(os.environ[CLAIMS])),
        options=options,
        mode=mode,
        origin=_origin,
        command=lambda owner, exists: f"replayaws run --record{'=all' if exists else ''} --cassette {file} -- {owner}",
    )
    owner = Owner(run, " ".join(sys.orig_argv))
    if mode.records and not (mode is Mode.ONCE and file.exists()):
        try:
            run.intercept_http()
        except ReplayAWSError as error:
            _refuse(error)
    else:
        hosts.guard_network(_refuse_connection)
    stack.insert(owner)
    _note_failure()
    atexit.register(_end, owner)


def _refuse(error: ReplayAWSError) -> NoReturn:
    """End the process: Python goes on after an error here, and the program's calls would go unrecorded to AWS."""
    sys.stderr.write(f"replayaws: {error}\n")
    sys.stderr.flush()
    os._exit(2)


def _origin() -> Origin:
    from replayaws.origin import find

    return find()


def _refuse_connection(host: str) -> None:
    from replayaws import beside

    beside.refuse_connection(host)


def _note_failure() -> None:
    """A program that ends with an exception has not finished: its cassette stays as it was."""
    original = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        global _failed
        _failed = True
        original(kind, error, trace)

    sys.excepthook = excepthook


def _end(owner: Owner) -> None:
    try:
        faults = owner.close(passed=not _failed)
    except ReplayAWSError as error:
        faults = [str(error)]
    faults += [str(miss) for miss in owner.misses]
    for report in owner.run.reports:
        if report.written:
            sys.stderr.write(f"replayaws: wrote {report.written[0]} ({report.written[1]} interactions)\n")
        elif report.kept:
            sys.stderr.write(f"replayaws: {report.kept}\n")
        counts = ", ".join(f"{number} from {source}" for source, number in report.sources.items())
        if counts:
            sys.stderr.write(f"replayaws: calls answered: {counts}\n")
    if faults:
        sys.stderr.write("replayaws: " + "\nreplayaws: ".join(faults) + "\n")
        sys.stderr.flush()
        os._exit(3)  # atexit has no other way to say that the program did not do what was recorded
