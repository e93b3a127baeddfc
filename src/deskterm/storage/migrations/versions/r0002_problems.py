"""Problems, their causes and actions, candidates; timers of any record instead of tickets alone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from deskterm.storage.types import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of problems."""
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("ci", sa.String(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("root_cause", sa.Text(), nullable=False),
        sa.Column("known_error", sa.Boolean(), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("metric", sa.String(32), nullable=True),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("fixed_at", UtcDateTime(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("review_at", UtcDateTime(), nullable=True),
        sa.Column("closure", sa.String(32), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.String(), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("recurrence_count", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("diagnosed_at", UtcDateTime(), nullable=True),
        sa.Column("known_error_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("counted_after_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["team.key"]),
        sa.ForeignKeyConstraint(["assignee"], ["agent.login"]),
        sa.ForeignKeyConstraint(["category"], ["category.key"]),
        sa.ForeignKeyConstraint(["service"], ["service.key"]),
        sa.ForeignKeyConstraint(["ci"], ["ci.key"]),
        sa.ForeignKeyConstraint(["approver"], ["agent.login"]),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["problem.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("problem_status", "problem", ["status", "id"])
    op.create_index("problem_ci", "problem", ["ci", "status"])
    op.create_index("problem_service", "problem", ["service", "category", "status"])
    op.create_index(
        "problem_known_error",
        "problem",
        ["id"],
        sqlite_where=sa.text("known_error = 1"),
        postgresql_where=sa.text("known_error"),
    )
    op.create_table(
        "problem_team",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"]),
        sa.ForeignKeyConstraint(["team"], ["team.key"]),
        sa.PrimaryKeyConstraint("problem_id", "team"),
    )
    op.create_table(
        "problem_watcher",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"]),
        sa.ForeignKeyConstraint(["login"], ["agent.login"]),
        sa.PrimaryKeyConstraint("problem_id", "login"),
    )
    op.create_index("ix_problem_watcher_login", "problem_watcher", ["login"])
    op.create_table(
        "cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Float(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("root", sa.Boolean(), nullable=False),
        sa.Column("branch", sa.String(32), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["cause.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cause_problem_id", "cause", ["problem_id"])
    op.create_table(
        "corrective_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("change", sa.String(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"]),
        sa.ForeignKeyConstraint(["assignee"], ["agent.login"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_corrective_action_problem_id", "corrective_action", ["problem_id"])
    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("ci", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("dismissed_count", sa.Integer(), nullable=True),
        sa.Column("dismissed_by", sa.String(), nullable=True),
        sa.Column("dismissed_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("signal", "subject", name="candidate_once"),
    )
    op.create_table(
        "incident_day",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "day"),
    )
    op.add_column("link", sa.Column("target_problem_id", sa.Integer(), nullable=True))
    op.create_index("link_problem", "link", ["target_problem_id", "ticket_id"])
    op.execute("CREATE TEMPORARY TABLE kept_timer AS SELECT * FROM timer")
    _timers("subject_type", "subject_id")
    op.execute(
        f"INSERT INTO timer (subject_type, subject_id, {KEPT}) "
        f"SELECT 'ticket', ticket_id, {KEPT} FROM kept_timer"
    )
    op.execute("DROP TABLE kept_timer")


def downgrade() -> None:
    """Drop them; timers of other records than tickets are lost."""
    op.execute("CREATE TEMPORARY TABLE kept_timer AS SELECT * FROM timer WHERE subject_type = 'ticket'")
    _timers("ticket_id")
    op.execute(f"INSERT INTO timer (ticket_id, {KEPT}) SELECT subject_id, {KEPT} FROM kept_timer")
    op.execute("DROP TABLE kept_timer")
    op.drop_index("link_problem", "link")
    op.drop_column("link", "target_problem_id")
    for name in (
        "incident_day", "candidate", "corrective_action", "cause", "problem_watcher", "problem_team",
        "problem",
    ):  # fmt: skip
        op.drop_table(name)


KEPT = "kind, once, due_at, details, fired_at, tries, parked"
"""The columns of a timer that stay as they are."""


def _timers(*subject: str) -> None:
    """Make the table of timers anew, empty, with other columns for what they are set on."""
    op.drop_table("timer")
    columns: dict[str, sa.Column[Any]] = {
        "subject_type": sa.Column("subject_type", sa.String(), nullable=False),
        "subject_id": sa.Column("subject_id", sa.Integer(), nullable=False),
        "ticket_id": sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id"), nullable=False),
    }
    op.create_table(
        "timer",
        sa.Column("id", sa.Integer(), nullable=False),
        *(columns[name] for name in subject),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("fired_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("parked", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*subject, "kind", "once", name="timer_once"),
    )
    op.create_index("timer_due", "timer", ["due_at", "id"])
