"""The run sheet, full screen: steps worked by several people at once, the live log, the way back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.change import ChangeStatus, StepState
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import change_words, times
from deskterm.ui.changing import ChangingScreen, literal
from deskterm.ui.dialogs.form import Line
from deskterm.ui.gate import txt
from deskterm.ui.widgets.run_sheet import RunSheet

if TYPE_CHECKING:
    from deskterm.reads.change import ChangeRecord

TICK_SECONDS = 10.0
"""How often elapsed times and the countdown are painted anew, where their text changed."""
LOGGED = (
    "runsheet.",
    "change.begun",
    "change.noted",
    "change.rolling_back",
    "change.finished",
    "change.glass",
)


class RunSheetScreen(ChangingScreen["ChangeRecord"]):
    """One change being carried out; closing the screen leaves it under way."""

    CSS_PATH = style("runsheet")
    PLACE = Place.RUNSHEET
    LISTENS = ("change", "ticket")

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number
        self._record: ChangeRecord | None = None

    def body(self) -> ComposeResult:
        """List head, countdown, steps, log."""
        yield Static(id="runsheet-summary", markup=False)
        yield Static(id="runsheet-clock", markup=False)
        yield Static(id="runsheet-columns", markup=False)
        yield RunSheet(id="runsheet-steps")
        with VerticalScroll(id="runsheet-log", can_focus=False):
            yield Static(id="runsheet-lines", markup=False)

    def on_mount(self) -> None:
        """Put the keys on the steps, and let the clocks go on."""
        self.query_one(RunSheet).focus()
        columns = _("step          from  who       plan  took  what")
        self.query_one("#runsheet-columns", Static).update(txt(f"    {columns}"))
        self.set_interval(TICK_SECONDS, self._tick)

    @property
    def change(self) -> ChangeRecord | None:
        """The change, None until it is read."""
        return self._record

    def heading(self) -> str:
        """Return the number and where the change stands."""
        if self._record is None:
            return self.number
        row = self._record.row
        state = _("ROLLING BACK") if row.rolling_back and row.is_open else label(row.status).upper()
        return f"{row.number}  {_('RUN SHEET')}  {state}"

    def read(self) -> ChangeRecord:
        """Fetch the change."""
        from deskterm.reads import change

        return change.record(self.console.desk, self.number, by=self.console.agent)

    def _log(self, model: ChangeRecord) -> Content:
        """Return the live log of the change."""
        lines = [
            change_words.log_line(entry, model.read_at, seconds=True)
            for entry in model.log
            if entry.kind.startswith(LOGGED)
        ]
        return change_words.block(lines or [_("Nothing yet.")])

    def show(self, model: ChangeRecord) -> None:
        """Fill head, steps and log."""
        self._record = model
        self.query_one("#runsheet-summary", Static).update(txt(model.row.summary, one_line=True))
        self.query_one("#runsheet-lines", Static).update(self._log(model))
        self.query_one("#runsheet-log").scroll_end(animate=False)
        self.show_header()
        self._tick()

    def _tick(self) -> None:
        """Paint what time changes."""
        if self._record is None or not self.is_current:
            return
        now = self.console.desk.clock.now()
        self.query_one(RunSheet).show(self._record.sheet, now)
        clock = self.query_one("#runsheet-clock", Static)
        text, is_late = clock_words(self._record, now)
        clock.update(txt(text, one_line=True))
        clock.set_class(is_late, "-breached")

    def action_travel(self, how: str) -> None:
        """Move the cursor."""
        self.query_one(RunSheet).travel(how)

    def action_start_step(self) -> None:
        """Begin the step under the cursor."""
        from deskterm.services import runsheet

        step = self.query_one(RunSheet).step
        if step is None:
            self.say(_("There is no step here."), problem=True)
            return
        words = literal(_("{step}: begun").format(step=step.summary))
        self.do_to_change(runsheet.start_step, step.id, words=words, seen=step.version)

    def action_step_done(self) -> None:
        """End the step under the cursor as done."""
        self._end_step(StepState.DONE)

    def action_step_failed(self) -> None:
        """End the step under the cursor as failed, saying why."""
        self._end_step(StepState.FAILED)

    def action_step_skipped(self) -> None:
        """Leave the step under the cursor out, saying why."""
        self._end_step(StepState.SKIPPED)

    def _end_step(self, state: StepState) -> None:
        from deskterm.services import runsheet

        step = self.query_one(RunSheet).step
        if step is None:
            self.say(_("There is no step here."), problem=True)
            return
        told = _("{step}: {state}").format(step=step.summary, state=label(state))
        words = literal(told)
        if state is StepState.DONE:
            self.do_to_change(runsheet.finish_step, step.id, state, words=words, seen=step.version)
            return

        async def submit(values: dict[str, str]) -> None:
            note = values["note"]
            await self.act(
                runsheet.finish_step, self.number, step.id, state, words=words, note=note, seen=step.version
            )

        self.ask(told, [Line("note", _("Why"))], submit)

    def action_begin(self) -> None:
        """Begin to carry the change out."""
        from deskterm.services import runsheet

        self.do_to_change(runsheet.begin, words=_("{number} has begun"))

    def action_finish(self) -> None:
        """Say that the run sheet is over."""
        from deskterm.services import runsheet

        self.do_to_change(
            runsheet.finish, words=_("{number}: the run sheet is over; q, then s records the checks")
        )

    def action_unwind(self) -> None:
        """Close the run sheet; it goes on."""
        self.action_close()


def clock_words(record: ChangeRecord, now: datetime) -> tuple[str, bool]:
    """Return how much of the window is left and how long there is a way back, and whether that is over."""
    row = record.row
    if row.planned_start is None or row.planned_end is None:
        return _("No window yet."), False
    if row.status is not ChangeStatus.IMPLEMENTING:
        told = change_words.span_words(row.planned_start, row.planned_end)
        return f"{told}   {record.missing and '! '}{record.missing}", bool(record.missing)
    ends = _("window ends in {left}").format(left=times.left(row.planned_end - now))
    if row.planned_end <= now:
        ends = _("!! window over by {late}").format(late=times.span(now - row.planned_end))
    if row.rolling_back or record.point_of_no_return is None:
        return ends, row.planned_end <= now
    left = record.point_of_no_return - now
    if left > timedelta():
        back = _("point of no return {at}, in {left}").format(
            at=times.hour(record.point_of_no_return), left=times.left(left)
        )
    else:
        back = _("!! past the point of no return {at}").format(at=times.hour(record.point_of_no_return))
    return f"{back}   {ends}", left <= timedelta()
