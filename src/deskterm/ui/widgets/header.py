"""The top line: where we are, how the desk is, who sits here, what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from deskterm.i18n import _, ngettext
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.reads.status import DeskStatus
    from deskterm.ui.app import DeskApp

GAP = "  "


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the header."""

    text: str
    rank: int
    """When room is short, the highest rank goes first; 0 never goes."""
    meaning: str = ""
    """`warning` or empty."""


class Header(Widget):
    """One line that repaints only when its text changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"header--warning", "header--name"}

    def __init__(self) -> None:
        super().__init__()
        self._left: tuple[Segment, ...] = ()
        self._right: tuple[Segment, ...] = ()

    def show(self, heading: str, notice: str, console: DeskApp) -> None:
        """Say where we are and how the desk is."""
        left = (Segment("deskterm", 6), Segment(plain(heading, one_line=True), 0))
        right = (*([Segment(notice, 1)] if notice else []), *_right(console))
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> Content:
        """Return the line: left segments, then right ones at the edge."""
        width = self.size.width
        left, right = fit(self._left, self._right, width)
        texts = GAP.join(segment.text for segment in left)
        room = width - sum(cell_len(segment.text) + len(GAP) for segment in right)
        parts: list[Content] = [Content(clip(texts, max(0, room)))]
        warning = self.get_visual_style("header--warning")
        for segment in right:
            parts.append(Content(GAP))
            text = Content(segment.text)
            parts.append(text.stylize(warning) if segment.meaning == "warning" else text)
        return Content("").join(parts)


def fit(
    left: tuple[Segment, ...], right: tuple[Segment, ...], width: int
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return the segments that fit into `width` cells, the highest ranks left out first."""
    while True:
        needed = sum(cell_len(segment.text) + len(GAP) for segment in left + right) - len(GAP)
        highest = max((segment.rank for segment in left + right), default=0)
        if needed <= width or highest == 0:
            return left, right
        gone = next(segment for segment in reversed(left + right) if segment.rank == highest)
        left = tuple(segment for segment in left if segment is not gone)
        right = tuple(segment for segment in right if segment is not gone)


def _right(console: DeskApp) -> list[Segment]:
    """Return what stands at the right, warnings first."""
    segments = []
    if console.status is not None:
        segments += _warnings(console.status)
    if console.lost is not None:
        segments.append(Segment(_("NO ANSWER"), 0, "warning"))
    elif console.ready.is_set():
        segments.append(Segment(_("live"), 5))
    if console.unread:
        text = ngettext("{count} msg", "{count} msg", console.unread).format(count=console.unread)
        segments.append(Segment(text, 1))
    segments.append(Segment(plain(console.agent, one_line=True), 4))
    if console.status is not None:
        segments.append(Segment(times.hour(console.status.now), 3))
    return segments


def _warnings(status: DeskStatus) -> list[Segment]:
    """Return what everybody ought to know of the desk."""
    segments = []
    if status.is_rehearsal:
        day, zone = times.day(status.now), times.zone(status.now)
        segments.append(Segment(_("REHEARSAL {day} {zone}").format(day=day, zone=zone), 0, "warning"))
    if not status.is_swept:
        segments.append(Segment(_("! nobody sweeps"), 1, "warning"))
    if status.mail_waiting and not status.has_worker and not status.is_rehearsal:
        text = ngettext(
            "! {count} mail waits, no worker", "! {count} mails wait, no worker", status.mail_waiting
        )
        segments.append(Segment(text.format(count=status.mail_waiting), 2, "warning"))
    return segments
