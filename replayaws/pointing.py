"""JMESPath that points: to places in a value, and to places in a shape, so that a wrong path is found before it is used.

A path may go through members (``A.B``), lists (``A[0]``, ``A[]``, ``A[*]``, ``A[?Key=='x']``) and maps (``A.*``). What
computes something instead of pointing to it, such as a function, is refused.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from replayaws.errors import OptionError

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

Place: TypeAlias = "tuple[tuple[str | int, ...], Any]"
"""Keys and indexes from the root, and the value there."""

_ABSENT = object()


class Path:
    """A JMESPath that points.

    :param text: the expression.
    :raises OptionError: when it is not JMESPath, or computes.
    """

    __slots__ = ("_root", "text")

    def __init__(self, text: str) -> None:
        import jmespath

        self.text = text
        try:
            self._root: dict[str, Any] = jmespath.compile(text).parsed
        except jmespath.exceptions.JMESPathError as error:
            reason = str(error).splitlines()[0]
            raise OptionError(
                f"{text!r} is not JMESPath: {reason}. See https://jmespath.org for how to write one."
            ) from None
        _refuse_computing(self._root, text)

    def check(self, shape: Shape | None, *, what: str) -> list[Shape | None]:
        """The shapes that it points to.

        :param what: what the path is part of, for the message.
        :raises OptionError: when the shape has no such place; names the nearest member.
        """

        def unknown(name: str, known: Iterable[str]) -> OptionError:
            return OptionError(f"{what}: {name!r} is no member there.{suggestion(name, known)}")

        return list(_shapes(self._root, [shape], unknown))

    def without(self, value: dict[str, Any]) -> dict[str, Any]:
        """The value without what the path points to."""
        gone = {keys for keys, _ in _places(self._root, [((), value)], absent=False) if keys}
        rest: dict[str, Any] = _rebuilt(value, (), gone) if gone else value
        return rest

    def replaced(self, value: dict[str, Any], new: Any) -> dict[str, Any]:
        """The value with something else in the places that the path points to; a missing member is added."""
        result: Any = _copied(value)
        for keys, _ in list(_places(self._root, [((), value)], absent=True)):
            _put(result, keys, new)
        changed: dict[str, Any] = result
        return changed


def suggestion(name: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest of what is known; empty where nothing is known."""
    names = sorted(known)
    lowered = {one.lower(): one for one in names}
    near = [one for one in lowered if len(name) > 3 and one.endswith(name.lower())]
    near = near or difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {lowered[near[0]]!r}?"
    return f" It has: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}." if names else ""


def operation(name: str, *, what: str) -> OperationModel:
    """The model of ``"service.Operation"``.

    :param what: what the name is part of, for the message.
    :raises OptionError: when there is no such operation; names the nearest.
    """
    from botocore.exceptions import UnknownServiceError

    from replayaws import shapes

    service, _, wanted = name.partition(".")
    try:
        models = shapes.service_model(service)
    except UnknownServiceError:
        raise OptionError(
            f"{what}: {service!r} is no service of botocore.{suggestion(service, shapes.services())}"
        ) from None
    if wanted not in models.operation_names:
        raise OptionError(
            f"{what}: {wanted!r} is no operation of {service}.{suggestion(wanted, models.operation_names)}"
        )
    return models.operation_model(wanted)


_POINTING = frozenset(
    {
        "field",
        "subexpression",
        "index_expression",
        "index",
        "slice",
        "projection",
        "value_projection",
        "filter_projection",
        "flatten",
        "identity",
        "current",
        "pipe",
        "multi_select_list",
    }
)


def _refuse_computing(node: dict[str, Any], text: str) -> None:
    if node["type"] not in _POINTING:
        kind = node["type"].replace("_", " ")
        raise OptionError(f"{text!r} computes a value ({kind}); a path is needed that points to members.")
    if node["type"] == "slice":
        return
    children = node["children"][:2] if node["type"] == "filter_projection" else node["children"]
    for child in children:
        _refuse_computing(child, text)


