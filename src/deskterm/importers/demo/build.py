"""A demo desk built: three weeks played in time order, until now, with deadlines a few minutes ahead."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, update

from deskterm.clock import StoppedClock
from deskterm.desk import Desk, Transaction
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import Channel, Kind, Level
from deskterm.importers.demo import changes, lives, material, problems
from deskterm.importers.demo.lives import Life, Stage
from deskterm.importers.demo.material import Story
from deskterm.services import facts, founding, people, workplace
from deskterm.services.facts import Fact
from deskterm.services.sweep import sweep
from deskterm.storage.tables import Outgoing
from deskterm.storage.tables.conversation import OutgoingState
from deskterm.storage.types import table

PLAYER = "dana"
"""Whom a newcomer plays."""
BEGINNING = timedelta(days=21)
ALERTING = timedelta(hours=3)
"""For so long before now alerts are carried out; what was reached earlier shows, but alerts nobody."""
COARSE = timedelta(hours=12)
"""How often the desk is swept before that."""
UNREAD = timedelta(minutes=25)
"""Notifications older than this have been read."""
OFFICE = ZoneInfo("Europe/Paris")
SEED = 20_260_601

OUTBOX = table(Outgoing)

SOON = (
    (Level.MEDIUM, timedelta(hours=4), timedelta(seconds=75)),
    (Level.HIGH, timedelta(hours=3), timedelta(seconds=130)),
    (Level.MEDIUM, timedelta(hours=8), timedelta(seconds=190)),
    (Level.HIGH, timedelta(hours=2), timedelta(seconds=240)),
    (Level.MEDIUM, timedelta(hours=6), timedelta(seconds=290)),
)
"""Impact of urgent incidents, how long they have run, and when from now a threshold falls due.

