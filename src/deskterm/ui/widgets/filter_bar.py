"""The filter bar: the query in force, edited in place, its errors underlined."""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING, cast

from rich.highlighter import Highlighter
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from deskterm import commands as registry
from deskterm.commands import Command, Place
from deskterm.commands.dialogs import STEPS
from deskterm.commands.listing import listed
from deskterm.domain.errors import BadQuery, DeskError
from deskterm.i18n import _
from deskterm.ui.bindings import bindings
from deskterm.ui.gate import txt
from deskterm.ui.resting import Rest

if TYPE_CHECKING:
    from deskterm.domain.query import Query
    from deskterm.reads.completion import Completion, Spot
    from deskterm.ui.app import DeskApp


class Underline(Highlighter):
    """Underlines the spot where a query goes wrong."""

    def __init__(self) -> None:
        self.spot: tuple[int, int] | None = None

    def highlight(self, text: Text) -> None:
        """Underline the spot."""
        if self.spot is not None:
            text.stylize("bold underline", *self.spot)


class QueryInput(Input):
    """Where a query is typed; editing begins behind a blank, so that one more would be too many."""

    def insert_text_at_cursor(self, text: str) -> None:
        """Take what was typed, but no second blank in a row outside quotes."""
        before = self.value[: self.cursor_position]
        if text != " " or not before.endswith(" ") or before.count('"') % 2:
            super().insert_text_at_cursor(text)


class FilterBar(Horizontal):
    """One line: a slash, the query, and how many records it takes."""

    class Changed(Message):
        """Another query is in force."""

        def __init__(self, text: str, query: Query) -> None:
            super().__init__()
            self.text = text
            self.query = query

    class Edited(Message):
        """Somebody begins to type here."""

    class Refused(Message):
        """What was typed does not parse; the last good query stays in force."""

        def __init__(self, error: BadQuery) -> None:
            super().__init__()
            self.error = error

    class Completions(Message):
        """What Tab would put in, with counts; empty for nothing."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Editing ended; `kept` says whether by Enter."""

        def __init__(self, text: str, *, kept: bool) -> None:
            super().__init__()
            self.text = text
            self.kept = kept

    def __init__(self, *, record: str = "ticket", shy: bool = False) -> None:
        """Make a bar.

        Args:
            record: what is filtered; Tab counts those.
            shy: whether the bar takes its line only while there is a filter.
        """
        super().__init__()
        self._record = record
        self._is_shy = shy
        self._rest = Rest(self)
        self._before = ""
        self._underline = Underline()
        self._spot: Spot | None = None
        self._offered: tuple[Completion, ...] = ()
        self._chosen = -1

    @property
    def is_editing(self) -> bool:
        """Whether somebody is typing here."""
        return self.query_one(Input).has_focus

    def compose(self) -> ComposeResult:
        """List slash, query, count."""
        yield Static("/ ", id="filter-slash", markup=False)
        yield QueryInput(select_on_focus=False, compact=True, highlighter=self._underline, id="filter-text")
        yield Static(id="filter-note", markup=False)

    def on_mount(self) -> None:
        """Keep the cursor still, and the keys in the list until somebody asks."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.can_focus = False
        self._bindings = BindingsMap(bindings(self._commands, is_over_text=True))

    @property
    def _commands(self) -> tuple[Command, ...]:
        """What can be asked for here, with the keys that whoever sits here wants."""
        return cast("DeskApp", self.app).keymap.commands(Place.FILTER)

    def show(self, text: str) -> None:
        """Show the query in force."""
        field = self.query_one(Input)
        if not field.has_focus:
            self.display = bool(text) or not self._is_shy
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
        self.display = field.can_focus = True
        field.focus()
        self.post_message(self.Edited())
        with field.prevent(Input.Changed):
            field.value = f"{self._before} ".lstrip()
        field.cursor_position = len(field.value)

    def leave(self, *, keep: bool) -> None:
        """End editing; what was there before comes back unless it is kept."""
        field = self.query_one(Input)
        if not field.has_focus:
            return
        text = field.value.rstrip() if keep else self._before
        self._rest.stop()
        self._underline.spot, self._spot = None, None
        with field.prevent(Input.Changed):
            field.value = text
        self.screen.set_focus(None)
        field.can_focus = False
        self.post_message(self.Left(text, kept=keep))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait for the next key, a little."""
        event.stop()
        self._spot = None
        self._rest.then(self._parse)

    async def action_run_command(self, name: str) -> None:
        """Do what the command with this name asks."""
        command = registry.command(name)
        given = (command.parameter,) if command.parameter else ()
        result = getattr(self, f"action_{command.action}")(*given)
        if isawaitable(result):
            await result

    def action_keep(self) -> None:
        """Keep the query."""
        self.leave(keep=True)

    def action_restore(self) -> None:
        """Bring back what was there."""
        self.leave(keep=False)

    def action_help(self) -> None:
        """Show the keys of this line."""
        from deskterm.ui.dialogs.report import Report

        lines = [f"{keys:<12} {_(command.help)}" for command, keys in listed(self._commands)]
        self.app.push_screen(Report(_("Keys"), lines))

    def _parse(self) -> None:
        from deskterm.query import parse

        field = self.query_one(Input)
        if not field.has_focus:
            return
        self._spot = None
        try:
            query = parse(field.value)
        except BadQuery as error:
            self._show_spot((error.start, max(error.end, error.start + 1)))
            self.note("?")
            self.post_message(self.Refused(error))
        else:
            self._show_spot(None)
            self.post_message(self.Changed(field.value, query))

    def _show_spot(self, where: tuple[int, int] | None) -> None:
        """Underline where the text goes wrong; why is said on the status line."""
        self._underline.spot = where
        self.query_one(Input).refresh()

    async def action_complete(self, by: str) -> None:
        """Put in what may stand before the cursor, one after the other."""
        field = self.query_one(Input)
        if not field.has_focus:
            return
        if self._spot is None:
            self._spot, self._offered = await self._offers(field.value, field.cursor_position)
            self._chosen = -1
        if not self._offered:
            self._spot = None
            return
        self._chosen = (self._chosen + STEPS[by]) % len(self._offered)
        self._put(self._offered[self._chosen].text)
        self._say_offers()

    def _say_offers(self) -> None:
        self.post_message(self.Completions("  ".join(map(str, self._listed()))))

    async def _offers(self, text: str, cursor: int) -> tuple[Spot | None, tuple[Completion, ...]]:
        """Return the word at the cursor, and what may stand there; values are counted on the desk."""
        from deskterm.reads import completion

        console = cast("DeskApp", self.app)
        try:
            return await console.ask(
                completion.complete, console.desk, text, cursor, by=console.agent, record=self._record
            )
        except DeskError:
            return None, ()

    def _put(self, text: str) -> None:
        field, at = self.query_one(Input), self._spot
        assert at is not None, "there is a spot while there are offers"
        after = field.value[field.cursor_position :]
        with field.prevent(Input.Changed):
            field.value = field.value[: at.start] + text + after
            field.cursor_position = at.start + len(text)
        if len(self._offered) == 1:
            self._spot = None
        self._rest.then(self._parse_kept)

    def _parse_kept(self) -> None:
        """Put what was completed in force, and go on offering the rest."""
        at = self._spot
        self._parse()
        self._spot = at
        if at is not None:
            self._say_offers()

    def _listed(self) -> tuple[Completion, ...]:
        """Return the offers from the chosen one on."""
        return self._offered[self._chosen :] + self._offered[: self._chosen]
