"""Drafts: what is being typed, on its way to the database at most twice a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from deskterm.domain.errors import DeskError

if TYPE_CHECKING:
    from datetime import datetime

    from textual.timer import Timer

    from deskterm.ui.app import DeskApp

SAVE_SECONDS = 0.5
"""While somebody types, a draft is saved this often: throttled, not put off until they pause."""


class DraftsSaved(Message):
    """What was typed is in the database."""


class Drafts:
    """Every text that is being typed in a console, mirrored here so that no widget is needed to save it."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._unsaved: dict[str, str] = {}
        self._timer: Timer | None = None
        self.saved_at: dict[str, datetime] = {}
        """When each place was last saved, by the desk's clock."""

    @property
    def are_saved(self) -> bool:
        """Whether everything that was typed is in the database."""
        return not self._unsaved and self._timer is None

    def type(self, place: str, text: str) -> None:
        """Take down what a place says now; it is saved soon."""
        self._unsaved[place] = text
        if self._timer is None:
            self._timer = self._app.set_timer(SAVE_SECONDS, self._save_soon)

    async def restore(self, place: str) -> str:
        """Return what was typed in a place, empty where nothing was."""
        from deskterm.reads import ticket

        if place in self._unsaved:
            return self._unsaved[place]
        found = await self._app.ask(ticket.draft, self._app.desk, place, by=self._app.agent)
        if found is None:
            return ""
        text, self.saved_at[place] = found
        return text

    async def drop(self, place: str) -> None:
        """Forget a place: its text was sent, or emptied."""
        from deskterm.services import workplace

        self._unsaved.pop(place, None)
        self.saved_at.pop(place, None)
        await self._app.ask(workplace.drop_draft, self._app.desk, place, by=self._app.agent)

    async def flush(self) -> None:
        """Save everything that is not saved yet, behind whatever the database thread still has to do."""
        from deskterm.services import workplace

        unsaved, self._unsaved = self._unsaved, {}
        for place, text in unsaved.items():
            desk, me = self._app.desk, self._app.agent
            try:
                if text.strip():
                    await self._app.ask(workplace.save_draft, desk, place, text, by=me)
                else:
                    await self._app.ask(workplace.drop_draft, desk, place, by=me)
            except DeskError:
                self._unsaved.setdefault(place, text)
            else:
                self.saved_at[place] = self._app.desk.clock.now()

    async def _save_soon(self) -> None:
        self._timer = None
        await self.flush()
        self._app.screen.post_message(DraftsSaved())
