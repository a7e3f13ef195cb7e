"""The page that says of every limit at which door which test crosses it, from the table in tests/limits/table.py."""

from tests.limits.doors import DOORS
from tests.limits.table import LIMITS, By, Cell, Limit

OWNS = ("docs/reference/limits.md",)


def files() -> dict[str, str]:
    """The page."""
    lines = [
        "# Limits, door by door",
        "",
        "Every limit of the protocol, and what happens to whoever crosses it, is tried at every door: what is allowed goes",
        "through, one more does not. Written from `tests/limits/table.py`, from which the tests take their doors too; a test",
        "that is named here and does not exist fails `tests/integration/limits/test_table.py`. What attacks cost is measured:",
        "[what attackers change](../operate/limits.md). All settings: [settings](settings.md).",
        "",
        f"The doors: {', '.join(DOORS)}. Without another server's name they are those of `huddl serve`.",
    ]
    for limit in LIMITS:
        lines += ["", *_section(limit)]
    return {"docs/reference/limits.md": "\n".join(lines) + "\n"}


def _section(limit: Limit) -> list[str]:
    settings = ", ".join(f"`{name}`" for name in limit.settings) or "no setting"
    lines = [f"## {limit.words[0].upper()}{limit.words[1:]}", "", f"Set by: {settings}.", ""]
    lines += ["| door | crossed by, or why there is nothing to cross |", "|---|---|"]
    doors: dict[str, list[str]] = {}
    for door in DOORS:
        doors.setdefault(_told(limit.cells[door]), []).append(door)
    return lines + [f"| {', '.join(those)} | {told} |" for told, those in doors.items()]


def _told(cell: Cell) -> str:
    if isinstance(cell, By):
        return f"`{cell.test}` of [{cell.file.rpartition('/')[2]}](../../{cell.file})"
    return cell.why
