"""The README and the manual: every block of theirs is run, and every name in them is one that exists."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
import yaml

from replayaws import format as text_format
from replayaws.cli import COMMANDS
from replayaws.options import FIELDS, Options, from_pyproject, merged
from tests.servers import Server
from tests.worlds import ROOT, World

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@dataclass(frozen=True)
class Block:
    """A fenced block; ``title`` is the file that it is."""

    language: str
    title: str
    text: str


def blocks(page: Path, *languages: str) -> list[Block]:
    """The blocks of a page, of some languages or of all."""
    found = [Block(*groups) for groups in _BLOCK.findall(page.read_text(encoding="utf-8"))]
    return [block for block in found if not languages or block.language in languages]


def write(world: World, page: Path) -> World:
    """Write the files of a page; of a diff, what it comes to."""
    for block in blocks(page):
        if block.title:
            world.file(block.title, after(block.text) if block.language == "diff" else block.text)
    return world


def after(diff: str) -> str:
    """What a file is when a diff of all of it has been applied."""
    return "".join(line[1:] for line in diff.splitlines(keepends=True) if not line.startswith("-"))


def before(diff: str) -> str:
    """What a file was."""
    return "".join(line[1:] for line in diff.splitlines(keepends=True) if not line.startswith("+"))


def console(page: Path) -> Iterator[tuple[str, str]]:
    """Each command of the console blocks, with the output that is shown."""
    for block in blocks(page, "console"):
        for example in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, output = example.partition("\n")
            yield command.partition("  #")[0].strip(), output


def shell(world: World, command: str, **environment: str) -> str:
    """What a command prints in a project, with this interpreter and nothing around it; errors included when it fails."""
    replaced = re.sub(r"\breplayaws (?=run|show)", f"{sys.executable} -m replayaws ", command)
    replaced = re.sub(r"(?<![/\w])python (?=\w)", f"{sys.executable} ", replaced)
    base = {"PATH": os.environ["PATH"], "HOME": str(world.folder / "no-home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        replaced, shell=True, cwd=world.folder, env={**base, **environment}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def recording_from(url: str) -> Mapping[str, str]:
    """The surroundings in which a program records from a server on loopback."""
    key = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    return {**key, "AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "eu-central-1"}


@pytest.fixture
def account(own_moto: Server) -> Server:
    """The stand-in that examples are recorded from, with what an account has already."""
    ssm = boto3.client(
        "ssm", "eu-central-1", endpoint_url=own_moto.url, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    ssm.put_parameter(Name="/orders/table", Value="orders", Type="String")
    return own_moto


NEEDS_ITS_RECORDING = "tests/test_orders.py"
"""The cookbook says that moto alone does not do for this file."""


def test_the_cookbook(world: World, account: Server) -> None:
    """All of the cookbook's tests pass on moto alone, when they are recorded, and when they replay."""
    write(world, DOCS / "cookbook.md")
    alone = world.replay("--ignore", NEEDS_ITS_RECORDING)
    assert set(alone.counts()) == {"passed"}, alone.text
    recorded = world.record(account.url)
    assert set(recorded.counts()) == {"passed"}, recorded.text
    account.stop()
    replayed = world.replay("--aws-fallback=error")
    assert replayed.counts() == recorded.counts(), replayed.text
    assert "refused" not in replayed.text
    story = {"tests/@default_bucket.json", "tests/test_story/@file_in_bucket (tests).json"}
    assert story | {"tests/test_orders/import.json"} <= set(world.cassettes())


def test_the_story_at_every_scope(world: World, own_moto: Server) -> None:
    """The cookbook's fixtures do at any scope: on moto alone, recorded and replayed, read from another file."""
    conftest, story = (block.text for block in blocks(DOCS / "cookbook.md")[:2])
    world.file("tests/__init__.py", "")
    for scope in ("function", "class", "module", "package", "session"):
        scoped = re.sub(r'scope="\w+"', f'scope="{scope}"', conftest).replace("story-files", f"story-{scope}")
        world.file(f"tests/{scope}_scope/__init__.py", "")
        world.file(f"tests/{scope}_scope/conftest.py", scoped)
        world.file(f"tests/{scope}_scope/test_story.py", story)
    assert world.replay().counts() == {"passed": 10}
    recorded = world.record(own_moto.url)
    assert recorded.counts() == {"passed": 10}, recorded.text
    own_moto.stop()
    replayed = world.replay("--aws-fallback=error", "-p", "reverse_order")
    assert replayed.counts() == {"passed": 10}, replayed.text


def test_programs_of_the_cookbook(world: World, own_moto: Server) -> None:
    """The cookbook's commands print what it shows; what does not record needs nothing."""
    write(world, DOCS / "cookbook.md")
    for command, shown in console(DOCS / "cookbook.md"):
        environment = recording_from(own_moto.url) if "--record" in command else {}
        assert shell(world, command, **environment) == shown


