"""Another tool's log brought in by its mapping: read in chunks, each written in one transaction."""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.exc import DataError, IntegrityError

from deskterm.desk import Action, Desk, Transaction
from deskterm.domain.errors import BadInput
from deskterm.domain.people import SYSTEM
from deskterm.failpoints import Failpoint, failpoint
from deskterm.i18n import N_, _
from deskterm.importers.mapping import LogMapping, ProblemMapping, TicketMapping
from deskterm.importers.problem_rows import ProblemRows
from deskterm.importers.records import Record, Unreadable, records
from deskterm.importers.rejects import Rejects
from deskterm.importers.report import Report
from deskterm.importers.rows import FIELD_LENGTH, Header, Rows
from deskterm.importers.ticket_rows import TicketRows
from deskterm.services import imports, problem_imports, ticket_imports
from deskterm.services.import_stories import Log
from deskterm.services.imports import Mark, Rejected, Written
from deskterm.text import plain

CHUNK_RECORDS = 400
CHUNK_ROWS = 4000
"""A chunk ends with either; rejects count as rows."""
REST_SECONDS = 0.005
"""How long others may have the database between two chunks."""

Progress = Callable[[int, int], None]


def import_log(
    desk: Desk | str,
    file: Path,
    mapping: LogMapping,
    *,
    zone: str,
    rejects: Path,
    as_of: datetime | None = None,
    dry_run: bool = False,
    progress: Progress = lambda read, total: None,
    by: str = SYSTEM,
) -> Report:
    """Bring a log in: its people, teams, catalogue and records, every row as an event of its own time.

    What the desk has already stays as it is, so that a second run changes nothing; a run that was killed is
    taken up where it stopped.

    Args:
        desk: an open desk, or the URL of one.
        file: the log, as CSV.
        mapping: what the log says.
        zone: the IANA name of the zone in which dates are that have no offset.
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
                mapping,
                zone=zone,
                rejects=rejects,
                as_of=as_of,
                dry_run=dry_run,
                progress=progress,
                by=by,
            )
        finally:
            opened.close()
    run = _Run(desk, file, mapping, zone, as_of, rejects, dry_run, by)
    total = file.stat().st_size
    with file.open("rb") as opened_file, _seldom_collected():
        reader = LogReader(opened_file, mapping, zone)
        run.begin()
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

    logs: list[Log[Any]]
    rejected: list[Rejected]
    line: int
    """The last line that is in it."""


class _Run:
    """One import of one file into one desk."""

    def __init__(
        self,
        desk: Desk,
        file: Path,
        mapping: LogMapping,
        zone: str,
        as_of: datetime | None,
        rejects: Path,
        dry_run: bool,
        by: str,
    ) -> None:
        self.desk = desk
        self.file = file
        self.mapping = mapping
        self.as_of = as_of
        self.dry_run = dry_run
        self.by = by
        about_problems = isinstance(mapping, ProblemMapping)
        name = plain(file.name, one_line=True)
        self.report = Report(name, as_of, dry_run, rejects, zone, of_problems=about_problems)
        self.write: Action[..., Written] = problem_imports.write if about_problems else ticket_imports.write
        self.digest = ""
        self.rejects = rejects
        self.listed: Rejects

    def begin(self) -> None:
        """Find out where to begin, and prepare the desk."""
        options = f"{self.report.zone} {self.as_of and self.as_of.astimezone(UTC).isoformat()}"
        with self.file.open("rb") as content:
            content_digest = hashlib.file_digest(content, "sha256").hexdigest()
        read_by = f"{content_digest} {options} {self.mapping.model_dump_json()}"
        self.digest = hashlib.sha256(read_by.encode()).hexdigest()
        mark = imports.begin(
            self.desk, self.mapping.source, self.digest, as_of=self.as_of, dry_run=self.dry_run, by=self.by
        )
        self.report.resumed_after = 0 if mark is None or self.dry_run else mark.line
        self.listed = Rejects(self.rejects, until_line=self.report.resumed_after)

    def take(self, chunk: Chunk) -> None:
        """Write a chunk; if it fails as a whole, record by record, and what fails then is rejected."""
        try:
            written = self._write(chunk.logs, chunk)
        except (IntegrityError, DataError, ArithmeticError, ValueError):
            for log in chunk.logs:
                self._take_alone(log, chunk)
            written = self._write([], chunk)
        self._count(written, chunk)
        failpoint(Failpoint.IMPORT_CHUNK_COMMITTED)

    def _take_alone(self, log: Log[Any], chunk: Chunk) -> None:
        try:
            written = self._write([log], None)
        except (IntegrityError, DataError, ArithmeticError, ValueError) as error:
            cause = str(getattr(error, "orig", error)).partition("\n")[0]
            sentence = (
                _("The desk can't keep this problem: {cause}")
                if self.report.of_problems
                else _("The desk can't keep this ticket: {cause}")
            )
            reason = sentence.format(cause=cause)
            chunk.rejected += [Rejected(row.line, log.number, reason) for row in log.rows]
            return
        chunk.rejected += written.rejected
        written.rejected = []
        self.report.add(written)

    def _write(self, logs: Sequence[Log[Any]], chunk: Chunk | None) -> Written:
        """Write records in one transaction, and with them how far the import is if a whole chunk is done."""
        mark = Mark(self.digest, chunk.line) if chunk is not None else None

        def work(tx: Transaction) -> Written:
            written = self.write.work(
                tx, logs, source=self.mapping.source, until=self.as_of, mark=mark, by=self.by
            )
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
            self.mapping.source,
            Mark(self.digest, 0),
            name=self.report.file,
            written=self.report.written,
            rejected=self.report.rejected,
            by=self.by,
        )


class LogReader:
    """Reads a log as chunks of records."""

    def __init__(self, file: BinaryIO, mapping: LogMapping, zone: str) -> None:
        """Read the header.

        Raises:
            BadInput: it lacks columns, or there is no such zone.
        """
        self.file = file
        self.encoding = mapping.encoding
        try:
            place = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadInput(N_("There is no time zone {zone}."), zone=zone) from error
        self.separator, self.header_end, header = self._header(mapping)
        self.rows: Rows[Any]
        if isinstance(mapping, ProblemMapping):
            self.rows = ProblemRows(mapping, header, place)
        else:
            assert isinstance(mapping, TicketMapping), "a mapping is of one of the two"
            self.rows = TicketRows(mapping, header, place)

    def _header(self, mapping: LogMapping) -> tuple[str, int, Header]:
        """Return the separator with which the header has what is needed, its last line, and the header."""
        least: list[str] | None = None
        for separator in mapping.separators:
            self.file.seek(0)
            record = next(records(self.file, separator=separator, encoding=self.encoding), None)
            if not isinstance(record, Record):
                continue
            header = Header(mapping, record.fields)
            lacking = header.lacking
            if not lacking:
                return separator, record.end, header
            least = lacking if least is None or len(lacking) < len(least) else least
        if least is None:
            raise BadInput(
                N_("The file is no CSV in {encoding} with a header."), encoding=self.encoding.upper()
            )
        raise BadInput(N_("The header lacks columns: {columns}."), columns=", ".join(least))

    def chunks(self, *, after: int = 0) -> Iterator[Chunk]:
        """Yield the rows that begin after a line, by records, in the order of the file."""
        self.file.seek(0)
        logs: dict[str, Log[Any]] = {}
        rejected: list[Rejected] = []
        rows = line = 0
        read = self.rows.row
        for record in records(
            self.file,
            separator=self.separator,
            encoding=self.encoding,
            after=max(after, self.header_end),
        ):
            number = self._number(record)
            full = rows >= CHUNK_ROWS or (len(logs) >= CHUNK_RECORDS and number not in logs)
            if full:
                yield Chunk(list(logs.values()), rejected, line)
                logs, rejected, rows = {}, [], 0
            line = record.end
            rows += 1
            if isinstance(record, Unreadable):
                rejected.append(Rejected(record.line, number, record.reason))
                continue
            try:
                row = read(record)
            except BadInput as error:
                rejected.append(Rejected(record.line, number, str(error)))
                continue
            log = logs.get(number)
            if log is None:
                log = logs[number] = Log(number, [])
            log.rows.append(row)
        if rows:
            yield Chunk(list(logs.values()), rejected, line)

    def _number(self, record: Record | Unreadable) -> str:
        if isinstance(record, Unreadable) or len(record.fields) <= self.rows.number:
            return ""
        return record.fields[self.rows.number].strip()[:FIELD_LENGTH]
