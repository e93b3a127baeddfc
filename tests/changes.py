"""Changes for tests: opened, planned and led through their states by the services alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeStatus, CheckKind, Outcome, StepState
from deskterm.services import approvals, changes, runsheet, stability, windows
from deskterm.services.change_drafts import NewChange, StepDraft
from tests.desks import one, rows

WINDOW = datetime(2026, 6, 1, 20, tzinfo=UTC), datetime(2026, 6, 1, 23, tzinfo=UTC)
"""Monday from 22:00 to 01:00 in Paris: inside the shipped standard's night maintenance."""
ANSWERS = {"done-before": "often", "tested": "all of it", "back": "at once", "noticed": "nobody"}
"""The answers that make a change of low risk."""
RISKY = {"done-before": "never", "tested": "no", "back": "not at all", "noticed": "everybody"}
RFC: dict[str, Any] = {
    "summary": "New firmware for the core switch",
    "purpose": "The vendor ends support",
    "description": "Firmware 9 replaces 8",
    "implementation_plan": "Load, reload, look",
    "risks": "The switch does not come up again",
    "rollback_plan": "Boot the old image",
    "test_plan": "Ping every floor",
    "resources": "Kim, console cable",
    "service": "Printing",
    "ci": "file-01",
}
STEPS = (
    StepDraft(summary="Load the image", owner="kim", minutes=30),
    StepDraft(summary="Reload", owner="ivo", minutes=60),
    StepDraft(summary="Boot the old image", owner="kim", minutes=45, rollback=True),
)


def open_change(desk: Desk, *, by: str = "kim", **fields: Any) -> str:
    """Open a complete request for change and return its number."""
    return changes.open_change(desk, NewChange(**{**RFC, **fields}), by=by)


def assessed(desk: Desk, answers: dict[str, str] = ANSWERS, **fields: Any) -> str:
    """Open a change that waits for its approval."""
    number = open_change(desk, **fields)
    changes.submit(desk, number, by="kim")
    changes.assess(
        desk, number, necessity="support ends", feasibility="done before", answers=answers, by="chen"
    )
    return number


def scheduled(desk: Desk, *, window: tuple[datetime, datetime] = WINDOW, **fields: Any) -> str:
    """Open a change that waits for its window, planned and confirmed."""
    number = assessed(desk, **fields)
    approvals.approve(desk, number, by="osei")
    plan(desk, number, window)
    return number


def plan(desk: Desk, number: str, window: tuple[datetime, datetime] = WINDOW) -> None:
    """Give a change its window, its run sheet and everybody's word."""
    windows.schedule(desk, number, *window, by="kim")
    runsheet.plan(desk, number, STEPS, by="kim")
    for login in ("kim", "ivo"):
        windows.confirm(desk, number, by=login)


def begun(desk: Desk, clock: StoppedClock, **fields: Any) -> str:
    """Open a change and begin it when its window does."""
    number = scheduled(desk, **fields)
    clock.advance(WINDOW[0] - clock.now())
    runsheet.begin(desk, number, by="kim")
    return number


def carry_out(desk: Desk, number: str, *, rollback: bool = False) -> None:
    """End every step of one direction as done, and the implementation with it."""
    for step in steps(desk, number, rollback=rollback):
        runsheet.finish_step(desk, number, step, StepState.DONE, by="kim")
    runsheet.finish(desk, number, by="kim")


def verify(desk: Desk, number: str) -> None:
    """Record both checks as passed, and hand the change over to its review."""
    for kind in CheckKind:
        stability.check(desk, number, kind, "all floors answer", passed=True, by="kim")
    stability.verified(desk, number, by="kim")


def reviewed(desk: Desk, clock: StoppedClock, **fields: Any) -> str:
    """Open a change and lead it to where it has to prove stable."""
    number = begun(desk, clock, **fields)
    carry_out(desk, number)
    verify(desk, number)
    stability.review(desk, number, Outcome.SUCCESSFUL, lessons="Begin earlier", by="chen")
    return number


def close(desk: Desk, clock: StoppedClock, number: str) -> None:
    """Wait until a change has proved stable, and close it."""
    clock.advance(timedelta(days=3))
    stability.close(desk, number, by="kim")


def steps(desk: Desk, number: str, *, rollback: bool = False) -> list[int]:
    """Return the ids of a run sheet's steps in one direction."""
    found = rows(
        desk, "SELECT id, rollback FROM change_step WHERE change_id = :k ORDER BY place", k=key(number)
    )
    return [step for step, back in found if bool(back) is rollback]


def status(desk: Desk, number: str) -> ChangeStatus:
    """Return where a change stands."""
    return ChangeStatus(one(desk, "SELECT status FROM change WHERE id = :k", k=key(number)))


def kinds(desk: Desk, number: str) -> list[str]:
    """Return the kinds of a change's events, oldest first."""
    sql = "SELECT kind FROM event WHERE subject_type = 'change' AND subject_id = :k ORDER BY id"
    return [kind for (kind,) in rows(desk, sql, k=key(number))]


def key(number: str) -> int:
    """Return the integer of a change's number."""
    return int(number.split("-")[1])
