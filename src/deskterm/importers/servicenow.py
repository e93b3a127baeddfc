"""ServiceNow's incident audit log: what its columns say, and how a file of it is brought in.

docs/import-servicenow.md has the mapping as a table.
"""

from __future__ import annotations

import gc
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.exc import DataError, IntegrityError

from deskterm.desk import Desk, Transaction
from deskterm.domain.errors import BadInput
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import Channel, HoldReason, Level, Status
from deskterm.failpoints import Failpoint, failpoint
from deskterm.i18n import N_, _
from deskterm.importers.records import Record, Unreadable, records
from deskterm.importers.rejects import Rejects
from deskterm.importers.report import Report
from deskterm.services import imports
from deskterm.services.imports import Mark, Rejected, Snapshot, TicketLog, Written
from deskterm.storage.types import NEVER
from deskterm.text import plain

SOURCE = "servicenow"
STATES: Mapping[str, tuple[Status | None, HoldReason | None]] = {
    "New": (Status.NEW, None),
    "Active": (Status.IN_PROGRESS, None),
    "Awaiting User Info": (Status.ON_HOLD, HoldReason.CALLER),
    "Awaiting Problem": (Status.ON_HOLD, HoldReason.PROBLEM),
    "Awaiting Vendor": (Status.ON_HOLD, HoldReason.VENDOR),
    "Awaiting Evidence": (Status.ON_HOLD, HoldReason.EVIDENCE),
    "Resolved": (Status.RESOLVED, None),
    "Closed": (Status.CLOSED, None),
    "-100": (None, None),
}
"""The log's states; -100 is a code without a name, and leaves a ticket as it is."""
CHANNELS: Mapping[str, Channel] = {
    "Phone": Channel.PHONE,
    "IVR": Channel.PHONE,
    "Email": Channel.EMAIL,
    "Self service": Channel.WEB,
}
"""Other doors are `Channel.IMPORT`, with the log's word in the ledger."""
LEVELS: Mapping[str, Level] = {"1 - High": Level.HIGH, "2 - Medium": Level.MEDIUM, "3 - Low": Level.LOW}
PRIORITIES: Mapping[str, int] = {"1 - Critical": 1, "2 - High": 2, "3 - Moderate": 3, "4 - Low": 4}
MISSING = "?"

TOLD = (
    "number", "incident_state", "reassignment_count", "reopen_count", "sys_mod_count", "caller_id",
    "sys_updated_by", "sys_updated_at", "contact_type", "category", "subcategory", "u_symptom", "cmdb_ci",
    "impact", "urgency", "priority", "assignment_group", "assigned_to",
)  # fmt: skip
"""The columns that a file must have."""
WORDS = ("short_description", "description")
"""Columns that some files have."""
KEPT = (
    "opened_by", "sys_created_by", "sys_created_at", "location", "knowledge", "u_priority_confirmation",
    "problem_id", "rfc", "vendor", "caused_by", "made_sla",
)  # fmt: skip
"""Columns that the desk has no place for; the ledger keeps what they say."""
FINAL = ("opened_at", "closed_code", "resolved_by", "resolved_at", "notify")
"""Columns whose final value leaks into every row; nobody knew it before the incident was closed for good."""
CLOSED_AT = "closed_at"

CHUNK_TICKETS = 400
CHUNK_ROWS = 4000
"""A chunk ends with either; rejects count as rows."""
REST_SECONDS = 0.005
"""How long others may have the database between two chunks."""
FIELD_LENGTH = 500
YEARS = range(1990, 2101)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})", re.ASCII)
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_COUNT = re.compile(r"\d{1,9}", re.ASCII)

Progress = Callable[[int, int], None]


