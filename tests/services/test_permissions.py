"""Who may do what: every action, every subject, and that the forbidden looks like the absent."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskterm import services
from deskterm.desk import ACTIONS, Desk
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import CheckKind, Outcome, StepState
from deskterm.domain.errors import DeskError, NotAllowed, NotFound
from deskterm.domain.people import MAY
from deskterm.domain.problem import ActionType, ProblemStatus
from deskterm.domain.rca import Verdict as CauseVerdict
from deskterm.domain.ticket import HoldReason, LinkKind, Resolution
from deskterm.services.change_drafts import ChangeEdit, NewChange, SpanDraft
from deskterm.services.drafts import AgentDraft, CallerDraft, Edit, InboundDraft, NewTicket, Verdict
from deskterm.services.imports import Mark
from deskterm.services.problem_drafts import ActionEdit, KnownErrorDraft, NewAction, NewProblem, ProblemEdit
from tests.desks import one, open_ticket, rows

for module in pkgutil.iter_modules(services.__path__, services.__name__ + "."):
    importlib.import_module(module.name)

SUBJECTS = ("dana", "osei", "pia", "chen", "abe", "audrey", "ada", "gone", "caller:1", "form")
"""The seven roles, a deactivated agent, an outsider by mail, the anonymous form (decision 8)."""

# One letter a subject, in their order: + may, - may not.
MATRIX = """
action.add            ++++--+---
action.drop           ++++--+---
action.edit           ++++--+---
action.finish         ++++--+---
agent.add             ------+---
agent.deactivate      ------+---
alert.acknowledge     ++++--+---
approval.grant        ----+-+---
approval.refuse       ----+-+---
calendar.add          -+-+--+---
calendar.remove       -+-+--+---
candidate.add         ++++--+---
candidate.detect      ++++--+---
candidate.dismiss     -++---+---
candidate.open        ++++--+---
catalogue.add         ------+---
catalogue.relate      -+-+--+---
cause.add             ++++--+---
cause.branch          ++++--+---
cause.demote          ++++--+---
cause.edit            ++++--+---
cause.judge           ++++--+---
cause.mark_root       ++++--+---
cause.move            ++++--+---
cause.promote         ++++--+---
cause.redo            ++++--+---
cause.remove          ++++--+---
cause.shift           ++++--+---
cause.undo            ++++--+---
change.approve        +++++-+---
change.assess         -+-+--+---
change.begin          ++++--+---
change.break_glass    ++++--+---
change.cancel         ++++--+---
change.check          ++++--+---
change.close          ++++--+---
change.confirm        ++++--+---
change.edit           ++++--+---
change.finish         ++++--+---
change.follow         ++++--+---
change.judge          ++++--+---
change.move           ++++--+---
change.note           +++++-+---
change.open           ++++--+---
change.refuse         +++++-+---
change.return         ++++--+---
change.review         -+-+--+---
change.schedule       ++++--+---
change.second         -+-+--+---
change.star           +++++++---
change.submit         ++++--+---
change.tag            ++++--+---
change.undo           ++++--+---
change.unfollow       ++++--+---
change.unstar         +++++++---
change.untag          ++++--+---
change.unwatch        +++++++---
change.verified       ++++--+---
change.watch          +++++++---
clocks.rebuild        ------+---
clocks.recount        ------+---
delegation.add        +++++-+---
delegation.end        +++++-+---
desk.found            ----------
desk.note             ++++--+---
desk.rehearse         ------+---
draft.drop            +++++++---
draft.save            +++++++---
effect.evaluate       ++++--+---
import.begin          ------+---
import.end            ------+---
import.write          ------+---
import.write_problems ------+---
inbound.receive       ++++--+-+-
known_error.declare   -++---+---
known_error.send      -++---+---
known_error.withdraw  -++---+---
notification.read     +++++++---
person.add            ++++--+---
presence.leave        +++++++---
presence.show         +++++++---
problem.accept_risk   -++---+---
problem.assign        ++++--+---
problem.duplicate     -++---+---
problem.edit          ++++--+---
problem.link          ++++--+---
problem.move          ++++--+---
problem.note          ++++--+---
problem.open          ++++--+---
problem.park          ++++--+---
problem.resolve_waiting ++++--+---
problem.review        -++---+---
problem.star          +++++++---
problem.tag           ++++--+---
problem.undo          ++++--+---
problem.unlink        ++++--+---
problem.unstar        +++++++---
problem.untag         ++++--+---
problem.unwatch       +++++++---
problem.watch         +++++++---
reply.recall          ++++--+---
runsheet.finish_step  ++++--+---
runsheet.plan         ++++--+---
runsheet.roll_back    ++++--+---
runsheet.start_step   ++++--+---
standard.apply        ------+---
template.decide       ---++-+---
template.propose      ++++--+---
ticket.add_task       ++++--+---
ticket.assign         ++++--+---
ticket.cancel         ++++--+---
ticket.classify       ++++--+---
ticket.confirm        ++++--+---
ticket.edit           ++++--+---
ticket.escalate       ++++--+---
ticket.finish_task    ++++--+---
ticket.hold           ++++--+---
ticket.link           ++++--+---
ticket.log_time       ++++--+---
ticket.merge          ++++--+---
ticket.note           ++++--+---
ticket.open           ++++--+---
ticket.receive        ++++--+-+-
ticket.reopen         ++++--+---
ticket.reply          ++++--+---
ticket.resolve        ++++--+---
ticket.resume         ++++--+---
ticket.run_macro      ++++--+---
ticket.star           +++++++---
ticket.tag            ++++--+---
ticket.take           ++++--+---
ticket.transfer       ++++--+---
ticket.triage         ++++--+---
ticket.undo           +++++++---
ticket.unlink         ++++--+---
ticket.unmerge        ++++--+---
ticket.unstar         +++++++---
ticket.untag          ++++--+---
ticket.unwatch        +++++++---
ticket.watch          +++++++---
view.drop             +++++++---
view.save             +++++++---
"""
EXPECTED = {
    action: dict(zip(SUBJECTS, marks, strict=True))
    for action, marks in map(str.split, MATRIX.strip().split("\n"))
}

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)
DRAFT = NewTicket(caller=CallerDraft(name="Mia Moor"), summary="Door bell rings by itself")
NEW_ACTION = NewAction(type=ActionType.PATCH, summary="Roll back", assignee="kim", due_at=NOON)
ARGUMENTS: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "action.add": lambda n: ("PRB-1", NEW_ACTION),
    "action.drop": lambda n: ("PRB-1", 1),
    "action.edit": lambda n: ("PRB-1", 1, ActionEdit()),
    "action.finish": lambda n: ("PRB-1", 1),
    "agent.add": lambda n: (AgentDraft(login="new", name="New", roles=frozenset()),),
    "agent.deactivate": lambda n: ("kim",),
    "alert.acknowledge": lambda n: (1,),
    "approval.grant": lambda n: (n,),
    "approval.refuse": lambda n: (n, "no budget"),
    "calendar.add": lambda n: (
        SpanDraft(kind=SpanKind.FREEZE, name="Audit", zone="UTC", start=NOON.replace(tzinfo=None), days=1),
    ),
    "calendar.remove": lambda n: ("span",),
    "candidate.add": lambda n: (1, "PRB-1"),
    "candidate.detect": lambda n: (),
    "candidate.dismiss": lambda n: (1, "noise"),
    "candidate.open": lambda n: (1,),
    "catalogue.add": lambda n: (),
    "catalogue.relate": lambda n: ("mail-01", "core-sw-01"),
    "cause.add": lambda n: ("PRB-1", "firmware"),
    "cause.branch": lambda n: ("PRB-1", 1, None),
    "cause.demote": lambda n: ("PRB-1", 1),
    "cause.edit": lambda n: ("PRB-1", 1),
    "cause.judge": lambda n: ("PRB-1", 1, CauseVerdict.OPEN),
    "cause.mark_root": lambda n: ("PRB-1", 1),
    "cause.move": lambda n: ("PRB-1", 1, None),
    "cause.promote": lambda n: ("PRB-1", 1),
    "cause.redo": lambda n: ("PRB-1",),
    "cause.remove": lambda n: ("PRB-1", 1),
    "cause.shift": lambda n: ("PRB-1", 1, 1),
    "cause.undo": lambda n: ("PRB-1",),
    "change.approve": lambda n: ("CHG-1",),
    "change.assess": lambda n: ("CHG-1",),
    "change.begin": lambda n: ("CHG-1",),
    "change.break_glass": lambda n: ("CHG-1", "on fire"),
    "change.cancel": lambda n: ("CHG-1", "by mistake"),
    "change.check": lambda n: ("CHG-1", CheckKind.FUNCTIONAL, "opens"),
    "change.close": lambda n: ("CHG-1",),
    "change.confirm": lambda n: ("CHG-1",),
    "change.edit": lambda n: ("CHG-1", ChangeEdit(purpose="more")),
    "change.finish": lambda n: ("CHG-1",),
    "change.follow": lambda n: ("CHG-1", "CHG-2"),
    "change.judge": lambda n: ("CHG-1", n),
    "change.move": lambda n: ("CHG-1", 1),
    "change.note": lambda n: ("CHG-1", "seen"),
    "change.open": lambda n: (NewChange(summary="New firmware"),),
    "change.refuse": lambda n: ("CHG-1", "too soon"),
    "change.return": lambda n: ("CHG-1", "too soon"),
    "change.review": lambda n: ("CHG-1", Outcome.FAILED),
    "change.schedule": lambda n: ("CHG-1", NOON, NOON + timedelta(hours=1)),
    "change.second": lambda n: ("CHG-1",),
    "change.star": lambda n: ("CHG-1",),
    "change.submit": lambda n: ("CHG-1",),
    "change.tag": lambda n: ("CHG-1", ("vpn",)),
    "change.undo": lambda n: ("CHG-1",),
    "change.unfollow": lambda n: ("CHG-1", "CHG-2"),
    "change.unstar": lambda n: ("CHG-1",),
    "change.untag": lambda n: ("CHG-1", ("vpn",)),
    "change.unwatch": lambda n: ("CHG-1",),
    "change.verified": lambda n: ("CHG-1",),
    "change.watch": lambda n: ("CHG-1",),
    "clocks.rebuild": lambda n: (0,),
    "clocks.recount": lambda n: (),
    "delegation.add": lambda n: ("kim", NOON, NOON + timedelta(days=1)),
    "delegation.end": lambda n: (1,),
    "desk.found": lambda n: (AgentDraft(login="new", name="New", roles=frozenset()), ""),
    "desk.note": lambda n: ("Watch the mail queue.",),
    "desk.rehearse": lambda n: (NOON,),
    "draft.drop": lambda n: ("new",),
    "draft.save": lambda n: ("new", "text"),
    "effect.evaluate": lambda n: ("PRB-1",),
    "import.begin": lambda n: ("log", "file"),
    "import.end": lambda n: ("log", Mark("file", 1)),
    "import.write": lambda n: ((),),
    "import.write_problems": lambda n: ((),),
    "inbound.receive": lambda n: (InboundDraft(key="k", raw=b"raw", ticket=DRAFT),),
    "known_error.declare": lambda n: ("PRB-1", KnownErrorDraft(symptom="s", workaround="w")),
    "known_error.send": lambda n: ("PRB-1", "try this"),
    "known_error.withdraw": lambda n: ("PRB-1",),
    "notification.read": lambda n: (),
    "person.add": lambda n: (CallerDraft(name="Mia Moor"),),
    "presence.leave": lambda n: ("session",),
    "presence.show": lambda n: ("session", n),
    "problem.accept_risk": lambda n: ("PRB-1", "too dear"),
    "problem.assign": lambda n: ("PRB-1", "kim"),
    "problem.duplicate": lambda n: ("PRB-1", "PRB-2"),
    "problem.edit": lambda n: ("PRB-1", ProblemEdit(summary="x")),
    "problem.link": lambda n: ("PRB-1", (n,)),
    "problem.move": lambda n: ("PRB-1", ProblemStatus.ASSESS),
    "problem.note": lambda n: ("PRB-1", "seen"),
    "problem.open": lambda n: (NewProblem(summary="VPN flaps"),),
    "problem.park": lambda n: ("PRB-1", NOON + timedelta(days=30), "the vendor"),
    "problem.resolve_waiting": lambda n: ("PRB-1",),
    "problem.review": lambda n: ("PRB-1", "learned"),
    "problem.star": lambda n: ("PRB-1",),
    "problem.tag": lambda n: ("PRB-1", ("vpn",)),
    "problem.undo": lambda n: ("PRB-1",),
    "problem.unlink": lambda n: ("PRB-1", n),
    "problem.unstar": lambda n: ("PRB-1",),
    "problem.untag": lambda n: ("PRB-1", ("vpn",)),
    "problem.unwatch": lambda n: ("PRB-1",),
    "problem.watch": lambda n: ("PRB-1",),
    "reply.recall": lambda n: (1,),
    "runsheet.finish_step": lambda n: ("CHG-1", 1, StepState.DONE),
    "runsheet.plan": lambda n: ("CHG-1", ()),
    "runsheet.roll_back": lambda n: ("CHG-1", "slow"),
    "runsheet.start_step": lambda n: ("CHG-1", 1),
    "standard.apply": lambda n: ("",),
    "template.decide": lambda n: ("firmware", True),
    "template.propose": lambda n: ("CHG-1", "Firmware"),
    "ticket.add_task": lambda n: (n, "Call back"),
    "ticket.assign": lambda n: (n, "kim"),
    "ticket.cancel": lambda n: (n, "by mistake"),
    "ticket.classify": lambda n: (n, Edit(extent=3)),
    "ticket.confirm": lambda n: (n, "works"),
    "ticket.edit": lambda n: (n, Edit(extent=3)),
    "ticket.escalate": lambda n: (n, "too hard"),
    "ticket.finish_task": lambda n: (n, 1),
    "ticket.hold": lambda n: (n, HoldReason.VENDOR),
    "ticket.log_time": lambda n: (n, 25),
    "ticket.link": lambda n: (n, LinkKind.RELATED, "PRB-1"),
    "ticket.merge": lambda n: (n, n),
    "ticket.note": lambda n: (n, "seen"),
    "ticket.open": lambda n: (DRAFT,),
    "ticket.receive": lambda n: (n, "any news?"),
    "ticket.reopen": lambda n: (n, "again"),
    "ticket.reply": lambda n: (n, "hello"),
    "ticket.resolve": lambda n: (n, Resolution.FIXED, "new cable"),
    "ticket.resume": lambda n: (n,),
    "ticket.run_macro": lambda n: (n, "ask-details"),
    "ticket.star": lambda n: (n,),
    "ticket.tag": lambda n: (n, ("vpn",)),
    "ticket.take": lambda n: (n,),
    "ticket.transfer": lambda n: (n, "network"),
    "ticket.triage": lambda n: (n, Verdict(take=True)),
    "ticket.undo": lambda n: (n, (1,)),
    "ticket.unlink": lambda n: (n, LinkKind.RELATED, "PRB-1"),
    "ticket.unmerge": lambda n: (n,),
    "ticket.unstar": lambda n: (n,),
    "ticket.untag": lambda n: (n, ("vpn",)),
    "ticket.unwatch": lambda n: (n,),
    "ticket.watch": lambda n: (n,),
    "view.drop": lambda n: (1,),
    "view.save": lambda n: ("Mine", "is:open"),
}
KEYWORDS: dict[str, dict[str, Any]] = {
    "change.assess": {"necessity": "old", "feasibility": "done before", "answers": {}},
    "change.check": {"passed": True},
    "change.judge": {"caused": True},
    "problem.accept_risk": {"approver": "abe", "review_at": NOON + timedelta(days=30)},
    "ticket.hold": {"review_at": NOON + timedelta(days=1)},
    "import.begin": {"as_of": None},
    "import.end": {"name": "log.csv", "written": 1, "rejected": 0},
    "import.write": {"source": "log", "until": None, "mark": None},
    "import.write_problems": {"source": "log", "until": None, "mark": None},
}
ON_TICKETS = sorted(
    name for name in ARGUMENTS if name.startswith(("ticket.", "approval.")) and name != "ticket.open"
)


def do(desk: Desk, action: str, number: str, by: str) -> None:
    ACTIONS[action](desk, *ARGUMENTS[action](number), **KEYWORDS.get(action, {}), by=by)


def test_every_action_has_its_row_in_the_matrix() -> None:
    assert set(ACTIONS) == set(MAY) == set(EXPECTED) == set(ARGUMENTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_matrix_decides_who_may_do_what(desk: Desk, subject: str) -> None:
    number = open_ticket(desk)

    allowed = {}
    for action in EXPECTED:
        try:
            do(desk, action, number, subject)
            allowed[action] = "+"
        except NotAllowed as refusal:
            allowed[action] = "-" if "takes" in refusal.text or "may not act" in refusal.text else "+"
        except DeskError:
            allowed[action] = "+"

    assert allowed == {action: marks[subject] for action, marks in EXPECTED.items()}


def test_a_refused_act_leaves_nothing_behind(desk: Desk) -> None:
    number = open_ticket(desk)
    before = rows(desk, "SELECT count(*), max(id) FROM event")

    for action in EXPECTED:
        with pytest.raises(NotAllowed):
            do(desk, action, number, "gone")

    assert rows(desk, "SELECT count(*), max(id) FROM event") == before


@pytest.mark.parametrize("action", ON_TICKETS)
def test_a_restricted_ticket_looks_like_one_that_is_not_there(desk: Desk, action: str) -> None:
    number = open_ticket(desk, team="identity", by="ada")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")
    by = "abe" if action.startswith("approval.") else "kim"

    with pytest.raises(NotFound) as forbidden:
        do(desk, action, number, by)
    with pytest.raises(NotFound) as absent:
        do(desk, action, number.replace("1", "999"), by)

    assert str(forbidden.value) == str(absent.value).replace("999", "1")


def test_a_caller_reaches_only_their_own_tickets(desk: Desk) -> None:
    mine, theirs = open_ticket(desk), open_ticket(desk, caller=CallerDraft(name="Mia Moor"))
    leo = one(desk, "SELECT caller_id FROM ticket WHERE id = 1")

    ACTIONS["ticket.receive"](desk, mine, "any news?", by=f"caller:{leo}")
    with pytest.raises(NotFound):
        ACTIONS["ticket.receive"](desk, theirs, "any news?", by=f"caller:{leo}")


def test_a_lost_role_is_lost_at_the_next_act(desk: Desk) -> None:
    number = open_ticket(desk)
    ACTIONS["ticket.take"](desk, number, by="kim")

    ACTIONS["agent.deactivate"](desk, "kim", by="ada")

    with pytest.raises(NotAllowed):
        ACTIONS["ticket.note"](desk, number, "still here", by="kim")
