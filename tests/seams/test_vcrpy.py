"""What is relied on in vcrpy. When an upgrade breaks one of these, look at ``replayaws/interception.py`` first."""

from __future__ import annotations

import http.client
import inspect
import subprocess
import sys

import pytest
import vcr.patch
import vcr.stubs
from vcr.cassette import Cassette

from replayaws import hosts


def test_patches_are_built_from_pairs_of_owner_and_name() -> None:
    """Each patch goes through ``_build_patcher(owner, name, replacement)``; those of botocore have a method of their own."""
    builder = vcr.patch.CassettePatcherBuilder(Cassette("x"))
    patcher = builder._build_patcher(http.client, "HTTPConnection", vcr.stubs.VCRHTTPConnection)
    assert patcher.attribute == "HTTPConnection"
    assert issubclass(patcher.new, vcr.stubs.VCRHTTPConnection)
    assert callable(builder._boto3)
    assert builder._build_patcher(http.client, "NoSuchName", object) is None


def test_patches_are_taken_back_through_a_name_looked_up_each_time() -> None:
    """``force_reset`` is imported where it is called, so that replacing it in ``vcr.patch`` is enough."""
    source = inspect.getsource(vcr.stubs)
    assert "from vcr.patch import force_reset" in source
    assert not hasattr(vcr.stubs, "force_reset")


def test_a_cassette_of_no_file_asks_four_things_of_a_subclass() -> None:
    """The stubs ask a cassette whether it can play, to play, to append, and whether it may be written to."""
    for name in ("can_play_response_for", "play_response", "append", "write_protected"):
        assert hasattr(Cassette, name)
    Cassette("no file is opened")


def test_the_real_https_connection_names_its_class_by_its_module() -> None:
    """http.client's HTTPS connection finds its own class through its module, where a patch stands."""
    names = http.client.HTTPSConnection.__init__.__code__.co_names
    assert "HTTPSConnection" in names or "super" in names


@pytest.mark.parametrize("module", ["urllib3"])
def test_vcrpy_imports_what_it_patches(module: str) -> None:
    """What inherits from http.client's connections is imported before they are replaced."""
    pytest.importorskip(module)
    code = f"import vcr.patch, sys; print({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_no_suffix_of_botocores_partitions_is_missing() -> None:
    """Every host name that botocore makes ends in one of the suffixes that count as AWS's."""
    import botocore.session

    loader = botocore.session.Session().get_component("data_loader")
    partitions = loader.load_data("partitions")["partitions"]
    suffixes = {part["outputs"][name] for part in partitions for name in ("dnsSuffix", "dualStackDnsSuffix")}
    assert {suffix for suffix in suffixes if not hosts.is_aws_host(f"sts.{suffix}")} == set()
