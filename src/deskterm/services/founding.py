"""How a desk begins: its schema, its facts, its standard and its first admin, in one transaction."""

from __future__ import annotations

import secrets

from deskterm.clock import Clock
from deskterm.desk import Desk, Transaction, action
from deskterm.domain.errors import BadInput
from deskterm.domain.people import SYSTEM
from deskterm.i18n import N_
from deskterm.services import people, standards
from deskterm.services.drafts import AgentDraft
from deskterm.services.facts import Fact, put_fact
from deskterm.standard.load import shipped
from deskterm.storage.db import migrate
from deskterm.storage.tables import DeskFact


def found(url: str, admin: AgentDraft, *, standard: str | None = None, clock: Clock | None = None) -> Desk:
    """Make a desk in a database and open it.

    Args:
        admin: who signs in first.
        standard: the text of the management standard, the shipped one where none is given.

    Raises:
        BadInput: there is a desk already.
    """
    migrate(url)
    desk = Desk.open(url, clock=clock)
    begin(desk, admin, standard or shipped(), by=SYSTEM)
    return desk


@action("desk.found")
def begin(tx: Transaction, admin: AgentDraft, standard: str, *, by: str) -> None:
    """Write what a desk begins with."""
    if tx.session.get(DeskFact, Fact.GO_LIVE) is not None:
        raise BadInput(N_("There is a desk already."))
    put_fact(tx, Fact.INSTALLATION, secrets.token_hex(8))
    put_fact(tx, Fact.GO_LIVE, tx.now.isoformat())
    standards.store.work(tx, standard, by=by)
    people.add_agent.work(tx, admin, by=by)
    tx.record("desk", 0, "desk.founded", admin=admin.login)
