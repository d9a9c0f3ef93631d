"""The folder of cassettes: owners to files, and saving that at any moment leaves the old or the new file, whole."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from replayaws.cassette import Cassette, Provenance
from replayaws.errors import CassetteError
from replayaws.library import Library


def cassette(owner: str, region: str | None = None) -> Cassette:
    """A cassette without interactions."""
    provenance = Provenance(at="2026-11-22T10:15:03Z", source="aws", region=region)
    return Cassette(replayaws=1, owner=owner, recorded=provenance, interactions=[])


@pytest.mark.parametrize(
    ("owner", "path"),
    [
        ("tests/test_a.py::test_b", "tests/test_a/test_b.json"),
        ("tests/test_a.py::TestC::test_b[x-1]", "tests/test_a/TestC.test_b[x-1].json"),
        ("tests/test_a.py::", "tests/test_a/import.json"),
        ("tests/test_a.py::@bucket (tests)", "tests/test_a/@bucket (tests).json"),
        ("test_a.py::test_b", "test_a/test_b.json"),
    ],
)
def test_an_owner_has_a_readable_file(tmp_path: Path, owner: str, path: str) -> None:
    """The file is named for its owner, below the folder of its test file."""
    assert Library(tmp_path).path_of(owner) == tmp_path / path


@pytest.mark.parametrize("name", ["a/b", "a:b", "nul", "x" * 300, "trailing.", 'quo"te', "tab\t", "\ud800"])
def test_difficult_names_are_safe_and_apart(tmp_path: Path, name: str) -> None:
    """A name that some file system refuses gets one that none refuses, and no other owner's."""
    library = Library(tmp_path)
    path, other = library.path_of(f"t.py::test[{name}]"), library.path_of(f"t.py::test[{name}_]")
    assert path != other
    library.save(cassette("t.py::test[x]"), path)
    assert not set('<>:"/\\|?*') & set(path.name)
    assert len(path.name.encode()) < 200


def test_names_that_differ_in_case_have_two_files(tmp_path: Path) -> None:
    """On any file system, whichever was recorded first."""
    library = Library(tmp_path)
    for owner in ("t.py::test_a", "t.py::test_A"):
        library.save(cassette(owner), library.path_of(owner))
    names = [path.name.casefold() for path in library.paths()]
    assert len(set(names)) == 2
    for owner in ("t.py::test_a", "t.py::test_A"):
        assert library.load(library.path_of(owner)).owner == owner


def test_a_cassette_moved_by_hand_is_found(tmp_path: Path) -> None:
    """A file that was moved to a renamed test's place answers it, though it names its old owner."""
    library = Library(tmp_path)
    library.save(cassette("t.py::old"), library.path_of("t.py::old"))
    library.path_of("t.py::old").rename(tmp_path / "t" / "new.json")
    assert library.load(library.path_of("t.py::new")).owner == "t.py::old"


def test_a_path_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """Also one that leads out by way of a link."""
    library = Library(tmp_path / "cassettes")
    (tmp_path / "cassettes").mkdir()
    with pytest.raises(CassetteError, match="outside the folder"):
        library.within("../x.json")
    (tmp_path / "cassettes" / "link").symlink_to(tmp_path)
    with pytest.raises(CassetteError, match="outside the folder"):
        library.within("link/x.json")


def test_sidecars_that_are_no_longer_named_go(tmp_path: Path) -> None:
    """After a save, the bodies beside a cassette are those that it names."""
    library = Library(tmp_path / "cassettes")
    path = library.path_of("t.py::test")
    body = tmp_path / "body"
    body.write_bytes(b"x")
    text = b'{"replayaws": 1, "owner": "t.py::test", "file": "0001-aa.bin"}'
    library.save(cassette("t.py::test"), path, text=text, files={"0001-aa.bin": body})
    assert (path.parent / "test.files" / "0001-aa.bin").read_bytes() == b"x"
    library.save(cassette("t.py::test"), path)
    assert not (path.parent / "test.files").exists()


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
def test_killed_at_any_moment_the_old_or_the_new_file_stands(tmp_path: Path, call: str) -> None:
    """A process that dies within a save leaves one whole cassette, and no other that could be taken for one."""
    library = Library(tmp_path)
    path = library.path_of("t.py::test")
    library.save(cassette("t.py::test", region="old"), path)
    program = f"""
        import os, sys
        sys.path.insert(0, {str(Path.cwd())!r})
        from tests.test_library import cassette
        from replayaws.library import Library
        import replayaws.library as module
        def die(*args): os._exit(9)
        if {call!r} == "write":
            real = os.fdopen
            def fdopen(*args):
                file = real(*args)
                class Dying:
                    def __enter__(self): return self
                    def __exit__(self, *a): return False
                    def write(self, data): file.write(data[:20]); file.flush(); os._exit(9)
                return Dying()
            os.fdopen = fdopen
        else:
            setattr(os, {call!r}, die)
        library = Library(module.Path({str(tmp_path)!r}))
        library.save(cassette("t.py::test", region="new"), library.path_of("t.py::test"))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert done.returncode == 9
    assert library.load(path).recorded.region == "old"
    assert library.paths() == [path]


def test_the_default_region_comes_from_any_cassette(tmp_path: Path) -> None:
    """A client made before any owner has a cassette gets the region that the recordings had."""
    library = Library(tmp_path)
    assert library.default_region() is None
    library = Library(tmp_path)
    library.save(cassette("t.py::test", region="eu-central-1"), library.path_of("t.py::test"))
    assert library.default_region() == "eu-central-1"
