from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from deskterm.ui.painting import Painting
from deskterm.ui.widgets.columns import Cell, Column, fit
from deskterm.ui.widgets.ticket_table import TicketTable
from deskterm.ui.widgets.window import Window


@dataclass(frozen=True, slots=True)
class Ticket:
    key: int
    summary: str = "Printer jam"
    due: str = "1:00"


COLUMNS: Sequence[Column[Ticket]] = (
    Column("sla", "SLA", lambda row: Cell(row.due, "at-risk"), width=5, align_right=True),
    Column("id", "ID", lambda row: Cell(f"INC-{row.key}"), width=10, pinned=True),
    Column("summary", "Summary", lambda row: Cell(row.summary), width=10, flex=True),
    Column("caller", "Caller", lambda row: Cell("Claire"), width=12, rank=2),
    Column("age", "Age", lambda row: Cell("4h"), width=4, rank=1),
)


class Listener(Screen[None]):
    """Remembers what a table said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    def on_ticket_table_cursor_moved(self, message: TicketTable.CursorMoved) -> None:
        self.said.append(("cursor", message.key))

    def on_ticket_table_opened(self, message: TicketTable.Opened) -> None:
        self.said.append(("opened", message.key))

    def on_ticket_table_window_wanted(self, message: TicketTable.WindowWanted) -> None:
        self.said.append(("wanted", message.first, message.count))

    def on_ticket_table_marks_changed(self, message: TicketTable.MarksChanged) -> None:
        self.said.append(("marks", message.table.marks))


class Console(App[None]):
    """Nothing but a table, and what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.table = TicketTable(COLUMNS)
        self.listener = Listener()

    def get_default_screen(self) -> Screen[None]:
        return self.listener

    def compose(self) -> ComposeResult:
        yield self.table


def tickets(*keys: int) -> list[Ticket]:
    return [Ticket(key) for key in keys]


@asynccontextmanager
async def shown(
    rows: Sequence[Ticket], total: int | None = None, width: int = 80
) -> AsyncIterator[Pilot[None]]:
    """A console of 20 rows under a heading."""
    app = Console()
    async with app.run_test(size=(width, 21)) as pilot:
        app.table.focus()
        app.table.show(rows, len(rows) if total is None else total)
        await pilot.pause()
        yield pilot


def table_of(pilot: Pilot[None]) -> TicketTable[Ticket]:
    assert isinstance(pilot.app, Console)
    return pilot.app.table


def said(pilot: Pilot[None]) -> list[object]:
    assert isinstance(pilot.app, Console)
    return pilot.app.listener.said


def lines(pilot: Pilot[None]) -> list[str]:
    """What stands on the screen, line by line, as painted."""
    table = table_of(pilot)
    return [table.render_line(y).text for y in range(table.size.height)]


def screen_line(pilot: Pilot[None]) -> int:
    """The line the cursor is painted on."""
    return next(y for y, line in enumerate(lines(pilot)) if line.startswith(">"))


async def test_rows_are_painted_under_a_heading() -> None:
    async with shown(tickets(7, 9)) as pilot:
        painted = lines(pilot)

    assert painted[0].split() == ["SLA", "ID", "Summary", "Caller", "Age"]
    assert painted[1].split() == [">", "1:00", "INC-7", "Printer", "jam", "Claire", "4h"]
    assert painted[2].split() == ["1:00", "INC-9", "Printer", "jam", "Claire", "4h"]
    assert {len(line) for line in painted} == {80}


async def test_the_cursor_stays_on_its_ticket_and_on_its_line_when_rows_come_in_above() -> None:
    async with shown(tickets(*range(100))) as pilot:
        table = table_of(pilot)
        table.move_cursor(50)
        await pilot.pause()
        line = screen_line(pilot)

        table.show(tickets(*range(1000, 1007), *range(100)), 107)
        await pilot.pause()

        assert (table.cursor, screen_line(pilot)) == (50, line)
        assert "INC-50 " in lines(pilot)[line]


