"""A problem: its summary, its causes as tree or fishbone, its actions, the effect of its fix, its ledger."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option as ListOption

from deskterm.assets import style
from deskterm.commands import Need, Place, Situation
from deskterm.domain import rca
from deskterm.domain.errors import BadInput, DeskError
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.rca import Cause, Verdict
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui.bindings import hint_rows
from deskterm.ui.cause_acts import CauseActs
from deskterm.ui.dialogs.form import FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.gate import txt
from deskterm.ui.problem_acts import FORWARD
from deskterm.ui.widgets import problem_pages
from deskterm.ui.widgets.cause_tree import CauseTree, tree_rows
from deskterm.ui.widgets.effect_chart import effect_lines
from deskterm.ui.widgets.fishbone import fishbone_rows
from deskterm.ui.widgets.hint_bar import HintBar
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.reads.problems import ActionRow, ProblemRecord, ProblemRow

SUMMARY, CAUSES, ACTIONS, EFFECT, LEDGER = range(5)
TABS = (N_("Summary"), N_("Causes"), N_("Actions"), N_("Effect"), N_("Ledger"))
ELSEWHERE = {
    CAUSES: N_("That is for causes: 2 shows them."),
    ACTIONS: N_("That is for actions: 3 shows them."),
}

ONLY_ON = {
    SUMMARY: frozenset({"open"}),
    CAUSES: frozenset({"add", "add_beside", "open", "confirm", "refute", "root", "branch", "fishbone"}),
    ACTIONS: frozenset({"add", "open", "confirm"}),
    EFFECT: frozenset({"accept"}),
}
"""Actions that the hint bar names on some pages only."""


@dataclass(frozen=True, slots=True)
class ProblemModel:
    """Everything that the pages show."""

    record: ProblemRecord
    ledger: tuple[Entry, ...]


class ProblemScreen(CauseActs[ProblemModel]):
    """One problem, opened over the screen it came from."""

    CSS_PATH = style("problem")
    PLACE = Place.PROBLEM
    LISTENS = ("problem", "cause", "action", "change")

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number.upper()
        self._tab = SUMMARY
        self._is_fishbone = False
        self._model: ProblemModel | None = None
        self._wanted: int | None = None

    def body(self) -> ComposeResult:
        """List header lines, tabs, pages."""
        yield Static(id="problem-summary", markup=False)
        yield Static(id="problem-facts", markup=False)
        yield ViewTabs()
        yield CauseTree(id="problem-causes")
        yield OptionList(id="problem-actions", markup=False, compact=True)
        with VerticalScroll(id="problem-page", can_focus=True):
            yield Static(id="problem-text", markup=False)

    def on_mount(self) -> None:
        """Show the summary."""
        self._show_page()

    @property
    def _tree(self) -> CauseTree:
        return self.query_one(CauseTree)

    @property
    def _list(self) -> OptionList:
        return self.query_one("#problem-actions", OptionList)

    def heading(self) -> str:
        """Return number and state."""
        if self._model is None:
            return self.number
        return f"{self.number}  {label(self._model.record.row.status).upper()}"

    def problems(self) -> Sequence[ProblemRow]:
        """Return the problem."""
        return (self._model.record.row,) if self._model is not None else ()

    def situation(self) -> Situation:
        """Return what there is to act on; whether edits of causes can be taken back, the ledger knows."""
        found = super().situation()
        return Situation({*found.has, Need.DONE, Need.UNDONE}) if self._tab == CAUSES else found

    def causes(self) -> tuple[Cause, ...]:
        """Return the causes as they were last read."""
        return self._model.record.causes if self._model is not None else ()

    def cause(self) -> Cause | None:
        """Return the cause under the cursor."""
        return next((each for each in self.causes() if each.id == self._tree.cursor), None)

    def go_to_cause(self, cause: int) -> None:
        """Put the cursor on a cause once it is shown."""
        self._wanted = cause

    def read(self) -> ProblemModel:
        """Fetch the problem and its pages."""
        from deskterm.reads import problems

        desk, me = self.console.desk, self.console.agent
        return ProblemModel(
            problems.record(desk, self.number, by=me), problems.ledger(desk, self.number, by=me)
        )

    def refuse(self, error: DeskError) -> None:
        """Say why something was not done; where nothing could be read, the page says it, too."""
        super().refuse(error)
        if self._model is None:
            self.query_one("#problem-text", Static).update(txt(str(error)))

    def show(self, model: ProblemModel) -> None:
        """Fill the pages."""
        self._model = model
        record = model.record
        self.query_one("#problem-summary", Static).update(txt(record.row.summary, one_line=True))
        self.query_one("#problem-facts", Static).update(txt(problem_pages.facts_line(record), one_line=True))
        self._show_causes()
        if self._wanted is not None:
            self._tree.go_to(self._wanted)
            self._wanted = None
        self._show_actions()
        self._show_page()
        self._show_tabs()
        self.show_header()

    def _show_causes(self) -> None:
        if self._model is None:
            return
        record = self._model.record
        draw = fishbone_rows if self._is_fishbone else tree_rows
        self._tree.show(draw(record.row.summary, record.causes))

    def _show_actions(self) -> None:
        if self._model is None:
            return
        record, before = self._model.record, self._list.highlighted
        self._list.clear_options()
        if not record.actions:
            self._list.add_option(ListOption(txt(_("No corrective action yet. c plans one.")), disabled=True))
            return
        lines = [problem_pages.action_line(action, record) for action in record.actions]
        self._list.add_options(ListOption(txt(line, one_line=True)) for line in lines)
        self._list.highlighted = min(before or 0, len(lines) - 1)

    def _show_tabs(self) -> None:
        if self._model is None:
            return
        record = self._model.record
        counts = (None, len(record.causes), len(record.actions), None, len(self._model.ledger))
        late = any(action.overdue for action in record.actions)
        signs = ("", "+" if rca.confirmed_chain(record.causes) else "", "!!" if late else "", "", "")
        tabs = [
            Tab(str(place), _(name), count, sign)
            for place, (name, count, sign) in enumerate(zip(TABS, counts, signs, strict=True), 1)
        ]
        self.query_one(ViewTabs).show(tabs, str(self._tab + 1))

    def _show_page(self) -> None:
        page = self.query_one("#problem-page")
        self._tree.display, self._list.display = self._tab == CAUSES, self._tab == ACTIONS
        page.display = self._tab not in (CAUSES, ACTIONS)
        shown = {CAUSES: self._tree, ACTIONS: self._list}.get(self._tab, page)
        if self.is_current:
            shown.focus()
        if self._model is None or not page.display:
            return
        record, ledger = self._model.record, self._model.ledger
        lines = {
            SUMMARY: lambda: problem_pages.summary_lines(record),
            EFFECT: lambda: effect_lines(record, ledger, max(20, self.size.width - 2)),
            LEDGER: lambda: problem_pages.ledger_lines(ledger, record),
        }[self._tab]()
        self.query_one("#problem-text", Static).update(Content("\n").join(txt(line) for line in lines))

    def show_hints(self) -> None:
        """Name the most useful keys of this page."""
        elsewhere = frozenset[str]().union(*ONLY_ON.values()) - ONLY_ON.get(self._tab, frozenset())
        useful = [command for command in self.commands if command.action not in elsewhere]
        self.query_one(HintBar).show(hint_rows(useful))

    def on_resize(self) -> None:
        """Draw the chart anew."""
        self._show_page()

    def action_show_tab(self, digit: str) -> None:
        """Show a page."""
        self._tab = int(digit) - 1
        self.show_hints()
        self._show_page()
        self._show_tabs()

    def action_next_tab(self) -> None:
        """Show the page on the right."""
        self.action_show_tab(str((self._tab + 1) % len(TABS) + 1))

    def action_previous_tab(self) -> None:
        """Show the page on the left."""
        self.action_show_tab(str((self._tab - 1) % len(TABS) + 1))

    def action_move(self, how: str) -> None:
        """Move the cursor, or scroll the page."""
        if self._tab == CAUSES:
            self._tree.move(how)
        elif self._tab == ACTIONS:
            steps = {"down": 1, "up": -1, "top": -999, "bottom": 999}
            last = self._list.option_count - 1
            self._list.highlighted = max(0, min(last, (self._list.highlighted or 0) + steps.get(how, 0)))
        else:
            page = self.query_one("#problem-page", VerticalScroll)
            height = max(1, page.size.height - 1)
            steps = {
                "down": 1,
                "up": -1,
                "page_down": height,
                "page_up": -height,
                "top": -9999,
                "bottom": 9999,
            }
            page.scroll_relative(y=steps[how], animate=False)

    def _action(self) -> ActionRow | None:
        """Return the corrective action under the cursor."""
        place, actions = self._list.highlighted, self._model.record.actions if self._model else ()
        return actions[place] if place is not None and place < len(actions) else None

    def _is_on(self, *tabs: int) -> bool:
        """Return whether one of these pages is shown; say where to go if not."""
        if self._tab in tabs:
            return True
        self.say(_(ELSEWHERE[tabs[0]]))
        return False

    def action_add(self) -> None:
        """Add a why, or an action."""
        if self._tab == ACTIONS:
            self.ask_action(None)
        elif self._is_on(CAUSES):
            self.add_cause(beside=False)

    def action_add_beside(self) -> None:
        """Add a why beside the cursor."""
        if self._is_on(CAUSES):
            self.add_cause(beside=True)

    def action_open(self) -> None:
        """Change what is under the cursor; on the other pages open one of the tickets."""
        if self._tab == CAUSES:
            self.edit_cause()
        elif self._tab == ACTIONS:
            self.ask_action(self._action())
        elif self._model is not None and self._model.record.tickets:
            tickets = self._model.record.tickets
            options = [Option(each.number, problem_pages.ticket_line(each)) for each in tickets]
            self.app.push_screen(
                Picker(_("Tickets that {number} causes").format(number=self.number), options), self._opened
            )

    def _opened(self, number: str | None) -> None:
        if number is not None:
            self.console.open_ticket(number)

    def action_confirm(self) -> None:
        """Confirm the cause, or say that the action is done."""
        from deskterm.services import corrective

        if self._tab == ACTIONS:
            self.act_on(corrective.finish, self._action(), _("corrective action done"))
        elif self._is_on(CAUSES):
            self.judge(Verdict.CONFIRMED)

    def action_refute(self) -> None:
        """Refute the cause."""
        if self._is_on(CAUSES):
            self.judge(Verdict.REFUTED)

    def action_reopen(self) -> None:
        """Leave the cause open again."""
        if self._is_on(CAUSES):
            self.judge(Verdict.OPEN)

    def action_remove(self) -> None:
        """Take the cause, or the action, out."""
        from deskterm.services import corrective

        if self._tab == ACTIONS:
            self.act_on(corrective.drop, self._action(), _("corrective action dropped"))
        elif self._is_on(CAUSES):
            self.remove_cause()

    def action_fishbone(self) -> None:
        """Show the causes as tree or as fishbone."""
        self._is_fishbone = not self._is_fishbone
        self._show_causes()
        self.action_show_tab(str(CAUSES + 1))

    def action_undo(self) -> None:
        """Take back the last edit of the causes where they are shown, else the last act on the problem."""
        if self._tab == CAUSES:
            self.turn_back(again=False)
        else:
            super().action_undo()

    def action_redo(self) -> None:
        """Do again what was taken back last."""
        if self._tab == CAUSES:
            self.turn_back(again=True)
        else:
            super().action_redo()

    def action_carry(self) -> None:
        """Carry the problem on to the next state."""
        if self._model is None:
            return
        place = FORWARD.index(self._model.record.row.status) + 1
        if place < len(FORWARD):
            self.carry(FORWARD[place])

    def action_accept(self) -> None:
        """Count the effect now; a quiet window is accepted."""
        from deskterm.services import effect

        if self._model is None:
            return
        console, number, was = self.console, self.number, self._model.record.row.status
        self.action_show_tab(str(EFFECT + 1))

        async def count() -> None:
            found = await console.ask(effect.evaluate, console.desk, number, by=console.agent)
            console.poke()
            self.say(_("{number}: {effect}").format(number=number, effect=label(found)))
            model = await console.ask(self.read)
            self.show(model)
            row = model.record.row
            if was is row.status is ProblemStatus.VERIFYING and row.proposed_at is not None:
                self.carry(ProblemStatus.RESOLVED)

        self.work(count, "perform")

    def action_release(self) -> None:
        """Resolve the tickets that are on hold for the problem."""
        self.with_record(self.offer_release)

    def action_export(self) -> None:
        """Ask where to, then write the report as Markdown and the fishbone as SVG."""

        async def submit(values: dict[str, str]) -> None:
            base = Path(values["file"].strip()).expanduser()
            files = {base.with_suffix(".md"): self._markdown(), base.with_suffix(".svg"): self._svg()}
            for file, text in files.items():
                await self.console.ask_slowly(_write_new, file, text)
            count = ngettext("{count} file", "{count} files", len(files)).format(count=len(files))
            self.say(_("{count}: {names}").format(count=count, names=" ".join(map(str, files))))

        if self._model is not None:
            fields = [Line("file", _("File, without its ending"), f"~/{self.number}")]
            self.app.push_screen(FormDialog(_("Export as Markdown and SVG"), fields, submit))

    def _markdown(self) -> str:
        assert self._model is not None, "the form is only shown for a problem"
        record = self._model.record
        return rca.markdown(self.number, record.row.summary, record.root_cause, record.causes)

    def _svg(self) -> str:
        from deskterm.exporters.fishbone import fishbone_svg

        assert self._model is not None, "the form is only shown for a problem"
        record = self._model.record
        return fishbone_svg(f"{self.number} {record.row.summary}", record.causes)

    def action_unwind(self) -> None:
        """Go back."""
        self.action_close()


def _write_new(file: Path, text: str) -> None:
    """Write a file that was not there, and that only its owner reads.

    Raises:
        BadInput: it is there already, or cannot be written.
    """
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(field="file", reason=f"{file}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
