"""The filter bar: the query in force, edited in place, its errors underlined."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from deskterm.domain.errors import BadQuery
from deskterm.ui.gate import txt

if TYPE_CHECKING:
    from deskterm.domain.query import Query

WAIT_SECONDS = 0.15
"""Results follow this long after the last key."""


class FilterBar(Horizontal):
    """One line: a slash, the query, and how many tickets it takes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter-bar--bad"}

    class Changed(Message):
        """Another query is in force."""

        def __init__(self, text: str, query: Query) -> None:
            super().__init__()
            self.text = text
            self.query = query

    class Refused(Message):
        """What was typed does not parse; the last good query stays in force."""

        def __init__(self, error: BadQuery) -> None:
            super().__init__()
            self.error = error

    class Left(Message):
        """Editing ended; `kept` says whether by Enter."""

        def __init__(self, text: str, *, kept: bool) -> None:
            super().__init__()
            self.text = text
            self.kept = kept

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self._before = ""

    def compose(self) -> ComposeResult:
        """List slash, query, count."""
        yield Static("/ ", id="filter-slash", markup=False)
        yield Input(select_on_focus=False, compact=True, id="filter-text")
        yield Static(id="filter-note", markup=False)

    def on_mount(self) -> None:
        """Keep the cursor still, and the keys in the list until somebody asks."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.can_focus = False

    def show(self, text: str) -> None:
        """Show the query in force."""
        field = self.query_one(Input)
        if not field.has_focus and field.value != text:
            with field.prevent(Input.Changed):
                field.value = text
            field.cursor_position = 0

    def note(self, text: str) -> None:
        """Say how many tickets the query takes."""
        self.query_one("#filter-note", Static).update(txt(text, one_line=True))

    def edit(self) -> None:
        """Let somebody edit the query."""
        field = self.query_one(Input)
        self._before = field.value
        field.can_focus = True
        field.focus()
        field.cursor_position = len(field.value)

    def leave(self, *, keep: bool) -> None:
        """End editing; what was there before comes back unless it is kept."""
        field = self.query_one(Input)
        if not field.has_focus:
            return
        text = field.value if keep else self._before
        if self._timer is not None:
            self._timer.stop()
        with field.prevent(Input.Changed):
            field.value = text
        self.screen.set_focus(None)
        field.can_focus = False
        self.post_message(self.Left(text, kept=keep))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait for the next key, a little."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(WAIT_SECONDS, self._parse)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the query."""
        event.stop()
        self.leave(keep=True)

    def key_escape(self) -> None:
        """Bring back what was there."""
        self.leave(keep=False)

    def _parse(self) -> None:
        from deskterm.query import parse

        text = self.query_one(Input).value
        try:
            query = parse(text)
        except BadQuery as error:
            self._underline(text, error)
        else:
            self.post_message(self.Changed(text, query))

    def _underline(self, text: str, error: BadQuery) -> None:
        """Show where the text goes wrong; why is said on the status line."""
        spot = text[error.start : error.end] or "_"
        bad = txt(spot, one_line=True).stylize(self.get_visual_style("filter-bar--bad"))
        self.query_one("#filter-note", Static).update(Content.assemble(bad, " ?"))
        self.post_message(self.Refused(error))
