"""A ticket: header lines, clocks, timeline and other pages, a composer at the bottom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from deskterm.assets import style
from deskterm.commands import Need, Place, Situation
from deskterm.domain.ticket import NUMBER, key_of
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import suspects, times
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.gate import txt
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.widgets import record
from deskterm.ui.widgets.composer import Composer
from deskterm.ui.widgets.link_list import LinkList
from deskterm.ui.widgets.page import Page
from deskterm.ui.widgets.preview import ClockLines, facts
from deskterm.ui.widgets.timeline import Timeline
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs
from deskterm.ui.writing import WritingScreen

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.domain.sla import Explanation
    from deskterm.reads.changes import ChangeRow
    from deskterm.reads.problems import KnownError
    from deskterm.reads.ticket import Here, TicketRecord, TimelineEntry, Unread

TIMELINE, DETAILS, LINKS, SLA, LEDGER = range(5)
TABS = (N_("Timeline"), N_("Details"), N_("Links"), N_("SLA"), N_("Ledger"))
PRESENCE_SECONDS = 15.0
"""How often a console says that it still has the ticket open."""
CLOCK_SECONDS = 10.0
"""How often the clocks, and who else is here, are read again."""
OWN_PRIORITY = "own"


@dataclass(frozen=True, slots=True)
class TicketModel:
    """Everything that the pages show."""

    record: TicketRecord
    entries: tuple[TimelineEntry, ...]
    ledger: tuple[Entry, ...]
    explanations: tuple[Explanation, ...]
    unread: Unread
    errors: tuple[KnownError, ...]
    changes: tuple[ChangeRow, ...]


class TicketScreen(WritingScreen[TicketModel]):
    """One ticket, opened over the screen it came from."""

    CSS_PATH = style("ticket")
    PLACE = Place.TICKET
    LISTENS = ("ticket",)

    def __init__(self, number: str, *, compose: str = "") -> None:
        super().__init__()
        self.number = number
        self._tab = TIMELINE
        self._if_priority: int | None = None
        self._model: TicketModel | None = None
        self._unread_since: datetime | None = None
        self._compose_at_once = compose

    def body(self) -> ComposeResult:
        """List header lines, tabs, pages, side, composer."""
        yield Static(id="ticket-summary", markup=False)
        yield Static(id="ticket-facts", markup=False)
        yield ClockLines(id="ticket-clocks")
        yield ViewTabs()
        with Horizontal(id="ticket-body"):
            with Vertical(id="ticket-main"):
                yield Timeline(id="ticket-timeline")
                yield LinkList(id="ticket-links")
                with VerticalScroll(id="ticket-page", can_focus=True):
                    yield Page(id="ticket-text")
                find = Input(placeholder=_("find"), select_on_focus=True, compact=True, id="ticket-find")
                find.cursor_blink = False
                yield find
                yield Composer()
            with VerticalScroll(id="ticket-side", can_focus=False):
                yield ClockLines(id="side-clocks")
                yield Static(id="side-facts", markup=False)

    def on_mount(self) -> None:
        """Read, and say that somebody is here."""
        self.composer.display = self.query_one("#ticket-find").display = False
        self._show_page()
        self.query_one(Timeline).focus()
        self._show_tabs()
        self.set_interval(PRESENCE_SECONDS, self.be_here)
        self.set_interval(CLOCK_SECONDS, self._tick)
        self.be_here()

    def on_unmount(self) -> None:
        """Say that nobody is here any more, and that what was shown has been read."""
        from deskterm.services import workplace

        console = self.console
        if not console.ready.is_set():
            return
        console.run_worker(console.ask(workplace.away, console.desk, console.session, by=console.agent))
        if self._model is not None and self._model.unread.ids:
            read = partial(workplace.read_notifications, console.desk, self._model.unread.ids)
            console.run_worker(console.ask(read, by=console.agent))
            console.call_later(console.count_unread)

    def heading(self) -> str:
        """Return the number, where it stands in its view, and who else is here."""
        if self._model is None:
            return self.number
        shown = self._model.record
        place = self._queue.place_of(shown.key) if self._queue is not None else ""
        here = "  ".join(present(each) for each in shown.here)
        parts = (shown.number, f"P{shown.priority}", label(shown.status).upper(), place, here)
        return "  ".join(part for part in parts if part)

    def situation(self) -> Situation:
        """Return what commands may ask of this ticket."""
        found = super().situation()
        if self._model is None:
            return found
        shown = self._model.record
        return Situation({*found.has, Need.TICKET}, shown.number, shown.status)

    @property
    def _queue(self) -> QueueScreen | None:
        return next((screen for screen in self.app.screen_stack if isinstance(screen, QueueScreen)), None)

    @property
    def addressee(self) -> str:
        """Who a reply goes to."""
        caller = self._model.record.caller if self._model is not None else None
        return caller.name if caller is not None else _("nobody")

    def about(self) -> Sequence[str]:
        """Return what an editor shows above the text: the ticket, its clocks, the last message."""
        if self._model is None:
            return ()
        shown, entries = self._model.record, self._model.entries
        head = f"{shown.number}  P{shown.priority}  {label(shown.status)}  {shown.summary}"
        clocks = [
            f"{label(each.name)} {label(each.stage)}, {times.left(each.left(shown.read_at))}"
            for each in shown.clocks
        ]
        last = next((each for each in reversed(entries) if each.body and not each.recalled), None)
        said = [f"{last.by}, {times.moment(last.at, shown.read_at)}:", last.body] if last else []
        return (head, *clocks, "", *said)

    def read(self) -> TicketModel:
        """Fetch the ticket and its pages."""
        from deskterm.reads import changes, problems, ticket
        from deskterm.reads import clocks as clock_reads

        desk, me, number = self.console.desk, self.console.agent, self.number
        found = ticket.record(desk, number, by=me)
        opening = ticket.opening(found)
        return TicketModel(
            found,
            (*([opening] if opening else []), *ticket.timeline(desk, number, by=me)),
            ticket.ledger(desk, number, by=me),
            clock_reads.explain(desk, number, by=me, if_priority=self._if_priority),
            ticket.unread(desk, number, by=me),
            problems.known_errors_for(desk, number, by=me),
            changes.recent(desk, number, by=me),
        )

    def show(self, model: TicketModel) -> None:
        """Fill the pages."""
        before, self._model = self._model, model
        shown = model.record
        self.number = shown.number
        if self._unread_since is None:
            self._unread_since = model.unread.since
        self.query_one("#ticket-summary", Static).update(txt(shown.summary, one_line=True))
        self.query_one("#ticket-facts", Static).update(txt(facts(shown)[0], one_line=True))
        self.query_one("#ticket-clocks", ClockLines).show(shown, shown.read_at, in_one_line=True)
        self.query_one("#side-clocks", ClockLines).show(shown, shown.read_at)
        self.query_one(Timeline).show(model.entries, shown.read_at, unread_since=self._unread_since)
        self.query_one(LinkList).show(shown.links)
        self.query_one("#side-facts", Static).update(_side(model))
        self._show_page()
        self._show_tabs()
        self.show_header()
        if self.composer.is_open and before is not None and before.record.version != shown.version:
            self.say(_("{number} changed while you were writing.").format(number=shown.number))
        if self._compose_at_once:
            is_public, self._compose_at_once = self._compose_at_once == "reply", ""
            self.write(is_public=is_public)

    def _show_tabs(self) -> None:
        model = self._model
        counts = (
            (len(model.entries), None, len(model.record.links), None, len(model.ledger))
            if model
            else (None,) * len(TABS)
        )
        signs = ["+" if place == DETAILS and model and _suspects(model) else "" for place in range(len(TABS))]
        tabs = [
            Tab(str(place), _(name), count, sign)
            for place, (name, count, sign) in enumerate(zip(TABS, counts, signs, strict=True), 1)
        ]
        self.query_one(ViewTabs).show(tabs, str(self._tab + 1))

    def _show_page(self) -> None:
        timeline, links, page = (
            self.query_one(Timeline),
            self.query_one(LinkList),
            self.query_one("#ticket-page"),
        )
        timeline.display, links.display = self._tab == TIMELINE, self._tab == LINKS
        page.display = self._tab not in (TIMELINE, LINKS)
        if self._model is not None and page.display:
            self.query_one(Page).show(partial(_page, self._tab, self._model, self._if_priority))

    def _tick(self) -> None:
        """Read again so that clocks go on."""
        if self.is_current and self.console.ready.is_set():
            self.reload()

    def subjects(self) -> Sequence[Subject]:
        """Return this ticket."""
        if self._model is None:
            return ()
        shown = self._model.record
        return (Subject(shown.number, shown.version, shown.status, shown.impact, shown.urgency),)

    def be_here(self) -> None:
        """Tell others that somebody is here, and whether they type."""
        from deskterm.services import workplace

        if self.console.ready.is_set():
            console, typing = self.console, self.composer.is_open
            self.perform(
                workplace.here, console.desk, console.session, self.number, typing=typing, by=console.agent
            )

    def action_show_tab(self, number: str) -> None:
        """Go to a tab."""
        self._tab = int(number) - 1
        self._show_tabs()
        self._show_page()
        self._focus_page()

    def _focus_page(self) -> None:
        page = {TIMELINE: "#ticket-timeline", LINKS: "#ticket-links"}.get(self._tab, "#ticket-page")
        self.query_one(page).focus()

    def action_previous_tab(self) -> None:
        """Go to the tab on the left."""
        self.action_show_tab(str((self._tab - 1) % len(TABS) + 1))

    def action_next_tab(self) -> None:
        """Go to the tab on the right."""
        self.action_show_tab(str((self._tab + 1) % len(TABS) + 1))

    @on(ViewTabs.Chosen)
    def choose_tab(self, chosen: ViewTabs.Chosen) -> None:
        """Go to the tab that was clicked."""
        self.action_show_tab(chosen.digit)

    def action_move(self, how: str) -> None:
        """Move through the timeline, the links or the page."""
        if self._tab == TIMELINE:
            _move_timeline(self.query_one(Timeline), how)
        elif self._tab == LINKS:
            self.query_one(LinkList).move(STEPS.get(how, 0))
        else:
            _move_page(self.query_one("#ticket-page", VerticalScroll), how)

    def action_page_space(self) -> None:
        """Go a page down."""
        self.action_move("page_down")

    def action_unfold(self) -> None:
        """Unfold the entry under the cursor; on the links, open the record."""
        if self._tab == LINKS:
            self.action_open_link()
        else:
            self.query_one(Timeline).unfold()

    @on(LinkList.OptionSelected)
    def action_open_link(self) -> None:
        """Open the linked record; from another tab, go to the links first."""
        if self._tab != LINKS:
            self.action_show_tab(str(LINKS + 1))
            return
        link = self.query_one(LinkList).chosen
        if link is None:
            self.say(_("There is no link here."))
        elif NUMBER.fullmatch(link.number):
            self.console.open_ticket(link.number)
        else:
            self.say(_("{number} is no ticket.").format(number=link.number))

    def action_cycle_entries(self) -> None:
        """Show all, public, internal or system entries."""
        timeline = self.query_one(Timeline)
        timeline.cycle_filter()
        self.say(_("show: {what}").format(what=timeline.filter_word))

    def action_find(self) -> None:
        """Ask what to find in the timeline."""
        self.action_show_tab("1")
        find = self.query_one("#ticket-find", Input)
        find.display = True
        find.focus()

    @on(Input.Submitted, "#ticket-find")
    def find(self, submitted: Input.Submitted) -> None:
        """Go to the first entry that holds it."""
        submitted.stop()
        self._close_find()
        if not self.query_one(Timeline).seek(submitted.value):
            self.say(_("“{text}” is nowhere in what is shown.").format(text=submitted.value))

    def _close_find(self) -> None:
        self.query_one("#ticket-find").display = False
        self.query_one(Timeline).focus()

    def action_find_next(self) -> None:
        """Go to the next entry that was looked for, else to the next unread one."""
        self._find(1)

    def action_find_previous(self) -> None:
        """Go to the entry before."""
        self._find(-1)

    def _find(self, step: int) -> None:
        timeline = self.query_one(Timeline)
        if not timeline.find(step):
            self.say(_("No entry holds that.") if timeline.sought else _("Nothing is unread here."))

    def action_explain(self) -> None:
        """Explain the clocks; there, suppose another priority."""
        if self._tab != SLA:
            self.action_show_tab(str(SLA + 1))
            return

        def supposed(value: str | None) -> None:
            if value is not None:
                self._if_priority = None if value == OWN_PRIORITY else int(value)
                self.reload()

        options = [Option(OWN_PRIORITY, _("as it is"))]
        options += [
            Option(str(each), _("as if it had priority {priority}").format(priority=each))
            for each in range(1, 6)
        ]
        self.app.push_screen(Picker(f"{_('What if')}: {self.number}", options), supposed)

    def action_side(self) -> None:
        """Show or hide the side panel."""
        self.query_one("#ticket-side").toggle_class("-hidden")

    def done(self, numbers: Sequence[str], refused: Iterable[str]) -> None:
        """Go on when something was done; what is written goes on by itself when it is sent."""
        super().done(numbers, refused)
        if numbers and not self.composer.is_open:
            self.go_on()

    def go_on(self) -> None:
        """Go to the next ticket, back to the list, or nowhere."""
        if self.console.advance == "next":
            self._step(1)
        elif self.console.advance == "list" and self.is_current:
            self.call_later(self._back_to_list)

    def _back_to_list(self) -> None:
        self.action_close()
        if self.console.doings.done:
            last = self.console.doings.done[-1]
            self.console.queue.say(f"{last.words}{last.soon}", undoable=True)

    def action_next_ticket(self) -> None:
        """Go to the next ticket of the view."""
        self._step(1)

    def action_previous_ticket(self) -> None:
        """Go to the previous ticket of the view."""
        self._step(-1)

    def _step(self, by: int) -> None:
        number = self._queue.neighbour(key_of(self.number), by) if self._queue is not None else None
        if number is None:
            self.say(_("There is no further ticket in this view."))
            return
        self.number, self._model = number, None
        where = self.where()
        if where is not None:
            self.console.trail.amend(where)
        self._unread_since = self._if_priority = None
        self.composer.close()
        self.reload(anew=True)
        self.be_here()

    def action_unwind(self) -> None:
        """Leave what is typed in, else what is looked for, else the ticket."""
        timeline = self.query_one(Timeline)
        if self.composer.is_open:
            self.leave_composer()
        elif self.query_one("#ticket-find").display:
            self._close_find()
        elif timeline.sought:
            timeline.seek("")
        else:
            self.action_close()

    def wrote(self) -> None:
        """Give the keys back to the page, with what was written in sight."""
        self._focus_page()
        self.query_one(Timeline).scroll_end(animate=False)

    def look_at(self, number: str, since: datetime) -> None:
        """Show what was written since an instant; the composer stays open."""
        self.action_show_tab("1")
        self.query_one(Timeline).go_to_newest(since)
        if self.composer.is_open:
            self.say(_("Your text is kept; r or i goes on writing."))
        else:
            self.say(_("What you typed is kept; the same key goes on with it."))


STEPS = {"down": 1, "up": -1, "top": -(10**6), "bottom": 10**6, "page_down": 10, "page_up": -10}
"""How far the cursor goes among the links."""


def present(here: Here) -> str:
    """Return who else is here, and what they do."""
    return f"{here.login} {_('typing') if here.typing else _('here')}"


def _page(tab: int, model: TicketModel, if_priority: int | None, width: int) -> Content:
    """Return a page as text; the timeline and the links are no text."""
    if tab == DETAILS:
        return record.details(model.record, _suspects(model))
    if tab == SLA:
        return record.explained(model.record, model.explanations, if_priority)
    return record.ledger(model.ledger, model.record.read_at, width)


def _suspects(model: TicketModel) -> list[str]:
    return [
        *suspects.known_error_lines(model.errors),
        *suspects.change_lines(model.changes, model.record.read_at),
    ]


def _side(model: TicketModel) -> Content:
    shown = model.record
    fields = (
        (_("Priority"), f"P{shown.priority}"),
        (_("Status"), label(shown.status)),
        (_("Team"), shown.team_name),
        (_("Assignee"), shown.assignee_name or _("nobody")),
        (_("Service"), shown.service or ""),
        (_("CI"), shown.ci or ""),
        (_("Category"), shown.category or ""),
        (_("Watching"), ", ".join(shown.watchers)),
        (_("Tags"), " ".join(f"#{tag}" for tag in shown.tags)),
    )
    lines = [f"{name:<10} {value}" for name, value in fields if value]
    caller = shown.caller
    if caller is not None:
        parts = (caller.name, _("VIP") if caller.vip else "", caller.location, caller.department)
        lines += ["", "  ".join(part for part in parts if part), caller.phone, caller.email]
        lines.append(_("{count} open").format(count=caller.open_count))
    if shown.links:
        lines += ["", *(f"{label(link.kind)} {link.number} {link.summary}" for link in shown.links)]
    suspected = _suspects(model)
    if suspected:
        lines += ["", *suspected]
    if shown.here:
        lines += [
            "",
            *(f"{each.login} {_('typing') if each.typing else _('reading')}" for each in shown.here),
        ]
    return Content("\n").join(txt(line, one_line=True) for line in lines)


def _move_timeline(timeline: Timeline, how: str) -> None:
    moves = {"down": 1, "up": -1, "top": -(10**9), "bottom": 10**9}
    pages = {"page_down": 1.0, "page_up": -1.0, "half_page_down": 0.5, "half_page_up": -0.5}
    if how in moves:
        timeline.move(moves[how])
    else:
        timeline.page(pages[how])


def _move_page(page: VerticalScroll, how: str) -> None:
    height = page.size.height
    by = {
        "down": 1, "up": -1, "page_down": height, "page_up": -height, "half_page_down": height // 2,
        "half_page_up": -height // 2, "top": -(10**6), "bottom": 10**6,
    }[how]  # fmt: skip
    page.scroll_to(y=page.scroll_offset.y + by, animate=False)
