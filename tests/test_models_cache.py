"""Sessions of a replay share what botocore has read of its models, and nothing else."""

from __future__ import annotations

from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader

import replayaws
from tests.shelf import polled, shelve


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The model files that are read from now on."""
    files: list[str] = []
    original = Loader.FILE_LOADER_CLASS.load_file

    def load_file(self: object, path: str) -> object:
        data = original(self, path)
        if data is not None:
            files.append(Path(path).name)
        return data

    monkeypatch.setattr(Loader.FILE_LOADER_CLASS, "load_file", load_file)
    return files


def make_client(service: str = "transcribe") -> None:
    session = boto3.Session(region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    session.client(service)


def test_a_second_session_reads_no_model_again(tmp_path: Path, opened: list[str]) -> None:
    """In replay the first client of a service reads its model, and a client of another session does not."""
    with replayaws.use_cassette(shelve(polled(), tmp_path)):
        make_client()
        opened.clear()
        make_client()
        assert opened == []


def test_outside_a_replay_each_session_reads_for_itself(opened: list[str]) -> None:
    """Without a cassette sessions are as botocore makes them."""
    make_client()
    opened.clear()
    make_client()
    assert "service-2" in opened


def test_a_loader_with_a_folder_of_the_program_shares_nothing(tmp_path: Path, opened: list[str]) -> None:
    """Models that a program brings itself may change, and are read again by each session."""
    with replayaws.use_cassette(shelve(polled(), tmp_path)):
        for _ in range(2):
            opened.clear()
            session = botocore.session.Session()
            session.set_config_variable("data_path", str(tmp_path))
            session.get_component("data_loader").load_service_model("sts", "service-2")
            assert "service-2" in opened
