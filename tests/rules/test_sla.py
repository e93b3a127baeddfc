"""Service level clocks: golden vectors, each rule at its boundaries, properties against a slow oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.domain.hours import ServiceHours
from deskterm.domain.ledger import Entry
from deskterm.domain.sla import Clock, Stage, Threshold, clock, clocks, explain, moves_clocks, off_hours
from deskterm.domain.standard import (
    Closure,
    Match,
    OnPriority,
    OnReopen,
    Policy,
    Standard,
    Target,
    TargetName,
)
from deskterm.domain.ticket import HoldReason, Level

PARIS = ZoneInfo("Europe/Paris")
OFFICE = ServiceHours("Europe/Paris", dict.fromkeys(range(5), (("08:00", "18:00"),)))
CALENDARS = {
    "office": OFFICE,
    "always": ServiceHours.always("Europe/Paris"),
    "sundays": ServiceHours("Europe/Paris", {6: (("01:00", "05:00"),)}),
    "nights": ServiceHours(
        "America/New_York", dict.fromkeys(range(7), (("22:00", "24:00"), ("00:00", "06:00")))
    ),
    "shanghai": ServiceHours(
        "Asia/Shanghai",
        dict.fromkeys(range(5), (("09:00", "12:00"), ("13:30", "18:00"))),
        holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
        extra_days={date(2026, 10, 10): ()},
    ),
}
MON, TUE, WED = "2026-06-01", "2026-06-02", "2026-06-03"
LATER = datetime(2027, 1, 1, tzinfo=UTC)
RESOLUTION, NEXT_UPDATE = TargetName.RESOLUTION, TargetName.NEXT_UPDATE


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def policy(minutes: int = 240, *, key: str = "default", calendar: str = "office", **options: Any) -> Policy:
    """Return a policy whose every target lasts so many minutes; options go to the targets they fit."""
    target = {
        name: options.pop(name) for name in ("on_reopen", "on_priority", "thresholds") if name in options
    }
    return Policy(
        key=key,
        rank=options.pop("rank", 1),
        match=options.pop("match", Match()),
        calendar=calendar,
        targets={name: Target(name, timedelta(minutes=minutes), **target) for name in TargetName},
        pauses=frozenset({HoldReason.CALLER}),
        **options,
    )


def standard(*policies: Policy) -> Standard:
    return Standard(
        version=1,
        name="test",
        matrix={(Level(impact), Level(urgency)): 3 for impact in (1, 2, 3) for urgency in (1, 2, 3)},
        calendars=CALENDARS,
        teams={},
        policies=policies,
        ladders={},
        routes=(),
        default_team="first",
        closure=Closure(),
        hold_reasons=frozenset(HoldReason),
    )


FOUR_HOURS = standard(policy(240))
BY_PRIORITY = standard(
    policy(240, key="p1", match=Match(priority=frozenset({1}))), policy(2400, key="rest", rank=2)
)


class Story:
    """A ticket's ledger as told by a test, in Paris time."""

    def __init__(self, at: str, **fields: Any) -> None:
        self.entries: list[Entry] = []
        opening = {"kind": "incident", "priority": 3, "status": "new", "summary": "No printing", **fields}
        self.then(at, "opened", **opening)

    def then(self, when: str, kind: str, /, details: Mapping[str, Any] | None = None, **after: Any) -> Story:
        changes = {name: (None, value) for name, value in after.items()}
        number = len(self.entries) + 1
        self.entries.append(Entry(number, paris(when), f"ticket.{kind}", "anna", changes, details or {}))
        return self

    def taken(self, at: str) -> Story:
        return self.then(at, "assigned", assignee="anna", status="in_progress")

    def held(self, at: str, reason: str = "caller") -> Story:
        return self.then(at, "held", {"reason": "asked for the model"}, status="on_hold", hold_reason=reason)

    def resumed(self, at: str) -> Story:
        return self.then(at, "resumed", status="in_progress", hold_reason=None)

    def resolved(self, at: str) -> Story:
        return self.then(at, "resolved", status="resolved")

    def reopened(self, at: str) -> Story:
        return self.then(at, "reopened", status="in_progress")

    def replied(self, at: str, entry: int = 1, *, automatic: bool = False) -> Story:
        return self.then(at, "replied", {"entry": entry, "automatic": automatic})

    def wrote(self, at: str) -> Story:
        return self.then(at, "message_received", {"entry": 9})

    def read(self, now: str, name: TargetName = RESOLUTION, by: Standard = FOUR_HOURS) -> Clock:
        shown = clock(self.entries, by, name, paris(now))
        assert shown is not None
        return shown


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due_utc"),
    [
        pytest.param("office", "2026-06-01 16:00", 240, "2026-06-02 08:00", id="1"),
        pytest.param("office", "2026-06-01 17:00", 240, "2026-06-02 09:00", id="2a"),
        pytest.param("office", "2026-06-06 11:00", 60, "2026-06-08 07:00", id="3"),
        pytest.param("office", "2026-06-05 17:00", 60, "2026-06-05 16:00", id="4a"),
        pytest.param("office", "2026-06-05 18:00", 1, "2026-06-08 06:01", id="4b"),
        pytest.param("always", "2026-03-28 22:00", 480, "2026-03-29 05:00", id="10"),
        pytest.param("always", "2026-10-24 22:00", 480, "2026-10-25 04:00", id="11"),
        pytest.param("sundays", "2026-03-29 01:00", 180, "2026-03-29 03:00", id="12a"),
        pytest.param("sundays", "2026-10-25 01:00", 240, "2026-10-25 03:00", id="12b"),
        pytest.param("nights", "2026-03-07 23:00", 480, "2026-03-09 04:00", id="13a"),
        pytest.param("nights", "2026-10-31 23:00", 480, "2026-11-01 11:00", id="13b"),
        pytest.param("shanghai", "2026-09-30 17:00", 120, "2026-10-08 02:00", id="14"),
        pytest.param("shanghai", "2026-10-09 17:00", 120, "2026-10-10 02:00", id="15"),
        pytest.param("shanghai", "2026-10-08 11:30", 60, "2026-10-08 06:00", id="16"),
    ],
)
def test_a_running_clock_is_due_after_its_service_time(
    calendar: str, start: str, minutes: int, due_utc: str
) -> None:
    zone = ZoneInfo(CALENDARS[calendar].zone)
    opened_at = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    opened = Entry(1, opened_at, "ticket.opened", "anna", {"status": (None, "new")})

    shown = clock([opened], standard(policy(minutes, calendar=calendar)), RESOLUTION, opened_at)

    assert shown is not None
    assert shown.due_at == datetime.fromisoformat(due_utc).replace(tzinfo=UTC)


