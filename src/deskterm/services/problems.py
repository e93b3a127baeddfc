"""A problem's way: opened, classified, carried from state to state through its gates, reviewed, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain import problem as rules
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.domain.people import Role
from deskterm.domain.problem import Closure, ProblemStatus
from deskterm.domain.ticket import LinkKind
from deskterm.i18n import N_
from deskterm.services import (
    alarms,
    catalogue,
    effect,
    intake,
    journal,
    link_rows,
    people,
    problem_handover,
)
from deskterm.services.journal import changes_of
from deskterm.services.problem_drafts import NewProblem, ProblemEdit
from deskterm.services.problem_journal import (
    answerable,
    case_of,
    concerned,
    key,
    number_of,
    record,
    take,
    take_open,
    tell,
)
from deskterm.storage import problems as stored
from deskterm.storage.tables import Link, Problem, ProblemTeam, ProblemWatcher, Timer
from deskterm.storage.types import table
from deskterm.text import plain

TEAMS = table(ProblemTeam)
REVIEW = "problem_review"
NO_SUMMARY = N_("A problem needs a summary.")
CLASSIFYING = frozenset({"category", "service", "ci", "impact", "urgency", "priority"})
"""Columns whose later change needs a note."""
PLANNING = frozenset({"metric", "baseline", "window_days", "threshold"})
"""Columns whose change needs a note while the effect is watched."""


@action("problem.open")
def open_problem(tx: Transaction, draft: NewProblem, *, by: str) -> str:
    """Open a problem from the tickets that it causes, or from a person's suspicion; return its number."""
    if not draft.summary:
        raise GateNotMet(NO_SUMMARY, field="summary")
    rules.may_open(N_("The problem"), draft.source, len(draft.tickets))
    catalogue.need(tx, service=draft.service, ci=draft.ci, category=draft.category)
    problem = Problem(
        id=intake.next_number(tx, "problem"),
        summary=draft.summary,
        description=draft.description,
        source=draft.source,
        team=people.team_row(tx, draft.team).key if draft.team else None,
        assignee=people.worker(tx, draft.assignee).login if draft.assignee else None,
        category=draft.category,
        service=draft.service,
        ci=draft.ci,
        impact=draft.impact and int(draft.impact),
        urgency=draft.urgency and int(draft.urgency),
        opened_at=tx.now,
        updated_at=tx.now,
    )
    _prioritise(tx, problem)
    record(tx, problem, "problem.opened")
    add_tickets(tx, problem, draft.tickets)
    tell(tx, problem, "problem.opened", answerable(tx, problem))
    return number_of(problem)


@action("problem.edit")
def edit(
    tx: Transaction, number: str, given: ProblemEdit, *, note: str = "", by: str, seen: int | None = None
) -> None:
    """Change what a problem says.

    Args:
        note: why category, service, CI or priority change after they were assessed, or the plan by which
            the effect is counted after that began.
    """
    problem = take_open(tx, number, seen=seen)
    teams = _apply(tx, problem, given)
    changed = changes_of(problem)
    if not CLASSIFYING.isdisjoint(changed):
        rules.may_reclassify(number_of(problem), problem.status, note)
    replanned = not PLANNING.isdisjoint(changed) and problem.status in rules.WATCHED
    if replanned:
        rules.may_replan(number_of(problem), problem.status, note)
        problem.proposed_at = None
    if changed or teams:
        record(tx, problem, "problem.changed", **({"note": plain(note)} if note else {}), **teams)
        tell(tx, problem, "problem.changed", concerned(tx, problem))
    if replanned:
        effect.judge(tx, problem)


@action("problem.assign")
def assign(tx: Transaction, number: str, to: str | None, *, by: str, seen: int | None = None) -> None:
    """Give a problem an owner; None takes it out of everybody's hands."""
    problem = take_open(tx, number, seen=seen)
    problem.assignee = people.worker(tx, to).login if to else None
    if changes_of(problem):
        record(tx, problem, "problem.assigned", to=to)
        tell(tx, problem, "problem.assigned", [to] if to else [])


@action("problem.move")
def move(
    tx: Transaction,
    number: str,
    after: ProblemStatus,
    given: ProblemEdit | None = None,
    *,
    by: str,
    seen: int | None = None,
) -> None:
    """Carry a problem to another state, with what its gate asks for.

    Args:
        given: what the gate's form was filled with.

    Raises:
        IllegalMove: the state does not follow.
        GateNotMet: the gate asks for more; `field` says what.
    """
    problem = take_open(tx, number, seen=seen)
    before = problem.status
    teams = _apply(tx, problem, given) if given is not None else {}
    if after is ProblemStatus.VERIFYING:
        effect.prepare(tx, problem)
    rules.move(case_of(tx, problem), before, after)
    _enter(tx, problem, after)
    record(tx, problem, "problem.moved", **teams)
    tell(tx, problem, "problem.moved", concerned(tx, problem), status=after)


