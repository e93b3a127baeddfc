"""Figures of problem management: causes counted across problems, key figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import rca
from deskterm.domain.problem_kpis import KPIS, Kpi, Life
from deskterm.domain.rca import Cause, CauseCount
from deskterm.reads.problems import PROBLEM, linked_counts, plan_of
from deskterm.storage import problems as stored
from deskterm.storage.tables import CauseRow, Problem
from deskterm.storage.visible import visible


def cause_counts(desk: Desk, *, by: str) -> tuple[CauseCount, ...]:
    """Return the causes that problems have, counted across them, the most frequent first."""
    with desk.look(by) as look:
        seen = select(col(Problem.id)).where(visible(look.actor, Problem))
        rows = look.connection.execute(
            stored.CAUSES.add_columns(col(CauseRow.problem_id)).where(col(CauseRow.problem_id).in_(seen))
        )
        of: dict[int, list[Cause]] = {}
        for *cause, problem in rows:
            of.setdefault(problem, []).append(Cause(*cause))
    return rca.counted(of)


def key_figures(
    desk: Desk, *, by: str, since: datetime | None = None
) -> tuple[tuple[Kpi, float | None], ...]:
    """Return the key figures of the problems that were opened since an instant; None takes all."""
    with desk.look(by) as look:
        rows: Any = look.connection.execute(
            select(PROBLEM).where(visible(look.actor, Problem), _opened_since(since))
        ).all()
        counts = linked_counts(look)
        lives = [_life(look, row, counts.get(row.id, (0, 0))[0]) for row in rows]
        return tuple((kpi, kpi.compute(lives, look.now)) for kpi in KPIS)


def _opened_since(since: datetime | None) -> Any:
    return col(Problem.opened_at) >= since if since is not None else col(Problem.id).is_not(None)


def _life(look: Look, row: Any, incidents: int) -> Life:
    plan = plan_of(row)
    after = None
    if plan is not None and look.now >= plan.ends_at:
        since = stored.incidents(look.connection, row, since=plan.fixed_at, after_id=row.counted_after_id)
        after = sum(at < plan.ends_at for at in since)
    return Life(
        row.status,
        row.opened_at,
        row.diagnosed_at,
        row.known_error_at,
        row.fixed_at,
        row.closed_at,
        row.closure,
        row.baseline,
        after,
        incidents,
    )
