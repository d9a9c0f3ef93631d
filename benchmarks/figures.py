"""What was measured: figures, each with what it may be, as a table, as JSON, and as a plot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    :param values: by peer, in ``unit``; ``None`` for a peer that cannot do it.
    :param goals: what must hold: (name of the peer, the most that ours may be of its value).
    """

    section: str
    title: str
    unit: str
    values: dict[str, float | None]
    goals: dict[str, float] = field(default_factory=dict)

    def ratios(self) -> dict[str, float]:
        """Ours as a part of each peer's value that a goal names."""
        ours = self.values["ours"]
        theirs = {name: self.values.get(name) for name in self.goals}
        return {name: ours / value for name, value in theirs.items() if ours is not None and value}

    @property
    def is_met(self) -> bool:
        """Whether every goal is reached."""
        return all(ratio <= self.goals[name] for name, ratio in self.ratios().items())

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "ratios": self.ratios(), "met": self.is_met}


def table(figures: Sequence[Figure]) -> str:
    """Markdown: a row for each figure."""
    peers = list(dict.fromkeys(name for figure in figures for name in figure.values))
    lines = [
        "| what | unit | " + " | ".join(peers) + " | ours is, of | at most | |",
        "|---|---|" + "---:|" * len(peers) + "---|---|---|",
    ]
    for figure in figures:
        cells = [_shown(figure.values.get(name)) for name in peers]
        ratios, goals = figure.ratios(), figure.goals
        of = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
        most = ", ".join(f"{goals[name]:g}" for name in ratios)
        verdict = "" if not ratios else "yes" if figure.is_met else "no"
        lines.append(f"| {figure.title} | {figure.unit} | {' | '.join(cells)} | {of} | {most} | {verdict} |")
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


_COLOURS = ("#2563eb", "#94a3b8", "#0d9488", "#d97706", "#dc2626", "#7c3aed", "#64748b")


def plot(figures: Iterable[Figure], *, caption: str) -> str:
    """An SVG: for each figure with peers a group of bars, lengths as logarithms of the times that ours takes."""
    from math import log10

    shown = [figure for figure in figures if figure.values.get("ours") and len(figure.values) > 2]
    peers = list(dict.fromkeys(name for figure in shown for name in figure.values))
    colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(peers)}
    parts, y = [], 56
    for index, name in enumerate(peers):
        x = 16 + index * 105
        parts.append(f'<rect x="{x}" y="30" width="10" height="10" fill="{colours[name]}"/>')
        parts.append(f'<text x="{x + 14}" y="39">{name}</text>')
    for figure in shown:
        parts.append(f'<text x="16" y="{y + 12}" font-weight="600">{figure.title} ({figure.unit})</text>')
        y += 18
        ours = figure.values["ours"] or 1.0
        for name, value in figure.values.items():
            if value:
                width = max(3.0, 130 * (log10(value / ours) + 1.2))
                parts.append(f'<rect x="16" y="{y}" width="{width:.0f}" height="11" fill="{colours[name]}"/>')
                parts.append(f'<text x="{22 + width:.0f}" y="{y + 10}">{_shown(value)} ({value / ours:.2f} x)</text>')
                y += 14
        y += 10
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="860" height="{y}" font-family="sans-serif" font-size="11">'
    title = f'<text x="16" y="18" font-size="13" font-weight="600">{caption}</text>'
    return "\n".join([head, f'<rect width="860" height="{y}" fill="#fff"/>', title, *parts, "</svg>\n"])