@action("problem.accept_risk")
def accept_risk(
    tx: Transaction,
    number: str,
    reason: str,
    *,
    approver: str | None,
    review_at: datetime | None,
    by: str,
    seen: int | None = None,
) -> None:
    """Close a problem whose cause stays, with who accepts that and when it is looked at again."""
    problem = take_open(tx, number, seen=seen)
    rules.may_accept_risk(
        number_of(problem), problem.status, reason=reason, approver=approver, review_at=review_at, now=tx.now
    )
    accepting = people.agent(tx, approver or "")
    if {Role.APPROVER, Role.ADMIN}.isdisjoint(map(Role, accepting.roles.split())):
        raise GateNotMet(
            N_("{login} is no approver: name somebody who may accept a risk."),
            field="approver",
            login=accepting.login,
        )
    problem.approver, problem.closing_reason, problem.review_at = accepting.login, plain(reason), review_at
    _close(tx, problem, Closure.RISK_ACCEPTED)
    record(tx, problem, "problem.risk_accepted")
    _watch_review(tx, problem)
    tell(tx, problem, "problem.risk_accepted", concerned(tx, problem) | {accepting.login})


@action("problem.duplicate")
def close_as_duplicate(tx: Transaction, number: str, of: str, *, by: str, seen: int | None = None) -> None:
    """Close a problem that is about the same as another, which takes over all that hangs on it.

    That is its tickets, watchers, causes and actions, and its workaround where the other has none.
    """
    problem = take_open(tx, number, seen=seen)
    if key(problem) == rules.key_of(of):
        raise BadInput(N_("{number} can't be a duplicate of itself."), number=number_of(problem))
    rules.may_close(number_of(problem), problem.status, Closure.DUPLICATE)
    target = take_open(tx, of)
    moved = problem_handover.hand_over(tx, problem, target)
    problem.duplicate_of_id = target.id
    _close(tx, problem, Closure.DUPLICATE)
    record(tx, problem, "problem.duplicate", of=number_of(target), **moved)
    record(tx, target, "problem.absorbed", other=number_of(problem), **moved)


@action("problem.review")
def review(tx: Transaction, number: str, outcome: str, *, next_at: datetime | None = None, by: str) -> None:
    """Write down what a review found, and when the problem is looked at again.

    A review belongs to resolved problems before they close, and to accepted risks and known errors from
    time to time.
    """
    problem = take(tx, number)
    if not outcome.strip():
        raise GateNotMet(
            N_("{number} needs a review outcome: say what was learned."),
            field="review",
            number=number_of(problem),
        )
    if next_at is not None and next_at <= tx.now:
        raise GateNotMet(N_("The next review has to lie ahead."), field="review_at")
    problem.review, problem.review_at = plain(outcome), next_at
    record(tx, problem, "problem.reviewed", outcome=problem.review)
    _watch_review(tx, problem)


@action("problem.note")
def note(tx: Transaction, number: str, body: str, *, by: str) -> None:
    """Leave a note on a problem, which its timeline shows."""
    problem = take(tx, number)
    text = plain(body).strip("\n")
    if not text.strip():
        raise GateNotMet(N_("There is nothing written yet."), field="body")
    record(tx, problem, "problem.noted", body=text)
    tell(tx, problem, "problem.noted", concerned(tx, problem))


@action("problem.watch")
def watch(tx: Transaction, number: str, *, by: str) -> None:
    """Be told what happens to a problem."""
    problem = take(tx, number)
    if tx.session.get(ProblemWatcher, (key(problem), by)) is None:
        tx.session.add(ProblemWatcher(problem_id=key(problem), login=by))
        record(tx, problem, "problem.watched", login=by)


@action("problem.unwatch")
def unwatch(tx: Transaction, number: str, *, by: str) -> None:
    """Be told no longer."""
    problem = take(tx, number)
    watcher = tx.session.get(ProblemWatcher, (key(problem), by))
    if watcher is not None:
        tx.session.delete(watcher)
        record(tx, problem, "problem.unwatched", login=by)


@action("problem.link")
def link(tx: Transaction, number: str, tickets: tuple[str, ...], *, by: str) -> int:
    """Say that a problem causes tickets, and return how many of them are new to it."""
    problem = take_open(tx, number)
    added = add_tickets(tx, problem, tickets)
    if added:
        record(tx, problem, "problem.linked", tickets=added)
    return len(added)


@action("problem.unlink")
def unlink(tx: Transaction, number: str, ticket_number: str, *, by: str) -> None:
    """Take a ticket off a problem."""
    problem = take_open(tx, number)
    record(tx, problem, "problem.unlinked", tickets=[take_off(tx, problem, ticket_number)])


