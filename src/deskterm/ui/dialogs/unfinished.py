"""A question before a call is taken: another one was not finished."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from deskterm.commands import Place
from deskterm.i18n import _
from deskterm.ui.bindings import hint_line
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt

NEW, LEAVE = -1, -2
"""Answers that are no place in the list."""


class Unfinished(Dialog[int]):
    """Calls that were not finished, a line each; dismissed with the place of the one to go on with, or `NEW`.

    What was typed before it came was meant for the form, and is dropped.
    """

    is_called = False
    PLACE = Place.UNFINISHED

    def __init__(self, calls: Sequence[str]) -> None:
        super().__init__()
        self._calls = tuple(calls)

    def compose(self) -> ComposeResult:
        """List title, calls, what becomes of them, how to answer."""
        lines = [f"{place} {call}" for place, call in enumerate(self._calls, 1)]
        if len(lines) == 1:
            fate = _("A new call puts it aside; F5 goes back to it.")
        else:
            fate = _("A new call puts 1 aside and forgets 2.")
        with Vertical(id="unfinished"):
            yield Static(txt(_("A call was not finished"), one_line=True), id="unfinished-title")
            yield Static(Content("\n").join(txt(line, one_line=True) for line in lines))
            yield Static(txt(fate), id="unfinished-fate")
            yield Static(txt(self.hints()), id="unfinished-hints")

    def hints(self) -> str:
        """Return the keys worth knowing; the other call only where there is one."""
        other = () if len(self._calls) > 1 else ("go_on_with_other",)
        return hint_line(command for command in self.commands if command.action not in other)

    def action_go_on(self) -> None:
        """Go on with the first."""
        self.dismiss(0)

    def action_go_on_with_other(self) -> None:
        """Go on with the second, if there is one."""
        if len(self._calls) > 1:
            self.dismiss(1)

    def action_begin_anew(self) -> None:
        """Take a new call."""
        self.dismiss(NEW)

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(LEAVE)
