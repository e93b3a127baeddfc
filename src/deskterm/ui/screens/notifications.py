"""The notification centre: what an agent ought to know and has not read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import DeskError
from deskterm.domain.people import SYSTEM
from deskterm.i18n import _
from deskterm.labels import event_words
from deskterm.ui import times
from deskterm.ui.deeds import Subject
from deskterm.ui.doing import DoingScreen
from deskterm.ui.filtering import FilteringScreen
from deskterm.ui.gate import txt
from deskterm.ui.sentences import detail
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.ticket_table import TicketTable

if TYPE_CHECKING:
    from deskterm.reads.notifications import NotificationRow


class NotificationsScreen(
    FilteringScreen[tuple["NotificationRow", ...]], DoingScreen[tuple["NotificationRow", ...]]
):
    """Unread notifications, the newest first; a filter takes those of its tickets."""

    CSS_PATH = style("notifications")
    PLACE = Place.NOTIFICATIONS
    LISTENS = ("ticket",)

    def __init__(self) -> None:
        super().__init__()
        self._now = datetime.min.replace(tzinfo=UTC)
        self._rows: tuple[NotificationRow, ...] = ()

    def body(self) -> ComposeResult:
        """List the table."""
        columns: tuple[Column[NotificationRow], ...] = (
            Column("sign", "", lambda row: Cell("!!" if row.urgent else "", "breached"), 2),
            Column("at", _("At"), lambda row: Cell(times.moment(row.at, self._now)), 16),
            Column("id", _("ID"), lambda row: Cell(row.number), 9),
            Column("what", _("What"), lambda row: Cell(notification_words(row)), 24, flex=True),
            Column("summary", _("Summary"), lambda row: Cell(row.summary, "muted"), 20, flex=True, rank=1),
        )
        yield FilterBar()
        yield TicketTable(columns, id="notifications-table")
        yield Static(id="notifications-empty", markup=False)

    def on_mount(self) -> None:
        """Put the keys in the table."""
        self.focus_list()

    def focus_list(self) -> None:
        """Put the keys in the table."""
        self.table.focus()

    @property
    def table(self) -> TicketTable[NotificationRow]:
        """The list."""
        return self.query_one("#notifications-table", TicketTable)

    def subjects(self) -> tuple[Subject, ...]:
        """Return nothing: keys act on notifications here."""
        return ()

    def heading(self) -> str:
        """Return the name of the screen."""
        return _("NOTIFICATIONS")

    def read(self) -> tuple[NotificationRow, ...]:
        """Fetch what is unread."""
        from deskterm.query import parse
        from deskterm.reads import notifications, views

        desk, me = self.console.desk, self.console.agent
        query = views.resolved(desk, parse(self.filter_text), by=me)
        return notifications.unread(desk, by=me, condition=query.condition)

    def show(self, model: tuple[NotificationRow, ...]) -> None:
        """Fill the table."""
        self._rows, self._now = model, self.console.desk.clock.now()
        self.table.show(model, len(model))
        empty = self.query_one("#notifications-empty", Static)
        self.table.display, empty.display = bool(model), not model
        empty.update(
            txt(_("Nothing unread on what the filter takes.") if self.is_filtered else _("Nothing unread."))
        )

    @property
    def _chosen(self) -> tuple[NotificationRow, ...]:
        wanted = set(self.table.chosen)
        return tuple(row for row in self._rows if row.key in wanted)

    def action_move(self, how: str) -> None:
        """Move the cursor."""
        getattr(self.table, f"action_{how}")()

    @on(TicketTable.Opened)
    def action_open(self) -> None:
        """Open the ticket; that reads the notification."""
        for row in self._chosen[:1]:
            self._read_these((row.id,))
            if row.number:
                self.console.open_ticket(row.number)

    def action_read(self) -> None:
        """Mark as read."""
        self._read_these(tuple(row.id for row in self._chosen))

    def action_read_all(self) -> None:
        """Mark all as read."""
        self._read_these(None)

    def _read_these(self, ids: tuple[int, ...] | None) -> None:
        self.work(partial(self._reading, ids), "perform")

    async def _reading(self, ids: tuple[int, ...] | None) -> None:
        from deskterm.services import workplace

        await self.performed(workplace.read_notifications, self.console.desk, ids, by=self.console.agent)
        self.reload(anew=True)
        self.console.count_unread()

    def action_acknowledge(self) -> None:
        """Acknowledge the alerts that were chosen."""
        alerts = {row.alert_id: row.number for row in self._chosen if row.alert_id is not None}
        if not alerts:
            self.say(_("That is no alert."))
            return
        self.work(partial(self._acknowledging, alerts), "perform")

    async def _acknowledging(self, alerts: Mapping[int, str]) -> None:
        from deskterm.services import escalation

        console = self.console
        for alert, number in alerts.items():
            try:
                await console.ask(escalation.acknowledge, console.desk, alert, by=console.agent)
            except DeskError as error:
                self.refuse(error)
            else:
                self.say(_("Alert on {number} acknowledged").format(number=number))


def notification_words(row: NotificationRow) -> str:
    """Return what a notification says: what happened, why, by whom unless it was the desk."""
    told = [event_words(row.kind)]
    for name in ("target", "threshold", "reason", "by"):
        value = row.details.get(name)
        if value not in (None, "", SYSTEM):
            told.append(detail(row.kind, name, value, row.at))
    return "  ".join(told)
