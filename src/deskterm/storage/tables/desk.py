"""The desk itself: numbers, facts, versions of its standard, imports under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from deskterm.storage.types import UtcDateTime


class Counter(SQLModel, table=True):
    """The last number given out in a sequence."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True)
    value: int


class DeskFact(SQLModel, table=True):
    """Something true of this desk: when it went live, whether it rehearses."""

    __tablename__ = "desk"

    name: str = Field(primary_key=True)
    value: str


class StandardVersion(SQLModel, table=True):
    """A version of the management standard, as its file."""

    __tablename__ = "standard_version"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str
    text: str = Field(sa_type=Text)


class ImportCheckpoint(SQLModel, table=True):
    """How far an import came."""

    __tablename__ = "import_checkpoint"

    source: str = Field(primary_key=True)
    file: str = Field(primary_key=True)
    """SHA-256 of the file's first part and its options, as hex."""
    line: int
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
