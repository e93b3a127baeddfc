"""Alembic's entry: runs the revisions on the connection that `storage.db.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

from deskterm.storage.tables import know_all

know_all()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
