"""The files of vcrpy in all versions of their format, and the forms that serializers of other projects gave them.

YAML is read with a safe loader: a tag that would make a Python object is read as the plain data that stands there.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from replayaws.importers.exchange import Exchange, as_bytes, as_headers, as_sent, as_text, header_names, unchunk

SUFFIXES = (".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz")
_LIMIT = 1024 * 1024 * 1024
"""Bytes of an unpacked file beyond which it is refused: more than any cassette, less than a trap."""


class UnreadableError(Exception):
    """A file that is no vcrpy cassette; the message says why, a clause."""


_MOST_NODES = 50_000_000


def read_pairs(path: Path) -> list[Mapping[str, Any]]:
    """The request and response pairs of a file."""
    content = _parse(_text(path))
    if isinstance(content, Mapping) and isinstance(content.get("requests"), list):
        # Serializers of some projects keep requests and responses apart, as vcrpy hands them over.
        pairs = zip(content["requests"], content.get("responses") or (), strict=False)
        return [{"request": request, "response": response} for request, response in pairs]
    if isinstance(content, Mapping):
        content = content.get("interactions", content.get("http_interactions"))  # the latter Ruby's VCR and betamax
    if not isinstance(content, list):
        raise UnreadableError("it is no vcrpy cassette: it has no list of interactions")
    return [item if isinstance(item, Mapping) else {} for item in content]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as content:
            data = content.read(_LIMIT + 1)
        if len(data) > _LIMIT:
            raise UnreadableError(f"it has more than {_LIMIT} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("it is not UTF-8 text") from None
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"it cannot be read: {error}") from None


def _parse(text: str) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError:
            pass  # YAML in flow style looks alike
        except RecursionError:
            raise UnreadableError("it is nested too deeply") from None
    import yaml

    try:
        content = yaml.load(text, Loader=_loader())  # a safe loader that reads unknown tags as plain data
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise UnreadableError(f"it is not valid YAML{where}") from None
    except (RecursionError, ValueError) as error:
        raise UnreadableError(f"it cannot be read as YAML: {error}") from None
    if _nodes(content, {}) > _MOST_NODES:
        raise UnreadableError("its aliases stand for more than a cassette can hold")
    return content


def _nodes(value: Any, known: dict[int, int]) -> int:
    """How many values a document holds once its aliases are written out."""
    if not isinstance(value, (dict, list, tuple)):
        return 1
    if id(value) not in known:
        known[id(value)] = _MOST_NODES + 1  # what holds itself holds too much
        items = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_nodes(item, known) for item in items)
    return known[id(value)]


def _loader() -> type[Any]:
    """A safe YAML loader that makes of ``!!python/…`` what stands there: text, a list or a map, never an object."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]  # libyaml's loader where it is there
        def flatten_mapping(self, node: Any) -> None:
            super().flatten_mapping(node)
            for key, _ in node.value:  # an object as key, such as a case-insensitive header name, is its text
                if not isinstance(key, yaml.ScalarNode) and key.tag.startswith("tag:yaml.org,2002:python/"):
                    texts = [item.value for item in _scalars(key)]
                    key.__class__ = yaml.ScalarNode
                    key.value, key.tag = (texts[-1] if texts else ""), "tag:yaml.org,2002:str"

    def construct(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return _object(loader.construct_mapping(node, deep=True), suffix)

    def _scalars(node: Any) -> Iterator[Any]:
        for item in node.value if not isinstance(node, yaml.ScalarNode) else ():
            for part in item if isinstance(item, tuple) else (item,):
                if isinstance(part, yaml.ScalarNode):
                    yield part
                else:
                    yield from _scalars(part)

    Loader.add_multi_constructor("tag:yaml.org,2002:python/", construct)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
    return Loader


def _object(members: Mapping[Any, Any], suffix: str) -> Any:
    """What a serialised Python object held: the bytes of a buffer, the items of a map or list."""
    state = members.get("state", members.get("args"))
    if "BytesIO" in suffix or "StringIO" in suffix or suffix.endswith("builtins.iter"):
        return state[0] if isinstance(state, (list, tuple)) and state else b""
    for name in ("dictitems", "listitems"):
        if name in members:
            return members[name]
    if isinstance(state, Mapping):
        inner = state.get("_store") or state.get("_dict") or state.get("store") or state
        return {_text_key(key): _last(value) for key, value in inner.items()}
    return state if state is not None else members


def _text_key(key: Any) -> str:
    return as_text(key)


def _last(value: Any) -> Any:
    """The value of a case-insensitive map's item, which is stored beside the name as it was spelled."""
    return value[1] if isinstance(value, (list, tuple)) and len(value) == 2 and isinstance(value[0], str) else value


def read_exchange(pair: Mapping[str, Any]) -> Exchange | str:
    """The exchange of a request and response pair, or why it is none."""
    request, response = pair.get("request"), pair.get("response")
    if not isinstance(request, Mapping) or not isinstance(response, Mapping):
        return "it has no request or no response"
    url = as_text(request.get("uri") or request.get("url") or _old_url(request))
    if not url:
        return "its request has no URL"
    try:
        urlsplit(url)
    except ValueError as error:
        return f"its URL cannot be read: {error}"
    headers = as_headers(request.get("headers"))
    body = as_bytes(request["parsed_body"] if "parsed_body" in request else request.get("body"))
    answer_headers = as_headers(response.get("headers"))
    status, reason = _status(response)
    if status is None:
        return "its response has no status"
    return Exchange(
        method=as_text(request.get("method") or "GET").upper(),
        url=url,
        headers=headers,
        body=as_sent(unchunk(body, headers), headers.get("content-length")),
        status=status,
        reason=reason,
        answer_headers=answer_headers,
        answer_body=_answer_body(response),
        names=header_names(request.get("headers")),
    )


def _old_url(request: Mapping[str, Any]) -> str:
    """The URL of a request from before version 1.0 of vcrpy's format, which kept its parts."""
    if "host" not in request:
        return ""
    port = request.get("port")
    scheme = as_text(request.get("protocol") or "https")
    shown = f":{port}" if port and port not in (80, 443) else ""
    return f"{scheme}://{request['host']}{shown}{request.get('path', '/')}"


def _status(response: Mapping[str, Any]) -> tuple[int | None, str]:
    status: Any = response.get("status", response.get("status_code"))
    reason = ""
    if isinstance(status, Mapping):
        status, reason = status.get("code"), as_text(status.get("message"))
    number = re.match(r"\s*(\d{3})\b", as_text(status))
    return (int(number[1]) if number else None), reason


def _answer_body(response: Mapping[str, Any]) -> bytes:
    if "parsed_body" in response:
        return json.dumps(response["parsed_body"]).encode()
    body = response.get("body", response.get("content"))
    return as_bytes(body)
