"""What the terminal shows, remembered, so that only the words that differ are sent.

Textual paints whole widgets, and a new screen several times before it stands. Here each frame is compared
with what the terminal shows already, and rows that move together are moved by the terminal itself.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import and_, eq, is_
from typing import Any, NamedTuple, Self, TypeAlias

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App, ReturnType
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from deskterm.ui.pens import ESC, PLAIN, Pen, blank_of, pen_of, turn

GAP = 8
"""Up to so many cells between two changes are painted again, which is shorter than going on behind them."""
LONG_BLANKS = re.compile(" {12,}")
"""Blanks that are shorter to erase than to write."""
BLANKS_AT_EDGE = 4
"""So many are erased at the end of a line."""
UNKNOWN = "\0"
STANDARD_ERROR = 2
"""Where Textual paints, whatever becomes of Python's own files meanwhile."""

Span = tuple[str, Pen]
"""Text in one look."""

Strips = Sequence[tuple[int, int, Strip]]
"""Strips with line and column, from top to bottom."""
Update: TypeAlias = LayoutUpdate | ChopsUpdate | Strips


class Piece(NamedTuple):
    """What is to stand in neighbouring cells of a line."""

    spans: list[Span]
    cells: int


@dataclass(slots=True)
class Line:
    """A line of the terminal, cell by cell."""

    text: str
    """A character for each cell; NUL where it is not known, or where a piece of `uneven` stands."""
    looks: list[Pen]
    """A pen for each cell; blanks have one that shows no more than their background."""
    uneven: dict[tuple[int, int], list[Span]]
    """First cell and the one after the last → what stands there, where characters take more cells than one or
    none: terminals differ about these, so such a piece is painted whole."""

    def forget_from(self, x: int) -> None:
        """Forget what stands from a cell on: what is drawn there may be wider than was thought."""
        self.text = self.text[:x] + UNKNOWN * (len(self.text) - x)
        self.uneven = {place: spans for place, spans in self.uneven.items() if place[1] <= x}


class Painter:
    """Turns Textual's updates into what brings the terminal from what it shows to what it is to show.

    Args:
        erases_in_colour: whether the terminal fills what it erases with the background in force.
    """

    def __init__(self, *, erases_in_colour: bool) -> None:
        self._erases_in_colour = erases_in_colour
        self._lines: list[Line] = []
        self._size = (0, 0)
        self._pen: Pen | None = None
        """The one that the terminal was left with; None where that is not known."""
        self._moves: list[tuple[int, int, int]] = []

    def forget(self) -> None:
        """Take it that the terminal may show anything: whatever comes next is painted whole."""
        self._lines = [self._unknown() for _ in range(self._size[1])]
        self._pen = None

    def move_lines(self, top: int, bottom: int, by: int) -> None:
        """Let the terminal move lines before the next update, which must paint those that come in.

        Args:
            top: the first line.
            bottom: the line after the last one.
            by: how far up; negative for down.
        """
        self._moves.append((top, bottom, by))

    def changes(self, update: Update, size: tuple[int, int], colours: ColorSystem | None) -> str:
        """Return what paints an update on a terminal of so many columns and lines, and remember it."""
        if size != self._size:
            self._size = size
            self.forget()
        brush = Brush(size[0], self._pen, erases_in_colour=self._erases_in_colour)
        for top, bottom, by in self._moves:
            self._move_lines(brush, top, bottom, by)
        self._moves.clear()
        for y, pieces in _by_ground(update, colours):
            if y < len(self._lines):
                for x, piece in pieces:
                    self._paint(brush, y, x, piece)
        painted, self._pen = brush.finished(), brush.pen
        return painted

    def _unknown(self) -> Line:
        return Line(UNKNOWN * self._size[0], [PLAIN] * self._size[0], {})

    def _move_lines(self, brush: Brush, top: int, bottom: int, by: int) -> None:
        """Move lines; those that come in are blank where the terminal erases in colour, else unknown."""
        lines = self._lines[top:bottom]
        count = min(abs(by), len(lines))
        if self._erases_in_colour and lines:
            look = blank_of(lines[-1].looks[-1])
            brush.take(look)
            come = [Line(" " * self._size[0], [look] * self._size[0], {}) for _ in range(count)]
        else:
            come = [self._unknown() for _ in range(count)]
        brush.move_lines(top, bottom, by)
        self._lines[top:bottom] = [*lines[by:], *come] if by > 0 else [*come, *lines[:by]]

    def _paint(self, brush: Brush, y: int, x: int, piece: Piece) -> None:
        """Paint what a piece changes: words of it, or all where characters differ in width."""
        line, end = self._lines[y], x + piece.cells
        is_even = all(_is_even(text) for text, _ in piece.spans)
        met = any(first < end and x < last for first, last in line.uneven)
        if is_even and not met:
            text, looks = "".join(text for text, _ in piece.spans), _looks(piece.spans)
            for start, stop in _runs(line, x, text, looks):
                brush.go_to(x + start, y)
                brush.paint(piece.spans, start, stop, is_met=False)
            line.text = line.text[:x] + text + line.text[end:]
            line.looks[x:end] = looks
        elif line.uneven.get((x, end)) != piece.spans:
            brush.go_to(x, y)
            brush.paint(piece.spans, 0, sum(len(text) for text, _ in piece.spans), is_met=met)
            brush.lose_place()
            line.forget_from(x)
            if is_even:
                line.text = line.text[:x] + "".join(text for text, _ in piece.spans) + line.text[end:]
                line.looks[x:end] = _looks(piece.spans)
            else:
                line.uneven[x, end] = piece.spans


