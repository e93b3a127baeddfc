"""Column types: codes stored by value, instants stored as UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import TIMESTAMP, BigInteger, Dialect, String, Table
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "no such instant" in columns that an index sorts by."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite.

    Integers sort and compare at once and keep an index a third as large as text would (ADR 0003).
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the form for the database at hand."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write an instant; a naive one is a bug and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a zone: {value!r}")
        if dialect.name == "postgresql":
            return value.astimezone(UTC)
        return (value - EPOCH) // MICROSECOND

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Return what reads an instant as aware UTC, one call each: a queue window has 160."""
        return _in_utc if dialect.name == "postgresql" else _since_epoch


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


@lru_cache(maxsize=4096)
def _since_epoch(value: int | None) -> datetime | None:
    """Read an instant; windows and ledgers are read again and again, and an instant takes a microsecond."""
    return None if value is None else EPOCH + timedelta(0, 0, value)


def coded(codes: type[Enum], *, length: int = 32) -> type[TypeDecorator[Any]]:
    """Return a column type that stores members of an enum by value, as text."""

    class Coded(TypeDecorator[Any]):
        impl = String(length)
        cache_ok = True
        members = codes

        def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
            return None if value is None else codes(value).value

        def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
            return members.__getitem__

    members: dict[Any, Enum | None] = {None: None} | {member.value: member for member in codes}

    Coded.__name__ = f"Coded{codes.__name__}"
    return Coded


def table(model: type[SQLModel]) -> Table:
    """Return the Core table of a model, for the statements of hot paths."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # every table model has it
    return found
