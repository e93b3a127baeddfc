"""Problems remember the system that they were imported from, and their number there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add where a problem comes from."""
    op.add_column("problem", sa.Column("imported_from", sa.String(), nullable=True))
    op.add_column("problem", sa.Column("external_id", sa.String(), nullable=True))
    op.create_index("problem_external", "problem", ["imported_from", "external_id"], unique=True)


def downgrade() -> None:
    """Forget where problems come from."""
    op.drop_index("problem_external", "problem")
    op.drop_column("problem", "external_id")
    op.drop_column("problem", "imported_from")
