"""The approvals inbox: what waits for my vote, with the whole request to read, decided in two keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import GateNotMet
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import change_words, times
from deskterm.ui.change_routes import open_change
from deskterm.ui.changing import ChangingScreen
from deskterm.ui.dialogs.form import Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.filtering import FilteringScreen
from deskterm.ui.gate import txt
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.ticket_table import TicketTable

if TYPE_CHECKING:
    from deskterm.reads.approvals import DelegationView, Inbox, InboxRow, TemplateRow
    from deskterm.reads.change import ChangeRecord


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change or a template in the list."""

    key: int
    sign: str
    number: str
    what: str
    tier: str
    tally: str
    due_at: datetime | None
    template: str = ""
    """The key of a proposed template; empty for a change."""


def waiting_change(row: InboxRow) -> Waiting:
    """Return the line of a change."""
    change = row.change
    mark = change_words.sign(change)
    told = f"{label(change.kind)}, {change_words.coded(change.risk)}: {change.summary}"
    tally = change_words.tally_words(row.tally)
    return Waiting(change.key, mark, change.number, told, row.tier, tally, row.due_at)


def waiting_template(place: int, row: TemplateRow) -> Waiting:
    """Return the line of a proposed template; its key among the rows is negative."""
    what = _("template {name}, proposed by {login}").format(name=row.name, login=row.proposed_by)
    return Waiting(-place, "?", _("template"), what, "", "", None, row.key)


Requests: TypeAlias = "tuple[Inbox, dict[int, ChangeRecord]]"


