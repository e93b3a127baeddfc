"""The form of a mapping, the TOML file that says what another tool's log means: its models, key by key."""

from __future__ import annotations

import codecs
import string
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from deskterm.domain.problem import Closure, ProblemStatus
from deskterm.domain.ticket import Channel, HoldReason, Level, Status
from deskterm.i18n import _
from deskterm.importers import dates
from deskterm.standard.findings import unknown
from deskterm.standard.spelling import Key, Priority, Several, Words

TICKET = "ticket"
PROBLEM = "problem"
RECORDS: Mapping[str, str] = {TICKET: TICKET, PROBLEM: PROBLEM}
STANDARDS: Mapping[str, str] = {"default": "default", "servicenow": "servicenow"}
SEPARATORS: Mapping[str, str] = {each: each for each in (",", ";", "\t", "|")}
LEVELS: Mapping[str, Level] = {level.name.lower(): level for level in Level}
TICKET_STATES: Mapping[str, Status] = {
    status.value: status
    for status in (
        Status.NEW,
        Status.IN_PROGRESS,
        Status.ON_HOLD,
        Status.RESOLVED,
        Status.CLOSED,
        Status.CANCELLED,
    )
}
"""Those in which a ticket may come; approvals and merges take what no log has."""
NUMBER = "number"
PARTS = ("category", "service", "ci", "symptom")
"""The fields that a made summary may have, besides the number."""
UNCHANGED = "unchanged"
"""Stands for a state that leaves a record where it is."""


def _one_of(words: Mapping[str, object]) -> BeforeValidator:
    """Return what reads a word as its code, and says which words there are."""

    def read(value: object) -> object:
        if isinstance(value, str) and value in words:
            return words[value]
        raise ValueError(unknown(_("there is no {name} here"), str(value), words))

    return BeforeValidator(read)


def _codes(codes: type[Any]) -> Mapping[str, Any]:
    return {str(code.value): code for code in codes}


def _state(value: object) -> object:
    """Let a state be written without braces where nothing more is to say."""
    if value == UNCHANGED:
        return {}
    return {"status": value} if isinstance(value, str) else value


def _encoding(value: str) -> str:
    """Take an encoding in which letters, separators and line ends are what they are in ASCII."""
    try:
        if string.printable.encode(value) == string.printable.encode("ascii"):
            return codecs.lookup(value).name
    except LookupError:
        pass
    raise ValueError(_("a log can't be read so; write an encoding like utf-8, cp1252 or gb18030"))


Impact = Annotated[Level, _one_of(LEVELS)]
"""high, medium or low."""
Separator = Annotated[str, _one_of(SEPARATORS)]
"""What stands between two fields of a line."""
DateForm = Annotated[str, AfterValidator(dates.checked)]
"""iso, or a format such as %d/%m/%Y %H:%M."""
Encoding = Annotated[str, AfterValidator(_encoding)]
Tier = Annotated[int, Field(ge=1, le=9, strict=True)]


class Section(BaseModel):
    """What all sections of a mapping share: they refuse keys they do not know, and never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Columns(Section):
    """Which column of the log tells which field."""

    number: Words
    """What tells one record of the log from others."""
    at: Words
    """When the row was written."""
    by: Words | None = None
    """Who wrote it; the desk itself where the log does not say."""
    status: Words
    substatus: Words | None = None
    """A second column that tells the state together with the first: `Accepted/In Progress`."""
    team: Words | None = None
    assignee: Words | None = None
    category: Words | None = None
    subcategory: Words | None = None
    symptom: Words | None = None
    """Only summaries are made of it."""
    service: Words | None = None
    ci: Words | None = None
    impact: Words | None = None
    urgency: Words | None = None
    priority: Words | None = None
    """Compared: the desk's own matrix decides."""
    summary: Words | None = None
    description: Words | None = None

    @property
    def given(self) -> dict[str, str]:
        """The fields that the log tells, each with its column."""
        return {name: column for name, column in self if column is not None}


class TicketColumns(Columns):
    """Which column of a log of tickets tells which field."""

    caller: Words | None = None
    channel: Words | None = None
    reopen_count: Words | None = None
    reassignment_count: Words | None = None
    """Like the reopen count compared with what the desk counts itself."""


class ProblemColumns(Columns):
    """Which column of a log of problems tells which field."""


class Final(Section):
    """Columns whose last value stands in every row of a record, although nobody knew it before the end."""

    known_at: Words
    """The column that says when they were known; rows that close a record then or later tell them."""
    columns: tuple[Words, ...] = ()
    """Kept in the ledger, in such a row."""
    closing_summary: Words | None = None
    """The one of them that says how it ended."""


