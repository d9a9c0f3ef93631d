"""moto, reached in process through botocore clients of our own. Importing this module imports moto.

A client of ours serialises the call, hands the request to moto where it would be sent, and parses what moto says. So
one place serves sync and async clients, whatever endpoint, credentials and handlers the app's client has.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.tokens import FrozenAuthToken

from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.wall import wall

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a warning of moto's import is not the user's, whose tests may make it an error
    from moto.core.botocore_stubber import MockRawResponse
    from moto.core.models import botocore_stubber

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient

VERSION = f"moto {importlib.metadata.version('moto')}"

_NOBODY = "replayaws-internal"
_AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential={_NOBODY}/20200101/{{region}}/{{service}}/aws4_request, Signature=none"
"""All that moto reads of a signature."""
_UNWANTED_EVENTS = ("after-call", "before-send", "docs.", "getattr.", "creating-client-class")
_UNWANTED_HANDLERS = ("base64_encode_user_data", "handle_copy_source_param")
"""What these do to parameters was done by the app's client, and doing it twice changes them again."""
_CONFIG = {
    "account_id_endpoint_mode": "disabled",  # moto does not know hosts that begin with an account id
    "retries": {"total_max_attempts": 1, "mode": "legacy"},
    "parameter_validation": False,
    "user_agent": "replayaws",
    "ignore_configured_endpoint_urls": True,
    "response_checksum_validation": "when_required",
}


class _UnansweredError(Exception):
    """moto has no answer to the request that is about to be sent."""

    crashed = False


class _CrashedError(_UnansweredError):
    """moto tried and failed."""

    crashed = True


class Simulation:
    """moto answering calls as one account. Not safe for threads: its owner holds a lock.

    :param account: the account id that moto answers with.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._caught: MotoAnswer | None = None
        self._name = ""

    def call(self, service: str, operation: str, region: str | None, params: dict[str, Any]) -> MotoAnswer | NoAnswer:
        """moto's answer to a call.

        :param params: as botocore's ``before-parameter-build`` handlers leave them.
        """
        self._caught, self._name = None, f"{service}.{operation}"
        crashed, failure = False, f"gave no answer to {self._name}"
        with wall() as tried, _rewound(params), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                client: Any = self.client(service, region)
                client._make_api_call(operation, _without_waiting(service, operation, params))
            except ClientError:
                pass  # caught as an answer, before botocore raised it
            except _UnansweredError as unanswered:
                failure, crashed = str(unanswered), unanswered.crashed
            except Exception as error:
                failure = f"was not asked: {self._name} could not be built or its answer not read, {_brief(error)}"
        if tried:
            return NoAnswer(f"{VERSION} must reach {tried[0]} to answer {self._name}, and nothing leaves in replay")
        return self._caught or NoAnswer(f"{VERSION} {failure}", crashed=crashed)

    def process(self, request: AWSPreparedRequest) -> tuple[int, Mapping[str, Any], Any] | None:
        """moto's status, headers and body for a request; ``None`` where it has none."""
        request.headers["x-moto-account-id"] = self._account
        with wall() as tried, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                answer: tuple[int, Mapping[str, Any], Any] | None = botocore_stubber.process_request(request)
            except Exception:  # whatever moto raises, it has no answer
                return None
        return None if tried else answer

    def client(self, service: str, region: str | None) -> BaseClient:
        """The client through which a service is reached in a region."""
        region = region or "us-east-1"
        client = self._clients.get((service, region))
        if client is None:
            client = self._clients[service, region] = self._new_client(service, region)
        return client

    def _new_client(self, service: str, region: str) -> BaseClient:
        client: BaseClient = _session().create_client(
            service,
            region_name=region,
            aws_access_key_id=_NOBODY,
            aws_secret_access_key=_NOBODY,
            config=_config(),
        )
        client.__dict__["_replayaws_internal"] = True
        events: Any = client.meta.events
        name = client.meta.service_model.service_id.hyphenize()
        events.unregister(f"needs-retry.{name}", unique_id=f"retry-config-{name}")
        events.register_first("before-call.*.*", self._address)
        events.register_first("choose-signer.*.*", _unsigned)
        events.register_first("before-send.*.*", self._send)
        events.register_first("after-call.*.*", self._catch)
        return client

    def _address(self, params: dict[str, Any], request_signer: Any, context: dict[str, Any], **_: Any) -> None:
        headers = params["headers"]
        headers["x-moto-account-id"] = self._account
        region = context.get("signing", {}).get("region") or request_signer.region_name
        headers["Authorization"] = _AUTHORIZATION.format(region=region, service=request_signer.signing_name)

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        try:
            response = botocore_stubber.process_request(request)
        except NotImplementedError as error:
            raise _UnansweredError(f"does not implement {self._name}") from error
        except ImportError as error:
            raise _UnansweredError(f"cannot answer {self._name}: it {missing_extra(error)}") from error
        except Exception as error:
            raise _CrashedError(f"failed with {_brief(error)} in {self._name}") from error
        if response is None:
            raise _UnansweredError(f"has nothing for the host {_host(request.url)} of {self._name}")
        status, headers, body = response
        if status == 404 and (body == "Not yet implemented" or (not body and request.method != "HEAD")):
            raise _UnansweredError(f"does not implement {self._name}")
        return AWSResponse(request.url, status, headers, MockRawResponse(body))  # type: ignore[arg-type]  # moto's dict

    def _catch(self, http_response: AWSResponse, parsed: dict[str, Any], **_: Any) -> None:
        parsed["ResponseMetadata"].pop("MaxAttemptsReached", None)
        self._caught = MotoAnswer(http_response, parsed)


