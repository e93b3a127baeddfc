"""The change calendar: days as columns of hours, a month of boxes, the agenda; painted line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from deskterm.domain.calendar import Span, SpanKind
from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.change_words import day_name, sign
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.domain.calendar import Conflict
    from deskterm.reads.changes import ChangeRow

DAY = timedelta(days=1)
GUTTER = 6
"""Cells for the hours at the left."""
LANE = 9
"""As many cells a change needs to stand beside another."""
HOURS = (1, 2, 3, 4, 6, 12)
"""As many hours a line may stand for."""
SHADES = {SpanKind.WINDOW: "░", SpanKind.FREEZE: "▒"}
RANKS = {"!!": 5, "rb": 4, "E!": 3, "!": 2, "?": 1}
"""Which sign stands for several changes in one place."""
MEANINGS = {"!!": "conflict", "rb": "conflict", "E!": "emergency", "!": "warning", "ok": "done"}


class Layout(StrEnum):
    """How much of the calendar is seen, and how."""

    DAY = "1"
    WEEK = "2"
    MONTH = "3"
    AGENDA = "4"


@dataclass(frozen=True, slots=True)
class Mark:
    """A change in the calendar, where it is or where it is being moved."""

    change: ChangeRow
    start: datetime
    end: datetime
    conflicts: tuple[Conflict, ...] = ()
    is_moving: bool = False

    @property
    def sign(self) -> str:
        """How it stands, in two cells at most."""
        hard = any(conflict.hard for conflict in self.conflicts)
        return sign(self.change, hard=hard, soft=bool(self.conflicts))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the calendar shows."""

    layout: Layout
    cursor: datetime
    """Where keys act: a day, and the hour in it."""
    marks: tuple[Mark, ...] = ()
    """By start."""
    spans: tuple[Span, ...] = ()
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    selected: int | None = None
    """The change that keys act on."""
    hours: int = 2
    """How many hours a line stands for."""
    marked: frozenset[int] = frozenset()
    """The changes that are marked."""

    def edge(self, marks: Iterable[Mark], otherwise: str = "") -> str:
        """Return what stands before changes: `*` where one is marked, `>` where keys act on one."""
        keys = {mark.change.key for mark in marks}
        if keys & self.marked:
            return "*"
        return ">" if self.selected in keys else otherwise

    @property
    def days(self) -> tuple[date, ...]:
        """The days that have a column or a box; those of the agenda are listed instead."""
        first, last = shown_days(self.layout, self.cursor)
        return tuple(first + number * DAY for number in range((last - first).days))


def shown_days(layout: Layout, cursor: datetime) -> tuple[date, date]:
    """Return the first day that is shown, and the first that no longer is."""
    today = cursor.astimezone().date()
    monday = today - today.weekday() * DAY
    if layout is Layout.DAY:
        return today, today + DAY
    if layout is Layout.WEEK:
        return monday, monday + 7 * DAY
    if layout is Layout.AGENDA:
        return monday, monday + 28 * DAY
    first = today.replace(day=1)
    following = (first + 31 * DAY).replace(day=1)
    start = first - first.weekday() * DAY
    end = following + (-following.weekday() % 7) * DAY
    return start, end


def instant_of(day: date, hours: float = 0) -> datetime:
    """Return an hour of a day by the reader's clock; 24 is the next midnight."""
    whole = day + int(hours // 24) * DAY
    return datetime.combine(whole, time(int(hours % 24))).astimezone(UTC)


class Piece:
    """Text with a meaning, as wide as its cells."""

    __slots__ = ("cursor", "meaning", "text")

    def __init__(self, text: str, meaning: str = "", *, cursor: bool = False) -> None:
        self.text = text
        self.meaning = meaning
        self.cursor = cursor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Piece) and (self.text, self.meaning, self.cursor) == (
            other.text, other.meaning, other.cursor,
        )  # fmt: skip

    __hash__ = None  # type: ignore[assignment]  # compared, never kept in a set


Line = list[Piece]


