"""How a command comes to its desk: settings, database, the time it is there, and who acts."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deskterm import config
from deskterm.clock import RehearsalClock, StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadSettings, NotAllowed
from deskterm.i18n import N_

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.config import Settings


@dataclass(frozen=True, slots=True)
class Opened:
    """An open desk, and who acts on it."""

    desk: Desk
    by: str
    facts: Mapping[str, str]
    """What the desk knows of itself, by the names of `services.facts.Fact`."""


def file_of(asked: Namespace) -> Path:
    """Return the file of settings that is read."""
    return Path(asked.config).expanduser() if asked.config else config.default_file(os.environ)


def settings_of(asked: Namespace) -> Settings:
    """Read the settings; `--database` goes before all."""
    file = file_of(asked)
    if asked.config and not file.exists():
        raise BadSettings(file=file, key=N_("the file"), reason=N_("there is none"))
    settings = config.load(file, os.environ)
    if settings.lang:
        os.environ.setdefault("DESKTERM_LANG", settings.lang)
    return settings.model_copy(update={"database": asked.database}) if asked.database else settings


@contextmanager
def opened(asked: Namespace) -> Iterator[Opened]:
    """Open the desk that the settings name, as whoever asks.

    Raises:
        Unreachable: there is no desk, or it does not answer.
        NotAllowed: who asks may not act as another.
    """
    desk = Desk.open(settings_of(asked).url)
    try:
        facts = desk.facts()
        set_clock(desk, facts)
        yield Opened(desk, who(facts, asked.as_login), facts)
    finally:
        desk.close()


def set_clock(desk: Desk, facts: Mapping[str, str]) -> None:
    """Give a rehearsal desk its own time; until its clock is started it stands."""
    if "rehearsal" not in facts:
        return
    start = datetime.fromisoformat(facts["rehearsal"]).astimezone(UTC)
    began = facts.get("rehearsal_began")
    if began is None:
        desk.clock = StoppedClock(start)
        return
    speed = float(facts.get("rehearsal_speed", "1"))
    desk.clock = RehearsalClock(start, speed, datetime.fromisoformat(began), desk.clock)


def who(facts: Mapping[str, str], named: str | None) -> str:
    """Return the login that acts: the operating system's, or another where that harms nobody.

    On a demo desk, whoever names nobody plays the agent that it was made for.

    Raises:
        NotAllowed: `--as` on a desk that works.
    """
    if named is None:
        return facts.get("demo") or login()
    if "demo" not in facts and "rehearsal" not in facts:
        raise NotAllowed(N_("--as works only on demo and rehearsal desks."))
    return named


def login() -> str:
    """Return the operating system's login; on POSIX the process's own, whatever the environment says."""
    if os.name == "posix":
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name.lower()
        except KeyError:
            return f"uid{os.getuid()}"
    return getpass.getuser().lower()