def import_log(
    desk: Desk | str,
    file: Path,
    *,
    zone: str,
    rejects: Path,
    as_of: datetime | None = None,
    dry_run: bool = False,
    progress: Progress = lambda read, total: None,
    by: str = SYSTEM,
) -> Report:
    """Bring a log in: its people, teams, categories and tickets, every row as an event of its own time.

    What the desk has already stays as it is, so that a second run changes nothing; a run that was killed is
    taken up where it stopped.

    Args:
        desk: an open desk, or the URL of one.
        file: the log, CSV in UTF-8.
        zone: the IANA name of the zone in which the log's dates are.
        rejects: where rows that can't be taken are listed, with line and reason; made if there are any.
        as_of: bring in only what was known at that instant, and make the desk rehearse from it.
        dry_run: find out what would happen, and change nothing.
        progress: told now and then how many bytes are read, and how many there are.

    Raises:
        BadInput: the file is no such log, there is no such zone, or `as_of` does not suit the desk.
    """
    if isinstance(desk, str):
        opened = Desk.open(desk)
        try:
            return import_log(
                opened,
                file,
                zone=zone,
                rejects=rejects,
                as_of=as_of,
                dry_run=dry_run,
                progress=progress,
                by=by,
            )
        finally:
            opened.close()
    run = _Run(desk, file, as_of, rejects, dry_run, by)
    total = file.stat().st_size
    with file.open("rb") as opened_file, _seldom_collected():
        reader = LogReader(opened_file, zone)
        run.begin(zone)
        for chunk in reader.chunks(after=run.report.resumed_after):
            run.take(chunk)
            progress(min(opened_file.tell(), total), total)
            time.sleep(REST_SECONDS)
    run.end()
    progress(total, total)
    return run.report


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles less often: a chunk has many values and no cycle (8 % of the CPU)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _TakenBack(Exception):  # noqa: N818  # no error: a way out of a transaction
    """Ends a transaction of a dry run, and carries out what it would have done."""

    def __init__(self, written: Written) -> None:
        self.written = written


@dataclass(slots=True)
class Chunk:
    """Rows that are written together."""

    logs: list[TicketLog]
    rejected: list[Rejected]
    line: int
    """The last line that is in it."""


class _Run:
    """One import of one file into one desk."""

    def __init__(
        self, desk: Desk, file: Path, as_of: datetime | None, rejects: Path, dry_run: bool, by: str
    ) -> None:
        self.desk = desk
        self.file = file
        self.as_of = as_of
        self.dry_run = dry_run
        self.by = by
        self.report = Report(plain(file.name, one_line=True), as_of, dry_run, rejects)
        self.digest = ""
        self.rejects = rejects
        self.listed: Rejects

    def begin(self, zone: str) -> None:
        """Find out where to begin, and prepare the desk."""
        options = f"{zone} {self.as_of and self.as_of.astimezone(UTC).isoformat()}"
        with self.file.open("rb") as content:
            content_digest = hashlib.file_digest(content, "sha256").hexdigest()
        self.digest = hashlib.sha256(f"{content_digest} {options}".encode()).hexdigest()
        mark = imports.begin(
            self.desk, SOURCE, self.digest, as_of=self.as_of, dry_run=self.dry_run, by=self.by
        )
        self.report.resumed_after = 0 if mark is None or self.dry_run else mark.line
        self.listed = Rejects(self.rejects, until_line=self.report.resumed_after)

    def take(self, chunk: Chunk) -> None:
        """Write a chunk; if it fails as a whole, ticket by ticket, and what fails then is rejected."""
        try:
            written = self._write(chunk.logs, chunk)
        except (IntegrityError, DataError, ArithmeticError, ValueError):
            for log in chunk.logs:
                self._take_alone(log, chunk)
            written = self._write([], chunk)
        self._count(written, chunk)
        failpoint(Failpoint.IMPORT_CHUNK_COMMITTED)

    def _take_alone(self, log: TicketLog, chunk: Chunk) -> None:
        try:
            written = self._write([log], None)
        except (IntegrityError, DataError, ArithmeticError, ValueError) as error:
            cause = str(getattr(error, "orig", error)).partition("\n")[0]
            reason = _("The desk can't keep this ticket: {cause}").format(cause=cause)
            chunk.rejected += [Rejected(row.line, log.number, reason) for row in log.rows]
            return
        chunk.rejected += written.rejected
        written.rejected = []
        self.report.add(written)

    def _write(self, logs: list[TicketLog], chunk: Chunk | None) -> Written:
        """Write tickets in one transaction, and with them how far the import is if a whole chunk is done."""
        mark = Mark(self.digest, chunk.line) if chunk is not None else None

        def work(tx: Transaction) -> Written:
            written = imports.write.work(tx, logs, source=SOURCE, until=self.as_of, mark=mark, by=self.by)
            if chunk is not None:
                self.listed.put(sorted([*chunk.rejected, *written.rejected]))
            if self.dry_run:
                raise _TakenBack(written)
            return written

        try:
            return self.desk.transact(self.by, work)
        except _TakenBack as dry:
            return dry.written

    def _count(self, written: Written, chunk: Chunk) -> None:
        self.listed.keep()
        self.report.add(written)
        self.report.rejected += len(chunk.rejected)

    def end(self) -> None:
        """Note that the file is done."""
        if self.dry_run:
            return
        imports.end(
            self.desk,
            SOURCE,
            Mark(self.digest, 0),
            name=self.report.file,
            written=self.report.written,
            rejected=self.report.rejected,
            by=self.by,
        )


