"""Screens with a filter bar over their list: followed while it is typed, taken back by Esc."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual import on

from deskterm.i18n import _
from deskterm.ui.cell_filter import Step
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.screen import DeskScreen
from deskterm.ui.widgets.filter_bar import FilterBar

T = TypeVar("T")


class FilteringScreen(DeskScreen[T]):
    """A list that a filter narrows; `filter_text` is the filter in force."""

    UNFILTERED = ""
    """The filter that stands where nobody has typed one."""

    def __init__(self) -> None:
        super().__init__()
        self.filter_text = self.UNFILTERED
        self._by_value: Step | None = None

    def on_mount(self) -> None:
        """Show the filter in force."""
        self.query_one(FilterBar).show(self.filter_text)

    @property
    def is_filtered(self) -> bool:
        """Whether somebody has typed a filter."""
        return self.filter_text != self.UNFILTERED

    def focus_list(self) -> None:
        """Put the keys back in the list."""
        raise NotImplementedError

    def filter_by(self, text: str) -> None:
        """Put a filter in force."""
        self.filter_text = text or self.UNFILTERED
        self.query_one(FilterBar).show(self.filter_text)
        self._withdraw()
        self.reload(anew=True)

    def filter_by_value(self, terms: Sequence[str], nothing: str) -> None:
        """Filter by one of some conditions; again, take what it takes away, then drop it.

        Args:
            terms: the conditions.
            nothing: what to say where there are none.
        """
        if self._by_value is not None and self._by_value.text == self.filter_text:
            self._by_value = self._by_value.next()
            self.filter_by(self._by_value.text)
            return

        def picked(term: str | None) -> None:
            if term is not None:
                self._by_value = Step(self.filter_text, term)
                self.filter_by(self._by_value.text)

        options = [Option(term, term) for term in terms]
        if options:
            self.app.push_screen(Picker(_("Filter by this value; f again: not, then off"), options), picked)
        else:
            self.say(nothing, problem=True)

    def action_filter(self) -> None:
        """Edit the filter in place."""
        self.query_one(FilterBar).edit()

    @on(FilterBar.Changed)
    def filter_as_typed(self, changed: FilterBar.Changed) -> None:
        """Show what is taken while somebody types."""
        self.filter_text = changed.text
        self._withdraw()
        self.reload()

    def _withdraw(self) -> None:
        """Take back what was said of the filter before."""
        self.query_one(FilterBar).note("")
        self.say("")

    @on(FilterBar.Refused)
    def refuse_filter(self, refused: FilterBar.Refused) -> None:
        """Say what is wrong with the filter; the last good result stays."""
        self.refuse(refused.error)

    @on(FilterBar.Completions)
    def say_completions(self, completions: FilterBar.Completions) -> None:
        """Say what Tab would put in, with how many records have each."""
        self.say(completions.text)

    @on(FilterBar.Left)
    def leave_filter(self, left: FilterBar.Left) -> None:
        """Go back to the list with what was kept, or with what was there before."""
        self.filter_by(left.text)
        self.focus_list()

    def action_unwind(self) -> None:
        """Take the filter back, then close."""
        if self.is_filtered:
            self.filter_by("")
        else:
            self.action_close()
