"""Ctrl+Z on a real terminal: the shell gets it back, and what was typed is saved before."""

from __future__ import annotations

import signal
from contextlib import closing

from deskterm.desk import Desk
from deskterm.reads import ticket
from tests.databases import Databases, Furnish
from tests.processes.programs import console, go_live
from tests.terminal import is_stopped

LEFT_ALTERNATE_SCREEN, ALTERNATE_SCREEN = b"\x1b[?1049l", b"\x1b[?1049h"


def test_a_suspended_console_gives_the_terminal_back_and_comes_back(
    sqlite: Databases, furnish: Furnish
) -> None:
    with sqlite.copy(furnish) as url, console(go_live(url), "dana") as dana:
        dana.press("i")
        dana.until(dana.seen("INTERNAL note"))
        dana.press("half a note")
        dana.until(dana.shows("half a note"))
        dana.press("\x1b")
        dana.until(dana.seen("Your draft is kept."))
        dana.press("\x1a")
        dana.until(lambda: is_stopped(dana.process.pid))
        dana.read()
        given_back = LEFT_ALTERNATE_SCREEN in dana.output
        with closing(Desk.open(url)) as desk:
            kept = ticket.draft(desk, "INC-1 note", by="dana")

        dana.output = b""
        dana.signal(signal.SIGCONT)
        dana.until(dana.seen("Audio drops"))

        assert given_back
        assert kept is not None
        assert kept[0] == "half a note"
        assert ALTERNATE_SCREEN in dana.output
