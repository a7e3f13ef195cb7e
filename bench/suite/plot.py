"""Bar and line charts as SVG, small enough to read in a diff and in both themes of whoever shows them.

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
    ".c0{stroke:#9aa5b1}.c1{stroke:#2b8a5e}.c2{stroke:#5b5bd6}.c{fill:none;stroke-width:2}"
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
    left: int = LEFT,
) -> str:
    """One chart; each row is (name, median, least, most), drawn with a whisker from least to most. `left` is for names."""
    biggest = max(row[3] for row in rows)
    smallest = min(row[2] for row in rows if row[2] > 0)
    floor = 10 ** math.floor(math.log10(smallest) - 0.15) if logarithmic else 0.0
    room = WIDTH - left - RIGHT

    def x(value: float) -> float:
        if not logarithmic:
            return left + room * value / biggest
        span = math.log10(biggest) - math.log10(floor)
        return left + room * max(0.0, math.log10(max(value, floor)) - math.log10(floor)) / span

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
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{left}" y="{y}" width="{max(2.0, x(median) - left):.1f}" height="{BAR}" rx="3"/>'
            f'<line class="w" x1="{x(least):.1f}" x2="{x(most):.1f}" y1="{middle}" y2="{middle}"/>'
            f'<text x="{x(most) + 8:.1f}" y="{y + 15}">{short(median)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def lines(title: str, subtitle: str, curves: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """Up to three curves of shares (0 to 1) over seconds; the axis ends where the slowest curve does."""
    longest = max(point[0] for _, points in curves for point in points)
    step = 10 ** math.floor(math.log10(longest))
    step = step if longest / step >= 4 else step / 2 if longest / step >= 2 else step / 5
    left, bottom, room, tall = 56, TOP + 200, WIDTH - 56 - RIGHT, 200

    def place(seconds: float, share: float) -> str:
        return f"{left + room * seconds / longest:.1f},{bottom - tall * share:.1f}"

    height = bottom + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}"><style>{STYLE}</style>',
        f'<text class="t" x="12" y="22">{escape(title)}</text><text class="s" x="12" y="40">{escape(subtitle)}</text>',
    ]
    for tenth in range(0, 11, 5):
        y = bottom - tall * tenth / 10
        parts.append(f'<line class="g" x1="{left}" x2="{left + room}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="s" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth * 10} %</text>')
    for mark in range(math.floor(longest / step) + 1):
        x = left + room * mark * step / longest
        parts.append(f'<line class="g" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
        parts.append(f'<text class="s" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{mark * step:g} s</text>')
    for order, (name, points) in enumerate(curves):
        parts.append(f'<polyline class="c c{order}" points="{" ".join(place(*point) for point in points)}"/>')
        y = TOP + 20 + 20 * order
        parts.append(f'<line class="c c{order}" x1="{WIDTH - 100}" x2="{WIDTH - 84}" y1="{y - 4}" y2="{y - 4}"/>')
        parts.append(f'<text x="{WIDTH - 80}" y="{y}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])