class Calendar(Widget, can_focus=True):
    """Draws a sheet; which days, which change and which hour are the screen's to say."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"calendar--{name}"
        for name in ("window", "freeze", "head", "today", "cursor", "moving", "quiet", *MEANINGS.values())
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._sheet: Sheet | None = None
        self._lines: list[Line] = []

    def show(self, sheet: Sheet) -> None:
        """Show a sheet; only lines that look different are painted again."""
        self._sheet = sheet
        self._lay_out()

    def on_resize(self) -> None:
        """Draw for another size."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._sheet is None or not self.size.width:
            return
        lines = drawn(self._sheet, self.size.width, self.size.height)
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    @property
    def rows(self) -> int:
        """How many lines of hours are there."""
        return max(1, self.size.height - 2)

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen."""
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        segments = [Segment(piece.text, self._look(piece)) for piece in self._lines[y]]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _look(self, piece: Piece) -> Style:
        style = self.rich_style
        if piece.meaning:
            style += self.get_component_rich_style(f"calendar--{piece.meaning}", partial=True)
        if piece.cursor:
            style += self.get_component_rich_style("calendar--cursor", partial=True)
        return style


def drawn(sheet: Sheet, width: int, height: int) -> list[Line]:
    """Return a sheet as lines of pieces."""
    if sheet.layout is Layout.AGENDA:
        return _agenda(sheet, width, height)
    if sheet.layout is Layout.MONTH:
        return _month(sheet, width, height)
    return _hours(sheet, width, height)


def _widths(width: int, count: int) -> list[int]:
    """Return the cells of each column, the rest given to the first ones."""
    share, rest = divmod(width, count)
    return [share + (number < rest) for number in range(count)]


def _hours(sheet: Sheet, width: int, height: int) -> list[Line]:
    days = sheet.days
    widths = _widths(width - GUTTER, len(days))
    head: Line = [Piece(" " * GUTTER)]
    whole: Line = [Piece(clip(_("all"), GUTTER), "quiet")]
    for day, cells in zip(days, widths, strict=True):
        head.append(_day_head(sheet, day, cells))
        whole.append(_all_day(sheet, day, cells))
    columns = [_Column.of(sheet, day, cells) for day, cells in zip(days, widths, strict=True)]
    lines = [head, whole]
    for hour in hours_shown(sheet, height - 2):
        is_now = instant_of(days[0], hour).time() <= sheet.now.time() and _is_hour_of(sheet, hour, sheet.now)
        line: Line = [Piece(f"{hour:02}:00{'>' if is_now else ' '}", "quiet")]
        for column in columns:
            line += column.cells(sheet, hour)
        lines.append(line)
    return lines


def lines_of(sheet: Sheet) -> int | None:
    """Return the most lines that a sheet fills, None where that is as many as there are."""
    if sheet.layout in (Layout.DAY, Layout.WEEK):
        return 2 + len(range(0, 24, sheet.hours))
    return None


def hours_shown(sheet: Sheet, rows: int) -> range:
    """Return the hours that have a line; where they are more than fit, those around the cursor."""
    hours = range(0, 24, sheet.hours)
    if len(hours) <= rows:
        return hours
    place = sheet.cursor.astimezone().hour // sheet.hours
    first = max(0, min(place - rows // 2, len(hours) - rows))
    return hours[first : first + rows]


def _is_hour_of(sheet: Sheet, hour: int, at: datetime) -> bool:
    return hour <= at.astimezone().hour < hour + sheet.hours


def _day_head(sheet: Sheet, day: date, cells: int) -> Piece:
    start = instant_of(day)
    is_today = sheet.now.astimezone().date() == day
    text = f"{day_name(start)} {day.day:02}{'*' if is_today else ''}"
    if cells >= 20:
        text = f"{day_name(start)} {day:%d %m}" + (f" {_('today')}" if is_today else "")
    is_cursor = sheet.cursor.astimezone().date() == day
    return Piece(clip(f"[{text}]" if is_cursor else text, cells), "today" if is_today else "head")


def _all_day(sheet: Sheet, day: date, cells: int) -> Piece:
    """Return the name of the freeze over a day, where there is one."""
    start, end = instant_of(day), instant_of(day + DAY)
    found = [
        span for span in sheet.spans if span.kind is SpanKind.FREEZE and span.start < end and span.end > start
    ]
    if not found:
        return Piece(" " * cells)
    name = plain(found[0].name, one_line=True)
    return Piece(clip(f"{SHADES[SpanKind.FREEZE]} {name}", cells - 1) + " ", "freeze")


@dataclass(slots=True)
class _Column:
    """A day as a column: its marks in lanes, where there is room for lanes."""

    day: date
    width: int
    lanes: list[list[Mark]] = field(default_factory=list)

    @classmethod
    def of(cls, sheet: Sheet, day: date, width: int) -> _Column:
        start, end = instant_of(day), instant_of(day + DAY)
        lanes: list[list[Mark]] = []
        for mark in sheet.marks:
            if mark.start < end and mark.end > start:
                lane = next((each for each in lanes if each[-1].end <= mark.start), None)
                if lane is None:
                    lanes.append([mark])
                else:
                    lane.append(mark)
        return cls(day, width, lanes)

    def cells(self, sheet: Sheet, hour: int) -> Line:
        """Return the pieces of an hour's line, exactly as wide as the column."""
        start, end = instant_of(self.day, hour), instant_of(self.day, hour + sheet.hours)
        room = self.width - 1
        is_cursor = sheet.cursor.astimezone().date() == self.day and _is_hour_of(sheet, hour, sheet.cursor)
        shade = shade_of(sheet.spans, start, end)
        lanes = [[mark for mark in lane if mark.start < end and mark.end > start] for lane in self.lanes]
        if not any(lanes):
            return [_empty(room, shade, is_cursor=is_cursor), Piece(" ")]
        if len(lanes) > 1 and room // len(lanes) < LANE:
            return [_joined([mark for lane in lanes for mark in lane], room, sheet, start), Piece(" ")]
        pieces: Line = []
        for marks, cells in zip(lanes, _widths(room, len(lanes)), strict=True):
            if marks:
                pieces.append(_boxed(marks, cells, sheet, start))
            else:
                pieces.append(_empty(cells, shade, is_cursor=is_cursor))
        return [*pieces, Piece(" ")]


