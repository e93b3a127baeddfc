"""Screens whose keys act on problems: done to one or many, carried through gates, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from deskterm.commands import Need, Situation
from deskterm.domain.errors import DeskError, GateNotMet
from deskterm.domain.problem import FOLLOWS, Ask, ProblemStatus
from deskterm.domain.ticket import Resolution
from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.ui import problem_forms
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.dialogs.report import Report
from deskterm.ui.doing import DoingScreen, counted
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.reads.problems import ProblemRecord, ProblemRow
    from deskterm.services.bulk import BulkResult

Act = Callable[["ProblemRow"], object]
"""Does something to one problem; runs on the database thread."""
FORWARD = tuple(ProblemStatus)
"""The states from left to right."""


class ProblemActs(DoingScreen[T]):
    """A screen that does things to the problems chosen on it."""

    def __init__(self) -> None:
        super().__init__()
        self._acted: list[tuple[str, ...]] = []
        """The problems of each act that was done here, the newest last; none for an act on their tickets."""
        self.sent_form = ""
        """The form from which a workaround was sent last."""

    def problems(self) -> Sequence[ProblemRow]:
        """Return the problems that a key acts on now."""
        raise NotImplementedError

    def subjects(self) -> Sequence[Subject]:
        """Return nothing: keys act on problems here."""
        return ()

    def situation(self) -> Situation:
        """Return what there is to act on; whether something can be taken back, the ledger knows."""
        return Situation({*super().situation().has, Need.DONE, Need.UNDONE})

    def lead(self, act: Act, words: str) -> None:
        """Do something to each chosen problem, then say so; `words` have `{number}`."""
        self.work(partial(self.led, act, words, self.problems()), "perform")

    async def led(self, act: Act, words: str, rows: Sequence[ProblemRow]) -> None:
        """Do something to problems; of one a refusal is raised, of many they are listed."""
        if not rows:
            self.say(_("There is no problem here."))
            return
        done, refused = [], {}
        for row in rows:
            try:
                await self.console.ask(act, row)
            except DeskError as error:
                if len(rows) == 1:
                    raise
                refused[row.number] = error
            else:
                done.append(row.number)
        self.console.poke()
        if done:
            self._acted.append(tuple(done))
        many = ngettext("{count} problem", "{count} problems", len(done)).format(count=len(done))
        self.say(words.format(number=done[0] if len(done) == 1 else many), undoable=bool(done))
        if refused:
            lines = [f"{number:<10} {error}" for number, error in refused.items()]
            title = ngettext("{count} refused", "{count} refused", len(refused))
            self.app.call_later(
                self.app.push_screen, Report(title.format(count=len(refused)), lines, is_called=False)
            )

    def ask_lead(
        self, title: str, fields: Sequence[Field], act_of: Callable[[dict[str, str]], Act], words: str
    ) -> None:
        """Ask for what an act needs, then do it to each chosen problem; a refusal stays in the form."""
        rows = self.problems()
        if not rows:
            self.say(_("There is no problem here."))
            return

        async def submit(values: dict[str, str]) -> None:
            await self.led(act_of(values), words, rows)

        name = rows[0].number if len(rows) == 1 else _("{count} problems").format(count=len(rows))
        self.app.push_screen(FormDialog(f"{title}: {name}", fields, submit, keep=f"{title} {name}"))

    def with_record(self, then: Callable[[ProblemRecord], None]) -> None:
        """Read the first of the chosen problems, then go on with it."""
        from deskterm.reads import problems

        rows, console = self.problems(), self.console
        if not rows:
            self.say(_("There is no problem here."))
            return

        async def go() -> None:
            read = partial(problems.record, console.desk, rows[0].number, by=console.agent)
            then(await console.ask(read))

        self.work(go, "perform")

    def carry(self, after: ProblemStatus) -> None:
        """Carry the chosen problems to a state; a form asks one what its gate asks."""
        from deskterm.services import problems

        desk, me = self.console.desk, self.console.agent
        if len(self.problems()) > 1:
            self.lead(
                lambda row: problems.move(desk, row.number, after, by=me, seen=row.version), carried(after)
            )
        else:
            self.with_record(partial(self._carry, after))

    def _carry(self, after: ProblemStatus, record: ProblemRecord) -> None:
        asks: tuple[Ask, ...] = record.gates.get(after, ())
        fields = problem_forms.asked(record, asks, self.console.agent)
        if not fields:
            self.work(partial(self._carried, record, after, {}), "perform")
            return

        async def submit(values: dict[str, str]) -> None:
            await self._carried(record, after, values)

        title = f"{record.row.number}: {label(record.row.status)} → {label(after)}"
        self.app.push_screen(FormDialog(title, fields, submit, keep=title))

    async def _carried(self, record: ProblemRecord, after: ProblemStatus, values: dict[str, str]) -> None:
        from deskterm.services import corrective, problems

        desk, me = self.console.desk, self.console.agent
        given = problem_forms.edit_of(values)
        planned = problem_forms.action_of(values, desk.clock.now()) if "type" in values else None

        def move(row: ProblemRow) -> None:
            try:
                problems.move(desk, row.number, after, given, by=me, seen=row.version)
            except GateNotMet as refusal:
                if planned is None or refusal.field != "actions":
                    raise
                corrective.add(desk, row.number, planned, by=me)
                problems.move(desk, row.number, after, given, by=me)

        await self.led(move, carried(after), [record.row])
        if after is ProblemStatus.RESOLVED and record.waiting:
            self.call_later(self.offer_release, record)

    def action_status(self) -> None:
        """Pick the state to carry to."""
        rows = self.problems()
        after = frozenset.intersection(*(FOLLOWS[row.status] for row in rows)) if rows else frozenset()
        if not after:
            self.say(_("Nothing follows from here."))
            return

        def picked(value: str | None) -> None:
            if value is not None:
                self.carry(ProblemStatus(value))

        options = [Option(each.value, label(each)) for each in FORWARD if each in after]
        self.app.push_screen(Picker(_("Carry to"), options), picked)

    def offer_release(self, record: ProblemRecord) -> None:
        """Offer to resolve the tickets that are on hold for a problem."""
        from deskterm.services import known_errors

        console, number, count = self.console, record.row.number, len(record.waiting)
        if not count:
            self.say(_("No ticket is on hold for {number}.").format(number=number))
            return

        async def submit(values: dict[str, str]) -> None:
            result = await console.ask(
                known_errors.resolve_waiting,
                console.desk,
                number,
                Resolution(values["resolution"]),
                values["closing_summary"],
                by=console.agent,
            )
            words = _("{count} resolved with {number}").format(count=counted(len(result.done)), number=number)
            self.done_to_tickets(result, words)

        title = ngettext(
            "Resolve the {count} ticket on hold for {number}: {numbers}",
            "Resolve the {count} tickets on hold for {number}: {numbers}",
            count,
        ).format(count=count, number=number, numbers=" ".join(record.waiting))
        fields: list[Field] = [
            Choice("resolution", _("Resolution"), tuple((each.value, label(each)) for each in Resolution)),
            Area("closing_summary", _("How service was restored"), record.root_cause),
        ]
        self.app.push_screen(FormDialog(title, fields, submit))

    def recalled(self, words: Mapping[str, str]) -> None:
        """Put the text of a recalled workaround back into its form."""
        self.console.kept[self.sent_form] = {"body": next(iter(words.values()))}

    def done_to_tickets(self, result: BulkResult, words: str) -> None:
        """Say what was done to a problem's tickets, and let `u` take it back."""
        self.console.poke()
        if result.touched:
            self.console.doings.add(result.batch, words)
            self._acted.append(())
        self.say(words, undoable=bool(result.touched))

    def action_undo(self) -> None:
        """Take back what was done last here: to problems, or to their tickets."""
        from deskterm.services import problems

        if not self._acted:
            self.say(_("There is nothing to take back."))
            return
        console, numbers = self.console, self._acted.pop()
        if not numbers:
            super().action_undo()
            return

        async def undo() -> None:
            for number in numbers:
                await console.ask(problems.undo, console.desk, number, by=console.agent)
            console.poke()
            self.say(_("{number}: taken back").format(number=" ".join(numbers)))

        self.work(undo, "perform")


def carried(after: ProblemStatus) -> str:
    """Return what is said when a problem was carried, with `{number}` left to fill."""
    return _("Carried {number} to {after}").replace("{after}", label(after))
