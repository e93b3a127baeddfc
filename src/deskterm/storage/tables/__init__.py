"""One module per noun; importing this package knows them all."""

from deskterm.storage.tables.catalogue import Category, ConfigurationItem, Service
from deskterm.storage.tables.changes import (
    Change,
    ChangeApproval,
    ChangeCheck,
    ChangeIncident,
    ChangeItem,
    ChangeOrder,
    ChangeStep,
    ChangeTemplate,
    ChangeVote,
    ChangeWord,
    CiRelation,
    DelegationRow,
    SpanRow,
)
from deskterm.storage.tables.clocks import Alert, ClockRow, Timer
from deskterm.storage.tables.conversation import Inbound, Message, Outgoing
from deskterm.storage.tables.desk import Counter, DeskFact, ImportCheckpoint, StandardVersion
from deskterm.storage.tables.ledger import Event
from deskterm.storage.tables.people import Agent, Member, Person, TeamRow
from deskterm.storage.tables.problems import (
    CandidateRow,
    CauseRow,
    CorrectiveAction,
    IncidentDay,
    Problem,
    ProblemTeam,
    ProblemWatcher,
)
from deskterm.storage.tables.tickets import Approval, Link, Tag, Task, Ticket, Watcher
from deskterm.storage.tables.workplace import Draft, Heartbeat, Notification, Presence, View

__all__ = [
    "Agent",
    "Alert",
    "Approval",
    "CandidateRow",
    "Category",
    "CauseRow",
    "Change",
    "ChangeApproval",
    "ChangeCheck",
    "ChangeIncident",
    "ChangeItem",
    "ChangeOrder",
    "ChangeStep",
    "ChangeTemplate",
    "ChangeVote",
    "ChangeWord",
    "CiRelation",
    "ClockRow",
    "ConfigurationItem",
    "CorrectiveAction",
    "Counter",
    "DelegationRow",
    "DeskFact",
    "Draft",
    "Event",
    "Heartbeat",
    "ImportCheckpoint",
    "Inbound",
    "IncidentDay",
    "Link",
    "Member",
    "Message",
    "Notification",
    "Outgoing",
    "Person",
    "Presence",
    "Problem",
    "ProblemTeam",
    "ProblemWatcher",
    "Service",
    "SpanRow",
    "StandardVersion",
    "Tag",
    "Task",
    "TeamRow",
    "Ticket",
    "Timer",
    "View",
    "Watcher",
]
