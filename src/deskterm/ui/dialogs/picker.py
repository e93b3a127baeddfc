"""A picker: type to narrow, Enter to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option as ListOption

from deskterm.assets import style
from deskterm.i18n import N_, _
from deskterm.ui.gate import txt
from deskterm.ui.surviving import Surviving


@dataclass(frozen=True, slots=True)
class Option:
    """Something to pick."""

    value: str
    words: str
    """What is shown, and what typing is compared with."""


class Picker(Surviving, ModalScreen[str | None]):
    """A list of options under a line to type in; dismissed with the value, None for none."""

    CSS_PATH = style("dialogs")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Leave"), show=False, id="picker.leave"),
        Binding("down", "move(1)", N_("Down"), show=False, priority=True, id="picker.down"),
        Binding("up", "move(-1)", N_("Up"), show=False, priority=True, id="picker.up"),
    ]

    def __init__(self, title: str, options: Sequence[Option]) -> None:
        super().__init__()
        self._title = title
        self._options = tuple(options)
        self._shown: list[Option] = []

    def compose(self) -> ComposeResult:
        """List title, line, options."""
        with Vertical(id="picker"):
            yield Static(txt(self._title, one_line=True), id="picker-title")
            field = Input(select_on_focus=False, compact=True, id="picker-text")
            field.cursor_blink = False
            yield field
            options = OptionList(markup=False, compact=True, id="picker-options")
            options.can_focus = False
            yield options
            yield Static(
                txt(_("Enter take   Up Down choose   type to narrow   Esc leave")), id="picker-hints"
            )

    def on_mount(self) -> None:
        """Show every option."""
        self._narrow("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the options that hold every typed word."""
        self._narrow(event.value)

    def on_input_submitted(self) -> None:
        """Take the option under the cursor."""
        place = self.query_one(OptionList).highlighted
        self.dismiss(self._shown[place].value if place is not None and self._shown else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the option that was clicked."""
        self.dismiss(self._shown[event.option_index].value)

    def action_move(self, by: int) -> None:
        """Go up or down among the options."""
        options = self.query_one(OptionList)
        options.highlighted = ((options.highlighted or 0) + by) % max(1, len(self._shown))

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self._shown = [each for each in self._options if all(word in each.words.casefold() for word in words)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(ListOption(txt(each.words, one_line=True)) for each in self._shown)
        options.highlighted = 0 if self._shown else None