def shade_of(spans: Iterable[Span], start: datetime, end: datetime) -> SpanKind | None:
    """Return what lies over a time: a freeze, else a maintenance window, else nothing."""
    over = {span.kind for span in spans if span.start < end and span.end > start}
    return next((kind for kind in (SpanKind.FREEZE, SpanKind.WINDOW) if kind in over), None)


def _empty(cells: int, shade: SpanKind | None, *, is_cursor: bool) -> Piece:
    fill = SHADES[shade] if shade else " "
    text = f">{fill * max(0, cells - 1)}" if is_cursor and cells else fill * cells
    return Piece(text, shade.value if shade else "", cursor=is_cursor)


def _joined(marks: Sequence[Mark], cells: int, sheet: Sheet, start: datetime) -> Piece:
    """Return several changes in one place: `90+92 !!`."""
    worst = max((mark.sign for mark in marks), key=lambda each: RANKS.get(each, 0))
    keys = "+".join(str(mark.change.key) for mark in marks)
    chosen = any(mark.change.key == sheet.selected for mark in marks)
    if len(marks) == 1:
        return _boxed(marks, cells, sheet, start)
    text = f"{sheet.edge(marks)}{keys} {worst}"
    if len(text) > cells:
        text = f"{sheet.edge(marks)}{len(marks)} {worst}"
    return Piece(clip(text, cells), MEANINGS.get(worst, ""), cursor=chosen)


def _boxed(marks: Sequence[Mark], cells: int, sheet: Sheet, start: datetime) -> Piece:
    """Return a line of a change: number and sign on its first, what and who on its second."""
    mark = next((each for each in marks if each.change.key == sheet.selected), marks[0])
    chosen = mark.change.key == sheet.selected
    edge = sheet.edge([mark], "│")
    lines = (max(mark.start, instant_of(start.astimezone().date())) - start) // timedelta(hours=sheet.hours)
    change = mark.change
    if lines >= 0:
        text = f"{change.number} {mark.sign}"
        if cells >= 20 and change.risk is not None:
            text += " " + _("risk {level}").format(level=label(change.risk))
    elif lines == -1 and cells >= LANE:
        text = f"{plain(change.summary, one_line=True)}"
    else:
        text = ""
    meaning = "moving" if mark.is_moving else MEANINGS.get(mark.sign, "")
    return Piece(clip(edge + text, cells), meaning, cursor=chosen)


def _month(sheet: Sheet, width: int, height: int) -> list[Line]:
    days = sheet.days
    widths = _widths(width, 7)
    heads: Line = [
        Piece(clip(day_name(instant_of(day)), cells), "head")
        for day, cells in zip(days[:7], widths, strict=True)
    ]
    lines = [heads]
    weeks = [days[first : first + 7] for first in range(0, len(days), 7)]
    for week, rows in zip(weeks, _rows_of(sheet, weeks, height - 1), strict=True):
        boxes = [_box(sheet, day, cells, rows) for day, cells in zip(week, widths, strict=True)]
        lines += [[piece for box in boxes for piece in box[row]] for row in range(rows)]
    return lines


