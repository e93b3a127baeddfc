"""A desk in whose every text column stands what harms terminals, as an old import might have left it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import Column, Connection, String, Table, bindparam, create_engine, insert, select, update
from sqlalchemy.types import Boolean, Date, Float, Integer, LargeBinary, TypeDecorator
from sqlmodel import SQLModel

import deskterm.storage.tables  # noqa: F401 - makes the tables known
from tests.security.hostile import ATTEMPT, STORABLE
from tests.ui.lively import TUESDAY

TICKETS = 120
"""So many tickets, each with another summary."""
TALKATIVE = 4
"""The ticket in whose timeline every payload stands."""


class How(StrEnum):
    """How a text column comes to harm."""

    TEXT = "text"
    """Each row gets a payload."""
    KEY = "key"
    """Rows with payloads as keys are added, and what points there points to them."""
    JSON = "json"
    """An object gets payloads where it has words."""
    CODE = "code"
    """Never: only the program writes it, from an enum, a clock or the standard that it checked."""


PLANTED: Mapping[str, How] = {
    "agent.login": How.KEY,
    "agent.roles": How.CODE,
    "alert.acknowledged_by": How.TEXT,
    "approval.comment": How.TEXT,
    "approval.decided_by": How.TEXT,
    "approval.role": How.CODE,
    "calendar_span.name": How.TEXT,
    "calendar_span.rule": How.CODE,
    "calendar_span.services": How.JSON,
    "calendar_span.start": How.CODE,
    "calendar_span.uid": How.TEXT,
    "calendar_span.zone": How.CODE,
    "candidate.category": How.TEXT,
    "candidate.ci": How.TEXT,
    "candidate.dismissed_by": How.TEXT,
    "candidate.dismissed_reason": How.TEXT,
    "candidate.service": How.TEXT,
    "candidate.subject": How.CODE,
    "category.key": How.KEY,
    "cause.evidence": How.TEXT,
    "cause.statement": How.TEXT,
    "change.answers": How.CODE,
    "change.description": How.TEXT,
    "change.feasibility": How.TEXT,
    "change.glass_by": How.TEXT,
    "change.glass_reason": How.TEXT,
    "change.glass_second": How.TEXT,
    "change.implementation_plan": How.TEXT,
    "change.lessons": How.TEXT,
    "change.necessity": How.TEXT,
    "change.purpose": How.TEXT,
    "change.resources": How.TEXT,
    "change.risks": How.TEXT,
    "change.rollback_plan": How.TEXT,
    "change.summary": How.TEXT,
    "change.template": How.TEXT,
    "change.test_plan": How.TEXT,
    "change_approval.name": How.TEXT,
    "change_approval.tier": How.CODE,
    "change_check.by": How.TEXT,
    "change_check.summary": How.TEXT,
    "change_incident.by": How.TEXT,
    "change_incident.note": How.TEXT,
    "change_step.by": How.TEXT,
    "change_step.note": How.TEXT,
    "change_step.summary": How.TEXT,
    "change_tag.word": How.TEXT,
    "change_template.comment": How.TEXT,
    "change_template.content": How.CODE,
    "change_template.decided_by": How.TEXT,
    "change_template.key": How.TEXT,
    "change_template.name": How.TEXT,
    "change_vote.by": How.TEXT,
    "change_vote.comment": How.TEXT,
    "ci.key": How.KEY,
    "clock.calendar": How.CODE,
    "clock.policy": How.CODE,
    "clock.thresholds": How.CODE,
    "corrective_action.change": How.TEXT,
    "corrective_action.summary": How.TEXT,
    "counter.name": How.CODE,
    "desk.name": How.CODE,
    "desk.value": How.CODE,
    "draft.login": How.CODE,
    "draft.place": How.CODE,
    "draft.text": How.TEXT,
    "event.batch": How.CODE,
    "event.by": How.TEXT,
    "event.data": How.JSON,
    "event.kind": How.CODE,
    "event.once": How.CODE,
    "event.subject_type": How.CODE,
    "heartbeat.login": How.TEXT,
    "heartbeat.session": How.CODE,
    "import_checkpoint.file": How.CODE,
    "import_checkpoint.source": How.CODE,
    "inbound.key": How.TEXT,
    "inbound.quarantine": How.TEXT,
    "link.source": How.CODE,
    "link.target": How.TEXT,
    "message.body": How.TEXT,
    "message.by": How.TEXT,
    "notification.details": How.JSON,
    "notification.kind": How.CODE,
    "notification.login": How.CODE,
    "outbox.body": How.TEXT,
    "outbox.error": How.TEXT,
    "outbox.header_id": How.TEXT,
    "outbox.kind": How.CODE,
    "outbox.recipient": How.TEXT,
    "outbox.subject": How.TEXT,
    "person.department": How.TEXT,
    "person.email": How.TEXT,
    "person.external_id": How.TEXT,
    "person.language": How.TEXT,
    "person.location": How.TEXT,
    "person.name": How.TEXT,
    "person.name_key": How.TEXT,
    "person.phone": How.TEXT,
    "person.phone_key": How.TEXT,
    "person.zone": How.TEXT,
    "presence.login": How.TEXT,
    "presence.session": How.CODE,
    "problem.article": How.TEXT,
    "problem.closing_reason": How.TEXT,
    "problem.description": How.TEXT,
    "problem.external_id": How.TEXT,
    "problem.imported_from": How.CODE,
    "problem.review": How.TEXT,
    "problem.root_cause": How.TEXT,
    "problem.summary": How.TEXT,
    "problem.symptom": How.TEXT,
    "problem.workaround": How.TEXT,
    "problem_tag.word": How.TEXT,
    "service.key": How.KEY,
    "standard_version.by": How.TEXT,
    "standard_version.text": How.CODE,
    "tag.word": How.TEXT,
    "task.summary": How.TEXT,
    "team.escalates_to": How.TEXT,
    "team.key": How.KEY,
    "team.ladder": How.CODE,
    "team.lead": How.TEXT,
    "team.manager": How.TEXT,
    "team.name": How.TEXT,
    "ticket.closing_summary": How.TEXT,
    "ticket.department": How.TEXT,
    "ticket.description": How.TEXT,
    "ticket.external_id": How.TEXT,
    "ticket.source": How.CODE,
    "ticket.summary": How.TEXT,
    "timer.details": How.CODE,
    "timer.kind": How.CODE,
    "timer.once": How.CODE,
    "timer.parked": How.TEXT,
    "timer.subject_type": How.CODE,
    "view.login": How.CODE,
    "view.name": How.TEXT,
    "view.preview": How.CODE,
    "view.query": How.TEXT,
    "work_time.note": How.TEXT,
}
"""Every text column but those with foreign keys and enums; a new one has to say how it comes to harm."""

WRITTEN: Mapping[str, str] = {
    "agent.roles": "agent",
    "calendar_span.rule": "",
    "calendar_span.start": TUESDAY.replace(tzinfo=None).isoformat(),
    "calendar_span.zone": "Europe/Paris",
    "change.answers": "{}",
    "calendar_span.services": "[]",
    "change_template.content": '{"fields": {}, "steps": []}',
    "timer.details": "{}",
}
"""What the program writes into columns of codes, where a number would be nonsense."""

WORDS = ("reason", "note", "comment", "words", "target", "by", "name", "number", "added")
"""Details of events and notifications that people or other systems fill."""


def text_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield the columns that hold text of their own."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
            is_code = type(column.type).__name__.startswith("Coded")
            if isinstance(kind, String) and not is_code and not column.foreign_keys:
                yield table, column


def spoil(url: str) -> None:
    """Write payloads past every gate, straight into the database; foreign keys are not asked."""
    engine = create_engine(url)
    with engine.begin() as connection:
        _multiply_tickets(connection)
        _add_keys(connection)
        _furnish(connection)
        for table in SQLModel.metadata.sorted_tables:
            _plant(connection, table)
    engine.dispose()


def payload(row: int, column: int) -> str:
    """Return what a row's column gets: over the rows every payload, and no two columns the same."""
    return f"{ATTEMPT}{STORABLE[(row + 7 * column) % len(STORABLE)]}"


