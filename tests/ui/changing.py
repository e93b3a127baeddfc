"""A desk with changes for the console's tests: a board to approve them, one in every state worth a look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeKind
from deskterm.domain.people import Role
from deskterm.services import changes, people, runsheet, windows
from deskterm.services.change_drafts import NewChange, SpanDraft
from deskterm.services.drafts import AgentDraft
from tests import changes as led
from tests.changes import STEPS, WINDOW

BOARD = (("chen", Role.CHANGE_MANAGER), ("osei", Role.LEAD), ("abe", Role.APPROVER))
DAY = timedelta(days=1)
NIGHT = WINDOW[0] + DAY, WINDOW[1] + DAY
"""Tuesday night: the next maintenance window."""


def with_board(desk: Desk) -> Desk:
    """Give a desk those who decide on changes."""
    for login, role in BOARD:
        draft = AgentDraft(login=login, name=login.title(), roles=frozenset({role}))
        people.add_agent(desk, draft, by="root")
    return desk


def with_changes(desk: Desk, clock: StoppedClock) -> Desk:
    """Give a desk changes: carried out, planned, in each other's way, to be decided, an emergency."""
    with_board(desk)
    now = clock.now()
    clock.at = WINDOW[0] - 5 * DAY
    past = led.reviewed(desk, clock)
    assert past, "the first change of the week was carried out"
    clock.at = now
    planned(desk, NIGHT, summary="Patch the mail relay", service="E-mail and calendar", ci=None)
    planned(desk, NIGHT, summary="Move the mail store", service="E-mail and calendar", ci=None)
    number = led.assessed(desk, summary="New core switch", service="Network", ci=None, impact=2)
    windows.schedule(desk, number, NIGHT[0] + DAY, NIGHT[1] + DAY, by="kim")
    changes.open_change(
        desk,
        NewChange(**{**led.RFC, "kind": ChangeKind.EMERGENCY, "summary": "Swap the failed disk"}),
        by="kim",
    )
    freeze(desk)
    return desk


def planned(desk: Desk, window: tuple[datetime, datetime], **fields: Any) -> str:
    """Open a normal change as a draft with a window and steps."""
    number = led.open_change(desk, **fields)
    windows.schedule(desk, number, *window, by="kim")
    runsheet.plan(desk, number, STEPS, by="kim")
    return number


def freeze(desk: Desk) -> None:
    """Freeze the weekend."""
    draft = SpanDraft(
        kind=SpanKind.FREEZE,
        name="Stock-taking",
        zone="Europe/Paris",
        start=datetime(2026, 6, 6),  # noqa: DTZ001 - by the zone's own clock
        days=2,
    )
    windows.add_span(desk, draft, by="chen")
