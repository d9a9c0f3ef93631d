"""vcrpy's and pytest-recording's cassettes: HTTP exchanges, turned back into calls through botocore's own models.

All versions of the format are read, with YAML's safe loader: a tag that would run code is read as plain data. Requests of
botocore and aiobotocore become calls; other requests to AWS hosts become ``http.*`` interactions; what went
elsewhere is refused. The attempts of one call are one interaction, as in a recording of our own.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayaws.bindings import Bindings
from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.hosts import is_aws_host
from replayaws.http import HttpAnswer, HttpRequest, is_signed
from replayaws.http import interaction as http_interaction
from replayaws.importers import Imported
from replayaws.importers.exchange import Exchange, as_bytes, as_headers, as_sent, as_text, header_names, unchunk
from replayaws.interaction import Interaction

if TYPE_CHECKING:
    from replayaws.importers.services import Identified
    from replayaws.redaction import Redactor
    from replayaws.rules import Rules

_SUFFIXES = (".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz")
_LIMIT = 1024 * 1024 * 1024
"""Bytes of an unpacked file beyond which it is refused: more than any cassette, less than a trap."""


def import_vcrpy(paths: Sequence[Path | str], *, rules: Rules) -> Imported:
    """See :func:`replayaws.importers.import_vcrpy`."""
    cassettes: list[tuple[str, Cassette]] = []
    refused: list[tuple[str, str]] = []
    for path in _files(paths, refused):
        try:
            documents = _load(path)
        except _Unreadable as error:
            refused.append((str(path), str(error)))
            continue
        imported = _import(path, documents, rules, refused)
        if imported is not None:
            cassettes.append((_place(path), imported))
    return Imported(_unique(cassettes), refused)


def _files(paths: Sequence[Path | str], refused: list[tuple[str, str]]) -> Iterator[Path]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.name.lower().endswith(_SUFFIXES) and file.is_file())
        elif path.is_file():
            yield path
        else:
            refused.append((str(path), "there is no such file"))


# -- the file ----------------------------------------------------------------------------------------------------------


class _Unreadable(Exception):
    """A file that is no vcrpy cassette; the message says why, a clause."""


def _load(path: Path) -> list[Mapping[str, Any]]:
    """The request and response pairs of a file."""
    content = _parse(_text(path))
    if isinstance(content, Mapping) and isinstance(content.get("requests"), list):
        # Serializers of some projects keep requests and responses apart, as vcrpy hands them over.
        pairs = zip(content["requests"], content.get("responses") or (), strict=False)
        return [{"request": request, "response": response} for request, response in pairs]
    if isinstance(content, Mapping):
        content = content.get("interactions")
    if not isinstance(content, list):
        raise _Unreadable("it is no vcrpy cassette: it has no list of interactions")
    return [item if isinstance(item, Mapping) else {} for item in content]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as content:
            data = content.read(_LIMIT + 1)
        if len(data) > _LIMIT:
            raise _Unreadable(f"it has more than {_LIMIT} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unreadable("it is not UTF-8 text") from None
    except (OSError, EOFError, zlib.error) as error:
        raise _Unreadable(f"it cannot be read: {error}") from None


def _parse(text: str) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError:
            pass  # YAML in flow style looks alike
        except RecursionError:
            raise _Unreadable("it is nested too deeply") from None
    import yaml

    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506  # a safe loader that reads unknown tags as plain data
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise _Unreadable(f"it is not valid YAML{where}") from None
    except (RecursionError, ValueError) as error:
        raise _Unreadable(f"it cannot be read as YAML: {error}") from None


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


# -- one exchange ------------------------------------------------------------------------------------------------------


def _exchange(pair: Mapping[str, Any]) -> Exchange | str:
    """The exchange of a request and response pair, or why it is none."""
    request, response = pair.get("request"), pair.get("response")
    if not isinstance(request, Mapping) or not isinstance(response, Mapping):
        return "it has no request or no response"
    url = as_text(request.get("uri") or request.get("url") or _old_url(request))
    if not url:
        return "its request has no URL"
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
    status = response.get("status", response.get("status_code"))
    if isinstance(status, Mapping):
        status, reason = status.get("code"), as_text(status.get("message"))
    else:
        reason = ""
    try:
        return int(status), reason  # type: ignore[arg-type]  # the except clause is the check
    except (TypeError, ValueError):
        return None, reason


def _answer_body(response: Mapping[str, Any]) -> bytes:
    import base64

    if "parsed_body" in response:
        return json.dumps(response["parsed_body"]).encode()
    body = response.get("body", response.get("content"))
    if isinstance(body, Mapping):
        if "base64_string" in body:
            return base64.b64decode(body["base64_string"])
        body = body.get("string")
    return as_bytes(body)


_OTHER_CLIENTS = re.compile(r"^(?:python-requests|python-urllib|python-httpx|python/[\d.]+ aiohttp|curl|urllib3)", re.I)
_BOTOCORE = re.compile(r"\b(?:aio)?boto(?:core|3)?\b|\baws-(?:sdk|cli)", re.I)


def _is_of_an_sdk(exchange: Exchange) -> bool:
    """Whether the request says itself that it is botocore's, or another SDK's."""
    return "amz-sdk-invocation-id" in exchange.headers or bool(_BOTOCORE.search(exchange.headers.get("user-agent", "")))


def _is_call(exchange: Exchange) -> bool:
    """Whether the request is one of botocore's, or of another SDK, and no plain HTTP."""
    if _is_of_an_sdk(exchange):
        return True
    if is_signed(exchange.url) or _OTHER_CLIENTS.match(exchange.headers.get("user-agent", "")):
        return False
    return "x-amz-target" in exchange.headers or "x-amz-date" in exchange.headers or is_aws_host(exchange.host)