def _multiply_tickets(connection: Connection) -> None:
    """Copy a ticket with its ledger and clocks until there are `TICKETS`."""
    ticket = SQLModel.metadata.tables["ticket"]
    known = len(connection.execute(select(ticket.c.id)).all())
    for name, key in (("ticket", "id"), ("event", "subject_id"), ("clock", "ticket_id")):
        table = SQLModel.metadata.tables[name]
        found = connection.execute(select(table).where(table.c[key] == TALKATIVE)).mappings()
        for row in [dict(each) for each in found if each.get("subject_type", "ticket") == "ticket"]:
            if name == "event":
                del row["id"]
            copies = [{**row, key: number} for number in range(known + 1, TICKETS + 1)]
            connection.execute(insert(table), copies)


def _add_keys(connection: Connection) -> None:
    """Add rows whose keys are payloads, and let most of what points to such rows point to them."""
    for name, how in PLANTED.items():
        if how is How.KEY:
            table, column = _named(name)
            pattern = connection.execute(select(table)).mappings().first()
            base = dict(pattern) if pattern else {}
            keys = [payload(row, 0) for row in range(len(STORABLE))]
            connection.execute(insert(table), [{**base, column.name: key} for key in keys])
            for pointing in _pointing(column):
                if pointing.table.name == "ticket":
                    ids = connection.execute(select(pointing.table.c.id)).scalars()
                    _set(connection, pointing, [(key, keys[key % len(keys)]) for key in ids if key % 3])


