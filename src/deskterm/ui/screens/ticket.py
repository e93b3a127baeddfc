"""A ticket: header lines, clocks, timeline and other pages, a composer at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place, of_place
from deskterm.domain.errors import DeskError
from deskterm.domain.ticket import key_of
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui.acts import ActingScreen, Subject
from deskterm.ui.drafts import DraftsSaved
from deskterm.ui.gate import txt
from deskterm.ui.screen import hint_rows
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.widgets import record
from deskterm.ui.widgets.composer import Composer
from deskterm.ui.widgets.hint_bar import HintBar
from deskterm.ui.widgets.preview import ClockLines, facts
from deskterm.ui.widgets.timeline import Timeline
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.domain.sla import Explanation
    from deskterm.reads.ticket import TicketRecord, TimelineEntry

TABS = (N_("Timeline"), N_("Details"), N_("Links"), N_("SLA"), N_("Ledger"))
PRESENCE_SECONDS = 15.0
"""How often a console says that it still has the ticket open."""
CLOCK_SECONDS = 20.0
"""How often the clocks are read again."""


@dataclass(frozen=True, slots=True)
class TicketModel:
    """Everything that the pages show."""

    record: TicketRecord
    entries: tuple[TimelineEntry, ...]
    ledger: tuple[Entry, ...]
    explanations: tuple[Explanation, ...]


class TicketScreen(ActingScreen[TicketModel]):
    """One ticket, opened over the screen it came from."""

    CSS_PATH = style("ticket")
    PLACE = Place.TICKET
    INNER = (Place.COMPOSER,)
    LISTENS = ("ticket",)

    def __init__(self, number: str, *, compose: str = "") -> None:
        super().__init__()
        self.number = number
        self._tab = 0
        self._model: TicketModel | None = None
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
                with VerticalScroll(id="ticket-page", can_focus=True):
                    yield Static(id="ticket-text", markup=False)
                yield Composer()
            with VerticalScroll(id="ticket-side", can_focus=False):
                yield ClockLines(id="side-clocks")
                yield Static(id="side-facts", markup=False)

    def on_mount(self) -> None:
        """Read, and say that somebody is here."""
        self.query_one(Composer).display = False
        self.query_one(Timeline).focus()
        self._show_tabs()
        self.set_interval(PRESENCE_SECONDS, self._be_here)
        self.set_interval(CLOCK_SECONDS, self._tick)
        self._be_here()

    def on_unmount(self) -> None:
        """Say that nobody is here any more."""
        from deskterm.services import workplace

        if self.console.ready.is_set():
            self.app.run_worker(
                self.console.ask(
                    workplace.away, self.console.desk, self.console.session, by=self.console.agent
                ),
            )

    def heading(self) -> str:
        """Return the number, and where it stands in its view."""
        if self._model is None:
            return self.number
        shown = self._model.record
        place = self._queue.place_of(shown.key) if self._queue is not None else ""
        here = "  ".join(_("{login} here").format(login=each.login) for each in shown.here)
        parts = (shown.number, f"P{shown.priority}", label(shown.status).upper(), place, here)
        return "  ".join(part for part in parts if part)

    @property
    def _queue(self) -> QueueScreen | None:
        return next((screen for screen in self.app.screen_stack if isinstance(screen, QueueScreen)), None)

    def read(self) -> TicketModel:
        """Fetch the ticket and its pages."""
        from deskterm.reads import clocks as clock_reads
        from deskterm.reads import ticket

        desk, me, number = self.console.desk, self.console.agent, self.number
        return TicketModel(
            ticket.record(desk, number, by=me),
            ticket.timeline(desk, number, by=me),
            ticket.ledger(desk, number, by=me),
            clock_reads.explain(desk, number, by=me),
        )

    def show(self, model: TicketModel) -> None:
        """Fill the pages."""
        before, self._model = self._model, model
        shown = model.record
        self.number = shown.number
        self.query_one("#ticket-summary", Static).update(txt(shown.summary, one_line=True))
        self.query_one("#ticket-facts", Static).update(txt(facts(shown)[0], one_line=True))
        self._show_clocks(shown)
        self.query_one(Timeline).show(model.entries, shown.read_at)
        self.query_one("#side-facts", Static).update(_side(shown))
        self._show_page()
        self._show_tabs()
        self.show_header()
        composer = self.query_one(Composer)
        if composer.is_open and before is not None and before.record.version != shown.version:
            self.say(_("{number} changed while you were writing.").format(number=shown.number))
        if self._compose_at_once:
            is_public, self._compose_at_once = self._compose_at_once == "reply", ""
            self._write(is_public=is_public)

    def _show_clocks(self, shown: TicketRecord) -> None:
        self.query_one("#ticket-clocks", ClockLines).show(shown, in_one_line=True)
        self.query_one("#side-clocks", ClockLines).show(shown)

    def _show_tabs(self) -> None:
        model = self._model
        counts = (
            (len(model.entries), None, len(model.record.links), None, len(model.ledger))
            if model
            else (None,) * 5
        )
        tabs = [
            Tab(str(place), _(name), count)
            for place, (name, count) in enumerate(zip(TABS, counts, strict=True), 1)
        ]
        self.query_one(ViewTabs).show(tabs, str(self._tab + 1))

    def _show_page(self) -> None:
        timeline, page = self.query_one(Timeline), self.query_one("#ticket-page")
        timeline.display, page.display = self._tab == 0, self._tab != 0
        if self._model is None or self._tab == 0:
            return
        self.query_one("#ticket-text", Static).update(_page(self._tab, self._model))

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

    def _be_here(self) -> None:
        from deskterm.services import workplace

        if self.console.ready.is_set():
            typing = self.query_one(Composer).is_open
            console = self.console
            self.perform(
                workplace.here, console.desk, console.session, self.number, typing=typing, by=console.agent
            )

    def action_show_tab(self, number: str) -> None:
        """Go to a tab."""
        self._tab = int(number) - 1
        self._show_tabs()
        self._show_page()
        (self.query_one(Timeline) if self._tab == 0 else self.query_one("#ticket-page")).focus()

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
        """Move through the timeline or the page."""
        if self._tab == 0:
            _move_timeline(self.query_one(Timeline), how)
        else:
            _move_page(self.query_one("#ticket-page", VerticalScroll), how)

    def action_page_space(self) -> None:
        """Go a page down."""
        self.action_move("page_down")

    def action_unfold(self) -> None:
        """Unfold the entry under the cursor."""
        self.query_one(Timeline).unfold()

    def action_cycle_entries(self) -> None:
        """Show all, public, internal or system entries."""
        timeline = self.query_one(Timeline)
        timeline.cycle_filter()
        self.say(_("show: {what}").format(what=timeline.filter_word))

    def action_explain(self) -> None:
        """Explain the clocks."""
        self.action_show_tab("4")

    def action_side(self) -> None:
        """Show or hide the side panel."""
        self.query_one("#ticket-side").toggle_class("-hidden")

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
        self.query_one(Composer).close()
        self.reload()
        self._be_here()

    def action_unwind(self) -> None:
        """Leave the composer, else the ticket."""
        if self.query_one(Composer).is_open:
            self._leave_composer()
        else:
            self.action_close()

    def action_reply(self) -> None:
        """Write to the caller."""
        self._write(is_public=True)

    def action_note(self) -> None:
        """Write a note for other agents."""
        self._write(is_public=False)

    def _write(self, *, is_public: bool) -> None:
        self.run_worker(self._open_composer(is_public), exclusive=True, group="composer")

    async def _open_composer(self, is_public: bool) -> None:
        if self._model is None:
            return
        text = await self.console.drafts.restore(self._draft_place(is_public))
        caller = self._model.record.caller
        composer = self.query_one(Composer)
        composer.open(text, is_public=is_public, to=caller.name if caller else _("nobody"))
        saved_at = self.console.drafts.saved_at.get(self._draft_place(is_public))
        if text and saved_at is not None:
            composer.saved(saved_at)
            self.say(_("Your draft is back."))
        self.query_one(HintBar).show(hint_rows(of_place(Place.COMPOSER)))
        self._be_here()

    def _draft_place(self, is_public: bool) -> str:
        return f"{self.number} {'reply' if is_public else 'note'}"

    @on(Composer.Typed)
    def keep_draft(self, typed: Composer.Typed) -> None:
        """Save what is typed, soon."""
        self.console.drafts.type(self._draft_place(self.query_one(Composer).is_public), typed.text)

    def on_drafts_saved(self, _saved: DraftsSaved) -> None:
        """Say when the draft was saved."""
        composer = self.query_one(Composer)
        saved_at = self.console.drafts.saved_at.get(self._draft_place(composer.is_public))
        if composer.is_open and saved_at is not None:
            composer.saved(saved_at)

    def action_switch(self) -> None:
        """Switch between reply and note; the text goes along."""
        composer = self.query_one(Composer)
        if not composer.is_open:
            return
        text, before = composer.text, self._draft_place(composer.is_public)
        composer.set_public(not composer.is_public)
        self.console.drafts.type(before, "")
        self.console.drafts.type(self._draft_place(composer.is_public), text)

    def action_send(self) -> None:
        """Send the reply, or save the note."""
        if self.query_one(Composer).is_open:
            self.run_worker(self._send(), exclusive=True, group="composer")

    async def _send(self) -> None:
        from deskterm.services import conversation

        composer, console = self.query_one(Composer), self.console
        write = conversation.reply if composer.is_public else conversation.note
        place, is_public = self._draft_place(composer.is_public), composer.is_public
        try:
            await console.ask(write, console.desk, self.number, composer.text, by=console.agent)
        except DeskError as error:
            self.refuse(error)
            return
        await console.drafts.drop(place)
        console.poke()
        self._close_composer()
        self.say(_("Reply written: it leaves in 10 seconds.") if is_public else _("Note saved."))
        self.query_one(Timeline).scroll_end(animate=False)

    def _leave_composer(self) -> None:
        self._close_composer()
        self.say(_("Your draft is kept."))
        self.run_worker(self.console.drafts.flush())

    def _close_composer(self) -> None:
        self.query_one(Composer).close()
        self.query_one(Timeline).focus()
        self.show_hints()
        self._be_here()


def _page(tab: int, model: TicketModel) -> Content:
    """Return a page as text; the timeline is no text."""
    if tab == 1:
        return record.details(model.record)
    if tab == 2:
        return record.links(model.record)
    if tab == 3:
        return record.explained(model.record, model.explanations)
    return record.ledger(model.ledger, model.record.read_at)


def _side(shown: TicketRecord) -> Content:
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
