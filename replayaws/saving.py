"""From what a deck recorded to a file: drain the bodies, redact, fold, guard, write."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from replayaws import format, recorder

if TYPE_CHECKING:
    from replayaws.bodies import Tap
    from replayaws.deck import Deck
    from replayaws.redaction import Redactor


def save(deck: Deck) -> tuple[str, int]:
    """Write the cassette of a deck.

    :returns: the file, and how many interactions it holds.
    :raises SecretFound: when a secret stands in what would be written; nothing is written.
    :raises CassetteError: when the file cannot be written; the old one stands.
    """
    with tempfile.TemporaryDirectory(prefix="replayaws-") as staging:
        files: dict[str, Path] = {}
        takes = deck.recording.takes
        for number, (take, tap) in enumerate(takes):
            if tap is not None and isinstance(take, recorder.ApiTake) and take.stream is None:
                _take_stream(take, tap, number, Path(staging), files, deck.redactor)
        redactor, bindings, guard = deck.redactor, deck.bindings, deck.run.guard
        new = [(take.interaction(redactor, bindings), take.reads) for take, _ in takes]
        cassette = redactor.sweep(deck.new_cassette(recorder.fold(new)), secrets=guard.secrets)
        text = format.dumps(cassette)
        guard.learn(redactor.secrets)
        guard.check(text, name=str(deck.path))
        for name, path in files.items():
            guard.check_file(path, name=f"{deck.path}: {name}")
        deck.run.library.save(cassette, deck.path, text=text, files=files)
        deck.run.made.enter(cassette)
        return str(deck.path), len(cassette.interactions)


def _take_stream(
    take: recorder.ApiTake, tap: Tap, number: int, staging: Path, files: dict[str, Path], redactor: Redactor
) -> None:
    from replayaws import codec, sidecars

    taken = tap.finish()
    content_type = take.metadata.get("HTTPHeaders", {}).get("content-type", "")
    written, file = sidecars.write(taken, staging, number=number, content_type=content_type)
    if file is not None and redactor.hides(take.model, tap.member):
        with file.open("rb") as body:
            written = codec.encode_blob(body.read(codec.INLINE_LIMIT))
        file.unlink()
    elif file is not None:
        files[file.name] = file
        written = {**written, "$size": redactor.file(file)}
    take.stream = (tap.member, written)
    take.incomplete = taken.incomplete
