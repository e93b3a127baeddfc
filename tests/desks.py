"""Desks to test on: people of every role, and tickets opened through the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM, Role
from deskterm.domain.ticket import Level
from deskterm.services import founding, intake, people
from deskterm.services.drafts import AgentDraft, CallerDraft, NewTicket
from deskterm.standard.load import shipped

ADMIN = AgentDraft(login="ada", name="Ada Admin", roles=frozenset({Role.ADMIN}))
AGENTS: tuple[tuple[str, str, set[Role], set[str]], ...] = (
    ("dana", "Dana Diaz", {Role.AGENT}, {"service-desk"}),
    ("kim", "Kim Keller", {Role.AGENT}, {"network"}),
    ("ivo", "Ivo Ilic", {Role.AGENT}, {"infrastructure"}),
    ("osei", "R. Osei", {Role.LEAD}, {"service-desk", "network"}),
    ("martin", "M. Martin", {Role.LEAD}, set()),
    ("pia", "Pia Petit", {Role.PROBLEM_MANAGER}, set()),
    ("chen", "Chen Chang", {Role.CHANGE_MANAGER}, set()),
    ("abe", "Abe Abel", {Role.APPROVER}, set()),
    ("audrey", "Audrey Auditor", {Role.AUDITOR}, set()),
    ("gone", "Gone Agent", {Role.AGENT}, {"service-desk"}),
)
"""login, name, roles, teams; `gone` is deactivated."""


def populate(desk: Desk) -> Desk:
    """Give an empty desk its standard and one person of every role."""
    founding.begin(desk, ADMIN, shipped(), by=SYSTEM)
    for login, name, roles, teams in AGENTS:
        draft = AgentDraft(login=login, name=name, roles=frozenset(roles), teams=frozenset(teams))
        people.add_agent(desk, draft, by="ada")
    people.deactivate(desk, "gone", by="ada")
    return desk


def open_ticket(desk: Desk, *, by: str = "dana", **fields: Any) -> str:
    """Open a ticket by phone and return its number: an incident of priority 3 at the service desk."""
    given: dict[str, Any] = {
        "caller": CallerDraft(name="Leo Brandt", email="leo@example.org"),
        "summary": "Audio drops in calls",
        "impact": Level.LOW,
        "urgency": Level.HIGH,
        "team": "service-desk",
    }
    return intake.open_ticket(desk, NewTicket(**{**given, **fields}), by=by)


def open_p1(desk: Desk, **fields: Any) -> str:
    """Open an incident of priority 1: four hours, around the clock."""
    return open_ticket(desk, impact=Level.HIGH, urgency=Level.HIGH, summary="VPN down in Lyon", **fields)


def one(desk: Desk, sql: str, **values: Any) -> Any:
    """Return the first column of the first row; what anybody with the database could see."""
    with desk.engine.connect() as connection:
        return connection.execute(text(sql), values).scalar()


def rows(desk: Desk, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return all rows as tuples."""
    with desk.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def kinds(desk: Desk, number: str) -> Iterable[str]:
    """Return the kinds of a ticket's events, oldest first."""
    key = int(number.split("-")[1])
    return [
        kind
        for (kind,) in rows(
            desk,
            "SELECT kind FROM event WHERE subject_type = 'ticket' AND subject_id = :k ORDER BY id",
            k=key,
        )
    ]
