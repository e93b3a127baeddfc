"""Candidates are found from the tickets as they are; problems are tagged, starred, parked."""

import sqlalchemy as sa
from alembic import op

from deskterm.storage.types import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Keep one candidate for each subject, and drop the counts by day."""
    op.drop_table("incident_day")
    op.execute(
        "DELETE FROM candidate WHERE signal = 'trend'"
        " AND subject IN (SELECT subject FROM candidate WHERE signal = 'recurrence')"
    )
    with op.batch_alter_table("candidate") as candidate:
        candidate.add_column(sa.Column("rising", sa.Boolean(), nullable=False, server_default=sa.false()))
        candidate.drop_constraint("candidate_once", type_="unique")
        candidate.create_unique_constraint("candidate_once", ["subject"])
    with op.batch_alter_table("candidate") as candidate:
        candidate.alter_column("rising", server_default=None)
    op.add_column("problem", sa.Column("resumes_at", UtcDateTime(), nullable=True))
    for kind, word in (("tag", "word"), ("star", "login")):
        people = [sa.ForeignKeyConstraint(["login"], ["agent.login"])] if word == "login" else []
        op.create_table(
            f"problem_{kind}",
            sa.Column("problem_id", sa.Integer(), nullable=False),
            sa.Column(word, sa.String(), nullable=False),
            sa.ForeignKeyConstraint(["problem_id"], ["problem.id"]),
            *people,
            sa.PrimaryKeyConstraint("problem_id", word),
        )
        op.create_index(f"ix_problem_{kind}_{word}", f"problem_{kind}", [word])
    for name, *columns in INDEXES:
        op.drop_index(f"ticket_{name}", "ticket")
        op.create_index(f"ticket_{name}", "ticket", [*columns, "opened_at"])
    op.create_index("ticket_category", "ticket", ["category", "opened_at"])


INDEXES = (("ci", "ci"), ("service", "service", "category"))
"""Indexes by which a subject's incidents are found since an instant."""


def downgrade() -> None:
    """Go back; what candidates were found from is counted again from the next incident on."""
    op.drop_index("ticket_category", "ticket")
    for name, *columns in INDEXES:
        op.drop_index(f"ticket_{name}", "ticket")
        op.create_index(f"ticket_{name}", "ticket", [*columns, "id"])
    op.drop_table("problem_star")
    op.drop_table("problem_tag")
    op.drop_column("problem", "resumes_at")
    with op.batch_alter_table("candidate") as candidate:
        candidate.drop_constraint("candidate_once", type_="unique")
        candidate.create_unique_constraint("candidate_once", ["signal", "subject"])
        candidate.drop_column("rising")
    op.create_table(
        "incident_day",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "day"),
    )