class LogReader:
    """Reads a log as chunks of tickets."""

    def __init__(self, file: BinaryIO, zone: str) -> None:
        """Read the header.

        Raises:
            BadInput: it lacks columns, or there is no such zone.
        """
        self.file = file
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadInput(N_("There is no time zone {zone}."), zone=zone) from error
        header = next(records(file), None)
        if not isinstance(header, Record):
            raise BadInput(N_("The file is no CSV in UTF-8 with a header."))
        self.header = header
        self.place = {name.strip(): place for place, name in enumerate(header.fields)}
        missing = [name for name in TOLD if name not in self.place]
        if missing:
            raise BadInput(N_("The header lacks columns: {columns}."), columns=", ".join(missing))
        self.kept_names = [name for name in KEPT if name in self.place]
        self.told = self._getter(TOLD)
        self.kept = self._getter(KEPT)
        self.identity = self._getter((*TOLD, *WORDS, *KEPT))
        self.last_kept: tuple[str, ...] = ()
        self.last_originals: Mapping[str, str] = {}
        self.instant = lru_cache(10_000)(self._instant)

    def _getter(self, names: Iterable[str]) -> Callable[[list[str]], tuple[str, ...]]:
        """Return what takes these columns out of a row, as far as the file has them."""
        places = [self.place[name] for name in names if name in self.place]
        if len(places) > 1:
            return itemgetter(*places)
        return lambda fields: tuple(fields[place] for place in places)

    def chunks(self, *, after: int = 0) -> Iterator[Chunk]:
        """Yield the rows that begin after a line, by tickets, in the order of the file."""
        self.file.seek(0)
        logs: dict[str, TicketLog] = {}
        rejected: list[Rejected] = []
        rows = line = 0
        for record in records(self.file, after=max(after, self.header.end)):
            number = self._number(record)
            full = rows >= CHUNK_ROWS or (len(logs) >= CHUNK_TICKETS and number not in logs)
            if full:
                yield Chunk(list(logs.values()), rejected, line)
                logs, rejected, rows = {}, [], 0
            line = record.end
            rows += 1
            try:
                row = self._row(record)
            except BadInput as error:
                rejected.append(Rejected(record.line, number, str(error)))
                continue
            log = logs.get(number)
            if log is None:
                log = logs[number] = TicketLog(number, [])
            log.rows.append(row)
        if rows:
            yield Chunk(list(logs.values()), rejected, line)

    def _number(self, record: Record | Unreadable) -> str:
        if isinstance(record, Unreadable) or len(record.fields) <= self.place["number"]:
            return ""
        return record.fields[self.place["number"]].strip()[:FIELD_LENGTH]

    def _row(self, record: Record | Unreadable) -> Snapshot:
        """Return what a row says.

        Raises:
            BadInput: why it can't be taken.
        """
        if isinstance(record, Unreadable):
            raise BadInput("{reason}", reason=record.reason)
        fields = record.fields
        if len(fields) != len(self.header.fields):
            raise BadInput(
                N_("The row has {count} fields, the header {expected}."),
                count=len(fields),
                expected=len(self.header.fields),
            )
        (
            number, state, reassigned, reopened, _version, caller, by, stamp, channel, category, subcategory,
            symptom, ci, impact, urgency, priority, team, assignee,
        ) = map(str.strip, self.told(fields))  # fmt: skip
        if not _NUMBER.fullmatch(number):
            raise BadInput(N_("{value} is no incident number."), value=_short(number))
        status, hold_reason = _coded(STATES, state, "incident_state")
        at = self.instant(stamp)
        path = _path(category, subcategory)
        originals, closing_summary = self._originals(fields, state, channel), None
        if status is Status.CLOSED and at >= self._final(fields):
            originals = {**originals, **{n: kept for n in FINAL if (kept := self._optional(fields, n))}}
            closing_summary = self._optional(fields, "closed_code")
        return Snapshot(
            record.line,
            self._key(fields),
            at,
            _name(by),
            status,
            hold_reason,
            _name(caller),
            _name(team),
            _name(assignee),
            CHANNELS.get(channel, Channel.IMPORT),
            path,
            _name(ci),
            _coded(LEVELS, impact, "impact"),
            _coded(LEVELS, urgency, "urgency"),
            _coded(PRIORITIES, priority, "priority"),
            self._optional(fields, "short_description")
            or _summary(path, _name(symptom))
            or _("Incident {number}").format(number=number),
            _text(fields[self.place["description"]]) if "description" in self.place else "",
            closing_summary,
            _count(reopened, "reopen_count"),
            _count(reassigned, "reassignment_count"),
            originals,
        )

    def _originals(self, fields: list[str], state: str, channel: str) -> Mapping[str, str]:
        """Return what the desk has no column for: the same object again while it stays the same."""
        given = (state if STATES[state][0] is None else "", channel if channel not in CHANNELS else "")
        kept = (*given, *self.kept(fields))
        if kept != self.last_kept:
            names = ("incident_state", "contact_type", *self.kept_names)
            cleaned = zip(names, map(_name, kept), strict=True)
            self.last_kept = kept
            self.last_originals = {name: value for name, value in cleaned if value is not None}
        return self.last_originals

    def _key(self, fields: list[str]) -> str:
        """Return what tells a row from others: everything in it that was known when it was recorded."""
        told = "\x1f".join(self.identity(fields))
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()

    def _final(self, fields: list[str]) -> datetime:
        """Return when the incident was closed for good, after all times where the row does not say."""
        try:
            return self.instant(fields[self.place[CLOSED_AT]].strip())
        except (KeyError, BadInput):
            return NEVER

    def _optional(self, fields: list[str], name: str) -> str | None:
        place = self.place.get(name)
        return None if place is None else _name(fields[place])

    def _instant(self, text: str) -> datetime:
        """Return the instant of a date in the log's zone; where clocks go back, the first of the two."""
        found = _DATE.fullmatch(text)
        try:
            if found is None:
                raise ValueError(text)
            day, month, year, hour, minute = map(int, found.groups())
            if year not in YEARS:
                raise ValueError(year)
            return datetime(year, month, day, hour, minute, tzinfo=self.zone).astimezone(UTC)
        except ValueError as error:
            raise BadInput(
                N_("{value} is no date in the form d/m/yyyy HH:MM."), value=_short(text)
            ) from error


