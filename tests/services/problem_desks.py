"""Desks with problems on them, opened and carried through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.problem import ActionType, Metric, ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import Level
from deskterm.services import catalogue, causes, corrective, problems
from deskterm.services.problem_drafts import NewAction, NewProblem, ProblemEdit
from tests.changes import open_change
from tests.desks import one, open_ticket

DAY = timedelta(days=1)
CI = "fw-lyon-1"


def furnish_firewall(desk: Desk) -> None:
    """Give the catalogue a firewall, its service and a category."""
    catalogue.add(
        desk,
        services=("remote-access",),
        cis=((CI, "remote-access"),),
        categories=("Network / VPN",),
        by="ada",
    )


def vpn(desk: Desk, **fields: Any) -> str:
    """Open an incident on the firewall."""
    given = {"service": "remote-access", "ci": CI, "category": "Network / VPN", "summary": "VPN tunnel flaps"}
    return open_ticket(desk, **(given | fields))


def analysed(desk: Desk, **fields: Any) -> str:
    """Open a problem and carry it to its analysis."""
    draft = NewProblem(
        summary="VPN flaps after fw 9.1.4",
        category="Network / VPN",
        ci=CI,
        impact=Level.MEDIUM,
        urgency=Level.HIGH,
        **fields,
    )
    number = problems.open_problem(desk, draft, by="pia")
    problems.move(desk, number, ProblemStatus.ASSESS, by="pia")
    given = ProblemEdit(assignee="pia", teams=frozenset({"network", "service-desk"}))
    problems.move(desk, number, ProblemStatus.ANALYSIS, given, by="pia")
    return number


def fixing(desk: Desk, clock: StoppedClock, **fields: Any) -> str:
    """Open a problem and carry it to where its fix is in progress."""
    number = analysed(desk, **fields)
    cause = causes.add(desk, number, "Firmware 9.1.4 has a bug", branch=Branch.TECHNOLOGY, by="kim")
    causes.judge(desk, number, cause, Verdict.CONFIRMED, by="kim")
    corrective.add(desk, number, patch(clock), by="pia")
    problems.move(desk, number, ProblemStatus.FIX, ProblemEdit(root_cause="IKE rekey fails"), by="pia")
    return number


def verifying(desk: Desk, clock: StoppedClock, **fields: Any) -> str:
    """Open a problem and carry it to where its effect is watched."""
    number = fixing(desk, clock, **fields)
    corrective.finish(desk, number, one(desk, "SELECT max(id) FROM corrective_action"), by="kim")
    given = ProblemEdit(metric=Metric.INCIDENTS, window_days=14, threshold=1)
    problems.move(desk, number, ProblemStatus.VERIFYING, given, by="pia")
    return number


def patch(clock: StoppedClock, **fields: Any) -> NewAction:
    given: dict[str, Any] = {
        "type": ActionType.PATCH,
        "summary": "Roll back to 9.1.3",
        "assignee": "kim",
        "due_at": clock.now() + 7 * DAY,
    }
    return NewAction(**(given | fields))


def chg_8(desk: Desk) -> str:
    """Open changes until one has the number 8."""
    *_others, eighth = (open_change(desk) for _each in range(8))
    return eighth
