"""How much of answers without secrets is redacted all the same: ``python -m tests.false_positives [CASSETTES...]``.

Reads what others recorded of AWS (``../shared/recordings``, where it is), and cassettes that were recorded with every
rule kept off. A value that was changed needed to be when it identifies an account, a person or a machine, or when its
model marks it; the others are listed.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from replayaws import library, shapes
from replayaws.redaction import Redactor

RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings"

_NEEDED = re.compile(
    r"(?<!\d)\d{12}(?!\d)|A[A-Z]{3}[A-Z0-9]{16,17}|(?<![0-9a-f])[0-9a-f]{64}|[\w.+-]+@[\w-]+\.\w+|:assumed-role/"
    r"|(?<![\d.])\d{1,3}(?:[.-]\d{1,3}){3}(?![\d.])|X-Amz-|Signature=|-----BEGIN"
)
_NEEDED_NAMES = re.compile(
    r"password|secret|token|credential|userdata|^variables$|environment|displayname|keymaterial", re.I
)


@dataclass
class Figure:
    """What was seen and changed.

    :param needless: changed without need: where, from what, to what.
    """

    values: int = 0
    changed: int = 0
    needless: list[tuple[str, str, str]] = field(default_factory=list)

    def look(self, before: Any, after: Any, shape: Any, path: str) -> None:
        """Compare two values leaf by leaf."""
        if shape is not None and shapes.is_sensitive(shape):
            leaves = list(_leaves(before))
            self.values += len(leaves)
            self.changed += len(leaves)
        elif isinstance(before, dict) and isinstance(after, dict) and len(before) == len(after):
            members = shape.members if shape is not None and shape.type_name == "structure" else {}
            inner = shape.value if shape is not None and shape.type_name == "map" else None
            for (name, one), other in zip(before.items(), after.values(), strict=True):
                self.look(one, other, members.get(name, inner), f"{path}.{name}")
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            member = shape.member if shape is not None and shape.type_name == "list" else None
            for one, other in zip(before, after, strict=True):
                self.look(one, other, member, f"{path}[]")
        else:
            self.values += 1
            if before != after:
                self.changed += 1
                if not _NEEDED.search(str(before)) and not _NEEDED_NAMES.search(path.rpartition(".")[2]):
                    self.needless.append((path, str(before)[:80], str(after)[:80]))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield value


def of_placebo(folder: Path) -> Figure:
    """Over parsed answers in files named ``service.Operation_1.json``."""
    figure = Figure()
    for path in sorted(folder.rglob("*.json")):
        service, _, rest = path.stem.partition(".")
        answer = json.loads(path.read_text()).get("data", {})
        operation = rest.rpartition("_")[0]
        try:
            model = shapes.operation_model(service, operation)
        except Exception:  # a service that botocore names otherwise
            continue
        answer.pop("ResponseMetadata", None)
        figure.look(answer, Redactor().response(answer, model), model.output_shape, f"{service}.{operation}")
    return figure


def of_cassettes(paths: list[Path]) -> Figure:
    """Over cassettes that were recorded with every rule kept off."""
    figure = Figure()
    for path in paths:
        redactor = Redactor()
        for interaction in library.Library(path.parent).load(path).interactions:
            model = shapes.operation_model(interaction.service, interaction.operation)
            failed = interaction.decoded_error() is not None
            params, response = interaction.decoded_params(), interaction.decoded_response()
            figure.look(params, redactor.params(params, model), model.input_shape, f"{interaction.call} params")
            redacted = redactor.response(response, model, error=failed)
            figure.look(response, redacted, None if failed else model.output_shape, interaction.call)
            metadata = interaction.decoded_metadata()
            figure.look(metadata, redactor.metadata(metadata), None, f"{interaction.call} metadata")
    return figure


def report(title: str, figure: Figure) -> str:
    """The figure, and each needless change once."""
    share = 100 * len(figure.needless) / max(figure.values, 1)
    lines = [
        f"{title}: {figure.values} values, {figure.changed} redacted, {len(figure.needless)} without need ({share:.2f} %)"
    ]
    for (path, before, after), times in Counter(figure.needless).most_common():
        lines.append(f"  {path}: {before!r} became {after!r}" + (f", {times} times" if times > 1 else ""))
    return "\n".join(lines)


def main(given: list[str]) -> None:
    """Print the figures."""
    for folder in sorted(RECORDINGS.glob("placebo-*")):
        print(report(folder.name, of_placebo(folder)))
    paths = [path for name in given for path in sorted(Path(name).rglob("*.json"))]
    if paths:
        print(report("cassettes", of_cassettes(paths)))


if __name__ == "__main__":
    main(sys.argv[1:])