async def test_the_cursor_goes_to_the_nearest_neighbour_when_its_ticket_is_gone() -> None:
    async with shown(tickets(*range(100))) as pilot:
        table = table_of(pilot)
        table.move_cursor(50)
        await pilot.pause()
        line = screen_line(pilot)

        table.show(tickets(*(key for key in range(100) if key not in (50, 51, 10))), 97)
        await pilot.pause()

        assert (table.cursor, screen_line(pilot)) == (49, line)
        assert said(pilot)[-1] == ("cursor", 49)


@pytest.mark.parametrize(
    ("gone", "cursor"),
    [((), 3), ((3,), 4), ((3, 4), 2), ((3, 4, 2), 5), ((1, 2, 3, 4, 5), None)],
)
def test_of_two_neighbours_as_near_the_one_below_is_taken(gone: tuple[int, ...], cursor: int | None) -> None:
    before = Window(tuple(tickets(1, 2, 3, 4, 5)), 0, 5)
    after = Window(tuple(row for row in before.rows if row.key not in gone), 0, 5 - len(gone))

    place = after.nearest(3, before)

    assert (None if place is None else after.key_at(place)) == cursor


async def test_the_cursor_survives_a_list_that_is_emptied_and_filled_again() -> None:
    async with shown(tickets(1, 2, 3)) as pilot:
        table = table_of(pilot)

        table.show([], 0)
        emptied = table.cursor
        table.show(tickets(4, 5), 2)

        assert (emptied, table.cursor) == (None, 4)


async def test_the_list_scrolls_by_half_a_page_and_keeps_two_lines_of_margin() -> None:
    async with shown(tickets(*range(100))) as pilot:
        table = table_of(pilot)
        tops = []
        for _ in range(60):
            table.action_down()
            tops.append(table.scroll_offset.y)
            assert tops[-1] + 2 <= table._place <= tops[-1] + 17 or tops[-1] == 0

    assert sorted(set(tops)) == [0, 8, 16, 24, 32, 40, 48]


