"""Screens that ask before they act where others did something to the ticket meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from deskterm.domain.errors import Conflict, DeskError
from deskterm.ui.collisions import told, weighty
from deskterm.ui.deeds import Deed, Subject
from deskterm.ui.dialogs.collision import Answer, Collision
from deskterm.ui.dialogs.form import Field, FormDialog, SetAside
from deskterm.ui.doing import DoingScreen, named
from deskterm.ui.screen import T


class CollidingScreen(DoingScreen[T]):
    """A screen that shows what others did before it does something on top of it."""

    def ask_form(
        self,
        title: str,
        fields: Sequence[Field],
        deed_of: Callable[[dict[str, str]], Deed],
        words: str,
        *,
        subjects: Sequence[Subject] | None = None,
        is_weighty: bool = False,
        soon: str = "",
    ) -> None:
        """Ask for what an act needs, then do it to each subject; a refusal stays in the form.

        Args:
            subjects: the tickets when the key was pressed, where something was read since.
            is_weighty: whether it ends or stops work or tells the caller, so that it is asked about where
                others did anything since the form was opened.
            soon: what is said besides, because it is true for a moment only.
        """
        chosen = self.subjects() if subjects is None else subjects
        since = self.console.desk.clock.now() if is_weighty else None

        async def submit(values: dict[str, str]) -> None:
            await self.take(deed_of(values), words, chosen, since=since, soon=soon)

        name = named(chosen)
        self.app.push_screen(FormDialog(f"{title}: {name}", fields, submit, keep=f"{title} {name}"))

    def at_once(self, act: Deed, words: str) -> None:
        """Do what was typed whole on the `:` line; what others did since it was opened is asked about."""
        took = partial(self.take, act, words, self.subjects(), since=self.line_began_at)
        self.work(took, "perform")

    async def take(
        self,
        act: Deed,
        words: str,
        subjects: Sequence[Subject],
        *,
        soon: str = "",
        since: datetime | None = None,
    ) -> None:
        """Do something to some tickets; ask first where others changed the only one since it was read.

        Args:
            soon: what is said besides, because it is true for a moment only.
            since: when whoever sits here began; whatever others did to the tickets since then is asked about.
                None where only changes of fields matter.
        """
        if since is not None:
            subjects = await self.told_since(subjects, since)
        try:
            await super().take(act, words, subjects, soon=soon)
        except Conflict:
            if len(subjects) != 1:
                raise
            await super().take(act, words, [await self._looked_again(subjects[0])], soon=soon)

    async def told_since(self, subjects: Sequence[Subject], since: datetime) -> Sequence[Subject]:
        """Return the tickets as they are now, once whoever sits here knows what others did and goes on.

        Raises:
            SetAside: they want to look first.
            Conflict: they do not go on.
        """
        from deskterm.reads import history

        console, found = self.console, {}
        for subject in subjects:
            found[subject.number] = await console.ask(
                history.meanwhile, console.desk, subject.number, since, by=console.agent
            )
        news = {number: weighty(each.entries) for number, each in found.items()}
        changed = [subject for subject in subjects if news[subject.number]]
        if not changed:
            return subjects
        now = console.desk.clock.now()
        lines = [
            line if len(subjects) == 1 else f"{subject.number:<10} {line}"
            for subject in changed
            for line in told(news[subject.number], now)
        ]
        first = changed[0].number
        await self._agreed_on(changed, lines, partial(self.look_at, first, news[first][0].at))
        return [replace(subject, version=found[subject.number].version) for subject in subjects]

    async def _looked_again(self, subject: Subject) -> Subject:
        """Return the ticket as it is now, once whoever sits here has seen what changed and goes on."""
        from deskterm.reads import history

        console = self.console
        since = await console.ask(
            history.meanwhile, console.desk, subject.number, subject.version, by=console.agent
        )
        if since.entries:
            lines = told(since.entries, console.desk.clock.now())
            look = partial(self.look_at, subject.number, since.entries[0].at)
            await self._agreed_on([subject], lines, look)
        return replace(subject, version=since.version)

    async def _agreed_on(
        self, changed: Sequence[Subject], lines: Sequence[str], look: Callable[[], None]
    ) -> None:
        """Ask whether to go on.

        Raises:
            SetAside: they want to look first.
            Conflict: they do not go on; what they typed stays.
        """
        answer = await self.app.push_screen_wait(Collision(named(changed), lines))
        if answer is Answer.LOOK:
            raise SetAside(look)
        if answer is Answer.LEAVE:
            raise Conflict(number=named(changed))

    def refuse(self, error: DeskError) -> None:
        """Say why something was not done; where it was set aside, show what is to be looked at."""
        super().refuse(error)
        if isinstance(error, SetAside):
            error.then()

    def look_at(self, number: str, since: datetime) -> None:
        """Show what happened to a ticket since an instant."""
        self.console.open_ticket(number)
