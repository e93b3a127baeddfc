"""The table of the queue: a cursor that belongs to a ticket, and no line painted without need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from deskterm.ui.painting import Painting, repaint
from deskterm.ui.widgets.columns import Column
from deskterm.ui.widgets.row_strips import RowStrips
from deskterm.ui.widgets.window import R, Window

HEADING = 1
"""Lines at the top that do not scroll."""

MARGIN = 2
"""Lines kept between the cursor and the edge, while there are rows beyond it."""

FEW_ROWS = 3
"""Rows that are moved one by one at the edge; further away, the cursor comes to the middle."""

WHEEL = 3
"""Rows for one notch of the mouse wheel."""

MEANINGS = ("breached", "at-risk", "paused", "met", "major", "internal", "unread", "muted")
"""What a cell may mean; the theme says how that looks."""


class TicketTable(ScrollView, Generic[R], can_focus=True, inherit_bindings=False):
    """Rows of tickets in an order that somebody else decides.

    The owner shows a window of the list; the table asks for another one with `WindowWanted` when the eye
    comes near its edge. Cursor and marks belong to tickets, never to places: whatever comes in, they stay
    where they are, and the cursor stays on its line of the screen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ticket-table--heading",
        "ticket-table--cursor",
        "ticket-table--marked",
        *(f"ticket-table--{meaning}" for meaning in MEANINGS),
    }
    DEFAULT_CSS = """
    TicketTable {
        height: 1fr;
        overflow: hidden auto;
        scrollbar-size: 0 0;
        & > .ticket-table--heading { text-style: bold; }
        & > .ticket-table--cursor { text-style: reverse; }
        & > .ticket-table--marked { text-style: bold; }
    }
    """

    class TableMessage(Message):
        """Something about one table."""

        def __init__(self, table: TicketTable[Any]) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> TicketTable[Any]:
            """The table, for `@on` with a selector."""
            return self.table

    class CursorMoved(TableMessage, bubble=False):
        """The cursor is on another ticket."""

        def __init__(self, table: TicketTable[Any], key: int) -> None:
            super().__init__(table)
            self.key = key

    class Opened(TableMessage, bubble=False):
        """Somebody wants to see a ticket."""

        def __init__(self, table: TicketTable[Any], key: int) -> None:
            super().__init__(table)
            self.key = key

    class MarksChanged(TableMessage, bubble=False):
        """Other tickets are marked than before."""

    class WindowWanted(TableMessage, bubble=False):
        """The table needs `count` rows from place `first`; answer with `show`."""

        def __init__(self, table: TicketTable[Any], first: int, count: int) -> None:
            super().__init__(table)
            self.first = first
            self.count = count

    def __init__(self, columns: Sequence[Column[R]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self.columns = tuple(columns)
        self._window: Window[R] = Window()
        self._cursor: int | None = None
        self._place = 0
        self._marks: frozenset[int] = frozenset()
        self._range: tuple[int, frozenset[int]] | None = None
        self._skipped = 0
        self._wanted: tuple[int, int] | None = None
        self._top = 0
        self._height = 1
        """How many rows are on the screen."""
        self._strips: RowStrips[R] = RowStrips(self._look, self._filtered)

    @property
    def total(self) -> int:
        """How long the whole list is."""
        return self._window.total

    @property
    def cursor(self) -> int | None:
        """The ticket under the cursor; None while there is none, or its row has not come yet."""
        return self._cursor

    @property
    def marks(self) -> frozenset[int]:
        """The marked tickets, on or off the screen."""
        return self._marks

    @property
    def chosen(self) -> tuple[int, ...]:
        """What a key acts on: the marked tickets as they stand, else the one under the cursor."""
        if self._marks:
            places = self._window.places
            return tuple(sorted(self._marks, key=lambda key: (places.get(key, self.total), key)))
        return () if self._cursor is None else (self._cursor,)

    def row(self, key: int) -> R | None:
        """Return the row of a ticket, None if the table does not hold it now."""
        place = self._window.places.get(key)
        return None if place is None else self._window.at(place)

    def show(self, rows: Sequence[R], total: int, first: int = 0) -> None:
        """Show `rows`, which stand at place `first` and after in a list of `total`."""
        painted, before = self._page(), self._window
        cursor, line, top = self._cursor, self._place - self._top, before.key_at(self._top)

        self._window = Window(tuple(rows), first, total)
        self._wanted = None
        self._forget_changed(before)
        self.set_reactive(Widget.virtual_size, Size(self.size.width, total + HEADING))
        self._find_cursor(before)

        if 0 <= line < self._height:
            self._set_top(self._place - line)
        elif top in self._window.places:
            self._set_top(self._window.places[top])
        self._repaint_since(painted)
        if self._cursor not in (cursor, None):
            self._tell(self.CursorMoved(self, self._cursor))
        self._want_window()

    def tick(self, rows: Mapping[int, R] | None = None) -> None:
        """Paint the cells whose text changed: of `rows`, which keep their places, or as time went by."""
        for key, row in (rows or {}).items():
            if key in self._window.places:
                self._window = self._window.with_row(row)
        seen = set(self._window.keys(self._top, self._top + self._height))
        for key in self._strips.known - seen:
            self._strips.forget(key)
        shown = [self._window.places[key] for key in self._strips.known & seen]
        self._repaint_places([place for place in shown if self._takes_change(place)])

    def mark(self, keys: Iterable[int]) -> None:
        """Mark exactly these tickets."""
        self._range = None
        self._set_marks(frozenset(keys))

    def move_cursor(self, key: int) -> bool:
        """Put the cursor on a ticket, if the table holds it."""
        if key not in self._window.places:
            return False
        self._move_to(self._window.places[key])
        return True

    def go_to(self, place: int) -> None:
        """Put the cursor at a place of the list, whether its row is here or not."""
        self._move_to(place)

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns."""
        self.columns, self._skipped = tuple(columns), 0
        self._lay_out()
        self.refresh()

    def action_down(self) -> None:
        """Go one row down."""
        self._move_to(self._place + 1)

    def action_up(self) -> None:
        """Go one row up."""
        self._move_to(self._place - 1)

    def action_half_page_down(self) -> None:
        """Go half a page down; the cursor keeps its line."""
        self._turn(self._height // 2)

    def action_half_page_up(self) -> None:
        """Go half a page up; the cursor keeps its line."""
        self._turn(-(self._height // 2))

    def action_page_down(self) -> None:
        """Go a page down; the cursor keeps its line."""
        self._turn(self._height)

    def action_page_up(self) -> None:
        """Go a page up; the cursor keeps its line."""
        self._turn(-self._height)

    def action_top(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self._move_to(self.total - 1)

    def action_open(self) -> None:
        """Open the ticket under the cursor."""
        if self._cursor is not None:
            self._tell(self.Opened(self, self._cursor))

    def action_mark(self) -> None:
        """Mark the ticket under the cursor, or take its mark away."""
        if self._cursor is not None:
            self._range = None
            self._set_marks(self._marks ^ {self._cursor})

    def action_mark_and_go_down(self) -> None:
        """Mark and move on."""
        self.action_mark()
        self.action_down()

    def action_range(self) -> None:
        """Begin a range at the cursor, or end the one that was begun."""
        if self._range is not None:
            self._range = None
        elif self._cursor is not None:
            self._range = (self._place, self._marks)
            self._stretch_range()

    def action_unmark(self) -> None:
        """Give up a range and what it marked; without one, all marks."""
        self.mark(self._range[1] if self._range is not None else ())

    def action_columns_left(self) -> None:
        """Bring back a column that went out at the left."""
        self._skip_columns(self._skipped - 1)

    def action_columns_right(self) -> None:
        """Send a column out at the left, so that others come in at the right."""
        self._skip_columns(self._skipped + 1)

    @property
    def allow_vertical_scroll(self) -> bool:
        """Scroll without a scrollbar."""
        return True

    def _find_cursor(self, before: Window[R]) -> None:
        """Put the cursor where its ticket is now, or its nearest neighbour if the ticket is gone.

        A ticket that stands outside the window is taken to be where it was.
        """
        self._place = max(0, min(self._place, self.total - 1))
        if self._cursor is not None:
            if (
                self._cursor not in self._window.places
                and self.total
                and self._window.at(self._place) is None
            ):
                return
            nearest = self._window.nearest(self._cursor, before)
            self._place = self._place if nearest is None else nearest
        self._cursor = self._window.key_at(self._place)

    def _move_to(self, place: int, came: Iterable[int] = ()) -> None:
        """Put the cursor at a place, and scroll if it came to the edge.

        Args:
            place: counted from 0 in the whole list; the nearest that there is.
            came: places that have come on the screen before.
        """
        before, place = self._place, max(0, min(place, self.total - 1))
        key = self._window.key_at(place)
        if not self.total or (place == before and key == self._cursor):
            self._repaint_places(came)
            return
        self._place, self._cursor = place, key
        self._repaint_places({before, place, *came, *self._follow()})
        self._stretch_range()
        if key is not None:
            self._tell(self.CursorMoved(self, key))

    def _follow(self) -> Iterable[int]:
        """Scroll if the cursor is within `MARGIN` lines of the edge, and return the places to be painted.

        It comes to the middle, which paints a page only every half page; by so few rows as are needed only
        where the terminal moves the others.
        """
        margin = min(MARGIN, (self._height - 1) // 2)
        too_high, too_low = self._top + margin, self._top + self._height - 1 - margin
        if too_high <= self._place <= too_low:
            return ()
        by = self._place - (too_low if self._place > too_low else too_high)
        if abs(by) <= FEW_ROWS and self._app_that_moves_lines is not None:
            return self._scroll_rows_to(self._top + by)
        return self._scroll_rows_to(self._place - self._height // 2)

    def _turn(self, rows: int) -> None:
        """Move list and cursor by so many rows."""
        self._move_to(self._place + rows, self._scroll_rows_to(self._top + rows))

    def _scroll_rows_to(self, place: int) -> Iterable[int]:
        """Let the row at a place be the first on the screen, or the nearest to it that can be.

        Returns:
            The places to be painted: those that come in, where the terminal moves the others.
        """
        by = self._set_top(place)
        if not by:
            return ()
        self._want_window()
        seen = range(self._top, self._top + self._height)
        app = self._app_that_moves_lines if abs(by) < self._height else None
        if app is None or not app.move_lines(self, HEADING, by):
            return seen
        return seen[-by:] if by > 0 else seen[:-by]

    def _set_top(self, place: int) -> int:
        """Take note of the first row on the screen without painting, and return by how far it is another."""
        before, top = self._top, max(0, min(place, self.total - self._height))
        self._top = top
        self.set_reactive(Widget.scroll_y, float(top))
        return top - before

    @property
    def _app_that_moves_lines(self) -> Painting[Any] | None:
        """The app, if it can let the terminal move the rows; None where something shares their lines."""
        app = self.app
        return app if isinstance(app, Painting) and app.owns_lines(self) else None

    def _want_window(self) -> None:
        """Ask for rows if those half a page around the screen are not all here; never twice for the same."""
        around = self._height // 2
        start, end = max(0, self._top - around), min(self._top + self._height + around, self.total)
        if self._window.covers(start, end):
            return
        first = max(0, self._top - self._height)
        wanted = (first, min(self._top + 2 * self._height, self.total) - first)
        if wanted != self._wanted:
            self._wanted = wanted
            self._tell(self.WindowWanted(self, *wanted))

    def _set_marks(self, marks: frozenset[int]) -> None:
        if marks != self._marks:
            before = self._page()
            self._marks = marks
            self._repaint_since(before)
            self._tell(self.MarksChanged(self))

    def _stretch_range(self) -> None:
        """Mark what lies between the beginning of the range and the cursor."""
        if self._range is None:
            return
        start, marks = self._range
        first, last = sorted((start, self._place))
        self._set_marks(marks.union(self._window.keys(first, last + 1)))

    def _skip_columns(self, skipped: int) -> None:
        loose = sum(not column.pinned for column in self.columns)
        self._skipped = max(0, min(skipped, loose - 1))
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        """Give the columns their cells."""
        self._strips.lay_out(self.columns, self.size.width, skipped=self._skipped)

    def on_resize(self) -> None:
        """Give the columns other widths and keep the cursor on the screen."""
        self._height = max(1, self.size.height - HEADING)
        self._lay_out()
        self._follow()
        self._want_window()
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget strips of another theme, or of another focus."""
        super().notify_style_update()
        self._strips.forget_looks()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of a region, past Textual's own cache: they are kept here anyway."""
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen."""
        return self._strips.heading() if y < HEADING else self._line(self._top + y - HEADING)

    def _line(self, place: int) -> Strip:
        """Return the strip of the row at a place; blank after the last and where rows have not come yet."""
        row = self._window.at(place)
        if row is None:
            return self._strips.blank(cursor=place == self._place < self.total)
        return self._strips.strip(row, marked=row.key in self._marks, cursor=row.key == self._cursor)

    def _look(self, meaning: str, marked: bool, cursor: bool) -> Style:
        """Return a style: the widget's own, then what the cell means, then mark and cursor over it."""
        names = [meaning] * bool(meaning) + ["marked"] * marked + ["cursor"] * cursor
        style = self.rich_style
        for name in names:
            style += self.get_component_rich_style(f"ticket-table--{name}", partial=True)
        return style

    def _filtered(self, strip: Strip) -> Strip:
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, background)
        return strip

    def _forget_changed(self, before: Window[R]) -> None:
        """Forget what was painted of rows that are gone or look otherwise now."""
        for row in before.rows:
            if self.row(row.key) != row:
                self._strips.forget(row.key)

    def _page(self) -> list[Strip]:
        """Return the strips on the screen."""
        places = range(self._top, self._top + self._height) if self._strips.slots else ()
        return [self._line(place) for place in places]

    def _repaint_since(self, before: Sequence[Strip]) -> None:
        """Paint the lines that differ from `before`."""
        pairs = enumerate(zip(before, self._page(), strict=True), HEADING)
        repaint(self, (line for line, (old, new) in pairs if old is not new and old != new))

    def _takes_change(self, place: int) -> bool:
        """Take what the row at a place shows now, and return whether it is something else."""
        row = self._window.at(place)
        return row is not None and self._strips.take(row)

    def _repaint_places(self, places: Iterable[int]) -> None:
        """Paint the rows at these places, as far as they are on the screen."""
        height = self._height
        repaint(self, (place - self._top + HEADING for place in places if 0 <= place - self._top < height))

    def _tell(self, message: TableMessage) -> None:
        """Hand a message to the screen, past the containers between, which have nothing to say to it."""
        if self.is_attached:
            self.screen.post_message(message)

    def on_click(self, event: events.Click) -> None:
        """Go to the row that was clicked; open it at the second click."""
        if event.y < HEADING:
            return
        self._move_to(min(self._top + event.y - HEADING, self.total - 1))
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; the cursor stays on its ticket."""
        event.stop()
        self._repaint_places(self._scroll_rows_to(self._top + WHEEL))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; the cursor stays on its ticket."""
        event.stop()
        self._repaint_places(self._scroll_rows_to(self._top - WHEEL))