def test_golden_2b_thresholds_are_computed_in_service_time() -> None:
    shown = Story(f"{MON} 17:00").read(f"{MON} 17:00")

    assert shown.ahead == (
        Threshold(50, paris(f"{TUE} 09:00")),
        Threshold(75, paris(f"{TUE} 10:00")),
        Threshold(100, paris(f"{TUE} 11:00")),
    )


def test_golden_5_a_pause_moves_the_due_instant() -> None:
    story = Story(f"{MON} 09:00").held(f"{MON} 10:00").resumed(f"{TUE} 11:00")

    assert story.read(f"{TUE} 11:00").due_at == paris(f"{TUE} 14:00")


def test_golden_6_a_pause_outside_hours_moves_nothing() -> None:
    story = Story("2026-06-05 16:00").held("2026-06-05 19:00").resumed("2026-06-08 07:00")

    assert story.read("2026-06-08 07:00").due_at == paris("2026-06-08 10:00")


def test_golden_7_a_raised_priority_counts_from_the_original_start() -> None:
    story = Story(f"{MON} 09:00").then(f"{MON} 14:00", "classified", priority=1)

    shown = story.read(f"{MON} 14:00", by=BY_PRIORITY)

    assert shown.due_at == shown.breached_at == paris(f"{MON} 13:00")
    assert shown.stage is Stage.RUNNING


