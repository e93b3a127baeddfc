"""The console put together: settings, desk, scheduler and app."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deskterm.cli.opening import login, set_clock, settings_of, who
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.config import Settings
    from deskterm.desk import Desk
    from deskterm.scheduler import Scheduler
    from deskterm.ui.locking import Limits

SCREENLESS = frozenset({"", "dumb", "unknown"})
"""Values of `TERM` that promise nothing a screen needs."""


def run(asked: Namespace) -> int:
    """Open the console, on a ticket if one is named, or the desk without a screen."""
    settings = settings_of(asked)
    if getattr(asked, "plain", False) and asked.number is None:
        from deskterm.cli import plain

        if asked.start_at is not None or asked.speed is not None:
            from deskterm.cli.rehearsal import start_clock

            start_clock(settings.url, at=asked.start_at, speed=asked.speed)
        return plain.run(asked)
    return show(settings, asked.as_login, start=asked.number, at=asked.start_at, speed=asked.speed)


def wallboard(asked: Namespace) -> int:
    """Open the console as a wallboard, which only reads: it sweeps no clocks.

    Raises:
        BadInput: there is no such view.
    """
    from deskterm.cli.opening import opened
    from deskterm.domain.query import Query
    from deskterm.query import render
    from deskterm.reads import views

    view = Query(views=(asked.view,)) if asked.view else Query()
    with opened(asked) as here:
        views.resolved(here.desk, view, by=here.by)
    scope = render(view)
    return show(settings_of(asked), asked.as_login, wallboard=scope)


def show(
    settings: Settings,
    as_login: str | None,
    *,
    start: str | None = None,
    wallboard: str | None = None,
    at: str | None = None,
    speed: float | None = None,
) -> int:
    """Paint the console's frame first, then open the desk on its database thread and sweep its clocks.

    Args:
        settings: of this installation.
        as_login: whom to act as, None for the operating system's login.
        start: the number of a ticket to begin with.
        wallboard: the filter of a wallboard to begin with, None for none; with one, nothing is written.
        at: where a rehearsal's clock is to run from; None lets it run on.
        speed: how fast it runs.

    Returns:
        The exit code.

    Raises:
        BadInput: there is no terminal that could show a screen.
        BadArgument, NotAllowed: the clock can't be set so; nothing was painted then.
    """
    if not sys.stdin.isatty():
        raise BadInput(N_("The console needs a terminal. Without one: deskterm ls, deskterm --help."))
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        raise BadInput(N_("The console paints on standard error, which goes elsewhere: leave out “2>”."))
    name = os.environ.get("TERM", "")
    if name in SCREENLESS:
        raise BadInput(
            N_("This terminal is TERM={name}: it has no screen. Without one: deskterm ls, deskterm --help."),
            name=name,
        )
    if at is not None or speed is not None:
        from deskterm.cli.rehearsal import start_clock

        start_clock(settings.url, at=at, speed=speed)
    if "SSH_TTY" in os.environ:
        for name, value in (("ANIMATIONS", "none"), ("SMOOTH_SCROLL", "0"), ("FPS", "15")):
            os.environ.setdefault(f"TEXTUAL_{name}", value)
    environ = dict(os.environ)
    from deskterm.cli.own_keys import own_keys
    from deskterm.cli.terminal import Console

    schedulers: list[Scheduler] = []

    def open_desk() -> Desk:
        from deskterm.cli.rehearsal import rehearse
        from deskterm.desk import Desk
        from deskterm.scheduler import Scheduler

        desk = Desk.open(settings.url)
        facts = rehearse(desk, desk.facts())
        app.agent = who(facts, as_login)
        set_clock(desk, facts)
        with desk.look(app.agent):
            pass
        if wallboard is None:
            schedulers.append(Scheduler(desk, session=app.session, login=app.agent, told=app.tell))
            schedulers[0].start()
        return desk

    app = Console(
        open_desk,
        as_login or login(),
        start=start,
        wallboard=wallboard,
        bell=settings.bell,
        sweeps=wallboard is None,
        theme=settings.theme,
        is_ascii=settings.glyphs == "ascii",
        may_edit=settings.editor,
        limits=_limits(settings, is_wallboard=wallboard is not None),
        advance=settings.advance,
        keymap=own_keys(settings),
        remembered=None if wallboard is not None else _remembered(settings, as_login or login()),
        environ=environ,
        has_stock_driver=settings.driver == "stock",
    )
    try:
        app.run(mouse=settings.mouse)
    finally:
        for scheduler in schedulers:
            scheduler.stop()
    return app.return_code or 0


def _limits(settings: Settings, *, is_wallboard: bool) -> Limits:
    """Return when an idle console is locked and left; a wall is idle by nature."""
    from deskterm.ui.locking import Limits

    if is_wallboard:
        return Limits()
    return Limits(settings.lock_minutes, settings.leave_minutes, settings.unlock)


def _remembered(settings: Settings, agent: str) -> Path:
    """Return the file that keeps where an agent was on this desk."""
    from platformdirs import user_state_path

    desk = hashlib.sha256(f"{settings.url} {agent}".encode()).hexdigest()[:16]
    return user_state_path("deskterm") / "sessions" / f"{desk}.json"
