"""Install what the tests need into a virtual environment beside this project, and run them all. Needs only Python and pip.

``--aio`` runs the tests of aiobotocore instead, in an environment of their own: it pins an older botocore.
Other arguments are pytest's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AIO_TESTS = ("tests/test_aio.py", "tests/test_aiobotocore_end_to_end.py", "tests/seams/test_aiobotocore.py")


def install(extra: str, name: str = ".venv") -> str:
    """Make a virtual environment if need be, and install the project into it with an extra.

    :returns: its Python.
    """
    folder = ROOT / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", "-e", f"{ROOT}[{extra}]"], check=True)
    return str(python)


def main(arguments: list[str]) -> int:
    """Install and test."""
    if "--aio" in arguments:
        python, tests = install("aio,test-aio", ".venv-aio"), list(AIO_TESTS)
        arguments = [argument for argument in arguments if argument != "--aio"]
    else:
        python, tests = install("test"), []
    return subprocess.run([python, "-m", "pytest", *tests, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
