"""Writing on a ticket: a composer with drafts, text modules, variables, and a question before sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from textual import on

from deskterm.commands import Place
from deskterm.domain import macro
from deskterm.domain.errors import Conflict, GateNotMet
from deskterm.domain.ticket import HoldReason
from deskterm.i18n import N_, _
from deskterm.ui import times
from deskterm.ui.acts import written
from deskterm.ui.deeds import deed
from deskterm.ui.dialogs.form import FormDialog, Line, SetAside
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.drafts import DraftsSaved
from deskterm.ui.edits import EditingScreen
from deskterm.ui.screen import T
from deskterm.ui.widgets.composer import Composer, Then

MODULE, COLLEAGUE, ARTICLE = "::", "@@", "??"


class WritingScreen(EditingScreen[T]):
    """A screen over one ticket, with a composer."""

    _began_at: datetime | None = None
    """When whoever writes last saw the ticket."""

    @property
    def addressee(self) -> str:
        """Who a reply goes to."""
        raise NotImplementedError

    def wrote(self) -> None:
        """Give the keys back to what is read, when the composer is gone."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Go where whoever sits here wants to be after an act."""
        raise NotImplementedError

    def look_at(self, number: str, since: datetime) -> None:
        """Show what was written since an instant; the composer stays open."""
        raise NotImplementedError

    def be_here(self) -> None:
        """Tell others that somebody is here, and whether they type."""
        raise NotImplementedError

    @property
    def composer(self) -> Composer:
        """Where texts are written."""
        return self.query_one(Composer)

    def _draft_place(self, is_public: bool) -> str:
        return f"{self.number} {'reply' if is_public else 'note'}"

    @property
    def place(self) -> Place:
        """What keys are meant for now: the composer while it is open, else the ticket."""
        return Place.COMPOSER if self.composer.is_open else self.PLACE

    def action_reply(self, text: str = "") -> None:
        """Write to the caller: in the composer, or at once what was given."""
        if text:
            self.write_at_once(text, is_public=True)
        else:
            self.write(is_public=True)

    def action_note(self, text: str = "") -> None:
        """Write a note for other agents: in the composer, or at once what was given."""
        if text:
            self.write_at_once(text, is_public=False)
        else:
            self.write(is_public=False)

    def write(self, *, is_public: bool) -> None:
        """Open the composer with the draft that was left there."""
        self.work(partial(self._open_composer, is_public), "composer", exclusive=True)

    async def _open_composer(self, is_public: bool) -> None:
        text = await self.console.drafts.restore(self._draft_place(is_public))
        self._began_at = self.console.desk.clock.now()
        self.composer.open(text, is_public=is_public, to=self.addressee)
        saved_at = self.console.drafts.saved_at.get(self._draft_place(is_public))
        if text and saved_at is not None:
            self.composer.saved(saved_at)
            self.say(_("Your draft is back."))
        self._preview_variables(text)
        self.show_hints()
        self.be_here()

    @on(Composer.Typed)
    def keep_draft(self, typed: Composer.Typed) -> None:
        """Save what is typed, soon; show what its variables stand for."""
        self.console.drafts.type(self._draft_place(self.composer.is_public), typed.text)
        self._preview_variables(typed.text)

    def on_drafts_saved(self, _saved: DraftsSaved) -> None:
        """Say when the draft was saved."""
        saved_at = self.console.drafts.saved_at.get(self._draft_place(self.composer.is_public))
        if self.composer.is_open and saved_at is not None:
            self.composer.saved(saved_at)

    def _preview_variables(self, text: str) -> None:
        names = tuple(dict.fromkeys(found[0] for found in macro.VARIABLE.finditer(text)))
        if not names:
            self.composer.preview({})
            return

        async def fill() -> None:
            values = {name: await self._filled(name) for name in names}
            shown = {name: "" if filled.missing else filled.text for name, filled in values.items()}
            self.composer.preview(shown)

        self.work(fill, "variables", exclusive=True, aside=True)

    async def _filled(self, text: str) -> macro.Filled:
        from deskterm.reads import macros

        return await self.console.ask(
            macros.filled, self.console.desk, self.number, text, by=self.console.agent
        )

    @on(Composer.Called)
    def offer(self, called: Composer.Called) -> None:
        """Offer what the typed sign asks for."""
        if called.sign == MODULE:
            self.work(self._offer_modules, "offer", exclusive=True)
        elif called.sign == COLLEAGUE:
            self.work(self._offer_colleagues, "offer", exclusive=True)
        elif called.sign == ARTICLE:
            self.say(_("There are no articles yet that ?? could link."))

    async def _offer_modules(self) -> None:
        from deskterm.reads import macros

        modules = await self.console.ask(macros.modules, self.console.desk, by=self.console.agent)
        texts = {each.key: each.text for each in modules}
        options = [
            Option(each.key, f"{each.key:<12} {each.name:<20} {each.text.strip().splitlines()[0]}")
            for each in modules
            if each.text.strip()
        ]
        key = await self.app.push_screen_wait(Picker(_("Text module"), options))
        if key is not None:
            self.composer.replace_call((await self._filled(texts[key])).text)

    async def _offer_colleagues(self) -> None:
        from deskterm.reads import people

        agents = await self.console.ask(people.agents, self.console.desk, by=self.console.agent)
        options = [Option(each.login, f"{each.login:<12} {each.name}") for each in agents]
        login = await self.app.push_screen_wait(Picker(_("Colleague, who is told"), options))
        if login is not None:
            self.composer.replace_call(f"@@{login} ")

    def action_switch(self) -> None:
        """Switch between reply and note; the text goes along."""
        composer = self.composer
        if not composer.is_open:
            return
        text, before = composer.text, self._draft_place(composer.is_public)
        composer.set_public(not composer.is_public)
        self.console.drafts.type(before, "")
        self.console.drafts.type(self._draft_place(composer.is_public), text)

    def action_editor(self) -> None:
        """Write in one's own editor."""
        if not self.composer.is_open:
            return
        if not self.console.may_edit:
            self.say(_("No other program may be started here."), problem=True)
            return
        self.work(self._edit, "editor", exclusive=True)

    async def _edit(self) -> None:
        from deskterm.ui import editor

        text = await editor.edited(self.console, self.composer.text, self.about(), self.console.environ)
        if text is None:
            self.say(_("The editor failed; the text is as it was."))
        else:
            self.composer.replace(text)
        self.reload()

    def about(self) -> Sequence[str]:
        """Return what an editor shows above the text: the ticket, its deadline, the last message."""
        raise NotImplementedError

    def action_then(self) -> None:
        """Choose what becomes of the ticket once this is sent."""
        if self.composer.is_open:
            self.composer.cycle_then()

    def action_send(self) -> None:
        """Send the reply, or save the note."""
        if self.composer.is_open:
            self.work(self._send, "composer", exclusive=True)

    async def _send(self) -> None:
        if not await self._goes_on():
            return
        text = await self._filled(self.composer.text)
        if text.missing:
            raise GateNotMet(
                N_("Nothing is known for {missing}; write it out before you send."),
                field="body",
                missing=", ".join(text.missing),
            )
        if self.composer.is_public and self.composer.then is Then.HOLD and text.text.strip():
            self._ask_review(text.text)
            return
        await self._write(text.text)

    async def _goes_on(self) -> bool:
        """Return whether to send, though others may have changed the ticket since the composer was opened."""
        assert self._began_at is not None, "an open composer was opened at some time"
        try:
            await self.told_since(self.subjects(), self._began_at)
        except SetAside as aside:
            self._began_at = self.console.desk.clock.now()
            aside.then()
            return False
        except Conflict:
            self.say(_("Not sent. What you typed stays."))
            return False
        return True

    async def _write(self, text: str) -> None:
        is_public, then = self.composer.is_public, self.composer.then
        subjects = self.subjects()
        words, soon = await self.written_words(is_public=is_public)
        await self.take(written(text, is_public=is_public), words, subjects, soon=soon)
        await self._sent(is_public)
        if then is Then.HOLD:
            self.action_hold()
        elif then is Then.RESOLVE:
            self.action_resolve()
        else:
            self.go_on()

    def _ask_review(self, text: str) -> None:
        """Ask until when the caller is waited for; then reply and hold are one act."""
        from deskterm.services import progress

        subjects, now = self.subjects(), self.console.desk.clock.now()

        async def submit(values: Mapping[str, str]) -> None:
            review_at = times.instant(values["review_at"], now)
            if review_at is None:
                raise GateNotMet(
                    N_("“{text}” is no date: try tomorrow, fri 14:00, 2h, 2026-06-02 09:00."),
                    field="review_at",
                    text=values["review_at"],
                )
            act = deed(progress.hold, HoldReason.CALLER, review_at=review_at, message=text)
            await self.take(act, _("{number}: reply written, waits for the caller"), subjects)
            await self._sent(True)
            self.go_on()

        field = Line("review_at", _("Look again"), "tomorrow", _("tomorrow, fri 14:00, 2h"))
        title = _("Send, then wait for the caller: {number}").format(number=self.number)
        self.app.push_screen(FormDialog(title, [field], submit))

    async def _sent(self, is_public: bool) -> None:
        await self.console.drafts.drop(self._draft_place(is_public))
        self.close_composer()

    def leave_composer(self) -> None:
        """Close the composer and keep what was typed."""
        self.close_composer()
        self.say(_("Your draft is kept."))
        self.work(self.console.drafts.flush, "drafts", aside=True)

    def close_composer(self) -> None:
        """Take the composer off the screen."""
        self.composer.close()
        self.wrote()
        self.show_hints()
        self.be_here()

    def recalled(self, words: Mapping[str, str]) -> None:
        """Put the text of a recalled reply to this ticket back into the composer."""
        if set(words) != {self.number}:
            super().recalled(words)
            return
        self.console.drafts.type(self._draft_place(True), words[self.number])
        self.write(is_public=True)
