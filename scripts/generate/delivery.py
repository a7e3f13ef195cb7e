"""The page and the picture of the delivery machine, drawn from the very table that runs."""

from collections import defaultdict
from html import escape

from streams.delivery import TABLE, Do, Input, State

OWNS = ("docs/reference/delivery.md", "docs/reference/delivery.svg")

PLACES = {
    State.LOCATING: (120, 250),
    State.READING: (420, 80),
    State.LIVE: (720, 250),
    State.BEHIND: (420, 430),
}
RADIUS = 58
LINE = 15
CROSSING = 0.3  # where the words of edges that cross each other stand: in the middle they would meet


def files() -> dict[str, str]:
    """The page and its picture."""
    return {"docs/reference/delivery.md": page(), "docs/reference/delivery.svg": picture()}


def answer(state: State, what: Input) -> str:
    """One cell of the table."""
    if (state, what) not in TABLE:
        return "–"
    then, do = TABLE[state, what]
    words = [] if do is Do.NOTHING else [do.name.lower().replace("_", " ")]
    words += [f"→ {then.name.lower()}"] if then is not state else []
    return ", ".join(words) or "·"


def page() -> str:
    states = [state for state in State if state is not State.CLOSED]
    lines = [
        "# The delivery machine",
        "",
        "One client following one stream. A door tells the machine what happened and does what it answers; the",
        "machine decides what is sent, dropped or read again. Generated from `streams.delivery.TABLE`.",
        "",
        "```{image} delivery.svg",
        ":alt: The states of a connection and what moves it from one to another",
        "```",
        "",
        "## States",
        "",
        "| state | |",
        "|---|---|",
        *(f"| **{state.name.lower()}** | {state.value} |" for state in State),
        "",
        "## Transitions",
        "",
        "A dot: nothing happens. A dash: it cannot happen in that state, and a door that says so is wrong.",
        "",
        "| what happens | " + " | ".join(state.name.lower() for state in states) + " |",
        "|---" * (len(states) + 1) + "|",
    ]
    for what in Input:
        cells = " | ".join(answer(state, what) for state in states)
        lines.append(f"| {what.value} | {cells} |")
    return "\n".join(lines) + "\n"


def picture() -> str:
    """An SVG of the moves between states; what happens inside a state stands in the table only."""
    edges: dict[tuple[State, State], list[str]] = defaultdict(list)
    for (state, what), (then, do) in TABLE.items():
        if state is not then and then is not State.CLOSED:
            does = "" if do is Do.NOTHING else f" / {do.name.lower().replace('_', ' ')}"
            edges[state, then].append(f"{what.name.lower().replace('_', ' ')}{does}")
    body = [edge(start, end, labels) for (start, end), labels in edges.items()]
    body += [circle(state) for state in PLACES]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 510"'
        ' font-family="system-ui, sans-serif" font-size="12">\n'
        "<style>.s{fill:#eef2ff;stroke:#4f46e5;stroke-width:2}.e{fill:none;stroke:#64748b;stroke-width:1.5}"
        ".n{font-size:16px;font-weight:600;fill:#1e1b4b;text-anchor:middle}.l{fill:#334155;text-anchor:middle;"
        "paint-order:stroke;stroke:#fff;stroke-width:4px}svg{background:#fff}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#64748b"/></marker></defs>\n' + "\n".join(body) + "\n</svg>\n"
    )


def circle(state: State) -> str:
    x, y = PLACES[state]
    name = f'<text class="n" x="{x}" y="{y + 5}">{state.name.lower()}</text>'
    return f'<circle class="s" cx="{x}" cy="{y}" r="{RADIUS}"/>{name}'


def edge(start: State, end: State, labels: list[str]) -> str:
    """A curve that bends to its right, so that the way back has room."""
    (x1, y1), (x2, y2) = PLACES[start], PLACES[end]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bend = 46
    cx, cy = (x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend
    sx, sy = x1 + ux * RADIUS - uy * 14, y1 + uy * RADIUS + ux * 14
    ex, ey = x2 - ux * (RADIUS + 2) - uy * 14, y2 - uy * (RADIUS + 2) + ux * 14
    along = CROSSING if x1 == x2 or y1 == y2 else 0.5
    near, mid, far = (1 - along) ** 2, 2 * along * (1 - along), along**2
    mx = near * sx + mid * cx + far * ex
    my = near * sy + mid * cy + far * ey - (len(labels) - 1) * LINE / 2
    path = f'<path class="e" marker-end="url(#tip)" d="M{sx:.0f} {sy:.0f}Q{cx:.0f} {cy:.0f} {ex:.0f} {ey:.0f}"/>'
    words = "".join(
        f'<text class="l" x="{mx:.0f}" y="{my + i * LINE:.0f}">{escape(label)}</text>' for i, label in enumerate(labels)
    )
    return path + words