class Brush:
    """Writes the sequences of one frame: where to go, which pen to take, what to write.

    Args:
        pen: the one that the last frame was left with, None where that is not known.
    """

    def __init__(self, width: int, pen: Pen | None, *, erases_in_colour: bool) -> None:
        self._width = width
        self._erases_in_colour = erases_in_colour
        self._parts = [] if pen is not None else [f"{ESC}[m"]
        self.pen = pen or PLAIN
        self._place: tuple[int, int] | None = None

    def move_lines(self, top: int, bottom: int, by: int) -> None:
        """Move lines up, or down where `by` is negative, by feeding lines in a scroll region."""
        y, feed = (bottom, "\n") if by > 0 else (top + 1, f"{ESC}M")
        self._parts.append(f"{ESC}[{top + 1};{bottom}r{ESC}[{y}H{feed * abs(by)}{ESC}[r")
        self._place = None

    def go_to(self, x: int, y: int) -> None:
        """Go on at a cell."""
        if self._place == (x, y):
            return
        at_x, at_y = self._place or (0, -1)
        if at_y == y and at_x < x:
            self._parts.append(f"{ESC}[{x - at_x}C")
        else:
            self._parts.append(f"{ESC}[{y + 1};{x + 1}H" if x else f"{ESC}[{y + 1}H")
        self._place = (x, y)

    def paint(self, spans: Sequence[Span], start: int, stop: int, *, is_met: bool) -> None:
        """Paint characters of spans, from `start` up to, not with, `stop`.

        Args:
            is_met: whether wide characters may stand there, of which erasing a part could leave a half.
        """
        begin = 0
        for text, pen in spans:
            end = begin + len(text)
            if begin < stop and start < end:
                shown = text[max(0, start - begin) : stop - begin]
                if not (shown.isspace() and blank_of(pen) is blank_of(self.pen)):
                    self.take(pen)
                if self._erases_in_colour and not self.pen.shows_on_blanks:
                    self._write_or_erase(shown, goes_on=end < stop, to_edge_only=is_met)
                else:
                    self._write(shown)
            begin = end

    def take(self, pen: Pen) -> None:
        """Go on with another pen."""
        if pen is not self.pen:
            self._parts.append(turn(self.pen, pen))
            self.pen = pen

    def lose_place(self) -> None:
        """Take it that nobody knows where the terminal's cursor is."""
        self._place = None

    def finished(self) -> str:
        """Return the frame; the pen is kept for the next one, but no link is left open."""
        if self.pen.link:
            self.take(PLAIN)
        return "".join(self._parts)

    def _write(self, text: str) -> None:
        self._parts.append(text)
        if _is_even(text):
            self._advance(len(text))
        else:
            self.lose_place()

    def _write_or_erase(self, text: str, *, goes_on: bool, to_edge_only: bool) -> None:
        """Write a text, long blanks by erasing them."""
        at_edge = self._place is not None and _is_even(text) and self._place[0] + len(text) == self._width
        written = text.rstrip(" ") if at_edge and text.endswith(" " * BLANKS_AT_EDGE) else text
        done = 0
        for blanks in () if to_edge_only else LONG_BLANKS.finditer(written):
            self._write(written[done : blanks.start()])
            count, done = len(blanks[0]), blanks.end()
            self._parts.append(f"{ESC}[{count}X")
            if done < len(text) or goes_on:
                self._parts.append(f"{ESC}[{count}C")
                self._advance(count)
        self._write(written[done:])
        if len(written) < len(text):
            self._parts.append(f"{ESC}[K")

    def _advance(self, cells: int) -> None:
        """Take note how far the cursor went; at the edge, terminals differ about where it stays."""
        if self._place is not None:
            x, y = self._place
            self._place = (x + cells, y) if x + cells < self._width else None