def test_golden_8_earlier_pauses_are_kept_when_the_priority_is_raised() -> None:
    story = Story(f"{MON} 09:00").held(f"{MON} 10:00").resumed(f"{MON} 12:00")
    story.then(f"{MON} 14:00", "classified", priority=1)

    shown = story.read(f"{MON} 14:00", by=BY_PRIORITY)

    assert shown.due_at == paris(f"{MON} 15:00")
    assert not shown.breached


def test_golden_9_time_while_resolved_is_not_counted() -> None:
    story = Story(f"{MON} 09:00").resolved(f"{MON} 11:00").reopened(f"{WED} 10:00")

    shown = story.read(f"{WED} 10:00")

    assert (shown.due_at, shown.cycle) == (paris(f"{WED} 12:00"), 1)


@pytest.mark.parametrize(
    ("now", "breached"),
    [(f"{MON} 12:59:59", False), (f"{MON} 13:00:00", True), (f"{MON} 13:00:01", True)],
)
def test_a_clock_still_running_when_due_is_breached(now: str, breached: bool) -> None:
    assert Story(f"{MON} 09:00").read(now).breached is breached


@pytest.mark.parametrize(("stop", "breached"), [(f"{MON} 13:00:00", False), (f"{MON} 13:00:01", True)])
def test_a_stop_exactly_when_due_is_in_time(stop: str, breached: bool) -> None:
    shown = Story(f"{MON} 09:00").resolved(stop).read(f"{WED} 09:00")

    assert (shown.stage, shown.breached) == (Stage.MET, breached)
    assert shown.due_at == paris(f"{MON} 13:00")
    assert shown.stopped_at == paris(stop)


def test_what_is_due_at_closing_time_is_breached_by_a_stop_in_the_evening() -> None:
    shown = Story(f"{MON} 14:00").resolved(f"{MON} 18:00:01").read(f"{MON} 20:00")

    assert shown.breached_at == paris(f"{MON} 18:00")
    assert shown.elapsed == shown.target


def test_a_stop_at_closing_time_keeps_the_due_instant_at_closing_time() -> None:
    shown = Story(f"{MON} 14:00").resolved(f"{MON} 18:00").read(f"{MON} 20:00")

    assert (shown.due_at, shown.breached) == (paris(f"{MON} 18:00"), False)


def test_a_pause_exactly_when_due_is_in_time_and_nothing_is_left() -> None:
    story = Story(f"{MON} 09:00").held(f"{MON} 13:00")

    paused, resumed = story.read(f"{MON} 17:00"), story.resumed(f"{MON} 17:00").read(f"{MON} 17:00")

    assert (paused.stage, paused.breached, paused.remaining) == (Stage.PAUSED, False, timedelta())
    assert resumed.breached_at == paris(f"{MON} 17:00")


def test_while_paused_the_due_instant_is_unknown_and_the_rest_is_kept() -> None:
    shown = Story(f"{MON} 09:00").held(f"{MON} 11:00").read(f"{WED} 11:00")

    assert (shown.stage, shown.due_at, shown.ahead) == (Stage.PAUSED, None, ())
    assert shown.remaining == timedelta(hours=2)
    assert shown.reached == ()
    assert not shown.breached
    (pause,) = shown.pauses
    assert pause == (paris(f"{MON} 11:00"), None, "caller", "anna", "asked for the model")


def test_a_breach_stays_through_a_pause() -> None:
    shown = Story(f"{MON} 09:00").held(f"{MON} 14:00").read(f"{WED} 11:00")

    assert (shown.stage, shown.breached_at) == (Stage.PAUSED, paris(f"{MON} 13:00"))
    assert shown.elapsed == timedelta(hours=5)


@pytest.mark.parametrize(
    ("reason", "stage"), [("caller", Stage.PAUSED), ("vendor", Stage.RUNNING), (None, Stage.RUNNING)]
)
def test_only_the_reasons_that_the_policy_names_pause(reason: str, stage: Stage) -> None:
    assert Story(f"{MON} 09:00").held(f"{MON} 10:00", reason).read(f"{MON} 11:00").stage is stage


