"""A line for a name out of a list: a ghost shows how it goes on, Enter and Tab take it, Down lists all."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input

from deskterm.ui.dialogs.picker import Option, holding


class CatalogueLine(Input):
    """One line in which only what is offered, or nothing, makes sense."""

    class Sought(Message):
        """Somebody wants to see what there is, or typed what several names go with."""

        def __init__(self, line: CatalogueLine) -> None:
            super().__init__()
            self.line = line

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True, id=id)
        self.cursor_blink = False
        self.options: tuple[Option, ...] = ()
        self._is_whole = True

    def offer(self, options: Sequence[Option], *, is_whole: bool = True) -> None:
        """Offer names.

        Args:
            options: the names as values, and what is shown of them.
            is_whole: whether there are no others, so that anything else is wrong.
        """
        self.options, self._is_whole = tuple(options), is_whole
        self.suggester = SuggestFromList([each.value for each in options], case_sensitive=False)

    @property
    def is_meant(self) -> bool:
        """Whether the line is empty, or it is clear what is meant."""
        return not self.value.strip() or not self._is_whole or self._meant() is not None

    def take(self) -> bool:
        """Take what is meant by what was typed, and return whether that is clear."""
        is_meant, meant = self.is_meant, self._meant()
        if meant is not None:
            self.value = meant.value
        return is_meant

    def _meant(self) -> Option | None:
        """Return the name that was typed, whose ghost is seen, or that alone holds the words."""
        sought = self.value.strip().casefold()
        if not sought:
            return None
        beginning = [each for each in self.options if each.value.casefold().startswith(sought)]
        exact = [each for each in beginning if each.value.casefold() == sought]
        only = holding(self.options, sought)
        return next(iter(exact or beginning or (only if len(only) == 1 else ())), None)

    async def action_submit(self) -> None:
        """Take what is meant and go on; where several are, list them."""
        if self.take():
            await super().action_submit()
        else:
            self.seek()

    def seek(self) -> None:
        """Ask for the list of what there is."""
        self.post_message(self.Sought(self))

    def on_blur(self) -> None:
        """Take what is meant when the cursor goes on."""
        self.take()
