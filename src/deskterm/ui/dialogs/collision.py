"""A question before something is sent or resolved: the ticket changed meanwhile; go on, look, or leave it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.commands import Place
from deskterm.i18n import _
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt


class Answer(Enum):
    """What whoever was asked wants."""

    GO_ON = "go on"
    LOOK = "look"
    LEAVE = "leave"


class Collision(Dialog[Answer]):
    """What changed, line by line; Enter looks, so that nothing is sent by habit."""

    is_called = False
    PLACE = Place.COLLISION

    def __init__(self, number: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._number = number
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """List title, lines, how to answer."""
        title = _("{number} changed while you were writing").format(number=self._number)
        with Vertical(id="collision"):
            yield Static(txt(title, one_line=True), id="collision-title")
            with VerticalScroll(id="collision-lines", can_focus=False):
                yield Static(Content("\n").join(txt(line, one_line=True) for line in self._lines))
            yield Static(txt(self.hints()))

    def action_go_on(self) -> None:
        """Do it all the same."""
        self.dismiss(Answer.GO_ON)

    def action_look(self) -> None:
        """Look first."""
        self.dismiss(Answer.LOOK)

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss(Answer.LEAVE)
