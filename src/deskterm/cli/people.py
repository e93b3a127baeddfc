"""`agents`: who signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.opening import opened
from deskterm.domain.people import Role
from deskterm.reads import people as known
from deskterm.services import people
from deskterm.services.drafts import AgentDraft, checked

if TYPE_CHECKING:
    from argparse import Namespace


def agents(asked: Namespace) -> None:
    """List the active agents, and how many open tickets each has."""
    with opened(asked) as here:
        rows = [(row.login, row.name, row.open_count) for row in known.agents(here.desk, by=here.by)]
    output.print_table(("login", "name", "open"), rows)


def add(asked: Namespace) -> None:
    """Let somebody sign in, or change their roles and teams."""
    draft = checked(
        AgentDraft,
        {
            "login": asked.login,
            "name": asked.name or asked.login,
            "email": asked.email,
            "roles": asked.roles or [Role.AGENT],
            "teams": asked.teams,
        },
    )
    with opened(asked) as here:
        people.add_agent(here.desk, draft, by=here.by)


def deactivate(asked: Namespace) -> None:
    """Let somebody sign in no longer."""
    with opened(asked) as here:
        people.deactivate(here.desk, asked.login, by=here.by)
