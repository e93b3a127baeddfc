"""The line of saved views: `[1 Mine 12]  2 Team 48`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from deskterm.text import plain

GAP, NARROW_GAP = "  ", " "


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view: the digit that goes there, its name, how many rows it has (None: not known)."""

    digit: str
    name: str
    count: int | None = None
    sign: str = ""
    """Shown when the view worries: `!!` or `!`."""


class ViewTabs(Widget):
    """Saved views with their counts; the current one in brackets, so that it needs no colour."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"view-tabs--current", "view-tabs--other"}
    DEFAULT_CSS = "ViewTabs { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    class Chosen(Message):
        """Somebody clicked on a view."""

        def __init__(self, digit: str) -> None:
            super().__init__()
            self.digit = digit

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._tabs: tuple[Tab, ...] = ()
        self._current = ""

    def show(self, tabs: Sequence[Tab], current: str) -> None:
        """Show these views; `current` is the digit of the one being looked at."""
        if (tuple(tabs), current) != (self._tabs, self._current):
            self._tabs, self._current = tuple(tabs), current
            self.refresh()

    def render(self) -> Content:
        """Return the line; the current view is always on it."""
        gap, tabs = self._shown()
        return Content(gap).join(self._content(tab) for tab in tabs)

    def _shown(self) -> tuple[str, Sequence[Tab]]:
        """Return what stands between the tabs, and the tabs that are shown.

        Where room is short the tabs move together, then counts go that need nobody, from the right; where
        that is not enough, all stay as they are and tabs go at the left until the current one fits.
        """
        tabs, gap = list(self._tabs), GAP
        spare = [place for place, tab in enumerate(tabs) if tab.digit != self._current and not tab.sign]
        while self._width(gap, tabs) > self.size.width:
            if gap == GAP:
                gap = NARROW_GAP
            elif spare:
                place = spare.pop()
                tabs[place] = replace(tabs[place], count=None)
            else:
                return GAP, self._tabs[self._first_shown() :]
        return gap, tabs

    def _first_shown(self) -> int:
        """Return how many tabs must go at the left so that the current one fits."""
        current = next((n for n, tab in enumerate(self._tabs) if tab.digit == self._current), 0)
        first = 0
        while first < current and self._width(GAP, self._tabs[first : current + 1]) > self.size.width:
            first += 1
        return first

    def _width(self, gap: str, tabs: Sequence[Tab]) -> int:
        return Content(gap).join(self._content(tab) for tab in tabs).cell_length

    def _content(self, tab: Tab) -> Content:
        count = "" if tab.count is None else str(tab.count)
        words = (tab.digit, plain(tab.name, one_line=True), count, tab.sign)
        text = " ".join(word for word in words if word)
        current = tab.digit == self._current
        style = self.get_visual_style("view-tabs--current" if current else "view-tabs--other", partial=True)
        return Content.styled(f"[{text}]" if current else text, style)

    def on_click(self, event: events.Click) -> None:
        """Go to the view that was clicked."""
        x = 0
        gap, tabs = self._shown()
        for tab in tabs:
            width = self._content(tab).cell_length
            if x <= event.x < x + width:
                self.post_message(self.Chosen(tab.digit))
            x += width + len(gap)
