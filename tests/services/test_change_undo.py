"""Taking back what was done to a request for change, as long as nobody built on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.services import change_undo, changes, windows
from deskterm.services.change_drafts import ChangeEdit
from tests import changes as led
from tests.changes import WINDOW
from tests.desks import one, rows

LATER = WINDOW[0] + timedelta(minutes=30), WINDOW[1] + timedelta(minutes=30)


def window(desk: Desk) -> tuple[object, ...]:
    return rows(desk, "SELECT planned_start, planned_end FROM change ORDER BY id")[0]


def test_a_moved_change_goes_back_with_its_steps(desk: Desk) -> None:
    number = led.scheduled(desk)
    before = window(desk), rows(desk, "SELECT starts_at FROM change_step ORDER BY id")
    windows.schedule(desk, number, *LATER, by="kim")

    change_undo.undo(desk, number, by="kim")

    assert (window(desk), rows(desk, "SELECT starts_at FROM change_step ORDER BY id")) == before
    assert one(desk, "SELECT count(*) FROM change_word") == 0
    assert led.kinds(desk, number)[-1] == "change.undone"


def test_an_edit_goes_back_before_the_act_before_it(desk: Desk) -> None:
    number = led.open_change(desk)
    changes.edit(desk, number, ChangeEdit(purpose="More"), by="kim")
    changes.edit(desk, number, ChangeEdit(summary="Newer firmware"), by="kim")

    kinds = [change_undo.undo(desk, number, by="kim") for _each in range(2)]

    assert kinds == ["change.edited", "change.edited"]
    assert rows(desk, "SELECT summary, purpose FROM change") == [(led.RFC["summary"], led.RFC["purpose"])]
    with pytest.raises(BadInput, match="nothing of yours"):
        change_undo.undo(desk, number, by="kim")


def test_what_somebody_else_did_is_not_taken_back(desk: Desk) -> None:
    number = led.open_change(desk)
    changes.edit(desk, number, ChangeEdit(purpose="More"), by="ivo")

    with pytest.raises(BadInput, match="nothing of yours to undo on CHG-1"):
        change_undo.undo(desk, number, by="kim")


def test_what_somebody_changed_since_stays(desk: Desk) -> None:
    number = led.open_change(desk)
    changes.edit(desk, number, ChangeEdit(purpose="More"), by="kim")
    changes.edit(desk, number, ChangeEdit(purpose="Most"), by="ivo")

    with pytest.raises(BadInput, match="has changed since"):
        change_undo.undo(desk, number, by="kim")


def test_what_was_approved_meanwhile_stays(desk: Desk) -> None:
    number = led.open_change(desk)
    changes.edit(desk, number, ChangeEdit(purpose="More"), by="kim")
    changes.submit(desk, number, by="kim")

    with pytest.raises(GateNotMet, match="has left draft"):
        change_undo.undo(desk, number, by="kim")


def test_a_first_window_is_given_up_in_draft_and_kept_once_approval_is_asked(desk: Desk) -> None:
    draft, asked = led.open_change(desk), led.assessed(desk, ci="mail-01", service="Telephony and meetings")
    unplanned = window(desk)
    windows.schedule(desk, draft, *WINDOW, by="kim")
    windows.schedule(desk, asked, *WINDOW, by="kim")

    change_undo.undo(desk, draft, by="kim")

    assert window(desk) == unplanned
    with pytest.raises(GateNotMet, match="keeps a window once its approval is asked"):
        change_undo.undo(desk, asked, by="kim")


def test_a_place_that_was_taken_meanwhile_is_not_given_back(desk: Desk) -> None:
    number = led.scheduled(desk)
    windows.schedule(desk, number, WINDOW[0] + timedelta(days=1), WINDOW[1] + timedelta(days=1), by="kim")
    led.scheduled(desk)

    with pytest.raises(GateNotMet, match="can't be put there"):
        change_undo.undo(desk, number, by="kim")
