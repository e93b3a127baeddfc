"""Problems of the demo desk: from a first suspicion to an effect that is verified, played in time order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from deskterm.domain.candidates import Signal
from deskterm.domain.people import SYSTEM
from deskterm.domain.problem import ActionType, Metric, ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import Level, number_of
from deskterm.importers.demo import lives as tickets
from deskterm.importers.demo.lives import Life, Stage
from deskterm.importers.demo.material import Story
from deskterm.reads import candidates as found
from deskterm.reads import problems as reads
from deskterm.reads.candidates import Candidate
from deskterm.services import candidates, causes, corrective, known_errors, problems
from deskterm.services.problem_drafts import KnownErrorDraft, NewAction, NewProblem, ProblemEdit
from deskterm.storage.tables import Ticket

LEADER = "osei"
"""Who leads the problems of the demo desk."""
MOST_TICKETS = 6
STEP = timedelta(hours=5)
"""How long a problem rests between two steps of its way."""

DECIDED_AGO = timedelta(minutes=40)
"""When the leader last went through the candidates."""
SWITCH = "core-sw-01"
OUTAGE = Story(
    summary="Everything offline for a minute, {place}",
    category="Network / LAN",
    service="Network",
    ci=SWITCH,
    u=Level.HIGH,
    reply="The network is back. We look for the reason.",
    closing="The switch had restarted.",
)
OUTAGES = (330, 310, 285, 262, 238, 214, 196, 92)
"""How many hours ago each outage was called about; the problem's fix is between the last two."""


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
    ci: str | None = None


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
        ci="vpn-gw-01",
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
        "All of Paris offline for a minute, again and again",
        "Network / LAN",
        "Network",
        "kim",
        frozenset({"network", "infrastructure"}),
        "The core switch restarts by itself",
        "Its power supply loses contact when it is warm",
        Branch.TECHNOLOGY,
        ActionType.HARDWARE,
        "Replace the power supply",
        "Wait three minutes, then sign in again",
        ProblemStatus.VERIFYING,
        190,
        Level.HIGH,
        ci=SWITCH,
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

LEFT = frozenset({"file-01", "Identity · Access / Account locked", "Network · Network / Wi-Fi"})
"""Candidates that nobody has decided on yet."""
REASONS = {
    "mail-01": "Two different things: a calendar that was shared wrongly, and a sender's address.",
    "Access /": "After every holiday. Resetting passwords oneself comes in spring.",
    "Data /": "Each had its own reason, and its owner knows.",
    "Hardware /": "Devices of several makes and ages; nothing that they share.",
    "Printing /": "Worn rollers; new ones are on order.",
    "Security /": "It comes in waves. The filter was told.",
    "Software /": "Looked at all of them: different programs, different causes.",
}
"""What a candidate's subject holds → why it is no problem."""
OTHERWISE = "Nothing that they share."


def lives(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Life]]:
    """Yield the life of every problem with the instant at which it is opened, and of what belongs to them."""
    for hours in OUTAGES:
        yield now - timedelta(hours=hours), tickets.solved(stage, OUTAGE)
    for plot in PLOTS:
        yield now - timedelta(hours=plot.hours_ago), _life(stage, plot)
    yield now - DECIDED_AGO, _decide(stage)


def _decide(stage: Stage) -> Life:
    """Go through the candidates as a leader does: add some, dismiss most, leave a few for the reader."""
    candidates.detect_all(stage.desk, by=LEADER)
    while (each := _undecided(stage)) is not None:
        if each.problem:
            candidates.add_to(stage.desk, each.id, each.problem, by=LEADER)
        else:
            why = next((words for part, words in REASONS.items() if part in each.subject), OTHERWISE)
            candidates.dismiss(stage.desk, each.id, why, by=LEADER)
    yield from ()


def _undecided(stage: Stage) -> Candidate | None:
    """Return a candidate to decide on; one that is added may settle others."""
    waiting = found.waiting(stage.desk, by=LEADER)
    return next(
        (each for each in waiting if each.subject not in LEFT and each.signal is not Signal.MAJOR_INCIDENT),
        None,
    )


def _life(stage: Stage, plot: Plot) -> Life:
    draft = NewProblem(
        summary=plot.summary,
        category=plot.category,
        service=plot.service,
        ci=plot.ci,
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
    """Return the newest incidents of what the plot is about."""
    alike = col(Ticket.category) == plot.category, col(Ticket.service) == plot.service
    same = (col(Ticket.ci) == plot.ci,) if plot.ci else alike
    with stage.desk.look(SYSTEM) as look:
        rows = look.connection.execute(
            select(col(Ticket.kind), col(Ticket.id))
            .where(*same)
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
    return ProblemEdit(metric=Metric.INCIDENTS, window_days=7, threshold=2)


STEPS = {
    ProblemStatus.ASSESS: _assess,
    ProblemStatus.ANALYSIS: _analyse,
    ProblemStatus.FIX: _explain,
    ProblemStatus.VERIFYING: _verify,
}
"""What has to be there before a problem is carried to a state."""


def _place(status: ProblemStatus) -> int:
    return list(ProblemStatus).index(status)
