"""Whatever happens to a terminal between two frames, what it shows afterwards is what the console means."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from textual.events import Resize
from textual.geometry import Size

from deskterm.clock import StoppedClock
from tests.emulator import Emulator
from tests.security.recorded import calm, hit, recorded
from tests.ui.lively import TUESDAY, lively_desk
from tests.ui.test_painting import meant

GARBAGE = "\x1b[m" + "".join(
    f"\x1b[{line};1H\x1b[31mwall: the machine 打印机 halts" for line in (1, 3, 8, 20)
)
SIZES = ((100, 30), (80, 24), (61, 21), (140, 40), (80, 24))


@pytest.mark.parametrize("bce", [True, False])
async def test_a_redraw_repairs_what_another_program_wrote(
    tmp_path: Path, bce: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskterm.ui.painting.erases_in_colour", lambda: bce)
    with closing(lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", StoppedClock(TUESDAY))) as desk:
        async with recorded(desk) as (app, pilot):
            emulator = Emulator(80, 24, erases_in_colour=bce)
            emulator.feed(app.taken() + GARBAGE)
            spoilt = emulator.seen() != meant(app, (80, 24))

            await hit(pilot, "ctrl+l")
            emulator.feed(app.taken())

            assert spoilt
            assert emulator.seen() == meant(app, (80, 24))


@pytest.mark.parametrize("bce", [True, False])
async def test_another_size_is_painted_whole_though_the_terminal_moved_its_lines(
    tmp_path: Path, bce: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskterm.ui.painting.erases_in_colour", lambda: bce)
    differing: list[object] = []
    with closing(lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", StoppedClock(TUESDAY))) as desk:
        async with recorded(desk) as (app, pilot):
            for size in SIZES:
                await hit(pilot, "j")
                app.taken()
                emulator = Emulator(*size, erases_in_colour=bce)
                emulator.feed(GARBAGE)
                await pilot.resize_terminal(*size)
                await calm(pilot)
                emulator.feed(app.taken())
                if emulator.seen() != meant(app, size):
                    differing.append(size)
                for key in ("j", "j", "k", "G", "g", "g"):
                    await hit(pilot, key)
                    emulator.feed(app.taken())
                    if emulator.seen() != meant(app, size):
                        differing.append((*size, key))

    assert differing == []


@pytest.mark.parametrize("told", [((61, 21), (80, 24)), ((80, 24),)], ids=["twice", "once, of the last"])
async def test_a_terminal_that_had_another_size_for_a_moment_is_painted_whole(
    tmp_path: Path, told: tuple[tuple[int, int], ...]
) -> None:
    with closing(lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", StoppedClock(TUESDAY))) as desk:
        async with recorded(desk) as (app, pilot):
            app.taken()
            emulator = Emulator(80, 24, erases_in_colour=True)
            emulator.feed(GARBAGE)
            for width, height in told:
                app.post_message(Resize(Size(width, height), Size(width, height)))
            await calm(pilot)
            emulator.feed(app.taken())

            assert emulator.seen() == meant(app, (80, 24))


@pytest.mark.parametrize("bce", [True, False])
async def test_rows_that_scroll_under_toasts_and_dialogs_leave_nothing_behind(
    tmp_path: Path, bce: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskterm.ui.painting.erases_in_colour", lambda: bce)
    size = (70, 20)
    differing: list[object] = []
    with closing(lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", StoppedClock(TUESDAY))) as desk:
        async with recorded(desk, size=size) as (app, pilot):
            emulator = Emulator(*size, erases_in_colour=bce)
            await hit(pilot, "0", "w", "w", "w")
            emulator.feed(app.taken())
            for at, key in enumerate(["j"] * 12 + ["k"] * 12 + ["question_mark", "escape"] + ["j"] * 6):
                if at in (2, 8, 15):
                    app.announce(f"INC-{at} 打印机 on fire", urgent=True)
                await hit(pilot, key)
                emulator.feed(app.taken())
                if emulator.seen() != meant(app, size):
                    differing.append((at, key))
                if at % 5 == 4:
                    app.clear_notifications()
                    await calm(pilot)

    assert differing == []