@pytest.mark.parametrize(("pauses", "stage"), [(True, Stage.PAUSED), (False, Stage.RUNNING)])
def test_waiting_for_an_approval_pauses_if_the_policy_says_so(pauses: bool, stage: Stage) -> None:
    story = Story(f"{MON} 09:00", status="awaiting_approval")

    assert story.read(f"{MON} 10:00", by=standard(policy(pauses_for_approval=pauses))).stage is stage


def test_pauses_are_counted_again_under_the_pauses_of_the_new_policy() -> None:
    strict = replace(policy(240, key="p1", match=Match(priority=frozenset({1}))), pauses=frozenset())
    story = Story(f"{MON} 09:00").held(f"{MON} 10:00").resumed(f"{MON} 12:00")
    story.then(f"{MON} 12:30", "classified", priority=1)

    shown = story.read(f"{MON} 12:30", by=standard(strict, policy(2400, key="rest", rank=2)))

    assert (shown.policy, shown.due_at, shown.pauses) == ("p1", paris(f"{MON} 13:00"), ())


def test_a_priority_may_count_from_its_change() -> None:
    by = standard(
        policy(240, key="p1", match=Match(priority=frozenset({1})), on_priority=OnPriority.NOW),
        policy(2400, key="rest", rank=2),
    )
    story = Story(f"{MON} 09:00").then(f"{MON} 14:00", "classified", priority=1)

    shown = story.read(f"{MON} 14:00", by=by)

    assert (shown.started_at, shown.due_at, shown.cycle) == (paris(f"{MON} 14:00"), paris(f"{MON} 18:00"), 1)


def test_what_was_met_stays_met_after_a_change_of_priority() -> None:
    story = Story(f"{MON} 09:00").taken(f"{MON} 14:00").then(f"{MON} 15:00", "classified", priority=1)

    shown = story.read(f"{MON} 15:00", TargetName.ACKNOWLEDGE, BY_PRIORITY)

    assert (shown.stage, shown.policy, shown.breached) == (Stage.MET, "rest", False)


def test_a_field_that_no_policy_matches_on_moves_nothing() -> None:
    story = Story(f"{MON} 09:00").then(f"{MON} 14:00", "changed", summary="Printing again", team="second")

    assert story.read(f"{MON} 14:00") == Story(f"{MON} 09:00").read(f"{MON} 14:00")


def test_reopening_may_restart_a_target() -> None:
    story = Story(f"{MON} 09:00").resolved(f"{MON} 11:00").reopened(f"{WED} 10:00")

    shown = story.read(f"{WED} 10:00", by=standard(policy(on_reopen=OnReopen.RESTART)))

    assert (shown.cycle, shown.started_at) == (2, paris(f"{WED} 10:00"))
    assert (shown.stage, shown.due_at) == (Stage.RUNNING, paris(f"{WED} 14:00"))


def test_reopening_may_leave_a_target_met() -> None:
    story = Story(f"{MON} 09:00").resolved(f"{MON} 11:00").reopened(f"{WED} 10:00")

    shown = story.read(f"{WED} 15:00", by=standard(policy(on_reopen=OnReopen.NEVER)))

    assert (shown.stage, shown.stopped_at) == (Stage.MET, paris(f"{MON} 11:00"))


def test_the_first_assignment_stays_the_first_when_a_ticket_reopens() -> None:
    story = Story(f"{MON} 09:00").taken(f"{MON} 09:30").resolved(f"{MON} 11:00").reopened(f"{WED} 10:00")

    shown = story.read(f"{WED} 10:00", TargetName.ACKNOWLEDGE)

    assert (shown.stage, shown.stopped_at) == (Stage.MET, paris(f"{MON} 09:30"))


def test_automatic_mail_is_no_first_response() -> None:
    story = Story(f"{MON} 09:00").replied(f"{MON} 09:00", automatic=True)

    automatic = story.read(f"{MON} 10:00", TargetName.FIRST_RESPONSE)
    by_a_person = story.replied(f"{MON} 10:00", 2).read(f"{MON} 10:00", TargetName.FIRST_RESPONSE)

    assert (automatic.stage, by_a_person.stage) == (Stage.RUNNING, Stage.MET)
    assert by_a_person.elapsed == timedelta(hours=1)


