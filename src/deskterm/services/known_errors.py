"""Known errors: declared with symptom and workaround, sent to whoever waits, and let go when resolved."""

from __future__ import annotations

from deskterm.desk import Desk, Transaction, action
from deskterm.domain import known_error as rules
from deskterm.domain.errors import GateNotMet, IllegalMove
from deskterm.domain.problem import ProblemStatus, may_be_known
from deskterm.domain.ticket import Resolution
from deskterm.i18n import N_
from deskterm.services import bulk, conversation, problem_journal, progress
from deskterm.services.bulk import BulkResult
from deskterm.services.problem_drafts import KnownErrorDraft
from deskterm.storage import problems as stored


@action("known_error.declare")
def declare(
    tx: Transaction, number: str, draft: KnownErrorDraft, *, by: str, seen: int | None = None
) -> None:
    """Make a problem a known error, or change what is known of it; matching tickets show it from then on.

    Raises:
        GateNotMet: no symptom, or no workaround.
        IllegalMove: the problem was closed, and not because its risk was accepted.
    """
    problem = problem_journal.take(tx, number, seen=seen)
    may_be_known(problem_journal.number_of(problem), problem.status, problem.closure)
    for field in ("symptom", "workaround"):
        if not getattr(draft, field).strip():
            raise GateNotMet(N_("A known error needs its symptom and a workaround."), field=field)
    if not problem.known_error:
        problem.known_error_at = tx.now
    problem.known_error, problem.symptom, problem.workaround = True, draft.symptom, draft.workaround
    if draft.article is not None:
        problem.article = draft.article
    elif not problem.article:
        problem.article = rules.article(
            problem.summary,
            draft.symptom,
            draft.workaround,
            problem.root_cause,
            [problem_journal.number_of(problem)],
        )
    problem_journal.record(tx, problem, "problem.known_error_declared")
    problem_journal.tell(tx, problem, "problem.known_error_declared", problem_journal.concerned(tx, problem))


@action("known_error.withdraw")
def withdraw(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Say that a problem is no known error; symptom and workaround stay written down.

    That may turn out after it was closed, too.
    """
    problem = problem_journal.take(tx, number, seen=seen)
    if problem.known_error:
        problem.known_error = False
        problem_journal.record(tx, problem, "problem.known_error_withdrawn")


@action("known_error.send")
def announce(tx: Transaction, number: str, body: str, *, by: str) -> tuple[str, ...]:
    """Write down that a workaround goes out, and return the numbers of the tickets that it goes to.

    Raises:
        GateNotMet: the problem is no known error, the text is blank, or no open ticket is linked.
    """
    problem = problem_journal.take(tx, number)
    if not problem.known_error:
        raise GateNotMet(
            N_("{number} is no known error yet: write down symptom and workaround."),
            field="workaround",
            number=number,
        )
    if not body.strip():
        raise GateNotMet(N_("There is nothing written yet."), field="body")
    audience = stored.audience(tx.connection, tx.actor, number)
    if not audience:
        raise GateNotMet(N_("No open ticket is linked to {number}."), field="tickets", number=number)
    problem_journal.record(tx, problem, "problem.workaround_sent", tickets=len(audience))
    return audience


def send_workaround(desk: Desk, number: str, body: str, *, by: str) -> BulkResult:
    """Answer all open tickets linked to a known error; `undo.undo(desk, result.batch)` recalls all.

    Each reply waits in the outbox like any other. Without one that could be written, nothing is refused:
    `BulkResult.refused` names the tickets with their reasons.
    """
    audience = announce(desk, number, body, by=by)
    return bulk.run(desk, conversation.reply, audience, body, by=by)


@action("problem.resolve_waiting")
def release(tx: Transaction, number: str, *, by: str) -> tuple[str, ...]:
    """Return the numbers of the tickets that wait for a problem which is resolved or closed.

    Raises:
        IllegalMove: it is not.
    """
    problem = problem_journal.take(tx, number)
    if problem.status not in (ProblemStatus.RESOLVED, ProblemStatus.CLOSED):
        raise IllegalMove(
            N_("{number} is {before}; tickets are resolved with it when it is."),
            number=number,
            before=problem.status,
        )
    waiting = stored.waiting_tickets(tx.connection, tx.actor, number)
    problem_journal.record(tx, problem, "problem.waiting_resolved", tickets=list(waiting))
    return waiting


def resolve_waiting(desk: Desk, number: str, code: Resolution, summary: str, *, by: str) -> BulkResult:
    """Resolve the tickets on hold for a resolved problem, each by itself, under one batch."""
    waiting = release(desk, number, by=by)
    return bulk.run(desk, progress.resolve, waiting, code, summary, by=by)
