"""`import`: other tools' logs, read by their mappings, with a bar that says how far it is."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, file_text
from deskterm.cli.opening import login, settings_of
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.i18n import N_, _, ngettext
from deskterm.importers import mapping_file
from deskterm.importers.mapped_log import import_log
from deskterm.importers.mapping import LogMapping
from deskterm.services import founding
from deskterm.services.drafts import AgentDraft
from deskterm.standard.load import shipped
from deskterm.storage import db

if TYPE_CHECKING:
    from argparse import Namespace

BAR = 30
"""Cells of the bar."""


def shipped_log(asked: Namespace) -> int:
    """Read a log whose mapping ships."""
    return _read(asked, mapping_file.shipped(asked.source))


def log(asked: Namespace) -> int:
    """Read a log by somebody's own mapping."""
    return _read(asked, mapping_file.load(file_text(asked.mapping)))


def show_mapping(asked: Namespace) -> None:
    """Print a mapping that ships, to begin one's own with; without a name, list them."""
    if asked.name:
        output.say(mapping_file.text_of(asked.name).rstrip("\n"))
        return
    rows = [(name, mapping_file.shipped(name).title) for name in mapping_file.names()]
    output.print_table(("name", "log"), rows)


def check_mapping(asked: Namespace) -> int:
    """Print every error of a mapping with its line."""
    problems = mapping_file.check(file_text(asked.file))
    for problem in problems:
        output.say(str(problem))
    count = len(problems)
    if problems:
        output.say(ngettext("{count} error", "{count} errors", count).format(count=count))
        return SOME_FAILED
    output.say(_("No errors."))
    return DONE


def _read(asked: Namespace, mapping: LogMapping) -> int:
    """Read a log into the desk; where there is none, one with the mapping's standard is made."""
    file = Path(asked.file).expanduser()
    if not file.is_file():
        raise BadArgument(N_("There is no file {file}."), file=asked.file)
    as_of = instant_in(asked.as_of, asked.zone) if asked.as_of else None
    url = settings_of(asked).url
    if not asked.dry_run and is_empty(url):
        me = login()
        roles = frozenset({Role.ADMIN, Role.AGENT})
        admin = AgentDraft(login=me, name=me, roles=roles)
        founding.found(url, admin, standard=shipped(mapping.standard)).close()
    desk = Desk.open(url)
    try:
        report = import_log(
            desk,
            file,
            mapping,
            zone=asked.zone,
            rejects=Path(f"{file.stem}.{'dry-run.' if asked.dry_run else ''}rejects.csv"),
            as_of=as_of,
            dry_run=asked.dry_run,
            progress=show_progress,
        )
    finally:
        desk.close()
    output.say(report.summary())
    return SOME_FAILED if report.rejected else DONE


def instant_in(text: str, zone: str) -> datetime:
    """Return an instant as typed; without an offset of its own it is in the log's zone.

    Raises:
        BadArgument: it is none, or there is no such zone.
    """
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise BadArgument(N_("{text} in {zone} is no instant."), text=text, zone=zone) from error


def is_empty(url: str) -> bool:
    """Return whether a database holds no desk yet."""
    parsed = db.parse(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        return True
    engine = db.open_engine(url)
    try:
        return db.revision(engine) is None
    finally:
        engine.dispose()


def show_progress(read: int, total: int) -> None:
    """Draw the bar on a terminal's error stream; elsewhere say nothing."""
    if not sys.stderr.isatty():
        return
    filled = BAR * read // max(total, 1)
    share = 100 * read // max(total, 1)
    bar = "#" * filled + "." * (BAR - filled)
    end = "\n" if read >= total else ""
    print("\r" + _("[{bar}] {share} %").format(bar=bar, share=share), end=end, file=sys.stderr, flush=True)
