"""`demo`: a throw-away desk, made where it is not there yet, and its console."""

from __future__ import annotations

import shlex
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from deskterm.cli import output
from deskterm.cli.arguments import instant
from deskterm.cli.opening import settings_of
from deskterm.clock import SystemClock
from deskterm.i18n import _

if TYPE_CHECKING:
    from argparse import Namespace

FILE = "demo.db"
PLAYER = "dana"
FRESH = timedelta(hours=12)
"""How long a demo desk looks alive."""


def run(asked: Namespace) -> int:
    """Build the demo desk if there is none, then open its console, or say how where there is no terminal."""
    place = Path(asked.place).expanduser() if asked.place else user_cache_path("deskterm") / "demo"
    file = place.absolute() / FILE
    if asked.reset or asked.at or not fits(file):
        build(file, asked.at)
    settings = settings_of(asked).model_copy(update={"database": str(file)})
    if sys.stdin.isatty() and sys.stderr.isatty() and sys.stdout.isatty():
        from deskterm.cli.console import show

        return show(settings, asked.as_login or PLAYER)
    output.say(_("The demo desk is in {file}. Open it with:").format(file=file))
    program = "deskterm" if shutil.which("deskterm") else f"{shlex.quote(sys.executable)} -m deskterm"
    output.say(f"    {program} --database {shlex.quote(str(file))}")
    return 0


def fits(file: Path) -> bool:
    """Return whether there is a desk of this program's schema that still looks alive.

    A throw-away desk is not migrated; one that was built long ago has only breached clocks.
    """
    if not file.exists():
        return False
    from deskterm.services.facts import Fact
    from deskterm.storage import db

    engine = db.open_engine(f"sqlite:///{file}")
    try:
        if db.revision(engine) != db.HEAD:
            return False
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, value FROM desk")
            facts = {row.name: row.value for row in rows}
        live = datetime.fromisoformat(facts[Fact.GO_LIVE])
        return Fact.REHEARSAL in facts or SystemClock().now() - live < FRESH
    finally:
        engine.dispose()


def build(file: Path, at: str | None) -> None:
    """Build a desk beside its place and put it there when it is whole.

    Args:
        file: the database.
        at: the instant at which it stands, for a rehearsal; None for now.
    """
    from deskterm.importers.demo.build import build as play

    now = SystemClock().now()
    output.say(_("Building a demo desk; this takes a few seconds."))
    sys.stdout.flush()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(".new")
    for leftover in (fresh, *_beside(fresh), *_beside(file)):
        leftover.unlink(missing_ok=True)
    play(f"sqlite:///{fresh}", instant(at, now) if at else now, rehearsal=at is not None)
    fresh.replace(file)


def _beside(file: Path) -> tuple[Path, Path]:
    """Return the files that SQLite keeps beside a database."""
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")
