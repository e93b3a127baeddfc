"""How tickets live: each life is a generator that acts, then yields the instant of its next act."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import Channel, HoldReason, Kind, LinkKind, Resolution
from deskterm.importers.demo.material import Story
from deskterm.services import conversation, escalation, intake, links, progress, tickets
from deskterm.services.drafts import InboundDraft, NewTicket

Life = Generator[datetime, None, None]

PLACES = ("Lyon 3.12", "Paris 9", "Lille hall B", "Madrid 2", "London 1.07", "Lyon 4", "上海 17F", "苏州仓库")
HOSTS = ("app-03", "db-02", "web-11", "build-01", "file-01", "mail-01")
DOORS = frozenset({Channel.EMAIL, Channel.WEB, Channel.MONITORING})
"""Channels through which tickets come by themselves; the others are taken down by an agent."""
ANSWERS = {
    "en": ("It happens again right now.", "Thank you, I try that.", "Any news? I can't work like this."),
    "zh": ("现在又出现了。", "谢谢，我试一下。", "请问有进展吗？影响工作。"),
}
THANKS = {"en": "Works again, thank you!", "zh": "已经恢复正常，谢谢！"}
FRONT_DESK = "service-desk"


@dataclass(slots=True)
class Stage:
    """Where lives are played: the desk, its clock, the cast, and chance."""

    desk: Desk
    clock: StoppedClock
    chance: Random
    callers: dict[str, list[int]]
    """Ids of people by language."""
    members: dict[str, list[str]]
    """Logins by team."""
    calls: int = 0
    last: dict[str, str] = field(default_factory=dict)
    """The newest open ticket of each category; what duplicates are merged into."""

    def later(self, least: float, most: float) -> datetime:
        """Return an instant so many minutes ahead, by chance."""
        return self.clock.at + timedelta(minutes=self.chance.uniform(least, most))

    def told(self, text: str) -> str:
        """Return a text with its blanks filled."""
        for blank, choices in (("{place}", PLACES), ("{host}", HOSTS)):
            text = text.replace(blank, self.chance.choice(choices))
        return text.replace("{n}", str(self.chance.randint(4, 48)))

    def call(self, story: Story, *, team: str | None = None, assignee: str | None = None) -> str:
        """Open a ticket by the story's door, and return its number."""
        self.calls += 1
        monitored = story.channel is Channel.MONITORING
        front = story.channel is Channel.PHONE and self.chance.random() < 0.35
        draft = NewTicket(
            kind=story.kind,
            caller=None if monitored else self.chance.choice(self.callers[story.language]),
            summary=self.told(story.summary),
            description=self.told(story.description),
            channel=story.channel,
            impact=story.a,
            urgency=story.u,
            category=story.category,
            service=story.service,
            ci=story.ci,
            team=team or (FRONT_DESK if front and story.kind is Kind.INCIDENT else None),
            assignee=assignee,
        )
        if story.channel in DOORS:
            inbound = InboundDraft(key=f"demo-{self.calls}", raw=b"", ticket=draft, automatic=monitored)
            return intake.receive(self.desk, inbound, by=SYSTEM)
        return intake.open_ticket(self.desk, draft, by=self.chance.choice(self.members[FRONT_DESK]))

    def worker(self, story: Story) -> str:
        """Return somebody who knows about such things."""
        team = TEAMS.get(story.category.partition(" /")[0], FRONT_DESK)
        return self.chance.choice(self.members[team] + self.members[FRONT_DESK])

    def happens(self, share: float) -> bool:
        """Return true in a share of all cases."""
        return self.chance.random() < share


TEAMS = {
    "Access": "identity",
    "Security": "identity",
    "Network": "network",
    "Hardware": "desktop",
    "Printing": "desktop",
    "Software": "applications",
    "Data": "applications",
}
"""The first part of a category → the team that knows about it."""


def fresh(stage: Stage, story: Story) -> Life:
    """Call; nobody has taken it yet."""
    stage.last[story.category] = stage.call(story)
    yield from ()


def worked_on(stage: Stage, story: Story) -> Life:
    """Call, and be worked on: answered, noted, asked for news."""
    agent = stage.worker(story)
    number = yield from _taken(stage, story, agent)
    stage.last[story.category] = number
    if story.reply and stage.happens(0.65):
        conversation.reply(stage.desk, number, stage.told(story.reply), by=agent)
        yield stage.later(20, 400)
    if story.note and stage.happens(0.7):
        conversation.note(stage.desk, number, stage.told(story.note), by=agent)
        yield stage.later(20, 300)
    if story.channel is not Channel.MONITORING and stage.happens(0.3):
        answer = stage.chance.choice(ANSWERS[story.language])
        intake.receive_message(stage.desk, number, answer, by=SYSTEM)
        if stage.happens(0.3):
            yield stage.later(10, 200)
            tickets.tag(stage.desk, number, ("callback",), by=agent)


