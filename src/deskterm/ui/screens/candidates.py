"""Candidates: what may be worth a problem, why, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.form import Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import DoingScreen
from deskterm.ui.filtering import FilteringScreen
from deskterm.ui.gate import txt
from deskterm.ui.widgets import problem_pages
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.ticket_table import TicketTable

if TYPE_CHECKING:
    from deskterm.reads.candidates import Candidate


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate as a row of the table."""

    candidate: Candidate

    @property
    def key(self) -> int:
        """The candidate's id."""
        return self.candidate.id


class CandidatesScreen(FilteringScreen[tuple["Candidate", ...]], DoingScreen[tuple["Candidate", ...]]):
    """What waits for a decision, the newest first; a filter takes what speaks of its tickets."""

    CSS_PATH = style("board")
    PLACE = Place.CANDIDATES
    LISTENS = ("candidate", "problem", "desk")

    def __init__(self) -> None:
        super().__init__()
        self._now = datetime.min.replace(tzinfo=UTC)
        self._found: tuple[Candidate, ...] = ()

    def body(self) -> ComposeResult:
        """List the table, and the detail of what is under the cursor."""
        columns: tuple[Column[CandidateRow], ...] = (
            Column("signal", _("Signal"), lambda row: Cell(label(row.candidate.signal)), 14),
            Column("weeks", _("9 weeks"), lambda row: Cell(row.candidate.sparkline), 9),
            Column("reason", _("Why"), lambda row: Cell(row.candidate.reason), 30, flex=True),
            Column("tickets", _("Tickets"), lambda row: Cell(str(len(row.candidate.tickets))), 7, rank=1),
            Column("problem", _("Like"), lambda row: Cell(row.candidate.problem, "muted"), 8, rank=2),
            Column("found", _("Found"), lambda row: Cell(self._age(row.candidate)), 5, rank=3),
        )
        yield FilterBar(shy=True)
        yield TicketTable(columns, id="candidates-table")
        yield Static(id="candidates-empty", markup=False)
        yield Static(id="candidates-detail", markup=False)

    def _age(self, candidate: Candidate) -> str:
        return times.age(self._now - candidate.found_at)

    def on_mount(self) -> None:
        """Put the keys in the table."""
        self.focus_list()

    def focus_list(self) -> None:
        """Put the keys in the table."""
        self.table.focus()

    @property
    def table(self) -> TicketTable[CandidateRow]:
        """The list."""
        return self.query_one("#candidates-table", TicketTable)

    def subjects(self) -> Sequence[Subject]:
        """Return nothing: keys act on candidates here."""
        return ()

    def heading(self) -> str:
        """Return the name of the screen, and how many wait."""
        return f"{_('CANDIDATES')}  {len(self._found)}"

    def read(self) -> tuple[Candidate, ...]:
        """Fetch what waits."""
        from deskterm.query import parse
        from deskterm.reads import candidates, views

        desk, me = self.console.desk, self.console.agent
        query = views.resolved(desk, parse(self.filter_text), by=me)
        return candidates.waiting(desk, by=me, condition=query.condition)

    def show(self, model: tuple[Candidate, ...]) -> None:
        """Fill the table."""
        self._found, self._now = model, self.console.desk.clock.now()
        self.table.show([CandidateRow(each) for each in model], len(model))
        empty = self.query_one("#candidates-empty", Static)
        self.table.display, empty.display = bool(model), not model
        none = _("No candidate has a ticket that the filter takes.") if self.is_filtered else ""
        empty.update(txt(none or _("Nothing repeats, nothing rises. n looks again.")))
        self._show_detail()
        self.show_header()

    @property
    def _chosen(self) -> Candidate | None:
        return next((each for each in self._found if each.id == self.table.cursor), None)

    @on(TicketTable.CursorMoved)
    def _show_detail(self) -> None:
        """Show reason and tickets of what is under the cursor."""
        chosen, detail = self._chosen, self.query_one("#candidates-detail", Static)
        detail.display = chosen is not None
        if chosen is not None:
            lines = [chosen.reason, *map(problem_pages.ticket_line, chosen.tickets)]
            detail.update(Content("\n").join(txt(line, one_line=True) for line in lines))

    def action_move(self, how: str) -> None:
        """Move the cursor."""
        getattr(self.table, f"action_{how}")()

    @on(TicketTable.Opened)
    def action_open(self) -> None:
        """Open one of the tickets."""
        chosen = self._chosen
        if chosen is None:
            return

        def picked(number: str | None) -> None:
            if number is not None:
                self.console.open_ticket(number)

        options = [Option(each.number, problem_pages.ticket_line(each)) for each in chosen.tickets]
        self.app.push_screen(Picker(chosen.reason, options), picked)

    def action_new(self) -> None:
        """Ask how the problem is called, then open it and go there."""
        from deskterm.services import candidates

        chosen = self._chosen
        if chosen is None:
            return

        async def submit(values: dict[str, str]) -> None:
            summary = values["summary"].strip()
            number = await self._decide(candidates.open_problem, chosen, summary=summary)
            self.call_later(self.console.open_ticket, number)

        count = ngettext("{count} ticket", "{count} tickets", len(chosen.tickets))
        title = _("Open a problem with {count}").format(count=count.format(count=len(chosen.tickets)))
        newest = chosen.tickets[0].summary if chosen.tickets else chosen.subject
        self._ask(title, [Line("summary", _("Summary"), newest)], submit)

    def action_add(self) -> None:
        """Ask which problem takes the tickets."""
        from deskterm.services import candidates

        chosen = self._chosen
        if chosen is None:
            return

        async def submit(values: dict[str, str]) -> None:
            number = values["number"].strip()
            added = await self._decide(candidates.add_to, chosen, number)
            words = ngettext("{count} ticket added to {number}", "{count} tickets added to {number}", added)
            self.say(words.format(count=added, number=number))

        self._ask(_("Add to"), [Line("number", _("Problem"), chosen.problem, "PRB-1")], submit)

    def action_reject(self) -> None:
        """Ask why it is no problem."""
        from deskterm.services import candidates

        chosen = self._chosen
        if chosen is None:
            return

        async def submit(values: dict[str, str]) -> None:
            await self._decide(candidates.dismiss, chosen, values["reason"])
            self.say(_("Dismissed; it comes back only when it grows."))

        self._ask(_("Dismiss: {subject}").format(subject=chosen.subject), [Line("reason", _("Why"))], submit)

    def action_look(self) -> None:
        """Look for candidates now."""
        from deskterm.services import candidates

        console = self.console

        async def look() -> None:
            found, more = 0, True
            while more:
                chunk = await console.ask(candidates.detect, console.desk, by=console.agent)
                found, more = found + chunk.found, chunk.more
            console.poke()
            self.say(ngettext("{count} new candidate", "{count} new candidates", found).format(count=found))
            self.reload(anew=True)

        self.work(look, "perform")

    async def _decide(self, act: Callable[..., Any], chosen: Candidate, *args: Any, **kwargs: Any) -> Any:
        console = self.console
        decide = partial(act, console.desk, chosen.id, *args, by=console.agent, **kwargs)
        result = await console.ask(decide)
        console.poke()
        self.reload(anew=True)
        return result

    def _ask(self, title: str, fields: Sequence[Field], submit: Callable[[dict[str, str]], Any]) -> None:
        self.app.push_screen(FormDialog(title, fields, submit))
