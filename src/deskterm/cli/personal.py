"""The verbs of an agent's own workplace: notifications, alerts to be heard, drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.arguments import text_of
from deskterm.cli.opening import opened
from deskterm.cli.program import DONE, SOME_FAILED, complain
from deskterm.domain.errors import DeskError
from deskterm.labels import event_words
from deskterm.reads import drafts as kept
from deskterm.reads import notifications as reads
from deskterm.services import escalation, workplace

if TYPE_CHECKING:
    from argparse import Namespace


def notifications(asked: Namespace) -> None:
    """List what whoever asks has not read; mark it as read where that is wanted."""
    with opened(asked) as here:
        rows = reads.unread(here.desk, by=here.by)
        if asked.read:
            workplace.read_notifications(here.desk, tuple(row.id for row in rows), by=here.by)
    if asked.json:
        output.print_json(
            [
                {
                    "id": row.id,
                    "at": row.at,
                    "kind": row.kind,
                    "urgent": row.urgent,
                    "number": row.number,
                    "summary": row.summary,
                    "alert": row.alert_id,
                    "details": row.details,
                }
                for row in rows
            ]
        )
        return
    heads = ("at", "number", "what", "alert", "summary")
    output.print_table(
        heads, [(row.at, row.number, event_words(row.kind), row.alert_id, row.summary) for row in rows]
    )


def acknowledge(asked: Namespace) -> int:
    """Say that alerts were heard, so that they go no further up."""
    code = DONE
    with opened(asked) as here:
        for alert in asked.alerts:
            try:
                escalation.acknowledge(here.desk, alert, by=here.by)
            except DeskError as error:
                if len(asked.alerts) == 1:
                    raise
                complain(error, about=str(alert))
                code = SOME_FAILED
    return code


def drafts(asked: Namespace) -> None:
    """List what whoever asks has begun to write."""
    with opened(asked) as here:
        rows = kept.drafts(here.desk, by=here.by)
    if asked.json:
        output.print_json([{"place": row.place, "text": row.text, "saved_at": row.saved_at} for row in rows])
    else:
        output.print_table(("saved", "place", "text"), [(row.saved_at, row.place, row.text) for row in rows])


def save(asked: Namespace) -> None:
    """Keep a text where the console looks for it."""
    with opened(asked) as here:
        workplace.save_draft(here.desk, asked.place, text_of(asked.text), by=here.by)


def drop(asked: Namespace) -> None:
    """Forget a draft."""
    with opened(asked) as here:
        workplace.drop_draft(here.desk, asked.place, by=here.by)
