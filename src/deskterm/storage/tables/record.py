"""What tickets, problems and changes have in common."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import SQLModel


class Kept(SQLModel):
    """A row whose changes the ledger keeps, with a version for conditional writes."""

    LEDGER: ClassVar[tuple[str, ...]] = ()
    """The columns whose changes the ledger keeps: all that an edit could overwrite."""

    id: int | None = None
    version: int = 1
    """Rises with every change of a ledger column."""


class Record(Kept):
    """A row with a number and an owning team."""

    team: str | None = None