def _places(node: dict[str, Any], at: list[Place], *, absent: bool) -> Iterator[Place]:
    kind, children = node["type"], node["children"]
    if kind in ("identity", "current"):
        yield from at
    elif kind == "field":
        for keys, value in at:
            if isinstance(value, dict) and node["value"] in value:
                yield (*keys, node["value"]), value[node["value"]]
            elif absent and (value is _ABSENT or isinstance(value, dict)):
                yield (*keys, node["value"]), _ABSENT
    elif kind in ("subexpression", "pipe", "index_expression"):
        for child in children:
            at = list(_places(child, at, absent=absent))
        yield from at
    elif kind == "multi_select_list":
        for child in children:
            yield from _places(child, at, absent=absent)
    elif kind in ("index", "slice"):
        for keys, value in at:
            if isinstance(value, list):
                chosen = slice(node["value"], node["value"] + 1 or None) if kind == "index" else slice(*children)
                yield from (((*keys, position), value[position]) for position in range(len(value))[chosen])
    elif kind == "flatten":
        yield from _places(children[0], at, absent=absent)
    elif kind == "projection":
        yield from _places(children[1], list(_elements(_places(children[0], at, absent=absent), node)), absent=absent)
    elif kind == "value_projection":
        items = [
            ((*keys, name), item)
            for keys, value in _places(children[0], at, absent=absent)
            if isinstance(value, dict)
            for name, item in value.items()
        ]
        yield from _places(children[1], items, absent=absent)
    elif kind == "filter_projection":
        from jmespath.visitor import TreeInterpreter

        elements = _elements(_places(children[0], at, absent=absent), node)
        chosen_ones = [place for place in elements if TreeInterpreter().visit(children[2], place[1])]
        yield from _places(children[1], chosen_ones, absent=absent)


def _elements(places: Iterable[Place], node: dict[str, Any]) -> Iterator[Place]:
    sliced = node["type"] == "projection" and node["children"][0]["type"] == "index_expression"
    sliced = sliced and node["children"][0]["children"][1]["type"] == "slice"
    flattened = node["type"] == "projection" and node["children"][0]["type"] == "flatten"
    for keys, value in places:
        if sliced:
            yield keys, value
        elif isinstance(value, list):
            for position, item in enumerate(value):
                if flattened and isinstance(item, list):
                    yield from (((*keys, position, below), inner) for below, inner in enumerate(item))
                else:
                    yield (*keys, position), item


def _shapes(
    node: dict[str, Any], at: list[Shape | None], unknown: Callable[[str, Iterable[str]], OptionError]
) -> Iterator[Shape | None]:
    kind, children = node["type"], node["children"]
    if kind in ("identity", "current", "slice"):
        yield from at
    elif kind == "field":
        for shape in at:
            yield _member(shape, node["value"], unknown)
    elif kind in ("subexpression", "pipe", "index_expression"):
        for child in children:
            at = list(_shapes(child, at, unknown))
        yield from at
    elif kind == "multi_select_list":
        for child in children:
            yield from _shapes(child, at, unknown)
    elif kind == "index":
        yield from (_element(shape, unknown) for shape in at)
    elif kind == "flatten":
        yield from _shapes(children[0], at, unknown)
    elif kind in ("projection", "filter_projection"):
        inner = list(_shapes(children[0], at, unknown))
        sliced = children[0]["type"] == "index_expression" and children[0]["children"][1]["type"] == "slice"
        yield from _shapes(children[1], [_element(shape, unknown) for shape in inner] if not sliced else inner, unknown)
    elif kind == "value_projection":
        values = [value for shape in _shapes(children[0], at, unknown) for value in _values(shape)]
        yield from _shapes(children[1], values, unknown)


def _member(shape: Any, name: str, unknown: Callable[[str, Iterable[str]], OptionError]) -> Shape | None:
    if shape is None or getattr(shape, "is_document_type", False):
        return None
    if shape.type_name == "map":
        value: Shape = shape.value
        return value
    members = shape.members if shape.type_name == "structure" else {}
    if name not in members:
        raise unknown(name, members)
    member: Shape = members[name]
    return member


def _element(shape: Any, unknown: Callable[[str, Iterable[str]], OptionError]) -> Shape | None:
    if shape is None or getattr(shape, "is_document_type", False):
        return None
    if shape.type_name != "list":
        raise unknown("[]", ())
    element: Shape = shape.member
    return element


def _values(shape: Any) -> list[Shape | None]:
    if shape is None or shape.type_name not in ("map", "structure"):
        return [None]
    return [shape.value] if shape.type_name == "map" else list(shape.members.values())


def _rebuilt(value: Any, keys: tuple[str | int, ...], gone: set[tuple[str | int, ...]]) -> Any:
    if isinstance(value, dict):
        return {name: _rebuilt(item, (*keys, name), gone) for name, item in value.items() if (*keys, name) not in gone}
    if isinstance(value, list):
        kept = (position for position in range(len(value)) if (*keys, position) not in gone)
        return [_rebuilt(value[position], (*keys, position), gone) for position in kept]
    return value


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _put(value: Any, keys: tuple[str | int, ...], new: Any) -> None:
    for key in keys[:-1]:
        value = value.setdefault(key, {}) if isinstance(value, dict) else value[key]
    if keys:
        value[keys[-1]] = new
