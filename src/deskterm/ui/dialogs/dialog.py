"""What all dialogs share: they stand in front of a screen, and say when they can take keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from textual.screen import ModalScreen

from deskterm.assets import style
from deskterm.ui.surviving import Surviving

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

R = TypeVar("R")


class Dialog(Surviving, ModalScreen[R]):
    """Something in front of a screen that wants an answer, or to be read."""

    CSS_PATH = style("dialogs")
    is_called = True
    """Whether a key called for it; what was typed before one that comes by itself was not meant for it."""
    is_ready = False
    """Whether it stands, with the cursor in its field."""

    @property
    def console(self) -> DeskApp:
        """The app."""
        return cast("DeskApp", self.app)

    def on_mount(self) -> None:
        """Take keys once the field that asks for them has the focus, which the app gives in its turn."""
        self.app.call_later(self._stand)

    def _stand(self) -> None:
        self.is_ready = True
        if not self.is_called:
            self.console.type_ahead.drop()
        self.console.type_ahead.release()
