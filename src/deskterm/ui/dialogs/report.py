"""Lines in front of a screen that only want to be read; any key that leaves closes them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.commands import Place
from deskterm.commands.dialogs import STEPS
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt


class Report(Dialog[None]):
    """A title and lines.

    Args:
        title: what the lines are about.
        lines: each is shown on one line.
        is_called: whether a key called for them.
    """

    PLACE = Place.REPORT

    def __init__(self, title: str, lines: Sequence[str], *, is_called: bool = True) -> None:
        super().__init__()
        self.is_called = is_called
        self._title = title
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """List title, lines, how to leave."""
        with Vertical(id="report"):
            yield Static(txt(self._title, one_line=True), id="report-title")
            with VerticalScroll(id="report-lines", can_focus=False):
                yield Static(Content("\n").join(txt(line, one_line=True) for line in self._lines))
            yield Static(txt(self.hints()), id="report-hints")

    def action_leave(self) -> None:
        """Close."""
        self.dismiss()

    def action_scroll(self, by: str) -> None:
        """Scroll the lines."""
        self.query_one("#report-lines").scroll_relative(y=STEPS[by], animate=False)
