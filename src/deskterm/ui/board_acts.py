"""What keys do on the board beside carrying: ranges, filters, columns, teams, stars, rest, move mode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from deskterm.domain.problem import FOLLOWS, ProblemStatus, key_of
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import cell_filter, problem_forms
from deskterm.ui.dialogs.form import Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.filtering import FilteringScreen
from deskterm.ui.problem_acts import FORWARD, Act
from deskterm.ui.problem_verbs import ProblemScreenBase
from deskterm.ui.screen import T
from deskterm.ui.widgets.board import BoardView, Lane
from deskterm.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.reads.problems import ProblemRow

ORDER = N_("The filter orders the cards: / and sort:prio, sort:updated or -sort:created.")
TIME = N_("Nobody logs work time on this desk; a note (i) says what was done.")


@dataclass(frozen=True, slots=True)
class Moving:
    """A card on its way to another column; nothing is written before it is kept."""

    row: ProblemRow
    to: ProblemStatus

    def step(self, by: int) -> Moving:
        """Return it in the next column to which it may go, or back where it stands; at the ends it stays."""
        places = [state for state in FORWARD if state is self.row.status or state in FOLLOWS[self.row.status]]
        place = places.index(self.to) + by
        return replace(self, to=places[max(0, min(len(places) - 1, place))])

    def shown(self, lanes: Sequence[Lane]) -> list[Lane]:
        """Return the columns with the card on top of the one where it would be."""
        card = next((card for lane in lanes for card in lane.cards if card.row.key == self.row.key), None)
        if card is None or self.to is self.row.status:
            return list(lanes)
        rest = [replace(lane, cards=tuple(each for each in lane.cards if each != card)) for lane in lanes]
        return [replace(lane, cards=(card, *lane.cards)) if lane.key == self.to else lane for lane in rest]


class BoardActs(FilteringScreen[T], ProblemScreenBase[T]):
    """A screen with the keys of the board."""

    def __init__(self) -> None:
        super().__init__()
        self.grouping = "status"
        self.moving: Moving | None = None
        """The card that move mode moves; None outside it."""

    @property
    def view(self) -> BoardView:
        """The columns."""
        return self.query_one(BoardView)

    def show_cards(self) -> None:
        """Show the cards as they were read last, with the one that is being moved where it would be."""
        raise NotImplementedError

    def problems(self) -> Sequence[ProblemRow]:
        """Return the marked problems, else the one under the cursor."""
        return [card.row for card in self.view.chosen]

    def done(self, numbers: Sequence[str], refused: Iterable[str]) -> None:
        """Leave those marked that refused."""
        if self.view.marks:
            self.view.mark(frozenset(map(key_of, refused)))
            self.about()

    def about(self) -> None:
        """Say what the next key acts on."""
        count = len(self.view.marks)
        if self.moving is not None:
            words = _("{number} → {state}: Enter keeps, Esc puts it back").format(
                number=self.moving.row.number, state=label(self.moving.to)
            )
        elif count:
            words = ngettext("{count} marked", "{count} marked: keys act on all of them", count)
            words = words.format(count=count)
        else:
            words = self.view.cursor.row.number if self.view.cursor is not None else ""
        self.query_one(StatusLine).about(words)

    def action_mark(self) -> None:
        """Mark the card under the cursor, or take its mark away."""
        if self.view.cursor is not None:
            self.view.mark(self.view.marks ^ {self.view.cursor.row.key})
            self.about()

    def action_mark_and_move(self) -> None:
        """Mark and go on."""
        self.action_mark()
        self.view.move("down")

    def action_mark_range(self) -> None:
        """Begin a range, or end it."""
        self.view.mark_range()
        self.about()

    def action_mark_all(self) -> None:
        """Mark every card of the column."""
        if self.view.lane is not None:
            self.view.mark(self.view.marks | {card.row.key for card in self.view.lane.cards})
            self.about()

    def action_next_call(self) -> None:
        """Go to the next card that waits for somebody."""
        self._seek(1)

    def action_previous_call(self) -> None:
        """Go to the card before that waits for somebody."""
        self._seek(-1)

    def _seek(self, step: int) -> None:
        if not self.view.seek(lambda card: card.calls, step):
            self.say(_("No further card waits for somebody."))

    def action_filter_by(self) -> None:
        """Filter by a value of the card; pressed again, take what has it away, then drop the condition."""
        card = self.view.cursor
        terms = cell_filter.problem_terms(card.row) if card is not None else ()
        self.filter_by_value(terms, _("There is no card here."))

    def action_columns(self) -> None:
        """Choose which columns are open; the others fold."""
        options = [Option(lane.key or "-", lane.title) for lane in self.view.lanes]

        def picked(keys: str | None) -> None:
            if keys is not None:
                wanted = {"" if key == "-" else key for key in keys.split()}
                self.view.open_only(wanted or {lane.key for lane in self.view.lanes})

        marked = [key or "-" for key in self.view.opened]
        self.app.push_screen(Picker(_("Open columns: none marked for all"), options, marked=marked), picked)

    def action_transfer(self) -> None:
        """Pick the team that has the problems."""
        from deskterm.reads import people
        from deskterm.services import problems
        from deskterm.services.problem_drafts import ProblemEdit

        rows, console = self.problems(), self.console

        def picked(team: str | None) -> None:
            if team is not None:
                words = _("{number} is with {team} now").replace("{team}", team)
                act = self.act_of(problems.edit, ProblemEdit(team=team))
                self.work(partial(self.led, act, words, rows), "perform")

        async def show() -> None:
            teams = await console.ask(people.teams, console.desk, by=console.agent)
            options = [Option(each.key, f"{each.key:<16} {each.name}") for each in teams]
            self.app.push_screen(Picker(f"{_('Team')}: {problem_forms.named(rows)}", options), picked)

        if rows:
            self.work(show, "perform")

    def action_star(self) -> None:
        """Star the problems for oneself, or take the stars off if all of them have one."""
        from deskterm.services import problem_marks

        rows = self.problems()
        if rows and all(row.starred for row in rows):
            act, words = self.act_of(problem_marks.unstar), _("{number}: no star any more")
        else:
            act, words = self.act_of(problem_marks.star), _("{number} has your star; is:starred finds it")
        self.work(partial(self._starred, act, words, rows), "perform")

    async def _starred(self, act: Act, words: str, rows: Sequence[ProblemRow]) -> None:
        """Star problems; the ledger has nothing of it that `u` could take back, and no news that tells."""
        await self.led(act, words, rows, traceless=True)
        self.reload(anew=True)

    def action_park(self) -> None:
        """Ask until when the problems rest, and what for."""
        from deskterm.services import problem_marks

        def act_of(values: dict[str, str]) -> Act:
            now = self.console.desk.clock.now()
            until = problem_forms.moment_or_none(values["until"], now, "until")
            return self.act_of(problem_marks.park, until, values["reason"])

        rows = self.problems()
        rests = any(row.resumes_at is not None for row in rows)
        fields = [
            Line("until", _("Until"), "" if rests else "1w", _("1w, fri 14:00; empty takes it up again")),
            Line("reason", _("What it waits for")),
        ]
        words = _("{number} is taken up again") if rests else _("{number} is parked")
        self.ask_lead(_("Park"), fields, act_of, words, rows)

    def action_move_mode(self) -> None:
        """Move one card between columns; nothing is written before it is kept."""
        rows = self.problems()
        if self.grouping != "status":
            self.say(_("Cards are carried between states: S shows them."))
        elif len(rows) > 1:
            self.say(_("This is done to one problem at a time; Esc takes the marks off."), problem=True)
        elif rows:
            self.moving = Moving(rows[0], rows[0].status)
            self.about()

    def move_card(self, how: str) -> None:
        """Move the card of move mode to the left or to the right."""
        if self.moving is not None and how in ("left", "right"):
            self.moving = self.moving.step(1 if how == "right" else -1)
            self.show_cards()

    def end_move(self, *, keep: bool) -> None:
        """End move mode; a card that is kept elsewhere goes through the gate."""
        moved, self.moving = self.moving, None
        self.show_cards()
        if moved is not None and keep and moved.to is not moved.row.status:
            self.view.go_to(moved.row.key)
            self.carry(moved.to)

    def action_tell_order(self) -> None:
        """Say by what cards are ordered."""
        self.say(_(ORDER))

    def action_tell_time(self) -> None:
        """Say that no work time is logged."""
        self.say(_(TIME))
