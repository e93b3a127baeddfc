"""`doctor`: whether the desk is well, a line for each thing looked at."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from deskterm.cli import output
from deskterm.cli.console import SCREENLESS
from deskterm.cli.opening import set_clock, settings_of
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.cli.standard import stranger
from deskterm.cli.terminal_answers import Answers, ask
from deskterm.desk import Desk, Look
from deskterm.domain.people import SYSTEM
from deskterm.i18n import N_, _, ngettext
from deskterm.reads.status import DeskStatus, status
from deskterm.services import standards
from deskterm.storage.db import HEAD, place
from deskterm.storage.tables import ClockRow, Outgoing, Timer
from deskterm.storage.tables.conversation import OutgoingState
from deskterm.storage.types import table
from deskterm.ui.theme import ColourMode, colour_mode

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
    """Say how the terminal is, then the desk; one that does not answer ends it."""
    settings = settings_of(asked)
    found = [_say(finding) for finding in terminal(os.environ, sys.stdout.encoding)]
    if sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in SCREENLESS:
        asked_of = sys.stdout.fileno()
        found += [_say(finding) for finding in answers(ask(asked_of), os.get_terminal_size(asked_of))]
    desk = Desk.open(settings.url)
    try:
        set_clock(desk, desk.facts())
        found += [_say(finding) for finding in examine(desk, settings)]
    finally:
        desk.close()
    return DONE if all(found) else SOME_FAILED


def _say(finding: Finding) -> bool:
    output.say(f"{'ok' if finding.well else '!!'}  {finding.sentence}")
    return finding.well


def examine(desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other."""
    where = place(desk.engine.url)
    yield Finding(True, _("The database answers: {place}, schema {schema}").format(place=where, schema=HEAD))
    with desk.look(SYSTEM) as look:
        yield _overdue(look)
        yield _parked(look)
    yield from _led(desk)
    seen = status(desk, by=SYSTEM)
    yield _swept(seen)
    yield _mail(seen)
    if desk.engine.dialect.name == "sqlite":
        yield _room(Path(desk.engine.url.database or settings.database))


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


def _led(desk: Desk) -> Iterator[Finding]:
    unknown = standards.strangers(desk)
    for login in unknown:
        yield Finding(False, stranger(login))
    if not unknown:
        yield Finding(True, _("Every lead and manager can be told"))


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


def terminal(environ: Mapping[str, str], encoding: str) -> Iterator[Finding]:
    """Say what is known of the terminal, what it can do, and what would help it."""
    known = " ".join(f"{name}={environ.get(name, '–')}" for name in ("TERM", "COLORTERM", "LANG", "NO_COLOR"))
    inside = "tmux" if "TMUX" in environ else "screen" if "STY" in environ else ""
    sentence = _("Terminal: {known}; multiplexer: {inside}")
    yield Finding(True, sentence.format(known=known, inside=inside or _("none")))
    has_screen = environ.get("TERM", "") not in SCREENLESS
    if not has_screen:
        yield Finding(False, _("It has no screen: use --plain"))
    if encoding.lower().replace("-", "") != "utf8":
        yield Finding(False, _("It is not UTF-8: set glyphs to ascii, or LANG to C.UTF-8"))
    if has_screen:
        yield Finding(True, _(COLOURS[colour_mode(environ)]))
        yield Finding(True, _(CLIPBOARDS[inside]))
    if inside == "tmux":
        yield Finding(True, _("Colours, links and focus arrive with: {settings}").format(settings=TMUX))


def answers(given: Answers | None, size: os.terminal_size) -> Iterator[Finding]:
    """Say what the terminal answered when it was asked, and whether it is large enough."""
    if given is None:
        yield Finding(True, _("It answers no questions: what is painted may be seen to come"))
    else:
        yield Finding(True, _("It is {name}").format(name=given.name or _("a terminal that tells no name")))
        yield Finding(True, _(FRAMES[given.has_frames]))
        yield Finding(True, _(KEYS[given.has_all_keys]))
    shown = f"{size.columns}x{size.lines}"
    if size.columns >= COLUMNS and size.lines >= LINES:
        yield Finding(True, _("Its size is {size}").format(size=shown))
    else:
        yield Finding(False, _("Its size is {size}: below 80x24 some things are left out").format(size=shown))


COLUMNS, LINES = 80, 24
FRAMES: Mapping[bool, str] = {
    True: N_("It shows frames at once"),
    False: N_("It knows no frames: what is painted may be seen to come"),
}
KEYS: Mapping[bool, str] = {
    True: N_("It tells all keys apart"),
    False: N_("It tells only the keys apart that all terminals do; those are enough"),
}
TMUX = "set -g focus-events on, set -as terminal-features ',*:RGB:hyperlinks:clipboard:title:extkeys'"
"""What tmux has to be told besides what becomes of copied text."""
COLOURS: Mapping[ColourMode, str] = {
    ColourMode.NONE: N_("Colours: none, as NO_COLOR asks"),
    ColourMode.SIXTEEN: N_("Colours: its own sixteen; COLORTERM=truecolor if it has more"),
    ColourMode.MANY: N_("Colours: all that a theme asks for"),
}
CLIPBOARDS: Mapping[str, str] = {
    "": N_("What is copied goes to the terminal's clipboard, if it lets programs write there"),
    "tmux": N_("What is copied arrives with: set -g set-clipboard on, set -g allow-passthrough on"),
    "screen": N_("What is copied is handed through screen to the terminal around it"),
}
"""By multiplexer: what becomes of `y`; what is copied is always shown, too."""
