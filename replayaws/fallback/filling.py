"""Parameters for an operation that nobody called: from what was recorded about the thing, else what the model allows."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from replayaws.fallback.creators import singular
from replayaws.fallback.values import leaves

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

INVENTED = "replayaws"
"""How every name begins that nobody recorded."""

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "blob": (bytes, str),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime.datetime,),
}


def identity(model: OperationModel, *, noun: str, member: str, name: str) -> dict[str, Any]:
    """The member of an operation's input that takes the name of what it makes; empty where it takes none.

    :param noun: what it makes, in lower case.
    :param member: the name of the member in which the thing was named elsewhere.
    :param name: the thing's name.
    """
    return _identity(model.input_shape, noun=noun, member=member, name=name)


def _identity(shape: Any, *, noun: str, member: str, name: str) -> dict[str, Any]:
    members = {} if shape is None else shape.members
    lower = {known.lower(): known for known in members}
    wanted = (
        singular(member.lower()),
        f"{noun}name",
        "name",
        f"{noun}id",
        f"{noun}identifier",
        noun,
        "id",
        "identifier",
    )
    named = next((lower[one] for one in wanted if one in lower and members[lower[one]].type_name == "string"), None)
    required = [] if shape is None else shape.required_members
    if named is None:
        named = next((known for known in required if _names_it(known, noun, members)), None)
    if named is not None:
        return {named: name}
    for inner in (known for known in required if members[known].type_name == "structure"):
        within = _identity(members[inner], noun=noun, member=member, name=name)
        if within:
            return {inner: within}
    return {}


def _names_it(known: str, noun: str, members: dict[str, Shape]) -> bool:
    shape = members[known]
    return _is_free_text(shape) and known.lower().endswith(("name", noun))


def filled(
    model: OperationModel,
    given: dict[str, Any],
    *,
    noun: str,
    region: str | None,
    near: list[dict[str, Any]],
    known: list[dict[str, Any]],
    beside: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The input of an operation.

    :param given: members that are decided.
    :param noun: what the operation makes: its ``MessageBody`` is a message's ``Body``.
    :param region: where the call is made: some operations want to be told as well.
    :param near: what was recorded about the thing: optional members are taken from it too.
    :param known: what else was recorded, for required members.
    :param beside: what was recorded beside the thing: of which kind it is, is taken from it too.
    """
    input_shape: Any = model.input_shape
    params = dict(given)
    for name, shape in _members(model).items():
        if isinstance(params.get(name), dict):
            params[name] = {**minimal(shape, name), **params[name]}
        if name in params:
            continue
        required = name in input_shape.required_members
        kind = beside or [] if getattr(shape, "enum", None) else []
        fitting = _fitting(name, noun, shape, [*near, *known] if required else [*near, *kind])
        if fitting is not None:
            params[name] = fitting
        elif required:
            params[name] = minimal(shape, name)
        elif located := _located(shape, region):
            params[name] = located
    return params


def _located(shape: Any, region: str | None) -> Any:
    """A structure that says nothing but the region, where the shape is one."""
    if shape.type_name == "structure":
        inner = {name: _located(member, region) for name, member in shape.members.items()}
        return {name: value for name, value in inner.items() if value}
    return region if shape.type_name == "string" and region in (getattr(shape, "enum", None) or ()) else None


def _members(model: OperationModel) -> dict[str, Shape]:
    shape: Any = model.input_shape
    return {} if shape is None else dict(shape.members)


def _fitting(name: str, noun: str, shape: Shape, known: list[dict[str, Any]]) -> Any:
    names = {name.lower(), name.lower().removeprefix(noun)}
    values = (value for thing in known for other, value in thing.items() if other.lower() in names)
    return next((pruned(value, shape) for value in values if fits(value, shape)), None)


def substantial(name: str, shape: Any, params: dict[str, Any], known: list[dict[str, Any]]) -> Any:
    """A value for a member that must not be empty: as it was recorded, else the least that says something."""
    fitting = _fitting(name, "", shape, known)
    if fitting is not None:
        return fitting
    if shape.type_name == "list":
        return minimal(shape, name) if shape.metadata.get("min") else _elements(shape.member, singular(name), params)
    return minimal(shape, name)


