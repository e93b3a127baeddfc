"""The line of saved views: `[1 Mine 12]  2 Team 48`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from deskterm.text import plain

GAP = "  "


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
        contents = [self._content(tab) for tab in self._tabs]
        current = next((n for n, tab in enumerate(self._tabs) if tab.digit == self._current), 0)
        return Content(GAP).join(contents[self._first_shown(contents, current) :])

    def _first_shown(self, contents: Sequence[Content], current: int) -> int:
        """Return how many tabs must go at the left so that the current one fits."""
        first = 0
        while first < current and len(Content(GAP).join(contents[first : current + 1])) > self.size.width:
            first += 1
        return first

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
        contents = [self._content(tab) for tab in self._tabs]
        current = next((n for n, tab in enumerate(self._tabs) if tab.digit == self._current), 0)
        first = self._first_shown(contents, current)
        for tab, content in zip(self._tabs[first:], contents[first:], strict=True):
            if x <= event.x < x + content.cell_length:
                self.post_message(self.Chosen(tab.digit))
            x += content.cell_length + len(GAP)
