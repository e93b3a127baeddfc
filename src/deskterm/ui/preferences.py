"""What can be set while the console runs, until it is left: settings and keys of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from deskterm.commands import COMMANDS, keymap
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_, _

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp
    from deskterm.ui.screen import DeskScreen

VALUES: Mapping[str, tuple[str, ...]] = {
    "theme": ("desk-dark", "desk-light", "desk-contrast"),
    "advance": ("stay", "next", "list"),
    "bell": ("on", "off", "breach"),
}
"""Settings that can be changed here → their values, as the settings file has them."""
BELLS: Mapping[str, bool | Literal["breach"]] = {"on": True, "breach": "breach", "off": False}


class Preferences:
    """The actions of every screen that set something for whoever sits here."""

    def action_settings(self: DeskScreen[Any], setting: str = "") -> None:  # type: ignore[misc]  # mixed in
        """Set what `theme=desk-light` says; ask where nothing is said."""
        from deskterm.ui.dialogs.form import Choice, Field, FormDialog

        if setting:
            name, _equals, value = setting.partition("=")
            change(self.console, {name.strip(): value.strip()})
            self.say(_("{setting} until you leave; settings.toml keeps it.").format(setting=setting))
            return
        now = values(self.console)
        titles = {
            "theme": _("Theme"),
            "advance": _("Where the cursor goes after an act"),
            "bell": _("Bell"),
        }
        fields: list[Field] = [
            Choice(name, titles[name], tuple((value, value) for value in known), now[name])
            for name, known in VALUES.items()
        ]

        async def submit(chosen: dict[str, str]) -> None:
            change(self.console, chosen)
            self.say(_("Set until you leave; settings.toml keeps it."))

        self.app.push_screen(FormDialog(_("Settings"), fields, submit))

    def action_bind(self: DeskScreen[Any], command: str = "", key: str = "") -> None:  # type: ignore[misc]
        """Give a command a key until the console is left; without one, show which keys are one's own."""
        from deskterm.ui.dialogs.report import Report

        own = self.console.keymap
        if not command:
            lines = [f"{' '.join(keys):<14} {name}" for name, keys in own.keys.items()]
            lines += map(str, own.problems)
            none = _("None yet. :bind queue.preview , w  binds one; keys.toml keeps it.")
            self.app.push_screen(Report(_("Your own keys"), lines or [none]))
            return
        if not key:
            raise BadInput(N_("Say which key {command} shall have."), command=command)
        self.console.bind_keys(keymap.bound(own, command, key, COMMANDS))
        self.say(
            _('{key} is {command} until you leave; in keys.toml: "{command}" = "{key}"').format(
                key=key, command=command
            )
        )


def values(console: DeskApp) -> dict[str, str]:
    """Return what each setting is now."""
    return {
        "theme": console.wanted_theme,
        "advance": console.advance,
        "bell": next(name for name, rings in BELLS.items() if rings == console.rings),
    }


def change(console: DeskApp, wanted: Mapping[str, str]) -> None:
    """Put settings in force.

    Raises:
        BadInput: there is no such setting here, or no such value.
    """
    for name, value in wanted.items():
        if name not in VALUES:
            raise BadInput(
                N_("{name} can't be set here. There are: {known}."), name=name, known=", ".join(VALUES)
            )
        if value not in VALUES[name]:
            raise BadInput(N_("{typed} is none of {known}."), typed=value, known=", ".join(VALUES[name]))
    sets: Mapping[str, Callable[[str], None]] = {
        "theme": console.take_theme,
        "advance": lambda value: setattr(console, "advance", value),
        "bell": lambda value: setattr(console, "rings", BELLS[value]),
    }
    for name, value in wanted.items():
        sets[name](value)
