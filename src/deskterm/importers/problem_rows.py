"""What the rows of a log of problems say: snapshots for `services.problem_imports`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import partial
from typing import NamedTuple

from deskterm.domain.problem import Closure, ProblemStatus
from deskterm.i18n import N_
from deskterm.importers.mapping import ProblemMapping, ProblemState
from deskterm.importers.records import Record
from deskterm.importers.rows import Header, Memo, Rows
from deskterm.services.problem_imports import Snapshot
from deskterm.text import plain


class Code(NamedTuple):
    """What the words of a problem's state mean."""

    status: ProblemStatus | None
    closure: Closure | None
    reason: str
    """The words for how it ended."""
    word: str


class ProblemRows(Rows[Snapshot]):
    """Reads the rows of a file about problems."""

    FIELDS = (
        "number", "at", "by", "status", "substatus", "team", "assignee", "category", "subcategory", "symptom",
        "service", "ci", "impact", "urgency", "priority", "summary",
    )  # fmt: skip
    CODED = ("status",)
    NO_NUMBER = N_("{value} is no problem number.")

    def __init__(self, mapping: ProblemMapping, header: Header, zone: tzinfo) -> None:
        super().__init__(mapping, header, zone)
        defaults = mapping.defaults
        self.states = Memo(partial(self._state, mapping.status))
        self.impacts = Memo(partial(self.code, "impact", mapping.impact, defaults.impact))
        self.urgencies = Memo(partial(self.code, "urgency", mapping.urgency, defaults.urgency))

    def row(self, record: Record) -> Snapshot:
        """Return a problem as a row shows it."""
        fields = self.fields(record)
        (
            number, stamp, by, status, substatus, team, assignee, category, subcategory, symptom, service, ci,
            impact, urgency, priority, summary,
        ) = self.told(fields)  # fmt: skip
        number = self.checked(number)
        state = self.states[status, substatus]
        at = self.instants[stamp]
        about = (self.paths[category, subcategory], self.names[service], self.names[ci])
        originals, reason = self.originals(fields, state.word), state.reason
        if state.closure is not None and (told := self.finally_known(fields, at)) is not None:
            originals, reason = {**originals, **told[0]}, told[1] or reason
        return Snapshot(
            record.line,
            self.key(fields),
            at,
            self.names[by],
            state.status,
            state.closure,
            self.teams[team],
            self.names[assignee],
            *about,
            self.impacts[impact],
            self.urgencies[urgency],
            self.priorities[priority],
            self.called(number, summary, (*about, self.names[symptom])),
            self.described(fields),
            reason,
            originals,
        )

    def _state(self, table: Mapping[str, ProblemState], words: tuple[str, str]) -> Code:
        code = self.state_code(words)
        state = table.get(code)
        if state is None:
            raise self.unknown("status", code or words[0])
        if state.status is not ProblemStatus.CLOSED:
            return Code(state.status, None, "", "" if state.status is not None else code)
        return Code(state.status, state.closure or Closure.IMPORTED, plain(code, one_line=True), "")
