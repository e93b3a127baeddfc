"""One picture for each state of a ticket, of a triage run and of the questions in front of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.ticket import Level, LinkKind, Resolution
from deskterm.reads import ticket
from deskterm.services import conversation, intake, links, progress, tickets
from deskterm.services.drafts import CallerDraft, Edit, NewTicket
from deskterm.ui.app import DeskApp
from tests.ui.console import press, settle, type_text
from tests.ui.lively import HOSTILE, TUESDAY
from tests.ui.test_looks import COLOURS, SIZES, SMALL, SnapCompare, pressing


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    """The lively desk, with everything on INC-4 that a page of a ticket can show."""
    file = tmp_path / "desk.db"
    shutil.copy(template, file)
    desk = Desk.open(f"sqlite:///{file}", clock=StoppedClock(TUESDAY))
    links.link(desk, "INC-4", LinkKind.RELATED, "INC-8", by="dana")
    tickets.tag(desk, "INC-4", ("vpn", "lyon"), by="dana")
    tickets.add_task(desk, "INC-4", HOSTILE, by="dana", assignee="ivo")
    tickets.classify(desk, "INC-4", Edit(urgency=Level.MEDIUM), by="ivo")
    conversation.note(desk, "INC-4", "PID   USER\n  1   root", evidence=True, by="ivo")
    conversation.reply(desk, "INC-4", "Never mind", by="dana")
    waiting = ticket.timeline(desk, "INC-4", by="dana")[-1].outgoing_id
    assert waiting is not None
    conversation.recall(desk, waiting, by="dana")
    draft = NewTicket(
        caller=CallerDraft(name="Mia Moor"), summary="Badge reader B1 offline", category="Network / LAN"
    )
    solved = intake.open_ticket(desk, draft, by="kim")
    tickets.take(desk, solved, by="kim")
    progress.resolve(desk, solved, Resolution.FIXED, "The switch had no power.", by="kim")
    yield desk
    desk.close()


def app(desk: Desk, **environ: str) -> DeskApp:
    return DeskApp(desk, "dana", environ=environ or COLOURS)


@SIZES
@pytest.mark.parametrize("digit", "1235")
def test_a_page(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int], digit: str) -> None:
    assert snap_compare(app(desk), terminal_size=size, run_before=pressing("j", "enter", digit))


def test_a_timeline_without_colour(desk: Desk, snap_compare: SnapCompare) -> None:
    assert snap_compare(app(desk, NO_COLOR="1"), terminal_size=SMALL, run_before=pressing("j", "enter"))


@SIZES
def test_a_triage_run(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(desk), terminal_size=size, run_before=pressing("T"))


@SIZES
@pytest.mark.parametrize(
    "keys",
    [("e",), ("m",), ("M",), ("D",), ("number_sign",), ("ampersand",)],
    ids=["edit", "macro", "merge", "tasks", "tags", "link"],
)
def test_what_is_asked(
    desk: Desk, snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    assert snap_compare(app(desk), terminal_size=size, run_before=pressing("j", "enter", *keys))


def test_a_collision(desk: Desk, snap_compare: SnapCompare) -> None:
    console = app(desk)

    async def collide(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "j", "enter", "d", "tab")
        await type_text(pilot, "Rolled back")
        tickets.classify(desk, "INC-4", Edit(impact=Level.LOW), by="ivo")
        console.poke()
        await pilot.pause(0.6)
        await settle(pilot)
        await press(pilot, "ctrl+s")

    assert snap_compare(console, terminal_size=SMALL, run_before=collide)


@SIZES
def test_a_call_that_was_not_finished(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "c")
        await type_text(pilot, "cla")
        await press(pilot, "enter")
        await type_text(pilot, "Headset")
        await press(pilot, "enter")
        await type_text(pilot, "acc")
        await press(pilot, "enter", "escape", "c")

    assert snap_compare(app(desk), terminal_size=size, run_before=run)


@SIZES
def test_a_call_like_an_open_ticket(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    run = pressing("c", "tab", text="VPN down for Lyon")

    assert snap_compare(app(desk), terminal_size=size, run_before=run)
