"""The `:` line at the bottom of a screen: completion with Tab, history with Up and Down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from deskterm.commands import Place
from deskterm.commands.dialogs import STEPS
from deskterm.commands.line import Completion, complete
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt

SHOWN = 8
"""As many completions are listed."""


class CommandLine(Dialog[str | None]):
    """One line to type a command in; dismissed with it, None for none.

    Args:
        place: where it is asked for.
        history: what was typed there before, the newest last.
        text: what stands in the line at first.
    """

    PLACE = Place.LINE

    def __init__(self, place: Place, history: Sequence[str], text: str = "") -> None:
        super().__init__()
        self._place = place
        self._history = [*history, text]
        self._at = len(history)
        self._known: Mapping[str, Iterable[str]] = {}
        self._found: tuple[Completion, ...] = ()
        self._chosen = -1

    def compose(self) -> ComposeResult:
        """List completions, colon and line."""
        with Vertical(id="line"):
            yield Static(id="line-completions", markup=False)
            with Horizontal(id="line-row"):
                yield Static(":", id="line-colon", markup=False)
                field = Input(self._history[-1], select_on_focus=False, compact=True, id="line-text")
                field.cursor_blink = False
                yield field

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one(Input).focus()
        self._look()

    def know(self, known: Mapping[str, Iterable[str]]) -> None:
        """Take what arguments may be, by their names; the line may not stand yet, or not any more."""
        self._known = known
        if self.is_mounted and self.is_current:
            self._look()

    def on_input_changed(self) -> None:
        """Show what may be typed."""
        self._look()

    def action_hand_in(self) -> None:
        """Hand the line in."""
        self.dismiss(self.query_one(Input).value.strip() or None)

    def action_leave(self) -> None:
        """Type nothing."""
        self.dismiss(None)

    def action_recall(self, by: str) -> None:
        """Bring back what was typed before, or after."""
        field = self.query_one(Input)
        self._at = max(0, min(self._at + STEPS[by], len(self._history) - 1))
        field.value = self._history[self._at]
        field.cursor_position = len(field.value)

    def action_complete(self, by: str) -> None:
        """Put in the next completion; the only one with a blank after it."""
        if not self._found:
            return
        field, found = self.query_one(Input), self._found
        self._chosen = (self._chosen + STEPS[by]) % len(found)
        chosen = found[self._chosen]
        with field.prevent(Input.Changed):
            field.value = field.value[: chosen.start] + chosen.text + (" " if len(found) == 1 else "")
            field.cursor_position = len(field.value)
        if len(found) == 1:
            self._look()
        else:
            self._paint()

    def _look(self) -> None:
        field = self.query_one(Input)
        self._found = complete(field.value, field.cursor_position, self._place, self._offer)
        self._chosen = -1
        self._paint()

    def _offer(self, argument: str, _typed: str) -> Iterable[str]:
        return self._known.get(argument, ())

    def _paint(self) -> None:
        first = (
            max(0, min(self._chosen - SHOWN + 1, len(self._found) - SHOWN)) if self._chosen >= SHOWN else 0
        )
        lines = [
            txt(f"{'>' if first + place == self._chosen else ' '} {each.text:<20} {each.help}", one_line=True)
            for place, each in enumerate(self._found[first : first + SHOWN])
        ]
        self.query_one("#line-completions", Static).update(Content("\n").join(lines))
