"""``replayaws show``: cassettes as a readable timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from replayaws import codec, outline, sidecars, timeline
from replayaws import format as text_format
from replayaws.cassette import Cassette
from replayaws.cli import gathering, terminal
from replayaws.errors import CassetteError
from replayaws.library import sidecar_folder

if TYPE_CHECKING:
    from rich.console import Console

_EVENTS_SHOWN = 5
_BODY_SHOWN = 400


@click.command()
@gathering.cassettes_argument
@click.option("-p", "--payloads", is_flag=True, help="Show parameters and answers whole.")
@click.option("-c", "--call", "pattern", metavar="TEXT", help="Only calls whose name holds this text.")
@gathering.json_option
def command(given: tuple[str, ...], payloads: bool, pattern: str | None, as_json: bool) -> None:
    """Show cassettes as a readable timeline.

    Repeated polls are one line; streamed bodies and event streams are opened. CASSETTES are files, folders or test ids.
    """
    if as_json:
        terminal.print_json([_as_data(path, cassette) for path, cassette in gathering.gathered(given)])
        return
    screen = terminal.console()
    for number, (path, cassette) in enumerate(gathering.gathered(given)):
        if number:
            screen.print()
        _header(screen, path, cassette)
        _timeline(screen, path, cassette, payloads=payloads, pattern=pattern)


def _as_data(path: Path, cassette: Cassette) -> dict[str, Any]:
    import msgspec

    content: dict[str, Any] = msgspec.json.decode(text_format.dumps(cassette))
    return {"path": str(path), **content}


def _header(screen: Console, path: Path, cassette: Cassette) -> None:
    recorded = cassette.recorded
    calls = sum(interaction.count for interaction in cassette.interactions)
    last = max((interaction.seconds + interaction.took for interaction in cassette.interactions), default=0.0)
    screen.print(terminal.styled((cassette.owner, "bold")))
    facts = f"{path}, recorded {recorded.at} ({terminal.age(recorded.at)}) from {recorded.source}"
    screen.print(terminal.styled((facts, "dim")))
    size = f"{terminal.plural(calls, 'call')} in {terminal.duration(last)}"
    extra = [f"value {name} = {terminal.brief(value)}" for name, value in cassette.values.items()]
    if recorded.matched_by != "params":
        extra.append(f"matched by {recorded.matched_by}, as its import knew no parameters")
    if cassette.kept:
        extra.append(f"recorded without the rules {', '.join(cassette.kept)}")
    screen.print(terminal.styled(("; ".join([size, *extra]), "dim")))


def _timeline(screen: Console, path: Path, cassette: Cassette, *, payloads: bool, pattern: str | None) -> None:
    wanted = (pattern or "").lower()
    shown = [line for line in outline.lines(cassette.interactions) if wanted in line.first.call.lower()]
    name_width = max((len(line.first.call) for line in shown), default=0)
    subject_width = min(40, max((len(line.subject) for line in shown), default=0))
    for line in shown:
        took = sum(interaction.took * interaction.count for _, interaction in line.interactions)
        screen.print(
            terminal.styled(
                (f"{line.first.seconds:>8.1f} s  ", "dim"),
                (f"{line.first.call:<{name_width}}  ", "bold red" if line.failed else "bold"),
                (f"{terminal.brief(line.subject, 40):<{subject_width}}  ", "cyan"),
                (terminal.brief(line.outcome, 100), "red" if line.failed else "green"),
                (f"  {terminal.duration(took)}" if took else "", "dim"),
            )
        )
        for _, interaction in line.interactions:
            if payloads:
                error = interaction.decoded_error()
                _payload(screen, "params", interaction.decoded_params())
                _payload(screen, "error" if error else "response", error or interaction.decoded_response())
            for text in _stream(path, interaction, whole=payloads):
                screen.print(terminal.styled((f"{'':>12}| ", "dim"), text))


def _payload(screen: Console, title: str, value: dict[str, Any]) -> None:
    from rich.highlighter import JSONHighlighter
    from rich.text import Text

    text = "\n".join(terminal.clean(line) for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines())
    screen.print(terminal.styled((f"{'':>12}{title}", "dim")))
    for line in text.splitlines():
        screen.print(Text(" " * 14) + JSONHighlighter()(Text(line)))


def _stream(path: Path, interaction: Any, *, whole: bool) -> Iterator[str]:
    """The lines of a streamed body or the events of an event stream."""
    response = interaction.decoded_response()
    member = outline.stream_member(timeline.model_of(interaction), response)
    if member is None or interaction.decoded_error() is not None:
        return
    written = response[member]
    if isinstance(written, list):
        shown = written if whole else written[:_EVENTS_SHOWN]
        yield from (json.dumps(event, ensure_ascii=False) if whole else terminal.brief(event, 110) for event in shown)
        if len(shown) < len(written):
            yield f"… {len(written) - len(shown)} more; --payloads shows all"
        return
    body = _body(path, written, limit=None if whole else _BODY_SHOWN)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if error.start < len(body) - 4 or len(body) < _BODY_SHOWN:
            yield f"bytes that are not text, beginning {body[:16].hex(' ')}"
            return
        text = body[: error.start].decode()
    lines = text.splitlines()
    yield from lines if whole else lines[:_EVENTS_SHOWN]
    if not whole and (len(lines) > _EVENTS_SHOWN or len(body) >= _BODY_SHOWN):
        yield "… --payloads shows all"


def _body(path: Path, written: Any, *, limit: int | None) -> bytes:
    if isinstance(written, dict) and "$file" in written:
        try:
            file = sidecars.file_of(written, sidecar_folder(path))
        except CassetteError as error:
            return f"({error})".encode()
        with file.open("rb") as opened:
            return opened.read(-1 if limit is None else limit)
    try:
        body = codec.blob_bytes(written)
    except ValueError:
        return b""
    return body if limit is None else body[:limit]
