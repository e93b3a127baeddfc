"""What tickets, problems and changes have in common."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import SQLModel


class Record(SQLModel):
    """A row with a number, a version for conditional writes, an owning team, and changes in the ledger."""

    LEDGER: ClassVar[tuple[str, ...]] = ()
    """The columns whose changes the ledger keeps: all that an edit could overwrite."""

    id: int | None = None
    version: int = 1
    """Rises with every change of a ledger column."""
    team: str | None = None
