"""The timeline: what was written and what happened, wrapped once per width, painted line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskterm.i18n import _, ngettext
from deskterm.labels import event_words, field_word
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.reads.ticket import TimelineEntry

LINES_FOLDED = 12
"""Lines of a long entry that are shown until it is unfolded."""
LINES_MOST = 500
"""Lines of one entry that are ever shown."""
INDENT = 8
SIGNS = {"caller": ">", "desk": "<", "internal": "#", "system": "."}
"""Who speaks: from the caller, from us, among us, the desk itself."""
FILTERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("all", frozenset(SIGNS)),
    ("public", frozenset({"caller", "desk"})),
    ("internal", frozenset({"internal"})),
    ("system", frozenset({"system"})),
)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A painted line."""

    entry: int
    """The place of its entry among those shown."""
    text: str
    voice: str
    is_head: bool


class Timeline(ScrollView, can_focus=True):
    """Entries, oldest first; the cursor is on an entry."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--cursor",
        "timeline--head",
        *(f"timeline--{voice}" for voice in SIGNS),
    }

    def __init__(self, *, has_cursor: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._entries: tuple[TimelineEntry, ...] = ()
        self._shown: list[TimelineEntry] = []
        self._lines: list[TimelineLine] = []
        self._has_cursor = has_cursor
        self._cursor: tuple[str, int] | None = None
        self._unfolded: set[tuple[str, int]] = set()
        self._now: datetime | None = None
        self._filter = 0
        self._width = 0

    @property
    def filter_word(self) -> str:
        """Which entries are shown."""
        return FILTERS[self._filter][0]

    @property
    def entry(self) -> TimelineEntry | None:
        """The entry under the cursor."""
        return next((each for each in self._shown if each.id == self._cursor), None)

    def show(self, entries: Sequence[TimelineEntry], now: datetime | None) -> None:
        """Show entries; the end stays in sight if it was, else the eye stays where it is."""
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._entries, self._now = tuple(entries), now
        self._lay_out()
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def cycle_filter(self) -> None:
        """Show all, then public, internal, system entries, then all again."""
        self._filter = (self._filter + 1) % len(FILTERS)
        self._lay_out()

    def move(self, by: int) -> None:
        """Put the cursor so many entries further."""
        if not self._shown:
            return
        places = {entry.id: place for place, entry in enumerate(self._shown)}
        place = places.get(self._cursor, len(self._shown) - 1) if self._cursor else len(self._shown) - 1
        place = max(0, min(place + by, len(self._shown) - 1))
        self._cursor = self._shown[place].id
        lines = [number for number, line in enumerate(self._lines) if line.entry == place]
        if lines[0] < self.scroll_offset.y:
            self.scroll_to(y=lines[0], animate=False)
        elif lines[-1] >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=min(lines[0], lines[-1] - self.size.height + 1), animate=False)
        self.refresh()

    def page(self, by: float) -> None:
        """Scroll by a part of a page."""
        self.scroll_to(y=self.scroll_offset.y + int(by * self.size.height), animate=False)

    def unfold(self) -> None:
        """Show the whole entry under the cursor, or fold it again."""
        if self._cursor is not None:
            self._unfolded ^= {self._cursor}
            self._lay_out()

    def on_resize(self) -> None:
        """Wrap anew for another width."""
        if self.size.width != self._width:
            at_end = self.scroll_offset.y >= self.max_scroll_y
            self._lay_out()
            if at_end:
                self.scroll_end(animate=False)

    def _lay_out(self) -> None:
        self._width = self.size.width
        voices = FILTERS[self._filter][1]
        self._shown = [entry for entry in self._entries if entry.voice in voices]
        if self._has_cursor and self._shown and self._cursor not in {entry.id for entry in self._shown}:
            self._cursor = self._shown[-1].id
        self._lines = [
            line
            for place, entry in enumerate(self._shown)
            for line in lines_of(entry, place, self._width, self._now, folded=entry.id not in self._unfolded)
        ]
        self.virtual_size = Size(self._width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen."""
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        line = self._lines[number]
        style = self.rich_style + self.get_component_rich_style(f"timeline--{line.voice}", partial=True)
        is_cursor = self._has_cursor and self._shown[line.entry].id == self._cursor
        if line.is_head:
            style += self.get_component_rich_style("timeline--head", partial=True)
            if is_cursor:
                style += self.get_component_rich_style("timeline--cursor", partial=True)
        mark = ">" if is_cursor and line.is_head else " "
        return Strip([Segment(clip(mark + line.text, self.size.width), style)], self.size.width)