def test_migrated_tests(world: World, own_moto: Server) -> None:
    """What the page about migrating comes to is recorded and replays; what it comes from is Python too."""
    page = DOCS / "migrating.md"
    for block in blocks(page, "diff"):
        compile(before(block.text), block.title, "exec")
    write(world, page)
    recorded = world.record(own_moto.url)
    assert set(recorded.counts()) == {"passed"}, recorded.text
    own_moto.stop()
    replayed = world.replay()
    assert replayed.counts() == recorded.counts(), replayed.text


def test_the_readme(world: World, own_moto: Server) -> None:
    """The README's tests pass on moto alone, and its programs record and replay."""
    test, asked, used = (block.text for block in blocks(ROOT / "README.md", "python"))
    world.write(test_jobs=test, test_asked="import boto3\n" + asked)
    alone = world.replay()
    assert alone.counts() == {"passed": 2}, alone.text
    world.file("used.py", "import boto3\n" + used)
    world.file("backup.py", next(block.text for block in blocks(DOCS / "cookbook.md") if block.title == "backup.py"))
    shell(world, "python used.py", **recording_from(own_moto.url))
    shell(world, "python used.py", AWS_DEFAULT_REGION="eu-central-1")
    for command, _ in console(ROOT / "README.md"):
        if command.startswith("replayaws"):
            shell(world, command, **recording_from(own_moto.url))
    assert "s3.PutObject" in shell(world, "replayaws show cassettes/backup.json")


@every_page
def test_cassettes_are_as_they_would_be_written(page: Path) -> None:
    """A cassette in a page is valid, and looks as the file does."""
    for block in blocks(page, "json"):
        if '"replayaws"' in block.text:
            assert text_format.dumps(text_format.loads(block.text.encode())).decode() == block.text


@every_page
def test_settings_are_ones_that_exist(page: Path, tmp_path: Path) -> None:
    """Settings in TOML are taken, YAML and ini files parse, and every option and command in the text exists."""
    text = page.read_text(encoding="utf-8")
    for block in blocks(page, "toml"):
        (tmp_path / "pyproject.toml").write_text(block.text)
        merged(Options(), from_pyproject(tmp_path), where=page.name)
    for block in blocks(page, "yaml"):
        assert yaml.safe_load(block.text)
    for block in blocks(page, "ini"):
        parser = configparser.ConfigParser()
        parser.read_string(block.text)
        assert parser.sections()
    for block in blocks(page, "python"):
        compile(block.text, block.title or page.name, "exec")
    on_command_line = {name for name, field in FIELDS.items() if field.command_line}
    assert {name.replace("-", "_") for name in re.findall(r"--aws-([a-z-]+[a-z])", text)} <= on_command_line
    assert set(re.findall(r"\baws_([a-z_]+[a-z])\b(?!\.)", text)) - {"access_key_id", "lambda_powertools"} <= set(
        FIELDS
    )
    modes = {"none", "once", "new_episodes", "all", "verify", "MODE"}
    assert set(re.findall(r"--record-aws=(\w+)", text)) <= modes
    commands = re.findall(r"(?:`|^\$ |entry: |run: |^ +- )replayaws ([a-z]+)", text, re.MULTILINE)
    assert set(commands) <= set(COMMANDS)


def test_the_index_lists_every_setting() -> None:
    """No setting is left out of the manual's table, and none stands in it that does not exist; the marks are right."""
    rows = re.findall(r"^\| (`[a-z_`, ]+`) ?([†‡]*) \|", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: marks for names, marks in rows for name in re.findall(r"`(\w+)`", names)}
    assert list(told) == list(FIELDS) or set(told) == set(FIELDS)
    for name, marks in told.items():
        about = FIELDS[name]
        assert ("†" in marks, "‡" in marks) == (about.command_line, about.marker), name


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project leads to one."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_design_names_pieces_that_exist() -> None:
    """Every module in the table of pieces is one of the package."""
    table = (DOCS / "design.md").read_text(encoding="utf-8").partition("## The pieces")[2].partition("## Decisions")[0]
    names = {
        name.strip("/")
        for row in re.findall(r"^\| [a-z].*\|(.*)\|$", table, re.MULTILINE)
        for name in re.findall(r"`([a-z_/]+)`", row)
    }
    package = ROOT / "replayaws"
    assert [
        name for name in sorted(names) if not any(package.glob(f"**/{name}.py")) and not (package / name).is_dir()
    ] == []


def test_the_hooks_of_the_page_are_those_that_ship() -> None:
    """The page's hooks for pre-commit run what the shipped ones run, and pre-commit would take both."""
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (told,) = (
        page for block in blocks(DOCS / "ci.md", "yaml") for page in [yaml.safe_load(block.text)] if "repos" in page
    )
    hooks = told["repos"][0]["hooks"]
    assert {hook["id"]: hook["entry"] for hook in hooks} == {hook["id"]: hook["entry"] for hook in shipped}
    for hook in [*hooks, *shipped]:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert re.search(hook["files"], "cassettes/tests/test_a/test_b.json")
