"""The calendar's keys: changes led, marked and filtered from it, windows and freezes put into it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from deskterm.clock import StoppedClock
from deskterm.commands import of_place
from deskterm.commands.command import Need, Place
from deskterm.desk import Desk
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeStatus
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.query import parse
from deskterm.reads import calendar, change, changes
from deskterm.ui.calendar_words import conflict_line
from deskterm.ui.change_verbs import check_link
from deskterm.ui.spanning import rule_of, span_of
from tests import changes as led
from tests.desks import open_ticket, rows
from tests.ui.changing import NIGHT, planned, with_board, with_changes
from tests.ui.console import console, press, settle, shown, type_text

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
VERBS = sorted(
    command.keys[0] for command in of_place(Place.CALENDAR) if command.needs is Need.CHANGE
)  # fmt: skip


@pytest.fixture
def week(desk: Desk, clock: StoppedClock) -> Desk:
    """CHG-2 and CHG-3 as drafts at one time, CHG-4 waiting for a vote; kim's, and the cursor before them."""
    return with_changes(desk, clock)


def assignees(desk: Desk) -> dict[int, str]:
    return dict(rows(desk, "SELECT id, assignee FROM change"))


def votes(desk: Desk) -> list[tuple[str, bool]]:
    """Return who voted how on the change that waits."""
    record = change.record(desk, "CHG-4", by="kim")
    cast = (vote for tier in record.tiers for vote in tier.votes if vote.granted is not None)
    return [(vote.login, bool(vote.granted)) for vote in cast]


async def test_s_approves_from_the_calendar(week: Desk) -> None:
    async with console(week, agent="osei") as pilot:
        await press(pilot, "g", "c", "tab", "tab", "tab", "s", "enter")

        assert "CHG-4: you voted yes" in shown(pilot)

    assert votes(week) == [("osei", True)]


async def test_a_refusal_from_the_calendar_needs_its_reason(week: Desk) -> None:
    async with console(week, agent="osei") as pilot:
        await press(pilot, "g", "c", "tab", "tab", "tab", "r", "enter")
        assert "Say why CHG-4 is refused." in shown(pilot)
        await type_text(pilot, "Not this week")
        await press(pilot, "enter")

    assert votes(week) == [("osei", False)]


async def test_a_request_is_edited_where_it_stands(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "e", "end")
        await type_text(pilot, " in Lyon")
        await press(pilot, "ctrl+s")

        assert "CHG-2: saved" in shown(pilot)
    assert change.record(week, "CHG-2", by="kim").row.summary == "Patch the mail relay in Lyon"


async def test_all_marked_changes_get_another_owner_at_once(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "space", "space")
        assert "2 marked: keys act on all of them" in shown(pilot)
        await press(pilot, "a")
        await type_text(pilot, "ivo")
        await press(pilot, "enter")
        assert "each of 2 changes is seen through by ivo now" in shown(pilot)
        await press(pilot, "escape")
        assert "marked" not in shown(pilot)

    owners = assignees(week)
    assert (owners[2], owners[3], owners[4]) == ("ivo", "ivo", "kim")


async def test_of_many_those_that_refuse_are_named_and_hold_up_no_other(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "tab", "space", "space", "C")

        assert "1 refused" in shown(pilot)
        assert "You have no step in CHG-4." in shown(pilot)
    assert "change.confirmed" in led.kinds(week, "CHG-3")


async def test_one_note_and_one_reason_serve_all_that_are_marked(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "space", "space", "i")
        await type_text(pilot, "moved to July")
        await press(pilot, "enter", "X")
        await type_text(pilot, "no budget")
        await press(pilot, "enter")

    for number in ("CHG-2", "CHG-3"):
        assert "change.noted" in led.kinds(week, number)
        assert led.status(week, number) is ChangeStatus.CANCELLED


async def test_what_takes_one_change_is_not_done_to_several(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "space", "space", "e")

        assert "That goes for one change at a time" in shown(pilot)


async def test_a_team_is_picked(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "A")
        await type_text(pilot, "network")
        await press(pilot, "enter")

        assert "CHG-2 belongs to network now" in shown(pilot)


async def test_the_risk_is_altered_in_draft_and_told_afterwards(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "p", "right", "ctrl+s")
        assert change.record(week, "CHG-2", by="kim").row.impact == 1
        await press(pilot, "tab", "tab", "p")

        assert "CHG-4: Risk medium" in shown(pilot)


