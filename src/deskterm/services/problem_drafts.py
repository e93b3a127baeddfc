"""What people hand in on problems, checked before it touches a record."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from deskterm.domain.problem import ActionType, Metric, Source
from deskterm.domain.ticket import Level
from deskterm.services.drafts import DraftModel, Key, Line, Words

Days = Annotated[int, Field(ge=1, le=730)]
Count = Annotated[int, Field(ge=0)]


class NewProblem(DraftModel):
    """A problem as it is opened."""

    summary: Line
    source: Source = Source.PERSON
    description: Words = ""
    category: Key | None = None
    service: Key | None = None
    ci: Key | None = None
    impact: Level | None = None
    urgency: Level | None = None
    team: Key | None = None
    assignee: Key | None = None
    """The owner."""
    tickets: tuple[Key, ...] = ()
    """Numbers of the tickets that it causes."""


Emptied = Literal["category", "service", "ci"]
"""A field that a problem can do without, as far as its gates allow."""


class ProblemEdit(DraftModel):
    """Fields to change, such as those that a gate asks for; those left out stay."""

    summary: Line | None = None
    description: Words | None = None
    category: Key | None = None
    service: Key | None = None
    ci: Key | None = None
    impact: Level | None = None
    urgency: Level | None = None
    team: Key | None = None
    assignee: Key | None = None
    """The owner."""
    teams: frozenset[Key] | None = None
    """The teams that analyse it together."""
    root_cause: Words | None = None
    metric: Metric | None = None
    baseline: Count | None = None
    """Counted from the matching incidents where it is left out."""
    window_days: Days | None = None
    threshold: Count | None = None
    review: Words | None = None
    empty: frozenset[Emptied] = frozenset()
    """Fields that shall say nothing any more."""


class NewAction(DraftModel):
    """A corrective action as it is planned."""

    type: ActionType
    summary: Line
    assignee: Key
    """The owner."""
    due_at: AwareDatetime
    change: Annotated[str, Field(pattern=r"^CHG-\d{1,18}$")] | None = None


class ActionEdit(DraftModel):
    """Fields of a corrective action to change; those left out stay."""

    type: ActionType | None = None
    summary: Line | None = None
    assignee: Key | None = None
    due_at: AwareDatetime | None = None
    change: Annotated[str, Field(pattern=r"^CHG-\d{1,18}$")] | None = None
    empty: frozenset[Literal["change"]] = frozenset()
    """Fields that shall say nothing any more."""


class KnownErrorDraft(DraftModel):
    """What makes a problem a known error."""

    symptom: Words
    workaround: Words
    article: Words | None = None
    """The article's draft; written from the rest where it is left out."""
