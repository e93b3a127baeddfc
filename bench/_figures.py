"""What stands behind a figure: its gate, and the word MISSED where it is past that."""

from __future__ import annotations


def gate(figure: float, limit: float, *, at_least: bool = False) -> str:
    """Return a limit of the design and whether a figure keeps it; most limits are upper ones."""
    kept = figure >= limit if at_least else figure <= limit
    return f"(at {'least' if at_least else 'most'} {limit:,g}) {'ok' if kept else 'MISSED'}"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of all lies, counted from the nearest one up."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]
