"""What the rows of a log of tickets say: snapshots for `services.ticket_imports`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from functools import partial
from typing import NamedTuple

from deskterm.domain.errors import BadInput
from deskterm.domain.ticket import Channel, HoldReason, Level, Status
from deskterm.i18n import N_
from deskterm.importers.mapping import TicketMapping, TicketState
from deskterm.importers.records import Record
from deskterm.importers.rows import Header, Memo, Rows, short
from deskterm.services.ticket_imports import Snapshot

_COUNT = re.compile(r"\d{1,9}", re.ASCII)


class Code(NamedTuple):
    """What the words of a ticket's state mean."""

    status: Status | None
    hold_reason: HoldReason | None
    word: str
    """What the ledger keeps, where the state says nothing."""


class TicketRows(Rows[Snapshot]):
    """Reads the rows of a file about tickets."""

    FIELDS = (
        "number", "at", "by", "status", "substatus", "caller", "team", "assignee", "channel", "category",
        "subcategory", "symptom", "service", "ci", "impact", "urgency", "priority", "summary",
        "reopen_count", "reassignment_count",
    )  # fmt: skip
    CODED = ("status", "channel")
    NO_NUMBER = N_("{value} is no incident number.")

    def __init__(self, mapping: TicketMapping, header: Header, zone: tzinfo) -> None:
        super().__init__(mapping, header, zone)
        defaults = mapping.defaults
        self.states = Memo(partial(self._state, mapping.status))
        self.channels = Memo(partial(self._channel, mapping.channel, defaults.channel))
        self.impacts = Memo(partial(self._level, "impact", mapping.impact, defaults.impact))
        self.urgencies = Memo(partial(self._level, "urgency", mapping.urgency, defaults.urgency))
        self.reopened = Memo(partial(self._count, "reopen_count"))
        self.reassigned = Memo(partial(self._count, "reassignment_count"))

    def row(self, record: Record) -> Snapshot:
        """Return a ticket as a row shows it."""
        fields = self.fields(record)
        (
            number, stamp, by, status, substatus, caller, team, assignee, channel, category, subcategory,
            symptom, service, ci, impact, urgency, priority, summary, reopened, reassigned,
        ) = self.told(fields)  # fmt: skip
        number = self.checked(number)
        state = self.states[status, substatus]
        at = self.instants[stamp]
        door, unknown_door = self.channels[channel]
        about = (self.paths[category, subcategory], self.names[service], self.names[ci])
        originals = self.originals(fields, state.word, unknown_door)
        closing_summary = None
        if state.status is Status.CLOSED and (told := self.finally_known(fields, at)) is not None:
            originals, closing_summary = {**originals, **told[0]}, told[1]
        return Snapshot(
            record.line,
            self.key(fields),
            at,
            self.names[by],
            state.status,
            state.hold_reason,
            self.names[caller],
            self.teams[team],
            self.names[assignee],
            door,
            *about,
            self.impacts[impact],
            self.urgencies[urgency],
            self.priorities[priority],
            self.called(number, summary, (*about, self.names[symptom])),
            self.described(fields),
            closing_summary,
            self.reopened[reopened],
            self.reassigned[reassigned],
            originals,
        )

    def _state(self, table: Mapping[str, TicketState], words: tuple[str, str]) -> Code:
        code = self.state_code(words)
        state = table.get(code)
        if state is None:
            raise self.unknown("status", code or words[0])
        return Code(state.status, state.hold_reason, "" if state.status is not None else code)

    def _channel(self, table: Mapping[str, Channel], other: Channel, word: str) -> tuple[Channel, str]:
        """Return a door, and its word where nobody has mapped it."""
        return (table[word], "") if word in table else (other, self.names[word] or "")

    def _level(self, field: str, table: Mapping[str, Level], default: Level | None, code: str) -> Level:
        level = self.code(field, table, default, code)
        if level is None:
            raise self.unknown(field, code)
        return level

    def _count(self, field: str, count: str) -> int | None:
        if count in self.missing:
            return None
        if not _COUNT.fullmatch(count):
            column = self.mapping.columns.given[field]
            raise BadInput(N_("{column}: {value} is no count."), column=column, value=short(count))
        return int(count)
