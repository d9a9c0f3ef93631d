"""Whose a recorded request is: botocore's, another SDK's, or any program's."""

from __future__ import annotations

import re

from replayaws.hosts import is_aws_host
from replayaws.http import is_signed
from replayaws.importers.catalogue import entries
from replayaws.importers.exchange import Exchange
from replayaws.importers.services import QUERY_PROTOCOLS, form

_OTHER_CLIENTS = re.compile(r"^(?:python-requests|python-urllib|python-httpx|python/[\d.]+ aiohttp|curl|urllib3)", re.I)
_BOTOCORE = re.compile(r"\b(?:aio)?boto(?:core|3)?\b|\baws-(?:sdk|cli)", re.I)


def is_of_an_sdk(exchange: Exchange) -> bool:
    """Whether the request says itself that it is botocore's, or another SDK's."""
    return "amz-sdk-invocation-id" in exchange.headers or bool(_BOTOCORE.search(exchange.headers.get("user-agent", "")))


def is_in_amz_json(exchange: Exchange) -> bool:
    """Whether the request is in the form of the json protocol, which nobody writes by hand."""
    return "x-amz-target" in exchange.headers or "x-amz-json" in exchange.headers.get("content-type", "")


def is_call(exchange: Exchange) -> bool:
    """Whether the request is one of botocore's, or of another SDK, and no plain HTTP."""
    if is_of_an_sdk(exchange):
        return True
    if is_signed(exchange.url) or _OTHER_CLIENTS.match(exchange.headers.get("user-agent", "")):
        return False
    names = ("x-amz-target", "x-amz-date")
    return any(name in exchange.headers for name in names) or is_aws_host(exchange.host) or _is_form_of_aws(exchange)


def _is_form_of_aws(exchange: Exchange) -> bool:
    """Whether the body is a call of the query protocol, in a version of the interface that AWS has."""
    version = form(exchange).get("Version")
    return version is not None and any(
        entry.api_version == version and not {*QUERY_PROTOCOLS}.isdisjoint(entry.protocols) for entry in entries()
    )