class Band(Compositor):
    """Textual's compositor, which renders of each widget only the lines between the first and last change."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if crop is None:
            yield from super()._get_renders()
            return
        band = Region(0, crop.y, self.size.width, crop.height)
        for widget, (region, clip) in self.visible_widgets.items():
            seen = clip.intersection(band)
            place = region.intersection(seen)
            if place:
                yield region, seen, widget.render_lines(place.translate(-region.offset))


class Painted(Screen[Any]):
    """Mixed in before Textual's screen: a change costs what changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._compositor = Band()


class Painting(App[ReturnType]):
    """Mixed in before Textual's app: sends what changes on the screen, and nothing twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.painter = Painter(erases_in_colour=erases_in_colour())
        self._map: Any = None
        self._clear: dict[Widget, Region | None] = {}
        """Where widgets stand that nothing overlaps, as far as `_map`, the compositor's, was asked."""
        super().__init__(*args, **kwargs)

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paint everything, whatever the terminal may show by now."""
        self.painter.forget()
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    def on_resize(self) -> None:
        """Trust nothing that a terminal shows after it had another size, even if it has the old one again."""
        self.refresh()

    def paint_lines(self, widget: Widget, lines: Sequence[int]) -> bool:
        """Paint lines of a widget at once, and return whether that can be: nothing must stand over it."""
        place = None if self._batch_count else self._clear_place(widget)
        if place is None or any(line >= place.height for line in lines):
            return False
        strips = [
            (place.y + line, place.x, strip)
            for line in lines
            for strip in widget.render_lines(Region(0, line, place.width, 1))
        ]
        if any(strip.cell_length != place.width for _y, _x, strip in strips):
            return False
        self._bring(strips)
        return True

    def owns_lines(self, widget: Widget) -> bool:
        """Return whether nothing stands beside or over a widget, so that its lines can be moved."""
        place = self._clear_place(widget)
        return place is not None and place.width == self.size.width

    def _clear_place(self, widget: Widget) -> Region | None:
        """Return where a widget stands, None if something stands over it or it is not seen whole."""
        compositor = self.screen._compositor
        if compositor.size != self.size:
            return None
        seen = compositor.visible_widgets
        if seen is not self._map:
            self._map = seen
            self._clear.clear()
        if widget not in self._clear:
            self._clear[widget] = _clear_place(widget, seen)
        return self._clear[widget]

    def move_lines(self, widget: Widget, first: int, by: int) -> bool:
        """Move lines of a widget that owns them, and return whether only those that come in need painting.

        Args:
            widget: whose lines move.
            first: its first line that moves.
            by: how far up; negative for down.
        """
        is_clean = not widget._repaint_regions
        if not self.is_headless:
            self.painter.move_lines(widget.region.y + first, widget.region.bottom, by)
        return is_clean

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, renderable)
        elif screen._compositor.size == self.size:  # else the next layout is painted whole
            self._bring(renderable)

    def _bring(self, update: Update) -> None:
        """Bring the terminal to what an update shows, and its cursor to where text goes."""
        driver = self._driver
        if driver is not None and self._running and not (self.is_headless or self._batch_count):
            changes = self.painter.changes(update, self.size, self.console._color_system)
            x, y = self.size.clamp_offset(self.cursor_position)
            self._begin_update()
            driver.write(f"{changes}{ESC}[{y + 1};{x + 1}H")
            self._end_update()
        self.post_display_hook()


def repaint(widget: Widget, lines: Iterable[int] | None = None) -> None:
    """Paint a widget at once, or in Textual's turn where something stands over it.

    Textual's turn leads through the queues of the widget and its screen and a timer.

    Args:
        widget: what changed.
        lines: which of its lines, where it renders each as it is asked; None for all of it.
    """
    app = widget.app
    if lines is None:
        widget._layout_cache.clear()  # where Textual keeps what `render` returned
        widget._set_dirty()
        if not (isinstance(app, Painting) and app.paint_lines(widget, range(widget.size.height))):
            widget.refresh()
    elif (changed := sorted(lines)) and not (isinstance(app, Painting) and app.paint_lines(widget, changed)):
        widget.refresh(*(Region(0, line, widget.size.width, 1) for line in changed))


def _clear_place(widget: Widget, seen: Mapping[Widget, tuple[Region, Region]]) -> Region | None:
    place, clip = seen.get(widget, (Region(), Region()))
    if not place or not clip.contains_region(place):
        return None
    around = set(widget.ancestors_with_self)
    is_clear = not any(
        other not in around and place.overlaps(region.intersection(clip))
        for other, (region, clip) in seen.items()
    )
    return place if is_clear else None


def erases_in_colour() -> bool:
    """Return whether the terminal fills what it erases with the background in force (terminfo's `bce`)."""
    with contextlib.suppress(ImportError):
        import curses

        with contextlib.suppress(curses.error):
            curses.setupterm(fd=STANDARD_ERROR)
            return curses.tigetflag("bce") > 0
    return False


def _strips(update: Update) -> Iterable[tuple[int, int, Strip]]:
    """Return the strips of an update with line and column, from top to bottom."""
    if isinstance(update, LayoutUpdate):
        return _strips_of_layout(update)
    return _strips_of_chops(update) if isinstance(update, ChopsUpdate) else update


def _strips_of_layout(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            if strip.cell_length:
                yield y, x, strip
            x += strip.cell_length


def _strips_of_chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, start, stop in update.spans:
        for (x, part), end in zip(update.chops[y].items(), update.chop_ends[y], strict=True):
            if part is None or x >= stop or end <= start:
                continue
            first = max(x, start)
            is_whole = start <= x and end <= stop
            yield y, first, part if is_whole else part.crop(first - x, min(end, stop) - x)


def _by_ground(update: Update, colours: ColorSystem | None) -> list[tuple[int, list[tuple[int, Piece]]]]:
    """Return the lines of an update, those together that begin on the same background.

    To name a background takes more bytes than to go to another line.
    """
    lines: dict[int, list[tuple[int, Piece]]] = defaultdict(list)
    for y, x, strip in _strips(update):
        lines[y].append((x, Piece(_spans(strip, colours), strip.cell_length)))
    grounds: dict[str, list[tuple[int, list[tuple[int, Piece]]]]] = defaultdict(list)
    for y, pieces in lines.items():
        grounds[pieces[0][1].spans[0][1].background].append((y, pieces))
    return [*chain.from_iterable(grounds.values())]


def _spans(strip: Strip, colours: ColorSystem | None) -> list[Span]:
    """Return a strip's texts with their pens; blanks belong to what is before them if they look the same."""
    spans: list[Span] = []
    for text, style, _control in strip:
        pen = pen_of(style, colours)
        if spans and (pen is spans[-1][1] or (text.isspace() and blank_of(pen) is blank_of(spans[-1][1]))):
            before, pen = spans.pop()
            text = before + text
        spans.append((text, pen))
    return spans


def _is_even(text: str) -> bool:
    """Return whether each character takes one cell."""
    return text.isascii() or _has_single_cells(text)


@lru_cache(maxsize=1024)
def _has_single_cells(text: str) -> bool:
    return all(get_character_cell_size(character) == 1 for character in text)


def _looks(spans: Sequence[Span]) -> list[Pen]:
    """Return a pen for each cell, as far as it is seen."""
    looks: list[Pen] = []
    for text, pen in spans:
        blank = blank_of(pen)
        if blank is pen or " " not in text:
            looks += [pen] * len(text)
        else:
            looks += [blank if each == " " else pen for each in text]
    return looks


def _runs(line: Line, x: int, text: str, looks: Sequence[Pen]) -> list[tuple[int, int]]:
    """Return where a text differs from what the line has from `x` on: whole words, near ones as one."""
    end = x + len(text)
    same = bytes(map(and_, map(eq, line.text[x:end], text), map(is_, line.looks[x:end], looks)))
    if not any(same):
        return [(0, len(text))]
    runs: list[tuple[int, int]] = []
    place = same.find(0)
    while place >= 0:
        start = text.rfind(" ", 0, place) + 1 if text[place] != " " else place
        stop = text.find(" ", place) if text[place] != " " else place + 1
        stop = stop if stop >= 0 else len(text)
        if runs and start - runs[-1][1] <= GAP:
            start = runs.pop()[0]
        runs.append((start, stop))
        place = same.find(0, stop)
    return runs