def _elements(shape: Any, name: str, params: dict[str, Any]) -> list[Any]:
    """One element, or one for each value that the other parameters have under the name of a required member."""
    least = minimal(shape, name)
    texts = [member for member in getattr(shape, "required_members", ()) if _is_free_text(shape.members[member])]
    for member in texts:
        values = dict.fromkeys(value for path, value in leaves(params) if path[-1] == member)
        if values:
            return [{**least, member: value} for value in values]
    return [least]


def _is_free_text(shape: Any) -> bool:
    return shape.type_name == "string" and not getattr(shape, "enum", None)


def ample(model: OperationModel, params: dict[str, Any], known: list[dict[str, Any]]) -> dict[str, Any]:
    """The parameters with every number and address range: some must be there although the model does not say so."""
    more = {}
    for name, shape in _members(model).items():
        if shape.type_name in ("integer", "long"):
            more[name] = minimal(shape, name)
        elif shape.type_name == "string" and name.lower() == "cidrblock":
            more[name] = _fitting(name, "", shape, known) or minimal(shape, name)
    return {**more, **params}


def enclosing(params: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The parameters with every address range in them widened: what holds a recorded range is larger than it."""
    widened = {
        name: re.sub(r"^(\d+\.\d+)\.\d+\.\d+/\d+$", r"\1.0.0/16", value)
        for name, value in params.items()
        if isinstance(value, str) and name not in given
    }
    return {**params, **widened}


def fits(value: Any, shape: Any) -> bool:
    """Whether a recorded value has the form that an input member takes."""
    if value is None or value in ("", {}, []):
        return False
    kind = shape.type_name
    if kind == "structure":
        whole = isinstance(value, dict) and all(required in value for required in shape.required_members)
        return whole and any(name in shape.members and fits(value[name], shape.members[name]) for name in value)
    if kind == "map":
        return isinstance(value, dict) and all(fits(item, shape.value) for item in value.values())
    if kind == "list":
        return isinstance(value, list) and all(fits(item, shape.member) for item in value)
    if kind == "string" and getattr(shape, "enum", None):
        return value in shape.enum
    return isinstance(value, _SCALARS.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))


def pruned(value: Any, shape: Any) -> Any:
    """The value without the members that only answers have."""
    kind = shape.type_name
    if kind == "structure":
        return {
            name: pruned(item, shape.members[name])
            for name, item in value.items()
            if name in shape.members and fits(item, shape.members[name])
        }
    if kind == "map":
        return {name: pruned(item, shape.value) for name, item in value.items()}
    if kind == "list":
        return [pruned(item, shape.member) for item in value]
    return value


def minimal(shape: Any, name: str = "", depth: int = 0) -> Any:
    """The least value that the model allows."""
    kind = shape.type_name
    if kind == "structure":
        if depth > 5:
            return {}
        inline = next((member for member, inner in shape.members.items() if inner.type_name == "blob"), None)
        if inline is not None and not shape.required_members:
            return {inline: _archive()}
        return {member: minimal(shape.members[member], member, depth + 1) for member in shape.required_members}
    if kind == "list":
        least = shape.metadata.get("min", 0)
        return [minimal(shape.member, singular(name), depth + 1)] * least if depth <= 5 else []
    if kind == "map":
        return {}
    if kind == "string":
        return _text(shape, name)
    if kind == "blob":
        return _archive()
    if kind == "boolean":
        return False
    if kind == "timestamp":
        return datetime.datetime.now(datetime.timezone.utc)
    least = shape.metadata.get("min", 1)
    return float(least) if kind in ("float", "double") else int(least)


def _text(shape: Any, name: str) -> str:
    enum = getattr(shape, "enum", None)
    if enum:
        return str(enum[0])
    lower = (name + shape.name).lower()
    if "arn" in lower:
        kind = "role" if "role" in lower else "resource"
        return f"arn:aws:iam::123456789012:{kind}/{INVENTED}"
    if "cidr" in lower:
        return "10.0.0.0/16"
    if "assume" in lower or "trust" in lower:
        anyone = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
        return json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    if "policy" in lower or "document" in lower or "definition" in lower:
        return json.dumps({"Version": "2012-10-17", "Statement": []})
    text = INVENTED + re.sub(r"[^a-z]", "", name.lower())
    return text.ljust(shape.metadata.get("min", 0), "0")[: max(shape.metadata.get("max", len(text)), 1)]


def _archive() -> bytes:
    """An empty ZIP archive: a blob that is read as what it should be is most often code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("empty", "")
    return archive.getvalue()
