"""Columns of a table: what a row shows in them, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

GUTTER = 3
"""Cells at the left for the signs: `>` cursor, `*` mark, a space."""

GAP = 1
"""Cells between columns."""

R = TypeVar("R")


class Cell(NamedTuple):
    """What a row shows in a column: text from anywhere, and the meaning that colours it (empty for none)."""

    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column of rows `R`.

    Of several that flex, each takes the same share of the room that is left.
    """

    key: str
    title: str
    render: Callable[[R], Cell]
    width: int
    """In cells; of a column that flexes, the least it can do with."""
    flex: bool = False
    align_right: bool = False
    rank: int = 0
    """When room is short, the highest rank goes first; 0 never goes."""
    pinned: bool = False
    """Stays at its place when columns are scrolled sideways."""
    ticks: bool = False
    """Whether it shows something else as time goes by, of the same row."""


@dataclass(frozen=True, slots=True)
class Slot(Generic[R]):
    """A column and how many cells it got."""

    column: Column[R]
    width: int


def fit(columns: Sequence[Column[R]], width: int, *, skipped: int = 0) -> tuple[Slot[R], ...]:
    """Return the columns that fit into `width` cells, leaving out the first `skipped` that are not pinned."""
    kept = _within(_unskipped(columns, skipped), width)
    slack = max(0, width - _needed(kept))
    flexing = sum(column.flex for column in kept)
    slots = []
    for column in kept:
        share = 0
        if column.flex:
            share = slack // flexing
            slack, flexing = slack - share, flexing - 1
        slots.append(Slot(column, column.width + share))
    return tuple(slots)


def _unskipped(columns: Sequence[Column[R]], skipped: int) -> list[Column[R]]:
    loose = [column for column in columns if not column.pinned]
    gone = loose[: max(0, min(skipped, len(loose) - 1))]
    return [column for column in columns if column not in gone]


def _within(columns: list[Column[R]], width: int) -> list[Column[R]]:
    """Return `columns` without those that must go, the highest rank and the rightmost first."""
    kept = list(columns)
    while _needed(kept) > width and any(column.rank for column in kept):
        kept.remove(max(reversed(kept), key=lambda column: column.rank))
    return kept


def _needed(columns: Sequence[Column[R]]) -> int:
    return GUTTER + sum(column.width for column in columns) + GAP * max(0, len(columns) - 1)
