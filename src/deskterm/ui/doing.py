"""Screens that do things to tickets: at once, to one or to many, and take them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.commands import Place
from deskterm.domain.errors import DeskError
from deskterm.i18n import _, ngettext
from deskterm.ui.deeds import Deed, Done, Subject
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import Field, FormDialog
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.dialogs.report import Report
from deskterm.ui.screen import DeskScreen, T

if TYPE_CHECKING:
    from deskterm.services.bulk import BulkResult, Difference

ASK_OVER = 10
"""Acts on more tickets than this show what they would change, and ask."""


class DoingScreen(DeskScreen[T]):
    """A screen whose keys do something to tickets."""

    def subjects(self) -> Sequence[Subject]:
        """Return the tickets that a key acts on now."""
        raise NotImplementedError

    def done(self, numbers: Sequence[str], refused: Iterable[str]) -> None:
        """Take note of what became of an act: which tickets it was done to, and which refused it."""

    def recalled(self, words: Mapping[str, str]) -> None:
        """Put the text of recalled replies, by ticket, back where it was typed."""
        for number, text in words.items():
            self.console.drafts.type(f"{number} reply", text)
        first = next(iter(words))
        if self.PLACE is Place.TICKET and [each.number for each in self.subjects()] == [first]:
            self.call_later(self.action_run_command, "ticket.reply")
        else:
            self.console.open_ticket(first, compose="reply")

    def do(self, act: Deed, words: str) -> None:
        """Do something to each ticket that is chosen now, and say so.

        Args:
            act: what to do.
            words: what to say, with `{number}` or, for many, the count in its place.
        """
        self.work(partial(self.take, act, words, self.subjects()), "perform")

    def ask_form(
        self,
        title: str,
        fields: Sequence[Field],
        deed_of: Callable[[dict[str, str]], Deed],
        words: str,
        *,
        subjects: Sequence[Subject] | None = None,
    ) -> None:
        """Ask for what an act needs, then do it to each subject; a refusal stays in the form.

        Args:
            subjects: the tickets when the key was pressed, where something was read since.
        """
        chosen = self.subjects() if subjects is None else subjects

        async def submit(values: dict[str, str]) -> None:
            await self.take(deed_of(values), words, chosen)

        name = named(chosen)
        self.app.push_screen(FormDialog(f"{title}: {name}", fields, submit, keep=f"{title} {name}"))

    def pick(
        self,
        title: str,
        options: Sequence[Option],
        deed_of: Callable[[str], Deed],
        words: Callable[[str], str],
        *,
        subjects: Sequence[Subject] | None = None,
    ) -> None:
        """Let somebody pick a value, then do what it stands for to each subject.

        Args:
            subjects: the tickets when the key was pressed, where something was read since.
        """
        chosen = self.subjects() if subjects is None else subjects

        def picked(value: str | None) -> None:
            if value is not None:
                self.work(partial(self.take, deed_of(value), words(value), chosen), "perform")

        self.app.push_screen(Picker(f"{title}: {named(chosen)}", options), picked)

    async def take(self, act: Deed, words: str, subjects: Sequence[Subject], *, soon: str = "") -> None:
        """Do something to some tickets as one batch; of many, refusals are listed, and of one raised.

        Args:
            soon: what is said besides, because it is true for a moment only.
        """
        if not subjects:
            self.say(_("There is no ticket here."))
            return
        if len(subjects) > ASK_OVER and not await self._agreed(act, subjects):
            self.say(_("Nothing was changed."))
            return
        result = await self._run(act, subjects)
        if not result.done and len(subjects) == 1:
            raise next(iter(result.refused.values()))
        self.console.poke()
        told = words.format(number=subjects[0].number if len(subjects) == 1 else _each_of(len(result.done)))
        if result.done:
            self.console.doings.add(result.batch, told, soon)
            self.console.doings.latest = (act, words)
        self.done(result.done, result.refused)
        self._tell(f"{told}{soon}", result.refused, undoable=bool(result.done))

    async def _run(self, act: Deed, subjects: Sequence[Subject]) -> BulkResult:
        from deskterm.services import bulk

        return await self.console.ask(
            bulk.run,
            self.console.desk,
            act.action,
            [subject.number for subject in subjects],
            *act.args,
            by=self.console.agent,
            seen=act.seen(subjects),
            progress=self._progress if len(subjects) > 1 else None,
            **act.kwargs,
        )

    async def _agreed(self, act: Deed, subjects: Sequence[Subject]) -> bool:
        """Show what an act on many would change, and ask."""
        from deskterm.services import bulk

        self.say(_("Looking at what would change…"))
        numbers = [subject.number for subject in subjects]
        differences = await self.console.ask(
            bulk.preview,
            self.console.desk,
            act.action,
            numbers,
            *act.args,
            by=self.console.agent,
            **act.kwargs,
        )
        changed = sum(each.refusal is None for each in differences)
        title = _("{changed} of {count} tickets would change").format(changed=changed, count=len(subjects))
        lines = [difference_words(each) for each in differences]
        agreed: bool = await self.app.push_screen_wait(Confirm(title, lines, count=len(subjects)))
        return agreed

    def _progress(self, through: int, count: int) -> None:
        """Say how far a batch is; called on the database thread."""
        text = _("{through} of {count}").format(through=through, count=count)
        self.app.call_later(self.say, text)

    def _tell(self, told: str, refused: Mapping[str, DeskError], *, undoable: bool) -> None:
        """Say what was done; list what was refused."""
        if not refused:
            self.say(told, undoable=undoable)
            return
        count = len(refused)
        many = ngettext("{count} refused", "{count} refused", count).format(count=count)
        self.say(f"{told}   {many}", undoable=undoable, problem=not undoable)
        lines = [f"{number:<10} {error}" for number, error in refused.items()]
        self.app.call_later(self.app.push_screen, Report(many, lines, is_called=False))

    def action_undo(self) -> None:
        """Take back what was done last."""
        if not self.console.doings.done:
            self.say(_("There is nothing to take back."))
            return
        self.work(partial(self.take_back, self.console.doings.done[-1]), "perform")

    def action_redo(self) -> None:
        """Do again what was taken back last."""
        if not self.console.doings.undone:
            self.say(_("There is nothing to do again."))
            return
        self.work(partial(self._do_again, self.console.doings.undone[-1]), "perform")

    def action_repeat(self) -> None:
        """Do what was done last to what is chosen now."""
        if self.console.doings.latest is None:
            self.say(_("There is nothing to repeat."))
            return
        self.do(*self.console.doings.latest)

    def action_go_log(self) -> None:
        """Show what was done here, the newest first, and take back what is picked."""
        done = self.console.doings.done

        def picked(batch: str | None) -> None:
            act = next((each for each in done if each.batch == batch), None)
            if act is not None:
                self.work(partial(self.take_back, act), "perform")

        options = [Option(each.batch, each.words) for each in reversed(done)]
        self.app.push_screen(Picker(_("Done here: Enter takes it back"), options), picked)

    async def take_back(self, act: Done) -> None:
        """Take an act back on every ticket that it was done to."""
        undone = await self._reverse(act.batch)
        if undone.done:
            self.console.doings.take_back(act, undone.batch)
        self.console.poke()
        told = _("{count} taken back: {words}").format(count=counted(len(undone.done)), words=act.words)
        self._tell(told + (_("   U again") if undone.done else ""), undone.refused, undoable=False)
        if undone.words:
            self.recalled(undone.words)

    async def _do_again(self, act: Done) -> None:
        again = await self._reverse(act.batch)
        if again.done:
            self.console.doings.do_again(act, again.batch)
        self.console.poke()
        self._tell(_("done again: {words}").format(words=act.words), again.refused, undoable=bool(again.done))

    async def _reverse(self, batch: str) -> Any:
        """Take a batch back; one that nothing comes of is refused with the reason of its first ticket."""
        from deskterm.services import undo

        result = await self.console.ask(
            undo.undo, self.console.desk, batch, by=self.console.agent, progress=self._progress
        )
        if len(result.refused) == 1 and not result.done:
            raise next(iter(result.refused.values()))
        return result


def named(subjects: Sequence[Subject]) -> str:
    """Return the tickets by number, or how many they are."""
    return subjects[0].number if len(subjects) == 1 else counted(len(subjects))


def _each_of(count: int) -> str:
    """Return how many tickets these are, for sentences that are made for one."""
    return ngettext("{count} ticket", "each of {count} tickets", count).format(count=count)


def counted(count: int) -> str:
    """Return how many tickets these are."""
    return ngettext("{count} ticket", "{count} tickets", count).format(count=count)


def difference_words(difference: Difference) -> str:
    """Return what would change on a ticket as a line: `INC-4      assignee - → dana`."""
    from deskterm.labels import field_word

    if difference.refusal is not None:
        return f"{difference.number:<10} ! {difference.refusal}"
    changes = (
        f"{field_word(name)} {_code(before)} → {_code(after)}"
        for name, (before, after) in difference.changes.items()
    )
    return f"{difference.number:<10} " + (", ".join(changes) or _("no field changes"))


def _code(value: object) -> str:
    return "-" if value in (None, "") else str(value)