def test_a_recalled_reply_never_counted() -> None:
    story = Story(f"{MON} 09:00").replied(f"{MON} 10:00", 7)
    story.then(f"{MON} 10:01", "reply_recalled", {"entry": 7})

    shown = story.read(f"{MON} 11:00", TargetName.FIRST_RESPONSE)

    assert (shown.stage, shown.elapsed) == (Stage.RUNNING, timedelta(hours=2))


def test_resolving_answers_whatever_still_waits_for_an_answer() -> None:
    story = Story(f"{MON} 09:00").wrote(f"{MON} 09:30").resolved(f"{MON} 10:00")

    found = clocks(story.entries, FOUR_HOURS, paris(f"{MON} 11:00"))

    assert {name: shown.stage for name, shown in found.items()} == dict.fromkeys(TargetName, Stage.MET)


def test_an_update_is_awaited_from_the_oldest_unanswered_message() -> None:
    story = Story(f"{MON} 09:00")
    before = clock(story.entries, FOUR_HOURS, NEXT_UPDATE, paris(f"{MON} 09:30"))

    shown = story.wrote(f"{MON} 10:00").wrote(f"{MON} 11:00").read(f"{MON} 12:00", NEXT_UPDATE)

    assert before is None
    assert (shown.cycle, shown.started_at, shown.due_at) == (1, paris(f"{MON} 10:00"), paris(f"{MON} 14:00"))


def test_a_question_after_an_answer_is_a_new_cycle() -> None:
    story = Story(f"{MON} 09:00").wrote(f"{MON} 10:00").replied(f"{MON} 11:00")
    answered = story.read(f"{MON} 12:00", NEXT_UPDATE)

    shown = story.wrote(f"{MON} 14:00").read(f"{MON} 14:30", NEXT_UPDATE)

    assert (answered.stage, answered.cycle, answered.elapsed) == (Stage.MET, 1, timedelta(hours=1))
    assert (shown.stage, shown.cycle, shown.elapsed) == (Stage.RUNNING, 2, timedelta(minutes=30))


def test_a_message_that_reopens_waits_for_an_answer() -> None:
    story = Story(f"{MON} 09:00").resolved(f"{MON} 10:00").wrote(f"{TUE} 10:00")
    thanked = clock(story.entries, FOUR_HOURS, NEXT_UPDATE, paris(f"{TUE} 10:00"))

    shown = story.reopened(f"{TUE} 10:00").read(f"{TUE} 10:30", NEXT_UPDATE)

    assert thanked is None
    assert (shown.stage, shown.elapsed) == (Stage.RUNNING, timedelta(minutes=30))


@pytest.mark.parametrize("end", ["cancelled", "merged"])
def test_cancelling_and_merging_cancel_every_clock(end: str) -> None:
    story = Story(f"{MON} 09:00").then(f"{MON} 11:00", end, status=end)

    shown = story.read(f"{TUE} 11:00")

    assert (shown.stage, shown.elapsed, shown.breached) == (Stage.CANCELLED, timedelta(hours=2), False)


def test_undoing_a_merge_lets_the_clock_go_on() -> None:
    story = Story(f"{MON} 09:00").then(f"{MON} 11:00", "merged", status="merged")

    shown = story.then(f"{TUE} 11:00", "unmerged", status="new").read(f"{TUE} 12:00")

    assert (shown.stage, shown.due_at) == (Stage.RUNNING, paris(f"{TUE} 13:00"))


def test_clocks_ignore_what_was_undone() -> None:
    story = Story(f"{MON} 09:00").resolved(f"{MON} 10:00")
    story.then(f"{MON} 10:05", "undone", {"undoes": 2}, status="new")

    assert story.read(f"{MON} 11:00") == Story(f"{MON} 09:00").read(f"{MON} 11:00")


def test_imported_history_may_begin_at_its_end() -> None:
    shown = Story(f"{MON} 09:00", status="resolved").read(f"{MON} 12:00")

    assert (shown.stage, shown.elapsed, shown.due_at) == (Stage.MET, timedelta(), paris(f"{MON} 13:00"))


