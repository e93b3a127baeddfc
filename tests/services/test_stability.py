"""Stability: incidents that come up while a change proves stable, judged, linked, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeStatus, Outcome
from deskterm.domain.errors import GateNotMet
from deskterm.domain.ticket import LinkKind
from deskterm.reads import change
from deskterm.reads import changes as reads
from deskterm.services import links, stability, sweep, undo
from tests.changes import WINDOW, begun, carry_out, close, kinds, reviewed, status, verify
from tests.desks import one, open_ticket, rows

DAY = timedelta(days=1)


def caused(desk: Desk, clock: StoppedClock) -> float | timedelta | None:
    """Return the key figure of incidents that changes caused."""
    found = reads.key_figures(desk, WINDOW[0] - DAY, clock.now() + DAY, by="audrey")
    return next(each.value for each in found if each.key == "incidents_caused")


def blame(desk: Desk, number: str) -> str:
    """Open a ticket that is no news on what the change altered, and link it as caused by it."""
    ticket = open_ticket(desk)
    links.link(desk, ticket, LinkKind.CAUSED_BY, number, by="dana")
    return ticket


def restrict(desk: Desk, team: str) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE team SET restricted = true WHERE key = '{team}'")


def test_an_incident_that_nobody_has_judged_holds_the_closing_up(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    clock.advance(DAY)
    ticket = open_ticket(desk, ci="file-01")
    clock.advance(2 * DAY)

    with pytest.raises(GateNotMet, match=f"New on what {number} altered: {ticket}"):
        stability.close(desk, number, by="kim")
    stability.judge(desk, number, ticket, caused=False, note="a broken cable", by="kim")
    stability.close(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.CLOSED


def test_an_incident_that_one_may_not_see_holds_a_gate_all_the_same(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    restrict(desk, "identity")
    ticket = open_ticket(desk, ci="file-01", team="identity", by="ada")
    carry_out(desk, number)

    with pytest.raises(GateNotMet, match="in a restricted team: 1") as refusal:
        verify(desk, number)
    missing = change.record(desk, number, by="kim").missing
    stability.judge(desk, number, ticket, caused=True, by="ada")
    stability.verified(desk, number, by="kim")

    assert ticket not in str(refusal.value)
    assert str(refusal.value) == missing
    with pytest.raises(GateNotMet, match="with issues"):
        stability.review(desk, number, Outcome.SUCCESSFUL, lessons="none", by="chen")


def test_a_success_that_caused_an_incident_is_one_with_issues(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)

    blame(desk, number)

    assert one(desk, "SELECT outcome FROM change") == Outcome.WITH_ISSUES
    [(data,)] = rows(desk, "SELECT data FROM event WHERE kind = 'change.incident_linked'")
    assert '"outcome":["successful","with_issues"]' in data


def test_a_review_that_corrects_another_does_not_begin_stability_anew(
    desk: Desk, clock: StoppedClock
) -> None:
    number = reviewed(desk, clock)
    clock.advance(2 * DAY)

    stability.review(desk, number, Outcome.WITH_ISSUES, lessons="Slow at first", by="chen")
    clock.advance(DAY)
    stability.close(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.CLOSED


def test_a_link_that_is_taken_back_gives_the_time_of_stability_back(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    until = one(desk, "SELECT stable_until FROM change")
    clock.advance(DAY)
    ticket = blame(desk, number)
    restarted = one(desk, "SELECT stable_until FROM change")

    links.unlink(desk, ticket, LinkKind.CAUSED_BY, number, by="dana")

    assert restarted != until
    assert one(desk, "SELECT stable_until FROM change") == until
    assert kinds(desk, number)[-1] == "change.incident_unlinked"
    assert caused(desk, clock) == 0
    clock.advance(2 * DAY)
    sweep.sweep(desk)
    assert kinds(desk, number)[-1] == "change.close_proposed"


def test_stability_that_was_over_long_ago_is_over_now(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    clock.advance(2 * DAY)
    ticket = blame(desk, number)
    clock.advance(2 * DAY)
    sweep.sweep(desk)

    links.unlink(desk, ticket, LinkKind.CAUSED_BY, number, by="dana")
    sweep.sweep(desk)

    assert kinds(desk, number)[-1] == "change.close_proposed"
    stability.close(desk, number, by="kim")


def test_two_links_hold_stability_until_the_later_is_taken_back(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    clock.advance(DAY)
    blame(desk, number)
    first = one(desk, "SELECT stable_until FROM change")
    clock.advance(DAY)
    later = blame(desk, number)

    links.unlink(desk, later, LinkKind.CAUSED_BY, number, by="dana")

    assert one(desk, "SELECT stable_until FROM change") == first


def test_a_link_that_is_undone_counts_no_more_and_done_again_it_does(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    blame(desk, number)
    act = one(desk, "SELECT max(id) FROM event WHERE kind = 'ticket.linked'")

    undone = undo.undo(desk, act, by="dana")
    without = caused(desk, clock)
    undo.undo(desk, undone.batch, by="dana")

    assert (without, caused(desk, clock)) == (0, 1)


def test_an_incident_found_after_closing_counts(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    close(desk, clock, number)

    ticket = blame(desk, number)

    assert caused(desk, clock) == 1
    assert status(desk, number) is ChangeStatus.CLOSED
    links.unlink(desk, ticket, LinkKind.CAUSED_BY, number, by="dana")
    assert caused(desk, clock) == 0


def test_a_judgement_that_is_taken_back_takes_its_link_back(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    ticket = open_ticket(desk, ci="file-01")
    stability.judge(desk, number, ticket, caused=True, by="kim")

    stability.judge(desk, number, ticket, caused=False, note="a broken cable", by="kim")

    assert rows(desk, "SELECT source FROM link") == []
    assert caused(desk, clock) == 0


def test_a_link_that_is_taken_back_leaves_the_incident_to_be_judged(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    ticket = open_ticket(desk, ci="file-01")
    links.link(desk, ticket, LinkKind.CAUSED_BY, number, by="dana")
    carry_out(desk, number)

    links.unlink(desk, ticket, LinkKind.CAUSED_BY, number, by="dana")

    with pytest.raises(GateNotMet, match=f"altered: {ticket}"):
        verify(desk, number)
