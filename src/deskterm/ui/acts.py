"""What can be done to tickets from a screen: one method for one key, on whatever is chosen there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.domain.errors import GateNotMet
from deskterm.domain.ticket import FOLLOWS, HoldReason, Level, Resolution, Status
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.colliding import CollidingScreen
from deskterm.ui.deeds import Deed, Subject, deed
from deskterm.ui.dialogs.form import Area, Choice, Field, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import named
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action

__all__ = ["ActingScreen", "Subject"]

NOBODY = "-"
ASSIGNED = N_("{number} assigned to {login}")


class ActingScreen(CollidingScreen[T]):
    """A screen whose keys act on tickets; what a verb needs may be given, else it is asked for."""

    def _with(self, read: Callable[..., Any], then: Callable[[Any], None]) -> None:
        """Read something on the database thread, then go on with it."""

        async def go() -> None:
            then(await self.console.ask(read, self.console.desk, by=self.console.agent))

        self.work(go, "perform")

    def action_take(self) -> None:
        """Assign to whoever sits here."""
        from deskterm.services import tickets

        self.do(deed(tickets.take), _("{number} is yours"))

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

    def action_priority(self) -> None:
        """Ask for impact and urgency; the priority follows from them."""
        from deskterm.services import tickets
        from deskterm.services.drafts import Edit

        first = next(iter(self.subjects()), None)
        levels = tuple((str(level.value), label(level)) for level in Level)

        def deed_of(values: dict[str, str]) -> Deed:
            edit = Edit(impact=Level(int(values["impact"])), urgency=Level(int(values["urgency"])))
            return deed(tickets.classify, edit)

        impact = str(first.impact if first and first.impact else 3)
        urgency = str(first.urgency if first and first.urgency else 2)
        fields: list[Field] = [
            Choice("impact", _("Impact (how many are hit)"), levels, impact),
            Choice("urgency", _("Urgency (how long it can wait)"), levels, urgency),
        ]
        self.ask_form(_("Priority"), fields, deed_of, _("{number} has a new priority"))

    def action_hold(self) -> None:
        """Ask what is waited for, and until when."""
        from deskterm.services import progress

        now = self.console.desk.clock.now()

        def deed_of(values: dict[str, str]) -> Deed:
            review = times.instant(values["review_at"], now)
            if values["review_at"].strip() and review is None:
                raise GateNotMet(
                    N_("“{text}” is no date: try tomorrow, fri 14:00, 2h, 2026-06-02 09:00."),
                    field="review_at",
                    text=values["review_at"],
                )
            return deed(
                progress.hold,
                HoldReason(values["reason"]),
                review_at=review,
                message=values["message"],
                link=values["link"].strip(),
            )

        fields: list[Field] = [
            Choice("reason", _("What it waits for"), tuple((each.value, label(each)) for each in HoldReason)),
            Line("review_at", _("Review"), "tomorrow", _("tomorrow, fri 14:00, 2h")),
            Area("message", _("Public message to the caller, and to those of its children")),
            Line("link", _("Problem or change"), hint="PRB-1"),
        ]
        self.ask_form(_("Hold"), fields, deed_of, _("{number} is on hold"), is_weighty=True)

    def action_resolve(self) -> None:
        """Ask how service was restored."""
        from deskterm.services import progress

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(progress.resolve, Resolution(values["resolution"]), values["closing_summary"])

        fields: list[Field] = [
            Choice("resolution", _("Resolution"), tuple((each.value, label(each)) for each in Resolution)),
            Area("closing_summary", _("How service was restored")),
        ]
        self.ask_form(_("Resolve"), fields, deed_of, _("{number} is resolved"), is_weighty=True)

    def action_escalate(self) -> None:
        """Ask why, and to whom."""
        from deskterm.services import escalation

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
        self.ask_form(_("Escalate"), fields, deed_of, _("{number} is escalated"))

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

    def action_copy_number(self) -> None:
        """Copy the numbers, and show them."""
        text = " ".join(subject.number for subject in self.subjects())
        self.console.terminal.copy(text)
        self.say(_("Copied: {text}").format(text=text))

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
        text = "\n".join(f"deskterm open {subject.number}" for subject in self.subjects())
        self.console.terminal.copy(text)
        self.say(_("Copied: {text}").format(text=text))

    def action_status(self, status: str = "") -> None:
        """Go the way that leads to a status; pick one that may follow where none is named."""
        subjects = self.subjects()
        after = frozenset.intersection(*(FOLLOWS[subject.status] for subject in subjects))
        ways = self._ways(subjects[0].status)

        def picked(value: str | None) -> None:
            if value is not None and (way := ways.get(Status(value))) is not None:
                way()

        if status:
            picked(status if status in after else None)
            return
        options = [
            Option(status.value, label(status)) for status in Status if status in after and status in ways
        ]
        self.app.push_screen(Picker(f"{_('Status')}: {named(subjects)}", options), picked)

    def _ways(self, before: Status) -> dict[Status, Callable[[], None]]:
        """Return what leads to each state."""
        forward = {Status.ON_HOLD: self._resume, Status.RESOLVED: self._reopen}.get(before, self.action_take)
        return {
            Status.IN_PROGRESS: forward,
            Status.ON_HOLD: self.action_hold,
            Status.RESOLVED: self.action_resolve,
            Status.CLOSED: self._confirm,
            Status.CANCELLED: self._cancel,
        }

    def _resume(self) -> None:
        from deskterm.services import progress

        self.do(deed(progress.resume), _("{number} goes on"))

    def _reopen(self) -> None:
        from deskterm.services import progress

        self._ask_reason(_("Reopen"), progress.reopen, _("{number} is open again"))

    def _cancel(self) -> None:
        from deskterm.services import progress

        self._ask_reason(_("Cancel"), progress.cancel, _("{number} is cancelled"))

    def _ask_reason(self, title: str, action: Action[Any, Any], words: str) -> None:
        def deed_of(values: dict[str, str]) -> Deed:
            return deed(action, values["reason"])

        self.ask_form(title, [Line("reason", _("Why"))], deed_of, words, is_weighty=True)

    def _confirm(self) -> None:
        from deskterm.services import progress

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(progress.confirm, values["words"], how=values["how"])

        ways = (("phone", _("by phone")), ("email", _("by mail")), ("person", _("in person")))
        fields: list[Field] = [
            Choice("how", _("How the caller confirmed"), ways),
            Line("words", _("In which words")),
        ]
        self.ask_form(_("Close"), fields, deed_of, _("{number} is closed"), is_weighty=True)


def _assigned(login: str) -> Deed:
    from deskterm.services import tickets

    return deed(tickets.assign, None if login == NOBODY else login)


def _said_assigned(login: str) -> str:
    return _(ASSIGNED).replace("{login}", login)
