"""The list of causes: drawn as a tree of whys or as a fishbone, with a cursor that belongs to a cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskterm.domain import rca
from deskterm.domain.rca import Cause, Verdict
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui.gate import clip

INDENT = 3
"""Cells for each level of the tree."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the drawing."""

    text: str
    cause: int | None = None
    """The cause that the cursor is on here; None where it never stands."""
    meaning: str = ""
    """`confirmed`, `refuted`, `heading`, `evidence`, or empty."""


def tree_rows(problem: str, causes: Iterable[Cause]) -> list[Row]:
    """Return the tree of whys: `?` open, `+` confirmed, `x` refuted, `*` root."""
    rows = [Row(plain(problem, one_line=True), meaning="heading")]
    stems: list[str] = []
    lines = rca.lines(causes)
    if not lines:
        rows.append(Row(f"└─ {_('Why? c adds the first cause.')}", meaning="evidence"))
    for line in lines:
        del stems[line.depth :]
        corner = "└─" if line.last else "├─"
        rows.append(
            Row(f"{''.join(stems)}{corner} {cause_words(line.cause)}", line.cause.id, _meaning(line.cause))
        )
        stems.append("   " if line.last else "│  ")
        parts = plain(line.cause.evidence).splitlines()
        rows += [Row(f"{''.join(stems)}  ┊ {part}", meaning="evidence") for part in parts]
    return rows


def cause_words(cause: Cause, *, with_branch: bool = True) -> str:
    """Return a cause on one line: `+ Rekey fails * [technology]`."""
    root = f" * {_('root')}" if cause.root else ""
    branch = f" ({label(cause.branch)})" if cause.branch is not None and with_branch else ""
    return f"{rca.SIGNS[cause.verdict]} {plain(cause.statement, one_line=True)}{root}{branch}"


def _meaning(cause: Cause) -> str:
    return "" if cause.verdict is Verdict.OPEN else cause.verdict.value


class CauseTree(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows, one of which is under the cursor; whatever others do to the list, it stays on its cause."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "cause-tree--heading",
        "cause-tree--evidence",
        "cause-tree--confirmed",
        "cause-tree--refuted",
        "cause-tree--cursor",
    }
    DEFAULT_CSS = "CauseTree { height: 1fr; overflow: hidden auto; scrollbar-size: 0 0; }"

    class CursorMoved(Message):
        """The cursor is on another cause."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()
        self.cursor: int | None = None
        """The id of the cause under the cursor."""

    @property
    def _stops(self) -> list[int]:
        """The rows on which the cursor may stand."""
        return [place for place, row in enumerate(self._rows) if row.cause is not None]

    @property
    def _place(self) -> int:
        """The row of the cursor."""
        return next((n for n, row in enumerate(self._rows) if row.cause == self.cursor), 0)

    def show(self, rows: Sequence[Row]) -> None:
        """Show rows; the cursor stays on its cause, or goes to the nearest that is left."""
        before = self._place if self.cursor is not None else 0
        self._rows = tuple(rows)
        self.virtual_size = Size(self.size.width, len(rows))
        stops = self._stops
        if self.cursor not in {row.cause for row in rows} or self.cursor is None:
            nearest = min(stops, key=lambda place: abs(place - before), default=None)
            self.cursor = None if nearest is None else self._rows[nearest].cause
        self._keep_in_sight()
        self.refresh()

    def go_to(self, cause: int) -> None:
        """Put the cursor on a cause."""
        if any(row.cause == cause for row in self._rows):
            self.cursor = cause
            self._keep_in_sight()
            self.refresh()
            self.post_message(self.CursorMoved())

    def move(self, how: str) -> None:
        """Move the cursor; `how` is one of the names in `commands.problems`."""
        stops = self._stops
        if not stops:
            return
        page = max(1, self.size.height - 1)
        steps = {
            "down": 1,
            "up": -1,
            "page_down": page,
            "page_up": -page,
            "top": -len(stops),
            "bottom": len(stops),
        }
        here = stops.index(self._place) if self._place in stops else 0
        wanted = self._rows[stops[max(0, min(len(stops) - 1, here + steps[how]))]].cause
        if wanted is not None:
            self.go_to(wanted)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the cause that was clicked."""
        place = event.y + self.scroll_offset.y
        cause = self._rows[place].cause if 0 <= place < len(self._rows) else None
        if cause is not None:
            self.go_to(cause)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        place, top, height = self._place, self.scroll_offset.y, max(1, self.size.height)
        if place < top or place >= top + height:
            self.scroll_to(y=max(0, place - height // 2), animate=False)

    def render_line(self, y: int) -> Strip:
        """Return one row."""
        place = y + self.scroll_offset.y
        width = self.size.width
        if place >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[place]
        is_cursor = row.cause is not None and row.cause == self.cursor
        look = self.get_component_rich_style(f"cause-tree--{row.meaning}") if row.meaning else self.rich_style
        if is_cursor:
            look += self.get_component_rich_style("cause-tree--cursor")
        return Strip([Segment(clip(f"{'>' if is_cursor else ' '} {row.text}", width), look)], width)
