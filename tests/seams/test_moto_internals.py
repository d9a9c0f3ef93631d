"""What the fallback relies on in moto.

For whoever an upgrade of moto breaks: each test names the module of ``replayaws/fallback`` that depends on it.
"""

from __future__ import annotations

import inspect

from botocore.awsrequest import AWSPreparedRequest
from botocore.handlers import BUILTIN_HANDLERS
from moto import backend_index, mock_aws
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.core.common_models import BaseModel
from moto.core.models import botocore_stubber
from moto.core.responses import BaseResponse
from moto.moto_api import state_manager
from moto.s3.models import FakeKey, s3_backends


def request(url: str) -> AWSPreparedRequest:
    return AWSPreparedRequest("GET", url, {}, b"", stream_output=False)  # type: ignore[arg-type]


def test_a_request_is_answered_without_a_mock_running() -> None:
    """``simulation`` calls the stubber itself; what moto does not know is ``None`` or the exact 404."""
    assert botocore_stubber.enabled is False
    assert botocore_stubber.process_request(request("https://datazone.eu-west-1.api.aws/v2/domains")) is None
    unknown = botocore_stubber.process_request(request("https://quux.eu-west-1.amazonaws.com/"))
    assert unknown == (404, {}, "Not yet implemented")


def test_moto_hangs_itself_into_the_handlers_of_botocore() -> None:
    """``simulation`` leaves out ``before-send`` handlers for this one."""
    assert [event for event, handler, *_ in BUILTIN_HANDLERS if handler is botocore_stubber] == ["before-send"]


def test_backends_are_dicts_of_dicts_that_a_mock_empties() -> None:
    """``world`` takes these apart and puts them back."""
    assert issubclass(BackendDict, dict)
    assert issubclass(AccountSpecificBackend, dict)
    assert isinstance(BackendDict._instances, list)
    assert "_instances" in inspect.getsource(BackendDict.reset)
    with mock_aws():
        assert BackendDict._instances == []


def test_only_s3_keeps_state_beside_its_backends() -> None:
    """``world`` carries such attributes along, and takes any of them to begin empty."""
    own = set(vars(BackendDict(BaseBackend, "none")))
    assert set(vars(s3_backends)) - own == {"bucket_accounts"}


def test_models_are_listed_when_they_are_made() -> None:
    """``world`` replaces ``BaseModel.__new__``: from these lists a mock closes the files of S3's objects."""
    import replayaws.fallback.world  # noqa: F401

    key = FakeKey("k", b"", account_id="123456789012", region_name="eu-west-1")
    try:
        assert any(listed is key for listed in FakeKey.instances_tracked)
    finally:
        key.dispose()
        FakeKey.instances_tracked.remove(key)
    assert issubclass(FakeKey, BaseModel)
    assert BaseModel.__new__.__module__ == "replayaws.fallback.world"


def test_operations_are_methods_of_response_classes() -> None:
    """``coverage`` reads them there."""
    from moto.sqs.urls import url_paths

    handlers = [handler for handler in url_paths.values() if hasattr(handler, "__self__")]
    assert all(issubclass(handler.__self__, BaseResponse) for handler in handlers)
    assert any(hasattr(handler.__self__, "send_message") for handler in handlers)
    assert (
        next(
            name
            for name, pattern in backend_index.backend_url_patterns
            if pattern.match("https://sqs.eu-west-1.amazonaws.com")
        )
        == "sqs"
    )


def test_state_transitions_are_the_users() -> None:
    """A transition set through moto's own API holds in the fallback: it is not part of a world."""
    from replayaws.fallback.answers import MotoAnswer
    from replayaws.fallback.fallback import Fallback

    state_manager.set_transition("transcribe::transcriptionjob", {"progression": "immediate"})
    try:
        fallback = Fallback()
        params = {"TranscriptionJobName": "j", "LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://a/b"}}
        fallback.answer(service="transcribe", operation="StartTranscriptionJob", region="eu-west-1", params=params)
        answer = fallback.answer(
            service="transcribe",
            operation="GetTranscriptionJob",
            region="eu-west-1",
            params={"TranscriptionJobName": "j"},
        )
        assert isinstance(answer, MotoAnswer)
        assert answer.parsed["TranscriptionJob"]["TranscriptionJobStatus"] == "COMPLETED"
    finally:
        state_manager.unset_transition("transcribe::transcriptionjob")
