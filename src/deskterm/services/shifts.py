"""Shift notes: what one shift tells the next, in the ledger of the desk itself."""

from __future__ import annotations

from deskterm.desk import Transaction, action
from deskterm.domain.errors import GateNotMet
from deskterm.i18n import N_
from deskterm.text import plain

NOTED = "desk.noted"


@action("desk.note")
def note(tx: Transaction, body: str, *, by: str) -> None:
    """Leave a note for everybody who looks at the dashboard."""
    text = plain(body).strip()
    if not text:
        raise GateNotMet(N_("There is nothing written yet."), field="body")
    tx.record("desk", 0, NOTED, body=text)
