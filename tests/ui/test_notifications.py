"""What happens by itself reaches whoever sits here: toast, bell, header, the row, the notification centre."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.desk import Desk, Transaction
from deskterm.domain.people import SYSTEM
from deskterm.reads import notifications as reads
from deskterm.services import journal
from deskterm.services.sweep import sweep
from deskterm.storage.tables import Notification
from deskterm.ui import crash
from deskterm.ui.app import DeskApp
from deskterm.ui.terminal import Terminal
from tests.ui.console import console, press, settle, shown, type_text

HOURS = timedelta(hours=6)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often the terminal rings."""
    rings: list[str] = []
    monkeypatch.setattr(Terminal, "bell", lambda _terminal: rings.append("ring"))
    return rings


async def breach(pilot: Pilot[None], desk: Desk, clock: StoppedClock) -> None:
    """Let targets be missed, as somebody else's sweep finds."""
    clock.advance(HOURS)
    sweep(desk)
    assert isinstance(pilot.app, DeskApp)
    pilot.app.poke()
    await pilot.pause(0.5)
    await settle(pilot)


async def test_a_breach_shows_a_toast_and_rings(desk: Desk, clock: StoppedClock, rung: list[str]) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await breach(pilot, desk, clock)

        told = [toast.message for toast in pilot.app._notifications]
        assert any(text.startswith("INC-") and "100 %" in text for text in told)
        assert rung


def tell(desk: Desk, *told: tuple[str, bool]) -> None:
    """Tell dana of things about one ticket: kinds, and whether they are urgent, the oldest first."""

    def work(tx: Transaction) -> None:
        ticket = tx.take("INC-4")
        for kind, urgent in told:
            tx.record("ticket", 4, kind)
            journal.tell(tx, ticket, kind, ["dana"], urgent=urgent, target="resolution", threshold=75)

    desk.transact(SYSTEM, work)


async def toasts(pilot: Pilot[None]) -> list[str]:
    """Return what toasts say, the newest last, once the news have come."""
    assert isinstance(pilot.app, DeskApp)
    pilot.app.poke()
    await pilot.pause(0.5)
    return [toast.message for toast in pilot.app._notifications]


@pytest.mark.parametrize("kind", ["alert.fired", "alert.passed_on"])
async def test_an_alert_that_is_not_urgent_shows_a_toast_and_does_not_ring(
    desk: Desk, rung: list[str], kind: str
) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        tell(desk, (kind, False))
        (toast,) = await toasts(pilot)

        assert toast.startswith("INC-4 alert")
        assert toast.endswith("  Resolve  75 %\nVPN down for Lyon site (47 users)")
        assert not rung


