"""``replayaws view``: a folder of cassettes as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

from replayaws.cli import gathering, terminal


@click.command()
@gathering.cassettes_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("cassettes.html"), show_default=True)
@click.option("--title", default="Cassettes", show_default=True)
@click.option("--moto", "with_moto", is_flag=True, help="Also show where moto differs; asks it every call.")
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
def command(given: tuple[str, ...], output: Path, title: str, with_moto: bool, open_it: bool) -> None:
    """Write a folder of cassettes as one HTML page.

    The page is one file that needs nothing else: search, a timeline per test and per resource, payloads folded.
    """
    from replayaws.pages.viewing import Viewed, view_page
    from replayaws.rehearsal import against_moto

    viewed = []
    for path in terminal.followed(gathering.paths_of(given), what="Asking moto" if with_moto else "Reading cassettes"):
        cassette = gathering.load(path)
        moto = against_moto(cassette) if with_moto else None
        viewed.append(Viewed(str(path), terminal.age(cassette.recorded.at), cassette, moto))
    output.write_text(view_page(viewed, title=title), encoding="utf-8")
    size = terminal.size(output.stat().st_size)
    click.echo(f"Written: {output} ({terminal.plural(len(viewed), 'cassette')}, {size})")
    if open_it:
        click.launch(str(output))