def test_imported_history_may_reopen_what_was_closed() -> None:
    story = Story(f"{MON} 09:00").then(f"{MON} 10:00", "imported", status="closed")

    shown = story.then(f"{TUE} 10:00", "imported", status="in_progress").read(f"{TUE} 11:00")

    assert (shown.stage, shown.elapsed) == (Stage.RUNNING, timedelta(hours=2))


def test_a_ticket_that_no_policy_takes_has_no_clocks() -> None:
    requests = standard(policy(match=Match(kind=frozenset({"request"}))))

    assert clocks(Story(f"{MON} 09:00").entries, requests, paris(f"{MON} 10:00")) == {}


def test_a_policy_that_comes_later_counts_from_the_opening() -> None:
    by = standard(policy(match=Match(service=frozenset({"mail"}))))
    story = Story(f"{MON} 09:00").taken(f"{MON} 10:00").then(f"{MON} 11:00", "classified", service="mail")

    found = clocks(story.entries, by, paris(f"{MON} 12:00"))

    assert found[RESOLUTION].elapsed == timedelta(hours=3)
    assert (found[TargetName.ACKNOWLEDGE].stage, found[TargetName.ACKNOWLEDGE].elapsed) == (
        Stage.MET,
        timedelta(hours=1),
    )


def test_a_resolved_ticket_that_was_cancelled_goes_on_when_it_opens_again() -> None:
    story = (
        Story(f"{MON} 09:00").resolved(f"{MON} 10:00").then(f"{MON} 11:00", "cancelled", status="cancelled")
    )

    shown = story.reopened(f"{TUE} 09:00").read(f"{TUE} 10:00")

    assert (shown.stage, shown.elapsed) == (Stage.RUNNING, timedelta(hours=2))


def test_off_hours_is_not_paused() -> None:
    evening = paris(f"{MON} 19:00")
    shown = Story(f"{MON} 17:00").read(f"{MON} 19:00")

    assert shown.stage is Stage.RUNNING
    assert off_hours(shown, FOUR_HOURS, evening)
    assert not off_hours(shown, FOUR_HOURS, paris(f"{TUE} 08:00"))


def test_a_clock_explains_itself() -> None:
    story = Story(f"{MON} 16:00", priority=1).held(f"{MON} 17:00").resumed(f"{TUE} 09:00")

    why = explain(story.entries, BY_PRIORITY, RESOLUTION, paris(f"{TUE} 10:00"))

    assert why is not None
    assert (why.policy.key, why.because, why.hours) == ("p1", (("priority", 1),), OFFICE)
    assert why.spans == (
        (paris(f"{MON} 16:00"), paris(f"{MON} 17:00")),
        (paris(f"{TUE} 09:00"), paris(f"{TUE} 10:00")),
    )
    assert [pause.why for pause in why.clock.pauses] == ["asked for the model"]
    assert why.clock.ahead[0].percent == 75


def test_a_clock_says_what_another_priority_would_do() -> None:
    story = Story(f"{MON} 09:00")

    why = explain(story.entries, BY_PRIORITY, RESOLUTION, paris(f"{MON} 10:00"), if_priority=1)

    assert why is not None
    assert why.clock.due_at == paris(f"{MON} 13:00")
    assert len(story.entries) == 1


