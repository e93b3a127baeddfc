"""The fields that a filter may name, and what each one asks of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum, auto

from deskterm.domain.change import ChangeKind, ChangeStatus, Outcome
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind, Resolution, Status
from deskterm.i18n import N_


class Shape(Enum):
    """What a field's values look like and how they compare."""

    CODE = auto()
    """One of a few codes."""
    RANK = auto()
    """An integer of which 1 weighs most; a leading `P` is allowed."""
    COUNT = auto()
    """An integer."""
    LOGIN = auto()
    """An agent."""
    TEAM = auto()
    """A team, by name."""
    CALLER = auto()
    """Part of a person's name or e-mail address."""
    NAME = auto()
    """A whole name; `*` stands for anything."""
    PATH = auto()
    """A place in a tree, with everything below it."""
    TEXT = auto()
    """Part of a text."""
    TEXTS = auto()
    """Several texts; part of one of them."""
    TAGS = auto()
    """A set of words."""
    AGENTS = auto()
    """A set of agents."""
    LINKS = auto()
    """A set of numbers of other records."""
    LEFT = auto()
    """An instant ahead: a duration compares the time left, a date the date."""
    AGE = auto()
    """An instant behind: a duration compares the age, a date the date."""


NUMBERS = frozenset({Shape.RANK, Shape.COUNT})
INSTANTS = frozenset({Shape.LEFT, Shape.AGE})
SETS = frozenset({Shape.TAGS, Shape.AGENTS, Shape.LINKS})
PATTERNS = frozenset({Shape.TEAM, Shape.CALLER, Shape.NAME, Shape.PATH, Shape.TEXT, Shape.TEXTS})
"""Compared as patterns (`deskterm.domain.patterns`), so that capitals don't matter."""
SORTED = NUMBERS | INSTANTS | {Shape.CODE, Shape.LOGIN, Shape.TEAM, Shape.NAME, Shape.PATH, Shape.TEXT}
"""What an order can go by."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a filter can ask about."""

    name: str
    """What canonical text calls it."""
    fact: str
    """The key in the facts of a ticket; also the column, where there is one."""
    shape: Shape
    help: str
    aliases: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    """What may be typed → the code."""
    words: Mapping[str, int] = field(default_factory=dict)
    """What may be typed for a number → the number."""
    most: int | None = None
    """The greatest number that there is; None where any may be."""
    of_changes: bool = False
    """Whether only changes have it."""
    is_derived: bool = False
    """Whether it is no column but looked up where it is asked for, so that no order goes by it."""


LEVELS = {"high": 1, "medium": 2, "low": 3}
RISKS = {"low": 1, "medium": 2, "high": 3}


def _codes(codes: type[Enum], **aliases: str) -> Mapping[str, str]:
    return {str(code.value): str(code.value) for code in codes} | aliases


