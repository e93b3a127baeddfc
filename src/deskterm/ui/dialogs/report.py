"""Lines in front of a screen that only want to be read; any key that leaves closes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.i18n import N_, _
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt


class Report(Dialog[None]):
    """A title and lines.

    Args:
        title: what the lines are about.
        lines: each is shown on one line.
        is_called: whether a key called for them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,space", "leave", N_("Close"), show=False, id="report.leave"),
        Binding("j,down", "scroll(1)", N_("Down"), show=False, id="report.down"),
        Binding("k,up", "scroll(-1)", N_("Up"), show=False, id="report.up"),
    ]

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
            yield Static(txt(_("Esc close   j k scroll")), id="report-hints")

    def action_leave(self) -> None:
        """Close."""
        self.dismiss()

    def action_scroll(self, by: int) -> None:
        """Scroll the lines."""
        self.query_one("#report-lines").scroll_relative(y=by, animate=False)
