"""What is copied, is shown as well: no terminal tells whether it took it."""

from __future__ import annotations

from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from deskterm.i18n import _

if TYPE_CHECKING:
    from deskterm.ui.screen import DeskScreen

WIDTH = 72
"""Of a copied text in its box; narrower than any terminal, so that nothing of it is cut."""


class Copying:
    """How every screen copies."""

    def copy(self: DeskScreen[Any], text: str) -> None:  # type: ignore[misc]  # mixed in
        """Put a text on the clipboard and show it: on the status line, or all of it in a box."""
        from deskterm.ui.dialogs.report import Report

        self.console.terminal.copy(text)
        said = _("Copied: {text}").format(text=text)
        if not self.console.terminal.takes(text):
            title = _("Too long for the terminal's clipboard. Here it is.")
        elif "\n" in text or cell_len(said) > self.size.width:
            title = _("Copied, if the terminal allows. Here it is as well.")
        else:
            self.say(said)
            return
        lines = [wrap(line, WIDTH, break_on_hyphens=False) or [""] for line in text.splitlines()]
        self.app.push_screen(Report(title, [*chain.from_iterable(lines)]))
