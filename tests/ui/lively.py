"""A small desk in the middle of a day: tickets of every state, people, hostile words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.domain.ticket import Channel, HoldReason, Kind, Level, Resolution
from deskterm.services import conversation, escalation, founding, intake, people, progress, tickets
from deskterm.services.drafts import AgentDraft, CallerDraft, NewTicket

TUESDAY = datetime(2026, 6, 2, 12, 30, tzinfo=UTC)
HOSTILE = "Printer [/dev/usb0] \x1b]52;c;ZXZpbA==\x07 \u202egnp.exe [@click=app.quit]x[/]"


def empty_desk(url: str, clock: StoppedClock) -> Desk:
    """Return a founded desk with three agents and nothing to do."""
    root = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN}))
    desk = founding.found(url, root, clock=clock)
    for login, name, roles, teams in (
        ("dana", "Dana Weiss", {Role.AGENT, Role.LEAD}, {"service-desk", "network"}),
        ("ivo", "Ivo Petrov", {Role.AGENT}, {"network"}),
        ("kim", "Kim Lindqvist", {Role.AGENT}, {"service-desk"}),
        ("osei", "R. Osei", {Role.LEAD}, set()),
    ):
        draft = AgentDraft(login=login, name=name, roles=frozenset(roles), teams=frozenset(teams))
        people.add_agent(desk, draft, by="root")
    return desk


def lively_desk(url: str, clock: StoppedClock) -> Desk:
    """Return a desk with a dozen tickets, opened over the last day."""
    now = clock.now()
    desk = empty_desk(url, clock)
    callers = {
        name: people.add_person(
            desk,
            CallerDraft(name=name, email=mail, phone=phone, location=place, department=department, vip=vip),
            by="dana",
        )
        for name, mail, phone, place, department, vip in (
            ("Claire Martin", "claire.martin@example.org", "+33 4 72 00 41 12", "Lyon", "Sales", True),
            ("Tom Okafor", "tom.okafor@example.org", "+44 20 7946 0018", "London", "Payroll", False),
            ("Leo Brandt", "leo.brandt@example.org", "+49 30 5550 881", "Berlin", "Sales", False),
            ("佐藤 健", "sato@example.org", "+81 3 5550 0102", "Tokyo", "Finance", False),
        )
    }

    def opened(ago: timedelta, caller: str, summary: str, **fields: object) -> str:
        clock.at = now - ago
        draft = NewTicket.model_validate({"caller": callers[caller], "summary": summary, **fields})
        return intake.open_ticket(desk, draft, by="kim")

    def hours(count: float) -> timedelta:
        return timedelta(hours=count)

    def minutes(count: float) -> timedelta:
        return timedelta(minutes=count)

    guest = opened(hours(26), "Tom Okafor", "Guest portal wording", urgency=Level.LOW)
    access = opened(
        hours(25),
        "Leo Brandt",
        r"Access to \\fin\reports (approver away)",
        kind=Kind.REQUEST,
        team="identity",
    )
    paper = opened(
        hours(24), "Tom Okafor", "Printer 3F-02 paper jam sensor", assignee="dana", team="service-desk"
    )
    vpn = opened(
        hours(4), "Claire Martin", "VPN down for Lyon site (47 users)", impact=Level.HIGH, urgency=Level.HIGH,
        description="Nobody in Lyon gets a tunnel since this morning.", team="network", assignee="dana",
        category="Network / VPN", channel=Channel.PHONE, extent=47,
    )  # fmt: skip
    clock.at = now - hours(3.5)
    conversation.reply(desk, vpn, "We see it and are working on it.\nNext update at 14:30.", by="dana")
    clock.at = now - minutes(21)
    conversation.note(desk, vpn, "Tunnel flaps since 10:10 on fw-lyo-02, peer 203.0.113.7.", by="ivo")
    outlook = opened(
        hours(3),
        "Leo Brandt",
        "Outlook stuck at 'Loading profile' after the update",
        assignee="dana",
        impact=Level.MEDIUM,
    )
    code = opened(minutes(40), "佐藤 健", "二要素認証のコードが届かない")
    opened(minutes(22), "Leo Brandt", "Teams call audio drops on Wi-Fi")
    opened(minutes(15), "Tom Okafor", HOSTILE)
    opened(
        minutes(9), "Tom Okafor", "Payroll export fails: ORA-01555", impact=Level.MEDIUM, urgency=Level.HIGH
    )
    opened(minutes(4), "Claire Martin", "Badge reader B2 offline", urgency=Level.HIGH)
    clock.at = now - minutes(9)
    intake.receive_message(desk, vpn, "Still down, the site is working from phones.", by="dana")
    clock.at = now - minutes(30)
    progress.hold(
        desk,
        paper,
        HoldReason.CALLER,
        review_at=now + timedelta(days=2),
        message="Is the lamp still red?",
        by="dana",
    )
    tickets.assign(desk, guest, "ivo", by="dana")
    progress.resolve(desk, guest, Resolution.FIXED, "The wording was changed.", by="ivo")
    tickets.take(desk, access, by="kim")
    conversation.note(desk, outlook, HOSTILE, by="kim")
    tickets.watch(desk, code, by="dana")
    clock.at = now
    escalation.escalate(desk, code, "Nobody gets in", hierarchical=True, by="kim")
    return desk