async def test_d_closes_after_the_review_alone(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "d")
        assert "The state of CHG-2 is draft: it is closed after its review." in shown(pilot)
        await press(pilot, "shift+tab", "d")

        assert "prove stable" in shown(pilot)


async def test_tags_stars_and_watching_find_changes_again(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "#")
        await type_text(pilot, "vpn lyon")
        await press(pilot, "enter", "#")
        await type_text(pilot, "-lyon")
        await press(pilot, "enter", "*", "W")
        assert "You watch CHG-2" in shown(pilot)
        found = {
            query: [row.number for row in changes.listed(week, parse(f"type:change {query}"), by="kim")]
            for query in ("#vpn", "#lyon", "is:starred", "is:watched")
        }
        await press(pilot, "*", "W")
        assert "You no longer watch CHG-2" in shown(pilot)

    assert found == {"#vpn": ["CHG-2"], "#lyon": [], "is:starred": ["CHG-2"], "is:watched": ["CHG-2"]}
    record = change.record(week, "CHG-2", by="kim")
    assert (record.is_starred, record.watchers) == (False, ())


async def test_tickets_and_other_changes_are_linked(week: Desk) -> None:
    ticket = open_ticket(week)

    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "&")
        await type_text(pilot, "CHG-3")
        await press(pilot, "ctrl+s", "&")
        await type_text(pilot, ticket)
        await press(pilot, "tab", "right", "right", "ctrl+s")

    record = change.record(week, "CHG-2", by="kim")
    assert (record.after, record.links) == (("CHG-3",), (ticket,))


@pytest.mark.parametrize(
    ("other", "kind", "refusal"),
    [
        ("PRB-1", "related", "takes a change as one of its actions"),
        ("INC-1", "after", "Only a change can come before a change."),
        ("CHG-2", "caused_by", "Name a ticket"),
        ("", "related", "Name a ticket"),
    ],
)
def test_a_link_that_makes_no_sense_says_what_would(other: str, kind: str, refusal: str) -> None:
    with pytest.raises((GateNotMet, BadInput), match=refusal):
        check_link(other, kind)


async def test_a_macro_says_what_changes_have_instead(desk: Desk) -> None:
    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "m")

        assert "Macros are steps on tickets" in shown(pilot)


@pytest.mark.parametrize("key", VERBS)
async def test_where_there_is_no_change_a_key_says_so(desk: Desk, key: str) -> None:
    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", key)

        assert "There is no change here." in shown(pilot)


async def test_while_a_change_is_moved_other_keys_wait(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "f")
        assert "There is no change here." in shown(pilot)
        await press(pilot, "tab", "M")
        assert "There is no change here." not in shown(pilot)
        await press(pilot, "e")

        assert "Enter keeps the change here, Esc puts it back" in shown(pilot)


async def test_f_filters_by_a_value_then_without_it_then_not_at_all(week: Desk) -> None:
    async with console(week, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "f", "enter")
        assert '/ svc:"E-mail and calendar"' in shown(pilot)
        assert "CHG-4" not in shown(pilot)
        await press(pilot, "f")
        assert '/ -svc:"E-mail and calendar"' in shown(pilot)
        assert "2+3" not in shown(pilot)
        await press(pilot, "f")

        assert "svc:" not in shown(pilot)
        assert "2+3" in shown(pilot)


async def test_words_stand_below_at_the_right_or_nowhere(week: Desk) -> None:
    async with console(week, size=(160, 45)) as pilot:
        await press(pilot, "g", "c", "tab")
        assert "Load   Mon #   Tue ##   Wed #" in shown(pilot)
        await press(pilot, "w")
        assert "details at the right" in shown(pilot)
        assert "CHG-2 Patch the mail relay" in shown(pilot)
        await press(pilot, "w")
        assert "owner kim" not in shown(pilot)
        await press(pilot, "w")

        assert "owner kim" in shown(pilot)


async def test_what_is_known_of_a_change_stands_below_the_week(week: Desk) -> None:
    async with console(week, size=(160, 45)) as pilot:
        await press(pilot, "g", "c", "tab", "tab", "tab")

        seen = shown(pilot)
        for words in (
            "CHG-4 New core switch",
            "Wed 20:00-23:00  normal  risk medium  authorisation",
            "owner kim   team -   IT lead: 0 of 1, one more, until Fri 12:30",
            "service Network",
            "inside window Night maintenance   freeze none",
            "?  Wed 20:00 CHG-4 New core switch: waits for IT lead until Fri 12:30",
            "times in UTC",
            "!! conflict  ! warning  E! emergency",
            "people on changes:  kim 3   ivo 2",
        ):
            assert words in seen


