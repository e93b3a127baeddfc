"""A question before something is sent or resolved: the ticket changed meanwhile; go on, look, or leave it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.i18n import N_, _
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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "answer('GO_ON')", N_("Go on anyway"), show=False, id="collision.go_on"),
        Binding("l,enter", "answer('LOOK')", N_("Look"), show=False, id="collision.look"),
        Binding("escape,n,q", "answer('LEAVE')", N_("Leave"), show=False, id="collision.leave"),
    ]

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
            yield Static(txt(_("s go on anyway   l look first   Esc cancel, what you typed stays")))

    def action_answer(self, name: str) -> None:
        """Answer."""
        self.dismiss(Answer[name])
