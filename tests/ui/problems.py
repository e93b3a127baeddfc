"""Desks for the tests of board and problem: a firewall that keeps failing, and who leads its problem."""

from __future__ import annotations

from datetime import timedelta

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.domain.problem import ActionType, Metric, ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import Level
from deskterm.services import catalogue, causes, corrective, intake, known_errors, people, problems
from deskterm.services.drafts import AgentDraft, CallerDraft, NewTicket
from deskterm.services.problem_drafts import KnownErrorDraft, NewAction, NewProblem, ProblemEdit

DAY = timedelta(days=1)
CI = "fw-lyon-1"


def furnish(desk: Desk) -> None:
    """Give the desk a problem manager, a firewall, its service and a category."""
    roles = frozenset({Role.AGENT, Role.PROBLEM_MANAGER, Role.APPROVER})
    pia = AgentDraft(login="pia", name="Pia Holm", roles=roles, teams=frozenset({"network", "service-desk"}))
    people.add_agent(desk, pia, by="root")
    catalogue.add(
        desk,
        services=("remote-access",),
        cis=((CI, "remote-access"),),
        categories=("Network / VPN",),
        by="root",
    )


def incident(desk: Desk, summary: str = "VPN tunnel flaps") -> str:
    """Open an incident on the firewall."""
    draft = NewTicket(
        caller=CallerDraft(name="Claire Martin", email="claire.martin@example.org"),
        summary=summary,
        service="remote-access",
        ci=CI,
        category="Network / VPN",
    )
    return intake.open_ticket(desk, draft, by="kim")


def new(desk: Desk, summary: str = "VPN flaps after fw 9.1.4", *, tickets: tuple[str, ...] = ()) -> str:
    """Open a problem."""
    draft = NewProblem(
        summary=summary,
        category="Network / VPN",
        ci=CI,
        impact=Level.MEDIUM,
        urgency=Level.HIGH,
        tickets=tickets,
    )
    return problems.open_problem(desk, draft, by="pia")


def analysed(desk: Desk, summary: str = "VPN flaps after fw 9.1.4", *, tickets: tuple[str, ...] = ()) -> str:
    """Open a problem and carry it to its analysis."""
    number = new(desk, summary, tickets=tickets)
    problems.move(desk, number, ProblemStatus.ASSESS, by="pia")
    given = ProblemEdit(assignee="pia", teams=frozenset({"network", "service-desk"}))
    problems.move(desk, number, ProblemStatus.ANALYSIS, given, by="pia")
    return number


def with_causes(desk: Desk, number: str) -> tuple[int, int]:
    """Give a problem two causes, one below the other, and evidence; return their ids."""
    first = causes.add(desk, number, "Rekey fails under load", branch=Branch.TECHNOLOGY, by="kim")
    second = causes.add(desk, number, "Firmware 9.1.4 leaks sessions", below=first, by="kim")
    causes.edit(desk, number, second, evidence="vendor case 88231", by="kim")
    causes.judge(desk, number, first, Verdict.CONFIRMED, by="kim")
    return first, second


def verifying(
    desk: Desk, clock: StoppedClock, summary: str = "Badge sync is late", *, threshold: int = 1
) -> str:
    """Open a known error whose fix is watched."""
    number = analysed(desk, summary)
    _cause, root = with_causes(desk, number)
    causes.judge(desk, number, root, Verdict.CONFIRMED, by="kim")
    causes.mark_root(desk, number, root, by="kim")
    known_errors.declare(
        desk, number, KnownErrorDraft(symptom="Tunnel drops", workaround="Reconnect"), by="pia"
    )
    due = clock.now() + 7 * DAY
    draft = NewAction(type=ActionType.PATCH, summary="Roll back to 9.1.3", assignee="kim", due_at=due)
    action = corrective.add(desk, number, draft, by="pia")
    problems.move(desk, number, ProblemStatus.FIX, ProblemEdit(root_cause="IKE rekey fails"), by="pia")
    corrective.finish(desk, number, action, by="kim")
    plan = ProblemEdit(metric=Metric.INCIDENTS, window_days=14, threshold=threshold)
    problems.move(desk, number, ProblemStatus.VERIFYING, plan, by="pia")
    return number
