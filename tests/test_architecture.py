"""The house: imports go down the layers only, strangers have one door each, heavy packages load late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "replayaws"

LAYERS = {
    "values": "errors interaction cassette options modes decisions hosts",
    "faces": "pytest_plugin cli demo bootstrap child __main__ __init__",
}
"""The two ends of the house; what lies between may import values, and never a face."""

STRANGERS = {
    "moto": {"fallback", "comparison", "live", "cli", "importers", "origin", "demo"},
    "aiobotocore": {"aio", "aio_bodies", "ambient", "hook", "answers"},
    "vcr": {"http", "interception", "importers"},
    "pytest": {"pytest_plugin", "demo"},
    "click": {"cli"},
    "rich": {"cli"},
}
"""The only modules that may import each stranger; ``live`` and ``hook`` only look whether it is imported."""

LIGHT = (
    "errors",
    "interaction",
    "cassette",
    "options",
    "modes",
    "deck",
    "owner",
    "stack",
    "importing",
    "hook",
    "library",
    "run",
    "pytest_plugin",
)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package: its first name below the package, and its tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield parts[0], ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(name: str) -> str | None:
    """The first name below the package of an import of ours."""
    parts = name.split(".")
    return parts[1] if parts[0] == "replayaws" and len(parts) > 1 else None


@pytest.mark.parametrize("name", LAYERS["values"].split())
def test_values_import_values_only(name: str) -> None:
    """A value knows nothing of files, machinery or faces."""
    values = set(LAYERS["values"].split())
    for module, tree in modules():
        if module == name:
            assert {own(one) for one in imported(tree)} - {None} <= values


def test_nothing_imports_a_face() -> None:
    """Faces import the house; the house does not know them."""
    faces = set(LAYERS["faces"].split())
    for module, tree in modules():
        if module not in faces:
            known = {own(one) for one in imported(tree)} & (faces - {"__init__"})
            assert not known, f"{module} imports {known}"


@pytest.mark.parametrize("stranger", STRANGERS)
def test_strangers_have_their_doors(stranger: str) -> None:
    """Each foreign package is imported by the modules that exist for it, and by no other."""
    users = {module for module, tree in modules() for name in imported(tree) if name.split(".")[0] == stranger}
    assert users <= STRANGERS[stranger]


def test_the_plugin_imports_nothing_heavy() -> None:
    """A test run without AWS calls pays for none of the packages that such calls need."""
    code = "import sys, replayaws.pytest_plugin; print(*sorted(name.split('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"boto3", "botocore", "moto", "vcr", "click", "rich", "jmespath", "aiobotocore", "yaml", "responses"}
    assert not heavy & set(done.stdout.split())
