"""vcrpy's and pytest-recording's cassettes: HTTP exchanges, turned back into calls through botocore's own models.

All versions of the format are read, with YAML's safe loader: a tag that would run code is read as plain data. Requests of
botocore and aiobotocore become calls; other requests to AWS hosts become ``http.*`` interactions; what went
elsewhere is refused. The attempts of one call are one interaction, as in a recording of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayaws.bindings import Bindings
from replayaws.cassette import FORMAT_VERSION, Cassette, Provenance
from replayaws.hosts import is_aws_host
from replayaws.http import HttpAnswer, HttpRequest
from replayaws.http import interaction as http_interaction
from replayaws.importers import Imported
from replayaws.importers.exchange import Exchange
from replayaws.importers.placement import apart, owner_of, place_of
from replayaws.importers.senders import is_call, is_in_amz_json, is_of_an_sdk
from replayaws.importers.vcrpy_files import SUFFIXES, UnreadableError, read_exchange, read_pairs
from replayaws.interaction import Interaction

if TYPE_CHECKING:
    from replayaws.importers.services import Identified
    from replayaws.redaction import Redactor
    from replayaws.rules import Rules


def import_vcrpy(paths: Sequence[Path | str], *, rules: Rules) -> Imported:
    """See :func:`replayaws.importers.import_vcrpy`."""
    cassettes: list[tuple[str, Cassette]] = []
    refused: list[tuple[str, str]] = []
    for path in _files(paths, refused):
        try:
            documents = read_pairs(path)
        except UnreadableError as error:
            refused.append((str(path), str(error)))
            continue
        imported = _import(path, documents, rules, refused)
        if imported is not None:
            cassettes.append((place_of(path), imported))
    return Imported(apart(cassettes), refused)


def _files(paths: Sequence[Path | str], refused: list[tuple[str, str]]) -> Iterator[Path]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from sorted(
                file for file in path.rglob("*") if file.name.lower().endswith(SUFFIXES) and file.is_file()
            )
        elif path.is_file():
            yield path
        else:
            refused.append((str(path), "there is no such file"))


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

    exchanges = [read_exchange(pair) for pair in pairs]
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
        owner=owner_of(path),
        recorded=Provenance(
            at=(began or _modified(path)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            source=_source(whole),
            botocore=_botocore_version(whole),
        ),
        kept=list(rules.kept),
        interactions=fold(interactions),
    )


def _hint(path: Path, exchanges: Sequence[Exchange]) -> str:
    """What may name the service of calls that several services have alike: the path, and engines that answers name."""
    engines = {
        name.decode() for one in exchanges for name in re.findall(rb"<Engine>([\w-]+)</Engine>", one.answer_body)
    }
    return " ".join(["/".join(path.parts[-3:]), *sorted(engines)])


def _final_attempts(exchanges: Sequence[Exchange | str]) -> Iterator[tuple[Exchange | str | None, int]]:
    """Each exchange with the number of its attempt; ``None`` in the place of those that were tried again."""
    calls = [
        exchange.headers.get("amz-sdk-invocation-id") if isinstance(exchange, Exchange) else None
        for exchange in exchanges
    ]
    last = {call: index for index, call in enumerate(calls) if call}
    for index, (exchange, call) in enumerate(zip(exchanges, calls, strict=True)):
        if call:
            again = last[call] != index and not _same_attempt(exchange, exchanges[last[call]])
        else:
            again = _is_sent_elsewhere(exchange, exchanges[index + 1 : index + 2])
        if again:
            yield None, 0
        else:
            yield exchange, _attempt(exchange)


def _is_sent_elsewhere(exchange: Exchange | str, following: Sequence[Exchange | str]) -> bool:
    """Whether an answer is a redirect that the next request follows: to S3's right region, as botocore does by itself."""
    if not isinstance(exchange, Exchange) or exchange.status not in (301, 302, 303, 307, 308):
        return False
    after = next((one for one in following if isinstance(one, Exchange)), None)
    return after is not None and (after.method, after.parts.path, after.body) == (
        exchange.method,
        exchange.parts.path,
        exchange.body,
    )


def _attempt(exchange: Exchange | str) -> int:
    found = (
        re.search(r"attempt=(\d+)", exchange.headers.get("amz-sdk-request", ""))
        if isinstance(exchange, Exchange)
        else None
    )
    return int(found[1]) if found else 1


def _same_attempt(one: Exchange | str, other: Exchange | str) -> bool:
    """Whether two exchanges of one invocation id are not attempts of one call: a recorder replaced the ids by a constant."""
    if not isinstance(one, Exchange) or not isinstance(other, Exchange):
        return True
    numbers = [exchange.headers.get("amz-sdk-request", "") for exchange in (one, other)]
    return numbers[0] == numbers[1] or one.method != other.method


_CREDENTIALS_HOSTS = ("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23")
"""Where the metadata services of EC2, ECS and EKS are."""


def _take(exchange: Exchange, attempts: int, source: _Source) -> tuple[Interaction, bool] | str:
    """The interaction of an exchange and whether it only reads, or why it cannot be taken."""
    if exchange.host in _CREDENTIALS_HOSTS:
        return "it asks the machine it was recorded on for credentials, which nobody needs in replay"
    if not is_call(exchange):
        if is_aws_host(exchange.host):
            return _take_http(exchange, source)
        return f"it is no AWS traffic (host {exchange.host or 'unknown'}); leave it to vcrpy"
    from replayaws.importers.services import identify

    identified = identify(exchange, hint=source.hint)
    if not isinstance(identified, str):
        return _take_call(exchange, identified, attempts, source)
    if is_aws_host(exchange.host) and not is_of_an_sdk(exchange) and not is_in_amz_json(exchange):
        return _take_http(exchange, source)
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
        return f"the parameters of {name} cannot be read from the request: {_told(error)}"
    try:
        answer = read_answer(exchange, identified, wire_model(identified), attempts=attempts)
    except Exception as error:  # as above
        return f"the answer to {name} cannot be parsed: {_told(error)}"
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


def _told(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


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
        if not is_aws_host(exchange.host) and is_call(exchange):
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
