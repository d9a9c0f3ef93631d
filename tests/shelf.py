"""Cassettes made for tests of the tools, on a shelf of their own, and the command line run over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.cli import main
from replayaws.interaction import NOTHING, Interaction, raw
from replayaws.library import Library

DOCUMENTED = Path(__file__).parent / "data" / "documented" / "transcribe.json"
OWNER = "tests/test_jobs.py::test_completed"


def interaction(
    call: str,
    params: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
    *,
    error: dict[str, Any] | None = None,
    status: int = 200,
    **fields: Any,
) -> Interaction:
    """One call and its answer, from written forms."""
    return Interaction(
        call=call,
        params=raw(params or {}),
        response=raw(response or {}),
        error=NOTHING if error is None else raw(error),
        metadata=raw({"HTTPStatusCode": status}),
        **{"region": "eu-central-1", **fields},
    )


def cassette(*interactions: Interaction, owner: str = OWNER, source: str = "aws", **fields: Any) -> Cassette:
    """A cassette of these."""
    recorded = Provenance(at="2026-01-05T10:15:03Z", source=source, botocore="1.44.5")
    return Cassette(replayaws=FORMAT_VERSION, owner=owner, recorded=recorded, interactions=list(interactions), **fields)


def job(status: str, name: str = "job-7f3a") -> dict[str, Any]:
    """Transcribe's answer about a job."""
    return {"TranscriptionJob": {"TranscriptionJobName": name, "TranscriptionJobStatus": status}}


def polled(name: str = "job-7f3a", *, owner: str = OWNER, outcome: str = "COMPLETED") -> Cassette:
    """A job that was started and polled to its end."""
    media = {"Media": {"MediaFileUri": "s3://media/a.wav"}, "LanguageCode": "en-US"}
    get = "transcribe.GetTranscriptionJob"
    named = {"TranscriptionJobName": name}
    return cassette(
        interaction("transcribe.StartTranscriptionJob", {**named, **media}, job("IN_PROGRESS", name), took=0.12),
        interaction(get, named, job("IN_PROGRESS", name), seconds=1.5, took=0.1, count=3),
        interaction(get, named, job(outcome, name), seconds=61.0, took=0.1),
        owner=owner,
    )


def shelve(made: Cassette, folder: Path) -> Path:
    """Save a cassette where its owner's is, in the project at a folder."""
    library = Library(folder / "cassettes")
    path = library.path_of(made.owner)
    library.save(made, path)
    return path


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    """Run the command, as in a terminal without colours; a crash is the test's."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)
