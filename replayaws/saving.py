"""From what a deck recorded to a file: drain the bodies, redact, fold, guard, write."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import body_redaction, format, invention, recorder, sidecars
from replayaws.cassette import FORMAT_VERSION, Cassette
from replayaws.errors import RecordingError
from replayaws.library import Library, sidecar_folder
from replayaws.modes import Mode

if TYPE_CHECKING:
    from replayaws.bodies import Tap
    from replayaws.deck import Deck
    from replayaws.guard import Guard
    from replayaws.interaction import Interaction
    from replayaws.rules import Rules


def end(deck: Deck, *, passed: bool) -> None:
    """The owner of a deck has finished: write what was recorded if it passed, and tell its report what happened.

    :raises RecordingError: when it stands under a fixture that no longer makes the calls of its recording.
    :raises ReplayAWSError: as :func:`save`.
    """
    stays = deck.mode is Mode.VERIFY or deck.must_be_live
    if stays or not passed:
        note_made(deck)
    if stays:
        return
    if not passed:
        stands = f"{deck.path} is as it was" if deck.path.exists() else "it has no cassette yet"
        deck.report.kept = f"{deck.owner} did not pass; {stands}"
        return
    _check_aligned(deck)
    deck.report.written = save(deck)


def _check_aligned(deck: Deck) -> None:
    wider = deck.parent
    while wider is not None:
        if wider.misaligned:
            raise RecordingError(
                f"{deck.owner} was not recorded: it stands under the fixture {wider.owner}, which no longer makes the "
                f"calls that {wider.path} holds: {wider.misaligned}. Record the fixture again, with every test that uses "
                f"it: delete {wider.path} and the cassettes of those tests, then run pytest --record-aws."
            )
        wider = wider.parent


def save(deck: Deck) -> tuple[str, int]:
    """Write the cassette of a deck.

    :returns: the file, and how many interactions it holds.
    :raises SecretFound: when a secret stands in what would be written; nothing is written.
    :raises CassetteError: when the file cannot be written; the old one stands.
    """
    with tempfile.TemporaryDirectory(prefix="replayaws-") as folder:
        staging = Path(folder)
        takes = deck.recording.takes
        for number, (take, tap) in enumerate(takes):
            if tap is not None and isinstance(take, recorder.ApiTake) and take.stream is None:
                _take_stream(take, tap, number, staging)
        redactor, bindings, guard = deck.redactor, deck.bindings, deck.run.guard
        new = [(take.interaction(redactor, bindings), take.reads) for take, _ in takes]
        folded = recorder.fold(new)
        cassette, bodies = body_redaction.redact_all(
            _cassette_of(deck, folded),
            redactor,
            lambda written: sidecars.file_of(written, _folder_of(written, staging, deck.path)),
            staging,
            secrets=guard.secrets,
        )
        guard.learn(redactor.secrets)
        write(cassette, bodies, deck.path, guard=guard, library=deck.run.library)
        earlier = len(cassette.interactions) - len(folded)
        deck.run.made.enter(msgspec.structs.replace(cassette, interactions=cassette.interactions[earlier:]))
        return str(deck.path), len(cassette.interactions)


def _cassette_of(deck: Deck, interactions: list[Interaction]) -> Cassette:
    """The cassette to be written: what stood there is kept where the mode appends."""
    earlier = None if deck.replacing else deck.cassette
    return Cassette(
        replayaws=FORMAT_VERSION,
        owner=deck.owner,
        recorded=deck.recording.provenance(deck.run.origin) if earlier is None else earlier.recorded,
        kept=list(deck.run.rules.kept),
        values=deck.values.all(),
        invented=sorted({*(earlier.invented if earlier else ()), *invention.recorded_in(interactions)}),
        interactions=[*(earlier.interactions if earlier is not None else ()), *interactions],
    )


def note_made(deck: Deck) -> None:
    """What the calls of a deck made, for the report, where its cassette is not written: AWS has it all the same."""
    from replayaws.bindings import Bindings

    live = [take.interaction(deck.redactor, Bindings()) for take, _ in deck.recording.takes]
    deck.run.made.enter(msgspec.structs.replace(_cassette_of(deck, []), interactions=live))


def rewrite(path: Path, rules: Rules, *, only_look: bool = False) -> bool:
    """A cassette, with the bodies beside it, as these rules would have recorded it; what it has lost already stays lost.

    :param only_look: write nothing.
    :returns: whether anything changes.
    :raises SecretFound: when a secret is left; the old files stand.
    :raises CassetteError: when the cassette or a body cannot be used or written; the old files stand.
    """
    from replayaws.guard import Guard
    from replayaws.redaction import Redactor

    library = Library(path.parent)
    old, beside = library.load(path), sidecar_folder(path)
    redactor = Redactor(rules, reserved=old)
    with tempfile.TemporaryDirectory(prefix="replayaws-") as folder:
        cassette, bodies = body_redaction.redact_all(
            msgspec.structs.replace(old, kept=list(rules.kept)),
            redactor,
            lambda written: sidecars.file_of(written, beside),
            Path(folder),
        )
        if format.dumps(cassette) == format.dumps(old):
            return False
        if not only_look:
            guard = Guard()
            guard.learn(redactor.secrets)
            write(cassette, bodies, path, guard=guard, library=library)
        return True


def write(cassette: Cassette, bodies: Mapping[str, Path], path: Path, *, guard: Guard, library: Library) -> None:
    """Write a cassette and its bodies, when the guard finds no secret in any byte of them.

    :param bodies: the file of each body by the name that the cassette has for it; new ones are moved.
    :raises SecretFound: when it does; nothing is written.
    :raises CassetteError: when a file cannot be written; the old ones stand.
    """
    text = format.dumps(cassette)
    guard.check(text, name=str(path))
    calls = body_redaction.calls_of_bodies(cassette)
    for name, body in bodies.items():
        guard.check_file(body, name=f"{path}: {name}", kept=cassette.kept, call=calls.get(name))
    beside = sidecar_folder(path)
    library.save(
        cassette, path, text=text, files={name: body for name, body in bodies.items() if body.parent != beside}
    )


def _folder_of(written: Mapping[str, Any], staging: Path, path: Path) -> Path:
    """Where a body lies: just recorded, or beside the cassette that is added to."""
    return staging if (staging / str(written.get("$file"))).is_file() else sidecar_folder(path)


def _take_stream(take: recorder.ApiTake, tap: Tap, number: int, staging: Path) -> None:
    taken = tap.finish()
    content_type = take.metadata.get("HTTPHeaders", {}).get("content-type", "")
    written, _ = sidecars.write(taken, staging, number=number, content_type=content_type)
    take.stream = (tap.member, written)
    take.incomplete = taken.incomplete
