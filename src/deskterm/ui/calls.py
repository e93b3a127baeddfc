"""A call on the phone form: what of it is kept as a draft, how it is told, and the ticket that it makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskterm.i18n import _

if TYPE_CHECKING:
    from deskterm.reads.people import Caller

PLACE, ASIDE = "new", "new, aside"
"""The places of drafts: the call on the form, and the one that was put aside."""
BLANK: Mapping[str, str] = {
    "kind": "incident",
    "channel": "phone",
    "caller": "",
    "summary": "",
    "category": "",
    "team": "",
    "service": "",
    "ci": "",
    "impact": "3",
    "urgency": "2",
    "description": "",
}
"""Every field of the form, with what it says before anybody typed."""
TYPED = ("caller", "summary", "category", "team", "service", "ci", "description")
NAMES = ("category", "team", "service", "ci")
"""The fields that name something of the catalogue."""


def kept(draft: str) -> dict[str, str]:
    """Return the fields of a draft; one that is no form is kept as the description."""
    try:
        fields = json.loads(draft) if draft else {}
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        fields = {"description": draft}
    return {**BLANK, **{name: str(fields[name]) for name in fields.keys() & BLANK.keys()}}


def draft(values: Mapping[str, str]) -> str:
    """Return fields as they are kept; empty where nobody has typed anything."""
    return json.dumps(dict(values)) if any(values[name].strip() for name in TYPED) else ""


def told(values: Mapping[str, str]) -> str:
    """Return a call in a line: who, and about what."""
    about = values["summary"].strip() or values["description"].strip() or _("nothing noted yet")
    return f"{values['caller'].strip() or _('somebody'):<24}  {about}"


def ticket(values: Mapping[str, str], caller: Caller | None) -> dict[str, Any]:
    """Return what a draft of a ticket is made of: a known caller by id, a new one by what was typed."""
    typed = values["caller"].strip()
    new = {"name": typed, "email": typed if "@" in typed else None}
    return {
        "kind": values["kind"],
        "channel": values["channel"],
        "caller": caller.id if caller is not None else new,
        "summary": values["summary"],
        "description": values["description"],
        "impact": int(values["impact"]),
        "urgency": int(values["urgency"]),
        **{name: values[name].strip() or None for name in NAMES},
    }
