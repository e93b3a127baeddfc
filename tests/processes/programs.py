"""The program as people start it, on a desk that goes by the machine's time: consoles and workers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM, Role
from deskterm.services import facts, intake, people
from deskterm.services.drafts import AgentDraft, CallerDraft, NewTicket
from deskterm.services.facts import Fact
from tests.terminal import ROOT, Terminal

START_SECONDS = 30.0
"""A console starts in one; the machine may be busy with other tests."""
PROGRAM = (sys.executable, "-W", "ignore", "-m", "deskterm", "--database")


def go_live(url: str) -> str:
    """Let a furnished desk live now, with one ticket, and let anybody sit down with `--as`."""
    with closing(Desk.open(url)) as desk:
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.DEMO, "dana"))
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.GO_LIVE, tx.now.isoformat()))
        admin = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN}))
        people.add_agent(desk, admin, by="ada")
        draft = NewTicket(
            caller=CallerDraft(name="Leo Brandt"), summary="Audio drops in calls", team="service-desk"
        )
        intake.open_ticket(desk, draft, by="dana")
    return url


def start_console(url: str, login: str) -> Terminal:
    """Start a console on a terminal of its own."""
    return Terminal([*PROGRAM, url, "--as", login])


@contextmanager
def console(url: str, login: str) -> Iterator[Terminal]:
    """Start a console that shows every open ticket."""
    opened = start_console(url, login)
    try:
        opened.until(opened.seen("live"), START_SECONDS)
        opened.press("0")
        opened.until(opened.seen("Audio drops"), START_SECONDS)
        yield opened
    finally:
        opened.close()


def start_worker(url: str) -> subprocess.Popen[bytes]:
    """Start a worker."""
    return subprocess.Popen(
        [*PROGRAM, url, "worker"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def worker(url: str) -> Iterator[None]:
    """Have a worker sweep and send."""
    process = start_worker(url)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
