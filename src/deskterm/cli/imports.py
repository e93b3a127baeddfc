"""`import`: other systems' tickets, with a bar that says how far it is."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument
from deskterm.cli.opening import login, settings_of
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.i18n import N_, _
from deskterm.importers.servicenow import import_log
from deskterm.services import founding
from deskterm.services.drafts import AgentDraft
from deskterm.standard.load import shipped
from deskterm.storage import db

if TYPE_CHECKING:
    from argparse import Namespace

BAR = 30
"""Cells of the bar."""


def servicenow(asked: Namespace) -> int:
    """Read a ServiceNow audit log into the desk; where there is none, one with its priorities is made."""
    file = Path(asked.file).expanduser()
    if not file.is_file():
        raise BadArgument(N_("There is no file {file}."), file=asked.file)
    as_of = instant_in(asked.as_of, asked.zone) if asked.as_of else None
    url = settings_of(asked).url
    if not asked.dry_run and is_empty(url):
        me = login()
        roles = frozenset({Role.ADMIN, Role.AGENT})
        founding.found(
            url, AgentDraft(login=me, name=me, roles=roles), standard=shipped("servicenow")
        ).close()
    desk = Desk.open(url)
    try:
        report = import_log(
            desk,
            file,
            zone=asked.zone,
            rejects=Path(f"{file.stem}.rejects.csv"),
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
    if parsed.get_backend_name() == "sqlite":
        return not Path(parsed.database or "").exists()
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