class ApprovalsScreen(FilteringScreen[Requests], ChangingScreen[Requests]):
    """What waits for a decision of whoever sits here, the nearest time-out first."""

    CSS_PATH = style("change")
    PLACE = Place.APPROVALS
    LISTENS = ("change", "desk", "delegation")

    def __init__(self) -> None:
        super().__init__()
        self._now = datetime.min.replace(tzinfo=UTC)
        self._rows: dict[int, Waiting] = {}
        self._records: dict[int, ChangeRecord] = {}

    def body(self) -> ComposeResult:
        """List table, request, what there is when nothing waits."""
        columns: tuple[Column[Waiting], ...] = (
            Column("sign", "", lambda row: Cell(row.sign, "at-risk"), 2),
            Column("due", _("Until"), lambda row: Cell(self._due(row)), 10),
            Column("number", _("Number"), lambda row: Cell(row.number), 9),
            Column("what", _("What"), lambda row: Cell(row.what), 20, flex=True),
            Column("tier", _("Who decides"), lambda row: Cell(row.tier), 12),
            Column("tally", _("Votes"), lambda row: Cell(row.tally), 17),
        )
        yield FilterBar(record="change", shy=True)
        yield TicketTable(columns, id="approvals-table")
        yield Static(id="approvals-empty", markup=False)
        with VerticalScroll(id="approvals-request", can_focus=False):
            yield Static(id="approvals-text", markup=False)
        yield Static(id="approvals-delegations", markup=False)

    def on_mount(self) -> None:
        """Put the keys in the table."""
        self.focus_list()

    def focus_list(self) -> None:
        """Put the keys in the table."""
        self.table.focus()

    def _due(self, row: Waiting) -> str:
        return times.moment(row.due_at, self._now) if row.due_at else ""

    @property
    def table(self) -> TicketTable[Waiting]:
        """The list."""
        return self.query_one("#approvals-table", TicketTable)

    @property
    def _chosen(self) -> Waiting | None:
        return self._rows.get(self.table.cursor) if self.table.cursor is not None else None

    @property
    def change(self) -> ChangeRecord | None:
        """The change under the cursor."""
        return self._records.get(self.table.cursor) if self.table.cursor is not None else None

    def heading(self) -> str:
        """Return the name of the screen."""
        return _("APPROVALS")

    def notice(self) -> str:
        """Return how many wait."""
        count = len(self._rows)
        return (
            ngettext("{count} waits for you", "{count} wait for you", count).format(count=count)
            if count
            else ""
        )

    def read(self) -> Requests:
        """Fetch what waits, with every request to read."""
        from deskterm.query import parse
        from deskterm.reads import approvals, change

        desk, me = self.console.desk, self.console.agent
        inbox = approvals.inbox(desk, by=me, condition=parse(self.filter_text).condition)
        return inbox, {row.change.key: change.record(desk, row.change.number, by=me) for row in inbox.changes}

    def show(self, model: Requests) -> None:
        """Fill table and request."""
        inbox, self._records = model
        self._now = self.console.desk.clock.now()
        rows = [
            *map(waiting_change, inbox.changes),
            *(waiting_template(place, row) for place, row in enumerate(inbox.templates, 1)),
        ]
        self._rows = {row.key: row for row in rows}
        self.table.show(rows, len(rows))
        empty = self.query_one("#approvals-empty", Static)
        self.table.display, empty.display = bool(rows), not rows
        none = _("No change that waits for you is taken by the filter.") if self.is_filtered else ""
        empty.update(txt(none or _("Nothing waits for your decision. D lets somebody vote in your place.")))
        self.query_one("#approvals-delegations", Static).update(self._delegations(inbox))
        self._show_request()
        self.show_header()

    @on(TicketTable.CursorMoved)
    def _show_request(self) -> None:
        """Show the whole request under the cursor."""
        self.query_one("#approvals-text", Static).update(self._request())
        self.query_one("#approvals-request").scroll_home(animate=False)

    def _delegations(self, inbox: Inbox) -> Content:
        """Return who votes for whom, from when if that is to come, and until when."""
        lines = [delegation_words(each, self._now) for each in inbox.delegations]
        return change_words.block(lines)

    def _request(self) -> Content:
        """Return the whole request under the cursor, or what a proposed template says."""
        record, row = self.change, self._chosen
        if record is None:
            return txt(row.what) if row is not None else txt("")
        parts = (
            change_words.block([(record.row.summary, True), change_words.facts_line(record)]),
            change_words.summary(record),
            change_words.plan(record),
            change_words.approvals(record),
        )
        return Content("\n\n").join(parts)

    def action_travel(self, how: str) -> None:
        """Move the cursor."""
        getattr(self.table, f"action_{how}")()

    def action_read_on(self) -> None:
        """Scroll the request down."""
        self.query_one("#approvals-request").scroll_page_down(animate=False)

    def action_read_back(self) -> None:
        """Scroll the request up."""
        self.query_one("#approvals-request").scroll_page_up(animate=False)

    @on(TicketTable.Opened)
    def action_open(self) -> None:
        """Open the change."""
        if self.change is not None:
            open_change(self, self.change.row.number, tab=3)

    def action_approve(self) -> None:
        """Vote for the change, or approve the template."""
        row = self._chosen
        if row is not None and row.template:
            self._decide_template(row, granted=True)
        else:
            super().action_approve()

    def action_refuse_change(self) -> None:
        """Vote against the change, or refuse the template."""
        row = self._chosen
        if row is not None and row.template:
            self._decide_template(row, granted=False)
        else:
            super().action_refuse_change()

    def _decide_template(self, row: Waiting, *, granted: bool) -> None:
        from deskterm.services import templates

        async def submit(values: dict[str, str]) -> None:
            await self.act(
                templates.decide,
                row.template,
                granted,
                words=_("{number}: decided"),
                comment=values["comment"],
            )

        title = _("Approve") if granted else _("Refuse")
        question = _("Comment, if you like: Enter approves") if granted else _("Why not")
        self.app.push_screen(FormDialog(f"{title}: {row.what}", [Line("comment", question)], submit))

    def action_delegate(self) -> None:
        """Let somebody vote in my place between two instants."""
        from deskterm.reads import people
        from deskterm.services import approvals

        async def ask() -> None:
            agents = await self.console.ask(people.agents, self.console.desk, by=self.console.agent)
            options = tuple((each.login, each.login) for each in agents if each.login != self.console.agent)
            fields: list[Field] = [
                Choice("to", _("Who votes in my place"), options),
                Line("starts_at", _("From"), "", _("now")),
                Line("ends_at", _("Until"), "", _("such as 5d or 2026-06-12")),
            ]
            self.app.push_screen(FormDialog(_("Delegate"), fields, submit, keep="delegate"))

        async def submit(values: dict[str, str]) -> None:
            now = self.console.desk.clock.now()
            start = times.instant(values["starts_at"], now) if values["starts_at"].strip() else now
            end = times.instant(values["ends_at"], start) if start else None
            if start is None or end is None:
                field = "starts_at" if start is None else "ends_at"
                raise GateNotMet(N_("That is no day or time."), field=field)
            desk, me = self.console.desk, self.console.agent
            await self.console.ask(approvals.delegate, desk, values["to"], start, end, by=me)
            self.console.poke()
            self.say(_("{login} votes in your place").format(login=values["to"]))

        self.work(ask, "perform")

    def action_end_delegation(self) -> None:
        """Take a delegation back: one's own, one to oneself, anybody's as a lead."""
        from deskterm.reads import approvals as reads
        from deskterm.services import approvals

        console = self.console

        async def end(delegation: int) -> None:
            await console.ask(approvals.end_delegation, console.desk, delegation, by=console.agent)
            console.poke()
            self.say(_("The delegation is over."))

        def picked(delegation: str | None) -> None:
            if delegation is not None:
                self.work(lambda: end(int(delegation)), "perform")

        async def show() -> None:
            found = await console.ask(reads.endable, console.desk, by=console.agent)
            if not found:
                self.say(_("No delegation is in force or to come that you could end."))
                return
            options = [Option(str(each.id), delegation_words(each, self._now)) for each in found]
            self.app.push_screen(Picker(_("End which delegation?"), options), picked)

        self.work(show, "perform")


def delegation_words(row: DelegationView, now: datetime) -> str:
    """Return who votes for whom: from when if that is to come, and until when."""
    until = times.moment(row.ends_at, now)
    if row.starts_at <= now:
        return _("{login} is voted for by {to} until {until}").format(login=row.login, to=row.to, until=until)
    return _("{login} is voted for by {to} from {start} until {until}").format(
        login=row.login, to=row.to, start=times.moment(row.starts_at, now), until=until
    )
