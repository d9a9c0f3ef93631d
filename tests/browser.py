"""A real headless Chromium, for the pages that people open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=2000",
)


def _open(page: Path, folder: Path, *options: str, query: str = "") -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    address = page.resolve().as_uri() + query
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={folder / 'profile'}", *options, address]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, errors="replace")


def dom(page: Path, folder: Path, *, query: str = "") -> str:
    """The document after its script has run.

    :param folder: an empty one, for the browser's profile.
    """
    return _open(page, folder, "--dump-dom", query=query).stdout


def console(page: Path, folder: Path) -> str:
    """What the browser logs about the page: refused scripts and resources, errors."""
    lines = _open(page, folder, "--dump-dom", "--enable-logging=stderr", "--v=0").stderr.splitlines()
    return "\n".join(line for line in lines if "CONSOLE" in line)


def screenshot(page: Path, folder: Path, *, size: str = "1200,1600", dark: bool = False) -> Path:
    """The page as a PNG."""
    picture = folder / "page.png"
    scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    _open(page, folder, f"--screenshot={picture}", f"--window-size={size}", "--hide-scrollbars", *scheme)
    return picture