async def test_what_is_neither_alert_nor_urgent_is_counted_and_makes_no_toast(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        assert isinstance(pilot.app, DeskApp)
        before = pilot.app.unread
        tell(desk, ("ticket.noted", False))

        assert await toasts(pilot) == []
        assert pilot.app.unread == before + 1


async def test_an_urgent_one_is_shown_however_many_others_came_after_it(desk: Desk, rung: list[str]) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        tell(desk, ("ticket.passed_up", True), *[("alert.fired", False)] * 4, *[("ticket.noted", False)] * 3)
        shown_first, *others = await toasts(pilot)

        assert shown_first.startswith("INC-4 no longer yours")
        assert [toast.startswith("INC-4 alert") for toast in others] == [True, True, False]
        assert others[-1] == "2 more in the notifications"
        assert rung == ["ring"]


async def test_a_flood_leaves_the_screen_readable_and_lets_an_urgent_one_through(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        for _ in range(3):
            tell(desk, ("alert.fired", False), ("alert.fired", False))
            await toasts(pilot)
        tell(desk, ("ticket.passed_up", True))

        told = [toast.partition("  ")[0] for toast in await toasts(pilot)]
        assert told == ["INC-4 alert"] * 3 + [
            "1 more in the notifications",
            "INC-4 no longer yours, it went to the next tier",
        ]


async def test_what_is_committed_after_newer_ones_makes_its_toast_too(desk: Desk) -> None:
    def notify(id_: int, threshold: int) -> None:
        def work(tx: Transaction) -> None:
            tx.record("ticket", 4, "alert.fired")
            details = json.dumps({"threshold": threshold})
            row = Notification(
                id=id_, login="dana", ticket_id=4, kind="alert.fired", details=details, at=tx.now
            )
            tx.session.add(row)

        desk.transact(SYSTEM, work)

    async with console(desk, size=(160, 45)) as pilot:
        notify(1001, 75)
        await toasts(pilot)
        notify(1000, 50)

        assert [re.findall(r"\d+ %", toast) for toast in await toasts(pilot)] == [["75 %"], ["50 %"]]


async def test_whoever_loses_a_ticket_to_the_next_tier_sees_it_at_once(
    desk: Desk, clock: StoppedClock, rung: list[str]
) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await breach(pilot, desk, clock)

        assert any(toast.startswith("INC-4 no longer yours") for toast in await toasts(pilot))


async def test_whoever_wants_no_bell_hears_none(desk: Desk, clock: StoppedClock, rung: list[str]) -> None:
    app = DeskApp(desk, "dana", bell=False, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await app.ready.wait()
        await settle(pilot)
        await breach(pilot, desk, clock)

        assert app._notifications
        assert not rung


@pytest.mark.parametrize(
    ("told", "priority", "rings"),
    [
        (("alert.fired", True), 3, 1),
        (("alert.fired", False), 1, 0),
        (("ticket.escalated", True), 3, 0),
        (("ticket.escalated", True), 1, 1),
        (("ticket.noted", False), 1, 0),
    ],
)
async def test_whoever_wants_it_hears_only_of_breaches_and_the_first_priority(
    desk: Desk, rung: list[str], told: tuple[str, bool], priority: int, rings: int
) -> None:
    desk.transact(SYSTEM, lambda tx: setattr(tx.take("INC-4"), "priority", priority))
    app = DeskApp(desk, "dana", bell="breach", environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await app.ready.wait()
        await settle(pilot)

        tell(desk, told)
        app.poke()
        await pilot.pause(0.5)
        await settle(pilot)

    assert len(rung) == rings


async def test_the_row_of_a_breached_ticket_changes_by_itself(desk: Desk, clock: StoppedClock) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        before = shown(pilot)
        await breach(pilot, desk, clock)

        row = next(line for line in shown(pilot).splitlines() if "VPN down for Lyon" in line)
        assert row not in before
        assert "!!" in row


async def test_the_centre_lists_what_happened_and_a_acknowledges_it(desk: Desk, clock: StoppedClock) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await breach(pilot, desk, clock)
        await press(pilot, "g", "n")
        alert = next(row for row in reads.unread(desk, by="dana") if row.alert_id is not None)
        while pilot.app.screen._chosen[0].id != alert.id:  # type: ignore[attr-defined]  # a NotificationsScreen
            await press(pilot, "j")
        await press(pilot, "a")

        assert f"Alert on {alert.number} acknowledged" in shown(pilot)
        with desk.engine.connect() as connection:
            heard = connection.exec_driver_sql(
                "SELECT acknowledged_by FROM alert WHERE id = ?", (alert.alert_id,)
            ).scalar_one()
        assert heard == "dana"


async def test_what_is_no_alert_cannot_be_acknowledged(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "g", "n", "G", "a")

        assert "That is no alert." in shown(pilot)


async def test_opening_a_notification_reads_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        before = len(reads.unread(desk, by="dana"))
        await press(pilot, "g", "n", "enter")

        assert len(reads.unread(desk, by="dana")) < before
        await press(pilot, "q")
        await press(pilot, "V")
        assert "Nothing unread." in shown(pilot)


def test_a_bug_is_written_down_for_its_owner_alone(tmp_path: Path) -> None:
    try:
        raise RuntimeError("a \udcff surrogate")
    except RuntimeError as error:
        name = crash.report(error, tmp_path / "crashes")

    file = tmp_path / "crashes" / f"{name}.txt"
    assert "RuntimeError" in file.read_text()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_a_bug_is_named_and_the_console_goes_on(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(DeskApp, "is_headless", property(lambda _app: False))
    async with console(desk, size=(160, 45)) as pilot:
        monkeypatch.setattr(pilot.app.screen, "action_move", lambda _how: 1 / 0)
        await press(pilot, "j")
        reports = list(tmp_path.rglob("*.txt"))

        assert len(reports) == 1
        assert any(reports[0].stem in toast.message for toast in pilot.app._notifications)
        await press(pilot, "g", "n")
        assert "NOTIFICATIONS" in shown(pilot)


async def test_a_filter_takes_the_notifications_of_its_tickets(desk: Desk) -> None:
    tell(desk, ("ticket.replied", False))
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "n", "slash")
        await type_text(pilot, "-INC-4")
        await pilot.pause(0.3)
        without = shown(pilot)
        await press(pilot, "escape")
        back = shown(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "prioo:1")
        await pilot.pause(0.3)
        refused = shown(pilot)
        await press(pilot, "escape")

    assert "INC-4 " not in without
    assert "INC-4 " in back
    assert "There is no field prioo: did you mean prio?" in refused


async def test_where_a_filter_takes_nothing_it_says_so_and_escape_takes_it_back(desk: Desk) -> None:
    tell(desk, ("ticket.replied", False))
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "n", "slash")
        await type_text(pilot, "summary:zebra")
        await press(pilot, "enter")
        empty = shown(pilot)
        await press(pilot, "escape")

        assert "Nothing unread on what the filter takes." in empty
        assert "INC-4" in shown(pilot)
