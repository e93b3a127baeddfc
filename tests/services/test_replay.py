"""The verdict on fixes, replayed on real history: a log imported as of a date, then week by week.

The log has neither services nor, but for one incident, configuration items: candidates are found and effects
are counted by category alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.problem import ActionType, Metric, ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.reads import candidates as waiting
from deskterm.reads import problems as reads
from deskterm.services import candidates, catalogue, causes, corrective, problems
from deskterm.services.problem_drafts import NewAction, ProblemEdit
from deskterm.services.sweep import sweep
from tests.databases import Furnish
from tests.logs import SAMPLE, ZONE, found, import_log
from tests.services.problem_desks import DAY

OWNER = "ada"


@pytest.fixture
def furnish() -> Furnish:
    return found


class History:
    """A desk to which a log's history happens."""

    def __init__(self, desk: Desk, clock: StoppedClock, rejects: Path) -> None:
        self.desk, self.clock, self.rejects = desk, clock, rejects

    def come_to(self, month: int, day: int) -> None:
        """Let the desk know what was known on a day, and live until then."""
        self.clock.at = datetime(2016, month, day, 3, tzinfo=UTC)  # midnight in São Paulo
        import_log(self.desk, SAMPLE, zone=ZONE, as_of=self.clock.at, rejects=self.rejects)
        for _turn in range(2):
            sweep(self.desk)

    def problem(self, category: str) -> str:
        """Open a problem from a category's candidate, and lead it to its fix."""
        desk = self.desk
        catalogue.add(desk, services=("Applications",), by=OWNER)
        (candidate,) = (each for each in waiting.waiting(desk, by=OWNER) if each.subject == category)
        number = candidates.open_problem(desk, candidate.id, summary=category, by=OWNER)
        problems.move(desk, number, ProblemStatus.ASSESS, ProblemEdit(service="Applications"), by=OWNER)
        both = ProblemEdit(assignee=OWNER, teams=frozenset({"group-54", "group-70"}))
        problems.move(desk, number, ProblemStatus.ANALYSIS, both, by=OWNER)
        cause = causes.add(desk, number, "The batch runs twice", branch=Branch.PROCESS, by=OWNER)
        causes.judge(desk, number, cause, Verdict.CONFIRMED, by=OWNER)
        due = self.clock.now() + 30 * DAY
        action = NewAction(type=ActionType.PROCESS, summary="Run it once", assignee=OWNER, due_at=due)
        corrective.add(desk, number, action, by=OWNER)
        why = ProblemEdit(root_cause="The batch runs twice")
        problems.move(desk, number, ProblemStatus.FIX, why, by=OWNER)
        return number

    def fix(self, number: str, *, threshold: int) -> int:
        """Say that the fix is in place, and return the baseline."""
        corrective.finish(self.desk, number, 1, by=OWNER)
        plan = ProblemEdit(metric=Metric.CATEGORY_INCIDENTS, window_days=14, threshold=threshold)
        problems.move(self.desk, number, ProblemStatus.VERIFYING, plan, by=OWNER)
        return reads.record(self.desk, number, by=OWNER).baseline or 0

    def watch(self, number: str, *days: tuple[int, int]) -> list[tuple[str, str]]:
        """Go from day to day, accept what is proposed, and return where the problem stands on each.

        Beside the state stand the incidents since the fix, while they are counted.
        """
        seen = []
        for month, day in days:
            self.come_to(month, day)
            record = reads.record(self.desk, number, by=OWNER)
            if record.row.status is ProblemStatus.VERIFYING and record.row.proposed_at is not None:
                problems.move(self.desk, number, ProblemStatus.RESOLVED, by=OWNER)
                record = reads.record(self.desk, number, by=OWNER)
            count = f" {record.verification.count}" if record.verification else ""
            seen.append((f"{month:02}-{day:02}", f"{record.row.status}{count}"))
        return seen


@pytest.fixture
def history(desk: Desk, clock: StoppedClock, tmp_path: Path) -> History:
    return History(desk, clock, tmp_path / "rejects.csv")


def test_what_repeats_in_the_log_is_proposed_and_falls_away_when_it_stops(history: History) -> None:
    seen = []

    for day in ((3, 14), (3, 28), (4, 11)):
        history.come_to(*day)
        seen.append([(each.subject, each.count) for each in waiting.waiting(history.desk, by=OWNER)])

    assert seen == [
        [
            ("Category 45 / Subcategory 200", 7),
            ("Category 32 / Subcategory 9", 8),
            ("Category 26 / Subcategory 175", 6),
        ],
        [
            ("Category 46 / Subcategory 223", 6),
            ("Category 42 / Subcategory 223", 6),
            ("Category 32 / Subcategory 9", 5),
            ("Category 26 / Subcategory 175", 7),
        ],
        [("Category 42 / Subcategory 223", 6), ("Category 26 / Subcategory 175", 7)],
    ]


def test_a_category_that_goes_quiet_is_resolved_and_stays_so(history: History) -> None:
    history.come_to(3, 14)
    number = history.problem("Category 45 / Subcategory 200")

    baseline = history.fix(number, threshold=1)
    seen = history.watch(number, (3, 21), (3, 28), (4, 11), (5, 30))

    assert baseline == 7
    assert seen == [
        ("03-21", "verifying 0"),
        ("03-28", "resolved 0"),
        ("04-11", "resolved 0"),
        ("05-30", "resolved 0"),
    ]


def test_a_category_that_goes_on_reopens_the_analysis_within_days(history: History) -> None:
    history.come_to(3, 28)
    number = history.problem("Category 26 / Subcategory 175")

    baseline = history.fix(number, threshold=2)
    seen = history.watch(number, (3, 29), (3, 30), (4, 11))

    assert baseline == 8
    assert seen == [("03-29", "verifying 2"), ("03-30", "analysis"), ("04-11", "analysis")]


def test_a_category_that_only_rests_is_reopened_after_it_was_resolved(history: History) -> None:
    history.come_to(3, 28)
    number = history.problem("Category 32 / Subcategory 9")
    history.come_to(4, 11)

    baseline = history.fix(number, threshold=2)
    seen = history.watch(number, (4, 18), (4, 25), (5, 2), (5, 9), (5, 30))

    assert baseline == 4
    assert seen == [
        ("04-18", "verifying 0"),
        ("04-25", "resolved 0"),
        ("05-02", "resolved 2"),
        ("05-09", "analysis"),
        ("05-30", "analysis"),
    ]
    recurred = [
        each for each in reads.ledger(history.desk, number, by=OWNER) if each.kind == "problem.recurred"
    ]
    assert [(each.details["count"], each.details["threshold"]) for each in recurred] == [(3, 2)]