async def test_a_blocked_change_under_the_cursor_is_told_where_it_has_room(desk: Desk) -> None:
    with_board(desk)
    led.scheduled(desk, window=NIGHT)
    number = planned(desk, NIGHT)

    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "c", "n", "n", "n")
        await pilot.pause(0.3)
        await settle(pilot)

        assert f"room for {number}: Tue 2026-06-02 23:00-Wed 02:00   S takes it there" in shown(pilot)


async def test_a_freeze_is_put_into_the_calendar_and_taken_out_again(desk: Desk) -> None:
    with_board(desk)

    async with console(desk, agent="chen") as pilot:
        await press(pilot, "g", "c", "+", "right", "tab")
        await type_text(pilot, "Audit")
        await press(pilot, "tab", "ctrl+u")
        await type_text(pilot, "2026-06-03 00:00")
        await press(pilot, "tab", "ctrl+u")
        await type_text(pilot, "2d")
        await press(pilot, "ctrl+s")
        assert "Audit is in the calendar" in shown(pilot)
        assert "▒ Audit" in shown(pilot)
        ((uid, span),) = calendar.added(desk, by="chen").items()
        await press(pilot, "D")
        assert "freeze  Audit  2026-06-03 00:00 Europe/Paris  once" in shown(pilot)
        await press(pilot, "enter")
        assert "Audit is out of the calendar" in shown(pilot)
        await press(pilot, "D")
        assert "Nobody added a window or freeze here" in shown(pilot)

    assert uid
    assert (span.kind, span.days, span.rule) == (SpanKind.FREEZE, 2, "")


@pytest.mark.parametrize("key", ["+", "D"])
async def test_whoever_may_not_freeze_is_told_so_at_the_key(desk: Desk, key: str) -> None:
    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", key)

        assert "You may not do that" in shown(pilot)


@pytest.mark.parametrize(
    ("repeats", "first", "rule"),
    [
        ("", "2026-06-06", ""),
        ("FREQ=WEEKLY", "2026-06-06", "FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYDAY={day}", "2026-06-06", "FREQ=MONTHLY;BYDAY=1SA"),
        ("FREQ=MONTHLY;BYDAY={day}", "2026-06-30", "FREQ=MONTHLY;BYDAY=-1TU"),
        ("rule", "2026-06-06", "FREQ=YEARLY;COUNT=3"),
    ],
)
def test_what_is_chosen_becomes_a_rule(repeats: str, first: str, rule: str) -> None:
    assert rule_of(repeats, " FREQ=YEARLY;COUNT=3 ", datetime.fromisoformat(first)) == rule


@pytest.mark.parametrize(
    ("ends", "days", "minutes"),
    [("2026-06-07 00:00", 2, 0), ("90m", 0, 90), ("2026-06-06 00:30", 0, 1470)],
)
def test_what_is_typed_goes_by_the_clock_of_its_zone(ends: str, days: int, minutes: int) -> None:
    values = {
        "kind": "freeze", "name": "Audit", "planned_start": "2026-06-05 00:00", "planned_end": ends,
        "repeats": "", "rule": "", "services": "Printing, Network", "zone": "Europe/Paris",
    }  # fmt: skip

    draft = span_of(values, NOON)

    assert (draft.start.isoformat(), draft.days, draft.minutes) == ("2026-06-05T00:00:00", days, minutes)
    assert draft.services == {"Printing", "Network"}


def test_a_zone_that_is_none_is_refused_at_its_field() -> None:
    values = {"planned_start": "16:00", "planned_end": "1h", "zone": "Middle/Earth"}

    with pytest.raises(GateNotMet, match="There is no time zone Middle/Earth") as refusal:
        span_of(values, NOON)

    assert refusal.value.field == "zone"


def test_a_conflict_names_its_change_by_its_words_where_they_fit(week: Desk) -> None:
    from deskterm.ui.widgets.calendar import Mark

    entry, conflict = calendar.page(week, *NIGHT, by="kim").collisions[0]
    mark = Mark(entry.change, entry.start, entry.end)

    assert "CHG-2 Patch the mail relay: CHG-3 alters" in conflict_line(mark, conflict, 110)
    assert "CHG-2: CHG-3 alters" in conflict_line(mark, conflict, 60)
