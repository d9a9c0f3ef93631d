"""Install what the tests need into .venv beside this project, and run them all. Needs only Python and pip."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")


def install(extra: str) -> None:
    """Make the virtual environment if need be, and install the project into it with an extra."""
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", "-e", f"{ROOT}[{extra}]"], check=True)


if __name__ == "__main__":
    install("test")
    sys.exit(subprocess.run([str(PYTHON), "-m", "pytest", *sys.argv[1:]], cwd=ROOT, check=False).returncode)
