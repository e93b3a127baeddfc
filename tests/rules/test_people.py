"""Who may do what, as people are told it."""

from __future__ import annotations

import pytest

from deskterm.domain.errors import NotAllowed
from deskterm.domain.people import MAY, Actor, permit


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("ticket.reply", "agent"),
        ("change.approve", "agent / approver"),
        ("problem.review", "lead / problem manager"),
        ("standard.apply", "admin"),
        ("approval.grant", "approver"),
    ],
)
def test_a_refusal_names_the_least_roles_that_may(action: str, roles: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        permit(Actor("stranger", frozenset()), action)

    assert str(refusal.value) == f"You may not do that: it takes the role {roles}."


@pytest.mark.parametrize("action", sorted(MAY))
def test_every_refusal_fits_on_the_status_line(action: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        permit(Actor("stranger", frozenset()), action)

    assert len(str(refusal.value)) < 78
    assert "_" not in str(refusal.value)
