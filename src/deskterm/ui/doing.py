"""Screens that do things to tickets: at once, to one or to many, and take them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from deskterm.commands import Place
from deskterm.commands.bulk import Confirmation, confirmation, refusals, summed
from deskterm.domain.errors import DeskError, NotFound, Unreachable
from deskterm.domain.problem import NUMBER as PROBLEM
from deskterm.i18n import _, ngettext
from deskterm.ui.deeds import Deed, Done, Subject
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.dialogs.report import Report
from deskterm.ui.screen import DeskScreen, T

if TYPE_CHECKING:
    from deskterm.services.bulk import BulkResult, Difference
    from deskterm.services.undo import Undone


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
        asked = confirmation(len(subjects), is_public=act.is_public)
        if asked is not Confirmation.NONE and not await self._agreed(act, subjects):
            self.say(_("Nothing was changed."))
            return
        result = await self._run(act, subjects)
        if not result.done and len(subjects) == 1:
            raise next(iter(result.refused.values()))
        self.console.poke()
        if result.done:
            self.console.doings.latest = (act, words)
        told = _told(words, subjects, result)
        if result.touched:
            self.console.doings.add(result.batch, told, soon)
        self.done(result.done, result.refused)
        self._tell(f"{told}{soon}", result.refused, undoable=bool(result.touched))

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
        changed = sum(bool(each.kinds) for each in differences)
        title = _("{changed} of {count} tickets would change").format(changed=changed, count=len(subjects))
        question = Confirm(title, [*difference_lines(differences)], count=len(subjects))
        agreed: bool = await self.app.push_screen_wait(question)
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

        def picked(what: str | None) -> None:
            act = next((each for each in done if str(each.what) == what), None)
            if act is not None:
                self.work(partial(self.take_back, act), "perform")

        options = [Option(str(each.what), each.words) for each in reversed(done)]
        self.app.push_screen(Picker(_("Done here: Enter takes it back"), options), picked)

    async def take_back(self, act: Done) -> None:
        """Take an act back on every ticket that it was done to; one that can't be is not offered again."""
        undone = await self._reverse(act)
        if undone.done:
            self.console.doings.take_back(act, undone.batch)
        self.console.poke()
        told = _("{count} taken back: {words}").format(count=_counted_records(undone.done), words=act.words)
        self._tell(told + (_("   U again") if undone.done else ""), undone.refused, undoable=False)
        if undone.words:
            self.recalled(undone.words)

    async def _do_again(self, act: Done) -> None:
        again = await self._reverse(act)
        if again.done:
            self.console.doings.do_again(act, again.batch)
        self.console.poke()
        self._tell(_("done again: {words}").format(words=act.words), again.refused, undoable=bool(again.done))

    async def _reverse(self, act: Done) -> Undone:
        """Reverse an act; one of which nothing comes is given up, that of one ticket with its reason."""
        from deskterm.services import undo

        try:
            result = await self.console.ask(
                undo.undo, self.console.desk, act.what, by=self.console.agent, progress=self._progress
            )
        except NotFound:
            self.console.doings.give_up(act)
            raise
        reasons = [*result.refused.values()]
        if not result.done:
            if not any(isinstance(reason, Unreachable) for reason in reasons):
                self.console.doings.give_up(act)
            if len(reasons) == 1:
                raise reasons[0]
        return result


def _told(words: str, subjects: Sequence[Subject], result: BulkResult) -> str:
    """Return what to say of an act: what it changed, and how many tickets were so already."""
    if not result.done:
        return words.format(number=_each_of(0))
    if not result.touched:
        return _("Nothing changed: {number} was so already.").format(number=named(subjects))
    changed = result.changed or result.done
    told = words.format(number=changed[0] if len(subjects) == 1 else _each_of(len(changed)))
    same = len(result.done) - len(changed)
    if not same:
        return told
    return f"{told}   " + ngettext("{count} was so already", "{count} were so already", same).format(
        count=same
    )


def named(subjects: Sequence[Subject]) -> str:
    """Return the tickets by number, or how many they are."""
    return subjects[0].number if len(subjects) == 1 else counted(len(subjects))


def _each_of(count: int) -> str:
    """Return how many tickets these are, for sentences that are made for one."""
    return ngettext("{count} ticket", "each of {count} tickets", count).format(count=count)


def counted(count: int) -> str:
    """Return how many tickets these are."""
    return ngettext("{count} ticket", "{count} tickets", count).format(count=count)


def _counted_records(numbers: Sequence[str]) -> str:
    """Return how many tickets or problems these are."""
    if numbers and PROBLEM.fullmatch(numbers[0]):
        return ngettext("{count} problem", "{count} problems", len(numbers)).format(count=len(numbers))
    return counted(len(numbers))


def difference_lines(differences: Sequence[Difference]) -> Iterator[str]:
    """Yield how many tickets would see each change, `36 × assignee - → dana`, then each refusal."""
    from deskterm.labels import field_word

    for change in summed(differences):
        words = f"{field_word(change.field)} {_code(change.before)} → {_code(change.after)}"
        yield f"{change.count:>4} × {words}"
    others = sum(bool(each.kinds) and not each.changes for each in differences)
    same = sum(not each.kinds and each.refusal is None for each in differences)
    for count, words in ((others, _("no field changes")), (same, _("nothing changes"))):
        if count:
            yield f"{count:>4} × {words}"
    yield from (f"{number:<10} ! {refusal}" for number, refusal in refusals(differences).items())


def _code(value: object) -> str:
    return "-" if value in (None, "") else str(value)