def held(stage: Stage, story: Story) -> Life:
    """Call, be worked on a little, then wait for somebody else."""
    agent = stage.worker(story)
    number = yield from _taken(stage, story, agent)
    reason = HoldReason(story.wait or stage.chance.choice(("vendor", "caller", "evidence")))
    progress.hold(
        stage.desk,
        number,
        reason,
        review_at=stage.clock.at + timedelta(days=stage.chance.randint(2, 9), hours=3),
        message=stage.told(story.reply) or "Could you tell us when it happened last?",
        link="CHG-7" if reason is HoldReason.CHANGE else "",
        by=agent,
    )


def solved(stage: Stage, story: Story) -> Life:
    """Call, be helped, and say thanks; some come back, some are silent."""
    agent = stage.worker(story)
    number = yield from _taken(stage, story, agent)
    if story.reply:
        conversation.reply(stage.desk, number, stage.told(story.reply), by=agent)
        yield stage.later(15, 300)
    code = Resolution.FULFILLED if story.kind is Kind.REQUEST else stage.chance.choice(WAYS)
    progress.resolve(stage.desk, number, code, story.closing, by=agent)
    yield stage.later(30, 900)
    if story.channel is Channel.MONITORING:
        progress.confirm(stage.desk, number, "Checks are green.", how="lead", by="osei")
    elif stage.happens(0.08):
        progress.reopen(stage.desk, number, "It came back.", by=agent)
        yield stage.later(60, 400)
        progress.resolve(stage.desk, number, Resolution.FIXED, story.closing, by=agent)
    elif stage.happens(0.8):
        progress.confirm(stage.desk, number, THANKS[story.language], by=agent)


WAYS = (Resolution.FIXED, Resolution.FIXED, Resolution.WORKAROUND, Resolution.ADVICE)


def dropped(stage: Stage, story: Story) -> Life:
    """Call about something that is being worked on already, or should not be done."""
    twin = stage.last.get(story.category)
    number = stage.call(story)
    yield stage.later(5, 60)
    if twin is None:
        progress.cancel(stage.desk, number, "Called again: was a loose plug.", by=stage.worker(story))
    else:
        links.merge(stage.desk, number, twin, by=stage.worker(story))


def major(stage: Stage, story: Story, others: int) -> Life:
    """Call about something that many call about: one ticket leads, the others hang on it."""
    number = stage.call(story, team="applications", assignee="zoe")
    yield stage.later(2, 4)
    conversation.note(stage.desk, number, stage.told(story.note), by="zoe")
    for login in ("osei", "dana"):
        tickets.watch(stage.desk, number, by=login)
    for _ in range(others):
        yield stage.later(1, 6)
        child = stage.call(story, team=FRONT_DESK)
        links.link(stage.desk, child, LinkKind.CHILD_OF, number, by="dana")
    conversation.reply(stage.desk, number, stage.told(story.reply), by="zoe")


def pressing(stage: Stage, story: Story, agent: str) -> Life:
    """Call about something urgent that an agent works on while its clock runs out."""
    number = stage.call(story, team=FRONT_DESK, assignee=agent)
    yield stage.later(4, 9)
    conversation.reply(stage.desk, number, stage.told(story.reply), by=agent)
    yield stage.later(5, 20)
    conversation.note(stage.desk, number, stage.told(story.note or "Looking into it."), by=agent)


def passed_on(stage: Stage, story: Story) -> Life:
    """Call, be taken by the service desk, and be escalated to people who know more."""
    number = stage.call(story, team=FRONT_DESK, assignee="ivo")
    yield stage.later(20, 90)
    note = stage.told(story.note) or "Restarted and reinstalled, no change."
    escalation.escalate(stage.desk, number, "needs a specialist", note=note, by="ivo")


def _taken(stage: Stage, story: Story, agent: str) -> Generator[datetime, None, str]:
    """Call and be taken: on the phone at once, else a while later, after approval where it takes one."""
    at_once = story.channel is Channel.PHONE and stage.happens(0.6)
    number = stage.call(story, assignee=agent if at_once else None)
    yield stage.later(3, 25)
    if story.kind is Kind.REQUEST and story.category.startswith("Access"):
        progress.approve(stage.desk, number, comment="Agreed.", by="martin")
        yield stage.later(10, 60)
    if not at_once:
        tickets.take(stage.desk, number, by=agent)
        yield stage.later(5, 40)
    return number
