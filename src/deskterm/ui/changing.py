"""Screens that do things to changes: to the one at hand, or to all that are marked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.commands.bulk import Confirmation, confirmation
from deskterm.i18n import _, ngettext
from deskterm.ui.deeds import Deed, Subject, deed
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.report import Report
from deskterm.ui.doing import DoingScreen
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action
    from deskterm.reads.change import ChangeRecord
    from deskterm.reads.changes import ChangeRow

Submit = Callable[[dict[str, str]], Awaitable[None]]


class ChangingScreen(DoingScreen[T]):
    """A screen whose keys do something to the change it shows, or to the one under its cursor."""

    @property
    def change(self) -> ChangeRecord | None:
        """The change that keys act on, None where there is none."""
        raise NotImplementedError

    @property
    def chosen(self) -> Sequence[ChangeRow]:
        """The changes that a key acts on which takes several: those marked, else the one at hand."""
        return (self.change.row,) if self.change is not None else ()

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

    def do_to_each(self, act: Deed, words: str) -> None:
        """Do something to each change that is chosen now, and say so; `words` have `{number}`."""
        self.work(partial(self.take_each, act, words, self.chosen), "perform")

    def ask_each(
        self, title: str, fields: Sequence[Field], deed_of: Callable[[dict[str, str]], Deed], words: str
    ) -> None:
        """Ask for what an act needs, then do it to each change that is chosen now."""
        rows = self.chosen
        if not rows:
            self.say(_("There is no change here."), problem=True)
            return

        async def submit(values: dict[str, str]) -> None:
            await self.take_each(deed_of(values), words, rows)

        title = f"{title}: {named(rows)}"
        self.app.push_screen(FormDialog(title, fields, submit, keep=title))

    async def take_each(self, act: Deed, words: str, rows: Sequence[ChangeRow]) -> None:
        """Do something to some changes as one batch; of many, refusals are listed, and of one raised."""
        from deskterm.services import bulk

        if not rows:
            self.say(_("There is no change here."), problem=True)
            return
        numbers = [row.number for row in rows]
        if confirmation(len(rows)) is not Confirmation.NONE:
            lines = [f"{row.number}  {row.summary}" for row in rows]
            if not await self.app.push_screen_wait(Confirm(f"{named(rows)}?", lines, count=len(rows))):
                self.say(_("Nothing was changed."))
                return
        result = await self.console.ask(
            bulk.run, self.console.desk, act.action, numbers, *act.args,
            by=self.console.agent, seen=act.seen(rows),
            progress=self._progress if len(rows) > 1 else None, **act.kwargs,
        )  # fmt: skip
        if not result.done and len(rows) == 1:
            raise next(iter(result.refused.values()))
        self.console.poke()
        self.say(words.format(number=rows[0].number if len(rows) == 1 else _each_of(len(result.done))))
        if result.refused:
            count = len(result.refused)
            title = ngettext("{count} refused", "{count} refused", count).format(count=count)
            told = [f"{number:<10} {error}" for number, error in result.refused.items()]
            self.app.call_later(self.app.push_screen, Report(title, told, is_called=False))

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

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(changes.note, values["text"])

        self.ask_each(_("Note"), [Line("text", _("What happened"))], deed_of, _("{number}: noted"))

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


def named(rows: Sequence[ChangeRow]) -> str:
    """Return the changes by number, or how many they are."""
    if len(rows) == 1:
        return rows[0].number
    return ngettext("{count} change", "{count} changes", len(rows)).format(count=len(rows))


def _each_of(count: int) -> str:
    """Return how many changes these are, for sentences that are made for one."""
    return ngettext("{count} change", "each of {count} changes", count).format(count=count)


def literal(text: str) -> str:
    """Return a text for a sentence that is still to be formatted."""
    return text.replace("{", "{{").replace("}", "}}")
