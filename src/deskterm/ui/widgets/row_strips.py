"""The rows of a table as strips, each painted once for every way that it may look."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from deskterm.text import plain
from deskterm.ui.gate import clip
from deskterm.ui.widgets.columns import GAP, GUTTER, Cell, Column, Slot, fit
from deskterm.ui.widgets.window import R

HEADING = "heading"
"""What the titles mean."""

Look = Callable[[str, bool, bool], Style]
"""Returns the style for a meaning, marked or not, under the cursor or not."""


class RowStrips(Generic[R]):
    """What rows look like in columns, kept until it changes.

    Args:
        look: the style of a cell; kept, too.
        finish: what a strip passes before it is painted.
    """

    def __init__(self, look: Look, finish: Callable[[Strip], Strip]) -> None:
        self.slots: tuple[Slot[R], ...] = ()
        self._look = look
        self._finish = finish
        self._width = 0
        self._cells: dict[int, tuple[R, tuple[Cell, ...]]] = {}
        """Row's key → the row that was painted, and what it showed."""
        self._strips: dict[tuple[int, bool, bool], Strip] = {}
        self._styles: dict[tuple[str, bool, bool], Style] = {}
        self._heading: Strip | None = None

    @property
    def known(self) -> Set[int]:
        """The rows that were painted."""
        return self._cells.keys()

    def lay_out(self, columns: Sequence[Column[R]], width: int, *, skipped: int) -> None:
        """Give columns their cells; what was painted with others is forgotten."""
        self.slots, self._width = fit(columns, width, skipped=skipped), width
        self._cells.clear()
        self._strips.clear()
        self._heading = None

    def forget(self, key: int) -> None:
        """Forget what a row looks like."""
        self._cells.pop(key, None)
        self._forget_strips(key)

    def forget_looks(self) -> None:
        """Forget all styles."""
        self._styles.clear()
        self._strips.clear()
        self._heading = None

    def heading(self) -> Strip:
        """Return the line of titles."""
        if self._heading is None:
            titles = (
                clip(slot.column.title, slot.width, align_right=slot.column.align_right)
                for slot in self.slots
            )
            text = clip(" " * GUTTER + (" " * GAP).join(titles), self._width)
            style = self._style(HEADING, marked=False, cursor=False)
            self._heading = self._finish(Strip([Segment(text, style)], self._width))
        return self._heading

    def blank(self, *, cursor: bool) -> Strip:
        """Return a line where no row is, or has not come yet."""
        return self._finish(Strip.blank(self._width, self._style("", marked=False, cursor=cursor)))

    def strip(self, row: R, *, marked: bool, cursor: bool) -> Strip:
        """Return the line of a row; the same object as long as it looks the same."""
        key = (row.key, marked, cursor)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._finish(self._painted(row, marked=marked, cursor=cursor))
        return strip

    def take(self, row: R) -> bool:
        """Take what a row, painted before, shows now, and return whether it is something else."""
        painted, before = self._cells[row.key]
        now = tuple(
            self._cell(slot, row) if slot.column.ticks or row is not painted else cell
            for slot, cell in zip(self.slots, before, strict=True)
        )
        self._cells[row.key] = row, now
        if now == before:
            return False
        self._forget_strips(row.key)
        return True

    def _forget_strips(self, key: int) -> None:
        for marked in (False, True):
            for cursor in (False, True):
                self._strips.pop((key, marked, cursor), None)

    def _painted(self, row: R, *, marked: bool, cursor: bool) -> Strip:
        """Paint a row: neighbours that look alike become one segment."""
        runs: list[tuple[str, str]] = [("", (">" if cursor else " ") + ("*" if marked else " ") + " ")]
        for slot, (text, meaning) in zip(self.slots, self._cells_of(row), strict=True):
            shown = clip(text, slot.width, align_right=slot.column.align_right) + " " * GAP
            last_meaning, last = runs[-1]
            if meaning == last_meaning:
                runs[-1] = (meaning, last + shown)
            else:
                runs.append((meaning, shown))
        segments = [
            Segment(text, self._style(meaning, marked=marked, cursor=cursor)) for meaning, text in runs
        ]
        room = self._width - sum(slot.width + GAP for slot in self.slots) - GUTTER
        if room < 0:
            return Strip(segments).crop(0, self._width)
        if room:
            segments.append(Segment(" " * room, self._style("", marked=marked, cursor=cursor)))
        return Strip(segments, self._width)

    def _cells_of(self, row: R) -> tuple[Cell, ...]:
        if row.key not in self._cells:
            self._cells[row.key] = row, tuple(self._cell(slot, row) for slot in self.slots)
        return self._cells[row.key][1]

    def _cell(self, slot: Slot[R], row: R) -> Cell:
        text, meaning = slot.column.render(row)
        return Cell(plain(text, one_line=True), meaning)

    def _style(self, meaning: str, *, marked: bool, cursor: bool) -> Style:
        key = (meaning, marked, cursor)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._look(*key)
        return style
