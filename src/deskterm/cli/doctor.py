"""`doctor`: whether the desk is well, a line for each thing looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from deskterm.cli import output
from deskterm.cli.opening import set_clock, settings_of
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.desk import Desk, Look
from deskterm.domain.people import SYSTEM
from deskterm.i18n import _, ngettext
from deskterm.reads.status import DeskStatus, status
from deskterm.storage.db import HEAD, place
from deskterm.storage.tables import ClockRow, Outgoing, Timer
from deskterm.storage.tables.conversation import OutgoingState
from deskterm.storage.types import table

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.config import Settings

LATE = timedelta(minutes=1)
"""What fell due longer ago than this should have been done."""
SCARCE_BYTES = 500_000_000
CLOCK, TIMER, OUTBOX = table(ClockRow), table(Timer), table(Outgoing)


class Finding(NamedTuple):
    """One thing that was looked at."""

    well: bool
    sentence: str


def doctor(asked: Namespace) -> int:
    """Look at the desk and say how it is; a desk that does not answer ends it."""
    settings = settings_of(asked)
    desk = Desk.open(settings.url)
    try:
        set_clock(desk, desk.facts())
        findings = list(examine(desk, settings))
    finally:
        desk.close()
    for finding in findings:
        output.say(f"{'ok' if finding.well else '!!'}  {finding.sentence}")
    return DONE if all(finding.well for finding in findings) else SOME_FAILED


def examine(desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other."""
    where = place(desk.engine.url)
    yield Finding(True, _("The database answers: {place}, schema {schema}").format(place=where, schema=HEAD))
    with desk.look(SYSTEM) as look:
        yield _overdue(look)
        yield _parked(look)
    seen = status(desk, by=SYSTEM)
    yield _swept(seen)
    yield _mail(seen)
    if desk.engine.dialect.name == "sqlite":
        yield _room(Path(desk.engine.url.database or settings.database))
    yield Finding(True, terminal(os.environ))


def _overdue(look: Look) -> Finding:
    oldest = min(
        filter(None, (_least(look, CLOCK.c.next_alert_at), _least(look, TIMER.c.due_at))), default=look.now
    )
    late = look.now - oldest
    if late > LATE:
        minutes = int(late.total_seconds() // 60)
        return Finding(
            False,
            ngettext(
                "Something fell due {count} minute ago and was not done: nobody sweeps",
                "Something fell due {count} minutes ago and was not done: nobody sweeps",
                minutes,
            ).format(count=minutes),
        )
    return Finding(True, _("Everything that fell due was done"))


def _least(look: Look, column: Any) -> Any:
    return look.connection.execute(select(func.min(column))).scalar()


def _parked(look: Look) -> Finding:
    mail = _count(look, OUTBOX.c.state == OutgoingState.PARKED)
    timers = _count(look, TIMER.c.parked != "")
    sentence = _("Given up after five tries: {timers} timers, {mail} mails")
    return Finding(not (mail or timers), sentence.format(timers=timers, mail=mail))


def _count(look: Look, condition: ColumnElement[bool]) -> int:
    return look.connection.execute(select(func.count()).where(condition)).scalar_one()


def _swept(seen: DeskStatus) -> Finding:
    if seen.is_swept:
        return Finding(True, _("Clocks are swept"))
    return Finding(False, _("Nobody sweeps the clocks: open a console, or start deskterm worker"))


def _mail(seen: DeskStatus) -> Finding:
    waiting = ngettext("{count} mail waits", "{count} mails wait", seen.mail_waiting).format(
        count=seen.mail_waiting
    )
    if seen.mail_waiting and not seen.has_worker and not seen.is_rehearsal:
        return Finding(False, _("{waiting}, and no worker runs").format(waiting=waiting))
    return Finding(True, waiting)


def _room(file: Path) -> Finding:
    free = shutil.disk_usage(file.parent).free
    return Finding(
        free >= SCARCE_BYTES, _("{free} MB of disk are free").format(free=f"{free // 1_000_000:,}")
    )


def terminal(environ: os._Environ[str]) -> str:
    """Return what is known of the terminal, for whoever helps from afar."""
    known = {name: environ.get(name, "–") for name in ("TERM", "COLORTERM", "LANG", "NO_COLOR")}
    inside = "tmux" if "TMUX" in environ else "screen" if "STY" in environ else _("none")
    return _("Terminal: {known}; multiplexer: {inside}").format(
        known=" ".join(f"{name}={value}" for name, value in known.items()), inside=inside
    )
