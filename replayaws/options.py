"""Every option, declared once: its name, kind, help and where it may be given.

Precedence: command line, then marker, then ini or ``pyproject.toml``, then default. An unknown one is an error that names
the nearest.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from replayaws.errors import OptionError


class Option:
    """The declaration of one option.

    :ivar help: what it does, one sentence.
    :ivar kind: ``"text"``, ``"choice"``, ``"flag"``, ``"list"``, ``"map"``, ``"tables"`` or ``"age"``.
    :ivar choices: its possible values, where it has but a few.
    :ivar marker: whether a test's marker may give it.
    :ivar command_line: whether the command line may.
    """

    def __init__(
        self, default: Any, help_text: str, kind: str, choices: tuple[str, ...], *, marker: bool, command_line: bool
    ) -> None:
        self.default, self.help, self.kind, self.choices = default, help_text, kind, choices
        self.marker, self.command_line = marker, command_line

    def __set_name__(self, options: type, name: str) -> None:
        FIELDS[name] = self
        self._name = name

    def __get__(self, options: Options | None, kind: type | None = None) -> Any:
        return self if options is None else options.given.get(self._name, self.default)


FIELDS: dict[str, Option] = {}
"""Every option by its name, in the order in which they are declared."""


def _option(
    default: Any,
    help_text: str,
    *,
    kind: str,
    choices: tuple[str, ...] = (),
    marker: bool = True,
    command_line: bool = False,
) -> Any:
    return Option(default, help_text, kind, choices, marker=marker, command_line=command_line)


class Options:
    """What a user may set. In ini files each has the prefix ``aws_``; on the command line ``--aws-``.

    No dataclass, which every start of pytest would pay for.

    :param given: values of those that are not the default.
    """

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self.given = dict(given or {})

    cassettes: str = _option(
        "cassettes",
        "Folder of the cassettes, relative to pytest's rootdir.",
        kind="text",
        marker=False,
        command_line=True,
    )
    cassette: str | None = _option(
        None, "File of this test's cassette, relative to the folder of cassettes.", kind="text"
    )
    fallback: str = _option(
        "moto",
        "Who answers a call that no cassette holds: moto, or nobody (error).",
        kind="choice",
        choices=("moto", "error"),
        command_line=True,
    )
    services: Mapping[str, str] = _option(
        {},
        'Services routed for good: {"s3": "moto", "transcribe": "record"}; moto is then never recorded.',
        kind="map",
        choices=("moto", "record"),
    )
    polls: Literal["honour", "collapse"] = _option(
        "honour",
        "How repeated polls replay: as often as recorded (honour), or each state once (collapse).",
        kind="choice",
        choices=("honour", "collapse"),
    )
    bind: bool = _option(
        True, "Whether invented names (uuids, tokens, times) are tied to their recorded ones.", kind="flag"
    )
    ignore: Sequence[str] = _option((), 'Params left out of matching: "service.Operation:JMESPath".', kind="list")
    unplayed: str = _option(
        "ignore",
        "What recordings that a passing test did not play lead to.",
        kind="choice",
        choices=("ignore", "warn", "fail"),
        command_line=True,
    )
    orphans: str = _option(
        "ignore",
        "What cassettes that no collected test owns lead to.",
        kind="choice",
        choices=("ignore", "list", "fail"),
        marker=False,
        command_line=True,
    )
    max_age: str | None = _option(
        None, "Age from which a cassette is reported, such as 180d.", kind="age", command_line=True
    )
    stale: str = _option(
        "warn", "What a cassette older than max_age leads to.", kind="choice", choices=("warn", "fail"), marker=False
    )
    accounts: Sequence[str] = _option(
        (), "Account ids that may be recorded; all when empty.", kind="list", marker=False
    )
    regions: Sequence[str] = _option((), "Regions that may be recorded; all when empty.", kind="list", marker=False)
    http_hosts: Sequence[str] = _option((), "Further hosts whose plain HTTP is recorded and replayed.", kind="list")
    keep: Sequence[str] = _option(
        (), "Ids of built-in redaction rules to switch off; stands in the cassettes.", kind="list", marker=False
    )
    redact: Sequence[Mapping[str, Any]] = _option((), "Redaction rules of your own.", kind="tables", marker=False)


def merged(base: Options, given: Mapping[str, Any], *, where: str, marker: bool = False) -> Options:
    """Options with what was given in one place laid over them.

    :param given: names and raw values; ``None`` means not given.
    :param where: the place, for errors, such as ``"marker of tests/test_a.py::test_b"``.
    :raises OptionError: for an unknown name or an impossible value.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        declared = FIELDS.get(name)
        if declared is None or (marker and not declared.marker):
            raise OptionError(_unknown(name, where, marker=marker))
        if value is not None:
            values[name] = _checked(name, value, where)
    return Options({**base.given, **values}) if values else base