def lines_of(
    entry: TimelineEntry, place: int, width: int, now: datetime | None, *, folded: bool
) -> Iterable[TimelineLine]:
    """Return the lines of an entry: who spoke to whom and when, then what was said."""
    when = times.moment(entry.at, now or entry.at)
    sign = SIGNS[entry.voice]
    if entry.event:
        yield from _event_lines(entry, place, width, f"{when} {sign}")
        return
    left = f" {when} {sign}  {entry.by or _('the desk')}"
    right = _tail(entry)
    room = max(0, width - 3 - cell_len(right))
    yield TimelineLine(place, f"{clip(plain(left, one_line=True), room)} {right}", entry.voice, is_head=True)
    body = wrapped(plain(entry.body), max(10, width - INDENT - 3))
    most = LINES_FOLDED if folded and len(body) > LINES_FOLDED + 1 else LINES_MOST
    for text in body[:most]:
        yield TimelineLine(place, " " * INDENT + text, entry.voice, is_head=False)
    if len(body) > most:
        rest = len(body) - most
        words = ngettext("… {count} more line (Enter)", "… {count} more lines (Enter)", rest).format(
            count=rest
        )
        yield TimelineLine(place, " " * INDENT + words, entry.voice, is_head=False)


def _event_lines(entry: TimelineEntry, place: int, width: int, begin: str) -> Iterable[TimelineLine]:
    right = entry.by or _("system")
    room = max(10, width - cell_len(begin) - cell_len(right) - 7)
    first, *others = wrapped(plain(event_text(entry), one_line=True), room) or [""]
    yield TimelineLine(place, f" {begin}  {clip(first, room)}  {right}", entry.voice, is_head=True)
    for text in others[:LINES_FOLDED]:
        yield TimelineLine(place, " " * (cell_len(begin) + 3) + text, entry.voice, is_head=False)


def event_text(entry: TimelineEntry) -> str:
    """Return what happened, in words: `resolved: status in progress to resolved, resolution fixed`."""
    names = OPENING if entry.event in OPENINGS else (entry.changes or {}).keys() - QUIET
    changes = [
        _("{field} {before} to {after}").format(
            field=field_word(name), before=_value(before), after=_value(after)
        )
        if before not in (None, "", False)
        else _("{field} {after}").format(field=field_word(name), after=_value(after))
        for name, (before, after) in (entry.changes or {}).items()
        if name in names and (before or after)
    ]
    words = [f"{name.replace('_', ' ')} {_value(value)}" for name, value in _telling(entry.details or {})]
    told = ", ".join(changes + words)
    return f"{event_words(entry.event)}: {told}" if told else event_words(entry.event)


OPENINGS = frozenset({"ticket.opened", "ticket.imported"})
"""Events that give every field its first value."""
OPENING = frozenset({"channel", "category", "priority", "team"})
"""The fields worth repeating of those."""
QUIET = frozenset({"description", "summary", "closing_summary", "caller_id", "tier", "vip", "department"})
"""Fields that the timeline does not repeat when they change."""
TELLING = (
    "reason",
    "rule",
    "how",
    "to",
    "words",
    "note",
    "comment",
    "target",
    "threshold",
    "added",
    "removed",
    "number",
)
"""Details that a reader wants."""


def _telling(details: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, details[name]) for name in TELLING if details.get(name) not in (None, "", [], ())]


def _value(value: Any) -> str:
    if value in (None, ""):
        return _("none")
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value).replace("_", " ")


def _tail(entry: TimelineEntry) -> str:
    """Return who can read an entry, and where a reply is on its way."""
    if entry.voice == "internal":
        return _("INTERNAL evidence") if entry.evidence else _("INTERNAL")
    if entry.recalled:
        return _("public, recalled")
    if entry.delivery is None:
        return _("public")
    return {
        "waiting": _("public, waiting"),
        "sent": _("public, sent"),
        "recalled": _("public, recalled"),
        "parked": _("public, NOT SENT"),
    }[entry.delivery]


def wrapped(text: str, width: int) -> list[str]:
    """Return `text`, already plain, in lines of at most `width` cells; words longer than a line are cut."""
    lines: list[str] = []
    for paragraph in text.expandtabs(4).split("\n"):
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" "))][: width // 2]
        line = indent
        for word in paragraph.split():
            for piece in _pieces(word, width - len(indent)):
                room = width - cell_len(line)
                blank = " " if line.strip() else ""
                if cell_len(blank + piece) <= room:
                    line += blank + piece
                else:
                    lines.append(line)
                    line = indent + piece
        lines.append(line)
        if len(lines) > 2 * LINES_MOST:
            break
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """Return a word in pieces of at most `width` cells."""
    if cell_len(word) <= width:
        return [word]
    pieces, piece, cells = [], "", 0
    for letter in word[: LINES_MOST * width]:
        size = cell_len(letter)
        if cells + size > width:
            pieces.append(piece)
            piece, cells = "", 0
        piece, cells = piece + letter, cells + size
    return [*pieces, piece]
