"""Leading a change from draft to closed: one key for the next step, and the form that its gate asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from deskterm.commands import Need, Situation
from deskterm.domain.calendar import Slot, sentence
from deskterm.domain.change import AFTERWARDS, ChangeKind, ChangeStatus, CheckKind, Outcome
from deskterm.domain.errors import GateNotMet
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import change_forms
from deskterm.ui.change_words import span_words
from deskterm.ui.changing import ChangingScreen
from deskterm.ui.deeds import Deed, deed
from deskterm.ui.dialogs.form import Area, Choice, Field, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.reads.change import ChangeRecord

PASSED = (("yes", N_("passed")), ("no", N_("not passed")))
AT_BEGIN = ("test_plan", "resources")
"""What the gate to the implementation asks for besides window, steps and everybody's word."""


class LeadingScreen(ChangingScreen[T]):
    """A screen over one change that takes it from state to state."""

    STEPS: ClassVar[Mapping[ChangeStatus, str]] = {
        ChangeStatus.DRAFT: "_submit",
        ChangeStatus.ASSESS: "_assess",
        ChangeStatus.AUTHORISE: "action_approve",
        ChangeStatus.SCHEDULED: "_begin",
        ChangeStatus.IMPLEMENTING: "action_run_sheet",
        ChangeStatus.VERIFYING: "_verify",
        ChangeStatus.REVIEW: "_review",
    }
    """What the key for the next step does in each state."""

    def action_go_on(self) -> None:
        """Take the next step."""
        record = self.changed()
        if record is None:
            return
        if record.row.status not in self.STEPS:
            self.say(
                _("{number} is {status}.").format(number=record.row.number, status=label(record.row.status))
            )
            return
        getattr(self, self.STEPS[record.row.status])()

    def action_run_sheet(self) -> None:
        """Open the run sheet."""
        from deskterm.ui.screens.runsheet import RunSheetScreen

        record = self.changed()
        if record is not None:
            self.app.push_screen(RunSheetScreen(record.row.number))

    def action_edit(self) -> None:
        """Edit the request."""
        record = self.changed()
        if record is not None:
            self.work(partial(self._ask_request, record, _("Edit"), submit=False), "perform")

    def _submit(self) -> None:
        record = self.changed()
        if record is not None:
            self.work(partial(self._ask_request, record, _("Submit"), submit=True), "perform")

    async def _ask_request(self, record: ChangeRecord, title: str, *, submit: bool) -> None:
        from deskterm.services import changes

        number, kind = record.row.number, record.row.kind
        offered = await self.console.ask(change_forms.offers, self.console.desk, self.console.agent)

        async def hand_in(values: dict[str, str]) -> None:
            await self._save(record, values)
            if submit:
                await self.act(changes.submit, number, words=_("{number} is submitted"))

        self.ask(title, change_forms.request_fields(kind, offered, record), hand_in)

    async def _save(self, record: ChangeRecord, values: Mapping[str, str]) -> None:
        """Write down what a form changed, compared with the desk as it is now: it may be the second try."""
        from deskterm.reads import change
        from deskterm.services import changes

        number = record.row.number
        latest = await self.console.ask(change.record, self.console.desk, number, by=self.console.agent)
        edit = change_forms.edit_of(latest, values)
        if edit is not None:
            await self.act(changes.edit, number, edit, words=_("{number}: saved"), seen=latest.row.version)

    def _assess(self) -> None:
        from deskterm.services import changes

        record = self.changed()
        if record is None:
            return
        number, questions = record.row.number, record.questions.questions
        fields: list[Field] = [
            Area("necessity", _("Necessity: why must it be?"), record.fields.get("necessity") or ""),
            Area(
                "feasibility",
                _("Feasibility: what does that rest on?"),
                record.fields.get("feasibility") or "",
            ),
        ]
        for place, question in enumerate(questions):
            answers = (("", _("not answered")), *((answer, answer) for answer in question.answers))
            fields.append(
                Choice(f"answer-{place}", question.text, answers, record.answers.get(question.key, ""))
            )

        async def submit(values: dict[str, str]) -> None:
            given = {each.key: values[f"answer-{place}"] for place, each in enumerate(questions)}
            await self.act(
                changes.assess,
                number,
                words=_("{number} is assessed; its approval is asked for"),
                necessity=values["necessity"],
                feasibility=values["feasibility"],
                answers={key: answer for key, answer in given.items() if answer},
                seen=record.row.version,
            )

        self.ask(_("Assess"), fields, submit)

    def _begin(self) -> None:
        from deskterm.services import runsheet, windows

        record = self.changed()
        if record is None:
            return
        row = record.row
        texts = [Area(name, _(change_forms.TEXTS[name]), record.fields.get(name) or "") for name in AT_BEGIN]

        async def submit(values: dict[str, str]) -> None:
            now = self.console.desk.clock.now()
            start, end = change_forms.window(values, now)
            if (start, end) != (row.planned_start, row.planned_end):
                await self.act(windows.schedule, row.number, start, end, words=_("{number}: window set"))
            await self._save(record, {name: values[name] for name in AT_BEGIN})
            await self.act(runsheet.begin, row.number, words=_("{number} has begun"))
            self.call_later(self.action_run_sheet)

        window = change_forms.window_fields(row.planned_start, row.planned_end)
        self.ask(_("Begin"), [*window, *texts], submit)

    def action_window(self) -> None:
        """Say when the change begins and ends."""
        record = self.changed()
        if record is not None:
            self._ask_window(record, record.row.planned_start, record.row.planned_end)

    def _ask_window(self, record: ChangeRecord, start: datetime | None, end: datetime | None) -> None:
        from deskterm.services import windows

        number, version = record.row.number, record.row.version

        async def submit(values: dict[str, str]) -> None:
            window = change_forms.window_ahead(values, self.console.desk.clock.now())
            conflicts = await self.act(
                windows.schedule, number, *window, words=_("{number}: window set"), seen=version
            )
            if conflicts:
                told = _("{number} is there now, but: {conflict}")
                self.say(told.format(number=number, conflict=sentence(conflicts[0])), problem=True)

        self.ask(_("Window"), change_forms.window_fields(start, end), submit)

    def action_free_slot(self) -> None:
        """Look for the next room, and offer it as the window."""
        from deskterm.reads import calendar

        record = self.changed()
        if record is None:
            return

        async def look() -> None:
            found = await self.console.ask_slowly(
                calendar.free_slot, self.console.desk, record.row.number, by=self.console.agent
            )
            if isinstance(found, Slot):
                self.say(_("Next room: {window}").format(window=span_words(found.start, found.end)))
                self._ask_window(record, found.start, found.end)
            else:
                self.say(calendar.why_no_slot(found), problem=True)

        self.work(look, "perform")

    def action_plan(self) -> None:
        """Write the run sheet."""
        from deskterm.services import runsheet

        record = self.changed()
        if record is None:
            return
        row, start = record.row, record.row.planned_start
        ways = [tuple(step for step in record.steps if step.rollback is back) for back in (False, True)]
        fields: list[Field] = [
            Area(
                "steps", _("Steps, a line each: MINUTES:LOGIN:TEXT"), change_forms.step_lines(ways[0], start)
            ),
            Area("rollback", _("Roll-back steps, likewise"), change_forms.step_lines(ways[1], start)),
        ]

        async def submit(values: dict[str, str]) -> None:
            steps = [
                *change_forms.steps_of(values["steps"], rollback=False, start=start),
                *change_forms.steps_of(values["rollback"], rollback=True, start=start),
            ]
            words = _("{number}: run sheet written; those with a step confirm it (C)")
            await self.act(runsheet.plan, row.number, steps, words=words, seen=row.version)

        self.ask(_("Run sheet"), fields, submit)

    def situation(self) -> Situation:
        """Return what there is to act on; whether something can be taken back, the ledger knows."""
        return Situation({*super().situation().has, Need.DONE})

    def action_undo(self) -> None:
        """Take back one's last window or edit."""
        from deskterm.services import change_undo

        self.do_to_change(change_undo.undo, words=_("{number}: taken back"))

    def action_confirm(self) -> None:
        """Give one's word that the window suits."""
        from deskterm.services import windows

        self.do_to_each(deed(windows.confirm), _("{number}: you confirmed"))

    def action_follow(self) -> None:
        """Say which change must end first."""
        from deskterm.services import windows

        self.ask_line(
            _("Begin after"), _("Which change must end first"), windows.follow,
            words=_("{number} waits for the other change"), name="other",
        )  # fmt: skip

    def _verify(self) -> None:
        """Record the checks that are missing, then hand over to the review."""
        from deskterm.services import stability

        record = self.changed()
        if record is None:
            return
        number = record.row.number
        there = {check.kind for check in record.checks}
        missing = [kind for kind in CheckKind if kind not in there]
        if not missing:
            self.do_to_change(stability.verified, words=_("{number} is verified"))
            return
        fields: list[Field] = []
        for kind in missing:
            fields.append(Line(kind.value, _("{check} check: what was seen?").format(check=label(kind))))
            fields.append(Choice(f"{kind.value}-passed", _("It was"), _choices(PASSED)))

        async def submit(values: dict[str, str]) -> None:
            while missing:  # what was recorded before a refusal is not recorded again
                kind = missing[0]
                passed = values[f"{kind.value}-passed"]
                await self._record_check(number, kind, values[kind.value], passed, kind.value)
                missing.pop(0)
            await self.act(stability.verified, number, words=_("{number} is verified"))

        self.ask(_("Verify"), fields, submit)

    async def _record_check(
        self, number: str, kind: CheckKind, summary: str, passed: str, field: str
    ) -> None:
        from deskterm.services import stability

        if not summary.strip():
            raise GateNotMet(N_("Say what was checked."), field=field)
        words = _("{number}: check recorded")
        await self.act(stability.check, number, kind, summary, words=words, passed=passed == "yes")

    def action_check(self) -> None:
        """Record what a check showed."""
        record = self.changed()
        if record is None:
            return
        number = record.row.number
        kinds = tuple((kind.value, label(kind)) for kind in CheckKind)
        fields: list[Field] = [
            Choice("kind", _("Check"), kinds),
            Line("summary", _("What was seen?")),
            Choice("passed", _("It was"), _choices(PASSED)),
        ]

        async def submit(values: dict[str, str]) -> None:
            kind = CheckKind(values["kind"])
            await self._record_check(number, kind, values["summary"], values["passed"], "summary")

        self.ask(_("Check"), fields, submit)

    def action_judge(self) -> None:
        """Link a new incident as caused by the change, or set it aside."""
        record = self.changed()
        if record is None:
            return
        fresh = [each for each in record.incidents if each.caused is None]
        if not fresh:
            self.say(_("No new incident waits to be judged."))
        elif len(fresh) == 1:
            self._ask_judgement(record, fresh[0].number)
        else:
            options = [Option(each.number, f"{each.number}  {each.summary}") for each in fresh]
            self.app.push_screen(
                Picker(_("Which incident?"), options),
                lambda ticket: self._ask_judgement(record, ticket) if ticket else None,
            )

    def _ask_judgement(self, record: ChangeRecord, ticket: str) -> None:
        from deskterm.services import stability

        number = record.row.number
        fields: list[Field] = [
            Choice("caused", ticket, (("yes", _("caused by this change")), ("no", _("not caused by it")))),
            Line("note", _("If it was not: why?")),
        ]

        async def submit(values: dict[str, str]) -> None:
            caused, note = values["caused"] == "yes", values["note"]
            words = _("{number}: incident judged")
            await self.act(stability.judge, number, ticket, words=words, caused=caused, note=note)

        self.ask(_("Incident"), fields, submit)

    def _review(self) -> None:
        """Say what came of the change, or close it where that is said and it has proved stable."""
        from deskterm.services import stability

        record = self.changed()
        if record is None:
            return
        row = record.row
        if row.outcome is not None:
            self.do_to_change(stability.close, words=_("{number} is closed"), seen=row.version)
            return
        fields: list[Field] = [
            Choice("outcome", _("Outcome"), tuple((each.value, label(each)) for each in Outcome)),
            Area("lessons", _("Lessons"), record.fields.get("lessons") or ""),
        ]
        later = [name for name, _sentence in AFTERWARDS] if row.kind is ChangeKind.EMERGENCY else []
        fields += [Area(name, _(change_forms.TEXTS[name]), record.fields.get(name) or "") for name in later]

        async def submit(values: dict[str, str]) -> None:
            await self._save(record, {name: values[name] for name in later})
            await self.act(
                stability.review,
                row.number,
                Outcome(values["outcome"]),
                words=_("{number} is reviewed"),
                lessons=values["lessons"],
            )

        self.ask(_("Review"), fields, submit)

    def action_to_draft(self) -> None:
        """Take the change back to draft."""
        from deskterm.services import changes

        self.ask_line(
            _("Back to draft"), _("Why"), changes.return_to_draft, words=_("{number} is a draft again")
        )

    def action_give_up(self) -> None:
        """Give the change up."""
        from deskterm.services import changes

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(changes.cancel, values["reason"])

        self.ask_each(_("Cancel"), [Line("reason", _("Why"))], deed_of, _("{number} is cancelled"))

    def action_template(self) -> None:
        """Propose the change as a template."""
        from deskterm.services import templates

        self.ask_line(
            _("Propose as template"), _("What it is called"), templates.propose,
            words=_("{number} is proposed as a template"), name="name",
        )  # fmt: skip


def _choices(options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((value, _(word)) for value, word in options)