STEPS = ("held", "held_vendor", "resumed", "resolved", "reopened", "p1", "p3", "cancelled")


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Return a ticket with a few changes at odd minutes around the weekend when Paris changes its clocks."""
    start = datetime(2026, 10, 23, 12, 0)  # noqa: DTZ001 - Story reads wall time
    at = start + timedelta(minutes=draw(st.integers(0, 300)))
    story = Story(f"{at}", priority=draw(st.sampled_from([1, 3])))
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=6)):
        at += timedelta(minutes=draw(st.integers(0, 1200)))
        if at.day == 25 and at.hour in {2, 3}:
            at += timedelta(hours=2)
        match step:
            case "held":
                story.held(f"{at}")
            case "held_vendor":
                story.held(f"{at}", "vendor")
            case "p1" | "p3":
                story.then(f"{at}", "classified", priority=int(step[1]))
            case "resolved" | "cancelled":
                story.then(f"{at}", step, status=step)
            case _:
                story.then(f"{at}", step, status="in_progress", hold_reason=None)
    return story


WATCHED = standard(
    replace(
        policy(500, key="p1", calendar="always", match=Match(priority=frozenset({1}))), pauses=frozenset()
    ),
    policy(700, key="rest", rank=2),
)


def chosen_policy(story: Story) -> Policy:
    """Return the policy that a resolution clock is judged by: the last chosen while it could run."""
    state: dict[str, Any] = {}
    stage: str | None = None
    chosen: Policy | None = None
    for entry in story.entries:
        state |= {name: change[1] for name, change in entry.changes.items()}
        ended = state["status"] if state["status"] in {"resolved", "cancelled"} else None
        if ended is None or (stage, ended) == ("cancelled", "resolved") or stage is None:
            chosen, stage = WATCHED.policy_for(state), ended
    assert chosen is not None
    return chosen


def watch(story: Story, now: datetime) -> tuple[int, bool]:
    """Return the minutes used up and whether too many, by looking at a resolution clock every minute."""
    chosen = chosen_policy(story)
    hours = WATCHED.calendars[chosen.calendar]
    limit = chosen.targets[RESOLUTION].duration // timedelta(minutes=1)
    seen: dict[str, Any] = {}
    used, counted, breached, upcoming = 0, False, False, list(story.entries)
    minute = story.entries[0].at
    while minute <= now:
        while upcoming and upcoming[0].at <= minute:
            seen |= {name: change[1] for name, change in upcoming.pop(0).changes.items()}
        counts = seen["status"] in {"new", "in_progress"} or (
            seen["status"] == "on_hold" and seen["hold_reason"] not in chosen.pauses
        )
        is_open = hours.is_open(minute)
        breached = breached or (used == limit and counts and (counted or is_open))
        used += counts and is_open and minute < now
        counted = counts
        minute += timedelta(minutes=1)
    return used, breached


@settings(max_examples=40, deadline=None)
@given(stories(), st.integers(0, 1500))
def test_a_clock_agrees_with_looking_at_it_every_minute(story: Story, minutes: int) -> None:
    now = story.entries[-1].at + timedelta(minutes=minutes)

    shown = clock(story.entries, WATCHED, RESOLUTION, now)

    assert shown is not None
    used, breached = watch(story, now)
    assert shown.elapsed == timedelta(minutes=used)
    assert shown.breached == breached


@settings(max_examples=40, deadline=None)
@given(stories(), st.integers(0, 1500))
def test_folding_once_for_all_is_folding_for_each(story: Story, minutes: int) -> None:
    now = story.entries[-1].at + timedelta(minutes=minutes)

    together = clocks(story.entries, WATCHED, now)

    assert together == {
        name: shown for name in TargetName if (shown := clock(story.entries, WATCHED, name, now)) is not None
    }


@settings(max_examples=40, deadline=None)
@given(stories(), st.integers(0, 1500))
def test_what_moves_no_clock_could_as_well_be_missing(story: Story, minutes: int) -> None:
    now = story.entries[-1].at + timedelta(minutes=minutes)
    noted = Entry(100, now, "ticket.noted", "anna", {}, {"entry": 3})
    transferred = Entry(101, now, "ticket.transferred", "anna", {"team": ("desk", "network")})

    chattier = [*story.entries, noted, transferred]

    assert [entry for entry in chattier if not moves_clocks(entry)] == [noted, transferred]
    assert clocks(chattier, WATCHED, now) == clocks(story.entries, WATCHED, now)


@pytest.mark.parametrize("kind", ["replied", "reply_recalled", "message_received", "undone"])
def test_what_is_said_and_what_is_taken_back_moves_clocks(kind: str) -> None:
    assert moves_clocks(Entry(2, LATER, f"ticket.{kind}", "anna"))


def test_a_ticket_held_in_the_second_it_was_opened_is_paused_from_the_start() -> None:
    story = Story(f"{MON}T09:00").held(f"{MON}T09:00")

    paused = clock(story.entries, FOUR_HOURS, RESOLUTION, paris(f"{MON}T09:00"))

    assert paused is not None
    assert (paused.stage, len(paused.pauses)) == (Stage.PAUSED, 1)
