"""The change calendar: what it shows, who keeps a place in it, free slots, windows that people add."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import NoSlot, Slot, SpanKind
from deskterm.domain.change import ChangeKind, ChangeStatus
from deskterm.domain.errors import BadInput, GateNotMet, NotFound
from deskterm.domain.query import is_about
from deskterm.query import parse
from deskterm.reads import calendar, catalogue, changes, queue
from deskterm.services import changes as acts
from deskterm.services import runsheet, windows
from deskterm.services.change_drafts import SpanDraft, StepDraft
from tests.changes import ANSWERS, WINDOW, begun, open_change, reviewed, scheduled, status
from tests.desks import open_ticket

DAY = timedelta(days=1)
WEEK = datetime(2026, 5, 31, 22, tzinfo=UTC), datetime(2026, 6, 7, 22, tzinfo=UTC)
AUDIT = SpanDraft(
    kind=SpanKind.FREEZE,
    name="Audit; week, one",
    zone="Europe/Paris",
    start=datetime.fromisoformat("2026-06-03T00:00"),
    days=2,
    rule="FREQ=YEARLY;COUNT=3",
    services=frozenset({"Printing"}),
)


def test_a_page_shows_changes_windows_freezes_and_each_collision_once(desk: Desk) -> None:
    first = scheduled(desk)
    second = open_change(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])
    windows.add_span(desk, AUDIT, by="chen")

    page = calendar.page(desk, *WEEK, by="dana")

    assert [entry.change.number for entry in page.entries] == [first, second]
    assert [span.name for span in page.freezes] == ["Audit; week, one"]
    assert len(page.windows) == 5
    told = [(entry.change.number, conflict.kind) for entry, conflict in page.collisions]
    assert told == [(first, "same_person"), (second, "same_ci")]
    assert [conflict.hard for _entry, conflict in page.collisions] == [False, True], "a draft gives way"


def test_a_page_shows_what_a_filter_takes(desk: Desk) -> None:
    scheduled(desk)
    other = open_change(desk, summary="Paper", planned_start=WINDOW[0], planned_end=WINDOW[1], by="ivo")

    page = calendar.page(
        desk, *WEEK, by="dana", condition=parse("type:change assignee:ivo is:open").condition
    )

    assert [entry.change.number for entry in page.entries] == [other]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("type:change", 2),
        ("type:change status:scheduled", 1),
        ("type:change risk:>=1", 1),
        ("type:change risk:low,high", 1),
        ("type:change risk:medium..high", 0),
        ("type:change kind:normal", 2),
        ("kind:emergency type:change", 0),
        ("type:change no:outcome -outcome:failed", 2),
        ("type:change impact:low", 2),
        ("type:change start:today", 1),
        ("type:change end<1d new firmware core", 1),
        ("type:change no:start", 1),
        ("type:change CHG-2", 1),
        ("type:change is:closed", 0),
    ],
)
def test_a_filter_finds_changes(desk: Desk, query: str, count: int) -> None:
    scheduled(desk)
    open_change(desk, summary="Later")

    assert is_about(parse(query), "change")
    assert len(changes.listed(desk, parse(query), by="dana")) == count


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("start", ["CHG-1", "CHG-2", "CHG-3"]),
        ("-start", ["CHG-3", "CHG-2", "CHG-1"]),
        ("-end", ["CHG-3", "CHG-2", "CHG-1"]),
        ("risk", ["CHG-1", "CHG-2", "CHG-3"]),
        ("kind,-start", ["CHG-2", "CHG-3", "CHG-1"]),
    ],
)
def test_changes_are_sorted_by_what_they_have(desk: Desk, order: str, numbers: list[str]) -> None:
    scheduled(desk)
    open_change(desk, kind=ChangeKind.EMERGENCY, planned_start=WINDOW[1], planned_end=WINDOW[1] + DAY)
    open_change(desk)

    found = changes.listed(desk, parse(f"type:change sort:{order}"), by="dana")

    assert [row.number for row in found] == numbers


def test_tickets_stay_in_their_order_where_they_have_not_what_is_asked_for(desk: Desk) -> None:
    numbers = [open_ticket(desk), open_ticket(desk)]

    found = queue.page(desk, parse("is:open sort:start,risk,id"), by="dana")

    assert [row.number for row in found] == numbers


def test_the_next_free_slot_is_after_what_is_in_the_way(desk: Desk) -> None:
    scheduled(desk)
    second = open_change(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])

    slot = calendar.free_slot(desk, second, by="kim")

    assert slot == Slot(WINDOW[1], WINDOW[1] + (WINDOW[1] - WINDOW[0]))


def test_without_a_free_slot_the_calendar_says_why(desk: Desk, clock: StoppedClock) -> None:
    number = open_change(desk, planned_start=clock.now(), planned_end=clock.now() + 14 * timedelta(hours=1))

    slot = calendar.free_slot(desk, number, by="kim")

    assert isinstance(slot, NoSlot)
    assert calendar.why_no_slot(slot) == (
        "There is no room within 90 days. No maintenance window is long enough."
    )


def test_moving_asks_a_planner_and_the_service_agrees(desk: Desk) -> None:
    scheduled(desk)
    second = scheduled(desk, window=(WINDOW[0] + DAY, WINDOW[1] + DAY))
    planner = calendar.planner(desk, *WEEK, by="kim")
    booking = planner.index.bookings[2]

    assert planner.blocked(booking.moved(WINDOW[0]))
    assert not planner.blocked(booking.moved(WINDOW[0] + DAY + timedelta(minutes=30)))
    assert not [each for each in windows.move(desk, second, 2, by="kim") if each.hard]


def test_a_change_is_not_asked_for_where_another_keeps_its_place(desk: Desk) -> None:
    first = scheduled(desk)
    second = open_change(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])
    acts.submit(desk, second, by="kim")
    assess: dict[str, Any] = {"necessity": "old", "feasibility": "yes", "answers": ANSWERS}

    with pytest.raises(
        GateNotMet, match=f"{second} can't keep its window: {first} works on file-01"
    ) as refusal:
        acts.assess(desk, second, **assess, by="chen")
    windows.schedule(desk, second, WINDOW[1], WINDOW[1] + (WINDOW[1] - WINDOW[0]), by="kim")
    acts.assess(desk, second, **assess, by="chen")

    assert refusal.value.field == "planned_start"
    assert status(desk, second) is ChangeStatus.AUTHORISE


def test_an_emergency_comes_after_what_keeps_its_place_but_not_after_a_window(desk: Desk) -> None:
    first = scheduled(desk)
    taken, free = (
        open_change(desk, kind=ChangeKind.EMERGENCY, planned_start=start, planned_end=start + DAY / 24)
        for start in (WINDOW[0], WINDOW[0] - DAY / 4)
    )

    with pytest.raises(GateNotMet, match=f"{taken} can't keep its window: {first} works"):
        acts.submit(desk, taken, by="kim")
    acts.submit(desk, free, by="kim")

    assert status(desk, free) is ChangeStatus.AUTHORISE


def test_related_items_are_known_two_levels_away(desk: Desk) -> None:
    for ci in ("file-01", "vpn-gw-01"):
        windows.relate(desk, ci, "core-sw-01", gone=True, by="chen")
        windows.relate(desk, ci, "core-sw-01", by="chen")
    with pytest.raises(BadInput, match="Nothing depends on itself"):
        windows.relate(desk, "file-01", "file-01", by="chen")
    scheduled(desk)

    found = windows.schedule(
        desk, open_change(desk, by="ivo", ci="vpn-gw-01", service="Internet"), *WINDOW, by="ivo"
    )

    assert ("related_ci", "file-01") in {(each.kind, each.shared) for each in found}


def test_what_depends_on_the_same_thing_warns_by_the_shipped_standard(desk: Desk) -> None:
    scheduled(desk)
    other = open_change(desk, by="ivo", ci="vpn-gw-01", service="Internet")

    found = windows.schedule(desk, other, *WINDOW, by="ivo")

    assert [(each.kind, each.shared, each.hard) for each in found if each.kind == "related_ci"] == [
        ("related_ci", "file-01", False)
    ]
    told = calendar.page(desk, *WEEK, by="dana").collisions
    assert [each.shared for _entry, each in told if each.kind == "related_ci"] == ["vpn-gw-01"], "told once"
    items = {row.name: row.depends_on for row in catalogue.items(desk, by="dana")}
    assert items["vpn-gw-01"] == ("core-sw-01",)


def test_recent_changes_are_the_first_suspicion(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    clock.advance(DAY)

    def suspected(**about: str) -> list[str]:
        return [row.number for row in changes.recent(desk, open_ticket(desk, **about), by="dana")]

    assert suspected(ci="file-01") == suspected(service="Printing") == [number]
    assert suspected(service="File shares") == [number], "file-01 is part of it"
    assert suspected(ci="mail-01") == []
    clock.advance(30 * DAY)
    assert suspected(ci="file-01") == []


def test_a_change_of_a_service_is_suspected_of_what_happens_on_its_items(
    desk: Desk, clock: StoppedClock
) -> None:
    number = begun(desk, clock, service="File shares", ci=None)
    ticket, other = open_ticket(desk, ci="file-01"), open_ticket(desk, ci="mail-01")

    assert [row.number for row in changes.recent(desk, ticket, by="dana")] == [number]
    assert changes.recent(desk, other, by="dana") == ()


def test_key_figures_count_what_ended(desk: Desk, clock: StoppedClock) -> None:
    reviewed(desk, clock)

    found = {figure.key: figure for figure in changes.key_figures(desk, *WEEK, by="audrey")}

    assert found["success"].value is None
    assert found["outside_window"].value == 0
    assert found["emergency_share"].over == 1


def test_added_windows_are_checked_and_can_be_taken_back(desk: Desk) -> None:
    uid = windows.add_span(desk, AUDIT, by="chen")
    for wrong in (
        {"rule": "FREQ=HOURLY"},
        {"days": 0},
        {"zone": "Mars/Base"},
        {"services": frozenset({"Tea"})},
    ):
        with pytest.raises(BadInput):
            windows.add_span(desk, AUDIT.model_copy(update=wrong), by="chen")

    windows.remove_span(desk, uid, by="chen")

    assert calendar.page(desk, *WEEK, by="dana").freezes == ()
    with pytest.raises(NotFound):
        windows.remove_span(desk, uid, by="chen")


def test_a_run_sheet_times_its_steps_one_after_another(desk: Desk) -> None:
    number = open_change(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])

    runsheet.plan(desk, number, [StepDraft(summary=name, minutes=30) for name in "ab"], by="kim")

    with desk.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(DISTINCT starts_at) FROM change_step").scalar()
    assert rows == 2
