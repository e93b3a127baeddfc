"""Standard changes: what their template authorises stays, what it leaves open is filled in."""

from __future__ import annotations

from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeKind, ChangeStatus, StepState
from deskterm.domain.errors import GateNotMet
from deskterm.services import change_undo, changes, runsheet, standards, templates, windows
from deskterm.services.change_drafts import ChangeEdit, NewChange, StepDraft
from deskterm.standard.load import shipped
from tests.changes import RFC, WINDOW, close, reviewed, scheduled, status
from tests.desks import one, rows

CERTIFICATE = (
    "Install the new certificate beside the old one",
    "Switch over and reload",
    "Connect with the usual clients",
)
BACK = "Switch back and reload"


def standard(desk: Desk, **fields: Any) -> str:
    """Open a change from the shipped template, on a service that few notice."""
    given = {"template": "renew-certificate", "service": "Printing", **fields}
    return changes.open_change(desk, NewChange(kind=ChangeKind.STANDARD, **given), by="kim")


def sheet(*summaries: str, back: str = BACK) -> list[StepDraft]:
    return [
        *(StepDraft(summary=summary, owner="ivo", minutes=20) for summary in summaries),
        StepDraft(summary=back, minutes=5, rollback=True),
    ]


@pytest.mark.parametrize(
    "edit",
    [
        {"purpose": "To try it"},
        {"description": "Replace the core router"},
        {"implementation_plan": "Rip it out"},
        {"risks": "None"},
        {"rollback_plan": "There is none"},
        {"test_plan": "None"},
        {"impact": 1},
    ],
)
def test_what_a_template_says_is_authorised_and_stays(desk: Desk, edit: dict[str, Any]) -> None:
    number = standard(desk)

    with pytest.raises(GateNotMet, match="for anything else open a normal change") as refusal:
        changes.edit(desk, number, ChangeEdit(**edit), by="kim")
    with pytest.raises(GateNotMet, match="for anything else open a normal change"):
        standard(desk, **edit)

    assert [refusal.value.field] == [*edit]


def test_what_a_template_leaves_open_is_filled_in(desk: Desk) -> None:
    number = standard(desk)
    fields: dict[str, Any] = {
        "summary": "The printers' certificate",
        "resources": "Ivo",
        "ci": "mail-01",
        "assignee": "ivo",
    }

    changes.edit(desk, number, ChangeEdit(**fields, items=("file-01",)), by="kim")
    changes.submit(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.SCHEDULED
    assert rows(desk, "SELECT summary, resources, ci, assignee FROM change") == [tuple(fields.values())]


@pytest.mark.parametrize("edit", [{"ci": "mail-01"}, {"service": "Internet"}, {"items": ("mail-01",)}])
def test_where_a_template_names_what_it_alters_nothing_else_is_altered(
    desk: Desk, clock: StoppedClock, edit: dict[str, Any]
) -> None:
    done = reviewed(desk, clock)
    close(desk, clock, done)
    template = templates.propose(desk, done, "Switch firmware", by="kim")
    templates.decide(desk, template, True, by="chen")
    number = standard(desk, template=template)

    with pytest.raises(GateNotMet, match="does what its template says") as refusal:
        changes.edit(desk, number, ChangeEdit(**edit), by="kim")

    assert [refusal.value.field] == [*edit]


@pytest.mark.parametrize("edit", [{"service": "Network"}, {"downtime_minutes": 90}])
def test_a_standard_change_is_no_riskier_than_its_template(desk: Desk, edit: dict[str, Any]) -> None:
    number = standard(desk)
    changes.edit(desk, number, ChangeEdit(**edit), by="kim")

    with pytest.raises(GateNotMet, match="is of risk medium here; its template is authorised for risk low"):
        changes.submit(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.DRAFT


def test_as_a_normal_change_it_says_what_it_likes_and_is_assessed(desk: Desk) -> None:
    number = standard(desk)

    changes.edit(desk, number, ChangeEdit(kind=ChangeKind.NORMAL, description="Both at once"), by="kim")
    changes.submit(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.ASSESS


def test_it_is_standard_from_its_beginning_or_never(desk: Desk) -> None:
    number = standard(desk)
    changes.edit(desk, number, ChangeEdit(kind=ChangeKind.NORMAL), by="kim")
    changes.edit(desk, number, ChangeEdit(description="Replace the core router"), by="ivo")

    with pytest.raises(GateNotMet, match="made from an approved template"):
        changes.edit(desk, number, ChangeEdit(kind=ChangeKind.STANDARD), by="kim")
    with pytest.raises(GateNotMet, match="made from an approved template"):
        change_undo.undo(desk, number, by="kim")


def test_its_run_sheet_keeps_the_steps_of_the_template(desk: Desk) -> None:
    number = standard(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])

    for others in (sheet(*CERTIFICATE[:2]), sheet(*CERTIFICATE[::-1]), sheet(*CERTIFICATE, back="Restart")):
        with pytest.raises(GateNotMet, match="in the steps of its template") as refusal:
            runsheet.plan(desk, number, others, by="kim")
        assert refusal.value.field == "steps"
    runsheet.plan(desk, number, sheet(*CERTIFICATE), by="kim")

    assert one(desk, "SELECT count(*) FROM change_step WHERE owner = 'ivo' AND minutes = 20") == 3


def test_a_newer_standard_does_not_change_what_was_authorised(desk: Desk, clock: StoppedClock) -> None:
    number = standard(desk)
    changes.submit(desk, number, by="kim")

    text = shipped().replace('summary = "Switch over and reload"', 'summary = "Switch over"')
    standards.apply(desk, text.replace("The certificate runs out.", "It runs out."), by="ada")
    runsheet.plan(desk, number, sheet(*CERTIFICATE), by="kim")
    changes.edit(desk, number, ChangeEdit(assignee="ivo"), by="kim")

    assert one(desk, "SELECT assignee FROM change") == "ivo"


def test_a_normal_change_plans_its_own_steps(desk: Desk) -> None:
    number = scheduled(desk)

    runsheet.plan(desk, number, sheet("Something else"), by="kim")

    assert one(desk, "SELECT count(*) FROM change_step WHERE state = :s", s=StepState.PLANNED.value) == 2
    assert RFC["description"] == one(desk, "SELECT description FROM change")


def test_a_standard_change_is_not_scheduled_where_another_keeps_its_place(desk: Desk) -> None:
    first = scheduled(desk)
    number = standard(desk, ci="file-01", planned_start=WINDOW[0], planned_end=WINDOW[1])

    with pytest.raises(GateNotMet, match=f"can't keep its window: {first} works on file-01"):
        changes.submit(desk, number, by="kim")
    windows.schedule(desk, number, WINDOW[1], WINDOW[1] + (WINDOW[1] - WINDOW[0]), by="kim")
    changes.submit(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.SCHEDULED
