"""The words below the calendar, or at its right: the change under the cursor, conflicts, what else is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from deskterm.i18n import _
from deskterm.ui import calendar_words, change_words
from deskterm.ui.calendar_words import conflict_line, remark_line
from deskterm.ui.gate import txt
from deskterm.ui.widgets.calendar import Mark

if TYPE_CHECKING:
    from deskterm.domain.calendar import NoSlot, Slot
    from deskterm.reads.calendar import Page
    from deskterm.reads.change import ChangeRecord


@dataclass(frozen=True, slots=True)
class Known:
    """What the words are about."""

    page: Page
    cursor: datetime
    mark: Mark | None
    """The change under the cursor."""
    record: ChangeRecord | None = None
    """What is known of it; None until it was read."""
    room: Slot | NoSlot | None = None
    """Where it would have room; None where nothing hard is in its way, or nobody asked yet."""
    first: int = 0
    """The conflict that is told first."""


class CalendarPanes(Container):
    """Says what is known, as much of it as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._known: Known | None = None
        self._is_wide = False

    def compose(self) -> ComposeResult:
        """List change and conflicts."""
        yield Static(id="calendar-change", markup=False)
        yield Static(id="calendar-conflicts", markup=False)

    def show(self, known: Known, *, is_wide: bool) -> None:
        """Say what is known.

        Args:
            known: what that is.
            is_wide: whether change and conflicts stand side by side, or below each other in few lines.
        """
        self._known, self._is_wide = known, is_wide
        self._fill()

    def on_resize(self) -> None:
        """Say as much as there is room for now."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        if self._known is None:
            return
        known, is_wide = self._known, self._is_wide
        about, conflicts = self.query_one("#calendar-change", Static), self.query_one("#calendar-conflicts")
        assert isinstance(conflicts, Static), "composed so"
        width = about.content_size.width if is_wide else self.app.size.width
        about.update(_change(known, width, is_wide=is_wide))
        conflicts.update(_conflicts(known, conflicts.size, is_wide=is_wide))


def _change(known: Known, width: int, *, is_wide: bool) -> Content:
    """Return two lines about the change under the cursor, more where there is room."""
    mark, record = known.mark, known.record
    if mark is None:
        at = f"{change_words.day_name(known.cursor)} {known.cursor.astimezone():%Y-%m-%d %H:00}"
        told = _("No change here. c requests one for {at}.").format(at=at)
        return txt(told if is_wide else f"{calendar_words.RULE * width}\n {told}")
    if is_wide:
        first = calendar_words.head(mark, width)
        rest = list(calendar_words.details(record)) if record is not None else []
    else:
        first = calendar_words.rule(mark, width)
        rest = [calendar_words.brief(record) if record is not None else mark.change.service or ""]
    if mark.is_moving:
        rest = [_("MOVING: arrows 15 min, Shift+arrows 1 day, Enter keeps, Esc cancels")]
    lines = (txt(f" {line}", one_line=True) for line in rest)
    return Content("\n").join((txt(first, one_line=True).stylize("bold"), *lines))


def _conflicts(known: Known, size: Size, *, is_wide: bool) -> Content:
    """Return the conflicts as sentences, the one that is looked at first; then what else is to be known."""
    mark, page = known.mark, known.page
    if mark is not None and mark.is_moving:
        found = [conflict_line(mark, conflict) for conflict in mark.conflicts]
        return change_words.block(found or [_("ok Nothing is in the way there.")])
    lines: list[str] = []
    cells = size.width - 2 if is_wide else 0
    for entry, conflict in (*page.collisions[known.first :], *page.collisions[: known.first]):
        lines.append(conflict_line(Mark(entry.change, entry.start, entry.end), conflict, cells))
        is_here = mark is not None and entry.change.key == mark.change.key
        if is_here and conflict.hard and known.room is not None:
            lines.append(f"   {calendar_words.room_line(entry.change.number, known.room)}")
    remarks = [remark_line(remark, page.read_at, cells) for remark in page.remarks]
    if not is_wide:
        if len(lines) + len(remarks) > size.height:
            remarks = ["   ".join(remarks)] if remarks else []
        return change_words.block([*lines[: size.height - len(remarks)], *remarks])
    title = _("Conflicts in these days   n N walk them") if lines else _("Nothing collides in these days.")
    told = lines[: max(1, size.height - len(remarks) - 1)]
    return change_words.block([(title, True), *told, *remarks])