def add_tickets(tx: Transaction, problem: Problem, numbers: tuple[str, ...]) -> list[str]:
    """Link tickets to the problem that causes them, and return those that were not."""
    added = []
    for number in dict.fromkeys(numbers):
        ticket = tx.take(number)
        own = journal.number(ticket)
        if tx.session.get(Link, (own, LinkKind.CAUSED_BY, number_of(problem))) is None:
            link_rows.put_foreign(tx, ticket, LinkKind.CAUSED_BY, number_of(problem))
            added.append(own)
    return added


def take_off(tx: Transaction, problem: Problem, ticket_number: str) -> str:
    """Take a ticket off the problem that was said to cause it, and return the ticket's number.

    Raises:
        BadInput: they are not linked so.
    """
    ticket = tx.take(ticket_number)
    own = journal.number(ticket)
    row = tx.session.get(Link, (own, LinkKind.CAUSED_BY, number_of(problem)))
    if row is None:
        raise BadInput(N_("{number} and {other} are not linked so."), number=own, other=number_of(problem))
    tx.session.delete(row)
    journal.record(tx, ticket, "ticket.unlinked", link=LinkKind.CAUSED_BY, other=number_of(problem))
    return own


def set_teams(tx: Transaction, problem: Problem, teams: frozenset[str]) -> dict[str, Any]:
    """Say which teams analyse a problem, and return what the event says of that.

    By Core, so that the problem's own changes stay unwritten.
    """
    before = stored.teams_of(tx.connection, key(problem))
    rows = [{"problem_id": problem.id, "team": people.team_row(tx, team).key} for team in sorted(teams)]
    tx.connection.execute(delete(TEAMS).where(TEAMS.c.problem_id == problem.id))
    if rows:
        tx.connection.execute(TEAMS.insert(), rows)
    return {"teams": sorted(teams), "teams_before": list(before)}


def review_due(tx: Transaction, timer: Timer) -> bool:
    """Remind of a review whose date came, if it is still that date."""
    problem = tx.session.exec(
        select(Problem).where(col(Problem.id) == timer.subject_id).with_for_update()
    ).one()
    if problem.review_at is None or problem.review_at.isoformat() != timer.once:
        return False
    record(tx, problem, "problem.review_due")
    tell(tx, problem, "problem.review_due", answerable(tx, problem), urgent=True)
    return True


def _apply(tx: Transaction, problem: Problem, given: ProblemEdit) -> dict[str, Any]:
    """Put what was given into a problem's fields, and return what the event says of its teams.

    Raises:
        GateNotMet: the summary would be blank, or something that a gate asked for would be gone.
    """
    before = case_of(tx, problem)
    catalogue.need(tx, service=given.service, ci=given.ci, category=given.category)
    if given.summary is not None and not given.summary:
        raise GateNotMet(NO_SUMMARY, field="summary")
    if given.assignee is not None:
        people.worker(tx, given.assignee)
    if given.team is not None:
        people.team_row(tx, given.team)
    for name in given.empty:
        setattr(problem, name, None)
    for field, value in given.model_dump(exclude_none=True, exclude={"teams", "empty"}).items():
        setattr(problem, field, int(value) if field in ("impact", "urgency") else value)
    _prioritise(tx, problem)
    teams = set_teams(tx, problem, given.teams) if given.teams is not None else {}
    rules.may_change(before, case_of(tx, problem), problem.status)
    return teams


def _prioritise(tx: Transaction, problem: Problem) -> None:
    if problem.impact is not None and problem.urgency is not None:
        problem.priority = tx.standard.priority(problem.impact, problem.urgency)


def _enter(tx: Transaction, problem: Problem, after: ProblemStatus) -> None:
    """Put a problem in its next state, with what follows from being there."""
    if after is ProblemStatus.ANALYSIS and problem.status in rules.WATCHED:
        effect.back_to_analysis(tx, problem)
        return
    problem.status = after
    match after:
        case ProblemStatus.FIX:
            problem.diagnosed_at = tx.now
        case ProblemStatus.VERIFYING:
            effect.begin(tx, problem)
        case ProblemStatus.RESOLVED:
            problem.resolved_at = tx.now
        case ProblemStatus.CLOSED:
            _close(tx, problem, Closure.EFFECTIVE)


def _close(tx: Transaction, problem: Problem, closure: Closure) -> None:
    problem.status, problem.closure, problem.closed_at = ProblemStatus.CLOSED, closure, tx.now


def _watch_review(tx: Transaction, problem: Problem) -> None:
    if problem.review_at is not None:
        alarms.arm(tx, "problem", key(problem), REVIEW, problem.review_at)
