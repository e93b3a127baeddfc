"""Effect verification: a fix is counted against its baseline, daily and with every matching incident."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import and_, func, or_
from sqlalchemy import select as choose
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain import verification as rules
from deskterm.domain.problem import WATCHED, Metric, ProblemStatus
from deskterm.domain.ticket import Kind
from deskterm.domain.verification import Effect, Plan
from deskterm.services import alarms, problem_journal
from deskterm.storage import problems as stored
from deskterm.storage.tables import CorrectiveAction, Problem, Ticket, Timer

VERIFY = "verify"
"""The timer of a problem whose effect is looked at again."""
DAILY = "daily"
"""The timer of a desk that has incidents: every midnight candidates are looked for."""
DAY = timedelta(days=1)


@action("effect.evaluate")
def evaluate(tx: Transaction, number: str, *, by: str) -> Effect:
    """Count a problem's effect now, act on it, and return what it is.

    Recurrence reopens the analysis; a quiet window proposes *resolved*, which a person accepts.
    """
    return judge(tx, problem_journal.take(tx, number))


def plan_of(problem: Problem) -> Plan | None:
    """Return how a problem's fix is verified, None before it is."""
    known = (problem.fixed_at, problem.window_days, problem.threshold, problem.baseline)
    if None in known or problem.fixed_at is None:
        return None
    return Plan(
        problem.fixed_at,
        timedelta(days=problem.window_days or 1),
        problem.threshold or 0,
        problem.baseline or 0,
    )


def prepare(tx: Transaction, problem: Problem) -> None:
    """Say since when a problem counts as fixed, and take the baseline where nobody gave one."""
    problem.fixed_at = tx.session.exec(
        select(func.max(CorrectiveAction.done_at)).where(
            col(CorrectiveAction.problem_id) == problem.id, col(CorrectiveAction.dropped).is_(False)
        )
    ).one()
    if problem.baseline is None and problem.window_days and problem.metric and problem.fixed_at:
        window = timedelta(days=problem.window_days)
        before = stored.incidents(tx.connection, problem, since=problem.fixed_at - window)
        problem.baseline = rules.baseline(before, problem.fixed_at, window)


def begin(tx: Transaction, problem: Problem) -> None:
    """Start to watch a fix: what opened at the same instant, but before it, does not count."""
    problem.proposed_at = None
    last = choose(func.max(Ticket.id)).where(
        stored.matching(problem), col(Ticket.opened_at) == problem.fixed_at
    )
    problem.counted_after_id = tx.connection.execute(last).scalar() or 0
    again(tx, problem)


def begin_anew(tx: Transaction, problem: Problem) -> None:
    """Let the window of a fix that is watched begin with the action that was done just now."""
    if problem.status is not ProblemStatus.VERIFYING:
        return
    problem.fixed_at = tx.now
    begin(tx, problem)
    problem_journal.record(tx, problem, "problem.window_moved")


def again(tx: Transaction, problem: Problem) -> None:
    """Have a problem's effect looked at tomorrow, or when its window ends if that is sooner."""
    plan = plan_of(problem)
    tomorrow = tx.now + DAY
    due = min(tomorrow, plan.ends_at) if plan is not None and plan.ends_at > tx.now else tomorrow
    alarms.arm(tx, "problem", problem_journal.key(problem), VERIFY, due)


def judge(tx: Transaction, problem: Problem) -> Effect:
    """Count a problem's effect and act on it."""
    plan = plan_of(problem)
    if plan is None or problem.status not in WATCHED:
        return Effect.PENDING
    since = stored.incidents(tx.connection, problem, since=plan.fixed_at, after_id=problem.counted_after_id)
    found = rules.verdict(plan, since, tx.now)
    if found is Effect.RECURRING:
        _reopen(tx, problem, len(since))
    elif found is Effect.QUIET and problem.status is ProblemStatus.VERIFYING and problem.proposed_at is None:
        _propose(tx, problem, len(since))
    return found


def back_to_analysis(tx: Transaction, problem: Problem) -> None:
    """Take a problem back to its analysis, counted as a recurrence; the plan stays as a proposal."""
    problem.status = ProblemStatus.ANALYSIS
    problem.recurrence_count += 1
    problem.fixed_at = problem.proposed_at = problem.resolved_at = None
    problem.baseline = None


def _reopen(tx: Transaction, problem: Problem, count: int) -> None:
    threshold = problem.threshold
    back_to_analysis(tx, problem)
    problem_journal.record(tx, problem, "problem.recurred", count=count, threshold=threshold)
    people = {*problem_journal.concerned(tx, problem), *problem_journal.answerable(tx, problem)}
    problem_journal.tell(tx, problem, "problem.recurred", people, urgent=True, count=count)


def _propose(tx: Transaction, problem: Problem, count: int) -> None:
    problem.proposed_at = tx.now
    problem_journal.record(tx, problem, "problem.resolution_proposed", count=count, baseline=problem.baseline)
    people = problem_journal.answerable(tx, problem)
    problem_journal.tell(tx, problem, "problem.resolution_proposed", people, count=count)


def look_again(tx: Transaction, timer: Timer) -> bool:
    """Judge a problem whose timer came; as long as it is watched, the next is set."""
    problem = tx.session.exec(
        select(Problem).where(col(Problem.id) == timer.subject_id).with_for_update()
    ).one()
    before = (problem.status, problem.proposed_at)
    if problem.status not in WATCHED:
        return False
    judge(tx, problem)
    if problem.status in WATCHED:
        again(tx, problem)
    return (problem.status, problem.proposed_at) != before


def heed(tx: Transaction, ticket: Ticket) -> None:
    """Let an incident that has just opened, or become another, count against what it speaks against."""
    if ticket.kind is not Kind.INCIDENT:
        return
    look_daily(tx)
    # Resolved problems that were imported have no fix whose effect could be counted.
    watched = select(Problem).where(
        col(Problem.status).in_(sorted(WATCHED)),
        col(Problem.fixed_at).is_not(None),
        or_(
            col(Problem.ci) == ticket.ci,
            and_(col(Problem.ci).is_(None), col(Problem.service) == ticket.service),
            col(Problem.metric) == Metric.CATEGORY_INCIDENTS,
        ),
    )
    for problem in tx.session.exec(watched.order_by(col(Problem.id)).with_for_update()):
        judge(tx, problem)


def look_daily(tx: Transaction) -> None:
    """Have candidates looked for when this day is over, in UTC."""
    midnight = datetime.combine((tx.now + DAY).astimezone(UTC).date(), time.min, tzinfo=UTC)
    alarms.arm(tx, "desk", 0, DAILY, midnight)
