from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from time import process_time
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.domain.calendar import (
    HARD,
    STEP,
    Booking,
    Conflict,
    ConflictKind,
    Index,
    NoSlot,
    Planner,
    Slot,
    Span,
    SpanKind,
    Spans,
    related,
    stepped,
)
from deskterm.domain.change_rules import Recurring
from deskterm.standard.recurrence import check_rule, expand

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(hours: float) -> datetime:
    return MONDAY + hours * HOUR


def booking(key: int, start: float, end: float, **touches: object) -> Booking:
    fields = {
        name: frozenset(value) if isinstance(value, (set, list, tuple)) else value
        for name, value in touches.items()
    }
    return Booking(key, at(start), at(end), **fields)  # type: ignore[arg-type]  # a table of fields


def planner(
    *bookings: Booking,
    windows: list[Span] | None = None,
    freezes: list[Span] | None = None,
    relations: list[tuple[str, str]] | None = None,
) -> Planner:
    return Planner(Index(bookings), Spans(windows or []), Spans(freezes or []), related(relations or []))


def window(start: float, end: float, *services: str) -> Span:
    return Span(at(start), at(end), "night", SpanKind.WINDOW, frozenset(services))


def freeze(start: float, end: float, *services: str) -> Span:
    return Span(at(start), at(end), "close", SpanKind.FREEZE, frozenset(services))


@pytest.mark.parametrize(
    ("other", "kind", "hard"),
    [
        (booking(2, 1, 2, cis={"a"}), ConflictKind.SAME_CI, True),
        (booking(2, 1, 2, cis={"b"}), ConflictKind.RELATED_CI, False),
        (booking(2, 1, 2, cis={"c"}), ConflictKind.RELATED_CI, False),
        (booking(2, 1, 2, cis={"d"}), None, False),
        (booking(2, 1, 2, services={"mail"}), ConflictKind.SAME_SERVICE, True),
        (booking(2, 1, 2, people={"kim"}), ConflictKind.SAME_PERSON, False),
        (booking(2, 1, 2, cis={"a"}, tentative=True), ConflictKind.SAME_CI, False),
        (booking(2, 2, 3, cis={"a"}), None, False),
        (booking(2, -1, 0, cis={"a"}), None, False),
        (booking(2, -1, 0.25, cis={"a"}), ConflictKind.SAME_CI, True),
    ],
)
def test_two_changes_collide_over_what_they_share(
    other: Booking, kind: ConflictKind | None, hard: bool
) -> None:
    mine = booking(1, 0, 2, cis={"a"}, services={"mail"}, people={"kim"})

    found = planner(mine, other, relations=[("a", "b"), ("c", "b"), ("c", "d")]).conflicts(mine)

    assert [(each.kind, each.hard, each.other) for each in found] == ([(kind, hard, 2)] if kind else [])


@pytest.mark.parametrize(
    ("start", "end", "kinds"),
    [
        (22, 24, []),
        (21.75, 24, ["outside_window"]),
        (22, 24.25, ["outside_window"]),
        (46, 48, ["in_freeze"]),
        (20, 21, ["outside_window"]),
    ],
)
def test_a_change_belongs_in_its_window_and_out_of_a_freeze(
    start: float, end: float, kinds: list[str]
) -> None:
    found = planner(
        windows=[window(22, 24), window(46, 50, "mail")],
        freezes=[freeze(47, 60, "mail"), freeze(0, 99, "erp")],
    )

    conflicts = found.conflicts(booking(1, start, end, services={"mail"}))

    assert [each.kind for each in conflicts] == kinds


def test_windows_that_touch_are_one() -> None:
    found = planner(windows=[window(20, 22), window(22, 24)])

    assert found.conflicts(booking(1, 21, 23)) == ()


def test_an_emergency_is_warned_but_not_kept_by_windows_and_freezes() -> None:
    found = planner(booking(2, 0, 9, cis={"a"}), windows=[window(22, 24)], freezes=[freeze(0, 9)])

    conflicts = found.conflicts(booking(1, 1, 2, cis={"a"}, emergency=True))

    assert [(each.kind, each.hard) for each in conflicts] == [
        ("same_ci", True),
        ("outside_window", False),
        ("in_freeze", False),
    ]


def test_a_change_comes_after_those_it_depends_on_and_before_those_that_depend_on_it() -> None:
    first, then = booking(1, 4, 6), booking(2, 5, 7, after={1})
    found = planner(first, then)

    assert [each.other for each in found.conflicts(then)] == [1]
    assert [each.other for each in found.conflicts(first)] == [2]
    assert found.conflicts(then.moved(at(6))) == ()


NAMES = st.sets(st.sampled_from("abcd"), max_size=2)


@st.composite
def bookings(draw: st.DrawFn, key: int) -> Booking:
    start = draw(st.integers(0, 4 * 30))
    lasts = draw(st.integers(1, 12))
    return Booking(
        key,
        MONDAY + start * STEP,
        MONDAY + (start + lasts) * STEP,
        services=frozenset(draw(NAMES)),
        cis=frozenset(draw(NAMES)),
        people=frozenset(draw(NAMES)),
        after=frozenset(draw(st.sets(st.integers(1, 5), max_size=1)) - {key}),
        emergency=draw(st.booleans()),
        tentative=draw(st.booleans()),
    )


SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10), st.sets(st.sampled_from("ab"), max_size=1)), max_size=4
)


class Drawn(NamedTuple):
    """What a planner was made of, for whoever compares everything with everything."""

    bookings: list[Booking]
    windows: list[Span]
    freezes: list[Span]
    relations: list[tuple[str, str]]
    hard: frozenset[ConflictKind]

    @property
    def planner(self) -> Planner:
        return Planner(
            Index(self.bookings),
            Spans(self.windows),
            Spans(self.freezes),
            related(self.relations),
            self.hard,
        )


@st.composite
def calendars(draw: st.DrawFn) -> Drawn:
    return Drawn(
        [draw(bookings(key)) for key in range(1, 6)],
        [window(start, start + lasts, *names) for start, lasts, names in draw(SPANS)],
        [freeze(start, start + lasts, *names) for start, lasts, names in draw(SPANS)],
        list(draw(st.sets(st.sampled_from(list(combinations("abcd", 2)))))),
        draw(st.just(HARD) | st.frozensets(st.sampled_from(ConflictKind))),
    )


def overlap(one: Booking, other: Booking | Span) -> bool:
    return one.start < other.end and other.start < one.end


def are_near(one: str, other: str, relations: list[tuple[str, str]]) -> bool:
    """Say whether two items are one or two relations apart, trying every item as the one between them."""
    pairs = {frozenset(pair) for pair in relations}
    return {one, other} in pairs or any({one, each} in pairs and {each, other} in pairs for each in "abcd")


