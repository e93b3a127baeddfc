"""What can be done to problems from a screen: one method for one key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from deskterm.domain.errors import BadInput
from deskterm.domain.problem import Closure, ProblemStatus
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import problem_forms
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import counted
from deskterm.ui.problem_acts import Act, ProblemActs
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.reads.problems import ProblemRecord, ProblemRow

NOBODY = "-"


class ProblemScreenBase(ProblemActs[T]):
    """A screen with the verbs of problems."""

    def action_take(self) -> None:
        """Make whoever sits here the owner."""
        self._assign(self.console.agent)

    def action_assign(self, login: str = "") -> None:
        """Give the problems an owner; pick one where none is named."""
        from deskterm.reads import people

        if login:
            self._assign(login)
            return
        console = self.console

        def picked(found: str | None) -> None:
            if found is not None:
                self._assign(found)

        async def show() -> None:
            agents = await console.ask(people.agents, console.desk, by=console.agent, working=True)
            options = [Option(each.login, f"{each.login:<12} {each.name}") for each in agents]
            options.append(Option(NOBODY, _("-            nobody")))
            self.app.push_screen(Picker(_("Owner"), options), picked)

        self.work(show, "perform")

    def _assign(self, login: str) -> None:
        from deskterm.services import problems

        desk, me, to = self.console.desk, self.console.agent, None if login == NOBODY else login
        self.lead(
            lambda row: problems.assign(desk, row.number, to, by=me, seen=row.version),
            _("{number}: the owner is {login} now").replace("{login}", login),
        )

    def action_priority(self) -> None:
        """Ask for impact and urgency; the priority follows from them."""
        first = next(iter(self.problems()), None)
        fields = problem_forms.levels(first.impact if first else None, first.urgency if first else None)
        fields.append(Line("note", _("Why, once it was assessed")))
        self.ask_lead(_("Priority"), fields, self._edited, _("{number} has a new priority"))

    def action_edit(self) -> None:
        """Change what a problem says."""

        def ask(record: ProblemRecord) -> None:
            row = record.row
            fields: list[Field] = [
                Line("summary", _("Summary"), row.summary),
                Area("description", _("Description"), record.description),
                *problem_forms.fields_of("category", record, ""),
                *problem_forms.fields_of("service", record, ""),
                *problem_forms.fields_of("root_cause", record, ""),
                *problem_forms.fields_of("teams", record, ""),
                Line("note", _("Why the classification changes, once it was assessed")),
            ]
            self.ask_lead(_("Edit"), fields, self._edited, _("{number} is changed"))

        self.with_record(ask)

    def _edited(self, values: dict[str, str]) -> Act:
        from deskterm.services import problems

        desk, me, given = self.console.desk, self.console.agent, problem_forms.edit_of(values)
        note = values["note"]
        return lambda row: problems.edit(desk, row.number, given, note=note, by=me, seen=row.version)

    def action_note(self) -> None:
        """Leave a note."""
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            return lambda row: problems.note(desk, row.number, values["body"], by=me)

        self.ask_lead(_("Note"), [Area("body", _("Note"))], act_of, _("Note left on {number}"))

    def action_link(self) -> None:
        """Link tickets, or take them off."""
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            on, off = (problem_forms.words_of(values[name]) for name in ("tickets", "off"))

            def act(row: ProblemRow) -> None:
                if on:
                    problems.link(desk, row.number, tuple(on), by=me)
                for ticket in off:
                    problems.unlink(desk, row.number, ticket, by=me)

            return act

        fields = [
            Line("tickets", _("Tickets that it causes"), hint="INC-1, INC-2"),
            Line("off", _("Tickets to take off"), hint="INC-3"),
        ]
        self.ask_lead(_("Link"), fields, act_of, _("{number}: links changed"))

    def action_known_error(self) -> None:
        """Write down symptom and workaround, or say that it is no known error."""
        self.with_record(self._known_error)

    def _known_error(self, record: ProblemRecord) -> None:
        from deskterm.services import known_errors
        from deskterm.services.drafts import checked
        from deskterm.services.problem_drafts import KnownErrorDraft

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            if values["known"] == "no":
                return lambda row: known_errors.withdraw(desk, row.number, by=me, seen=row.version)
            given = {name: values[name] for name in ("symptom", "workaround")}
            if values.get("article", "").strip():
                given["article"] = values["article"]
            draft = checked(KnownErrorDraft, given)
            return lambda row: known_errors.declare(desk, row.number, draft, by=me, seen=row.version)

        fields: list[Field] = [
            Area("symptom", _("Symptom"), record.symptom),
            Area("workaround", _("Workaround"), record.workaround),
            *([Area("article", _("Article"), record.article)] if record.row.known_error else []),
            Choice("known", _("Known error"), (("yes", _("yes")), ("no", _("no")))),
        ]
        self.ask_lead(_("Known error"), fields, act_of, _("{number}: known error written down"))

    def action_send(self) -> None:
        """Send the workaround to all linked open tickets, after a preview."""
        self.with_record(lambda record: self.work(partial(self._send, record), "perform"))

    async def _send(self, record: ProblemRecord) -> None:
        from deskterm.reads import problems
        from deskterm.services import known_errors

        console, number = self.console, record.row.number
        audience = await console.ask(problems.audience, console.desk, number, by=console.agent)
        title = ngettext(
            "Send the workaround to {count} linked ticket",
            "Send the workaround to {count} linked tickets",
            len(audience),
        ).format(count=len(audience))

        async def submit(values: dict[str, str]) -> None:
            lines = [*values["body"].splitlines(), "", *audience]
            if audience and not await self.app.push_screen_wait(
                Confirm(f"{title}?", lines, count=len(audience))
            ):
                raise BadInput(N_("Nothing was sent; what you typed is kept."))
            result = await console.ask(
                known_errors.send_workaround, console.desk, number, values["body"], by=console.agent
            )
            sent = counted(len(result.done))
            words = _("Workaround of {number} goes to {count}").format(number=number, count=sent)
            self.done_to_tickets(result, words)

        self.sent_form = f"workaround of {number}"
        fields = [Area("body", _("Text"), record.workaround)]
        self.app.push_screen(FormDialog(title, fields, submit, keep=self.sent_form))

    def action_end(self) -> None:
        """Pick how the problem ends, then ask what that asks."""
        ways: dict[Closure, Callable[[], None]] = {
            Closure.EFFECTIVE: partial(self.carry, ProblemStatus.CLOSED),
            Closure.RISK_ACCEPTED: self._accept_risk,
            Closure.DUPLICATE: self._duplicate,
        }

        def picked(value: str | None) -> None:
            if value is not None:
                ways[Closure(value)]()

        options = [Option(each.value, label(each)) for each in ways]
        self.app.push_screen(Picker(_("How it ends"), options), picked)

    def _accept_risk(self) -> None:
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            at = problem_forms.moment_or_none(values["review_at"], desk.clock.now(), "review_at")
            reason, approver = values["reason"], values["approver"].strip() or None
            return lambda row: problems.accept_risk(
                desk, row.number, reason, approver=approver, review_at=at, by=me, seen=row.version
            )

        fields: list[Field] = [
            Area("reason", _("Why the risk is accepted")),
            Line("approver", _("Who approves that")),
            Line("review_at", _("Looked at again"), hint=_("2026-12-01, 26w")),
        ]
        self.ask_lead(_("Accept the risk"), fields, act_of, _("{number} is closed, its risk accepted"))

    def _duplicate(self) -> None:
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            of = values["of"].strip()
            return lambda row: problems.close_as_duplicate(desk, row.number, of, by=me, seen=row.version)

        fields = [Line("of", _("Of which problem"), hint="PRB-1")]
        self.ask_lead(_("Duplicate"), fields, act_of, _("{number} is closed, its tickets moved"))

    def action_review(self) -> None:
        """Ask what a review found, and when the next one is."""
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent

        def act_of(values: dict[str, str]) -> Act:
            at = problem_forms.moment_or_none(values["review_at"], desk.clock.now(), "review_at")
            return lambda row: problems.review(desk, row.number, values["review"], next_at=at, by=me)

        fields: list[Field] = [
            Area("review", _("What was learned")),
            Line("review_at", _("Next review"), hint=_("13w, empty for none")),
        ]
        self.ask_lead(_("Review"), fields, act_of, _("{number} is reviewed"))

    def action_watch(self) -> None:
        """Watch a problem, or stop watching it."""
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent

        def toggle(record: ProblemRecord) -> None:
            if me in record.watchers:
                words = _("You no longer watch {number}")
                self.lead(lambda row: problems.unwatch(desk, row.number, by=me), words)
            else:
                self.lead(lambda row: problems.watch(desk, row.number, by=me), _("You watch {number}"))

        self.with_record(toggle)

    def action_copy_number(self) -> None:
        """Copy the numbers, and show them."""
        text = " ".join(row.number for row in self.problems())
        self.console.terminal.copy(text)
        self.say(_("Copied: {text}").format(text=text))
