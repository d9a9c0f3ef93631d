"""The HTML pages of `view` and `compare`: what they hold, and how they behave in a real browser."""

from __future__ import annotations

import html
import re
import struct
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from replayaws.pages import joined, page, tag
from tests import browser
from tests.shelf import DOCUMENTED, cassette, interaction, polled, run, shelve

HOSTILE = "</script><img src=x onerror=document.title='taken'>\u202e\x1b[31m\"'"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class _Elements(HTMLParser):
    """Counts elements and remembers their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page, as a parser sees them."""
    parser = _Elements()
    parser.feed(text)
    return parser.elements


def hostile_project(project: Path) -> None:
    """A cassette in which every text is an attack."""
    shelve(
        cassette(
            interaction("sqs.SendMessage", {"QueueUrl": HOSTILE, "MessageBody": HOSTILE}, {HOSTILE: HOSTILE}),
            interaction(
                "sqs.DeleteQueue", {"QueueUrl": HOSTILE}, error={"Code": HOSTILE, "Message": HOSTILE}, status=400
            ),
            interaction(f"http.{HOSTILE}", {"url": HOSTILE}, region=HOSTILE),
            source=HOSTILE,
            owner=f"tests/test_{HOSTILE.replace('/', '')}.py::test",
            values={HOSTILE: HOSTILE},
        ),
        project,
    )


def test_escapes_content_and_attributes() -> None:
    """Only what was made by `tag` is markup."""
    made = tag("p", "<b>", [tag("i", "&")], title='"<', hidden=None, open=True)
    assert made == '<p title="&quot;&lt;" open>&lt;b&gt;<i>&amp;</i></p>'
    assert joined("\x1b\u202e") == "\\x1b\\x202e"


def test_pages_need_nothing_else(project: Path) -> None:
    """No element of a page loads anything, and the policy forbids it."""
    shelve(polled(), project)
    run("view", "-o", "view.html")
    run("compare", "--html", "compare.html")
    for name in ("view.html", "compare.html"):
        text = (project / name).read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        loading = [
            (n, a) for n, a in elements(text) if {"src", "srcset", "data"} & set(a) or n in ("link", "iframe", "img")
        ]
        assert loading == []
        assert [a["href"] for n, a in elements(text) if n == "a" and not str(a["href"]).startswith("#")] == []
        assert "@import" not in text
        assert "url(" not in text


@pytest.mark.parametrize("arguments", [("view", "-o"), ("view", "--moto", "-o"), ("compare", "--html")], ids=" ".join)
def test_content_stays_content(project: Path, arguments: tuple[str, ...]) -> None:
    """Nothing of a hostile cassette becomes an element, an attribute or a script."""
    hostile_project(project)
    assert run(*arguments, "page.html").exit_code in (0, 1)
    text = (project / "page.html").read_text(encoding="utf-8")
    assert "img" not in {name for name, _ in elements(text)}
    assert [name for name, _ in elements(text)].count("script") == 1
    assert not any(attribute.startswith("on") for _, attributes in elements(text) for attribute in attributes)
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_view_shows_tests_resources_and_payloads(project: Path) -> None:
    """The page holds every test, its resources with their states, its calls and their payloads."""
    shelve(polled(), project)
    shelve(polled("job-2", owner="tests/test_jobs.py::test_failed", outcome="FAILED"), project)
    result = run("view")
    assert result.output.startswith("Written: cassettes.html (2 cassettes, ")
    text = html.unescape((project / "cassettes.html").read_text(encoding="utf-8"))
    assert "2 cassettes, 10 calls: transcribe 10" in text
    for owner in ("tests/test_jobs.py::test_completed", "tests/test_jobs.py::test_failed"):
        assert f"<h2>{owner}</h2>" in text
    assert re.findall(r'<span class="state (\w+)"[^>]*>([^<]*)</span>', text) == [
        ("busy", "IN_PROGRESS x4"),
        ("good", "COMPLETED"),
        ("busy", "IN_PROGRESS x4"),
        ("bad", "FAILED"),
    ]
    assert '"MediaFileUri": "s3://media/a.wav"' in text
    assert text.count('<details class="call">') == 4


