"""A page of text that is laid out for its width."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.content import Content
from textual.widgets import Static


class Page(Static):
    """Text that is laid out anew when there is more or less room."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, id=id)
        self._lay_out: Callable[[int], Content] = lambda _width: Content()
        self._width = 0
        """For how many cells it is laid out; 0 while it has no room."""

    def show(self, lay_out: Callable[[int], Content]) -> None:
        """Show a text, made for a width in cells."""
        self._lay_out = lay_out
        if self._width:
            self.update(self._laid_out())

    def on_resize(self, event: events.Resize) -> None:
        """Lay the text out for the room that there is now."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.update(self._laid_out())

    def _laid_out(self) -> Content:
        return self._lay_out(self._width)