def brute_force(drawn: Drawn, mine: Booking) -> set[tuple[ConflictKind, bool, int | None]]:
    """Compare with everything there is, one by one, without the planner."""
    met: set[tuple[ConflictKind, bool, int | None]] = set()

    def meet(kind: ConflictKind, other: Booking | None = None, *, gives_way: bool = False) -> None:
        is_late = mine.emergency and kind in (ConflictKind.OUTSIDE_WINDOW, ConflictKind.IN_FREEZE)
        met.add((kind, kind in drawn.hard and not is_late and not gives_way, other.key if other else None))

    for other in drawn.bookings:
        if other.key == mine.key:
            continue
        if overlap(mine, other):
            if mine.cis & other.cis:
                meet(ConflictKind.SAME_CI, other, gives_way=other.tentative)
            elif mine.services & other.services:
                meet(ConflictKind.SAME_SERVICE, other, gives_way=other.tentative)
            elif any(are_near(one, two, drawn.relations) for one in mine.cis for two in other.cis):
                meet(ConflictKind.RELATED_CI, other, gives_way=other.tentative)
            if mine.people & other.people:
                meet(ConflictKind.SAME_PERSON, other, gives_way=other.tentative)
        if other.key in mine.after and other.end > mine.start:
            meet(ConflictKind.OUT_OF_ORDER, other)
        if mine.key in other.after and other.start < mine.end:
            meet(ConflictKind.OUT_OF_ORDER, other)
    for service in mine.services or {""}:
        spans = [span for span in drawn.windows if not span.services or service in span.services]
        quarters = [mine.start + n * STEP for n in range((mine.end - mine.start) // STEP)]
        if spans and not all(any(span.start <= each < span.end for span in spans) for each in quarters):
            meet(ConflictKind.OUTSIDE_WINDOW)
    for span in drawn.freezes:
        if overlap(mine, span) and (not span.services or span.services & mine.services):
            meet(ConflictKind.IN_FREEZE)
    return met


@settings(max_examples=60)
@given(calendars())
def test_conflicts_are_those_that_comparing_everything_finds(drawn: Drawn) -> None:
    found = drawn.planner
    for mine in drawn.bookings:
        conflicts = {(each.kind, each.hard, each.other) for each in found.conflicts(mine)}
        assert conflicts == brute_force(drawn, mine)


@settings(max_examples=60)
@given(calendars(), st.integers(0, 60))
def test_the_next_free_slot_is_the_first_that_trying_every_quarter_finds(drawn: Drawn, since: int) -> None:
    mine = drawn.bookings[0]
    begin, horizon = MONDAY + since * STEP + timedelta(minutes=7), timedelta(hours=40)

    slot = drawn.planner.free_slot(mine, begin, horizon)

    quarters = [MONDAY + n * STEP for n in range(since + 1, since + 1 + horizon // STEP)]
    free = (
        each
        for each in quarters
        if not any(hard for _kind, hard, _other in brute_force(drawn, mine.moved(each)))
    )
    first = next(free, None)
    if first is None:
        assert isinstance(slot, NoSlot)
        assert slot.met
    else:
        assert slot == Slot(first, first + (mine.end - mine.start))


@given(st.lists(bookings(1), min_size=1, max_size=5), calendars())
def test_an_index_after_moves_is_that_of_the_moved(moves: list[Booking], drawn: Drawn) -> None:
    found = drawn.planner
    for moved in moves:
        found.index.put(moved)

    anew = replace(found, index=Index(found.index.bookings.values()))
    for mine in found.index.bookings.values():
        assert found.conflicts(mine) == anew.conflicts(mine)


@pytest.mark.parametrize(
    ("found", "forever"),
    [
        (planner(windows=[window(0, 1), window(30, 31)]), ConflictKind.OUTSIDE_WINDOW),
        (planner(booking(2, 1, 2, after={1})), ConflictKind.OUT_OF_ORDER),
        (planner(freezes=[freeze(-1, 24 * 100)]), None),
    ],
)
def test_without_a_slot_there_is_a_reason(found: Planner, forever: ConflictKind | None) -> None:
    slot = found.free_slot(booking(1, 0, 2), MONDAY)

    assert isinstance(slot, NoSlot)
    assert slot.forever is forever
    assert len(slot.met) == 1


@pytest.mark.parametrize(
    ("minutes", "steps", "expected"),
    [(0, 1, 15), (0, -1, -15), (7, 1, 15), (7, -1, 0), (7, 2, 30), (7, -2, -15), (15, 0, 15)],
)
def test_a_move_lands_on_full_quarters(minutes: int, steps: int, expected: int) -> None:
    start = MONDAY + timedelta(minutes=minutes)

    assert stepped(start, steps) == MONDAY + timedelta(minutes=expected)


def test_moving_one_among_ten_thousand_costs_no_more_than_what_is_near() -> None:
    def moves(count: int) -> float:
        crowd = (
            booking(
                n,
                24 * (n % 365),
                24 * (n % 365) + 2,
                cis={f"ci-{n}"},
                services={f"s{n % 500}"},
                people={f"p{n % 200}"},
            )
            for n in range(count)
        )
        found = planner(*crowd, relations=[(f"ci-{n}", f"ci-{n + 1}") for n in range(0, 1000, 2)])
        began = process_time()
        for hour in range(300):
            mine = found.index.bookings[5].moved(at(hour))
            found.index.put(mine)
            found.conflicts(mine)
        return process_time() - began

    few, many = moves(1_000), moves(10_000)

    assert many < 5 * few + 0.01


def recurring(
    start: str, rule: str, *, zone: str = "Europe/Paris", days: int = 0, hours: float = 0
) -> Recurring:
    return Recurring("night", SpanKind.WINDOW, zone, datetime.fromisoformat(start), days, hours * HOUR, rule)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        # The wall clock says 22:00 on both sides of the change to summer time; hours are exact.
        (
            recurring("2026-03-21T22:00", "FREQ=WEEKLY;BYDAY=SA", hours=8),
            ["21T21:00 22T05:00", "28T21:00 29T05:00"],
        ),
        # A time that does not exist is taken with the offset before the jump, as RFC 5545 says.
        (recurring("2026-03-29T02:30", "", hours=1), ["29T01:30 29T02:30"]),
        # A whole day by the wall clock is 23 hours when the clocks go forward.
        (recurring("2026-03-29T00:00", "FREQ=DAILY;COUNT=1", days=1), ["28T23:00 29T22:00"]),
        # An end in UTC counts by the wall clock.
        (
            recurring("2026-03-20T22:00", "FREQ=DAILY;UNTIL=20260321T210000Z", hours=1),
            ["20T21:00 20T22:00", "21T21:00 21T22:00"],
        ),
    ],
)
def test_rules_count_by_the_wall_clock(each: Recurring, expected: list[str]) -> None:
    found = expand([each], datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))

    assert [f"{span.start:%dT%H:%M} {span.end:%dT%H:%M}" for span in found] == expected


def test_an_ambiguous_time_is_the_first_of_the_two() -> None:
    found = expand([recurring("2026-10-25T02:30", "", hours=1)], at(0), at(24 * 365))

    assert [span.start for span in found] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_stretch_that_began_before_a_time_overlaps_it() -> None:
    freezes = [recurring("2025-12-18T00:00", "FREQ=YEARLY", days=17)]

    found = expand(freezes, datetime(2027, 1, 2, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC))

    assert [span.start.year for span in found] == [2026]


@pytest.mark.parametrize(
    "rule", ["FREQ=HOURLY", "WEEKLY", "FREQ=YEARLY;UNTIL=20200101T000000Z", "FREQ=WEEKLY;COUNT=x", "FREQ=ODD"]
)
def test_rules_that_never_happen_or_happen_too_often_are_refused(rule: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        check_rule(rule, datetime.fromisoformat("2026-01-01"), "Europe/Paris")


def test_a_conflict_says_when_it_is_out_of_the_way() -> None:
    found = planner(booking(2, 0, 3, cis={"a"}), windows=[window(-5, 1), window(22, 30)])

    assert found.blocked(booking(1, 0, 2, cis={"a"})) == (
        Conflict(ConflictKind.SAME_CI, True, 2, "a", at(3)),
        Conflict(ConflictKind.OUTSIDE_WINDOW, True, None, "", at(22)),
    )
