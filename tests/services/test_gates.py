"""Every gate of a ticket's states refuses once, with the sentence that says what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, Conflict, DeskError, GateNotMet, IllegalMove, NotAllowed
from deskterm.domain.ticket import Channel, HoldReason, Kind, Level, LinkKind, Resolution, Status
from deskterm.reads import people as reads
from deskterm.services import conversation, escalation, intake, links, people, progress, tickets
from deskterm.services.drafts import CallerDraft, Edit, NewTicket
from tests.desks import kinds, one, open_p1, open_ticket, rows

DAY = timedelta(days=1)


def status(desk: Desk, number: str) -> str:
    return str(one(desk, "SELECT status FROM ticket WHERE id = :k", k=int(number.split("-")[1])))


def test_a_ticket_needs_a_caller_unless_a_machine_reports_it(desk: Desk) -> None:
    with pytest.raises(GateNotMet, match="needs a caller") as refusal:
        open_ticket(desk, caller=None)
    assert refusal.value.field == "caller"

    assert open_ticket(desk, caller=None, channel=Channel.MONITORING) == "INC-1"


def test_a_ticket_needs_a_summary(desk: Desk) -> None:
    with pytest.raises(GateNotMet, match="needs a summary"):
        open_ticket(desk, summary=" \u200b ")


@pytest.mark.parametrize(
    ("reason", "given", "field"),
    [
        (HoldReason.CALLER, {}, "message"),
        (HoldReason.PROBLEM, {}, "link"),
        (HoldReason.CHANGE, {"message": "we wait"}, "link"),
    ],
)
def test_holding_asks_for_what_the_reason_needs(
    desk: Desk, clock: StoppedClock, reason: HoldReason, given: dict[str, Any], field: str
) -> None:
    number = open_ticket(desk)

    with pytest.raises(GateNotMet) as refusal:
        progress.hold(desk, number, reason, review_at=clock.now() + DAY, **given, by="dana")

    assert refusal.value.field == field
    assert status(desk, number) == "new"


@pytest.mark.parametrize("days", [None, 0, -1])
def test_holding_needs_a_review_date_ahead(desk: Desk, clock: StoppedClock, days: int | None) -> None:
    number = open_ticket(desk)
    review_at = None if days is None else clock.now() + days * DAY

    with pytest.raises(GateNotMet, match="review date ahead"):
        progress.hold(desk, number, HoldReason.VENDOR, review_at=review_at, by="dana")


def test_resolving_needs_a_closing_summary(desk: Desk) -> None:
    number = open_ticket(desk)

    with pytest.raises(GateNotMet, match="say how service was restored") as refusal:
        progress.resolve(desk, number, Resolution.FIXED, "  ", by="dana")

    assert refusal.value.field == "closing_summary"


def test_resolving_waits_for_the_last_task(desk: Desk) -> None:
    number = open_ticket(desk)
    task = tickets.add_task(desk, number, "Swap the cable", by="dana")
    with pytest.raises(GateNotMet, match=r"open tasks \(1\)"):
        progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")

    tickets.finish_task(desk, number, task, by="dana")
    progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")

    assert status(desk, number) == "resolved"


def test_a_child_that_refuses_blocks_its_parent_and_is_named(desk: Desk) -> None:
    parent, child = open_ticket(desk), open_ticket(desk)
    links.link(desk, child, LinkKind.CHILD_OF, parent, by="dana")
    tickets.add_task(desk, child, "Swap the cable", by="dana")

    with pytest.raises(GateNotMet, match="INC-2 has open tasks"):
        progress.resolve(desk, parent, Resolution.FIXED, "new cable", by="dana")

    assert (status(desk, parent), status(desk, child)) == ("new", "new")


def test_taking_holding_and_resolving_a_parent_go_down_to_its_children(
    desk: Desk, clock: StoppedClock
) -> None:
    parent, child = open_ticket(desk), open_ticket(desk)
    links.link(desk, child, LinkKind.CHILD_OF, parent, by="dana")

    tickets.take(desk, parent, by="dana")
    taken = status(desk, child)
    progress.hold(desk, parent, HoldReason.VENDOR, review_at=clock.now() + DAY, by="dana")
    held = status(desk, child)
    progress.resolve(desk, parent, Resolution.FIXED, "new firmware", by="dana")

    assert (taken, held, status(desk, child)) == ("in_progress", "on_hold", "resolved")


def test_only_a_lead_closes_without_the_callers_word(desk: Desk) -> None:
    number = open_ticket(desk, caller=None, channel=Channel.MONITORING)
    progress.resolve(desk, number, Resolution.BY_ITSELF, "load fell", by="dana")
    with pytest.raises(NotAllowed, match="only a lead"):
        progress.confirm(desk, number, "graph is flat", by="dana")

    progress.confirm(desk, number, "graph is flat", by="osei")

    assert rows(desk, "SELECT kind, by FROM event ORDER BY id DESC LIMIT 1") == [("ticket.closed", "osei")]


def test_confirming_needs_the_words_and_a_resolved_ticket(desk: Desk) -> None:
    number = open_ticket(desk)
    with pytest.raises(IllegalMove, match="INC-1 is new"):
        progress.confirm(desk, number, "works again", by="dana")
    progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")

    with pytest.raises(GateNotMet, match="in which words"):
        progress.confirm(desk, number, "", by="dana")


def test_closed_is_final_and_later_mail_opens_a_ticket_that_follows(desk: Desk) -> None:
    number = open_ticket(desk)
    progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")
    progress.confirm(desk, number, "works again", by="dana")
    for act in (
        lambda: conversation.reply(desk, number, "hello", by="dana"),
        lambda: tickets.take(desk, number, by="dana"),
        lambda: progress.reopen(desk, number, "broken again", by="dana"),
        lambda: progress.cancel(desk, number, "no", by="dana"),
        lambda: tickets.set_fields(desk, number, Edit(extent=4), by="dana"),
    ):
        with pytest.raises(IllegalMove):
            act()

    follower = intake.receive_message(desk, number, "broken again", by="dana")

    assert follower == "INC-2"
    assert rows(desk, "SELECT source, kind, target FROM link") == [("INC-2", "follows", "INC-1")]


def _at(desk: Desk, clock: StoppedClock, state: Status) -> str:
    """Return a ticket in a state."""
    if state is Status.AWAITING_APPROVAL:
        return open_ticket(desk, kind=Kind.REQUEST, category="Access / Permissions")
    number = open_ticket(desk)
    if state is Status.IN_PROGRESS:
        tickets.take(desk, number, by="dana")
    elif state is Status.ON_HOLD:
        progress.hold(desk, number, HoldReason.VENDOR, review_at=clock.now() + DAY, by="dana")
    elif state is Status.CANCELLED:
        progress.cancel(desk, number, "by mistake", by="dana")
    elif state is Status.MERGED:
        links.merge(desk, number, open_ticket(desk), by="dana")
    elif state in (Status.RESOLVED, Status.CLOSED):
        progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")
    if state is Status.CLOSED:
        progress.confirm(desk, number, "works again", by="dana")
    return number


@pytest.mark.parametrize("state", [state for state in Status if state is not Status.RESOLVED])
def test_only_a_resolved_ticket_can_be_reopened(desk: Desk, clock: StoppedClock, state: Status) -> None:
    number = _at(desk, clock, state)
    held = "SELECT status, hold_reason, review_at, assignee, reopen_count FROM ticket WHERE id = 1"
    before = rows(desk, held)

    with pytest.raises(IllegalMove, match="only what is resolved can be reopened"):
        progress.reopen(desk, number, "broken again", by="dana")

    assert before == rows(desk, held)


def test_a_reopened_ticket_that_was_nobodys_is_its_reopeners(desk: Desk, clock: StoppedClock) -> None:
    number = _at(desk, clock, Status.RESOLVED)

    progress.reopen(desk, number, "broken again", by="dana")

    assert rows(desk, "SELECT status, assignee, reopen_count FROM ticket") == [("in_progress", "dana", 1)]


def test_reopening_and_cancelling_and_escalating_need_a_reason(desk: Desk) -> None:
    number = open_ticket(desk)
    with pytest.raises(GateNotMet, match="why INC-1 is cancelled"):
        progress.cancel(desk, number, " ", by="dana")
    with pytest.raises(GateNotMet, match="why INC-1 is escalated"):
        escalation.escalate(desk, number, "", by="dana")
    with pytest.raises(GateNotMet, match="hand-over note"):
        escalation.escalate(desk, number, "too hard", by="dana")
    progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")
    with pytest.raises(GateNotMet, match="why INC-1 is reopened"):
        progress.reopen(desk, number, "", by="dana")


def test_escalating_moves_to_the_next_tier_and_then_up_the_line(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")

    escalation.escalate(desk, number, "too hard", note="tried the usual", by="dana")
    first = rows(desk, "SELECT tier, assignee, reassignment_count FROM ticket")
    escalation.escalate(desk, number, "caller is angry", hierarchical=True, by="osei")
    escalation.escalate(desk, number, "still angry", hierarchical=True, by="osei")

    assert first == [(2, None, 1)]
    told = rows(desk, "SELECT login FROM notification WHERE urgent ORDER BY id")
    assert told[-1:] == [("martin",)]
    with pytest.raises(BadInput, match="nobody further up"):
        escalation.escalate(desk, number, "furious", hierarchical=True, by="osei")


def test_whoever_loses_a_ticket_that_another_escalates_is_told(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")

    escalation.escalate(desk, number, "too hard", note="tried the usual", by="osei")

    assert one(desk, "SELECT login FROM notification WHERE kind = 'ticket.passed_up'") == "dana"


@pytest.mark.parametrize(("gone", "told"), [(("osei",), ["martin"]), (("osei", "martin"), ["dana"])])
def test_a_ticket_that_grows_is_told_to_whoever_stands_in_for_the_lead(
    desk: Desk, gone: tuple[str, ...], told: list[str]
) -> None:
    number = open_ticket(desk)
    for login in gone:
        people.deactivate(desk, login, by="ada")

    tickets.set_fields(desk, number, Edit(impact=Level.HIGH), by="kim")

    assert rows(desk, "SELECT login FROM notification WHERE kind = 'ticket.escalated'") == [
        (each,) for each in told
    ]


def test_nobody_escalates_to_a_lead_who_left(desk: Desk) -> None:
    number = open_ticket(desk)
    for login in ("osei", "martin"):
        people.deactivate(desk, login, by="ada")

    with pytest.raises(BadInput, match="neither lead nor manager who can sign in"):
        escalation.escalate(desk, number, "caller is angry", hierarchical=True, by="dana")


def test_raising_the_impact_tells_the_lead(desk: Desk) -> None:
    number = open_ticket(desk)

    tickets.set_fields(desk, number, Edit(impact=Level.HIGH), by="dana")

    assert list(kinds(desk, number))[-2:] == ["ticket.changed", "ticket.escalated"]
    assert one(desk, "SELECT priority FROM ticket") == 1


def test_a_stale_screen_is_refused_and_a_reply_never_is(desk: Desk) -> None:
    number = open_ticket(desk)
    seen = one(desk, "SELECT version FROM ticket")
    conversation.reply(desk, number, "we look at it", by="kim")
    conversation.note(desk, number, "cable?", by="kim")
    tickets.watch(desk, number, by="kim")

    tickets.take(desk, number, by="dana", seen=seen)
    with pytest.raises(Conflict, match="INC-1 changed while you were looking"):
        tickets.take(desk, number, by="kim", seen=seen)


def test_a_held_ticket_resumes_when_its_caller_writes(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)
    progress.hold(
        desk, number, HoldReason.CALLER, review_at=clock.now() + DAY, message="Which room?", by="dana"
    )

    intake.receive_message(desk, number, "Room 4", by="dana")

    assert status(desk, number) == "new"
    assert one(desk, "SELECT hold_reason FROM ticket") is None


def test_a_request_that_needs_approval_waits_for_it(desk: Desk) -> None:
    number = open_ticket(
        desk, kind=Kind.REQUEST, summary="Access to the share", category="Access / Permissions"
    )
    assert (number, status(desk, number)) == ("REQ-1", "awaiting_approval")
    with pytest.raises(IllegalMove):
        tickets.take(desk, number, by="dana")
    with pytest.raises(GateNotMet, match="why REQ-1 is refused"):
        progress.refuse(desk, number, "", by="abe")

    progress.approve(desk, number, by="abe")

    assert status(desk, number) == "new"


def test_a_refused_request_is_cancelled_and_its_caller_told(desk: Desk) -> None:
    number = open_ticket(
        desk, kind=Kind.REQUEST, summary="Access to the share", category="Access / Permissions"
    )

    progress.refuse(desk, number, "no budget", by="abe")

    assert status(desk, number) == "cancelled"
    assert one(desk, "SELECT count(*) FROM outbox WHERE kind = 'refusal'") == 1


def test_a_merge_can_be_undone(desk: Desk) -> None:
    number, target = open_ticket(desk), open_ticket(desk)
    tickets.take(desk, number, by="dana")
    with pytest.raises(BadInput, match="into itself"):
        links.merge(desk, number, number, by="dana")

    links.merge(desk, number, target, by="dana")
    merged = status(desk, number)
    links.unmerge(desk, number, by="dana")

    assert (merged, status(desk, number)) == ("merged", "in_progress")
    assert one(desk, "SELECT count(*) FROM link") == 0


@pytest.mark.parametrize("other", ["banana", "my uncle", "SUP 77", "", "-", "7" * 65])
def test_a_record_elsewhere_is_linked_by_a_number_and_by_no_words(desk: Desk, other: str) -> None:
    number = open_ticket(desk)
    with pytest.raises(BadInput):
        links.link(desk, number, LinkKind.CAUSED_BY, other, by="dana")

    links.link(desk, number, LinkKind.CAUSED_BY, "sup-77", by="dana")
    linked = rows(desk, "SELECT target FROM link")
    links.unlink(desk, number, LinkKind.CAUSED_BY, "sup-77", by="dana")

    assert (linked, rows(desk, "SELECT target FROM link")) == ([("SUP-77",)], [])


def test_what_a_caller_writes_on_a_merged_ticket_reaches_the_one_it_is_part_of(
    desk: Desk, clock: StoppedClock
) -> None:
    mine, twin = open_ticket(desk), open_ticket(desk)
    target = open_ticket(desk, caller=CallerDraft(name="Mia Moreau", email="mia@example.org"))
    links.merge(desk, mine, twin, by="dana")
    links.merge(desk, twin, target, by="dana")
    progress.hold(desk, target, HoldReason.VENDOR, review_at=clock.now() + DAY, by="dana")

    reached = intake.receive_message(desk, mine, "Still no sound", by="dana")

    assert reached == target
    assert status(desk, target) == "new"
    leo = one(desk, "SELECT caller_id FROM ticket WHERE id = 1")
    assert rows(desk, "SELECT ticket_id, by FROM message WHERE kind = 'message'") == [(3, f"caller:{leo}")]


def test_what_a_caller_writes_when_the_merged_ticket_is_closed_opens_one_that_follows(desk: Desk) -> None:
    number, target = open_ticket(desk), open_ticket(desk, caller=CallerDraft(name="Mia Moreau"))
    links.merge(desk, number, target, by="dana")
    progress.resolve(desk, target, Resolution.FIXED, "new cable", by="dana")
    progress.confirm(desk, target, "works again", by="dana")

    reached = intake.receive_message(desk, number, "Broken again", by="dana")

    assert reached == "INC-3"
    assert ("INC-3", "follows", "INC-1") in rows(desk, "SELECT source, kind, target FROM link")
    callers = rows(desk, "SELECT caller_id FROM ticket ORDER BY id")
    assert callers[2] == callers[0]


@pytest.mark.parametrize("login", ["audrey", "abe", "gone", "nobody"])
def test_nobody_is_given_a_ticket_who_may_not_work_on_it(desk: Desk, login: str) -> None:
    number = open_ticket(desk)

    with pytest.raises(BadInput, match=login):
        tickets.assign(desk, number, login, by="dana")
    with pytest.raises(BadInput, match=login):
        open_ticket(desk, assignee=login)

    assert rows(desk, "SELECT status, assignee FROM ticket") == [("new", None)]


def test_those_who_can_be_given_work_are_offered_and_no_others(desk: Desk) -> None:
    everybody = {each.login for each in reads.agents(desk, by="dana")}

    offered = {each.login for each in reads.agents(desk, by="dana", working=True)}

    assert everybody - offered == {"audrey", "abe"}


def test_work_that_has_begun_stays_in_progress_when_it_is_in_nobodys_hands(desk: Desk) -> None:
    number, escalated = open_ticket(desk, assignee="dana"), open_ticket(desk, assignee="dana")

    tickets.assign(desk, number, None, by="dana")
    escalation.escalate(desk, escalated, "too hard", note="tried the usual", by="dana")

    assert rows(desk, "SELECT status, assignee FROM ticket") == [("in_progress", None)] * 2
    for each in (number, escalated):
        tickets.take(desk, each, by="kim")
    assert rows(desk, "SELECT status, assignee FROM ticket") == [("in_progress", "kim")] * 2


def test_parents_make_no_circles(desk: Desk) -> None:
    one_, two, three = open_ticket(desk), open_ticket(desk), open_ticket(desk)
    links.link(desk, two, LinkKind.CHILD_OF, one_, by="dana")
    links.link(desk, three, LinkKind.CHILD_OF, two, by="dana")

    with pytest.raises(DeskError, match="INC-1 its own parent"):
        links.link(desk, one_, LinkKind.CHILD_OF, three, by="dana")


def test_a_reply_can_be_recalled_while_it_waits(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)
    intake.receive_message(desk, number, "any news?", by="dana")
    waited_since = one(desk, "SELECT waiting_since FROM ticket")
    conversation.reply(desk, number, "It is don", by="dana")
    outgoing = one(desk, "SELECT id FROM outbox WHERE kind = 'reply'")
    with pytest.raises(NotAllowed):
        conversation.recall(desk, outgoing, by="kim")

    words = conversation.recall(desk, outgoing, by="dana")

    assert words == "It is don"
    assert one(desk, "SELECT waiting_since FROM ticket") == waited_since
    assert one(desk, "SELECT stage FROM clock WHERE target = 'first_response'") == "running"
    with pytest.raises(BadInput, match="left the building"):
        conversation.recall(desk, outgoing, by="dana")


def test_either_prefix_finds_a_ticket_whose_kind_changed(desk: Desk) -> None:
    number = open_ticket(desk)

    tickets.classify(desk, number, Edit(kind=Kind.REQUEST), by="dana")

    tickets.take(desk, "INC-1", by="dana")
    tickets.take(desk, "REQ-1", by="kim")
    tickets.take(desk, "req-1", by="dana")
    assert one(desk, "SELECT kind FROM ticket") == "request"


def test_the_same_message_twice_makes_one_ticket(desk: Desk) -> None:
    from deskterm.services.drafts import InboundDraft

    draft = InboundDraft(
        key="<1@example.org>",
        raw=b"From: leo",
        ticket=NewTicket(
            caller=CallerDraft(name="Leo", email="leo@example.org"), summary="Hi", channel=Channel.EMAIL
        ),
    )

    first, second = intake.receive(desk, draft, by="system"), intake.receive(desk, draft, by="system")

    assert first == second
    assert one(desk, "SELECT count(*) FROM ticket") == 1


def test_an_acknowledgement_repeats_nothing_and_is_rationed(desk: Desk) -> None:
    from deskterm.services.drafts import InboundDraft

    def mail(key: str, *, automatic: bool = False) -> None:
        caller = CallerDraft(name="Victim", email="victim@example.org")
        ticket = NewTicket(caller=caller, summary="BUY NOW", channel=Channel.EMAIL)
        intake.receive(desk, InboundDraft(key=key, raw=b"x", ticket=ticket, automatic=automatic), by="system")

    mail("robot", automatic=True)
    for key in range(5):
        mail(str(key))

    sent = rows(desk, "SELECT recipient, subject, body FROM outbox")
    assert len(sent) == 1
    assert "BUY" not in repr(sent)


def test_p1_runs_around_the_clock(desk: Desk, clock: StoppedClock) -> None:
    open_p1(desk)

    due = one(desk, "SELECT span_seconds FROM clock WHERE target = 'resolution'")

    assert due == 4 * 3600


def test_taking_what_is_yours_already_changes_nothing(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")
    before = list(kinds(desk, number))

    tickets.take(desk, number, by="dana")

    assert list(kinds(desk, number)) == before
