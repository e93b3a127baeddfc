"""The problem board: cards in columns, carried through their gates, live."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import NotFound
from deskterm.domain.problem import ProblemStatus, key_of
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import problem_forms, times
from deskterm.ui.board_acts import BoardActs
from deskterm.ui.dialogs.form import Area, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.gate import txt
from deskterm.ui.problem_acts import FORWARD
from deskterm.ui.resting import Rest
from deskterm.ui.widgets.board import BoardView, Lane
from deskterm.ui.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from deskterm.reads.board import Board
    from deskterm.reads.problems import ProblemRecord

AGE_SECONDS = 60.0
"""How often ages and the counts of tickets are brought up to date."""
GROUPINGS = {
    "status": N_("by state"),
    "assignee": N_("by owner"),
    "service": N_("by service"),
    "age": N_("by age in days"),
}


class BoardScreen(BoardActs["Board"]):
    """Problems as cards, in columns by their state."""

    CSS_PATH = style("board")
    PLACE = Place.BOARD
    LISTENS = ("problem", "action", "candidate", "desk")
    UNFILTERED = "type:problem sort:prio"

    def __init__(self) -> None:
        super().__init__()
        self._board: Board | None = None
        self._rest = Rest(self)

    def body(self) -> ComposeResult:
        """List filter, board, preview."""
        yield FilterBar(record="problem")
        yield BoardView(id="board")
        yield Static(id="board-empty", markup=False)
        yield Static(id="board-preview", markup=False)

    def on_mount(self) -> None:
        """Put the keys on the board."""
        self.focus_list()
        self.set_interval(AGE_SECONDS, self._age)

    def focus_list(self) -> None:
        """Put the keys on the board."""
        self.view.focus()

    def _age(self) -> None:
        if self.is_current:
            self.reload()

    def heading(self) -> str:
        """Return the name of the screen, and what it holds together."""
        if self._board is None:
            return _("PROBLEMS")
        count = sum(len(column.cards) for column in self._board.columns)
        parts = [
            _("PROBLEMS"),
            ngettext("{count} card", "{count} cards", count).format(count=count),
            _("{count} linked open").format(count=self._board.linked_open),
        ]
        if self._board.oldest is not None:
            parts.append(_("oldest {age}").format(age=times.age(self._board.read_at - self._board.oldest)))
        return "  ".join(parts)

    def notice(self) -> str:
        """Return how many candidates wait."""
        count = self._board.candidates if self._board is not None else 0
        words = ngettext("{count} candidate (g k)", "{count} candidates (g k)", count)
        return words.format(count=count) if count else ""

    def read(self) -> Board:
        """Fetch the cards that the filter takes."""
        from deskterm.query import parse
        from deskterm.reads import board

        grouping = board.Grouping(self.grouping)
        return board.board(
            self.console.desk, parse(self.filter_text), by=self.console.agent, grouping=grouping
        )

    def show(self, model: Board) -> None:
        """Fill the columns."""
        self._board = model
        self.show_cards()

    def show_cards(self) -> None:
        """Show the cards, with the one that is being moved where it would be."""
        model = self._board
        if model is None:
            return
        lanes = [
            Lane(column.key, self._title(column.key), column.cards, column.limit) for column in model.columns
        ]
        lanes = self.moving.shown(lanes) if self.moving is not None else lanes
        count = sum(len(lane.cards) for lane in lanes)
        empty = self.query_one("#board-empty", Static)
        self.view.display, empty.display = count > 0, count == 0
        if not count:
            empty.update(
                txt(_("No problems here.\n\n/ changes the filter, c opens one, g k shows candidates."))
            )
        self.view.show(lanes, model.read_at)
        self.query_one(FilterBar).note(_(GROUPINGS[self.grouping]))
        self.show_header()
        self.about()
        self._rested()

    def _title(self, key: str) -> str:
        if self.grouping == "status":
            return label(ProblemStatus(key))
        return key or _("nobody") if self.grouping == "assignee" else key or _("none")

    @on(BoardView.CursorMoved)
    def cursor_moved(self) -> None:
        """Say what the next key acts on, and show it when the cursor rests."""
        self.about()
        self._rested()

    def _rested(self) -> None:
        self._rest.then(self._show_preview)

    def _show_preview(self) -> None:
        self.work(self._preview, "preview", exclusive=True, again=True)

    async def _preview(self) -> None:
        from deskterm.reads import problems

        cursor, preview = self.view.cursor, self.query_one("#board-preview", Static)
        if cursor is None or not preview.display:
            preview.update("")
            return
        console, number = self.console, cursor.row.number
        try:
            record = await console.ask(problems.record, console.desk, number, by=console.agent)
        except NotFound:
            preview.update("")
        else:
            preview.update(txt(preview_words(record)))

    def action_move(self, how: str) -> None:
        """Move the cursor, or in move mode the card."""
        if self.moving is not None:
            self.move_card(how)
        else:
            self.view.move(how)

    def action_column(self, number: str) -> None:
        """Go to a column."""
        self.view.go_to_lane(int(number) - 1)

    @on(BoardView.Opened)
    def action_open(self) -> None:
        """Open the problem under the cursor; in move mode keep the card where it is."""
        if self.moving is not None:
            self.end_move(keep=True)
        elif self.view.cursor is not None:
            self.console.open_ticket(self.view.cursor.row.number)

    def action_carry_left(self) -> None:
        """Carry the card back to its analysis, which is the only way back."""
        self._carry_by(-1)

    def action_carry_right(self) -> None:
        """Carry the card to the next state."""
        self._carry_by(1)

    def _carry_by(self, step: int) -> None:
        rows = self.problems()
        if self.grouping != "status":
            self.say(_("Cards are carried between states: S shows them."))
        elif rows:
            place = FORWARD.index(rows[0].status) + step
            if step < 0 and rows[0].status in (ProblemStatus.VERIFYING, ProblemStatus.RESOLVED):
                self.carry(ProblemStatus.ANALYSIS)
            elif 0 <= place < len(FORWARD):
                self.carry(FORWARD[place])

    def action_fold(self) -> None:
        """Fold the column with the cursor."""
        self.view.fold()

    def action_group(self) -> None:
        """Pick what the columns go by."""

        def picked(value: str | None) -> None:
            if value is not None:
                self.grouping = value
                self.reload(anew=True)

        options = [Option(value, _(words)) for value, words in GROUPINGS.items()]
        self.app.push_screen(Picker(_("Columns"), options), picked)

    def action_preview(self) -> None:
        """Show the preview or hide it."""
        preview = self.query_one("#board-preview")
        preview.display = not preview.display
        self._rested()

    def action_unwind(self) -> None:
        """Undo one layer: move mode, range, marks, then the filter, then the board itself."""
        if self.moving is not None:
            self.end_move(keep=False)
        elif self.view.marks:
            self.view.unmark()
            self.about()
        elif self.is_filtered:
            self.filter_by("")
        else:
            self.action_close()

    def action_new(self) -> None:
        """Ask for a new problem; the cursor goes to its card."""
        fields: list[Field] = [
            Line("summary", _("Summary")),
            Area("description", _("Description")),
            Line("category", _("Category")),
            Line("service", _("Service")),
            Line("ci", _("CI")),
            *problem_forms.levels(None, None),
            Line("tickets", _("Tickets that it causes"), hint="INC-1, INC-2"),
        ]
        self.app.push_screen(FormDialog(_("New problem"), fields, self._open_new, keep="new problem"))

    async def _open_new(self, values: dict[str, str]) -> None:
        from deskterm.services import problems
        from deskterm.services.drafts import checked
        from deskterm.services.problem_drafts import NewProblem

        given: dict[str, object] = {name: value for name, value in values.items() if value.strip()}
        given |= {"summary": values["summary"], "tickets": tuple(problem_forms.words_of(values["tickets"]))}
        given |= {name: int(values[name]) for name in ("impact", "urgency")}
        console = self.console
        draft = checked(NewProblem, given)
        number = await console.ask(problems.open_problem, console.desk, draft, by=console.agent)
        console.poke()
        self.say(_("{number} is open").format(number=number))
        self.work(partial(self._go_to_new, number), "reload", exclusive=True)

    async def _go_to_new(self, number: str) -> None:
        self.show(await self.console.ask(self.read))
        self.view.go_to(key_of(number))
        self.view.refresh()
        self.about()


def preview_words(record: ProblemRecord) -> str:
    """Return what is known of a problem in a line or two."""
    row = record.row
    first = [row.number, row.summary]
    if record.root_cause:
        first.append(_("cause: {text}").format(text=record.root_cause))
    if record.workaround:
        first.append(_("workaround: {text}").format(text=record.workaround))
    planned = [action.summary for action in record.actions if action.done_at is None]
    if planned:
        first.append(_("next: {text}").format(text=", ".join(planned)))
    second = [
        ngettext("{count} ticket", "{count} tickets", row.linked).format(count=row.linked),
        _("{count} open").format(count=row.linked_open),
    ]
    asks = [_(ask.sentence) for asks in record.gates.values() for ask in asks][:1]
    number = {"number": row.number, "open_actions": len(planned), "open_changes": ""}
    return (
        "  ".join(first).replace("\n", " ")
        + "\n"
        + "  ".join([*second, *(ask.format(**number) for ask in asks)])
    )