class TicketState(Section):
    """What a state of the log is here."""

    status: Annotated[Status, _one_of(TICKET_STATES)] | None = None
    """None leaves a ticket as it is."""
    hold_reason: Annotated[HoldReason, _one_of(_codes(HoldReason))] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> TicketState:
        if (self.status is Status.ON_HOLD) is not (self.hold_reason is not None):
            raise ValueError(
                _("a ticket on hold has a reason, and no other has; write {example}").format(
                    example='{ status = "on_hold", hold_reason = "vendor" }'
                )
            )
        return self


class ProblemState(Section):
    """What a state of the log is here."""

    status: Annotated[ProblemStatus, _one_of(_codes(ProblemStatus))] | None = None
    """None leaves a problem as it is."""
    closure: Annotated[Closure, _one_of(_codes(Closure))] | None = None
    """How a closed problem ended; `imported` where the log does not say that the effect was verified."""

    @model_validator(mode="after")
    def _is_whole(self) -> ProblemState:
        if self.closure is not None and self.status is not ProblemStatus.CLOSED:
            raise ValueError(_("only a closed problem has a closure"))
        return self


class Defaults(Section):
    """What is meant where a row does not say."""

    impact: Impact | None = None
    urgency: Impact | None = None


class TicketDefaults(Defaults):
    """What is meant where a row of a log of tickets does not say."""

    channel: Annotated[Channel, _one_of(_codes(Channel))] = Channel.IMPORT
    """Also of doors that the mapping does not name; the ledger keeps the log's word."""


class LogMapping(Section):
    """A whole file; tickets and problems each have their own."""

    source: Key
    """The system that the log comes from; with a record's number there it tells records apart for good."""
    title: Words
    """What kind of log it is."""
    record: Annotated[str, _one_of(RECORDS)]
    """What the rows are about: `ticket` or `problem`."""
    standard: Annotated[str, _one_of(STANDARDS)] = "default"
    """The management standard of a desk that is made for the log."""
    encoding: Encoding = "utf-8"
    separators: Annotated[tuple[Separator, ...], Several, Field(min_length=1)] = (",",)
    """The first with which the header has all columns that are needed is the file's."""
    dates: Annotated[tuple[DateForm, ...], Several, Field(min_length=1)] = (dates.ISO,)
    """How the log writes instants, the first form that fits."""
    missing: Annotated[tuple[str, ...], Several] = ()
    """What stands for nothing, besides an empty field."""
    optional: Annotated[tuple[Words, ...], Several] = ()
    """Columns that some files do not have."""
    identity: Annotated[tuple[Words, ...], Several] = ()
    """Columns that tell a row from the other rows of its record, in this order for good: with others, the
    rows of an earlier import look new. All columns that are read or kept where none are named."""
    keep: Annotated[tuple[Words, ...], Several] = ()
    """Columns whose words the ledger keeps, as far as a file has them."""
    summary: Annotated[tuple[Words, ...], Several, Field(min_length=1)] = ("{number}",)
    """What records without a summary are called: the first of these whose fields all say something."""
    columns: Columns
    aliases: dict[Words, Annotated[tuple[Words, ...], Several]] = {}
    """Other names of a column."""
    final: Final | None = None
    defaults: Defaults = Defaults()
    impact: dict[str, Impact] = {}
    urgency: dict[str, Impact] = {}
    priority: dict[str, Priority] = {}
    teams: dict[str, Words] = {}
    """Teams of the log that are called otherwise here."""
    tiers: dict[str, Tier] = {}
    """The last word of a team's name in the log → its tier; 1 where none is named."""

    @property
    def needed(self) -> list[str]:
        """The columns that a file must have."""
        telling = (name for name in self.identity if name not in self.keep)
        named = dict.fromkeys((*self.columns.given.values(), *telling))
        return [name for name in named if name not in self.optional]

    @property
    def telling(self) -> tuple[str, ...]:
        """The columns that tell a row from others, as far as a file has them."""
        return self.identity or tuple(dict.fromkeys((*self.columns.given.values(), *self.keep)))


class TicketMapping(LogMapping):
    """A mapping of a log of tickets."""

    columns: TicketColumns
    defaults: TicketDefaults = TicketDefaults()
    status: Annotated[dict[str, Annotated[TicketState, BeforeValidator(_state)]], Field(min_length=1)]
    channel: dict[str, Annotated[Channel, _one_of(_codes(Channel))]] = {}


class ProblemMapping(LogMapping):
    """A mapping of a log of problems."""

    columns: ProblemColumns
    status: Annotated[dict[str, Annotated[ProblemState, BeforeValidator(_state)]], Field(min_length=1)]
