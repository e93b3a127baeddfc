"""The first schema: tickets and what a desk needs around them."""

import sqlalchemy as sa
from alembic import op

from deskterm.storage import search
from deskterm.storage.types import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table("category", sa.Column("key", sa.String(), nullable=False), sa.PrimaryKeyConstraint("key"))
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "desk",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "draft",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("login", "place"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject_type", "subject_id", "kind", "once", name="event_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("event_subject", "event", ["subject_type", "subject_id", "id"], unique=False)
    op.create_index(op.f("ix_event_batch"), "event", ["batch"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("worker", sa.Boolean(), nullable=False),
        sa.Column("swept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_table(
        "import_checkpoint",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("source", "file"),
    )
    op.create_table(
        "link",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("target_ticket_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("source", "kind", "target"),
    )
    op.create_index(op.f("ix_link_target_ticket_id"), "link", ["target_ticket_id"], unique=False)
    op.create_index(op.f("ix_link_ticket_id"), "link", ["ticket_id"], unique=False)
    op.create_index("link_target", "link", ["target"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notification_login", "notification", ["login", "read_at", "id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("phone_key", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_person_external_id"), "person", ["external_id"], unique=True)
    op.create_index("person_email", "person", ["email"], unique=False)
    op.create_index("person_name", "person", ["name_key"], unique=False)
    op.create_index("person_phone", "person", ["phone_key"], unique=False)
    op.create_table(
        "presence",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("typing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_index(op.f("ix_presence_ticket_id"), "presence", ["ticket_id"], unique=False)
    op.create_table("service", sa.Column("key", sa.String(), nullable=False), sa.PrimaryKeyConstraint("key"))
    op.create_table(
        "standard_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "team",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("escalates_to", sa.String(), nullable=True),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("preview", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_view_login"), "view", ["login"], unique=False)
    op.create_table(
        "agent",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("login"),
    )
    op.create_table(
        "ci",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service"],
            ["service.key"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "member",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"],
            ["agent.login"],
        ),
        sa.ForeignKeyConstraint(
            ["team"],
            ["team.key"],
        ),
        sa.PrimaryKeyConstraint("team", "login"),
    )
    op.create_index(op.f("ix_member_login"), "member", ["login"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("ci", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("extent", sa.Integer(), nullable=True),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("hold_reason", sa.String(32), nullable=True),
        sa.Column("review_at", UtcDateTime(), nullable=True),
        sa.Column("resolution", sa.String(32), nullable=True),
        sa.Column("closing_summary", sa.Text(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("reassignment_count", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("waiting_since", UtcDateTime(), nullable=True),
        sa.Column("standard_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("sla_target", sa.String(32), nullable=True),
        sa.Column("sla_due_at", UtcDateTime(), nullable=False),
        sa.Column("sla_risk_at", UtcDateTime(), nullable=False),
        sa.Column("sla_paused", sa.Boolean(), nullable=False),
        sa.Column("sla_remaining_seconds", sa.Integer(), nullable=True),
        sa.Column("sla_span_seconds", sa.Integer(), nullable=True),
        sa.Column("sla_breached", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee"],
            ["agent.login"],
        ),
        sa.ForeignKeyConstraint(
            ["caller_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["category"],
            ["category.key"],
        ),
        sa.ForeignKeyConstraint(
            ["ci"],
            ["ci.key"],
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["ticket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["ticket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service"],
            ["service.key"],
        ),
        sa.ForeignKeyConstraint(
            ["team"],
            ["team.key"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "external_id", name="ticket_external"),
    )
    op.create_index("ticket_caller", "ticket", ["caller_id", "id"], unique=False)
    op.create_index("ticket_ci", "ticket", ["ci", "id"], unique=False)
    op.create_index("ticket_due", "ticket", ["sla_due_at", "id"], unique=False)
    op.create_index(
        "ticket_open_assignee",
        "ticket",
        ["assignee", "sla_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ticket_open_due",
        "ticket",
        ["sla_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ticket_open_status",
        "ticket",
        ["status", "sla_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ticket_open_team",
        "ticket",
        ["team", "sla_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ticket_parent", "ticket", ["parent_id"], unique=False)
    op.create_index("ticket_service", "ticket", ["service", "category", "id"], unique=False)
    op.create_index("ticket_updated", "ticket", ["updated_at", "id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("fired_at", UtcDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_id", "target", "cycle", "threshold", "due_at", name="alert_once"),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_approval_ticket_id"), "approval", ["ticket_id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
        sa.Column("span_seconds", sa.Integer(), nullable=False),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=False),
        sa.Column("thresholds", sa.Text(), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("next_alert_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("ticket_id", "target"),
    )
    op.create_index("clock_next_alert", "clock", ["next_alert_at", "ticket_id", "target"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("quarantine", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recalled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("message_ticket", "message", ["ticket_id", "at", "id"], unique=False)
    op.create_table(
        "tag",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("ticket_id", "word"),
    )
    op.create_index(op.f("ix_tag_word"), "tag", ["word"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee"],
            ["agent.login"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_task_ticket_id"), "task", ["ticket_id"], unique=False)
    op.create_table(
        "timer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("fired_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("parked", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_id", "kind", "once", name="timer_once"),
    )
    op.create_index("timer_due", "timer", ["due_at", "id"], unique=False)
    op.create_table(
        "watcher",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"],
            ["agent.login"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("ticket_id", "login"),
    )
    op.create_index(op.f("ix_watcher_login"), "watcher", ["login"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("header_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("header_id"),
    )
    op.create_index(op.f("ix_outbox_ticket_id"), "outbox", ["ticket_id"], unique=False)
    op.create_index("outbox_due", "outbox", ["state", "due_at", "id"], unique=False)
    search.create(op.get_bind())


def downgrade() -> None:
    """Drop every table."""
    search.drop(op.get_bind())
    op.drop_index("outbox_due", table_name="outbox")
    op.drop_index(op.f("ix_outbox_ticket_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_watcher_login"), table_name="watcher")
    op.drop_table("watcher")
    op.drop_index("timer_due", table_name="timer")
    op.drop_table("timer")
    op.drop_index(op.f("ix_task_ticket_id"), table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_tag_word"), table_name="tag")
    op.drop_table("tag")
    op.drop_index("message_ticket", table_name="message")
    op.drop_table("message")
    op.drop_table("inbound")
    op.drop_index("clock_next_alert", table_name="clock")
    op.drop_table("clock")
    op.drop_index(op.f("ix_approval_ticket_id"), table_name="approval")
    op.drop_table("approval")
    op.drop_table("alert")
    op.drop_index("ticket_updated", table_name="ticket")
    op.drop_index("ticket_service", table_name="ticket")
    op.drop_index("ticket_parent", table_name="ticket")
    op.drop_index(
        "ticket_open_team",
        table_name="ticket",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ticket_open_status",
        table_name="ticket",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ticket_open_due",
        table_name="ticket",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ticket_open_assignee",
        table_name="ticket",
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index("ticket_due", table_name="ticket")
    op.drop_index("ticket_ci", table_name="ticket")
    op.drop_index("ticket_caller", table_name="ticket")
    op.drop_table("ticket")
    op.drop_index(op.f("ix_member_login"), table_name="member")
    op.drop_table("member")
    op.drop_table("ci")
    op.drop_table("agent")
    op.drop_index(op.f("ix_view_login"), table_name="view")
    op.drop_table("view")
    op.drop_table("team")
    op.drop_table("standard_version")
    op.drop_table("service")
    op.drop_index(op.f("ix_presence_ticket_id"), table_name="presence")
    op.drop_table("presence")
    op.drop_index("person_phone", table_name="person")
    op.drop_index("person_name", table_name="person")
    op.drop_index("person_email", table_name="person")
    op.drop_index(op.f("ix_person_external_id"), table_name="person")
    op.drop_table("person")
    op.drop_index("notification_login", table_name="notification")
    op.drop_table("notification")
    op.drop_index("link_target", table_name="link")
    op.drop_index(op.f("ix_link_ticket_id"), table_name="link")
    op.drop_index(op.f("ix_link_target_ticket_id"), table_name="link")
    op.drop_table("link")
    op.drop_table("import_checkpoint")
    op.drop_table("heartbeat")
    op.drop_index(op.f("ix_event_batch"), table_name="event")
    op.drop_index("event_subject", table_name="event")
    op.drop_table("event")
    op.drop_table("draft")
    op.drop_table("desk")
    op.drop_table("counter")
    op.drop_table("category")
