"""A cassette outside pytest: as a context manager, or around a function."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from replayaws import importing, stack
from replayaws.errors import OptionError
from replayaws.library import SUFFIX, Library
from replayaws.modes import Mode
from replayaws.options import Options, from_pyproject, merged
from replayaws.owner import Owner
from replayaws.recordings import Recordings
from replayaws.run import Run


class use_cassette(contextlib.ContextDecorator):  # noqa: N801  # reads as a verb, as in vcrpy
    """Replay a cassette, or record it, for the length of a block or of a function.

    ::

        with replayaws.use_cassette("cassettes/job.json") as cassette:
            boto3.client("transcribe").get_transcription_job(TranscriptionJobName="job")
        assert cassette.calls[0].source == "cassette"

    :param path: the cassette's file, ending in ``.json``.
    :param mode: ``"none"`` replays; ``"once"`` records when there is no file yet; ``"new_episodes"`` replays and appends;
        ``"all"`` records anew; ``"verify"`` calls AWS and compares.
    :param options: any option of a test's marker, such as ``fallback="error"``.
    :raises OptionError: for an unknown mode or option.
    """

    def __init__(self, path: str | os.PathLike[str], *, mode: str = "none", **options: Any) -> None:
        try:
            self._mode = Mode(mode)
        except ValueError:
            raise OptionError(
                f"use_cassette: mode is {mode!r}; one of: {', '.join(kind.value for kind in Mode)}."
            ) from None
        self._path = Path(path)
        if self._path.suffix != SUFFIX:
            raise OptionError(
                f"use_cassette: {self._path} does not end in {SUFFIX}; name a cassette file such as cassettes/job.json."
            )
        if "cassette" in options:
            raise OptionError("use_cassette: the cassette is its first argument, not an option.")
        self._options = merged(Options(), options, where="use_cassette", marker=True)
        self._given = options
        self._active: list[Owner] = []

    def __enter__(self) -> Recordings:
        importing.install()
        options = merged(Options(), from_pyproject(Path.cwd()), where="[tool.replayaws] of pyproject.toml")
        options = merged(options, self._given, where="use_cassette", marker=True)
        library = Library(self._path.absolute().parent)
        path = library.within(self._path.name)
        # Once recorded it is replayed, which needs no credentials: the mode can stay in the program.
        mode = Mode.NONE if self._mode is Mode.ONCE and path.exists() else self._mode
        run = Run(
            library=library,
            options=options,
            mode=mode,
            origin=_origin,
            command=lambda _, exists: f"use_cassette({str(self._path)!r}, mode={'all' if exists else 'once'!r})",
        )
        opened = Owner(run, self._path.name, path=path, parent=stack.current_owner())
        _ = opened.deck.cassette  # a damaged file is said now, not at the first call
        stack.insert(opened)
        self._active.append(opened)
        return Recordings(opened)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        opened = self._active.pop()
        try:
            faults = opened.close(passed=kind is None)
        finally:
            beside = sys.modules.get("replayaws.beside")
            if beside is not None and stack.current() is None:
                beside.stop()  # nobody's requests are watched from here on
        if kind is None:
            if opened.misses:
                raise opened.misses[0]
            if faults:
                from replayaws.errors import MissError

                raise MissError("\n".join(faults))

    def _recreate_cm(self) -> use_cassette:
        return self


def _origin() -> Any:
    from replayaws.origin import find

    return find()
