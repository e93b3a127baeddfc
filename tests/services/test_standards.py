"""What a new version of the standard does to a desk at work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadStandard
from deskterm.domain.ticket import Level
from deskterm.reads import catalogue
from deskterm.services import clocks, standards, windows
from deskterm.standard.load import shipped
from tests.desks import one, open_ticket, rows

LATER = shipped().replace('["08:00-18:00"]', '["10:00-18:00"]')


def due(desk: Desk) -> object:
    return one(desk, "SELECT due_at FROM clock WHERE ticket_id = 1 AND target = 'resolution'")


def test_a_calendar_change_counts_open_clocks_anew_and_a_rebuild_agrees(desk: Desk) -> None:
    open_ticket(desk, impact=Level.MEDIUM, urgency=Level.MEDIUM)
    before = due(desk)

    version = standards.apply(desk, LATER, by="ada")

    assert version == 2
    assert due(desk) != before
    assert rows(desk, "SELECT data FROM event WHERE kind = 'clocks.recounted'") == [
        ('{"changed":3,"tickets":1}',)
    ]
    assert clocks.rebuild_chunk(desk, 0, by="ada") == (None, [])


def test_a_ticket_keeps_the_policies_that_it_was_given(desk: Desk, clock: StoppedClock) -> None:
    open_ticket(desk, impact=Level.HIGH, urgency=Level.HIGH)
    before = due(desk)

    standards.apply(desk, shipped().replace('resolution = "4h"', 'resolution = "2h"'), by="ada")
    clock.advance(timedelta(minutes=1))
    open_ticket(desk, impact=Level.HIGH, urgency=Level.HIGH)

    assert due(desk) == before
    spans = rows(desk, "SELECT span_seconds FROM clock WHERE target = 'resolution' ORDER BY ticket_id")
    assert spans == [(14400,), (7200,)]


def test_a_standard_with_errors_changes_nothing(desk: Desk) -> None:
    with pytest.raises(BadStandard) as refusal:
        standards.apply(desk, shipped().replace('calendar = "office"', 'calendar = "ofice"'), by="ada")

    assert all(problem.startswith("line ") for problem in refusal.value.problems)
    assert one(desk, "SELECT count(*) FROM standard_version") == 1


def test_leads_whom_the_desk_does_not_know_are_named(desk: Desk) -> None:
    text = shipped().replace('lead = "osei"', 'lead = "nobody"')

    assert standards.strangers(desk, shipped()) == []
    assert standards.strangers(desk, text) == ["nobody"]


def test_what_items_depend_on_comes_with_the_standard_and_stays(desk: Desk) -> None:
    text = shipped().replace('service = "Network"', 'service = "Network"\ndepends_on = "mail-01"')
    windows.relate(desk, "vpn-gw-01", "file-01", by="chen")
    version = standards.apply(desk, text, by="ada")

    standards.apply(desk, text.replace('\ndepends_on = "mail-01"', ""), by="ada")

    found = {row.name: row.depends_on for row in catalogue.items(desk, by="dana")}
    assert version == 2
    assert found["core-sw-01"] == ("mail-01",)
    assert found["vpn-gw-01"] == ("core-sw-01", "file-01")
