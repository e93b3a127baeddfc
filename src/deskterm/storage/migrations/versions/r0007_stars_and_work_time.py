"""Stars that agents put on tickets for themselves, and the time that they worked on them."""

import sqlalchemy as sa
from alembic import op

from deskterm.storage.types import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of stars and of work time."""
    op.create_table(
        "star",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["agent.login"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "login"),
    )
    op.create_index("ix_star_login", "star", ["login"])
    op.create_table(
        "work_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["agent.login"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_time_ticket_id", "work_time", ["ticket_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("work_time")
    op.drop_table("star")
