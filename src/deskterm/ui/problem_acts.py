"""Screens whose keys act on problems: done to one or many, carried through gates, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

from deskterm.commands.bulk import Confirmation, confirmation
from deskterm.domain.errors import GateNotMet
from deskterm.domain.problem import FOLLOWS, Ask, ProblemStatus
from deskterm.domain.ticket import Resolution
from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.ui import problem_forms
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import DoingScreen, counted
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action
    from deskterm.reads.problems import ProblemRecord, ProblemRow
    from deskterm.services.bulk import BulkResult

Act = Callable[["ProblemRow", str], object]
"""Does something to one problem under a batch, by which it is taken back; runs on the database thread."""
FORWARD = tuple(ProblemStatus)
"""The states from left to right."""


class ProblemActs(DoingScreen[T]):
    """A screen that does things to the problems chosen on it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent_form = ""
        """The form from which a workaround was sent last."""
        self.sent_to: frozenset[str] = frozenset()
        """The tickets that it went to."""

    def problems(self) -> Sequence[ProblemRow]:
        """Return the problems that a key acts on now."""
        raise NotImplementedError

    def subjects(self) -> Sequence[Subject]:
        """Return nothing: keys act on problems here."""
        return ()

    def act_of(self, action: Action[Any, Any], *given: Any, **options: Any) -> Act:
        """Return what takes an action on a problem, refused where others changed it since it was read."""
        desk, me = self.console.desk, self.console.agent
        asks = "seen" in signature(action.work).parameters

        def act(row: ProblemRow, batch: str) -> object:
            looked = {"seen": row.version} if asks else {}
            return action.together(desk, batch, row.number, *given, by=me, **options, **looked)

        return act

    def lead(self, act: Act, words: str) -> None:
        """Do something to each chosen problem, then say so; `words` have `{number}`."""
        self.work(partial(self.led, act, words, self.problems()), "perform")

    async def led(
        self,
        act: Act,
        words: str,
        rows: Sequence[ProblemRow],
        *,
        final: bool = False,
        traceless: bool = False,
    ) -> None:
        """Do something to problems under one batch; of one a refusal is raised, of many they are listed.

        Args:
            final: whether it can't be taken back.
            traceless: whether the ledger has nothing of it.
        """
        from deskterm.reads import history
        from deskterm.services import bulk

        if not rows:
            self.say(_("There is no problem here."))
            return
        row_of = {row.number: row for row in rows}
        if confirmation(len(rows)) is not Confirmation.NONE:
            lines = [f"{row.number:<8} {row.summary}" for row in rows]
            if not await self.app.push_screen_wait(
                Confirm(_("Do that to {count} problems?").format(count=len(rows)), lines, count=len(rows))
            ):
                self.say(_("Nothing was changed."))
                return

        def each(number: str, batch: str) -> None:
            act(row_of[number], batch)

        result = await self.console.ask(bulk.each, each, list(row_of))
        if not result.done and len(rows) == 1:
            raise next(iter(result.refused.values()))
        self.console.poke()
        told = words.format(number=result.done[0] if len(rows) == 1 else _each_of(len(result.done)))
        console = self.console
        stands = await console.ask(history.is_written, console.desk, result.batch, by=console.agent)
        if result.done and not stands and not traceless:
            told = _("Nothing changed: {number} was so already.").format(number=problem_forms.named(rows))
        undoable = stands and not final
        if undoable:
            self.console.doings.add(result.batch, told)
        self.done(result.done, result.refused)
        self._tell(told, result.refused, undoable=undoable)

    def ask_lead(
        self,
        title: str,
        fields: Sequence[Field],
        act_of: Callable[[dict[str, str]], Act],
        words: str,
        rows: Sequence[ProblemRow] | None = None,
        *,
        final: bool = False,
    ) -> None:
        """Ask for what an act needs, then do it to each problem; a refusal stays in the form.

        Args:
            rows: the problems when the key was pressed, where something was read since.
            final: whether it can't be taken back.
        """
        chosen = self.problems() if rows is None else rows
        if not chosen:
            self.say(_("There is no problem here."))
            return

        async def submit(values: dict[str, str]) -> None:
            await self.led(act_of(values), words, chosen, final=final)

        name = problem_forms.named(chosen)
        keep = f"{title} {name} {chosen[0].version}"
        self.app.push_screen(FormDialog(f"{title}: {name}", fields, submit, keep=keep))

    def with_record(self, then: Callable[[ProblemRecord], None]) -> None:
        """Read the one chosen problem, then go on with it; of several, say that it takes one."""
        from deskterm.reads import problems

        rows, console = self.problems(), self.console
        if not rows:
            self.say(_("There is no problem here."))
            return
        if len(rows) > 1:
            self.say(_("This is done to one problem at a time; Esc takes the marks off."), problem=True)
            return

        async def go() -> None:
            read = partial(problems.record, console.desk, rows[0].number, by=console.agent)
            then(await console.ask(read))

        self.work(go, "perform")

    def carry(self, after: ProblemStatus) -> None:
        """Carry the chosen problems to a state; a form asks one what its gate asks."""
        from deskterm.services import problems

        if len(self.problems()) > 1:
            self.lead(self.act_of(problems.move, after), carried(after))
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
        keep = f"{title} {record.row.version}"
        self.app.push_screen(FormDialog(title, fields, submit, keep=keep))

    async def _carried(self, record: ProblemRecord, after: ProblemStatus, values: dict[str, str]) -> None:
        from deskterm.services import corrective, problems

        desk, me = self.console.desk, self.console.agent
        given = problem_forms.edit_of(values, record)
        planned = problem_forms.action_of(values, desk.clock.now()) if "type" in values else None

        def move(row: ProblemRow, batch: str) -> None:
            try:
                self.act_of(problems.move, after, given)(row, batch)
            except GateNotMet as refusal:
                if planned is None or refusal.field != "actions":
                    raise
                corrective.add.together(desk, batch, row.number, planned, by=me)
                problems.move.together(desk, batch, row.number, after, given, by=me)

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
        """Put the text of a recalled workaround back into its form, any other where it was typed."""
        if self.sent_to.issuperset(words):
            self.console.kept[self.sent_form] = {"body": next(iter(words.values()))}
        else:
            super().recalled(words)

    def done_to_tickets(self, result: BulkResult, words: str) -> None:
        """Say what was done to a problem's tickets, and let `u` take it back."""
        self.console.poke()
        if result.touched:
            self.console.doings.add(result.batch, words)
        self.say(words, undoable=bool(result.touched))


def _each_of(count: int) -> str:
    """Return how many problems these are, for sentences that are made for one."""
    return ngettext("{count} problem", "each of {count} problems", count).format(count=count)


def carried(after: ProblemStatus) -> str:
    """Return what is said when a problem was carried, with `{number}` left to fill."""
    return _("Carried {number} to {after}").replace("{after}", label(after))