T = TypeVar("T")


def _coded(codes: Mapping[str, T], code: str, column: str) -> T:
    """Return what a column's code means.

    Raises:
        BadInput: the log has a code that nobody has mapped.
    """
    try:
        return codes[code]
    except KeyError:
        raise BadInput(N_("{column}: {value} is not known."), column=column, value=_short(code)) from None


@lru_cache(1000)
def _count(text: str, column: str) -> int:
    if not _COUNT.fullmatch(text):
        raise BadInput(N_("{column}: {value} is no count."), column=column, value=_short(text))
    return int(text)


@lru_cache(50_000)
def _name(text: str) -> str | None:
    """Return a name with single blanks, None for a missing one.

    Raises:
        BadInput: it is too long, or has a NUL.
    """
    if len(text) > FIELD_LENGTH:
        raise BadInput(
            N_("{value} is longer than {limit} characters."), value=_short(text), limit=FIELD_LENGTH
        )
    if "\0" in text:
        raise BadInput(N_("{value} has a NUL in it."), value=_short(text))
    name = " ".join(plain(text, one_line=True).split())
    return None if name in ("", MISSING) else name


def _text(text: str) -> str:
    if "\0" in text:
        raise BadInput(N_("{value} has a NUL in it."), value=_short(text))
    return "" if text.strip() == MISSING else plain(text).strip("\n")


def _short(text: str) -> str:
    """Return the beginning of what somebody wrote, for a reason."""
    shown = plain(text, one_line=True)
    return shown if len(shown) <= 40 else shown[:39] + "…"


@lru_cache(10_000)
def _path(category: str, subcategory: str) -> str | None:
    """Return the path of a category in the tree."""
    return " / ".join(name for name in (_name(category), _name(subcategory)) if name) or None


@lru_cache(10_000)
def _summary(path: str | None, symptom: str | None) -> str:
    """Return what a ticket is about where the log does not say: its category and symptom."""
    return ": ".join(part for part in (path, symptom) if part)
