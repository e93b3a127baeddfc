"""What the management standard says about problems, as values: candidates, the board's limits, chasing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from deskterm.domain.candidates import Rules
from deskterm.domain.problem import ProblemStatus

LIMITS: Mapping[ProblemStatus, int] = {ProblemStatus.ANALYSIS: 5, ProblemStatus.FIX: 8}


@dataclass(frozen=True, slots=True)
class ProblemRules:
    """How problems are found, shown and chased."""

    candidates: Rules = field(default_factory=Rules)
    limits: Mapping[ProblemStatus, int] = field(default_factory=lambda: LIMITS)
    """How many problems a column of the board ought to hold at most."""
    idle_after: timedelta = timedelta(days=4)
    """After this long without an update a card says so."""
    remind_before: timedelta = timedelta(days=1)
    """How long before its due date a corrective action alerts first."""
    overdue_after: timedelta = timedelta(days=3)
    """How long after it the problem managers hear of it."""
