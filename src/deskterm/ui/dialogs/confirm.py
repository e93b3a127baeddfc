"""A question in front of a screen: what would happen, yes or no; over fifty, the count must be typed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from deskterm.commands import Place
from deskterm.commands.bulk import Confirmation, confirmation
from deskterm.commands.dialogs import STEPS
from deskterm.i18n import _
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt


class Confirm(Dialog[bool]):
    """What would happen, line by line, and whether it shall; dismissed with the answer.

    Args:
        title: what is asked.
        lines: what would happen.
        count: how many it would happen to.
    """

    PLACE = Place.CONFIRM

    def __init__(self, title: str, lines: Sequence[str], *, count: int) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)
        self._count = count
        self._must_count = confirmation(count) is Confirmation.COUNT
        """Whether a single key is too easily pressed for so many."""

    def compose(self) -> ComposeResult:
        """List title, lines, how to answer."""
        with Vertical(id="confirm"):
            yield Static(txt(self._title, one_line=True), id="confirm-title")
            with VerticalScroll(id="confirm-lines", can_focus=False):
                yield Static(Content("\n").join(txt(line, one_line=True) for line in self._lines))
            if self._must_count:
                field = Input(select_on_focus=False, compact=True, id="confirm-count")
                field.cursor_blink = False
                yield field
                hint = _("Type {count} and Enter to do it   Esc leave").format(count=self._count)
            else:
                hint = self.hints()
            yield Static(txt(hint), id="confirm-hints")

    def on_mount(self) -> None:
        """Ask for the count where there is one to type."""
        for field in self.query(Input):
            field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it if the count is right."""
        if event.value.strip() == str(self._count):
            self.dismiss(True)

    def action_agree(self) -> None:
        """Say yes; many are not agreed to with one key."""
        if not self._must_count:
            self.dismiss(True)

    def action_decline(self) -> None:
        """Say no."""
        self.dismiss(False)

    def action_scroll(self, by: str) -> None:
        """Scroll the lines."""
        self.query_one("#confirm-lines").scroll_relative(y=STEPS[by], animate=False)
