"""The page of all metrics, from streams/metrics.py."""

from prometheus_client import Counter, Gauge, Histogram

from streams import metrics

OWNS = ("docs/reference/metrics.md",)


def files() -> dict[str, str]:
    """The one page."""
    found = [one for one in vars(metrics).values() if isinstance(one, Counter | Gauge | Histogram)]
    rows = [row(one) for one in sorted(found, key=name_of)]
    lines = [
        "# Metrics",
        "",
        "What each process counts, in Prometheus' text format at `/metrics`. [What to watch](../operate/metrics.md).",
        "",
        "| name | kind | labels | |",
        "|---|---|---|---|",
        *rows,
    ]
    return {"docs/reference/metrics.md": "\n".join(lines) + "\n"}


def name_of(metric: Counter | Gauge | Histogram) -> str:
    (described,) = metric.describe()
    name = described.name
    return f"{name}_total" if isinstance(metric, Counter) else name


def row(metric: Counter | Gauge | Histogram) -> str:
    labels = ", ".join(f"`{label}`" for label in metric._labelnames) or "–"
    kind = type(metric).__name__.lower()
    return f"| `{name_of(metric)}` | {kind} | {labels} | {metric._documentation} |"
