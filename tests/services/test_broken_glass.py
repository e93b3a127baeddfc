"""Broken glass: what it lets through, what it does not, and how it is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeKind, ChangeStatus
from deskterm.domain.errors import GateNotMet
from deskterm.reads import change
from deskterm.services import approvals, changes, runsheet, windows
from deskterm.services.change_drafts import SpanDraft
from tests.changes import ANSWERS, WINDOW, begun, kinds, open_change, plan, scheduled, status
from tests.desks import rows

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOMORROW = WINDOW[0] + DAY, WINDOW[1] + DAY
AUDIT = SpanDraft(
    kind=SpanKind.FREEZE, name="Audit", zone="UTC", start=datetime.fromisoformat("2026-06-01"), days=1
)


def break_glass(desk: Desk, number: str) -> None:
    """Let two people agree that a change can't wait."""
    runsheet.break_glass(desk, number, "the switch is failing", by="kim")
    runsheet.second(desk, number, by="chen")


def replan(desk: Desk, number: str) -> None:
    """Hand a change that is a draft again in, and have it approved anew."""
    changes.submit(desk, number, by="kim")
    changes.assess(desk, number, necessity="old", feasibility="yes", answers=ANSWERS, by="chen")
    approvals.approve(desk, number, by="osei")


def moved(desk: Desk, number: str) -> None:
    windows.schedule(desk, number, *TOMORROW, by="kim")
    for login in ("kim", "ivo"):
        windows.confirm(desk, number, by=login)


def returned(desk: Desk, number: str) -> None:
    changes.return_to_draft(desk, number, "another image", by="kim")
    replan(desk, number)


@pytest.mark.parametrize("since", [moved, returned])
def test_broken_glass_is_mended_by_another_window_or_plan(
    desk: Desk, since: Callable[[Desk, str], None]
) -> None:
    number = scheduled(desk)
    break_glass(desk, number)

    since(desk, number)

    with pytest.raises(GateNotMet, match="outside its window"):
        runsheet.begin(desk, number, by="kim")
    assert rows(desk, "SELECT glass_reason, glass_by, glass_second FROM change") == [("", None, None)]


def test_what_was_asked_before_is_not_agreed_to_after_a_move(desk: Desk) -> None:
    number = scheduled(desk)
    runsheet.break_glass(desk, number, "the switch is failing", by="kim")
    windows.move(desk, number, 1, by="kim")

    with pytest.raises(GateNotMet, match="Nobody has asked"):
        runsheet.second(desk, number, by="chen")


def test_with_broken_glass_the_place_that_counts_is_now(desk: Desk, clock: StoppedClock) -> None:
    running = begun(desk, clock)
    number = scheduled(desk, window=TOMORROW)
    found = runsheet.break_glass(desk, number, "the switch is failing", by="kim")
    runsheet.second(desk, number, by="chen")

    with pytest.raises(GateNotMet, match=f"{number} can't begin: {running} works on file-01"):
        runsheet.begin(desk, number, by="kim")

    assert (found[0].kind, found[0].other) == ("same_ci", 1)
    assert change.record(desk, number, by="chen").conflicts[0].other == 1
    assert "works on file-01" in change.record(desk, number, by="chen").missing
    assert status(desk, number) is ChangeStatus.SCHEDULED


def test_a_freeze_that_is_on_now_holds_against_broken_glass(desk: Desk) -> None:
    number = scheduled(desk, window=TOMORROW)
    windows.add_span(desk, AUDIT, by="chen")
    break_glass(desk, number)

    with pytest.raises(GateNotMet, match="inside the freeze Audit"):
        runsheet.begin(desk, number, by="kim")


def test_an_emergency_breaks_the_glass_in_a_freeze(desk: Desk, clock: StoppedClock) -> None:
    number = open_change(desk, kind=ChangeKind.EMERGENCY)
    changes.submit(desk, number, by="kim")
    approvals.approve(desk, number, by="osei")
    plan(desk, number, TOMORROW)
    windows.add_span(desk, AUDIT, by="chen")
    break_glass(desk, number)

    runsheet.begin(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.IMPLEMENTING


def test_what_was_begun_early_keeps_others_off_while_it_lasts(desk: Desk, clock: StoppedClock) -> None:
    early, late = scheduled(desk, window=TOMORROW), scheduled(desk)
    clock.advance(WINDOW[0] - HOUR - clock.now())
    break_glass(desk, early)

    with pytest.raises(GateNotMet, match=f"{late} works on file-01"):
        runsheet.begin(desk, early, by="kim")
    windows.schedule(desk, late, WINDOW[1], WINDOW[1] + 2 * HOUR, by="kim")
    for login in ("kim", "ivo"):
        windows.confirm(desk, late, by=login)
    runsheet.begin(desk, early, by="kim")

    with pytest.raises(GateNotMet, match=f"{late} can't be put there: {early} works on file-01"):
        windows.schedule(desk, late, *WINDOW, by="kim")
    clock.advance(WINDOW[1] - clock.now())
    runsheet.begin(desk, late, by="kim")
    assert kinds(desk, late)[-1] == "change.begun"
