"""Room for changes."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of changes."""


def downgrade() -> None:
    """Drop them."""
