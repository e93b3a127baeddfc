"""The verbs of whoever decides: the inbox, proposed templates, delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.arguments import instant
from deskterm.cli.change_output import fields
from deskterm.cli.opening import opened
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.reads import approvals as reads
from deskterm.services import approvals, templates

if TYPE_CHECKING:
    from argparse import Namespace

DELEGATION = ("id", "login", "to", "starts_at", "ends_at")


def inbox(asked: Namespace) -> None:
    """List what waits for one's decision."""
    with opened(asked) as here:
        found = reads.inbox(here.desk, by=here.by)
    heads = ("number", "tier", "votes", "due", "risk", "summary")
    rows: list[tuple[Any, ...]] = [
        (
            row.change.number,
            row.tier,
            f"{row.tally.yes}/{row.tally.need}",
            row.due_at,
            row.change.risk and label(row.change.risk),
            row.change.summary,
        )
        for row in found.changes
    ]
    rows += [(row.key, _("template"), "", None, None, row.name) for row in found.templates]
    if asked.json:
        output.print_json([dict(zip(heads, row, strict=True)) for row in rows])
    else:
        output.print_table(heads, rows)


def template(asked: Namespace) -> None:
    """Decide on a proposed template."""
    with opened(asked) as here:
        granted = asked.verdict == "approve"
        templates.decide(here.desk, asked.key, granted, comment=asked.comment, by=here.by)
    if asked.json:
        output.print_json({"template": asked.key, "granted": granted})


def delegate(asked: Namespace) -> None:
    """Let somebody vote in one's place, and print the delegation's id."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        starts = instant(asked.starts, now) if asked.starts else now
        ends = instant(asked.ends, now)
        key = approvals.delegate(here.desk, asked.login, starts, ends, login=asked.of, by=here.by)
    if asked.json:
        values = (key, asked.of or here.by, asked.login, starts, ends)
        output.print_json(dict(zip(DELEGATION, values, strict=True)))
    else:
        output.say(str(key))


def delegations(asked: Namespace) -> None:
    """List the delegations that are in force or to come."""
    with opened(asked) as here:
        found = reads.delegations(here.desk, by=here.by)
    if asked.json:
        output.print_json([fields(row, DELEGATION) for row in found])
    else:
        output.print_table(DELEGATION, [[getattr(row, name) for name in DELEGATION] for row in found])


def undelegate(asked: Namespace) -> None:
    """Take a delegation back."""
    with opened(asked) as here:
        approvals.end_delegation(here.desk, asked.delegation, by=here.by)
    if asked.json:
        output.print_json({"id": asked.delegation})
