"""Which values of a result a redactor changes into what does not look like a placeholder: numbers, times, booleans.

They are compared by presence. Decided from the model and from a few names, not by asking the redactor.
"""

from __future__ import annotations

import re
from typing import Any

from botocore.model import Shape

_EXPIRY = re.compile(r"expir", re.IGNORECASE)
_LENGTH = ("ResponseMetadata", "HTTPHeaders", "content-length")


def is_hidden(path: tuple[str | int, ...], live: dict[str, Any], service: Any) -> bool:
    """Whether the model marks the value at a path sensitive, itself or anything that it stands in.

    The length of a body changes with a secret in the body; the expiry of credentials is hidden with them.
    """
    if path == _LENGTH:
        return True
    for shape in _shapes(live, service):
        if _is_sensitive(path, shape) or _is_sensitive_header(path, shape):
            return True
    return len(path) > 1 and bool(_EXPIRY.search(str(path[-1]))) and "credential" in str(path[-2]).lower()


def _shapes(live: dict[str, Any], service: Any) -> list[Shape]:
    error = live["result"][2].get("Error")
    if live["raised"] is None or error is None:
        return [service.operation_model(live["operation"]).output_shape]
    return list(service.operation_model(live["operation"]).error_shapes)


def _is_sensitive_header(path: tuple[str | int, ...], shape: Any) -> bool:
    """Whether a header, which ``ResponseMetadata`` shows as well, carries a sensitive member."""
    if path[:2] != ("ResponseMetadata", "HTTPHeaders") or shape is None:
        return False
    members = [member for member in shape.members.values() if member.serialization.get("location") == "header"]
    return any(
        member.serialization.get("name", "").lower() == path[2] and member.metadata.get("sensitive")
        for member in members
    )


def _is_sensitive(path: tuple[str | int, ...], shape: Shape | None) -> bool:
    for step in path:
        if shape is None:
            return False
        if shape.metadata.get("sensitive"):
            return True
        if shape.serialization.get("eventstream") and isinstance(step, int):
            continue  # the number of an event
        if shape.type_name == "structure":
            shape = shape.members.get(str(step))
        elif shape.type_name == "list":
            shape = shape.member
        elif shape.type_name == "map":
            if shape.key.metadata.get("sensitive"):
                return True
            shape = shape.value
        else:
            return False
    return shape is not None and bool(shape.metadata.get("sensitive"))
