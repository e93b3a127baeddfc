"""A picker: type to narrow, Enter to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option as ListOption

from deskterm.commands import Place
from deskterm.commands.dialogs import ONE_DOWN, STEPS
from deskterm.i18n import _
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt

SCATTERED = 4
"""How near an option is to a text of which it has no more than the letters, somewhere."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to pick."""

    value: str
    words: str
    """What is shown, and what typing is compared with."""
    names: tuple[str, ...] = ()
    """What it is called; typing that goes before whatever else is shown."""


class Picker(Dialog[str | None]):
    """A list of options under a line to type in; dismissed with the value, None for none.

    Args:
        title: what is asked.
        options: what there is to pick.
        marked: what is marked at first, where `Tab` marks several; then all of those marked, separated by
            blanks, are the value. None where only one can be picked.
        text: what is typed at first.
    """

    FUZZY: ClassVar[bool] = False
    """Whether letters need only stand in their order, the best match first."""
    PLACE = Place.PICKER

    def __init__(
        self, title: str, options: Sequence[Option], *, marked: Sequence[str] | None = None, text: str = ""
    ) -> None:
        super().__init__()
        self._text = text
        self._marked = None if marked is None else list(marked)
        self._title = title
        self._options = tuple(options)
        self._shown: list[Option] = []

    def compose(self) -> ComposeResult:
        """List title, line, options."""
        with Vertical(id="picker"):
            yield Static(txt(self._title, one_line=True), id="picker-title")
            field = Input(self._text, select_on_focus=False, compact=True, id="picker-text")
            field.cursor_blink = False
            yield field
            options = OptionList(markup=False, compact=True, id="picker-options")
            options.can_focus = False
            yield options
            yield Static(txt(f"{self.hints()}   {_('type to narrow')}"), id="picker-hints")

    def on_mount(self) -> None:
        """Show every option."""
        self._narrow(self._text)
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the options that hold every typed word."""
        self._narrow(event.value)

    @property
    def place(self) -> Place:
        """What its keys are called after: one is taken, or several are marked."""
        return Place.PICKER if self._marked is None else Place.MARKING

    def action_take_marked(self) -> None:
        """Take all that are marked."""
        self.dismiss(" ".join(self._marked or ()))

    def action_take(self) -> None:
        """Take the option under the cursor."""
        place = self.query_one(OptionList).highlighted
        self.dismiss(self._shown[place].value if place is not None and self._shown else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the option that was clicked."""
        self.dismiss(self._shown[event.option_index].value)

    def action_move(self, by: str) -> None:
        """Go up or down among the options."""
        options = self.query_one(OptionList)
        options.highlighted = ((options.highlighted or 0) + STEPS[by]) % max(1, len(self._shown))

    def action_mark(self) -> None:
        """Mark the option under the cursor, or take its mark away, and go on."""
        options = self.query_one(OptionList)
        if self._marked is None or options.highlighted is None:
            return
        place = options.highlighted
        value = self._shown[place].value
        if value in self._marked:
            self._marked.remove(value)
        else:
            self._marked.append(value)
        options.replace_option_prompt_at_index(place, self._prompt(self._shown[place]))
        self.action_move(ONE_DOWN)

    def _prompt(self, option: Option) -> Content:
        """Return an option as it is shown, with its mark."""
        if self._marked is None:
            return txt(option.words, one_line=True)
        return txt(f"{'*' if option.value in self._marked else ' '} {option.words}", one_line=True)

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)

    def _narrow(self, text: str) -> None:
        self._shown = best(self._options, text) if self.FUZZY and text else holding(self._options, text)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(ListOption(self._prompt(each)) for each in self._shown)
        options.highlighted = 0 if self._shown else None


def holding(options: Sequence[Option], text: str) -> list[Option]:
    """Return the options that hold every typed word, in their order."""
    words = text.casefold().split()
    return [each for each in options if all(word in each.words.casefold() for word in words)]


def best(options: Sequence[Option], text: str) -> list[Option]:
    """Return the options that hold the typed letters in their order, the best match first.

    What is called so goes first, then what is called by something that begins so, or has a word that does;
    then those whose other words hold the text, then those with the letters anywhere.
    """
    matcher, typed = Matcher(text), text.casefold().strip()
    ranked = [(_nearness(each, typed), -matcher.match(each.words), each) for each in options]
    found = [each for each in ranked if each[0] < SCATTERED or each[1] < 0]
    return [option for _nearness, _score, option in sorted(found, key=lambda each: each[:2])]


def _nearness(option: Option, typed: str) -> int:
    """Return how near an option is to what was typed: 0 is called so, `SCATTERED` has at most its letters."""
    names = [name.casefold() for name in option.names]
    if typed in names:
        return 0
    if any(name.startswith(typed) for name in names):
        return 1
    if any(word.startswith(typed) for name in names for word in name.replace("-", " ").split()):
        return 2
    return 3 if typed in option.words.casefold() else SCATTERED
