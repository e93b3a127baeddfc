"""Problems of the demo desk: from a first suspicion to an effect that is verified, played in time order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from deskterm.domain.people import SYSTEM
from deskterm.domain.problem import ActionType, Metric, ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import Level, number_of
from deskterm.importers.demo.lives import Life, Stage
from deskterm.reads import problems as reads
from deskterm.services import causes, corrective, known_errors, problems
from deskterm.services.problem_drafts import KnownErrorDraft, NewAction, NewProblem, ProblemEdit
from deskterm.storage.tables import Ticket

LEADER = "osei"
"""Who leads the problems of the demo desk."""
MOST_TICKETS = 6
STEP = timedelta(hours=5)
"""How long a problem rests between two steps of its way."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What a problem of the demo desk is about, and how far it comes."""

    summary: str
    category: str
    service: str
    owner: str
    teams: frozenset[str]
    cause: str
    root: str
    branch: Branch
    measure: ActionType
    fix: str
    workaround: str
    until: ProblemStatus
    hours_ago: float
    impact: Level = Level.MEDIUM


PLOTS = (
    Plot(
        "VPN drops every few minutes after firewall 9.1.4",
        "Network / VPN",
        "Remote access",
        "kim",
        frozenset({"network", "infrastructure"}),
        "The tunnel is torn down when keys are renewed",
        "Firmware 9.1.4 leaks sessions (vendor case 88231)",
        Branch.TECHNOLOGY,
        ActionType.PATCH,
        "Roll the firewall back to 9.1.3",
        "Use the second gateway: vpn2",
        ProblemStatus.ANALYSIS,
        70,
        Level.HIGH,
    ),
    Plot(
        "Printers print empty pages after the driver update",
        "Printing / Printer",
        "Printing",
        "ivo",
        frozenset({"desktop", "service-desk"}),
        "The new driver ignores the tray",
        "Updates go out without a pilot",
        Branch.PROCESS,
        ActionType.PROCESS,
        "Let a pilot group test drivers for a week",
        "Choose tray 2 by hand",
        ProblemStatus.FIX,
        200,
    ),
    Plot(
        "Outlook asks for the password again and again",
        "Software / E-mail",
        "E-mail and calendar",
        "zoe",
        frozenset({"applications", "identity"}),
        "Tokens expire after an hour",
        "The policy was copied from the test tenant",
        Branch.PEOPLE,
        ActionType.CONFIGURATION,
        "Set the token's life to a day",
        "Sign in once at portal.example.org",
        ProblemStatus.VERIFYING,
        190,
    ),
    Plot(
        "Docking stations lose screens after sleep",
        "Hardware / Screen and dock",
        "Workplace",
        "leo",
        frozenset({"desktop", "vendor"}),
        "",
        "",
        Branch.TECHNOLOGY,
        ActionType.HARDWARE,
        "",
        "",
        ProblemStatus.ASSESS,
        30,
    ),
    Plot(
        "会议室无线网络经常断开",
        "Network / Wi-Fi",
        "Network",
        "kim",
        frozenset({"network", "infrastructure"}),
        "",
        "",
        Branch.ENVIRONMENT,
        ActionType.HARDWARE,
        "",
        "",
        ProblemStatus.NEW,
        8,
    ),
    Plot(
        "Month-end booking hangs",
        "Software / Business application",
        "Finance system",
        "zoe",
        frozenset({"applications", "infrastructure"}),
        "Two jobs lock the same table",
        "Nobody owns the job plan",
        Branch.PROCESS,
        ActionType.CONFIGURATION,
        "Start the export after the booking",
        "Stop the export, then book",
        ProblemStatus.ANALYSIS,
        20,
        Level.HIGH,
    ),
)


def lives(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Life]]:
    """Yield the life of every problem with the instant at which it is opened."""
    for plot in PLOTS:
        yield now - timedelta(hours=plot.hours_ago), _life(stage, plot)


