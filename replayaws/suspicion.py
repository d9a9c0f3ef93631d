"""Whether a call needs a closer look at all: most have nothing to redact, and replay asks this of every one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from replayaws import nested
from replayaws.accounts import is_placeholder_account
from replayaws.shapes import is_sensitive

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

_sensitive_members: dict[tuple[str, str], frozenset[str]] = {}


def sensitive_params(model: OperationModel) -> frozenset[str]:
    """The top-level parameters of an operation in which the model marks anything as sensitive."""
    key = (model.service_model.service_name, model.name)
    known = _sensitive_members.get(key)
    if known is None:
        shape = model.input_shape
        members = {} if shape is None else shape.members  # type: ignore[attr-defined,unused-ignore]
        whole = shape is not None and is_sensitive(shape)
        names = (name for name, member in members.items() if whole or _reaches_sensitive(member, set()))
        known = _sensitive_members[key] = frozenset(names)
    return known


def _reaches_sensitive(shape: Shape, seen: set[str]) -> bool:
    if is_sensitive(shape):
        return True
    if shape.type_name not in ("structure", "list", "map") or shape.name in seen:
        return False
    seen.add(shape.name)
    if shape.type_name == "structure":
        return any(_reaches_sensitive(member, seen) for member in shape.members.values())  # type: ignore[attr-defined]
    if shape.type_name == "list":
        return _reaches_sensitive(shape.member, seen)  # type: ignore[attr-defined]
    return _reaches_sensitive(shape.key, seen) or _reaches_sensitive(shape.value, seen)  # type: ignore[attr-defined]


_SEPARATORS = bytes.maketrans(b"\t\n\r\"',{}[]()<>;&=", b" " * 17)
_MOST_WORDS, _LONGEST_WORD = 20_000, 200
_clean: set[bytes] = set()


def is_suspicious(written: dict[str, Any]) -> bool:
    """Whether a written form may hold anything that a builtin rule hides, the model aside.

    Words that were found clean once, such as the names of members, are not looked at again.
    """
    text = msgspec.json.encode(written)
    if b'"$sha256"' in text:
        text = _DIGEST.sub(b"", text)
    return _are_suspicious(text.translate(_SEPARATORS).split())


def is_suspicious_text(text: str) -> bool:
    """The same of a text as it is, not of its JSON."""
    return len(text) >= 6 and _are_suspicious(text.encode("utf-8", "surrogatepass").translate(_SEPARATORS).split())


def _are_suspicious(words: list[bytes]) -> bool:
    if _clean.issuperset(words):
        return False
    if any(word not in _clean and _is_suspicious_word(word) for word in words):
        return True
    if len(_clean) > _MOST_WORDS:
        _clean.clear()
    _clean.update(word for word in words if len(word) <= _LONGEST_WORD)
    return False


_TELLTALE = re.compile(
    rb"[%@]|\\[u/]|\\n.{40}|-----begin|(?:akia|asia|abia|acca|aida|aroa|agpa|aipa)[a-z0-9]{16}|eyj|assumed-role|id=|bearer|basic"
    rb"|passw|pwd|passphrase|secret|token|credential|authoriz|cookie|userdata|user_data|api[_-]?key|private[_-]?key|accountkey|access[_-]?key"
    rb"|keymaterial|saml|encryptionkey|serviceaccountkey|signature|key-pair-id|connection[_-]?string|databaseurl|dsn|canonicaluser"
    rb"|environment|^env|variables|hooks\.slack|discord|absk|bedrock-api-key|[0-9a-f]{64}|\d\.\d+\.\d+\.\d|ec2-\d|iqojb3j|fwogz|fqogz|aqody"
    rb"|gh[pousr]_|github_pat|glpat|xox|xapp|[sr]k_|aiza|npm_|pypi-|sg\.|sk-|hf_|dop_v1|shp[acp]|dapi|lin_api|sq0|ya29|ntn_"
)
_DIGEST = re.compile(rb'"\$sha256":"[0-9a-f]{64}"')
_TWELVE = re.compile(rb"(?<!\d)\d{12}(?!\d)|\d{4}-\d{4}-\d{4}")
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{12,}")


def _is_suspicious_word(word: bytes) -> bool:
    word = word.replace(b"127.0.0.1", b"")  # the address of every stand-in, which is hidden by no rule
    if len(word) < 3:
        return False
    if _TELLTALE.search(word.lower()) or word.count(b":") >= 3:
        return True
    if any(not is_placeholder_account(found.decode()) for found in _TWELVE.findall(word)):
        return True
    return any(_opens(run.decode()) for run in _RUN.findall(word))


def _opens(run: str) -> bool:
    data = nested.decode_base64(run)
    return data is not None and (nested.as_text(data) is not None or nested.inflate(data) is not None)
