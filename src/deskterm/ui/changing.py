"""Screens that do things to a change: votes, notes, broken glass, the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.i18n import _
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.form import Choice, Field, FormDialog, Line
from deskterm.ui.doing import DoingScreen
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action
    from deskterm.reads.change import ChangeRecord

Submit = Callable[[dict[str, str]], Awaitable[None]]


class ChangingScreen(DoingScreen[T]):
    """A screen whose keys do something to the change it shows, or to the one under its cursor."""

    @property
    def change(self) -> ChangeRecord | None:
        """The change that keys act on, None where there is none."""
        raise NotImplementedError

    def subjects(self) -> tuple[Subject, ...]:
        """Return no ticket: keys act on a change here."""
        return ()

    def changed(self) -> ChangeRecord | None:
        """Return the change that a key acts on; say so where there is none."""
        if self.change is None:
            self.say(_("There is no change here."), problem=True)
        return self.change

    async def act(
        self, action: Action[Any, Any], number: str, *args: object, words: str, **kwargs: object
    ) -> Any:
        """Do something to a change, and say so.

        Raises:
            DeskError: it was refused.
        """
        result = await self.console.ask(
            action, self.console.desk, number, *args, by=self.console.agent, **kwargs
        )
        self.console.poke()
        self.say(words.format(number=number))
        return result

    def do_to_change(self, action: Action[Any, Any], *args: object, words: str, **kwargs: object) -> None:
        """Do something to the change at once; a refusal goes to the status line."""
        record = self.changed()
        if record is not None:
            self.work(partial(self.act, action, record.row.number, *args, words=words, **kwargs), "perform")

    def ask(self, title: str, fields: Sequence[Field], submit: Submit) -> None:
        """Ask for what an act on the change needs; a refusal stays in the form, at its field."""
        record = self.changed()
        if record is not None:
            title = f"{title}: {record.row.number}"
            self.app.push_screen(FormDialog(title, fields, submit, keep=title))

    def ask_line(
        self, title: str, question: str, action: Action[Any, Any], *, words: str, name: str = "reason"
    ) -> None:
        """Ask for one line, then do something to the change with it."""
        record = self.changed()
        if record is None:
            return
        number = record.row.number

        async def submit(values: dict[str, str]) -> None:
            await self.act(action, number, values[name], words=words)

        self.ask(title, [Line(name, question)], submit)

    def action_approve(self) -> None:
        """Vote for the change."""
        self._vote(granted=True)

    def action_refuse_change(self) -> None:
        """Vote against the change, saying why."""
        self._vote(granted=False)

    def _vote(self, *, granted: bool) -> None:
        from deskterm.services import approvals

        record = self.changed()
        if record is None:
            return
        row, mine = record.row, record.my_votes
        if not mine:
            self.say(_("You have no vote on {number} now.").format(number=row.number), problem=True)
            return

        async def submit(values: dict[str, str]) -> None:
            instead_of = values.get("instead_of", mine[0])
            comment, seen = values["comment"], row.version
            if granted:
                words = _("{number}: you voted yes")
                await self.act(
                    approvals.approve,
                    row.number,
                    words=words,
                    comment=comment,
                    instead_of=instead_of,
                    seen=seen,
                )
            else:
                words = _("{number}: you voted no")
                await self.act(
                    approvals.refuse, row.number, comment, words=words, instead_of=instead_of, seen=seen
                )

        comment = Line("comment", _("Comment, if you like: Enter approves") if granted else _("Why not"))
        names = tuple((name, name) for name in mine)
        asked: list[Field] = [comment]
        if len(mine) > 1:
            asked.append(Choice("instead_of", _("In whose name"), names))
        self.ask(_("Approve") if granted else _("Refuse"), asked, submit)

    def action_note(self) -> None:
        """Write a line in the change's log."""
        from deskterm.services import changes

        self.ask_line(_("Note"), _("What happened"), changes.note, words=_("{number}: noted"), name="text")

    def action_break_glass(self) -> None:
        """Ask to begin outside the window; it takes a second person."""
        from deskterm.services import runsheet

        self.ask_line(
            _("Break the glass"),
            _("Why can't it wait for its window?"),
            runsheet.break_glass,
            words=_("{number}: asked to begin outside its window; a second person has to agree (A)"),
        )

    def action_second(self) -> None:
        """Agree, as the second person, that the change begins outside its window."""
        from deskterm.services import runsheet

        self.do_to_change(runsheet.second, words=_("{number} may begin outside its window"))

    def action_roll_back(self) -> None:
        """Switch to the roll-back steps."""
        from deskterm.services import runsheet

        self.ask_line(_("Roll back"), _("Why"), runsheet.roll_back, words=_("{number} is being rolled back"))
