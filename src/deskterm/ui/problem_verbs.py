"""What can be done to problems from a screen: one method for one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from deskterm.commands.bulk import Confirmation, confirmation
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.domain.problem import Closure, ProblemStatus
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import problem_forms
from deskterm.ui.deeds import Subject, deed
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import counted
from deskterm.ui.problem_acts import Act, ProblemActs
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.reads.problems import ProblemRecord, ProblemRow

NOBODY = "-"
WORKAROUND = ""
"""Stands for the workaround among the macros."""


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

        words = _("{number}: the owner is {login} now").replace("{login}", login)
        self.lead(self.act_of(problems.assign, None if login == NOBODY else login), words)

    def action_priority(self) -> None:
        """Ask for impact and urgency; the priority follows from them."""
        first = next(iter(self.problems()), None)
        fields = problem_forms.levels(first.impact if first else None, first.urgency if first else None)
        fields.append(Line("note", _("Why, once it was assessed")))
        self.ask_lead(_("Priority"), fields, self._edited, _("{number} has a new priority"))

    def action_edit(self) -> None:
        """Change what a problem says; of many, what they have in common."""
        if len(self.problems()) > 1:
            self.ask_lead(_("Edit"), problem_forms.common_fields(), self._edited, _("{number} is changed"))
        else:
            self.with_record(self._edit)

    def _edit(self, record: ProblemRecord) -> None:
        """Ask what a problem shall say, and hand in only what somebody changed.

        Where others changed the same field meanwhile, their words are shown before they are replaced.
        """
        from deskterm.reads import problems as reads
        from deskterm.services import problems

        desk, me, known = self.console.desk, self.console.agent, record.row.version

        def act_of(values: dict[str, str]) -> Act:
            given = problem_forms.edit_of(values, record)

            def act(row: ProblemRow, batch: str) -> None:
                nonlocal known
                latest = reads.record(desk, row.number, by=me)
                if latest.row.version != known:
                    known = latest.row.version
                    problem_forms.nobody_else(given, record, latest)
                problems.edit.together(
                    desk, batch, row.number, given, note=values["note"], by=me, seen=latest.row.version
                )

            return act

        fields = problem_forms.edit_fields(record)
        self.ask_lead(_("Edit"), fields, act_of, _("{number} is changed"), [record.row])

    def _edited(self, values: dict[str, str]) -> Act:
        from deskterm.services import problems

        return self.act_of(problems.edit, problem_forms.edit_of(values), note=values["note"])

    def action_note(self) -> None:
        """Leave a note."""
        from deskterm.services import problems

        def act_of(values: dict[str, str]) -> Act:
            return self.act_of(problems.note, values["body"])

        self.ask_lead(_("Note"), [Area("body", _("Note"))], act_of, _("Note left on {number}"))

    def action_link(self) -> None:
        """Link tickets, or take them off."""
        from deskterm.services import problems

        def act_of(values: dict[str, str]) -> Act:
            on, off = (problem_forms.words_of(values[name]) for name in ("tickets", "off"))

            def act(row: ProblemRow, batch: str) -> None:
                if on:
                    self.act_of(problems.link, tuple(on))(row, batch)
                for ticket in off:
                    self.act_of(problems.unlink, ticket)(row, batch)

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

        def act_of(values: dict[str, str]) -> Act:
            if values["known"] == "no":
                return self.act_of(known_errors.withdraw)
            given = {name: values[name] for name in ("symptom", "workaround")}
            if values.get("article", "").strip():
                given["article"] = values["article"]
            return self.act_of(known_errors.declare, checked(KnownErrorDraft, given))

        fields: list[Field] = [
            Area("symptom", _("Symptom"), record.symptom),
            Area("workaround", _("Workaround"), record.workaround),
            *([Area("article", _("Article"), record.article)] if record.row.known_error else []),
            Choice("known", _("Known error"), (("yes", _("yes")), ("no", _("no")))),
        ]
        words = _("{number}: known error written down")
        self.ask_lead(_("Known error"), fields, act_of, words, [record.row])

    def action_tags(self) -> None:
        """Ask which tags to put on and to take off."""
        from deskterm.services import problem_marks

        rows = self.problems()

        def act_of(values: dict[str, str]) -> Act:
            words = values["words"].split()
            new = tuple(word for word in words if not word.startswith("-"))
            gone = tuple(word[1:] for word in words if word.startswith("-") and word[1:])
            if not new and not gone:
                raise GateNotMet(N_("Name a tag, or one to take off: vpn -lyon."), field="words")

            def act(row: ProblemRow, batch: str) -> None:
                if new:
                    self.act_of(problem_marks.tag, new)(row, batch)
                if gone:
                    self.act_of(problem_marks.untag, gone)(row, batch)

            return act

        has = " ".join(f"#{tag}" for tag in rows[0].tags) if len(rows) == 1 else ""
        title = _("Tags; with - before one to take it off") + (f"   {has}" if has else "")
        words = _("{number}: tags changed")
        self.ask_lead(_("Tags"), [Line("words", title, hint="vpn -lyon")], act_of, words, rows)

    def action_macro(self) -> None:
        """Pick what goes to all linked open tickets: the workaround, or a macro of the standard."""
        self.with_record(lambda record: self.work(partial(self._offer_macros, record), "perform"))

    async def _offer_macros(self, record: ProblemRecord) -> None:
        from deskterm.domain.ticket import key_of
        from deskterm.reads import macros as known
        from deskterm.reads import problems, queue

        desk, me, ask = self.console.desk, self.console.agent, self.console.ask
        numbers = await ask(problems.audience, desk, record.row.number, by=me)
        rows = await ask(queue.rows, desk, [key_of(number) for number in numbers], by=me)
        macros = await ask(known.macros, desk, by=me)
        subjects = [Subject(row.number, row.version, row.status) for row in rows]

        def picked(key: str | None) -> None:
            if key == WORKAROUND:
                self.work(partial(self._send, record), "perform")
            elif key is not None:
                self.work(partial(self._run_macro, key, names[key], subjects), "perform")

        names = {each.key: each.name for each in macros}
        options = [Option(WORKAROUND, _("Send the workaround"))]
        options += [Option(key, _("Macro: {name}").format(name=name)) for key, name in names.items()]
        title = ngettext("To {count} linked ticket", "To {count} linked tickets", len(subjects))
        self.app.push_screen(Picker(title.format(count=len(subjects)), options), picked)

    async def _run_macro(self, key: str, name: str, subjects: Sequence[Subject]) -> None:
        """Run a macro on tickets; several are named first, since their callers may be told."""
        from deskterm.services import macros

        words = _("{number}: {macro} was run").replace("{macro}", name.replace("{", "{{").replace("}", "}}"))
        question = _("Run {macro} on these tickets?").format(macro=name)
        lines = [subject.number for subject in subjects]
        asks = len(subjects) > 1 and confirmation(len(subjects)) is Confirmation.NONE
        if asks and not await self.app.push_screen_wait(Confirm(question, lines, count=len(subjects))):
            self.say(_("Nothing was changed."))
            return
        await self.take(deed(macros.run, key), words, subjects)

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
            self.sent_to = frozenset(result.done)
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

        def act_of(values: dict[str, str]) -> Act:
            now = self.console.desk.clock.now()
            at = problem_forms.moment_or_none(values["review_at"], now, "review_at")
            approver = values["approver"].strip() or None
            return self.act_of(problems.accept_risk, values["reason"], approver=approver, review_at=at)

        fields: list[Field] = [
            Area("reason", _("Why the risk is accepted")),
            Line("approver", _("Who approves that")),
            Line("review_at", _("Looked at again"), hint=_("2026-12-01, 26w")),
        ]
        self.ask_lead(_("Accept the risk"), fields, act_of, _("{number} is closed, its risk accepted"))

    def _duplicate(self) -> None:
        from deskterm.services import problems

        def act_of(values: dict[str, str]) -> Act:
            return self.act_of(problems.close_as_duplicate, values["of"].strip())

        fields = [Line("of", _("Of which problem"), hint="PRB-1")]
        words = _("{number} is closed, all that hangs on it moved")
        self.ask_lead(_("Duplicate"), fields, act_of, words, final=True)

    def action_review(self) -> None:
        """Ask what a review found, and when the next one is."""
        from deskterm.services import problems

        def act_of(values: dict[str, str]) -> Act:
            now = self.console.desk.clock.now()
            at = problem_forms.moment_or_none(values["review_at"], now, "review_at")
            return self.act_of(problems.review, values["review"], next_at=at)

        fields: list[Field] = [
            Area("review", _("What was learned")),
            Line("review_at", _("Next review"), hint=_("13w, empty for none")),
        ]
        self.ask_lead(_("Review"), fields, act_of, _("{number} is reviewed"))

    def action_watch(self) -> None:
        """Watch the problems, or stop watching them if all of them are watched."""
        from deskterm.reads import watching
        from deskterm.services import problems

        rows, console = self.problems(), self.console

        async def toggle() -> None:
            numbers = [row.number for row in rows]
            watched = await console.ask(watching.watched_problems, console.desk, numbers, by=console.agent)
            if watched.issuperset(numbers):
                await self.led(self.act_of(problems.unwatch), _("You no longer watch {number}"), rows)
            else:
                await self.led(self.act_of(problems.watch), _("You watch {number}"), rows)

        self.work(toggle, "perform")

    def action_copy_number(self) -> None:
        """Copy the numbers, and show them."""
        self.copy(" ".join(row.number for row in self.problems()))
