"""A rehearsal's clock: where it starts, how fast it runs and since when, as the desk keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from sqlalchemy import func, select

from deskterm.cli.arguments import BadArgument, instant
from deskterm.desk import Desk
from deskterm.domain.errors import NotAllowed
from deskterm.domain.people import SYSTEM
from deskterm.i18n import N_
from deskterm.services import rehearsal
from deskterm.services.facts import Fact
from deskterm.storage.chain import EVENT


def start_clock(url: str, *, at: str | None, speed: float | None) -> None:
    """Let the clock of a desk's rehearsal run as asked; see `rehearse`."""
    desk = Desk.open(url)
    try:
        rehearse(desk, desk.facts(), at=at, speed=speed)
    finally:
        desk.close()


def rehearse(
    desk: Desk, facts: Mapping[str, str], *, at: str | None = None, speed: float | None = None
) -> dict[str, str]:
    """Let a rehearsal's clock run, from an instant or on from where it is, and return the desk's facts.

    Nothing changes on a desk that works, or where the clock runs and nothing else is asked for.

    Raises:
        NotAllowed: an instant or a speed is asked of a desk that works.
        BadArgument: the instant lies before what has happened on the desk, or the speed is not above 0.
    """
    asked = at is not None or speed is not None
    if Fact.REHEARSAL not in facts and Fact.DEMO not in facts:
        if asked:
            raise NotAllowed(
                N_("--at and --speed work only on rehearsal and demo desks; this one is at work.")
            )
        return dict(facts)
    if not asked and (Fact.REHEARSAL not in facts or Fact.REHEARSAL_BEGAN in facts):
        return dict(facts)
    if speed is not None and speed <= 0:
        raise BadArgument(N_("A clock's speed is above 0."))
    wall = desk.clock.now()
    start = _start(facts, at, wall)
    if facts.get(Fact.REHEARSAL) == start.isoformat() and speed is None and Fact.REHEARSAL_BEGAN in facts:
        return dict(facts)
    _not_before_the_ledger(desk, start)
    pace = speed or float(facts.get(Fact.REHEARSAL_SPEED, "1"))
    rehearsal.rehearse(desk, start, began=wall, speed=pace, by=SYSTEM)
    return desk.facts()


def _start(facts: Mapping[str, str], at: str | None, wall: datetime) -> datetime:
    """Return where the clock is to run from: as asked, or where it is.

    What is asked without a zone is in the one that the rehearsal was made in.
    """
    if Fact.REHEARSAL not in facts:
        return instant(at, wall) if at is not None else wall
    start = datetime.fromisoformat(facts[Fact.REHEARSAL])
    if at is not None:
        return _in_zone(at, start.tzinfo)
    if Fact.REHEARSAL_BEGAN not in facts:
        return start
    began = datetime.fromisoformat(facts[Fact.REHEARSAL_BEGAN])
    return start + (wall - began) * float(facts.get(Fact.REHEARSAL_SPEED, "1"))


def _in_zone(text: str, zone: tzinfo | None) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadArgument(N_("{text} is no instant. Write 2016-04-01T09:00."), text=text) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _not_before_the_ledger(desk: Desk, start: datetime) -> None:
    """Refuse a clock that would run backwards over what has happened to tickets."""
    newest = select(func.max(EVENT.c.at)).where(EVENT.c.subject_type == "ticket")
    with desk.look(SYSTEM) as look:
        last: datetime | None = look.connection.execute(newest).scalar()
    if last is not None and start < last:
        raise BadArgument(
            N_("The desk has lived until {last}; start there or later, or make it anew."),
            last=last.isoformat(timespec="minutes"),
        )