The shipped standard gives priority 1 four hours and priority 2 eight, day and night; 50, 75 and 100 % alert.
"""


def build(url: str, now: datetime, *, rehearsal: bool = False) -> None:
    """Make a desk as it might look at an instant.

    Args:
        url: an empty database.
        now: the instant at which the play ends.
        rehearsal: whether the desk's own clock goes on from there, instead of the machine's.
    """
    clock = StoppedClock(now - BEGINNING)
    admin, *others = material.agents()
    desk = founding.found(url, admin, clock=clock)
    _hurry(desk)
    for agent in others:
        people.add_agent(desk, agent, by=admin.login)
    stage = Stage(desk, clock, Random(SEED), _callers(desk, admin.login), _members())
    desk.transact(SYSTEM, lambda tx: _put_facts(tx, now, rehearsal=rehearsal))
    changes.play(desk, clock, now)
    clock.at = now - BEGINNING
    _play(stage, _plot(stage, now), now)
    desk.transact(SYSTEM, _deliver)
    desk.close()


def _hurry(desk: Desk) -> None:
    """Let SQLite not wait for the disk while it builds what can be built again."""
    if desk.engine.dialect.name != "sqlite":
        return

    @event.listens_for(desk.engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    desk.engine.dispose()


def _callers(desk: Desk, admin: str) -> dict[str, list[int]]:
    callers: dict[str, list[int]] = defaultdict(list)
    for draft in material.callers():
        callers[draft.language or "en"].append(people.add_person(desk, draft, by=admin))
    return callers


def _members() -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for agent in material.agents():
        for team in sorted(agent.teams):
            members[team].append(agent.login)
    return members


def _put_facts(tx: Transaction, now: datetime, *, rehearsal: bool) -> None:
    facts.put_fact(tx, Fact.DEMO, PLAYER)
    facts.put_fact(tx, Fact.GO_LIVE, (now - ALERTING).isoformat())
    if rehearsal:
        facts.put_fact(tx, Fact.REHEARSAL, now.astimezone().isoformat())


def _plot(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Life]]:
    """Yield every life with the instant at which it begins; the more urgent, the less is left lying."""
    tame = [story for story in material.stories() if not story.hostile]
    requests = [story for story in tame if story.category.startswith("Access") and story.kind is Kind.REQUEST]
    calls = [story for story in tame if story not in requests]
    slow = [story for story in calls if story.a is Level.LOW and story.u is not Level.HIGH]
    brisk = [story for story in calls if story.a is not Level.HIGH and story.u is not Level.HIGH]
    urgent = [story for story in calls if story.a is not Level.LOW and story.u is Level.HIGH]
    patient = [story for story in slow if story.channel is not Channel.MONITORING]
    parts: tuple[tuple[int, Callable[[Stage, Story], Life], list[Story], float, float], ...] = (
        (48, lives.solved, tame, 18 * 24, 7),
        (8, lives.worked_on, slow, 9 * 24, 7 * 24),
        (66, lives.worked_on, slow, 4 * 24, 0.7),
        (22, lives.worked_on, brisk, 20, 0.5),
        (7, lives.worked_on, urgent, 9, 0.3),
        (30, lives.held, patient, 6 * 24, 2),
        (28, lives.fresh, brisk, 3, 0.02),
        (10, lives.fresh, requests, 40, 0.2),
        (6, lives.dropped, patient, 48, 1),
        (8, lives.passed_on, slow, 30, 1),
    )
    for count, life, stories, earliest, latest in parts:
        for story in _dealt(stage.chance, stories, count):
            yield _working_hour(stage.chance, now, earliest, latest), life(stage, story)
    for story in material.stories():
        if story.hostile:
            yield _working_hour(stage.chance, now, 40, 0.5), lives.worked_on(stage, story)
    yield from _drama(stage, now)
    yield from problems.lives(stage, now)


def _dealt(chance: Random, stories: list[Story], count: int) -> Iterator[Story]:
    """Yield so many stories, each as often as any other."""
    for first in range(0, count, len(stories)):
        yield from chance.sample(stories, min(len(stories), count - first))


def _drama(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Life]]:
    """Yield the major incident, and what falls due within minutes."""
    urgent = [
        story for story in material.stories() if story.u is Level.HIGH and story.channel is Channel.PHONE
    ]
    booking = next(story for story in urgent if story.service == "Finance system")
    yield now - timedelta(minutes=95), lives.major(stage, booking, 4)
    for (impact, gone, ahead), story in zip(SOON, stage.chance.sample(urgent, len(SOON)), strict=True):
        at = now - gone + ahead
        yield at, lives.pressing(stage, _weighing(story, impact), PLAYER)


def _weighing(story: Story, impact: Level) -> Story:
    return replace(story, a=impact, u=Level.HIGH)


def _working_hour(chance: Random, now: datetime, earliest: float, latest: float) -> datetime:
    """Return an instant between so many hours ago, mostly when offices are open."""
    while True:
        at = now - timedelta(hours=chance.uniform(latest, earliest))
        local = at.astimezone(OFFICE)
        if (local.weekday() < 5 and 7 <= local.hour < 18) or chance.random() < 0.08:
            return at


def _play(stage: Stage, plot: Iterator[tuple[datetime, Life]], now: datetime) -> None:
    """Let every life go on in time order until now, sweeping on the way; what would come later does not."""
    queue = [(at, place, life) for place, (at, life) in enumerate(plot)]
    heapq.heapify(queue)
    sweeps = now - BEGINNING + COARSE
    read = False
    while queue and queue[0][0] <= now:
        at, place, life = heapq.heappop(queue)
        sweeps = _sweep_until(stage, at, sweeps, now)
        stage.clock.at = max(stage.clock.at, at)
        if not read and at > now - UNREAD:
            read = _read_all(stage)
        following = next(life, None)
        if following is not None:
            heapq.heappush(queue, (following, place, life))
    _sweep_until(stage, now, sweeps, now)
    stage.clock.at = now


def _sweep_until(stage: Stage, at: datetime, due: datetime, now: datetime) -> datetime:
    """Sweep whenever it is due until an instant, and return when it is due next.

    Before alerts count that is now and then; from there on at each threshold, so that none is late.
    """
    while due <= at:
        stage.clock.at = max(stage.clock.at, due)
        swept = sweep(stage.desk)
        if due + COARSE < now - ALERTING:
            due += COARSE
        elif due < now - ALERTING:
            due = now - ALERTING
        else:
            due = max(due + timedelta(seconds=1), min(swept.next_due or now, due + timedelta(minutes=15)))
    return due


def _read_all(stage: Stage) -> bool:
    """Let every agent have read what was new."""
    for agent in material.agents():
        workplace.read_notifications(stage.desk, by=agent.login)
    return True


def _deliver(tx: Transaction) -> None:
    """Mark what would have left the building by now as sent; a demo desk sends nothing."""
    left = update(OUTBOX).where(OUTBOX.c.due_at <= tx.now, OUTBOX.c.state == OutgoingState.WAITING)
    tx.connection.execute(left.values(state=OutgoingState.SENT, sent_at=OUTBOX.c.due_at))
