"""Who watches or stars a change, and the words put on it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of what people mark changes with."""
    for name in ("change_watcher", "change_star"):
        op.create_table(
            name,
            sa.Column("change_id", sa.Integer(), nullable=False),
            sa.Column("login", sa.String(), nullable=False),
            sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
            sa.ForeignKeyConstraint(["login"], ["agent.login"]),
            sa.PrimaryKeyConstraint("change_id", "login"),
        )
        op.create_index(f"ix_{name}_login", name, ["login"])
    op.create_table(
        "change_tag",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("change_id", "word"),
    )
    op.create_index("ix_change_tag_word", "change_tag", ["word"])


def downgrade() -> None:
    """Drop them."""
    for name in ("change_tag", "change_star", "change_watcher"):
        op.drop_table(name)
