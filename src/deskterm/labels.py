"""The words people read for codes: states, priorities, reasons, channels, events.

Keyed by the enum's class name and value, so that this module needs to know no enum.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from deskterm.i18n import N_, _

LABELS: Mapping[tuple[str, str], str] = {
    ("Kind", "incident"): N_("Incident"),
    ("Kind", "request"): N_("Request"),
    ("Status", "new"): N_("new"),
    ("Status", "awaiting_approval"): N_("awaiting approval"),
    ("Status", "in_progress"): N_("in progress"),
    ("Status", "on_hold"): N_("on hold"),
    ("Status", "resolved"): N_("resolved"),
    ("Status", "closed"): N_("closed"),
    ("Status", "cancelled"): N_("cancelled"),
    ("Status", "merged"): N_("merged"),
    ("HoldReason", "caller"): N_("waits for the caller"),
    ("HoldReason", "vendor"): N_("waits for a vendor"),
    ("HoldReason", "problem"): N_("waits for a problem"),
    ("HoldReason", "change"): N_("waits for a change"),
    ("HoldReason", "evidence"): N_("waits for evidence"),
    ("Channel", "phone"): N_("phone"),
    ("Channel", "email"): N_("e-mail"),
    ("Channel", "web"): N_("web"),
    ("Channel", "chat"): N_("chat"),
    ("Channel", "monitoring"): N_("monitoring"),
    ("Channel", "cli"): N_("command line"),
    ("Channel", "import"): N_("import"),
    ("Level", "1"): N_("high"),
    ("Level", "2"): N_("medium"),
    ("Level", "3"): N_("low"),
    ("Resolution", "fixed"): N_("fixed"),
    ("Resolution", "workaround"): N_("workaround given"),
    ("Resolution", "fulfilled"): N_("request fulfilled"),
    ("Resolution", "advice"): N_("advice given"),
    ("Resolution", "duplicate"): N_("duplicate"),
    ("Resolution", "not_reproducible"): N_("not reproducible"),
    ("Resolution", "by_itself"): N_("went away by itself"),
    ("Resolution", "other"): N_("other"),
    ("LinkKind", "related"): N_("related to"),
    ("LinkKind", "child_of"): N_("child of"),
    ("LinkKind", "duplicate_of"): N_("duplicate of"),
    ("LinkKind", "caused_by"): N_("caused by"),
    ("LinkKind", "follows"): N_("follows"),
    ("TargetName", "acknowledge"): N_("Acknowledge"),
    ("TargetName", "first_response"): N_("Respond"),
    ("TargetName", "next_update"): N_("Update"),
    ("TargetName", "resolution"): N_("Resolve"),
    ("Stage", "running"): N_("running"),
    ("Stage", "paused"): N_("paused"),
    ("Stage", "met"): N_("met"),
    ("Stage", "cancelled"): N_("cancelled"),
    ("Role", "agent"): N_("agent"),
    ("Role", "lead"): N_("lead"),
    ("Role", "problem_manager"): N_("problem manager"),
    ("Role", "change_manager"): N_("change manager"),
    ("Role", "approver"): N_("approver"),
    ("Role", "auditor"): N_("auditor"),
    ("Role", "admin"): N_("admin"),
    ("Role", "system"): N_("the desk"),
    ("Role", "caller"): N_("caller"),
}

SHORT: Mapping[str, str] = {
    "new": N_("NEW"),
    "awaiting_approval": N_("APR"),
    "in_progress": N_("WIP"),
    "on_hold": N_("HLD"),
    "resolved": N_("RSV"),
    "closed": N_("CLS"),
    "cancelled": N_("CAN"),
    "merged": N_("MRG"),
}
"""States in three cells, for lists."""

EVENTS: Mapping[str, str] = {
    "ticket.opened": N_("opened"),
    "ticket.imported": N_("imported"),
    "ticket.routed": N_("routed"),
    "ticket.assigned": N_("assigned"),
    "ticket.taken": N_("taken"),
    "ticket.transferred": N_("transferred"),
    "ticket.classified": N_("classified"),
    "ticket.reclassified": N_("reclassified"),
    "ticket.edited": N_("fields changed"),
    "ticket.held": N_("put on hold"),
    "ticket.resumed": N_("resumed"),
    "ticket.resolved": N_("resolved"),
    "ticket.confirmed": N_("confirmed and closed"),
    "ticket.closed": N_("closed"),
    "ticket.reopened": N_("reopened"),
    "ticket.cancelled": N_("cancelled"),
    "ticket.approved": N_("approved"),
    "ticket.refused": N_("approval refused"),
    "ticket.approval_asked": N_("approval asked"),
    "ticket.escalated": N_("escalated"),
    "ticket.linked": N_("linked"),
    "ticket.unlinked": N_("link removed"),
    "ticket.merged": N_("merged"),
    "ticket.unmerged": N_("merge taken back"),
    "ticket.tagged": N_("tagged"),
    "ticket.untagged": N_("tag removed"),
    "ticket.watched": N_("watched"),
    "ticket.unwatched": N_("no longer watched"),
    "ticket.replied": N_("replied"),
    "ticket.noted": N_("note written"),
    "ticket.message_received": N_("the caller wrote"),
    "ticket.received": N_("the caller wrote"),
    "ticket.recalled": N_("reply recalled"),
    "ticket.task_added": N_("task added"),
    "ticket.task_finished": N_("task finished"),
    "ticket.undone": N_("taken back"),
    "clock.reached": N_("clock reached a threshold"),
    "clock.breached": N_("clock breached"),
    "alert.fired": N_("alert"),
    "alert.acknowledged": N_("alert acknowledged"),
    "alert.unheard": N_("nobody acknowledged the alert"),
}

FIELDS: Mapping[str, str] = {
    "kind": N_("kind"),
    "status": N_("status"),
    "summary": N_("summary"),
    "description": N_("description"),
    "caller_id": N_("caller"),
    "channel": N_("channel"),
    "team": N_("team"),
    "assignee": N_("assignee"),
    "service": N_("service"),
    "ci": N_("CI"),
    "category": N_("category"),
    "impact": N_("impact"),
    "urgency": N_("urgency"),
    "priority": N_("priority"),
    "extent": N_("people affected"),
    "major": N_("major incident"),
    "vip": N_("VIP"),
    "department": N_("department"),
    "hold_reason": N_("hold reason"),
    "review_at": N_("review"),
    "resolution": N_("resolution"),
    "closing_summary": N_("closing summary"),
    "occurred_at": N_("occurred"),
    "reported_at": N_("reported"),
    "opened_at": N_("recorded"),
    "updated_at": N_("updated"),
    "resolved_at": N_("resolved at"),
    "closed_at": N_("closed at"),
    "reopen_count": N_("reopened"),
    "reassignment_count": N_("reassigned"),
    "parent_id": N_("parent"),
    "merged_into_id": N_("merged into"),
    "tier": N_("tier"),
}
"""What the ledger's columns are called."""


def label(code: Enum) -> str:
    """Return the word for a code, in the reader's language."""
    return _(LABELS[type(code).__name__, str(code.value)])


def status_code(status: str) -> str:
    """Return a state in three cells."""
    return _(SHORT[status])


def event_words(kind: str) -> str:
    """Return what happened in an event of this kind; the code itself where nobody named it."""
    return _(EVENTS[kind]) if kind in EVENTS else kind.rpartition(".")[2].replace("_", " ")


def field_word(name: str) -> str:
    """Return what a column of the ledger is called."""
    return _(FIELDS[name]) if name in FIELDS else name.replace("_", " ")
