"""Changes of the demo desk: carried out, in each other's way, to be approved, standard, an emergency."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import Slot, SpanKind
from deskterm.domain.change import ChangeKind, CheckKind, Outcome, StepState
from deskterm.reads import calendar, change
from deskterm.services import approvals, changes, runsheet, stability, windows
from deskterm.services.change_drafts import NewChange, SpanDraft, StepDraft

LEADER, BOARD = "osei", "martin"
"""Who assesses, and who votes besides."""
LASTS = timedelta(hours=2)
AGO = timedelta(days=6)
"""How long ago the change was planned that has been carried out."""
STEPS = (
    StepDraft(summary="Tell the users, save the configuration", owner="kim", minutes=20),
    StepDraft(summary="Install and restart", owner="kim", minutes=40),
    StepDraft(summary="Look at every service", owner="zoe", minutes=20),
    StepDraft(summary="Put the saved version back and restart", owner="kim", minutes=30, rollback=True),
)
RFC: dict[str, Any] = {
    "purpose": "The vendor ends support for the old version at the end of the quarter.",
    "description": "The new version takes the place of the old one on both nodes, one after the other.",
    "implementation_plan": "Drain a node, install, restart, look; then the other node.",
    "risks": "The service is slower while one node is out; the new version may not start.",
    "rollback_plan": "Put the saved version back, node by node.",
    "test_plan": "Send and open something as a user of each site.",
    "resources": "Kim with access to both nodes, Zoé to look.",
}


def play(desk: Desk, clock: StoppedClock, now: datetime) -> None:
    """Let some changes happen, the last of them now.

    Args:
        desk: with its people, standing at any earlier instant.
        clock: the desk's own.
        now: when the play ends.
    """
    clock.at = now - AGO
    done = _placed(desk, "New firmware for the Wi-Fi in Lyon", clock.now(), service="Network")
    _authorise(desk, done)
    _plan(desk, done)
    _carry_out(desk, clock, done)
    clock.at = max(clock.at, now - timedelta(hours=5))
    relay = _placed(desk, "Patch the mail relay", now + timedelta(hours=8), service="E-mail and calendar")
    _plan(desk, relay)
    window = _window(desk, relay)
    store = _opened(desk, "Move the mail store", service="E-mail and calendar")
    windows.schedule(desk, store, *window, by="kim")
    core = _placed(desk, "New core switch in Paris", window[1], service="Network", ci="core-sw-01", impact=2)
    _assess(desk, core)
    _opened(
        desk, "Swap the failed disk of the file server", kind=ChangeKind.EMERGENCY, service="File shares",
        planned_start=now + timedelta(hours=1), planned_end=now + timedelta(hours=3),
    )  # fmt: skip
    _renew(desk, *_window(desk, core))
    _freeze(desk, now)
    clock.at = now


def _renew(desk: Desk, start: datetime, end: datetime) -> None:
    """Plan a standard change on what hangs on the item of another, at the same time: a warning."""
    draft = NewChange(
        kind=ChangeKind.STANDARD, template="renew-certificate", summary="Renew the certificate of the VPN",
        service="Remote access", ci="vpn-gw-01", planned_start=start, planned_end=end,
    )  # fmt: skip
    changes.open_change(desk, draft, by="zoe")


def _opened(desk: Desk, summary: str, **fields: Any) -> str:
    return changes.open_change(desk, NewChange(**{**RFC, "summary": summary, **fields}), by="kim")


def _placed(desk: Desk, summary: str, since: datetime, **fields: Any) -> str:
    """Open a change and give it the next room."""
    number = _opened(desk, summary, planned_start=since, planned_end=since + LASTS, **fields)
    room = calendar.free_slot(desk, number, since=since, by="kim")
    if isinstance(room, Slot):
        windows.schedule(desk, number, room.start, room.end, by="kim")
    return number


def _window(desk: Desk, number: str) -> tuple[datetime, datetime]:
    row = change.record(desk, number, by="kim").row
    assert row.planned_start is not None, "it was opened with a window"
    assert row.planned_end is not None, "it was opened with a window"
    return row.planned_start, row.planned_end


def _assess(desk: Desk, number: str) -> None:
    changes.submit(desk, number, by="kim")
    questions = change.record(desk, number, by=LEADER).questions.questions
    answers = {each.key: min(each.answers, key=each.answers.__getitem__) for each in questions}
    changes.assess(
        desk,
        number,
        necessity="Support ends.",
        feasibility="Done at another site.",
        answers=answers,
        by=LEADER,
    )


def _authorise(desk: Desk, number: str) -> None:
    _assess(desk, number)
    for login in (LEADER, BOARD, BOARD):
        if change.record(desk, number, by=login).my_votes:
            approvals.approve(desk, number, by=login)


def _plan(desk: Desk, number: str) -> None:
    runsheet.plan(desk, number, STEPS, by="kim")
    for login in ("kim", "zoe"):
        windows.confirm(desk, number, by=login)


def _carry_out(desk: Desk, clock: StoppedClock, number: str) -> None:
    """Work the run sheet in its window, check, and review."""
    clock.at = _window(desk, number)[0]
    runsheet.begin(desk, number, by="kim")
    for step in change.record(desk, number, by="kim").sheet:
        runsheet.start_step(desk, number, step.id, by=step.owner or "kim")
        clock.advance(timedelta(minutes=step.minutes - 3))
        runsheet.finish_step(desk, number, step.id, StepState.DONE, by=step.owner or "kim")
    runsheet.finish(desk, number, by="kim")
    for kind in CheckKind:
        stability.check(desk, number, kind, "Every floor is on the new version.", passed=True, by="zoe")
    stability.verified(desk, number, by="kim")
    stability.review(desk, number, Outcome.SUCCESSFUL, lessons="Tell the reception, too.", by=LEADER)


def _freeze(desk: Desk, now: datetime) -> None:
    """Freeze the coming weekend but one."""
    saturday = now.date() + timedelta(days=(5 - now.weekday()) % 7 + 7)
    draft = SpanDraft(
        kind=SpanKind.FREEZE, name="Stock-taking", zone="Europe/Paris", days=2,
        start=datetime.combine(saturday, time()),
    )  # fmt: skip
    windows.add_span(desk, draft, by=LEADER)
