"""The problem board: one widget that draws all its columns, with those that don't fit folded to strips."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from deskterm.domain.problem import ProblemStatus
from deskterm.exporters.wrapping import wrap
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.reads.board import Card

STRIP, LEAST, GAP = 2, 20, 1
"""Cells: a folded column, the least an open one can do with, between columns."""
HEADING = 1
"""Lines above the cards."""
CARD = 6
"""Lines of a card with its frame."""
LIGHT, HEAVY = "┌─┐│└┘", "┏━┓┃┗┛"
"""Corners and lines of a card's frame, and of the one under the cursor."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A column with its words."""

    key: str
    title: str
    cards: tuple[Card, ...]
    limit: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether it holds more than it ought to."""
        return self.limit is not None and len(self.cards) > self.limit

    def heading(self, width: int) -> str:
        """Return what stands above it, `fix in progress 9/8 OVER`; the count is never cut."""
        count = f"{len(self.cards)}/{self.limit}" if self.limit is not None else str(len(self.cards))
        end = f" {count}" + (f" {_('OVER')}" if self.is_over else "")
        title = plain(self.title, one_line=True)
        return clip(clip(title, min(cell_len(title), max(0, width - cell_len(end)))) + end, width)


@dataclass(frozen=True, slots=True)
class Slot:
    """The cells of a column; none of them where it is out of sight."""

    x: int
    width: int
    is_open: bool


def fit(count: int, width: int, current: int, folded: frozenset[int]) -> tuple[Slot, ...]:
    """Return where each column stands in `width` cells; the farthest from the current one fold first.

    Args:
        folded: the columns that somebody folded by hand; the current one is open all the same.
    """
    most = max(1, (width - LEAST) // (STRIP + GAP) + 1)
    first = max(0, min(current - most // 2, count - most))
    seen = range(first, min(count, first + most))
    opened = {place for place in seen if place == current or place not in folded}

    def needed() -> int:
        return sum(LEAST if place in opened else STRIP for place in seen) + GAP * (len(seen) - 1)

    for place in sorted(opened - {current}, key=lambda place: (-abs(place - current), -place)):
        if needed() <= width:
            break
        opened.discard(place)
    share, rest = divmod(max(0, width - needed()), max(1, len(opened)))
    slots, x = [], 0
    for place in range(count):
        size = 0
        if place in seen:
            is_early = sum(other < place for other in opened) < rest
            size = LEAST + share + is_early if place in opened else STRIP
        slots.append(Slot(x, min(size, width), place in opened))
        x += size + GAP if size else 0
    return tuple(slots)


def card_lines(card: Card, width: int, now: datetime, *, marked: bool) -> tuple[tuple[str, str], ...]:
    """Return the four lines of a card, each with what it means; all exactly `width` cells wide."""
    row = card.row
    priority = f"P{row.priority}" if row.priority is not None else "P-"
    left = f"{'*' if marked else ''}{row.number} {priority}{' (*)' if row.starred else ''}"
    alarm = " !!" if card.actions_overdue else ""
    right = _("{count} inc").format(count=row.linked_open) + alarm
    head = clip(left, max(0, width - cell_len(right) - 1)) + " " + right
    body = wrapped(plain(row.summary, one_line=True), width, 2)
    if len(body) == 1:
        body.append(plain(row.ci or row.service or "", one_line=True))
    return (
        (clip(head, width), "alert" if alarm else "head"),
        *((clip(line, width), "card") for line in body),
        (clip(foot(card, now), width), "alert" if card.stale else "muted"),
    )


def foot(card: Card, now: datetime) -> str:
    """Return the last line of a card: owner, age, and what is worth knowing at a glance."""
    row, is_watched = card.row, card.row.status is ProblemStatus.VERIFYING
    parts = [f"{plain(row.assignee or '-', one_line=True)} {times.age(now - row.opened_at)}"]
    if row.known_error:
        parts.append(_("KE"))
    elif row.has_workaround:
        parts.append(_("wa"))
    if row.resumes_at is not None:
        parts.insert(1, f"|| {row.resumes_at.astimezone():%m-%d}")
    elif card.stale and not is_watched:
        parts.insert(1, _("! idle {age}").format(age=times.age(now - row.updated_at)))
    if is_watched and row.window_ends_at is not None:
        quiet = _("ok quiet") if row.proposed_at else _("until {day}")
        parts.append(quiet.format(day=f"{row.window_ends_at.astimezone():%m-%d}"))
    if row.closure is not None:
        parts.append(label(row.closure))
    parts += [plain(change, one_line=True) for change in card.changes]
    parts += [f"#{plain(word, one_line=True)}" for word in row.tags]
    return "  ".join(parts)


def wrapped(text: str, width: int, most: int) -> list[str]:
    """Return a text on at most so many lines, of `width` cells each; words break only where they must."""
    found = wrap(text, width)
    if len(found) > most:
        found[most - 1 :] = [" ".join(found[most - 1 :])]
    return found


class BoardView(Widget, can_focus=True):
    """Columns of cards; cursor and marks belong to problems, wherever their cards go."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "board--heading",
        "board--over",
        "board--current",
        "board--head",
        "board--card",
        "board--muted",
        "board--alert",
        "board--frame",
        "board--cursor",
        "board--strip",
    }
    DEFAULT_CSS = "BoardView { height: 1fr; }"

    class CursorMoved(Message):
        """The cursor is on another card, or on none."""

    class Opened(Message):
        """Somebody wants to see the problem under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._lanes: tuple[Lane, ...] = ()
        self._now: datetime | None = None
        self._lane = 0
        self._place = 0
        self._tops: dict[str, int] = {}
        self._folded: set[str] = set()
        self.marks: frozenset[int] = frozenset()
        """Keys of the marked problems."""
        self._range: tuple[int, frozenset[int]] | None = None
        """The card at which a range was begun, and what was marked before; None while there is none."""

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The columns."""
        return self._lanes

    @property
    def lane(self) -> Lane | None:
        """The column with the cursor."""
        return self._lanes[self._lane] if self._lanes else None

    @property
    def cursor(self) -> Card | None:
        """The card under the cursor."""
        lane = self.lane
        return lane.cards[self._place] if lane is not None and self._place < len(lane.cards) else None

    @property
    def chosen(self) -> tuple[Card, ...]:
        """What a key acts on: the marked cards, else the one under the cursor."""
        if self.marks:
            return tuple(card for lane in self._lanes for card in lane.cards if card.row.key in self.marks)
        return (self.cursor,) if self.cursor is not None else ()

    def show(self, lanes: Sequence[Lane], now: datetime) -> None:
        """Show columns; the cursor follows its card, or stays where it was if that is gone."""
        before = self.cursor
        self._lanes, self._now = tuple(lanes), now
        here = {card.row.key for lane in lanes for card in lane.cards}
        self.marks &= here
        self._lane = min(self._lane, max(0, len(lanes) - 1))
        if before is None or not self.go_to(before.row.key):
            self._put(self._lane, self._place)
        self.refresh()
        if self.cursor != before:
            self.post_message(self.CursorMoved())

    def go_to(self, key: int) -> bool:
        """Put the cursor on a problem's card, if it is on the board."""
        for place, lane in enumerate(self._lanes):
            for row, card in enumerate(lane.cards):
                if card.row.key == key:
                    self._put(place, row)
                    return True
        return False

    def go_to_lane(self, place: int) -> None:
        """Put the cursor into a column; that unfolds it."""
        if 0 <= place < len(self._lanes):
            self._move(place, self._place)

    def move(self, how: str) -> None:
        """Move the cursor; `how` is one of the names in `commands.problems`."""
        if not self._lanes:
            return
        rows, count = self._rows, len(self._lanes[self._lane].cards)
        steps = {
            "down": 1,
            "up": -1,
            "half_down": max(1, rows // 2),
            "half_up": -max(1, rows // 2),
            "page_down": rows,
            "page_up": -rows,
            "top": -count,
            "bottom": count,
        }
        if how in steps:
            self._move(self._lane, self._place + steps[how])
        else:
            self.go_to_lane(self._lane + (1 if how == "right" else -1))

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card, column after column from top to bottom."""
        return tuple(card for lane in self._lanes for card in lane.cards)

    def mark(self, keys: frozenset[int]) -> None:
        """Mark exactly these problems."""
        self.marks, self._range = keys, None
        self.refresh()

    def mark_range(self) -> None:
        """Begin a range at the cursor, or end the one that was begun."""
        if self._range is not None:
            self._range = None
        elif self.cursor is not None:
            self._range = (self.cursor.row.key, self.marks)
            self._stretch()

    def unmark(self) -> None:
        """Give up a range and what it marked; without one, all marks."""
        self.mark(self._range[1] if self._range is not None else frozenset())

    def _stretch(self) -> None:
        """Mark what lies between the beginning of the range and the cursor, column after column."""
        keys = [card.row.key for card in self.cards]
        if self._range is None or self.cursor is None or self._range[0] not in keys:
            return
        ends = sorted((keys.index(self._range[0]), keys.index(self.cursor.row.key)))
        self.marks = self._range[1] | frozenset(keys[ends[0] : ends[1] + 1])
        self.refresh()

    def seek(self, wanted: Callable[[Card], bool], step: int) -> bool:
        """Put the cursor on the next card that is wanted, or the one before; return whether there is one."""
        cards = self.cards
        here = cards.index(self.cursor) if self.cursor is not None else -1
        further = cards[here + 1 :] if step > 0 else cards[max(0, here) - 1 :: -1] if here > 0 else ()
        found = next((card for card in further if wanted(card)), None)
        if found is not None:
            self.go_to(found.row.key)
            self.refresh()
            self._stretch()
            self.post_message(self.CursorMoved())
        return found is not None

    @property
    def opened(self) -> tuple[str, ...]:
        """The columns that nobody folded by hand."""
        return tuple(lane.key for lane in self._lanes if lane.key not in self._folded)

    def open_only(self, keys: Collection[str]) -> None:
        """Fold every column but these; the cursor goes to the nearest that is open."""
        self._folded = {lane.key for lane in self._lanes} - set(keys)
        if self.lane is not None and self.lane.key in self._folded:
            places = [n for n, lane in enumerate(self._lanes) if lane.key not in self._folded]
            if places:
                self.go_to_lane(min(places, key=lambda place: (abs(place - self._lane), -place)))
        self.refresh()

    def fold(self) -> None:
        """Fold the column with the cursor, and go to the nearest open one."""
        lane = self.lane
        places = [n for n, each in enumerate(self._lanes) if n != self._lane and each.key not in self._folded]
        if lane is None or not places:
            return
        self._folded.add(lane.key)
        self.go_to_lane(min(places, key=lambda place: (abs(place - self._lane), -place)))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._put(self._lane, self._place)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the card that was clicked; twice opens it."""
        for place, slot in enumerate(self._slots):
            if slot.x <= event.x < slot.x + slot.width:
                row = self._tops.get(self._lanes[place].key, 0) + (event.y - HEADING) // CARD
                self._move(place, row if slot.is_open else 0)
                if event.chain == 2:
                    self.post_message(self.Opened())
                return

    @property
    def _rows(self) -> int:
        """How many cards stand under each other."""
        return max(1, (self.size.height - HEADING) // CARD)

    @property
    def _slots(self) -> tuple[Slot, ...]:
        folded = frozenset(n for n, lane in enumerate(self._lanes) if lane.key in self._folded)
        return fit(len(self._lanes), self.size.width, self._lane, folded)

    def _move(self, lane: int, place: int) -> None:
        before, slots, tops = self._region(), self._slots, dict(self._tops)
        self._put(lane, place)
        if (slots, tops) == (self._slots, self._tops):
            self.refresh(before, self._region(), Region(0, 0, self.size.width, HEADING))
        else:
            self.refresh()
        self._stretch()
        self.post_message(self.CursorMoved())

    def _put(self, lane: int, place: int) -> None:
        """Put the cursor somewhere, and scroll its column by half a page where it would be out of sight."""
        if not self._lanes:
            self._lane = self._place = 0
            return
        self._lane = lane
        found = self._lanes[lane]
        self._folded.discard(found.key)
        self._place = max(0, min(place, len(found.cards) - 1))
        top, rows = min(self._tops.get(found.key, 0), max(0, len(found.cards) - 1)), self._rows
        if not top <= self._place < top + rows:
            half = max(1, rows // 2)
            top = self._place if self._place < top else self._place - rows + half
            top = max(0, min(top, len(found.cards) - 1))
        self._tops[found.key] = top

    def _region(self) -> Region:
        """Return the cells of the card under the cursor."""
        if not self._lanes:
            return Region()
        slot, top = self._slots[self._lane], self._tops.get(self._lanes[self._lane].key, 0)
        return Region(slot.x, HEADING + (self._place - top) * CARD, slot.width, CARD)

    def render_line(self, y: int) -> Strip:
        """Return one line across all columns."""
        segments: list[Segment] = []
        x = 0
        for place, (lane, slot) in enumerate(zip(self._lanes, self._slots, strict=True)):
            if not slot.width or slot.x >= self.size.width:
                continue
            segments.append(Segment(" " * (slot.x - x), self.rich_style))
            segments += self._open(lane, place, slot, y) if slot.is_open else self._strip(lane, y)
            x = slot.x + slot.width
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _open(self, lane: Lane, place: int, slot: Slot, y: int) -> Iterator[Segment]:
        """Yield a line of an open column."""
        if y < HEADING:
            look = "over" if lane.is_over else "current" if place == self._lane else "heading"
            yield Segment(lane.heading(slot.width), self._look(look))
            return
        row, line = divmod(y - HEADING, CARD)
        number = self._tops.get(lane.key, 0) + row
        if number >= len(lane.cards) or self._now is None:
            yield Segment(" " * slot.width, self.rich_style)
            return
        is_cursor = place == self._lane and number == self._place
        frame = self._look("cursor" if is_cursor else "frame")
        corner, flat, other, side, low, lower = tuple(HEAVY if is_cursor else LIGHT)
        if line in (0, CARD - 1):
            begin, end = (low, lower) if line else (corner, other)
            yield Segment(f"{begin}{flat * (slot.width - 2)}{end}", frame)
            return
        card = lane.cards[number]
        marked = card.row.key in self.marks
        text, meaning = card_lines(card, slot.width - 2, self._now, marked=marked)[line - 1]
        yield Segment(side, frame)
        yield Segment(text, self._look(meaning))
        yield Segment(side, frame)

    def _strip(self, lane: Lane, y: int) -> Iterator[Segment]:
        """Yield a line of a folded column: its name downwards, its count, a line."""
        letters = [*plain(lane.title, one_line=True)[:12], " ", *str(len(lane.cards)), " "]
        letter = letters[y] if y < len(letters) else "│"
        yield Segment(clip(letter, STRIP), self._look("over" if lane.is_over else "strip"))

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"board--{name}")
