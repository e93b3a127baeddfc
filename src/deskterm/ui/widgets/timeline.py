"""The timeline: what was written and what happened, wrapped once per width, painted line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskterm.i18n import N_, _, ngettext
from deskterm.text import plain
from deskterm.ui import sentences, times
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
    (N_("all"), frozenset(SIGNS)),
    (N_("public"), frozenset({"caller", "desk"})),
    (N_("internal"), frozenset({"internal"})),
    (N_("system"), frozenset({"system"})),
)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A painted line."""

    entry: int
    """The place of its entry among those shown."""
    text: str
    voice: str
    is_head: bool
    is_struck: bool = False
    """Whether it was recalled, so that nobody outside has read it."""


class Timeline(ScrollView, can_focus=True, inherit_bindings=False):
    """Entries, oldest first; the cursor is on an entry."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--cursor",
        "timeline--head",
        "timeline--found",
        "timeline--struck",
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
        self._unread_since: datetime | None = None
        self._sought = ""
        self._filter = 0
        self._width = 0
        self._is_at_end = True
        """Whether the last line is in sight, or would be with the height that there was."""

    @property
    def filter_word(self) -> str:
        """Which entries are shown."""
        return _(FILTERS[self._filter][0])

    @property
    def sought(self) -> str:
        """What is looked for, empty for nothing."""
        return self._sought

    @property
    def entry(self) -> TimelineEntry | None:
        """The entry under the cursor."""
        return next((each for each in self._shown if each.id == self._cursor), None)

    def show(
        self,
        entries: Sequence[TimelineEntry],
        now: datetime | None,
        *,
        unread_since: datetime | None = None,
    ) -> None:
        """Show entries; the end stays in sight if it was, else the eye stays where it is.

        Args:
            now: when they were read.
            unread_since: what others wrote from then on is marked as unread; None marks nothing.
        """
        at_end = self._is_at_end
        self._entries, self._now, self._unread_since = tuple(entries), now, unread_since
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
        self._go_to(max(0, min(self._place + by, len(self._shown) - 1)))

    @property
    def _place(self) -> int:
        """Where the cursor is; at the end where it is nowhere."""
        places = (place for place, entry in enumerate(self._shown) if entry.id == self._cursor)
        return next(places, len(self._shown) - 1)

    def seek(self, text: str) -> bool:
        """Look for a text in what is shown, from the cursor on; return whether it is anywhere."""
        self._sought = text.strip().casefold()
        self._lay_out()
        return self.find(1, here_too=True)

    def find(self, step: int, *, here_too: bool = False) -> bool:
        """Go to the next entry that is looked for, else the next unread one, round the end if need be.

        Args:
            step: 1 for the next one, -1 for the one before.
            here_too: whether the entry under the cursor counts as well.
        """
        count = len(self._shown)
        for steps in range(0 if here_too else 1, count + 1):
            place = (self._place + step * steps) % count
            if self._is_wanted(self._shown[place]):
                if self._sought:
                    self._unfolded.add(self._shown[place].id)
                    self._lay_out()
                self._go_to(place)
                return True
        return False

    def _is_wanted(self, entry: TimelineEntry) -> bool:
        if not self._sought:
            return is_unread(entry, self._unread_since)
        words = entry.body or event_text(entry, self._now or entry.at)
        return self._sought in plain(words).casefold() or self._sought in entry.by.casefold()

    def go_to_newest(self, since: datetime) -> None:
        """Put the cursor on the first entry from an instant on."""
        places = (place for place, entry in enumerate(self._shown) if entry.at >= since)
        self._go_to(next(places, len(self._shown) - 1))

    def _go_to(self, place: int) -> None:
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
        """Wrap anew for another width; the end stays in sight, as when a composer takes half the room."""
        at_end = self._is_at_end
        if self.size.width != self._width:
            self._lay_out()
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take note whether the end is in sight."""
        super().watch_scroll_y(old_value, new_value)
        self._is_at_end = new_value >= self.max_scroll_y

    def _lay_out(self) -> None:
        self._width = self.size.width
        voices = FILTERS[self._filter][1]
        self._shown = [entry for entry in self._entries if entry.voice in voices]
        if self._has_cursor and self._shown and self._cursor not in {entry.id for entry in self._shown}:
            self._cursor = self._shown[-1].id
        self._lines = [
            line
            for place, entry in enumerate(self._shown)
            for line in lines_of(
                entry,
                place,
                self._width,
                self._now,
                folded=entry.id not in self._unfolded,
                unread=is_unread(entry, self._unread_since),
            )
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
        if line.is_struck:
            style += self.get_component_rich_style("timeline--struck", partial=True)
        if self._sought and self._sought in line.text.casefold():
            style += self.get_component_rich_style("timeline--found", partial=True)
        is_cursor = self._has_cursor and self._shown[line.entry].id == self._cursor
        if line.is_head:
            style += self.get_component_rich_style("timeline--head", partial=True)
            if is_cursor:
                style += self.get_component_rich_style("timeline--cursor", partial=True)
        mark = ">" if is_cursor and line.is_head else " "
        return Strip([Segment(clip(mark + line.text, self.size.width), style)], self.size.width)


def is_unread(entry: TimelineEntry, since: datetime | None) -> bool:
    """Return whether an entry was written by somebody else, and not by the desk itself, since an instant."""
    return since is not None and entry.at >= since and not entry.event and not entry.mine


def lines_of(
    entry: TimelineEntry,
    place: int,
    width: int,
    now: datetime | None,
    *,
    folded: bool,
    unread: bool = False,
) -> Iterable[TimelineLine]:
    """Return the lines of an entry: who spoke to whom and when, then what was said."""
    when = times.moment(entry.at, now or entry.at)
    sign = SIGNS[entry.voice]
    if entry.event:
        yield from _event_lines(entry, place, width, f"{when} {sign}", now or entry.at)
        return
    left = f" {when} {sign}  {entry.by or _('the desk')}"
    right = _tail(entry) + (f", {_('UNREAD')}" if unread else "")
    room = max(0, width - 3 - cell_len(right))
    yield TimelineLine(place, f"{clip(plain(left, one_line=True), room)} {right}", entry.voice, is_head=True)
    room = max(10, width - INDENT - 3)
    body = as_it_was(plain(entry.body), room) if entry.evidence else wrapped(plain(entry.body), room)
    most = LINES_FOLDED if folded and len(body) > LINES_FOLDED + 1 else LINES_MOST
    for text in body[:most]:
        yield TimelineLine(
            place, " " * INDENT + text, entry.voice, is_head=False, is_struck=is_recalled(entry)
        )
    if len(body) > most:
        rest = len(body) - most
        words = ngettext("… {count} more line (Enter)", "… {count} more lines (Enter)", rest).format(
            count=rest
        )
        yield TimelineLine(place, " " * INDENT + words, entry.voice, is_head=False)


def _event_lines(
    entry: TimelineEntry, place: int, width: int, begin: str, now: datetime
) -> Iterable[TimelineLine]:
    right = entry.by or _("system")
    room = max(10, width - cell_len(begin) - cell_len(right) - 7)
    first, *others = wrapped(plain(event_text(entry, now), one_line=True), room) or [""]
    yield TimelineLine(place, f" {begin}  {clip(first, room)}  {right}", entry.voice, is_head=True)
    for text in others[:LINES_FOLDED]:
        yield TimelineLine(place, " " * (cell_len(begin) + 3) + text, entry.voice, is_head=False)


def event_text(entry: TimelineEntry, now: datetime) -> str:
    """Return what happened, as a sentence."""
    return sentences.happened(entry.event, entry.changes or {}, entry.details or {}, now)


def is_recalled(entry: TimelineEntry) -> bool:
    """Return whether a reply was taken back before it left the building."""
    return entry.recalled or entry.delivery == "recalled"


def _tail(entry: TimelineEntry) -> str:
    """Return who can read an entry, and where a reply is on its way."""
    if entry.voice == "internal":
        return _("INTERNAL evidence") if entry.evidence else _("INTERNAL")
    if is_recalled(entry):
        return _("RECALLED, nobody got it")
    if entry.delivery is None:
        return _("public")
    return {
        "waiting": _("public, waiting"),
        "sent": _("public, sent"),
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


def as_it_was(text: str, width: int) -> list[str]:
    """Return `text`, already plain, with every blank kept; longer lines are cut into pieces."""
    return [
        piece
        for line in text.expandtabs(8).split("\n")[: 2 * LINES_MOST]
        for piece in (_pieces(line, width) if line else [""])
    ]


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