def _rows_of(sheet: Sheet, weeks: Sequence[Sequence[date]], height: int) -> list[int]:
    """Return the lines of each week: as many as any other, those left over where most is hidden."""
    share = max(2, height // len(weeks))
    wanted = [1 + max(len(_begun(sheet, day)) for day in week) for week in weeks]
    rows = [share] * len(weeks)
    for _line in range(height - share * len(weeks)):
        fullest = max(range(len(weeks)), key=lambda week: wanted[week] - rows[week])
        rows[fullest] += 1
    return rows


def _begun(sheet: Sheet, day: date) -> list[Mark]:
    """Return the changes that a day lists: those that begin in it; the first day, those from before, too."""
    start, end = instant_of(day), instant_of(day + DAY)
    return [
        mark
        for mark in sheet.marks
        if mark.start < end and mark.end > start and (mark.start >= start or day == sheet.days[0])
    ]


def _box(sheet: Sheet, day: date, cells: int, rows: int) -> list[Line]:
    """Return a day of the month: its number over the changes that begin in it."""
    start, end = instant_of(day), instant_of(day + DAY)
    room = cells - 1
    cursor = sheet.cursor.astimezone().date()
    shade = shade_of(sheet.spans, start, end)
    number = f"[{day.day:02}]" if day == cursor else f"{day.day:02}"
    number += "*" if day == sheet.now.astimezone().date() else ""
    fill = SHADES[shade] if shade else " "
    head = clip(number, len(number)) + " " + fill * max(0, room - len(number) - 1)
    meaning = shade.value if shade else "head" if day.month == cursor.month else "quiet"
    lines: list[Line] = [[Piece(clip(head, room), meaning), Piece(" ")]]
    begun = _begun(sheet, day)
    fitting = begun if len(begun) <= rows - 1 else begun[: max(0, rows - 2)]
    for mark in fitting:
        chosen = mark.change.key == sheet.selected
        text = f"{sheet.edge([mark], ' ')}{mark.change.number} {mark.sign}"
        if room >= 20:
            text += f" {plain(mark.change.summary, one_line=True)}"
        meaning = "moving" if mark.is_moving else MEANINGS.get(mark.sign, "")
        lines.append([Piece(clip(text, room), meaning, cursor=chosen), Piece(" ")])
    if len(fitting) < len(begun):
        rest = begun[len(fitting) :]
        chosen = any(mark.change.key == sheet.selected for mark in rest)
        worst = max((mark.sign for mark in rest), key=lambda each: RANKS.get(each, 0))
        more = ngettext("+{count} more", "+{count} more", len(rest)).format(count=len(rest))
        lines.append(
            [
                Piece(
                    clip(f"{sheet.edge(rest, ' ')}{more} {worst}", room),
                    MEANINGS.get(worst, ""),
                    cursor=chosen,
                ),
                Piece(" "),
            ]
        )
    lines += [[Piece(" " * cells)] for _row in range(rows - len(lines))]
    return lines[:rows]


def _agenda(sheet: Sheet, width: int, height: int) -> list[Line]:
    """Return windows, freezes and changes by their beginning, with the cursor's change in sight."""
    entries: list[tuple[datetime, int, Piece]] = []
    for span in sheet.spans:
        word = _("freeze") if span.kind is SpanKind.FREEZE else _("window")
        named = f"{SHADES[span.kind]} {word}: {plain(span.name, one_line=True)}"
        text = f"  {agenda_when(span.start, span.end)}  {named}"
        entries.append((span.start, 0, Piece(clip(text, width), span.kind.value)))
    for mark in sheet.marks:
        change, chosen = mark.change, mark.change.key == sheet.selected
        edge = sheet.edge([mark], " ")
        who = clip(plain(change.assignee, one_line=True), 8)
        text = (
            f"{edge} {agenda_when(mark.start, mark.end)}  {change.number:<8} {mark.sign:<2} "
            f"{clip(label(change.kind), 9)} {who} {plain(change.summary, one_line=True)}"
        )
        meaning = "moving" if mark.is_moving else MEANINGS.get(mark.sign, "")
        entries.append((mark.start, 1, Piece(clip(text, width), meaning, cursor=chosen)))
    entries.sort(key=lambda entry: entry[:2])
    if not entries:
        return [[Piece(clip("  " + _("Nothing is planned in these weeks."), width), "quiet")]]
    place = next((number for number, entry in enumerate(entries) if entry[2].cursor), None)
    if place is None:
        place = next((number for number, entry in enumerate(entries) if entry[0] >= sheet.cursor), 0)
    first = max(0, min(place - height // 2, len(entries) - height))
    return [[piece] for _at, _rank, piece in entries[first : first + height]]


def agenda_when(start: datetime, end: datetime) -> str:
    """Return a span in as many cells as any other: `Tue 02-06 22:00-Wed 04:00`."""
    ends = f"{day_name(end)} {times.hour(end)}"
    return f"{day_name(start)} {start.astimezone():%d-%m} {times.hour(start)}-{ends}"
