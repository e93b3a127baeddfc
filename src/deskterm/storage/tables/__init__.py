"""One module per noun, each loaded when one of its tables is first asked for.

Making a table's class costs milliseconds, and `deskterm ls` needs a few of them only. Whoever writes, or asks
the metadata, needs all: `know_all`.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskterm.storage.tables.catalogue import Category, ConfigurationItem, Service
    from deskterm.storage.tables.changes import (
        Change,
        ChangeApproval,
        ChangeCheck,
        ChangeIncident,
        ChangeItem,
        ChangeOrder,
        ChangeStar,
        ChangeStep,
        ChangeTag,
        ChangeTemplate,
        ChangeVote,
        ChangeWatcher,
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
        Problem,
        ProblemStar,
        ProblemTag,
        ProblemTeam,
        ProblemWatcher,
    )
    from deskterm.storage.tables.tickets import Approval, Link, Tag, Task, Ticket, Watcher, WorkTime
    from deskterm.storage.tables.workplace import Draft, Heartbeat, Notification, Presence, Star, View

HOMES = {
    "Agent": "people",
    "Alert": "clocks",
    "Approval": "tickets",
    "CandidateRow": "problems",
    "Category": "catalogue",
    "CauseRow": "problems",
    "Change": "changes",
    "ChangeApproval": "changes",
    "ChangeCheck": "changes",
    "ChangeIncident": "changes",
    "ChangeItem": "changes",
    "ChangeOrder": "changes",
    "ChangeStar": "changes",
    "ChangeStep": "changes",
    "ChangeTag": "changes",
    "ChangeTemplate": "changes",
    "ChangeVote": "changes",
    "ChangeWatcher": "changes",
    "ChangeWord": "changes",
    "CiRelation": "changes",
    "ClockRow": "clocks",
    "ConfigurationItem": "catalogue",
    "CorrectiveAction": "problems",
    "Counter": "desk",
    "DelegationRow": "changes",
    "DeskFact": "desk",
    "Draft": "workplace",
    "Event": "ledger",
    "Heartbeat": "workplace",
    "ImportCheckpoint": "desk",
    "Inbound": "conversation",
    "Link": "tickets",
    "Member": "people",
    "Message": "conversation",
    "Notification": "workplace",
    "Outgoing": "conversation",
    "Person": "people",
    "Presence": "workplace",
    "Problem": "problems",
    "ProblemStar": "problems",
    "ProblemTag": "problems",
    "ProblemTeam": "problems",
    "ProblemWatcher": "problems",
    "Service": "catalogue",
    "SpanRow": "changes",
    "StandardVersion": "desk",
    "Star": "workplace",
    "Tag": "tickets",
    "Task": "tickets",
    "TeamRow": "people",
    "Ticket": "tickets",
    "Timer": "clocks",
    "View": "workplace",
    "Watcher": "tickets",
    "WorkTime": "tickets",
}
"""Table → the module that it lives in."""

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
    "ChangeStar",
    "ChangeStep",
    "ChangeTag",
    "ChangeTemplate",
    "ChangeVote",
    "ChangeWatcher",
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
    "Link",
    "Member",
    "Message",
    "Notification",
    "Outgoing",
    "Person",
    "Presence",
    "Problem",
    "ProblemStar",
    "ProblemTag",
    "ProblemTeam",
    "ProblemWatcher",
    "Service",
    "SpanRow",
    "StandardVersion",
    "Star",
    "Tag",
    "Task",
    "TeamRow",
    "Ticket",
    "Timer",
    "View",
    "Watcher",
    "WorkTime",
    "know_all",
]


def __getattr__(name: str) -> Any:
    """Load the table that somebody imports."""
    if name not in HOMES:
        raise AttributeError(name)
    found = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    globals()[name] = found
    return found


@cache
def know_all() -> None:
    """Load every table, so that foreign keys find each other and the metadata is whole."""
    for home in set(HOMES.values()):
        import_module(f"{__name__}.{home}")
