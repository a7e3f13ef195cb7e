"""Bar charts as SVG, small enough to read in a diff and in both themes of whoever shows them.

One horizontal bar a candidate on a logarithmic or linear scale, its value at its end. Colours carry no meaning but one: the
product's own bars are filled stronger. No dependency: a chart is a few dozen rectangles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 760, 150, 110, 20, 10, 52
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.t{font-weight:600;font-size:15px}.s{fill:#777;font-size:12px}"
    ".b{fill:#9aa5b1}.o{fill:#5b5bd6}.r{fill:#2b8a5e}.g{stroke:#8884;stroke-width:1}.w{stroke:#333;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.s{fill:#999}.w{stroke:#ddd}.b{fill:#6b7785}.o{fill:#8e8cf0}}"
)


def short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bars(
    title: str,
    subtitle: str,
    rows: Sequence[tuple[str, float, float, float]],
    *,
    logarithmic: bool = True,
    ours: str = "numeneon",
) -> str:
    """One chart; each row is (name, median, least, most), drawn with a whisker from least to most."""
    biggest = max(row[3] for row in rows)
    smallest = min(row[2] for row in rows if row[2] > 0)
    floor = 10 ** math.floor(math.log10(smallest) - 0.15) if logarithmic else 0.0
    room = WIDTH - LEFT - RIGHT

    def x(value: float) -> float:
        if not logarithmic:
            return LEFT + room * value / biggest
        span = math.log10(biggest) - math.log10(floor)
        return LEFT + room * max(0.0, math.log10(max(value, floor)) - math.log10(floor)) / span

    height = TOP + len(rows) * (BAR + GAP) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}"><style>{STYLE}</style>',
        f'<text class="t" x="12" y="22">{escape(title)}</text><text class="s" x="12" y="40">{escape(subtitle)}</text>',
    ]
    if logarithmic:
        for power in range(math.ceil(math.log10(floor)), math.floor(math.log10(biggest)) + 1):
            at = x(10.0**power)
            parts.append(f'<line class="g" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 6}" y2="{height - 10}"/>')
    for number, (name, median, least, most) in enumerate(rows):
        y = TOP + number * (BAR + GAP)
        kind = "o" if name.startswith(ours) else "r" if name.startswith("reference") else "b"
        middle = y + BAR / 2
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(2.0, x(median) - LEFT):.1f}" height="{BAR}" rx="3"/>'
            f'<line class="w" x1="{x(least):.1f}" x2="{x(most):.1f}" y1="{middle}" y2="{middle}"/>'
            f'<text x="{x(most) + 8:.1f}" y="{y + 15}">{short(median)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])
