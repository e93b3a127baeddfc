"""The line above the hints: what just happened, and how to take it back."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from deskterm.i18n import _
from deskterm.ui.gate import clip, txt
from deskterm.ui.painting import repaint


class StatusLine(Widget):
    """What keys will act on at the left, what just happened at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status-line--undo", "status-line--problem"}
    DEFAULT_CSS = "StatusLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._subject = Content()
        self._news = Content()
        self._undoable = False
        self._problem = False

    def about(self, text: str) -> None:
        """Say what the next key acts on; empty for nothing worth saying."""
        subject = txt(text, one_line=True)
        if subject != self._subject:
            self._subject = subject
            repaint(self)

    def say(self, text: str, *, undoable: bool = False, problem: bool = False) -> None:
        """Say what happened, whether `u` takes it back, and whether it went wrong."""
        self._news, self._undoable, self._problem = txt(text, one_line=True), undoable, problem
        repaint(self)

    def clear(self) -> None:
        """Say nothing more about what happened."""
        self.say("")

    def render(self) -> Content:
        """Return the line; what happened is never the part that is cut."""
        news = self._news
        if self._problem:
            news = news.stylize(self.get_visual_style("status-line--problem", partial=True))
        if self._undoable:
            undo = Content.styled(_("u undo"), self.get_visual_style("status-line--undo", partial=True))
            news = Content.assemble(news, "   ", undo)
        room = max(0, self.size.width - news.cell_length)
        return Content.assemble(clip(self._subject.plain, room), news)