class MovingConsole(Painting[None], Console):
    """A console that can let the terminal move lines; remembers which, and by how far."""

    def __init__(self, *, beside: bool = False) -> None:
        super().__init__()
        self.beside = beside
        self.moves: list[tuple[int, bool]] = []
        self.painted: list[list[int]] = []
        """The lines that were painted at once."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.table
            if self.beside:
                yield Static("beside", id="beside")

    def move_lines(self, widget: Widget, first: int, by: int) -> bool:
        is_clean = super().move_lines(widget, first, by)
        self.moves.append((by, is_clean))
        return is_clean

    def paint_lines(self, widget: Widget, lines: Sequence[int]) -> bool:
        is_painted = super().paint_lines(widget, lines)
        if is_painted:
            self.painted.append(list(lines))
        return is_painted


async def test_where_the_terminal_moves_rows_the_list_scrolls_row_by_row() -> None:
    app = MovingConsole()
    async with app.run_test(size=(60, 21)) as pilot:
        app.table.show(tickets(*range(100)), 100)
        await pilot.pause()
        tops = []

        for _ in range(30):
            app.table.action_down()
            await pilot.pause()
            tops.append(app.table.scroll_offset.y)

    assert tops == [*[0] * 17, *range(1, 14)]
    assert app.moves == [(1, True)] * 13


async def test_far_ways_come_to_the_middle_even_where_the_terminal_moves_rows() -> None:
    app = MovingConsole()
    async with app.run_test(size=(60, 21)) as pilot:
        app.table.show(tickets(*range(100)), 100)
        await pilot.pause()

        app.table.move_cursor(60)

    assert app.table.scroll_offset.y == 50


async def test_rows_that_moved_before_they_were_painted_are_painted_all() -> None:
    app = MovingConsole()
    async with app.run_test(size=(60, 21)) as pilot:
        app.table.show(tickets(*range(100)), 100)
        app.table.move_cursor(17)
        await pilot.pause()

        app.table.action_down()
        app.table.refresh()
        app.table.action_down()

    assert app.moves[-2:] == [(1, True), (1, False)]


async def test_what_changes_is_painted_at_once_where_nothing_stands_over_the_list() -> None:
    app = MovingConsole(beside=True)
    async with app.run_test(size=(80, 21)) as pilot:
        app.table.show(tickets(*range(100)), 100)
        await pilot.pause()
        app.painted.clear()

        app.table.action_down()
        app.table.action_page_down()
        app.table.tick({25: Ticket(25, due="0:59")})

        assert app.painted == [[1, 2], list(range(1, 21)), [15]]


async def test_no_line_is_painted_below_a_list_that_became_shorter() -> None:
    app = MovingConsole()
    async with app.run_test(size=(60, 21)) as pilot:
        app.table.show(tickets(*range(100)), 100)
        await pilot.pause()
        app.painted.clear()

        assert not app.paint_lines(app.table, [20, 21])
        assert app.painted == []


async def test_what_changes_under_a_toast_or_a_dialog_is_painted_in_textuals_turn() -> None:
    app = MovingConsole()
    async with app.run_test(size=(60, 21), notifications=True) as pilot:
        app.table.show(tickets(*range(100)), 100)
        app.notify("INC-4 is breached", markup=False)
        await pilot.pause(0.2)
        app.painted.clear()
        app.table.action_down()
        under_toast = bool(app.table._repaint_regions)
        await pilot.pause()
        app.push_screen(ModalScreen())
        await pilot.pause()
        app.table.action_down()
        under_dialog = bool(app.table._repaint_regions)

    assert app.painted == []
    assert under_toast
    assert under_dialog


async def test_what_stands_beside_the_list_or_over_it_is_not_moved() -> None:
    beside, over = MovingConsole(beside=True), MovingConsole()
    async with beside.run_test(size=(80, 21)) as pilot:
        beside.table.show(tickets(*range(100)), 100)
        await pilot.pause()
        beside.table.action_page_down()
    async with over.run_test(size=(60, 21), notifications=True) as pilot:
        over.table.show(tickets(*range(100)), 100)
        over.notify("INC-4 is breached", markup=False)
        await pilot.pause(0.2)
        over.table.move_cursor(17)
        over.table.action_down()

    assert beside.moves == over.moves == []
    assert over.table.scroll_offset.y == 8


async def test_a_page_keeps_the_cursor_on_its_line() -> None:
    async with shown(tickets(*range(100))) as pilot:
        table = table_of(pilot)
        table.move_cursor(5)
        line = screen_line(pilot)

        table.action_page_down()

        assert (table.cursor, screen_line(pilot)) == (25, line)


async def test_the_last_row_of_a_million_is_one_key_away_and_only_a_window_is_asked_for() -> None:
    async with shown(tickets(*range(60)), total=1_000_000) as pilot:
        table = table_of(pilot)

        table.action_bottom()
        await pilot.pause()
        wanted = said(pilot)[-1]
        table.show(tickets(*range(999_960, 1_000_000)), 1_000_000, 999_960)
        await pilot.pause()

        assert wanted == ("wanted", 999_960, 40)
        assert table.cursor == 999_999
        assert "INC-999999" in lines(pilot)[-1]


async def test_a_window_is_asked_for_before_the_eye_reaches_its_edge_and_only_once() -> None:
    async with shown(tickets(*range(60)), total=10_000) as pilot:
        table = table_of(pilot)

        for _ in range(45):
            table.action_down()
            await pilot.pause()

    assert [entry for entry in said(pilot) if entry[0] == "wanted"] == [("wanted", 12, 60)]  # type: ignore[index] # tuples


async def test_marks_stay_with_their_tickets_and_keys_act_on_them() -> None:
    async with shown(tickets(1, 2, 3, 4)) as pilot:
        table = table_of(pilot)
        table.action_mark_and_go_down()
        table.action_down()
        table.action_mark()

        table.show(tickets(9, 3, 2, 1), 4)

        assert table.marks == {1, 3}
        assert table.chosen == (3, 1)
        assert [line[:2] for line in lines(pilot)[1:5]] == ["  ", ">*", "  ", " *"]


async def test_a_range_marks_what_lies_between_and_shrinks_with_the_cursor() -> None:
    async with shown(tickets(*range(10))) as pilot:
        table = table_of(pilot)
        table.move_cursor(5)
        table.action_range()
        for move in (table.action_down, table.action_down, table.action_up):
            move()
        stretched = table.marks

        table.action_unmark()

        assert stretched == {5, 6}
        assert not table.marks


async def test_moving_the_cursor_paints_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(tickets(*range(100))) as pilot:
        table = table_of(pilot)
        regions = counting_regions(table, monkeypatch)

        table.action_down()
        await pilot.pause()

        assert regions == [(0, 1, 80, 1), (0, 2, 80, 1)]


async def test_news_of_one_row_paints_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tickets(*range(100))
    async with shown(rows) as pilot:
        table = table_of(pilot)
        regions = counting_regions(table, monkeypatch)

        table.show([replace(row, summary="Printer burns") if row.key == 3 else row for row in rows], 100)
        await pilot.pause()

        assert regions == [(0, 4, 80, 1)]


async def test_a_tick_paints_only_the_lines_whose_text_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(tickets(*range(100))) as pilot:
        table = table_of(pilot)
        regions = counting_regions(table, monkeypatch)

        table.tick({2: Ticket(2, due="0:59"), 5: Ticket(5)})

        assert regions == [(0, 3, 80, 1)]


def counting_regions(
    table: TicketTable[Ticket], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[int, int, int, int]]:
    """The regions refreshed from now on: x, y, width, height; all of the table is `()`."""
    regions: list[tuple[int, int, int, int]] = []
    monkeypatch.setattr(table, "refresh", lambda *dirty, **_: regions.extend(map(tuple, dirty or [()])))
    return regions


async def test_hostile_and_wide_text_keeps_the_columns_straight() -> None:
    rows = [
        Ticket(1, "\x1b]52;c;aGk=\x1b\\[@click=app.quit]x[/]\nsecond line"),
        Ticket(2, "二要素認証のコードが届かない、何度試しても同じ状態が続いています"),
        Ticket(3, "a\u202egpj.exe \ud800"),
    ]
    async with shown(rows) as pilot:
        painted = [table_of(pilot).render_line(y) for y in range(4)]

    assert "␛]52;c;aGk=␛\\[@click=app.quit]x[/] s" in painted[1].text
    assert [strip.cell_length for strip in painted] == [80] * 4
    assert {strip.text[strip.text.index("Claire") :] for strip in painted[1:]} == {"Claire       4h  "}
    assert "a�gpj.exe �" in painted[3].text


async def test_a_click_moves_and_a_second_opens() -> None:
    async with shown(tickets(1, 2, 3)) as pilot:
        await pilot.click(TicketTable, offset=(10, 3), times=2)

    assert said(pilot)[-2:] == [("cursor", 3), ("opened", 3)]


@pytest.mark.parametrize(
    ("width", "keys"),
    [
        (80, ["sla", "id", "summary", "caller", "age"]),
        (46, ["sla", "id", "summary", "age"]),
        (34, ["sla", "id", "summary"]),
        (10, ["sla", "id", "summary"]),
    ],
)
def test_columns_go_by_rank_when_room_is_short(width: int, keys: list[str]) -> None:
    slots = fit(COLUMNS, width)

    assert [slot.column.key for slot in slots] == keys


def test_the_subject_takes_the_slack() -> None:
    slots = fit(COLUMNS, 100)

    assert sum(slot.width for slot in slots) + 3 + 4 == 100
    assert slots[2].width == 100 - 3 - 4 - 5 - 10 - 12 - 4


async def test_columns_scroll_sideways_round_the_pinned_ones() -> None:
    async with shown(tickets(1), width=40) as pilot:
        table = table_of(pilot)
        before = lines(pilot)[0].split()

        table.action_columns_right()
        table.action_columns_right()

        assert before == ["SLA", "ID", "Summary", "Age"]
        assert lines(pilot)[0].split() == ["ID", "Caller", "Age"]
