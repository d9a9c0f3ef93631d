"""How botocore's loaders remember what they have read.

A failure here after an upgrade: sessions of a replay no longer share the models, which costs time and nothing else, or
share what differs; see ``replayaws.models_cache``.
"""

from __future__ import annotations

import boto3
import botocore.session
from botocore.loaders import Loader


def test_a_loader_keeps_what_it_has_read_in_one_dictionary() -> None:
    """Every cached method of a loader looks into ``_cache``, under a key that starts with the method's name."""
    loader = Loader()
    loader.load_service_model("sts", "service-2")
    assert isinstance(loader._cache, dict)
    assert {"load_service_model", "load_data_with_path"} & {key[0] for key in loader._cache}


def test_boto3_adds_its_folder_to_a_loader_that_exists() -> None:
    """So which folders a loader searches is known only when it reads."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    before = list(loader.search_paths)
    boto3.Session(botocore_session=session)
    assert next(path for path in loader.search_paths if path not in before).endswith("data")


def test_what_decides_over_a_model_is_known() -> None:
    """Folders, reader and extras decide what a loader gives for a name."""
    loader = Loader()
    assert type(loader.file_loader) is Loader.FILE_LOADER_CLASS
    assert loader._extras_types == Loader.BUILTIN_EXTRAS_TYPES
    assert set(loader.search_paths) == {Loader.BUILTIN_DATA_PATH, Loader.CUSTOMER_DATA_PATH}
