"""What can be done to tickets from a screen: one method for one key, on whatever is chosen there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.commands.typed import level_of, minutes_of
from deskterm.domain.ticket import Level
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui.deeds import Deed, Subject, deed
from deskterm.ui.dialogs.form import Area, Choice, Field, Line
from deskterm.ui.dialogs.picker import Option
from deskterm.ui.doing import named
from deskterm.ui.progressing import ProgressingScreen
from deskterm.ui.screen import T

if TYPE_CHECKING:
    pass

__all__ = ["ActingScreen", "Subject"]

NOBODY = "-"
ASSIGNED = N_("{number} assigned to {login}")


class ActingScreen(ProgressingScreen[T]):
    """A screen whose keys act on tickets; what a verb needs may be given, else it is asked for."""

    def _with(self, read: Callable[..., Any], then: Callable[[Any], None]) -> None:
        """Read something on the database thread, then go on with it."""

        async def go() -> None:
            then(await self.console.ask(read, self.console.desk, by=self.console.agent))

        self.work(go, "perform")

    def action_assign(self, login: str = "") -> None:
        """Assign to an agent; pick one where none is named."""
        from deskterm.reads import people

        if login:
            self.do(_assigned(login), _said_assigned(login))
            return
        subjects = self.subjects()

        def show(agents: tuple[people.AgentRow, ...]) -> None:
            options = [
                Option(each.login, f"{each.login:<12} {each.name:<24} {each.open_count} {_('open')}")
                for each in agents
            ]
            options.append(Option(NOBODY, _("-            nobody")))
            self.pick(_("Assign"), options, _assigned, _said_assigned, subjects=subjects)

        self._with(partial(people.agents, working=True), show)

    def action_transfer(self, team: str = "") -> None:
        """Hand over to a team; without one, pick it and leave a note."""
        from deskterm.reads import people
        from deskterm.services import tickets

        words, subjects = _("{number} transferred"), self.subjects()
        if team:
            self.do(deed(tickets.transfer, team), words)
            return

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(tickets.transfer, values["team"], note=values["note"])

        def show(teams: tuple[people.Team, ...]) -> None:
            options = tuple((each.key, f"{each.name} ({_('tier')} {each.tier})") for each in teams)
            fields: list[Field] = [Choice("team", _("Team"), options), Area("note", _("Note for the team"))]
            self.ask_form(_("Transfer"), fields, deed_of, words, subjects=subjects)

        self._with(people.teams, show)

    def action_priority(self, impact: str = "", urgency: str = "") -> None:
        """Set impact and urgency, from which the priority follows; ask for them unless both are given."""
        from deskterm.services import tickets
        from deskterm.services.drafts import Edit

        words = _("{number} has a new priority")
        if impact and urgency:
            self.at_once(
                deed(tickets.classify, Edit(impact=level_of(impact), urgency=level_of(urgency))), words
            )
            return
        first = next(iter(self.subjects()), None)
        levels = tuple((str(level.value), label(level)) for level in Level)

        def deed_of(values: dict[str, str]) -> Deed:
            edit = Edit(impact=Level(int(values["impact"])), urgency=Level(int(values["urgency"])))
            return deed(tickets.classify, edit)

        wide = int(level_of(impact)) if impact else first.impact if first and first.impact else 3
        soon = first.urgency if first and first.urgency else 2
        fields: list[Field] = [
            Choice("impact", _("Impact (how many are hit)"), levels, str(wide)),
            Choice("urgency", _("Urgency (how long it can wait)"), levels, str(soon)),
        ]
        self.ask_form(_("Priority"), fields, deed_of, words)

    def write_to_many(self, *, is_public: bool) -> None:
        """Ask for one text, to put it on each of the chosen tickets."""
        subjects = self.subjects()

        async def ask() -> None:
            words, soon = await self.written_words(is_public=is_public)

            def deed_of(values: dict[str, str]) -> Deed:
                return written(values["body"], is_public=is_public)

            title = _("PUBLIC reply to the caller of each") if is_public else _("INTERNAL note on each")
            field = Area("body", _("Text; what a variable stands for differs, so write it out"))
            self.ask_form(title, [field], deed_of, words, subjects=subjects, is_weighty=is_public, soon=soon)

        self.work(ask, "perform")

    def write_at_once(self, text: str, *, is_public: bool) -> None:
        """Put what was typed on the `:` line on each of the chosen tickets."""
        subjects, since = self.subjects(), self.line_began_at if is_public else None

        async def write() -> None:
            words, soon = await self.written_words(is_public=is_public)
            act = written(text, is_public=is_public)
            await self.take(act, words, subjects, since=since, soon=soon)

        self.work(write, "perform")

    async def written_words(self, *, is_public: bool) -> tuple[str, str]:
        """Return what is said of a text, with `{number}` left to fill, and what is true for a moment only."""
        from deskterm.reads import outbox

        if not is_public:
            return _("Note on {number} saved."), ""
        recall = await self.console.ask(outbox.recall, self.console.desk, by=self.console.agent)
        seconds = int(recall.total_seconds())
        soon = ngettext(": it leaves in {seconds} second.", ": it leaves in {seconds} seconds.", seconds)
        return _("Reply on {number}"), soon.format(seconds=seconds)

    def action_escalate(self, reason: str = "") -> None:
        """Escalate; ask why, and to whom; what is given is reason and hand-over note for the next tier."""
        from deskterm.services import escalation

        words = _("{number} is escalated")
        if reason:
            self.at_once(deed(escalation.escalate, reason, note=reason), words)
            return

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(
                escalation.escalate,
                values["reason"],
                hierarchical=values["how"] == "lead",
                note=values["note"],
            )

        ways = (("tier", _("to the next tier")), ("lead", _("to the lead, then the manager")))
        fields: list[Field] = [
            Choice("how", _("Escalate"), ways),
            Line("reason", _("Why")),
            Area("note", _("Hand-over note for the next tier")),
        ]
        self.ask_form(_("Escalate"), fields, deed_of, words)

    def action_watch(self) -> None:
        """Watch the tickets, or stop watching them if all of them are watched."""
        from deskterm.reads import watching
        from deskterm.services import tickets

        subjects, console = self.subjects(), self.console

        async def toggle() -> None:
            numbers = [subject.number for subject in subjects]
            watched = await console.ask(watching.watched, console.desk, numbers, by=console.agent)
            if watched >= set(numbers):
                await self.take(deed(tickets.unwatch), _("You no longer watch {number}"), subjects)
            else:
                await self.take(deed(tickets.watch), _("You watch {number}"), subjects)

        self.work(toggle, "perform")

    def action_star(self) -> None:
        """Put a star on the tickets, or take it off if all of them have one; nobody else is told."""
        from deskterm.reads import watching
        from deskterm.services import bulk, stars

        console, numbers = self.console, [subject.number for subject in self.subjects()]
        name = named(self.subjects())

        async def toggle() -> None:
            starred = await console.ask(watching.starred, console.desk, numbers, by=console.agent)
            has_all = starred >= set(numbers)
            act = stars.unstar if has_all else stars.star
            await console.ask(bulk.run, console.desk, act, numbers, by=console.agent)
            words = _("{number}: your star is off") if has_all else _("{number}: your star is on")
            self.say(words.format(number=name))

        self.work(toggle, "perform")

    def action_log_time(self, span: str = "", note: str = "") -> None:
        """Write down how long one worked; ask for it where it is not given."""
        from deskterm.services import tickets

        words = _("{number}: time logged")
        if span:
            self.do(deed(tickets.log_time, minutes_of(span), note), words)
            return

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(tickets.log_time, minutes_of(values["span"]), values["note"])

        fields: list[Field] = [
            Line("span", _("How long it took"), hint=_("25m, 1h30")),
            Line("note", _("What was done")),
        ]
        self.ask_form(_("Log time"), fields, deed_of, words)

    def action_copy_number(self) -> None:
        """Copy the numbers, and show them."""
        self.copy(" ".join(subject.number for subject in self.subjects()))

    def action_go_caller(self) -> None:
        """Show every ticket of this one's caller."""
        from deskterm.reads import ticket

        number = self.subjects()[0].number

        async def go() -> None:
            record = await self.console.ask(ticket.record, self.console.desk, number, by=self.console.agent)
            if record.caller is None:
                self.say(_("{number} has no caller.").format(number=record.number))
                return
            self.action_go_queue()
            self.console.filter_by_caller(record.caller.name)

        self.work(go, "perform")

    def action_go_item(self) -> None:
        """Show the card of the ticket's configuration item."""
        from deskterm.reads import item_card as reads
        from deskterm.ui import item_card
        from deskterm.ui.dialogs.report import Report

        console, number = self.console, self.subjects()[0].number

        async def go() -> None:
            card = await console.ask(reads.card, console.desk, number, by=console.agent)
            if card is None:
                self.say(_("{number} names no configuration item.").format(number=number))
            else:
                lines = [*item_card.lines(card, console.desk.clock.now())]
                self.app.push_screen(Report(card.item.name, lines))

        self.work(go, "perform")

    def action_go_problem(self) -> None:
        """Go to the problem that causes the ticket."""
        from deskterm.domain import problem
        from deskterm.reads import ticket

        number = self.subjects()[0].number

        async def go() -> None:
            record = await self.console.ask(ticket.record, self.console.desk, number, by=self.console.agent)
            linked = (link.number for link in record.links if problem.NUMBER.fullmatch(link.number))
            found = next(linked, None)
            if found is None:
                self.say(_("{number} is linked to no problem.").format(number=record.number))
            else:
                self.console.open_ticket(found)

        self.work(go, "perform")

    def action_copy_link(self) -> None:
        """Copy the command that opens the ticket, and show it."""
        self.copy("\n".join(f"deskterm open {subject.number}" for subject in self.subjects()))


def written(text: str, *, is_public: bool) -> Deed:
    """Return the act of answering the caller, or of leaving a note."""
    from deskterm.services import conversation

    return deed(conversation.reply, text, is_public=True) if is_public else deed(conversation.note, text)


def _assigned(login: str) -> Deed:
    from deskterm.services import tickets

    return deed(tickets.assign, None if login == NOBODY else login)


def _said_assigned(login: str) -> str:
    return _(ASSIGNED).replace("{login}", login)