# -- one cassette ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Source:
    """What of a file becomes a cassette, in recorded order."""

    path: Path
    redactor: Redactor
    refused: list[tuple[str, str]]
    began: datetime | None
    hint: str

    def seconds(self, exchange: Exchange) -> float:
        moment = _moment(exchange)
        return 0.0 if moment is None or self.began is None else max(0.0, (moment - self.began).total_seconds())

    def refuse(self, number: int, why: str) -> None:
        self.refused.append((f"{self.path}: interaction {number}", why))


def _import(
    path: Path, pairs: Sequence[Mapping[str, Any]], rules: Rules, refused: list[tuple[str, str]]
) -> Cassette | None:
    from replayaws.recorder import fold
    from replayaws.redaction import Redactor

    exchanges = [_exchange(pair) for pair in pairs]
    whole = [exchange for exchange in exchanges if isinstance(exchange, Exchange)]
    moments = [moment for exchange in whole if (moment := _moment(exchange)) is not None]
    began = min(moments, default=None)
    source = _Source(path, Redactor(rules, accounts=_accounts(whole)), refused, began, _hint(path, whole))
    interactions: list[tuple[Interaction, bool]] = []
    for number, (exchange, attempts) in enumerate(_final_attempts(exchanges), start=1):
        if exchange is None:
            continue
        if isinstance(exchange, str):
            source.refuse(number, exchange)
            continue
        taken = _take(exchange, attempts, source)
        if isinstance(taken, str):
            source.refuse(number, taken)
        else:
            interactions.append(taken)
    if not interactions:
        if not pairs:
            refused.append((str(path), "it holds no interactions"))
        return None
    return Cassette(
        replayaws=FORMAT_VERSION,
        owner=_owner(path),
        recorded=Provenance(
            at=(began or _modified(path)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            source=_source(whole),
            botocore=_botocore_version(whole),
        ),
        interactions=fold(interactions),
    )


def _hint(path: Path, exchanges: Sequence[Exchange]) -> str:
    """What may name the service of calls that several services have alike: the path, and engines that answers name."""
    engines = {name.decode() for one in exchanges for name in re.findall(rb"<Engine>([\w-]+)</Engine>", one.answer_body)}
    return " ".join(["/".join(path.parts[-3:]), *sorted(engines)])


def _final_attempts(exchanges: Sequence[Exchange | str]) -> Iterator[tuple[Exchange | str | None, int]]:
    """Each exchange with the number of its attempt; ``None`` in the place of those that were tried again."""
    calls = [
        exchange.headers.get("amz-sdk-invocation-id") if isinstance(exchange, Exchange) else None
        for exchange in exchanges
    ]
    last = {call: index for index, call in enumerate(calls) if call}
    for index, (exchange, call) in enumerate(zip(exchanges, calls, strict=True)):
        if call and last[call] != index and not _same_attempt(exchange, exchanges[last[call]]):
            yield None, 0
        else:
            yield exchange, calls[: index + 1].count(call) if call else 1


def _same_attempt(one: Exchange | str, other: Exchange | str) -> bool:
    """Whether two exchanges of one invocation id are not attempts of one call: a recorder replaced the ids by a constant."""
    if not isinstance(one, Exchange) or not isinstance(other, Exchange):
        return True
    numbers = [exchange.headers.get("amz-sdk-request", "") for exchange in (one, other)]
    return numbers[0] == numbers[1] or one.method != other.method


def _take(exchange: Exchange, attempts: int, source: _Source) -> tuple[Interaction, bool] | str:
    """The interaction of an exchange and whether it only reads, or why it cannot be taken."""
    if not _is_call(exchange):
        if is_aws_host(exchange.host):
            return _take_http(exchange, source)
        return f"it is no AWS traffic (host {exchange.host or 'unknown'}); leave it to vcrpy"
    from replayaws.importers.services import identify

    identified = identify(exchange, hint=source.hint)
    if not isinstance(identified, str):
        return _take_call(exchange, identified, attempts, source)
    if is_aws_host(exchange.host):
        return identified if _is_of_an_sdk(exchange) else _take_http(exchange, source)
    return identified


def _take_http(exchange: Exchange, source: _Source) -> tuple[Interaction, bool]:
    request = HttpRequest(exchange.method, exchange.url, exchange.headers, exchange.body)
    answer = HttpAnswer(exchange.status, exchange.reason, exchange.answer_headers, exchange.answer_body)
    made = http_interaction(request, answer, source.redactor, seconds=source.seconds(exchange))
    return made, exchange.method in ("GET", "HEAD")


def _take_call(
    exchange: Exchange, identified: Identified, attempts: int, source: _Source
) -> tuple[Interaction, bool] | str:
    from replayaws import shapes, uploads
    from replayaws.importers.answers import read_answer, wire_model
    from replayaws.importers.parameters import read_parameters
    from replayaws.recorder import ApiTake

    model = shapes.operation_model(identified.service, identified.operation)
    name = f"{identified.service}.{identified.operation}"
    try:
        params = read_parameters(exchange, identified, wire_model(identified))
    except Exception as error:  # whatever botocore's parsers raise on what is no request of this operation
        return f"the parameters of {name} cannot be read from the request: {type(error).__name__}: {error}"
    try:
        answer = read_answer(exchange, identified, wire_model(identified), attempts=attempts)
    except Exception as error:  # as above
        return f"the answer to {name} cannot be parsed: {type(error).__name__}: {error}"
    body = uploads.take_request_body(params, model)
    take = ApiTake(
        service=identified.service,
        operation=identified.operation,
        region=shapes.region_of(identified.service, identified.region, endpoint_is_aws=False),
        model=model,
        params=uploads.write_params(params, model, body),
        seconds=source.seconds(exchange),
        exception=answer.exception,
        stream=answer.stream,
        incomplete=answer.incomplete,
    )
    take.take(answer.parsed)
    return take.interaction(source.redactor, Bindings()), take.reads


# -- provenance --------------------------------------------------------------------------------------------------------


def _moment(exchange: Exchange) -> datetime | None:
    """When the request was made, else when it was answered."""
    stamp = re.fullmatch(r"(\d{8}T\d{6})Z", exchange.headers.get("x-amz-date", "").strip())
    if stamp:
        return datetime.strptime(stamp[1], "%Y%m%dT%H%M%S").replace(tzinfo=timezone.utc)
    try:
        moment = parsedate_to_datetime(exchange.answer_headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)


def _source(exchanges: Sequence[Exchange]) -> str:
    """``"aws"`` where every request went to a host of AWS's, else the first other endpoint that was called."""
    for exchange in exchanges:
        if not is_aws_host(exchange.host) and _is_call(exchange):
            return f"{exchange.parts.scheme}://{exchange.parts.netloc.rpartition('@')[2]}"
    return "aws"


def _botocore_version(exchanges: Sequence[Exchange]) -> str:
    for exchange in exchanges:
        found = re.search(r"\bBotocore[/#](\d[\w.]*)", exchange.headers.get("user-agent", ""), re.I)
        if found:
            return found[1]
    return ""


_ARN_ACCOUNT = re.compile(rb"arn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):")


def _accounts(exchanges: Sequence[Exchange]) -> list[str]:
    """The account that the recording speaks of most: it becomes the account of moto."""
    counts: dict[str, int] = {}
    for exchange in exchanges:
        for account in _ARN_ACCOUNT.findall(exchange.answer_body) + _ARN_ACCOUNT.findall(exchange.body):
            counts[account.decode()] = counts.get(account.decode(), 0) + 1
    return [max(counts, key=lambda account: counts[account])] if counts else []


_FOLDERS = ("cassettes", "vcr_cassettes", "fixtures")


def _parts(path: Path) -> list[str]:
    """The path without the endings of its name."""
    name = re.sub(r"\.(?:ya?ml|json)(?:\.gz)?$", "", path.name, flags=re.IGNORECASE)
    return [*path.parent.parts, name]


def _owner(path: Path) -> str:
    """The test that a file most likely belongs to: pytest-recording keeps ``cassettes/<module>/<Class>.<test>.yaml``."""
    parts = _parts(path)
    at = max((index for index, part in enumerate(parts[:-1]) if part in _FOLDERS), default=None)
    if at is None:
        return parts[-1]
    folder, inside = parts[max(0, at - 1) : at], parts[at + 1 :]
    folder = [part for part in folder if part not in ("/", path.anchor)]
    name = inside[-1]
    kind, dot, test = name.partition(".")
    names = [kind, test] if dot and kind[:1].isupper() and "[" not in kind else [name]
    module = "/".join((*folder, *inside[:-1]))
    return "::".join(([f"{module}.py"] if len(inside) > 1 else []) + names)


def _place(path: Path) -> str:
    """Where the cassette of a file is stored: beside its likes, under the same names."""
    parts = _parts(path)
    at = max((index for index, part in enumerate(parts[:-1]) if part in _FOLDERS), default=len(parts) - 2)
    return "/".join(parts[at + 1 :]) + ".json"


def _unique(cassettes: Sequence[tuple[str, Cassette]]) -> list[tuple[str, Cassette]]:
    """The cassettes, those that would lie in one file on a case-insensitive file system apart."""
    taken: set[str] = set()
    placed = []
    for place, cassette in cassettes:
        stem, number = place.removesuffix(".json"), 1
        while place.lower() in taken:
            number += 1
            place = f"{stem}-{number}.json"
        taken.add(place.lower())
        placed.append((place, cassette))
    return placed
