"""Requesting a change: which kind, then the form; the new change is opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.domain.change import ChangeKind
from deskterm.i18n import _
from deskterm.ui import change_forms
from deskterm.ui.change_routes import open_change
from deskterm.ui.dialogs.form import FormDialog
from deskterm.ui.dialogs.picker import Option, Picker

if TYPE_CHECKING:
    from deskterm.ui.screen import DeskScreen

USUAL = timedelta(hours=1)
"""How long a change takes until somebody says otherwise."""


async def pick_kind(screen: DeskScreen[Any], start: datetime | None) -> None:
    """Let somebody pick kind or template, then ask for the request.

    Args:
        screen: where it is asked.
        start: when the change begins; None leaves the window open.
    """
    from deskterm.reads import change_templates

    offered = await screen.console.ask(change_templates.offered, screen.console.desk, by=screen.console.agent)
    options = [
        Option("normal", _("normal: assessed and approved first")),
        *(Option(f"standard {each.key}", _("standard: {name}").format(name=each.name)) for each in offered),
        Option("emergency", _("emergency: fewer approvers, completed afterwards")),
    ]

    def picked(value: str | None) -> None:
        if value is not None:
            kind, _blank, template = value.partition(" ")
            screen.work(partial(ask_request, screen, ChangeKind(kind), template or None, start), "perform")

    screen.app.push_screen(Picker(_("Which kind of change?"), options), picked)


async def ask_request(
    screen: DeskScreen[Any], kind: ChangeKind, template: str | None, start: datetime | None
) -> None:
    """Ask for a request for change, open it on the desk, and show it."""
    submit = partial(_open, screen, kind, template)
    window = change_forms.window_fields(start, start + USUAL if start else None)
    console = screen.console
    offered = await console.ask(change_forms.offers, console.desk, console.agent)
    summary, *others = change_forms.request_fields(kind, offered)
    titles = {
        ChangeKind.NORMAL: _("Normal change"),
        ChangeKind.STANDARD: _("Standard change"),
        ChangeKind.EMERGENCY: _("Emergency change"),
    }
    screen.app.push_screen(FormDialog(titles[kind], [summary, *window, *others], submit))


async def _open(
    screen: DeskScreen[Any], kind: ChangeKind, template: str | None, values: dict[str, str]
) -> None:
    from deskterm.services import changes

    console = screen.console
    draft = change_forms.new_change(kind, template, values, console.desk.clock.now())
    number = await console.ask(changes.open_change, console.desk, draft, by=console.agent)
    console.poke()
    screen.app.call_later(open_change, screen, number)