_ALL = (
    Field(
        "type", "kind", Shape.CODE, N_("incident, request, problem or change"), (),
        _codes(Kind, problem="problem", change="change"),
    ),
    Field(
        "kind", "change_kind", Shape.CODE, N_("a change's kind: normal, standard, emergency"), (),
        _codes(ChangeKind), of_changes=True,
    ),
    Field(
        "status", "status", Shape.CODE, N_("where it stands"), ("state",),
        {
            **_codes(ChangeStatus), **_codes(ProblemStatus),
            **_codes(Status, pending="on_hold", hold="on_hold", open="in_progress"),
        },
    ),
    Field("channel", "channel", Shape.CODE, N_("the door it came through"), ("via",), _codes(Channel)),
    Field("hold", "hold_reason", Shape.CODE, N_("what it waits for"), (), _codes(HoldReason)),
    Field("resolution", "resolution", Shape.CODE, N_("how it was resolved"), (), _codes(Resolution)),
    Field(
        "outcome", "outcome", Shape.CODE, N_("what came of a change"), (), _codes(Outcome), of_changes=True
    ),
    Field("sla", "sla_target", Shape.CODE, N_("which clock presses most"), ("target",), _codes(TargetName)),
    Field("prio", "priority", Shape.RANK, N_("priority, 1 the most urgent"), ("p", "priority"), most=5),
    Field("impact", "impact", Shape.RANK, N_("1 high, 2 medium, 3 low"), words=LEVELS, most=3),
    Field(
        "risk", "risk", Shape.COUNT, N_("a change's risk: 1 low, 2 medium, 3 high"),
        words=RISKS, most=3, of_changes=True,
    ),
    Field("urgency", "urgency", Shape.RANK, N_("1 high, 2 medium, 3 low"), words=LEVELS, most=3),
    Field("extent", "extent", Shape.COUNT, N_("people affected")),
    Field("tier", "tier", Shape.COUNT, N_("tier of the owning team")),
    Field("reopens", "reopen_count", Shape.COUNT, N_("how often it was reopened"), ("reopened",)),
    Field("moves", "reassignment_count", Shape.COUNT, N_("how often it changed hands"), ("reassigned",)),
    Field("assignee", "assignee", Shape.LOGIN, N_("who works on it: a login, me, none"), ("a", "to")),
    Field("team", "team", Shape.TEAM, N_("who owns it: a team, mine, none"), ("group", "queue")),
    Field("by", "actors", Shape.AGENTS, N_("who did something to it: a login, me"), is_derived=True),
    Field("caller", "caller", Shape.CALLER, N_("who asks: a name or address"), ("from", "requester")),
    Field("watcher", "watchers", Shape.AGENTS, N_("who watches it: a login, me, none"), ("watchers",)),
    Field("cat", "category", Shape.PATH, N_("category, with all below it"), ("category",)),
    Field("svc", "service", Shape.NAME, N_("service"), ("service",)),
    Field("ci", "ci", Shape.NAME, N_("configuration item")),
    Field("org", "department", Shape.NAME, N_("the caller's department"), ("department", "dept")),
    Field("tag", "tags", Shape.TAGS, N_("a tag; #word is shorter"), ("tags",)),
    Field("linked", "links", Shape.LINKS, N_("linked to this number"), ("link", "links")),
    Field("problem", "problems", Shape.LINKS, N_("linked to this problem, none or any"), is_derived=True),
    Field("change", "changes", Shape.LINKS, N_("linked to this change, none or any"), is_derived=True),
    Field("summary", "summary", Shape.TEXT, N_("in the summary"), ("title", "subject")),
    Field("description", "description", Shape.TEXT, N_("in the description"), ("body",)),
    Field("note", "notes", Shape.TEXTS, N_("in a note among agents"), ("notes",), is_derived=True),
    Field("msgs", "messages", Shape.COUNT, N_("how many messages and notes"), ("messages",), is_derived=True),
    Field("external", "external_id", Shape.NAME, N_("number in the system it came from")),
    Field("breach", "sla_due_at", Shape.LEFT, N_("time left until due: breach<1h"), ("due",)),
    Field("respond", "respond_at", Shape.LEFT, N_("time left for the first response"), is_derived=True),
    Field("start", "planned_start", Shape.LEFT, N_("when a change begins: start:today"), of_changes=True),
    Field("end", "planned_end", Shape.LEFT, N_("when a change ends: end<2h"), of_changes=True),
    Field("resume", "review_at", Shape.LEFT, N_("time left until the review date"), ("review",)),
    Field("created", "opened_at", Shape.AGE, N_("age: created>2d"), ("opened",)),
    Field("updated", "updated_at", Shape.AGE, N_("untouched for: updated>2d")),
    Field("replied", "replied_at", Shape.AGE, N_("time since our last reply"), ("reply",), is_derived=True),
    Field("waiting", "waiting_since", Shape.AGE, N_("how long the caller has waited for an answer")),
    Field("resolved", "resolved_at", Shape.AGE, N_("time since it was resolved")),
    Field("closed", "closed_at", Shape.AGE, N_("time since it was closed")),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {entry.name: entry for entry in _ALL}
"""Canonical name → field."""
CALLED: Mapping[str, Field] = {name: entry for entry in _ALL for name in (entry.name, *entry.aliases)}
"""Every name that may be typed → field."""
LATER = frozenset({"attachment", "kb"})
"""Words of the language that nothing answers yet."""
STATES: Mapping[str, str] = {
    "open": N_("somebody still has work to do"),
    "closed": N_("closed, cancelled or merged"),
    "new": N_("nobody has taken it"),
    "pending": N_("on hold"),
    "resolved": N_("waiting for the caller's word"),
    "paused": N_("its clock stands still"),
    "breached": N_("a target was missed"),
    "atrisk": N_("three quarters of the time are used up"),
    "waiting": N_("the caller waits for an answer"),
    "unread": N_("with news for you"),
    "watched": N_("you watch it"),
    "starred": N_("you put a star on it"),
    "draft": N_("you have begun to write to it"),
    "locked": N_("somebody else is typing in it"),
    "vip": N_("the caller is a VIP"),
    "major": N_("a major incident"),
    "knownerror": N_("a problem with a workaround"),
}
"""What `is:` takes."""
STATES_CALLED: Mapping[str, str] = {name: name for name in STATES} | {
    "on_hold": "pending",
    "at_risk": "atrisk",
}
DIRECTIVES = ("sort", "cols", "view")
"""Named like fields, but no conditions: order, columns, a saved view to include."""
COLUMNS: Mapping[str, str] = {name: entry.name for name, entry in CALLED.items()} | {
    "id": "id",
    "number": "id",
}
"""What `cols:` takes → canonical name."""
SORTS: Mapping[str, str] = {
    name: entry.name for name, entry in CALLED.items() if entry.shape in SORTED and not entry.is_derived
} | {
    "id": "id",
    "number": "id",
}
"""What `sort:` takes → canonical name; an order by what records have not leaves them in their own."""


def suggestion(word: str, known: Mapping[str, object]) -> str:
    """Return the known word that was probably meant, empty where none is near."""
    near = get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return near[0] if near else ""