@functools.lru_cache(maxsize=1024)
def endpoint(service: str, region: str | None) -> str | None:
    """URL of a service's endpoint; ``None`` where botocore has none without knowing the operation."""
    try:
        client = Simulation("123456789012").client(service, region)
    except Exception:  # of many kinds: an unknown service or region, rules that ask for members, a damaged model
        return None
    url: str = client.meta.endpoint_url
    return url.rstrip("/") + "/"


@functools.lru_cache(maxsize=1)
def _session() -> Any:
    """A session that reads neither environment nor files, with botocore's handlers that build and parse, no others."""
    variables = {
        name: (None, None, default, conversion)
        for name, (_, _, default, conversion) in botocore.session.Session.SESSION_VARIABLES.items()
    }
    for file in ("config_file", "credentials_file"):
        variables[file] = (None, None, os.path.join(os.devnull, "none"), None)  # noqa: PTH118  # a path to nothing
    session: Any = botocore.session.Session(session_vars=variables, include_builtin_handlers=False)
    for event, handler, *last in BUILTIN_HANDLERS:
        if event.startswith(_UNWANTED_EVENTS) or getattr(handler, "__name__", "") in _UNWANTED_HANDLERS:
            continue
        register = session.register
        if last:
            emitter = session.get_component("event_emitter")
            register = emitter.register_last if last[0] is botocore.handlers.REGISTER_LAST else emitter.register_first
        register(event, handler)
    session._auth_token = FrozenAuthToken(_NOBODY)  # for the few services that sign with a bearer token
    return session


@functools.lru_cache(maxsize=1)
def _config() -> Config:
    names = {*Config.OPTION_DEFAULTS, *Config.NON_LEGACY_OPTION_DEFAULTS}
    known: dict[str, Any] = {name: value for name, value in _CONFIG.items() if name in names}  # older ones know fewer
    return Config(**known)


def _unsigned(**_: Any) -> Any:
    return UNSIGNED


def _without_waiting(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters, for botocore to change; moto would sleep through a long poll of an empty queue."""
    if service == "sqs" and operation == "ReceiveMessage":
        return {**params, "WaitTimeSeconds": 0}
    return dict(params)


@contextmanager
def _rewound(params: dict[str, Any]) -> Iterator[None]:
    """Leave files among the parameters where they were."""
    places = []
    for value in params.values():
        if hasattr(value, "seek") and hasattr(value, "tell"):
            with suppress(OSError, ValueError):
                places.append((value, value.tell()))
    try:
        yield
    finally:
        for file, place in places:
            with suppress(OSError, ValueError):
                file.seek(place)


def missing_extra(error: ImportError) -> str:
    """What to install for a module that moto could not import, and how."""
    module = (error.name or str(error)).partition(".")[0]
    return f"needs the package {module}, which is not installed: pip install 'moto[{_extra_with(module)}]'"


def _extra_with(module: str) -> str:
    """moto's extra that brings a module, the narrowest of them."""
    plain = re.sub(r"[-_.]", "", module.lower())
    sizes: dict[str, int] = {}
    found = {"all"}
    for line in importlib.metadata.requires("moto") or []:
        package, _, condition = line.partition(";")
        extra = re.search(r"extra == ['\"]([^'\"]+)", condition)
        if extra is None:
            continue
        sizes[extra[1]] = sizes.get(extra[1], 0) + 1
        name = re.sub(r"[-_.]", "", re.split(r"[<>=!\[ (]", package.strip().lower())[0])
        if name.startswith(plain) or name.removeprefix("py") == plain:
            found.add(extra[1])
    return min(found, key=lambda extra: (sizes.get(extra, 0) if extra != "all" else 1000, extra))


def _host(url: str) -> str:
    return re.sub(r"^https?://([^/?]+).*$", r"\1", url)


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