def _life(stage: Stage, plot: Plot) -> Life:
    draft = NewProblem(
        summary=plot.summary,
        category=plot.category,
        service=plot.service,
        impact=plot.impact,
        urgency=Level.MEDIUM,
        tickets=_tickets(stage, plot),
    )
    number = problems.open_problem(stage.desk, draft, by=LEADER)
    for after, step in STEPS.items():
        if _place(after) > _place(plot.until):
            break
        yield stage.clock.at + STEP
        given = step(stage, plot, number)
        problems.move(stage.desk, number, after, given, by=LEADER)
    if plot.until is ProblemStatus.ANALYSIS:
        yield stage.clock.at + STEP
        _suspect(stage, plot, number)


def _suspect(stage: Stage, plot: Plot, number: str) -> None:
    """Leave an analysis as it looks half way: a cause confirmed, its why open, another refuted."""
    cause = causes.add(stage.desk, number, plot.cause, branch=plot.branch, by=plot.owner)
    causes.judge(stage.desk, number, cause, Verdict.CONFIRMED, by=plot.owner)
    why = causes.add(stage.desk, number, plot.root, below=cause, by=plot.owner)
    causes.edit(stage.desk, number, why, evidence="seen twice in the log, 10:20 and 14:05", by=plot.owner)
    other = causes.add(stage.desk, number, "The line is too slow", branch=Branch.ENVIRONMENT, by="dana")
    causes.judge(stage.desk, number, other, Verdict.REFUTED, by=plot.owner)
    draft = KnownErrorDraft(symptom=plot.summary, workaround=plot.workaround)
    known_errors.declare(stage.desk, number, draft, by=LEADER)


def _tickets(stage: Stage, plot: Plot) -> tuple[str, ...]:
    """Return the newest incidents of the plot's category."""
    with stage.desk.look(SYSTEM) as look:
        rows = look.connection.execute(
            select(col(Ticket.kind), col(Ticket.id))
            .where(col(Ticket.category) == plot.category, col(Ticket.service) == plot.service)
            .order_by(col(Ticket.id).desc())
            .limit(MOST_TICKETS)
        )
        return tuple(number_of(kind, key or 0) for kind, key in rows)


def _assess(_stage: Stage, _plot: Plot, _number: str) -> ProblemEdit:
    return ProblemEdit()


def _analyse(_stage: Stage, plot: Plot, _number: str) -> ProblemEdit:
    return ProblemEdit(assignee=plot.owner, teams=plot.teams)


def _explain(stage: Stage, plot: Plot, number: str) -> ProblemEdit:
    """Find the cause, declare the known error, and plan what is done about it."""
    cause = causes.add(stage.desk, number, plot.cause, branch=plot.branch, by=plot.owner)
    root = causes.add(stage.desk, number, plot.root, below=cause, by=plot.owner)
    for each in (cause, root):
        causes.judge(stage.desk, number, each, Verdict.CONFIRMED, by=plot.owner)
    causes.mark_root(stage.desk, number, root, by=plot.owner)
    draft = KnownErrorDraft(symptom=plot.summary, workaround=plot.workaround)
    known_errors.declare(stage.desk, number, draft, by=LEADER)
    due = stage.clock.at + timedelta(days=4)
    action = NewAction(type=plot.measure, summary=plot.fix, assignee=plot.owner, due_at=due)
    corrective.add(stage.desk, number, action, by=LEADER)
    return ProblemEdit(root_cause=f"{plot.cause}: {plot.root}")


def _verify(stage: Stage, plot: Plot, number: str) -> ProblemEdit:
    """Finish the actions, and say how the effect is counted."""
    for action in reads.record(stage.desk, number, by=plot.owner).actions:
        corrective.finish(stage.desk, number, action.id, by=plot.owner)
    return ProblemEdit(metric=Metric.INCIDENTS, window_days=7, threshold=30)


STEPS = {
    ProblemStatus.ASSESS: _assess,
    ProblemStatus.ANALYSIS: _analyse,
    ProblemStatus.FIX: _explain,
    ProblemStatus.VERIFYING: _verify,
}
"""What has to be there before a problem is carried to a state."""


def _place(status: ProblemStatus) -> int:
    return list(ProblemStatus).index(status)
