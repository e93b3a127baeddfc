"""What can be done to tickets from a screen: one method for one key, on whatever is chosen there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from deskterm.domain.errors import BadInput, DeskError, GateNotMet
from deskterm.domain.ticket import FOLLOWS, HoldReason, Level, Resolution, Status
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.screen import DeskScreen, T

NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Subject:
    """A ticket that a key acts on, as it was when it was last read."""

    number: str
    version: int
    status: Status
    impact: int | None = None
    urgency: int | None = None


Act = Callable[[Subject], object]
"""Does one thing to one ticket; runs on the database thread."""


class ActingScreen(DeskScreen[T]):
    """A screen whose keys act on tickets."""

    def subjects(self) -> Sequence[Subject]:
        """Return the tickets that a key acts on now."""
        raise NotImplementedError

    def refused(self, subjects: Sequence[Subject]) -> None:
        """Take note of the tickets that refused an act on many."""

    def do(self, act: Act, done: str) -> None:
        """Do something to each subject at once, and say so.

        Args:
            act: what to do.
            done: what to say, with `{number}` or, for many, the count in its place.
        """
        self.run_worker(self._do(act, done), exit_on_error=False, group="perform")

    async def _do(self, act: Act, done: str) -> None:
        try:
            await self._each(self.subjects(), act, done)
        except DeskError as error:
            self.refuse(error)

    async def _each(self, subjects: Sequence[Subject], act: Act, done: str) -> None:
        """Do something to each of some tickets: alone, a refusal is raised; of many, refusals are listed."""
        if not subjects:
            self.say(_("There is no ticket here."))
            return
        refusals: list[tuple[Subject, DeskError]] = []
        for subject in subjects:
            try:
                await self.console.ask(act, subject)
            except DeskError as error:
                if len(subjects) == 1:
                    raise
                refusals.append((subject, error))
        self.console.poke()
        if refusals:
            self.refused([subject for subject, _error in refusals])
            self.refuse(
                BadInput(
                    N_("{done} done, {count} refused: {reason}"),
                    done=len(subjects) - len(refusals),
                    count=len(refusals),
                    reason=str(refusals[0][1]),
                )
            )
            return
        count = len(subjects)
        many = ngettext("{count} ticket", "{count} tickets", count).format(count=count)
        self.say(done.format(number=subjects[0].number if count == 1 else many))

    def ask_form(
        self, title: str, fields: Sequence[Field], act_of: Callable[[dict[str, str]], Act], done: str
    ) -> None:
        """Ask for what an act needs, then do it to each subject; a refusal stays in the form."""
        subjects = self.subjects()
        if not subjects:
            self.say(_("There is no ticket here."))
            return

        async def submit(values: dict[str, str]) -> None:
            await self._each(subjects, act_of(values), done)

        name = named(subjects)
        self.app.push_screen(FormDialog(f"{title}: {name}", fields, submit, keep=f"{title} {name}"))

    def pick(
        self, title: str, options: Sequence[Option], act_of: Callable[[str], Act], done: Callable[[str], str]
    ) -> None:
        """Let somebody pick a value, then do what it stands for to each subject."""

        def picked(value: str | None) -> None:
            if value is not None:
                self.do(act_of(value), done(value))

        self.app.push_screen(Picker(f"{title}: {named(self.subjects())}", options), picked)

    def _with(self, read: Callable[..., Any], then: Callable[[Any], None]) -> None:
        """Read something on the database thread, then go on with it."""

        async def go() -> None:
            found = await self.performed(read, self.console.desk, by=self.console.agent)
            if found is not None:
                then(found)

        self.run_worker(go(), exit_on_error=False, group="perform")

    def action_take(self) -> None:
        """Assign to whoever sits here."""
        from deskterm.services import tickets

        desk, me = self.console.desk, self.console.agent
        self.do(lambda it: tickets.take(desk, it.number, by=me, seen=it.version), _("{number} is yours"))

    def action_assign(self) -> None:
        """Pick an agent and assign."""
        from deskterm.reads import people
        from deskterm.services import tickets

        desk, me = self.console.desk, self.console.agent

        def act_of(login: str) -> Act:
            to = None if login == NOBODY else login
            return lambda it: tickets.assign(desk, it.number, to, by=me, seen=it.version)

        def show(agents: tuple[people.AgentRow, ...]) -> None:
            options = [
                Option(each.login, f"{each.login:<12} {each.name:<24} {each.open_count} {_('open')}")
                for each in agents
            ]
            options.append(Option(NOBODY, _("-            nobody")))
            self.pick(
                _("Assign"),
                options,
                act_of,
                lambda login: _("{number} assigned to {login}").replace("{login}", login),
            )

        self._with(people.agents, show)

    def action_transfer(self) -> None:
        """Pick a team, leave a note, hand over."""
        from deskterm.reads import people
        from deskterm.services import tickets

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            team, note = values["team"], values["note"]
            return lambda it: tickets.transfer(desk, it.number, team, note=note, by=me, seen=it.version)

        def show(teams: tuple[people.Team, ...]) -> None:
            options = tuple((each.key, f"{each.name} ({_('tier')} {each.tier})") for each in teams)
            fields: list[Field] = [Choice("team", _("Team"), options), Area("note", _("Note for the team"))]
            self.ask_form(_("Transfer"), fields, act_of, _("{number} transferred"))

        self._with(people.teams, show)

    def action_priority(self) -> None:
        """Ask for impact and urgency; the priority follows from them."""
        from deskterm.services import tickets
        from deskterm.services.drafts import Edit

        desk, me = self.console.desk, self.console.agent
        first = next(iter(self.subjects()), None)
        levels = tuple((str(level.value), label(level)) for level in Level)

        def act_of(values: dict[str, str]) -> Act:
            edit = Edit(impact=Level(int(values["impact"])), urgency=Level(int(values["urgency"])))
            return lambda it: tickets.classify(desk, it.number, edit, by=me, seen=it.version)

        fields: list[Field] = [
            Choice(
                "impact",
                _("Impact (how many are hit)"),
                levels,
                str(first.impact if first and first.impact else 3),
            ),
            Choice(
                "urgency",
                _("Urgency (how long it can wait)"),
                levels,
                str(first.urgency if first and first.urgency else 2),
            ),
        ]
        self.ask_form(_("Priority"), fields, act_of, _("{number} has a new priority"))

    def action_hold(self) -> None:
        """Ask what is waited for, and until when."""
        from deskterm.services import progress

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            review = times.instant(values["review_at"], desk.clock.now())
            if values["review_at"].strip() and review is None:
                raise GateNotMet(
                    N_("“{text}” is no date: try tomorrow, fri 14:00, 2h, 2026-06-02 09:00."),
                    field="review_at",
                    text=values["review_at"],
                )
            return lambda it: progress.hold(
                desk,
                it.number,
                HoldReason(values["reason"]),
                review_at=review,
                message=values["message"],
                link=values["link"].strip(),
                by=me,
                seen=it.version,
            )

        fields: list[Field] = [
            Choice("reason", _("What it waits for"), tuple((each.value, label(each)) for each in HoldReason)),
            Line("review_at", _("Review"), "tomorrow", _("tomorrow, fri 14:00, 2h")),
            Area("message", _("Public message to the caller")),
            Line("link", _("Problem or change"), hint="PRB-1"),
        ]
        self.ask_form(_("Hold"), fields, act_of, _("{number} is on hold"))

    def action_resolve(self) -> None:
        """Ask how service was restored."""
        from deskterm.services import progress

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            code, summary = Resolution(values["resolution"]), values["closing_summary"]
            return lambda it: progress.resolve(desk, it.number, code, summary, by=me, seen=it.version)

        fields: list[Field] = [
            Choice("resolution", _("Resolution"), tuple((each.value, label(each)) for each in Resolution)),
            Area("closing_summary", _("How service was restored")),
        ]
        self.ask_form(_("Resolve"), fields, act_of, _("{number} is resolved"))

    def action_escalate(self) -> None:
        """Ask why, and to whom."""
        from deskterm.services import escalation

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            return lambda it: escalation.escalate(
                desk,
                it.number,
                values["reason"],
                hierarchical=values["how"] == "lead",
                note=values["note"],
                by=me,
                seen=it.version,
            )

        ways = (("tier", _("to the next tier")), ("lead", _("to the lead, then the manager")))
        fields: list[Field] = [
            Choice("how", _("Escalate"), ways),
            Line("reason", _("Why")),
            Area("note", _("Hand-over note for the next tier")),
        ]
        self.ask_form(_("Escalate"), fields, act_of, _("{number} is escalated"))

    def action_watch(self) -> None:
        """Watch the tickets."""
        from deskterm.services import tickets

        desk, me = self.console.desk, self.console.agent
        self.do(lambda it: tickets.watch(desk, it.number, by=me), _("You watch {number}"))

    def action_copy_number(self) -> None:
        """Copy the numbers, and show them."""
        text = " ".join(subject.number for subject in self.subjects())
        self.console.terminal.copy(text)
        self.say(_("Copied: {text}").format(text=text))

    def action_status(self) -> None:
        """Pick one of the states that may follow, then go the way that leads there."""
        subjects = self.subjects()
        if not subjects:
            self.say(_("There is no ticket here."))
            return
        after = frozenset.intersection(*(FOLLOWS[subject.status] for subject in subjects))
        ways = self._ways(subjects[0].status)
        options = [
            Option(status.value, label(status)) for status in Status if status in after and status in ways
        ]

        def picked(value: str | None) -> None:
            if value is not None:
                ways[Status(value)]()

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

        desk, me = self.console.desk, self.console.agent
        self.do(lambda it: progress.resume(desk, it.number, by=me, seen=it.version), _("{number} goes on"))

    def _reopen(self) -> None:
        from deskterm.services import progress

        self._ask_reason(_("Reopen"), progress.reopen, _("{number} is open again"))

    def _cancel(self) -> None:
        from deskterm.services import progress

        self._ask_reason(_("Cancel"), progress.cancel, _("{number} is cancelled"))

    def _ask_reason(self, title: str, act: Callable[..., object], done: str) -> None:
        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            return lambda it: act(desk, it.number, values["reason"], by=me, seen=it.version)

        self.ask_form(title, [Line("reason", _("Why"))], act_of, done)

    def _confirm(self) -> None:
        from deskterm.services import progress

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            return lambda it: progress.confirm(
                desk, it.number, values["words"], how=values["how"], by=me, seen=it.version
            )

        ways = (("phone", _("by phone")), ("email", _("by mail")), ("person", _("in person")))
        fields: list[Field] = [
            Choice("how", _("How the caller confirmed"), ways),
            Line("words", _("In which words")),
        ]
        self.ask_form(_("Close"), fields, act_of, _("{number} is closed"))


def named(subjects: Sequence[Subject]) -> str:
    """Return the tickets by number, or how many they are."""
    if len(subjects) == 1:
        return subjects[0].number
    return ngettext("{count} ticket", "{count} tickets", len(subjects)).format(count=len(subjects))
