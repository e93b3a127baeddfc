"""The dashboard of a lead, and the wallboard: numbers that open what is behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.dashboard import Reach, within
from deskterm.i18n import _, ngettext
from deskterm.ui.acts import ActingScreen
from deskterm.ui.blocks import PRESETS, REACHES, Door, Look, Preset, placed
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.form import Area, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.gate import txt
from deskterm.ui.widgets.dashboard import DashboardView
from deskterm.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.reads.dashboard import AlertLine, Dashboard
    from deskterm.reads.feed import News
    from deskterm.reads.queue import QueueRow

BEAT_SECONDS = 5.0
"""How often news are looked at."""
BEATS = 12
"""After so many beats without news it is read all the same: deadlines come nearer."""
TURN_SECONDS = 20.0
"""How long a wallboard shows a preset."""
MOVED_MOST = 50
"""As many tickets behind a number can be reassigned at once."""
ALL = "*"


class DashboardScreen(ActingScreen["Dashboard"]):
    """How the desk does now."""

    CSS_PATH = style("dashboard")
    PLACE = Place.DASHBOARD
    WALL = False

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self._look = Look(scope, wall=self.WALL)
        self._board: Dashboard | None = None
        self._subjects: tuple[Subject, ...] = ()
        self._beats = 0
        self._is_old = False
        self._is_frozen = False

    def body(self) -> ComposeResult:
        """List the presets and the canvas."""
        yield Static(id="dashboard-tabs", markup=False)
        yield DashboardView(has_cursor=not self.WALL)

    def on_mount(self) -> None:
        """Put the keys on the canvas and begin to beat."""
        self.view.focus()
        self._show_tabs()
        self.set_interval(BEAT_SECONDS, self._beat)

    @property
    def view(self) -> DashboardView:
        """The canvas."""
        return self.query_one(DashboardView)

    def heading(self) -> str:
        """Return the name of the screen, and what it is about."""
        return "  ".join(part for part in (_("DASHBOARD"), self._look.scope) if part)

    def notice(self) -> str:
        """Return that it is held still."""
        return _("FROZEN") if self._is_frozen else ""

    def subjects(self) -> Sequence[Subject]:
        """Return the tickets that were picked behind a number."""
        return self._subjects

    def hear(self, news: tuple[News, ...]) -> None:
        """Take note that the numbers are old; they are read at the next beat."""
        self._is_old = self._is_old or any(each.subject_type in ("ticket", "desk") for each in news)

    def _beat(self) -> None:
        self._beats += 1
        if self.is_current and not self._is_frozen and (self._is_old or self._beats >= BEATS):
            self.reload()

    async def fetch(self) -> Dashboard:
        """Count on the second thread, so that keys don't wait for it."""
        self._is_old, self._beats = False, 0
        return await self.console.ask_slowly(self.read)

    def read(self) -> Dashboard:
        """Count everything."""
        from deskterm.reads import dashboard

        return dashboard.dashboard(
            self.console.desk, self._look.scope, self._look.reach, by=self.console.agent
        )

    def show(self, model: Dashboard) -> None:
        """Lay the numbers out."""
        self._board = model
        self._lay_out()
        self.show_header()

    def on_resize(self) -> None:
        """Lay the numbers out for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._board is not None:
            self.view.show(placed(self._board, self._look, self.size.width))
            self._say_door()

    def _show_tabs(self) -> None:
        look = self._look
        names = (
            f"[{digit} {_(name)}]" if digit is look.preset else f" {digit} {_(name)} "
            for digit, name in PRESETS.items()
        )
        words = f"{' '.join(names)}   < {_(REACHES[look.reach])} >"
        self.query_one("#dashboard-tabs", Static).update(txt(words, one_line=True))

    @on(DashboardView.Moved)
    def _say_door(self) -> None:
        """Say what Enter opens."""
        door = self.view.door
        if door is not None and not self.WALL:
            words = _("Enter opens {what}").format(what=door.number or door.query)
            self.query_one(StatusLine).about(words)

    def action_move(self, how: str) -> None:
        """Move the cursor."""
        ways = {"down": (0, 1), "up": (0, -1), "left": (-1, 0), "right": (1, 0)}
        if how in ways:
            self.view.move(*ways[how])
        else:
            self.view.jump(how)

    @on(DashboardView.Opened)
    def action_open(self) -> None:
        """Open what is behind the number."""
        door = self.view.door
        if door is None:
            return
        if door.number:
            self.console.open_ticket(door.number)
            return
        self.action_go_queue()
        self.app.call_later(self.console.show_filter, door.query)

    def action_preset(self, digit: str) -> None:
        """Show other blocks."""
        self._turn(replace(self._look, preset=Preset(digit)))

    def action_shorter(self) -> None:
        """Count less of the past."""
        self._stretch(-1)

    def action_longer(self) -> None:
        """Count more of the past."""
        self._stretch(1)

    def _stretch(self, by: int) -> None:
        reaches = list(Reach)
        place = min(max(0, reaches.index(self._look.reach) + by), len(reaches) - 1)
        self._turn(replace(self._look, reach=reaches[place]))
        self.reload(anew=True)

    def _turn(self, look: Look) -> None:
        self._look = look
        self._show_tabs()
        self._lay_out()

    def action_freeze(self) -> None:
        """Hold the numbers still, or let them live again."""
        self._is_frozen = not self._is_frozen
        self.show_header()
        if not self._is_frozen:
            self.reload()

    def action_filter(self) -> None:
        """Choose what the dashboard is all about."""
        from deskterm.query import parse
        from deskterm.reads import views

        async def submit(values: dict[str, str]) -> None:
            text = values["filter"].strip()
            desk, me = self.console.desk, self.console.agent
            await self.console.ask(lambda: views.resolved(desk, parse(text), by=me))
            self._narrow(text)

        fields = [Line("filter", _("Filter"), self._look.scope, _("such as team:network or view:lyon"))]
        self.app.push_screen(FormDialog(_("What is it all about?"), fields, submit))

    def action_filter_by(self) -> None:
        """Narrow the dashboard to the team or person under the cursor, or widen it again."""
        door, scope = self.view.door, self._look.scope
        if door is None or not door.scope:
            self.say(_("f narrows to a team or a person: go to one first."), problem=True)
        elif scope.endswith(door.scope):
            self._narrow(scope.removesuffix(door.scope).strip())
        else:
            self._narrow(within(scope, door.scope))

    def _narrow(self, scope: str) -> None:
        self._turn(replace(self._look, scope=scope))
        self.reload(anew=True)

    def action_note(self) -> None:
        """Leave a note for the next shift."""

        async def submit(values: dict[str, str]) -> None:
            from deskterm.services import shifts

            await self.console.ask(shifts.note, self.console.desk, values["body"], by=self.console.agent)
            self.console.poke()
            self.reload()

        self.app.push_screen(FormDialog(_("Shift note"), [Area("body", _("Note"))], submit))

    def action_escalate(self, reason: str = "") -> None:
        """Escalate tickets behind the number."""
        self._with_tickets(_("Escalate"), partial(super().action_escalate, reason))

    def action_wallboard(self) -> None:
        """Hang the dashboard on the wall."""
        self.app.push_screen(WallboardScreen(self._look.scope))

    def action_reassign(self) -> None:
        """Pick tickets behind the number, then who gets them."""
        self._with_tickets(_("Reassign"), self.action_assign)

    def _with_tickets(self, title: str, act: Callable[[], None]) -> None:
        """Do something to tickets behind the number, which are picked where there are several."""
        door = self.view.door
        if door is None:
            return

        async def go() -> None:
            self._pick_tickets(title, await self.console.ask(self._tickets, door), act)

        self.work(go, "perform")

    def _tickets(self, door: Door) -> tuple[QueueRow, ...]:
        from deskterm.query import parse
        from deskterm.reads import queue, views

        desk, me = self.console.desk, self.console.agent
        query = views.resolved(desk, parse(door.query or door.number), by=me)
        return queue.page(desk, query, by=me, limit=MOVED_MOST)

    def _pick_tickets(self, title: str, found: Sequence[QueueRow], act: Callable[[], None]) -> None:
        if not found:
            self.say(_("There is no ticket here."))
            return

        def picked(number: str | None) -> None:
            if number is None:
                return
            chosen = [row for row in found if number in (ALL, row.number)]
            self._subjects = tuple(Subject(row.number, row.version, row.status) for row in chosen)
            act()

        every = ngettext("all: {count} ticket", "all: {count} tickets", len(found))
        options = [
            Option(row.number, f"{row.number:<10} P{row.priority} {row.assignee or '-':<12} {row.summary}")
            for row in found
        ]
        first = [Option(ALL, every.format(count=len(found)))] if len(found) > 1 else []
        self.app.push_screen(Picker(title, [*first, *options]), picked)

    def done(self, numbers: Sequence[str], refused: Iterable[str]) -> None:
        """Count again what was moved."""
        self.reload()

    def action_acknowledge(self) -> None:
        """Say that the alerts behind the number were heard."""
        door = self.view.door
        if door is None:
            return
        if door.alert is not None:
            self._heard([(door.alert, door.number)])
            return

        async def ask() -> None:
            from deskterm.reads import dashboard

            found = await self.console.ask(
                dashboard.alerts, self.console.desk, door.query or door.number, by=self.console.agent
            )
            self._pick_alert(found)

        self.work(ask, "perform")

    def _pick_alert(self, found: Sequence[AlertLine]) -> None:
        if not found:
            self.say(_("No alert waits here."))
            return

        def picked(value: str | None) -> None:
            if value is not None:
                self._heard([(each.id, each.number) for each in found if value in (ALL, str(each.id))])

        every = ngettext("all: {count} alert", "all: {count} alerts", len(found))
        options = [
            Option(str(each.id), f"{each.number:<10} {each.target} {each.threshold} %  {each.summary}")
            for each in found
        ]
        first = [Option(ALL, every.format(count=len(found)))] if len(found) > 1 else []
        self.app.push_screen(Picker(_("Acknowledge"), [*first, *options]), picked)

    def _heard(self, alerts: Sequence[tuple[int, str]]) -> None:
        self.work(partial(self._hear_alerts, alerts), "perform")

    async def _hear_alerts(self, alerts: Sequence[tuple[int, str]]) -> None:
        from deskterm.services import escalation

        for alert, _number in alerts:
            await self.console.ask(escalation.acknowledge, self.console.desk, alert, by=self.console.agent)
        numbers = " ".join(dict.fromkeys(number for _alert, number in alerts))
        count = ngettext("{count} alert acknowledged", "{count} alerts acknowledged", len(alerts))
        self.say(f"{count.format(count=len(alerts))}: {numbers}")
        self.console.poke()
        self.reload()

    def action_unwind(self) -> None:
        """Go back."""
        self.action_close()


class WallboardScreen(DashboardScreen, inherit_bindings=False):
    """The dashboard for a wall: it asks for no key, turns its pages, names nobody, and does nothing."""

    PLACE = Place.WALLBOARD
    WALL = True

    def on_mount(self) -> None:
        """Turn the page from time to time."""
        self.set_interval(TURN_SECONDS, self._next_page)

    def heading(self) -> str:
        """Return the name of the screen, and what it is about."""
        return "  ".join(part for part in (_("WALLBOARD"), self._look.scope) if part)

    def action_close(self) -> None:
        """Take it off the wall; where nothing but a wallboard was asked for, that ends it."""
        if self.console.is_wallboard:
            self.app.exit()
        else:
            super().action_close()

    def _next_page(self) -> None:
        if not self._is_frozen:
            presets = list(Preset)
            self.action_preset(presets[(presets.index(self._look.preset) + 1) % len(presets)])
