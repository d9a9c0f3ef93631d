"""Install the project into .venv and run its main job: record from an embedded stand-in, replay offline, show the result."""

from __future__ import annotations

import subprocess
import sys

from test import PYTHON, install

if __name__ == "__main__":
    install("demo")
    sys.exit(subprocess.run([str(PYTHON), "-m", "replayaws", "demo", *sys.argv[1:]], check=False).returncode)
