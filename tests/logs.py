"""Logs to import: the samples of ServiceNow and VINST, and ServiceNow's made row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.importers import mapped_log
from deskterm.importers.mapping_file import shipped as mapping
from deskterm.importers.report import Report
from deskterm.services import founding
from deskterm.standard.load import shipped
from tests.desks import ADMIN

SAMPLE = Path(__file__).parent / "data/servicenow/incident_event_log.sample.csv"
ZONE = "America/Sao_Paulo"
ROWS = [dict(row) for row in csv.DictReader(io.StringIO(SAMPLE.read_text(encoding="utf-8")))]
HEADER = list(ROWS[0])
PROBLEMS = Path(__file__).parent / "data/vinst/problems.csv"
LEAKED = ("opened_at", "closed_code", "resolved_by", "resolved_at", "closed_at", "notify")

DUMPED = (
    "SELECT name, value FROM desk WHERE name <> 'installation' ORDER BY name",
    "SELECT source, file, line, done_at FROM import_checkpoint ORDER BY file",
    "SELECT name, name_key, external_id FROM person ORDER BY id",
    "SELECT login, name, roles, active FROM agent JOIN person ON id = person_id ORDER BY login",
    "SELECT * FROM team ORDER BY key",
    "SELECT * FROM member ORDER BY team, login",
    "SELECT * FROM category ORDER BY key",
    "SELECT * FROM service ORDER BY key",
    "SELECT * FROM ci ORDER BY key",
    "SELECT * FROM counter ORDER BY name",
    "SELECT * FROM problem ORDER BY id",
    "SELECT * FROM clock ORDER BY ticket_id, target",
)


def import_log(desk: Desk | str, file: Path, **options: Any) -> Report:
    """Import a log by the mapping that ships."""
    return mapped_log.import_log(desk, file, mapping("servicenow"), **options)


def import_problems(desk: Desk | str, file: Path = PROBLEMS, **options: Any) -> Report:
    """Import a log of problems by the mapping that ships; its dates have offsets."""
    return mapped_log.import_log(desk, file, mapping("vinst"), zone="UTC", **options)


def found(desk: Desk) -> None:
    """Furnish a desk for the log: the standard with its matrix, and an admin."""
    founding.begin(desk, ADMIN, shipped("servicenow"), by=SYSTEM)


def row(
    number: str = "INC0000001", at: str = "1/3/2016 09:00", state: str = "New", **fields: str
) -> dict[str, str]:
    """Return a row of a log."""
    given = {"number": number, "incident_state": state, "sys_updated_at": at, "closed_at": "30/3/2016 09:00"}
    return {**dict.fromkeys(HEADER, "?"), **USUAL, **given, **fields}


USUAL = {
    "active": "true",
    "reassignment_count": "0",
    "reopen_count": "0",
    "sys_mod_count": "0",
    "caller_id": "Caller 7",
    "sys_updated_by": "Updated by 7",
    "contact_type": "Phone",
    "category": "Category 1",
    "subcategory": "Subcategory 2",
    "u_symptom": "Symptom 3",
    "impact": "2 - Medium",
    "urgency": "2 - Medium",
    "priority": "3 - Moderate",
    "assignment_group": "Group 4",
    "assigned_to": "Resolver 5",
}


def write(file: Path, rows: Iterable[dict[str, str]]) -> Path:
    """Write rows as a log."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return file


def dump(desk: Desk) -> list[list[Any]]:
    """Return everything that an import may write, but for how much a single run of it wrote.

    Ids that a sequence gives are told by what they stand for: on PostgreSQL a killed transaction leaves gaps.
    """
    with desk.engine.connect() as connection:
        people = {each.id: each.name for each in connection.execute(text("SELECT id, name FROM person"))}
        tables: list[list[Any]] = [
            [tuple(each) for each in connection.execute(text(query))] for query in DUMPED
        ]
        tickets = connection.execute(text("SELECT * FROM ticket ORDER BY id")).mappings()
        events = connection.execute(
            text("SELECT * FROM event WHERE kind <> 'desk.imported' ORDER BY id")
        ).mappings()
        tables.append([{**each, "caller_id": people.get(each["caller_id"])} for each in tickets])
        tables.append([_told(each, people) for each in events])
        return tables


def _told(event: Any, people: dict[int, str]) -> dict[str, Any]:
    data = json.loads(event["data"])
    if "caller_id" in data.get("changes", {}):
        data["changes"]["caller_id"] = [people.get(each) for each in data["changes"]["caller_id"]]
    subject = people[event["subject_id"]] if event["subject_type"] == "person" else event["subject_id"]
    hidden = ("id", "data", "subject_id", "prev_hash", "payload_hash", "hash")
    return {name: event[name] for name in event if name not in hidden} | {"data": data, "subject": subject}
