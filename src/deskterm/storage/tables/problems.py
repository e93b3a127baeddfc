"""Problems and what hangs on them: causes, corrective actions, candidates, tags, stars."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from deskterm.domain.candidates import Signal
from deskterm.domain.problem import ActionType, Closure, Metric, ProblemStatus, Source
from deskterm.domain.rca import Branch, Verdict
from deskterm.storage.tables.record import Kept, Record
from deskterm.storage.types import UtcDateTime, coded


class Problem(Record, table=True):
    """The cause behind incidents, and the way to its end."""

    __tablename__ = "problem"
    __table_args__ = (
        Index("problem_status", "status", "id"),
        Index("problem_ci", "ci", "status"),
        Index("problem_service", "service", "category", "status"),
        Index("problem_external", "imported_from", "external_id", unique=True),
        Index(
            "problem_known_error",
            "id",
            sqlite_where=text("known_error = 1"),
            postgresql_where=text("known_error"),
        ),
    )

    LEDGER: ClassVar[tuple[str, ...]] = (
        "status", "summary", "description", "source", "team", "assignee", "category", "service", "ci",
        "impact", "urgency", "priority", "root_cause", "known_error", "symptom", "workaround", "article",
        "metric", "baseline", "window_days", "threshold", "fixed_at", "proposed_at", "review", "review_at",
        "closure", "closing_reason", "approver", "duplicate_of_id", "recurrence_count", "resolved_at",
        "closed_at", "resumes_at",
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    """The integer of the number; assigned from the counter, not by the database."""
    team: str | None = Field(default=None, foreign_key="team.key")
    status: ProblemStatus = Field(default=ProblemStatus.NEW, sa_type=coded(ProblemStatus))
    is_open: bool = True
    """Whether somebody still has work to do; follows from the status."""
    summary: str = Field(sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    source: Source = Field(sa_type=coded(Source))
    assignee: str | None = Field(default=None, foreign_key="agent.login")
    """The owner."""
    category: str | None = Field(default=None, foreign_key="category.key")
    service: str | None = Field(default=None, foreign_key="service.key")
    ci: str | None = Field(default=None, foreign_key="ci.key")
    impact: int | None = None
    urgency: int | None = None
    priority: int | None = None
    root_cause: str = Field(default="", sa_type=Text)
    """The cause statement."""
    known_error: bool = False
    symptom: str = Field(default="", sa_type=Text)
    workaround: str = Field(default="", sa_type=Text)
    article: str = Field(default="", sa_type=Text)
    """The draft of the known error's article, in Markdown."""
    metric: Metric | None = Field(default=None, sa_type=coded(Metric))
    baseline: int | None = None
    window_days: int | None = None
    threshold: int | None = None
    fixed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the last corrective action was done; the window begins there."""
    proposed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a quiet window ended, so that the desk proposed *resolved*."""
    review: str = Field(default="", sa_type=Text)
    review_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it is looked at again: a periodic review, or that of an accepted risk."""
    closure: Closure | None = Field(default=None, sa_type=coded(Closure))
    closing_reason: str = Field(default="", sa_type=Text)
    approver: str | None = Field(default=None, foreign_key="agent.login")
    """Who accepted the risk."""
    duplicate_of_id: int | None = Field(default=None, foreign_key="problem.id")
    recurrence_count: int = 0
    """How often the analysis was reopened because the effect failed."""
    opened_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    diagnosed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last went from analysis to fix."""
    known_error_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counted_after_id: int = 0
    """The last matching ticket that opened at the instant of the fix, but before it; 0 for none."""
    imported_from: str | None = None
    """The system it was imported from."""
    external_id: str | None = None
    """Its number there."""
    resumes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then it rests; None while somebody is expected to go on with it."""


class ProblemTeam(SQLModel, table=True):
    """A team that takes part in a problem's analysis."""

    __tablename__ = "problem_team"

    problem_id: int = Field(foreign_key="problem.id", primary_key=True)
    team: str = Field(foreign_key="team.key", primary_key=True)


class ProblemWatcher(SQLModel, table=True):
    """An agent who wants to know what happens to a problem."""

    __tablename__ = "problem_watcher"

    problem_id: int = Field(foreign_key="problem.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)


class ProblemTag(SQLModel, table=True):
    """A word put on a problem."""

    __tablename__ = "problem_tag"

    problem_id: int = Field(foreign_key="problem.id", primary_key=True)
    word: str = Field(primary_key=True, index=True)


class ProblemStar(SQLModel, table=True):
    """A problem that an agent starred, for themselves."""

    __tablename__ = "problem_star"

    problem_id: int = Field(foreign_key="problem.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)


class CauseRow(Kept, table=True):
    """A node of an analysis; its version is its own, so that people edit different nodes at once."""

    __tablename__ = "cause"

    LEDGER: ClassVar[tuple[str, ...]] = (
        "parent_id", "place", "statement", "evidence", "verdict", "root", "branch", "removed",
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    problem_id: int = Field(foreign_key="problem.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="cause.id")
    place: float = 0
    statement: str = Field(sa_type=Text)
    evidence: str = Field(default="", sa_type=Text)
    verdict: Verdict = Field(default=Verdict.OPEN, sa_type=coded(Verdict))
    root: bool = False
    branch: Branch | None = Field(default=None, sa_type=coded(Branch))
    removed: bool = False
    """Whether it was taken out, with all below it; undo brings it back."""


class CorrectiveAction(Kept, table=True):
    """What is done to remove a cause."""

    __tablename__ = "corrective_action"

    LEDGER: ClassVar[tuple[str, ...]] = (
        "type", "summary", "assignee", "due_at", "change", "done_at", "dropped",
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    problem_id: int = Field(foreign_key="problem.id", index=True)
    type: ActionType = Field(sa_type=coded(ActionType))
    summary: str = Field(sa_type=Text)
    assignee: str = Field(foreign_key="agent.login")
    """The owner."""
    due_at: datetime = Field(sa_type=UtcDateTime)
    change: str | None = None
    """The number of the change that carries it out."""
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dropped: bool = False


class CandidateRow(SQLModel, table=True):
    """Something that may be worth a problem."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("subject", name="candidate_once"),)

    id: int | None = Field(default=None, primary_key=True)
    signal: Signal = Field(sa_type=coded(Signal))
    subject: str
    """What makes it unique: the CI, service and category, category, or a major incident's integer."""
    ci: str | None = None
    service: str | None = None
    category: str | None = None
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    """The major incident."""
    count: int
    days: int
    usual: float = 0
    rising: bool = False
    found_at: datetime = Field(sa_type=UtcDateTime)
    """When it was proposed last."""
    proposed: bool = True
    """Whether it waits for somebody to decide."""
    problem_id: int | None = Field(default=None, foreign_key="problem.id")
    """The problem that was opened from it or that took it in."""
    dismissed_count: int | None = None
    """Its count when it was dismissed; it comes back only when it has grown."""
    dismissed_by: str | None = None
    dismissed_reason: str = Field(default="", sa_type=Text)
