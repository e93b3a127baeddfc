"""The dashboard's canvas: paints blocks, keeps a cursor on what opens something."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from deskterm.ui.blocks import Door, Placed, beside, doors
from deskterm.ui.gate import clip

MEANINGS = ("heading", "number", "breached", "at-risk", "cursor")


class DashboardView(Widget, can_focus=True):
    """Lines from the top down; the cursor stays on its door when numbers change, or beside where that was."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"dashboard--{name}" for name in MEANINGS}

    class Moved(Message):
        """The cursor is on another door."""

    class Opened(Message):
        """A door was asked to be opened."""

    def __init__(self, *, has_cursor: bool = True) -> None:
        super().__init__()
        self._has_cursor = has_cursor
        self._lines: tuple[Placed, ...] = ()
        self._doors: tuple[Placed, ...] = ()
        self._at = 0
        self._top = 0

    @property
    def door(self) -> Door | None:
        """What the cursor is on, None where nothing can be opened."""
        return self._doors[self._at].row.door if self._doors else None

    def show(self, lines: tuple[Placed, ...]) -> None:
        """Paint other lines, if they are any different."""
        if lines == self._lines:
            return
        was = self.door
        self._lines, self._doors = lines, doors(lines)
        known = [each.row.door.identity for each in self._doors if each.row.door]
        if was is not None and was.identity in known:
            self._at = known.index(was.identity)
        else:
            self._at = max(0, min(self._at, len(known) - 1))
        self._follow()

    def move(self, dx: int, dy: int) -> None:
        """Go to the next door in a direction."""
        if self._doors:
            self._go(beside(self._doors, self._at, dx, dy))

    def jump(self, how: str) -> None:
        """Go to the first door or the last, or on by a screen."""
        last = len(self._doors) - 1
        if last < 0:
            return
        if how in ("top", "bottom"):
            self._go(0 if how == "top" else last)
            return
        by = self.size.height if how == "page_down" else -self.size.height
        wanted = self._doors[self._at].y + by
        self._go(min(range(last + 1), key=lambda place: abs(self._doors[place].y - wanted)))

    def _go(self, at: int) -> None:
        self._at = at
        self._follow()
        self.post_message(self.Moved())

    def _follow(self) -> None:
        """Keep the cursor on the screen; from the first door on all of the top is seen."""
        height = self.size.height or 1
        y = self._doors[self._at].y if self._doors else 0
        last = max((each.y for each in self._lines), default=0)
        if y < height and self._top:
            self._top = 0 if y < height - 1 else self._top
        if not self._top <= y < self._top + height:
            self._top = max(0, min(y - height // 2, last - height + 1))
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self._follow()

    def on_click(self, event: events.Click) -> None:
        """Go to the door that was clicked; open it at the second click."""
        for place, each in enumerate(self._doors):
            if each.y == event.y + self._top and each.x <= event.x < each.x + each.width:
                self._go(place)
                if event.chain == 2:
                    self.post_message(self.Opened())

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen."""
        width, x, segments = self.size.width, 0, []
        chosen = self._doors[self._at] if self._doors and self._has_cursor else None
        for each in sorted(
            (line for line in self._lines if line.y == y + self._top), key=lambda line: line.x
        ):
            is_cursor = each is chosen
            text = clip(each.row.text, each.width)
            if is_cursor:
                text = ">" + text[1:]
            segments += [
                Segment(" " * (each.x - x), self.rich_style),
                Segment(text, self._look(each.row.meaning, is_cursor=is_cursor)),
            ]
            x = each.x + each.width
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _look(self, meaning: str, *, is_cursor: bool) -> Style:
        style = self.rich_style
        for name in [meaning] * bool(meaning) + ["cursor"] * is_cursor:
            style += self.get_component_rich_style(f"dashboard--{name}", partial=True)
        return style
