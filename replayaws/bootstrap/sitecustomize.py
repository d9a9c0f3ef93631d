"""Found by the Python of a program that ``replayaws run`` started, before the program's own code runs."""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path


def _run_the_next() -> None:
    """Another ``sitecustomize`` that this one hides runs all the same."""
    here = Path(__file__).resolve().parent
    path = [folder for folder in sys.path if Path(folder).resolve() != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


try:
    from replayaws import child
except ImportError:  # a program in another environment, in which replayaws is not installed
    sys.stderr.write(
        f"replayaws: {sys.executable} does not have replayaws installed, so the calls of this program are not recorded "
        "or replayed, and may reach AWS. Install it there: pip install replayaws.\n"
    )
    sys.stderr.flush()
    os._exit(2)  # what is raised here is shown as a crash of Python's

child.begin()
_run_the_next()
