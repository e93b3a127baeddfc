"""People who may be calling, as text: in a line, with all that is known, with what they wait for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui.gate import clip, txt

if TYPE_CHECKING:
    from deskterm.reads.people import Caller

ROOM = 64
"""Cells of the line that tells a caller's open tickets where nothing stands beside the form."""
LEAST = 10
"""Cells of a summary that still tell something."""
MORE = "  …"


def person(caller: Caller) -> str:
    """Return who somebody is, and how many open tickets they have."""
    count = _("{count} open").format(count=len(caller.open_tickets))
    parts = (caller.name, _("VIP") if caller.vip else "", caller.location, caller.phone, caller.email, count)
    return "  ".join(part for part in parts if part)


def known(caller: Caller | None) -> Content:
    """Return all that is known of somebody, and their open tickets a line each."""
    if caller is None:
        return Content("")
    parts = (caller.name, _("VIP") if caller.vip else "", caller.department, caller.location)
    lines = ["  ".join(part for part in parts if part), caller.phone, caller.email, "", _("Open tickets")]
    lines += [
        f"{ticket.number:<8} P{ticket.priority} {label(ticket.status):<12} {ticket.summary}"
        for ticket in caller.open_tickets
    ]
    return block(lines if caller.open_tickets else [*lines, _("none")])


def still_open(caller: Caller | None) -> str:
    """Return somebody's open tickets in one line: numbers, and what they say where there is room for it."""
    tickets = caller.open_tickets if caller is not None else ()
    if not tickets:
        return ""
    said = ngettext("{count} open:", "{count} open:", len(tickets)).format(count=len(tickets))
    share = (ROOM - len(said)) // len(tickets) - 2
    if share >= max(len(ticket.number) for ticket in tickets) + LEAST:
        told = (plain(f"{ticket.number} {ticket.summary}", one_line=True) for ticket in tickets)
        return f"{said} " + "  ".join(clip(each, share).rstrip() for each in told)
    for ticket in tickets:
        if len(said) + len(ticket.number) + len(MORE) > ROOM:
            return said + MORE
        said += f"  {ticket.number}"
    return said


def block(lines: Sequence[str]) -> Content:
    """Return lines under one another."""
    return Content("\n").join(txt(line, one_line=True) for line in lines)
