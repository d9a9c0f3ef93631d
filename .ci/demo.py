"""Install the project into .venv and run its main job: record from an embedded stand-in, replay offline, show the result."""

from __future__ import annotations

import subprocess
import sys

from test import install

if __name__ == "__main__":
    sys.exit(subprocess.run([install("demo"), "-m", "replayaws", "demo", *sys.argv[1:]], check=False).returncode)
