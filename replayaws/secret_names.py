"""The names below which a secret stands, where the model does not say so: members, JSON keys, headers, variables."""

from __future__ import annotations

import functools
import re
from typing import Any

_CREDENTIALS = frozenset(
    {
        "accesstoken",
        "adminpassword",
        "apikey",
        "authenticationtoken",
        "authorization",
        "authorizationtoken",
        "authtoken",
        "awssecretaccesskey",
        "awssecretkey",
        "awssessiontoken",
        "bearertoken",
        "bottoken",
        "certificateprivatekey",
        "clientsecret",
        "connectionstring",
        "cookie",
        "databaseurl",
        "dbmasteruserpassword",
        "dbpassword",
        "devicetoken",
        "dsn",
        "encryptionkey",
        "githubtoken",
        "idtoken",
        "keymaterial",
        "masterpassword",
        "masteruserpassword",
        "newpassword",
        "oauthtoken",
        "oldpassword",
        "passphrase",
        "passwd",
        "password",
        "pretoken",
        "previouspassword",
        "privatekey",
        "privatekeypem",
        "proposedpassword",
        "proxyauthorization",
        "pwd",
        "refreshtoken",
        "rsaprivatekey",
        "samlassertion",
        "samlresponse",
        "secret",
        "secretaccesskey",
        "secretbinary",
        "secretkey",
        "secretstring",
        "securitytoken",
        "serviceaccountkey",
        "sessiontoken",
        "setcookie",
        "sharedsecret",
        "signingsecret",
        "temporarypassword",
        "userpassword",
        "webhooksecret",
        "webidentitytoken",
        "xamznremappedauthorization",
        "xamzs3sessiontoken",
        "xamzsecuritytoken",
        "xamzsignature",
        "xapikey",
        "xauthtoken",
        "xcsrftoken",
        "xvaulttoken",
    }
)
_HEADERS = frozenset({"authorization", "proxyauthorization", "cookie", "setcookie"})
_ENVIRONMENTS = frozenset(
    {"environment", "environmentvariables", "env", "envvars", "environmentvariablesoverride", "variables"}
)
_NOISE = re.compile(r"[^a-z0-9]")
_SECRETIVE = re.compile(
    r"(?:passw(?:or)?d|passphrase|pwd|secret|secret[_-]?key|[_-]token|accesstoken|authtoken|api[_-]?key|private[_-]?key|access[_-]?key"
    r"|credentials?|connection[_-]?string|dsn|authorization|cookie)$",
    re.IGNORECASE,
)

_PAIRS = (
    ("Name", "Value"),
    ("name", "value"),
    ("Key", "Value"),
    ("key", "value"),
    ("ParameterKey", "ParameterValue"),
    ("parameterKey", "parameterValue"),
    ("OptionName", "Value"),
    ("HeaderName", "HeaderValue"),
)


@functools.lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A name without case, dashes and underscores."""
    return _NOISE.sub("", name.lower())


def is_credential(name: str, value: Any) -> bool:
    """Whether what stands below this name is a credential: a string, strings, or a DynamoDB attribute of one."""
    if isinstance(value, (str, list)) or (isinstance(value, dict) and _is_wrapped_scalar(value)):
        return plain(name) in _CREDENTIALS
    return False


def is_environment(name: str) -> bool:
    """Whether the values below this name are environment variables."""
    return plain(name) in _ENVIRONMENTS


_VARIABLE = re.compile(r"(?:[A-Z]{1,14}\d{0,3}|\d{1,3})(?:_+(?:[A-Z]{1,14}\d{0,3}|\d{1,3}))*", re.IGNORECASE)
_UNSPEAKABLE = re.compile(r"[^aeiouy_\d]{6}|(?<![a-z])(?!https(?![a-z]))[^aeiouy_\d]{5,}(?![a-z])", re.IGNORECASE)


def is_variable(name: str) -> bool:
    """Whether a text is plainly the name of a variable: ``DATABASE_URL``, ``s3_bucket``; no random letters.

    Models mark the names of variables as sensitive together with their values, but programs look values up by them.
    """
    one_case = name.isupper() or name.islower()
    return one_case and _VARIABLE.fullmatch(name) is not None and _UNSPEAKABLE.search(name) is None


def is_user_data(name: str) -> bool:
    """Whether start-up data of an instance stands below this name."""
    return plain(name) == "userdata"


def secret_pair(item: dict[str, Any]) -> str | None:
    """In an item such as ``{"Name": "DB_PASSWORD", "Value": "…"}``, the key of the value when the name tells of a secret."""
    for name, value in _PAIRS:
        if value in item and isinstance(item.get(name), str):
            text: str = item[name]
            return value if _SECRETIVE.search(text) or plain(text) in _CREDENTIALS else None
    return None


def environment_pair(item: dict[str, Any]) -> str | None:
    """In an item of a list of environment variables, the key of the value; none for a reference to a stored secret."""
    for name, value in _PAIRS[:4]:
        if name in item and value in item:
            return None if item.get("type", "PLAINTEXT") != "PLAINTEXT" else value
    return None


_SCALARS = frozenset(
    {"S", "N", "B", "SS", "NS", "BS", "Value", "value", "stringValue", "StringValue", "AttributeValue"}
)


def _is_wrapped_scalar(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in _SCALARS
