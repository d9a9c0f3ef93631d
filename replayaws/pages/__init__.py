"""Self-contained HTML pages. Everything that comes from a cassette passes through :func:`tag`, which escapes it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib import resources
from typing import Any

_VOID = frozenset({"input", "meta", "br"})
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Markup(str):
    """Text that is markup already; any other string is content and gets escaped."""

    __slots__ = ()


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """An element.

    :param content: strings are escaped unless they are :class:`Markup`; lists are joined.
    :param attributes: ``class_`` becomes ``class``, other underscores dashes; ``None`` and ``False`` are left out.
    """
    given = {key: value for key, value in attributes.items() if value is not None and value is not False}
    opening = "".join(_attribute(key, value) for key, value in given.items())
    if name in _VOID:
        return Markup(f"<{name}{opening}>")
    return Markup(f"<{name}{opening}>{joined(content)}</{name}>")


def joined(content: object) -> Markup:
    """Pieces of content in a row."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, (list, tuple)):
        return Markup("".join(joined(piece) for piece in content))
    return Markup(escaped(str(content)))


def escaped(text: str) -> str:
    """Text that no browser reads as markup, and that changes no direction of writing."""
    return html.escape(_UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", text))


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped(str(value))}"'


def payload(value: Any) -> Markup:
    """A JSON value, indented."""
    return tag("pre", json.dumps(value, indent=2, ensure_ascii=False))


def page(title: str, *body: object) -> str:
    """A whole document: no resource from elsewhere, and a policy under which nothing in it but our script can run."""
    style, script = _resource("page.css"), _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name_="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', body, tag('script', Markup(script))), lang='en')}\n"


def _resource(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
