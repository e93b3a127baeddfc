"""The idle lock blanks the screen, keeps the draft, and lets only the passphrase back."""

from __future__ import annotations

from textual.widgets import TextArea

from deskterm.desk import Desk
from deskterm.domain.passphrase import kept
from deskterm.ui.app import DeskApp
from deskterm.ui.locking import Limits
from tests.security.recorded import recorded
from tests.ui.console import console, press, settle, shown, type_text

PASSPHRASE = kept("open sesame", bytes(16))


def locking(desk: Desk, **limits: object) -> DeskApp:
    return DeskApp(desk, "dana", limits=Limits(**limits), environ={"COLORTERM": "truecolor"})  # type: ignore[arg-type]  # fields by name


async def test_a_locked_screen_shows_nothing_of_the_desk(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "g", "L")
        locked = shown(pilot)
        await press(pilot, "enter")

        assert locked.split() == ["Locked.", "Enter", "comes", "back."]
        assert "QUEUE" in shown(pilot)


async def test_no_toast_lies_over_a_locked_screen(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "g", "L")
        pilot.app.announce("INC-5 breached", urgent=True)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)

        assert "INC-5" not in shown(pilot)


async def test_only_the_passphrase_comes_back(desk: Desk) -> None:
    async with locking(desk, unlock=PASSPHRASE).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "g", "L")
        await type_text(pilot, "guess")
        await press(pilot, "enter")
        refused = shown(pilot)
        await type_text(pilot, "open sesame")
        assert "sesame" not in shown(pilot)
        await press(pilot, "enter")

        assert "That is not it." in refused
        assert "QUEUE" in shown(pilot)


async def test_what_is_being_typed_is_kept_when_the_time_is_up(desk: Desk) -> None:
    app = locking(desk, lock_minutes=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "r")
        await type_text(pilot, "half a sen")
        app.idle_lock._touched -= 301
        await app.idle_lock.look()
        await settle(pilot)
        assert "half" not in shown(pilot)
        await press(pilot, "enter")

        assert app.screen.query_one(TextArea).text.endswith("half a sen")


async def test_a_key_puts_the_lock_off(desk: Desk) -> None:
    app = locking(desk, lock_minutes=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.idle_lock._touched -= 301
        await press(pilot, "j")
        await app.idle_lock.look()

        assert not app.idle_lock.is_locked


async def test_a_console_that_stays_locked_is_left(desk: Desk) -> None:
    app = locking(desk, lock_minutes=5, leave_minutes=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await app.idle_lock.lock()
        app.idle_lock._touched -= 301
        await app.idle_lock.look()

        assert app._exit


async def test_the_title_names_the_place_and_nothing_else(desk: Desk) -> None:
    async with recorded(desk) as (app, pilot):
        app.open_ticket("INC-5")
        await settle(pilot)
        opened = app.taken()
        await press(pilot, "g", "L")

        assert "\x1b]2;deskterm INC-5\x1b\\" in opened
        assert "\x1b]2;deskterm locked\x1b\\" in app.taken()


async def test_the_title_says_no_more_than_that_it_is_locked_until_somebody_comes_back(desk: Desk) -> None:
    async with recorded(desk) as (app, pilot):
        app.open_ticket("INC-5")
        await settle(pilot)
        await press(pilot, "g", "L")
        app.taken()

        app.refresh_header()
        await settle(pilot)
        while_locked = app.taken()
        await press(pilot, "enter")

        assert "INC-5" not in while_locked
        assert "\x1b]2;deskterm INC-5\x1b\\" in app.taken()


async def test_with_ascii_glyphs_no_line_is_drawn_with_anything_else(desk: Desk) -> None:
    app = DeskApp(desk, "dana", is_ascii=True, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        await press(pilot, "0", "enter")
        painted = [
            segment.text
            for line in app.screen._compositor.render_strips()
            for segment in line.apply_filter(app.get_line_filters()[-1], app.screen.background_colors[1])
        ]

    drawn = {sign for text in painted for sign in text if "\u2010" <= sign <= "\u27ff"}
    assert drawn == set()
