"""What all dialogs share: they stand in front of a screen, and say when they can take keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.binding import BindingsMap
from textual.screen import ModalScreen

from deskterm import commands as registry
from deskterm.assets import style
from deskterm.commands import Command, Place, of_place
from deskterm.ui.bindings import bindings, hint_line
from deskterm.ui.painting import Painted
from deskterm.ui.surviving import Surviving

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

R = TypeVar("R")


class Dialog(Surviving, Painted, ModalScreen[R]):
    """Something in front of a screen that wants an answer, or to be read."""

    CSS_PATH = style("dialogs")
    PLACE: ClassVar[Place]
    is_called = True
    """Whether a key called for it; what was typed before one that comes by itself was not meant for it."""
    is_ready = False
    """Whether it stands, with the cursor in its field."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "PLACE" in cls.__dict__:
            cls.BINDINGS = bindings(of_place(cls.PLACE), is_over_text=True)
        super().__init_subclass__(**kwargs)

    @property
    def console(self) -> DeskApp:
        """The app."""
        return cast("DeskApp", self.app)

    def on_mount(self) -> None:
        """Take keys once the field that asks for them has the focus, which the app gives in its turn."""
        if self.console.keymap.keys or self.place is not self.PLACE:
            self._bindings = BindingsMap(bindings(self.commands, is_over_text=True))
        self.app.call_later(self._stand)

    @property
    def place(self) -> Place:
        """What its keys are called after."""
        return self.PLACE

    @property
    def commands(self) -> tuple[Command, ...]:
        """What can be asked for here, with the keys that whoever sits here wants."""
        return self.console.keymap.commands(self.place)

    def hints(self) -> str:
        """Return the keys worth knowing, as a line."""
        return hint_line(self.commands)

    def action_run_command(self, name: str) -> None:
        """Do what the command with this name asks."""
        command = registry.command(name)
        given = (command.parameter,) if command.parameter else ()
        getattr(self, f"action_{command.action}")(*given)

    def _stand(self) -> None:
        self.is_ready = True
        if not self.is_called:
            self.console.type_ahead.drop()
        self.console.type_ahead.release()
