"""The migrations make exactly the schema that the tables describe."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import Unreachable
from deskterm.storage.db import migrate, open_engine
from deskterm.storage.tables import HOMES, know_all


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out the search table, whose form each database has its own way of."""
    return not (kind == "table" and str(name).startswith("ticket_words")) and not str(name).startswith(
        "ticket_words"
    )


def test_migrations_and_tables_say_the_same(database: str) -> None:
    know_all()
    engine = open_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})

        differences = compare_metadata(context, SQLModel.metadata)

    engine.dispose()
    assert differences == []


def test_migrating_twice_changes_nothing(database: str) -> None:
    migrate(database)
    migrate(database)


@pytest.mark.parametrize(
    ("revision", "sentence"), [("9999", "newer than this program"), ("0000", "deskterm migrate")]
)
def test_another_schema_is_refused_with_a_sentence(
    database: str, clock: StoppedClock, revision: str, sentence: str
) -> None:
    engine = open_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()

    with pytest.raises(Unreachable, match=sentence), closing(Desk.open(database, clock=clock)):
        pass


def test_every_table_is_where_the_package_says() -> None:
    know_all()

    named = {mapper.class_.__name__ for mapper in SQLModel._sa_registry.mappers}

    assert set(HOMES) == named
