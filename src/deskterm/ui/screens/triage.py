"""A triage run: the untriaged tickets one by one, each with what it probably is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Need, Place, Situation
from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.ui.deeds import Subject, deed
from deskterm.ui.edits import EditingScreen
from deskterm.ui.gate import txt
from deskterm.ui.offers import Choice, Offer, everything, offers
from deskterm.ui.widgets.preview import ClockLines, facts
from deskterm.ui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from deskterm.reads.suggestions import Triage
    from deskterm.reads.ticket import TicketRecord, TimelineEntry

RUN_MOST = 5_000
"""As many tickets as one run goes through."""


@dataclass(frozen=True, slots=True)
class TriageModel:
    """A ticket of the run with what it probably is."""

    place: int
    count: int
    record: TicketRecord
    entries: tuple[TimelineEntry, ...]
    triage: Triage


class TriageScreen(EditingScreen[TriageModel | None]):
    """One untriaged ticket after another; every act goes on to the next."""

    CSS_PATH = style("triage")
    PLACE = Place.TRIAGE
    LISTENS = ("ticket",)

    def __init__(self) -> None:
        super().__init__()
        self._numbers: list[int] | None = None
        """The tickets of the run, as they stood when it began."""
        self._place = 0
        self._handled = 0
        self._began_at: datetime | None = None
        self._model: TriageModel | None = None
        self._is_arriving = True
        """Whether the next ticket is still to be found; the one that is looked at stays, whoever takes it."""

    def body(self) -> ComposeResult:
        """List header lines, timeline, offers."""
        yield Static(id="triage-summary", markup=False)
        yield Static(id="triage-facts", markup=False)
        yield ClockLines(id="triage-clocks")
        with Container(id="triage-body"):
            yield Timeline(has_cursor=False, id="triage-timeline")
            yield Static(id="triage-offers", markup=False)

    def heading(self) -> str:
        """Return the ticket, how far the run is, and how long a ticket takes."""
        if self._model is None:
            return _("TRIAGE")
        shown = self._model.record
        where = _("{place} of {count}").format(place=self._model.place + 1, count=self._model.count)
        parts = (_("TRIAGE"), shown.number, f"P{shown.priority}", label(shown.status).upper())
        return "  ".join((*parts, ", ".join(filter(None, (where, self._pace())))))

    def _pace(self) -> str:
        if self._began_at is None or not self._handled:
            return ""
        each = (self.console.desk.clock.now() - self._began_at) / self._handled
        return _("{seconds} s each").format(seconds=round(each.total_seconds()))

    def read(self) -> TriageModel | None:
        """Fetch the ticket whose turn it is; None at the end of the run."""
        from deskterm.reads import suggestions, ticket

        desk, me = self.console.desk, self.console.agent
        if self._numbers is None:
            self._numbers = self._untriaged()
            self._began_at = desk.clock.now()
        if self._is_arriving:
            self._skip_taken(self._numbers)
        if self._place >= len(self._numbers):
            return None
        number = str(self._numbers[self._place])
        record = ticket.record(desk, number, by=me)
        opening = ticket.opening(record)
        entries = (*([opening] if opening else []), *ticket.timeline(desk, number, by=me))
        triage = suggestions.suggest(desk, number, by=me)
        return TriageModel(self._place, len(self._numbers), record, entries, triage)

    def _skip_taken(self, numbers: Sequence[int]) -> None:
        """Pass over what others triaged or took since the run began."""
        from deskterm.query.parser import parse
        from deskterm.reads import queue
        from deskterm.reads.suggestions import UNTRIAGED

        ahead = numbers[self._place :]
        left = queue.matching(self.console.desk, parse(UNTRIAGED), ahead, by=self.console.agent)
        self._place += next((at for at, key in enumerate(ahead) if key in left), len(ahead))

    def _untriaged(self) -> list[int]:
        from deskterm.query.parser import parse
        from deskterm.reads import queue
        from deskterm.reads.suggestions import UNTRIAGED

        return queue.keys(self.console.desk, parse(UNTRIAGED), by=self.console.agent, most=RUN_MOST)

    def show(self, model: TriageModel | None) -> None:
        """Fill the parts; end the run where nothing is left."""
        self._model, self._is_arriving = model, False
        if model is None:
            self.app.call_later(self._end)
            return
        shown = model.record
        self.query_one("#triage-summary", Static).update(txt(shown.summary, one_line=True))
        self.query_one("#triage-facts", Static).update(
            Content("\n").join(txt(line, one_line=True) for line in facts(shown)[:2])
        )
        self.query_one(ClockLines).show(shown, shown.read_at, in_one_line=True)
        self.query_one(Timeline).show(model.entries, shown.read_at)
        self.query_one("#triage-offers", Static).update(_offers(model.triage))
        self.show_header()

    def subjects(self) -> Sequence[Subject]:
        """Return the ticket whose turn it is."""
        if self._model is None:
            return ()
        shown = self._model.record
        return (Subject(shown.number, shown.version, shown.status, shown.impact, shown.urgency),)

    def situation(self) -> Situation:
        """Return what commands may ask of this ticket."""
        found = super().situation()
        if self._model is None:
            return found
        shown = self._model.record
        return Situation({*found.has, Need.TICKET}, shown.number, shown.status)

    def done(self, numbers: Sequence[str], refused: Iterable[str]) -> None:
        """Go on to the next ticket when something was done to this one."""
        super().done(numbers, refused)
        if self._model is not None and self._model.record.number in numbers:
            self._advance(1)

    def _advance(self, step: int) -> None:
        self._is_arriving = step > 0
        self._handled += step > 0
        self._place = max(0, self._place + step)
        self.reload(anew=True)

    def action_accept(self) -> None:
        """Do everything that is suggested."""
        choice = everything(self._model.triage) if self._model is not None else {}
        if choice:
            self._accept(choice)
        else:
            self.say(_("Nothing is suggested: 1 takes it, J goes on, every other key acts as in the queue."))

    def action_choose(self, digit: str) -> None:
        """Do what a digit stands for."""
        offered = offers(self._model.triage) if self._model is not None else ()
        if int(digit) <= len(offered):
            self._accept(offered[int(digit) - 1].choice)
        else:
            self.say(_("There is no suggestion {digit}.").format(digit=digit))

    def _accept(self, choice: Choice) -> None:
        from deskterm.services import triage
        from deskterm.services.drafts import Verdict

        act = deed(triage.accept, Verdict(**choice))
        self.work(partial(self.take, act, _("{number} is triaged"), self.subjects()), "perform")

    def action_skip(self) -> None:
        """Leave the ticket as it is and go on."""
        self._advance(1)

    def action_previous(self) -> None:
        """Go back to the ticket before."""
        if self._place:
            self._advance(-1)
        else:
            self.say(_("This is the first ticket of the run."))

    def action_open(self) -> None:
        """Open the ticket."""
        self._open("")

    def action_reply(self, text: str = "") -> None:
        """Open the ticket and write to the caller, unless the text is given."""
        if text:
            self.write_at_once(text, is_public=True)
        else:
            self._open("reply")

    def action_note(self, text: str = "") -> None:
        """Open the ticket and write a note, unless the text is given."""
        if text:
            self.write_at_once(text, is_public=False)
        else:
            self._open("note")

    def _open(self, compose: str) -> None:
        if self._model is not None:
            self.console.open_ticket(self._model.record.number, compose=compose)

    def action_scroll(self) -> None:
        """Scroll the ticket."""
        self.query_one(Timeline).page(0.5)

    def action_unwind(self) -> None:
        """End the run."""
        self._end()

    def _end(self) -> None:
        count = self._handled
        words = ngettext("{count} ticket triaged", "{count} tickets triaged", count).format(count=count)
        told = ", ".join(filter(None, (words, self._pace())))
        self.app.pop_screen()
        if not self._numbers:
            told = _("Nothing was left to triage.")
        self.console.announce(told)


def _offers(triage: Triage) -> Content:
    """Return what the keys do: Enter and the digits."""
    every = everything(triage)
    rows = [("Enter", Offer(every, _("all suggestions")))] if every else []
    rows += [(str(digit), offer) for digit, offer in enumerate(offers(triage), 1)]
    lines = [_("Probably")] if every else [_("Nothing is suggested")]
    lines += [
        f" {key:<6}{offer.words}" + (f"   {offer.because}" if offer.because else "") for key, offer in rows
    ]
    return Content("\n").join(txt(line, one_line=True) for line in lines)