def test_view_shows_where_moto_differs(project: Path) -> None:
    """--moto marks the calls that moto answers otherwise, and sets its states below the recorded ones."""
    run("view", "--moto", DOCUMENTED)
    text = html.unescape((project / "cassettes.html").read_text(encoding="utf-8"))
    assert "moto differs" in text
    assert re.search(r'off"[^>]*>QUEUED</span>', text)


def test_compare_shows_both_timelines(project: Path) -> None:
    """The page sets the recorded states above moto's, and lists the differences."""
    run("compare", DOCUMENTED, "--html", "compare.html")
    text = html.unescape((project / "compare.html").read_text(encoding="utf-8"))
    assert re.search(r"10 recorded answers put to moto [\d.]+: 4 the same, 6 different\.", text)
    recorded = re.findall(r'grid-row: 2[^>]*">([^<]+)</span>', text)
    moto = re.findall(r'grid-row: 3[^>]*">([^<]+)</span>', text)
    assert recorded == ["IN_PROGRESS x4", "COMPLETED x2"]
    assert moto == ["no state", "QUEUED", "IN_PROGRESS", "COMPLETED", "COMPLETED x2"]
    assert "accepted, though refused when recorded" in text


def test_page_is_a_document() -> None:
    """A page is a complete HTML document with its language and title."""
    text = page("Title <1>", tag("p", "text"))
    assert text.startswith("<!doctype html>\n<html ")
    assert '<html lang="en">' in text
    assert "<title>Title &lt;1&gt;</title>" in text


@browser.needs_chromium
def test_browser_runs_no_hostile_content(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a real browser the attack is text, the page works, and the policy has nothing to refuse."""
    hostile_project(project)
    run("view", "-o", "view.html", "--title", "Recorded")
    seen = browser.dom(project / "view.html", tmp_path_factory.mktemp("browser"))
    assert "<title>Recorded</title>" in seen
    assert "<img" not in seen
    assert browser.console(project / "view.html", tmp_path_factory.mktemp("browser")) == ""


@browser.needs_chromium
def test_browser_searches(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Search hides the tests that do not hold every word, folded payloads included, and counts the others."""
    shelve(polled(), project)
    shelve(polled("job-2", owner="tests/test_jobs.py::test_failed", outcome="FAILED"), project)
    run("view", "-o", "view.html")
    seen = browser.dom(project / "view.html", tmp_path_factory.mktemp("browser"), query="?q=failed+job-2")
    articles = re.findall(r'<article id="([^"]+)"( hidden="")?>', seen)
    assert articles == [("cassette-0", ' hidden=""'), ("cassette-1", "")]
    assert '<li hidden=""><a href="#cassette-0">' in seen
    assert ">1 of 2</span>" in seen


@browser.needs_chromium
@pytest.mark.parametrize(("width", "dark"), [(1200, False), (500, True)], ids=["wide and light", "narrow and dark"])
def test_browser_draws_both_pages(
    project: Path, tmp_path_factory: pytest.TempPathFactory, dark: bool, width: int
) -> None:
    """Each page fills its width with its own paper colour, light and dark, wide and narrow."""
    run("compare", DOCUMENTED, "--html", "compare.html")
    run("view", DOCUMENTED, "-o", "view.html")
    for name in ("compare.html", "view.html"):
        folder = tmp_path_factory.mktemp("browser")
        picture = browser.screenshot(project / name, folder, size=f"{width},900", dark=dark)
        assert png_corner(picture) == ((25, 25, 23) if dark else (251, 250, 248))


def png_corner(path: Path) -> tuple[int, int, int]:
    """Red, green and blue of a picture's first pixel."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    pixels = zlib.decompress(packed)
    return pixels[1], pixels[2], pixels[3]
