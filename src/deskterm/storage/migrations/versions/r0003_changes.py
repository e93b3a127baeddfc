"""Changes, their approvals and run sheets; templates, windows and freezes; how items depend on each other."""

import sqlalchemy as sa
from alembic import op

from deskterm.storage.types import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of changes."""
    op.create_table(
        "calendar_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uid", name="calendar_span_uid"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("implementation_plan", sa.Text(), nullable=False),
        sa.Column("risks", sa.Text(), nullable=False),
        sa.Column("rollback_plan", sa.Text(), nullable=False),
        sa.Column("test_plan", sa.Text(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("ci", sa.String(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("downtime_minutes", sa.Integer(), nullable=True),
        sa.Column("necessity", sa.Text(), nullable=False),
        sa.Column("feasibility", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=True),
        sa.Column("planned_start", UtcDateTime(), nullable=False),
        sa.Column("planned_end", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("rolling_back", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("stable_until", UtcDateTime(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("complete_by", UtcDateTime(), nullable=True),
        sa.Column("template", sa.String(), nullable=True),
        sa.Column("glass_reason", sa.Text(), nullable=False),
        sa.Column("glass_by", sa.String(), nullable=True),
        sa.Column("glass_second", sa.String(), nullable=True),
        sa.Column("standard_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["assignee"], ["agent.login"]),
        sa.ForeignKeyConstraint(["ci"], ["ci.key"]),
        sa.ForeignKeyConstraint(["requester"], ["agent.login"]),
        sa.ForeignKeyConstraint(["service"], ["service.key"]),
        sa.ForeignKeyConstraint(["team"], ["team.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("change_ci", "change", ["ci", "planned_start"])
    op.create_index("change_planned", "change", ["planned_start", "id"])
    op.create_index("change_planned_end", "change", ["planned_end", "id"])
    op.create_index("change_service", "change", ["service", "planned_start"])
    op.create_index("change_status", "change", ["status", "id"])
    op.create_table(
        "change_template",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["proposed_by"], ["agent.login"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "ci_relation",
        sa.Column("ci", sa.String(), nullable=False),
        sa.Column("depends_on", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ci"], ["ci.key"]),
        sa.ForeignKeyConstraint(["depends_on"], ["ci.key"]),
        sa.PrimaryKeyConstraint("ci", "depends_on"),
    )
    op.create_index("ix_ci_relation_depends_on", "ci_relation", ["depends_on"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("delegate", sa.String(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["agent.login"]),
        sa.ForeignKeyConstraint(["delegate"], ["agent.login"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delegation_delegate", "delegation", ["delegate", "ends_at"])
    op.create_index("ix_delegation_login", "delegation", ["login"])
    op.create_table(
        "change_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("change_approval_verdict", "change_approval", ["verdict", "change_id"])
    op.create_index("ix_change_approval_change_id", "change_approval", ["change_id"])
    op.create_table(
        "change_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_change_check_change_id", "change_check", ["change_id"])
    op.create_table(
        "change_incident",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("caused", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("change_id", "ticket_id"),
    )
    op.create_index("ix_change_incident_ticket_id", "change_incident", ["ticket_id"])
    op.create_table(
        "change_item",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("ci", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["ci"], ["ci.key"]),
        sa.PrimaryKeyConstraint("change_id", "ci"),
    )
    op.create_table(
        "change_order",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["after_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("change_id", "after_id"),
    )
    op.create_index("ix_change_order_after_id", "change_order", ["after_id"])
    op.create_table(
        "change_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("rollback", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["owner"], ["agent.login"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_change_step_change_id", "change_step", ["change_id"])
    op.create_index("ix_change_step_owner", "change_step", ["owner"])
    op.create_table(
        "change_word",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["login"], ["agent.login"]),
        sa.PrimaryKeyConstraint("change_id", "login"),
    )
    op.create_table(
        "change_vote",
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["change_approval.id"]),
        sa.ForeignKeyConstraint(["login"], ["agent.login"]),
        sa.PrimaryKeyConstraint("approval_id", "login"),
    )
    op.create_index("ix_change_vote_login", "change_vote", ["login"])


def downgrade() -> None:
    """Drop them."""
    for name in (
        "change_vote",
        "change_word",
        "change_step",
        "change_order",
        "change_item",
        "change_incident",
        "change_check",
        "change_approval",
        "delegation",
        "ci_relation",
        "change_template",
        "change",
        "calendar_span",
    ):
        op.drop_table(name)
