"""Many rows at once: a table's own insert, compiled once and handed to the driver without a detour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from deskterm.storage.db import cursor


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the keys of the first; twice as fast as executing the insert with them.

    Values are converted as the columns' types say, just as SQLAlchemy would; None stays None.
    """
    if not rows:
        return
    statement, positional, names, processors = _prepared(table, connection.dialect, tuple(rows[0]))
    columns: Iterable[Iterable[Any]] = (
        [row[name] for row in rows]
        if process is None
        else [None if (value := row[name]) is None else process(value) for row in rows]
        for name, process in zip(names, processors, strict=True)
    )
    values: Any = list(zip(*columns, strict=True))
    if not positional:
        values = [dict(zip(names, each, strict=True)) for each in values]
    with cursor(connection) as lent:
        lent.executemany(statement, values)


Processor = Callable[[Any], Any]


@lru_cache(maxsize=64)
def _prepared(
    table: Table, dialect: Dialect, keys: tuple[str, ...]
) -> tuple[str, bool, tuple[str, ...], tuple[Processor | None, ...]]:
    """Return the statement, whether its parameters go by position, their names, and what converts each."""
    compiled = table.insert().inline().compile(dialect=dialect, column_keys=list(keys))
    names = tuple(compiled.positiontup or keys)
    processors = tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    return str(compiled), bool(compiled.positional), names, processors