def _pointing(column: Column[Any]) -> Iterator[Column[Any]]:
    for table in SQLModel.metadata.sorted_tables:
        for each in table.columns:
            if any(foreign.column is column for foreign in each.foreign_keys):
                yield each


def _furnish(connection: Connection) -> None:
    """Put rows into the tables that have none, and all that one ticket can have around it."""
    for table in SQLModel.metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is None:
            connection.execute(insert(table), [_row(table, number) for number in range(1, 4)])
    _add(connection, "counter", [{"name": "change", "value": 3}])
    tables = SQLModel.metadata.tables
    every = range(len(STORABLE))
    _add(connection, "message", [{"ticket_id": TALKATIVE} for _row in every])
    _add(connection, "notification", [{"login": "dana", "ticket_id": 1 + row} for row in every])
    _add(connection, "tag", [{"ticket_id": TALKATIVE, "word": f"{row}"} for row in every])
    _add(connection, "task", [{"ticket_id": TALKATIVE} for _row in every])
    _add(connection, "presence", [{"session": f"s{row}", "ticket_id": TALKATIVE} for row in range(9)])
    _add(connection, "view", [{"login": "dana", "place": row} for row in range(9)])
    _add(connection, "link", [{"source": f"INC-{TALKATIVE}", "target": f"{row}", "ticket_id": TALKATIVE}
                              for row in range(9)])  # fmt: skip
    connection.execute(tables["draft"].delete())
    places = [f"INC-{key} {what}" for key in range(1, TICKETS + 1) for what in ("reply", "note")]
    _add(connection, "draft", [{"login": "dana", "place": place} for place in (*places, "new")])


def _add(connection: Connection, name: str, rows: list[dict[str, Any]]) -> None:
    table = SQLModel.metadata.tables[name]
    made = [{**_row(table, place), **row} for place, row in enumerate(rows, 1)]
    for row in made:
        if "id" in row:
            del row["id"]
    connection.execute(insert(table), made)


def _row(table: Table, number: int) -> dict[str, Any]:
    """Return a row of a table: the number where a number stands, the first code of an enum."""
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if type(column.type).__name__ == "UtcDateTime":
        return TUESDAY
    if type(column.type).__name__.startswith("Coded"):
        return _codes(column)[0]
    match kind:
        case Boolean():
            return column.name == "public"
        case String():
            name = f"{column.table.name}.{column.name}"
            return WRITTEN.get(name, "{}" if PLANTED.get(name) is How.JSON else f"{number}")
        case LargeBinary():
            return b""
        case Date():
            return TUESDAY.date()
        case Integer() | Float():
            return None if column.nullable and not column.primary_key else number
    raise TypeError(kind)


def _codes(column: Column[Any]) -> list[Any]:
    """Return the members of the enum of a `coded` column, which its closure keeps."""
    process: Any = vars(type(column.type))["process_bind_param"]
    cells = dict(zip(process.__code__.co_freevars, process.__closure__ or (), strict=True))
    return list(cells["codes"].cell_contents)


def _plant(connection: Connection, table: Table) -> None:
    """Give each row of a table its payloads."""
    for place, column in enumerate(table.columns):
        how = PLANTED.get(f"{table.name}.{column.name}", How.CODE)
        if how not in (How.TEXT, How.JSON):
            continue
        row_id = column.table.c.get("id")
        where = row_id if row_id is not None else _rowid(table)
        found = connection.execute(select(where, column)).all()
        planted = count()
        values = []
        for key, before in found:
            harm = payload(next(planted), place)
            if column.unique or column.primary_key or column.name in ("external_id", "uid", "subject"):
                harm = f"{harm} {key}"
            values.append((key, harm if how is How.TEXT else _harmed(before, harm)))
        _set(connection, column, values)


def _harmed(before: str, harm: str) -> str:
    """Return JSON with payloads, and a lone surrogate, where it has words."""
    held = json.loads(before)
    words = f"{harm} \ud800"
    if isinstance(held, list):
        return json.dumps([*held, words])
    return json.dumps(held | dict.fromkeys(WORDS, words))


def _set(connection: Connection, column: Column[Any], values: list[tuple[Any, Any]]) -> None:
    if not values:
        return
    row_id = column.table.c.get("id")
    where = row_id if row_id is not None else _rowid(column.table)
    statement = (
        update(column.table).where(where == bindparam("of_row")).values({column.name: bindparam("to")})
    )
    connection.execute(statement, [{"of_row": key, "to": value} for key, value in values])


def _rowid(table: Table) -> Any:
    from sqlalchemy import literal_column

    return literal_column(f'"{table.name}".rowid', Integer)


def _named(name: str) -> tuple[Table, Column[Any]]:
    table, _dot, column = name.partition(".")
    return SQLModel.metadata.tables[table], SQLModel.metadata.tables[table].c[column]