def _unknown(name: str, where: str, *, marker: bool) -> str:
    known = [option for option, declared in FIELDS.items() if declared.marker or not marker]
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}."
    return f"{where}: unknown option {name!r}; {hint}"


def _checked(name: str, value: Any, where: str) -> Any:
    kind, choices = FIELDS[name].kind, FIELDS[name].choices
    if kind == "choice":
        return _choice(value, choices, f"{where}: {name}")
    if kind == "flag":
        return _flag(value, f"{where}: {name}")
    if kind == "list":
        items = value.splitlines() if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)) or not all(isinstance(item, (str, int)) for item in items):
            raise OptionError(f"{where}: {name} is {value!r}; give a list of strings.")
        return tuple(str(item).strip() for item in items if str(item).strip())
    if kind == "map":
        table = _table(value, f"{where}: {name}")
        return {service: _choice(route, choices, f"{where}: {name}[{service!r}]") for service, route in table.items()}
    if kind == "tables":
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
            raise OptionError(f"{where}: {name} is {value!r}; give a list of tables.")
        return tuple(dict(item) for item in value)
    if not isinstance(value, (str, Path)):
        raise OptionError(f"{where}: {name} is {value!r}; give a string.")
    if kind == "age":
        seconds_of_age(str(value), f"{where}: {name}")
    return str(value)


def _choice(value: Any, choices: tuple[str, ...], where: str) -> str:
    if value in choices:
        return str(value)
    import difflib

    near = difflib.get_close_matches(str(value), choices, n=1)
    raise OptionError(
        f"{where} is {value!r}; " + (f"did you mean {near[0]!r}? " if near else "") + f"One of: {', '.join(choices)}."
    )


def _flag(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "yes", "on", "1"):
        return True
    if str(value).lower() in ("false", "no", "off", "0"):
        return False
    raise OptionError(f"{where} is {value!r}; give true or false.")


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    import ast

    try:
        parsed = ast.literal_eval(value) if isinstance(value, str) and value.lstrip().startswith("{") else None
    except (ValueError, SyntaxError):
        parsed = None
    if isinstance(parsed, Mapping):
        return parsed
    lines = (
        value
        if isinstance(value, (list, tuple))
        else str(value).split(",")
        if "\n" not in str(value)
        else str(value).splitlines()
    )
    table = {}
    for line in lines:
        name, equals, route = str(line).partition("=")
        if line and not equals:
            raise OptionError(f'{where} is {value!r}; give a table such as {{"s3": "moto"}}.')
        if equals:
            table[name.strip().strip('"')] = route.strip().strip('"')
    return table


_UNITS = {"h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def seconds_of_age(text: str, where: str = "age") -> float:
    """Seconds of an age such as ``12h``, ``180d``, ``26w``, ``1y``.

    :raises OptionError: for anything else.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([hdwy])", text.strip())
    if not found:
        raise OptionError(f"{where} is {text!r}; give a number and a unit: 12h, 180d, 26w, 1y.")
    return float(found[1]) * _UNITS[found[2]]


def from_pyproject(root: Path) -> Mapping[str, Any]:
    """The table ``[tool.replayaws]`` of a project, ``{}`` where there is none.

    :raises OptionError: when the file is not TOML.
    """
    path = root / "pyproject.toml"
    try:
        text = path.read_bytes()
    except OSError:
        return {}
    if b"replayaws" not in text:
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        tool = tomllib.loads(text.decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: not valid TOML: {error}.") from None
    table = tool.get("replayaws", {})
    if not isinstance(table, dict):
        raise OptionError(f"{path}: [tool.replayaws] must be a table.")
    return table
