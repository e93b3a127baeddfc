"""What leads ask for: key figures of a period, each with its formula and its time base; shift notes."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, datetime, time, timedelta
from typing import Any

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, instant, text_of
from deskterm.cli.opening import Opened, opened
from deskterm.domain.query import Query
from deskterm.domain.ticket_kpis import NAMES, Figure, Period, Unit
from deskterm.i18n import N_, _
from deskterm.query import parse
from deskterm.reads import figures, views
from deskterm.services import shifts

OTHERS = ("problems", "causes")
"""What else there are figures of; each stands alone."""
DAYS = 30
"""How long a period is whose beginning nobody names."""
HEADS = ("figure", "value", "over", "time base", "counts by", "formula")


def report(asked: Namespace) -> None:
    """Print key figures of tickets, or hand over to those of problems."""
    if len(asked.kpis) == 1 and asked.kpis[0] in OTHERS:
        from deskterm.cli import problems

        (problems.figures if asked.kpis[0] == "problems" else problems.cause_report)(asked)
        return
    for name in asked.kpis:
        if name not in NAMES:
            raise BadArgument(
                N_("There is no report {name}. There are: {names}."),
                name=name,
                names=", ".join((*NAMES, *OTHERS)),
            )
    query = parse(asked.query or "")
    with opened(asked) as here:
        period = period_of(asked, here.desk.clock.now())
        found = _figures(here, query, period, asked.kpis)
    _print(asked, found, period)


def period_of(asked: Namespace, now: datetime) -> Period:
    """Return the period that is asked for; without one, the last thirty days.

    Raises:
        BadArgument: it ends before it begins.
    """
    until = _bound(asked.until, now) if asked.until else now
    since = _bound(asked.since, now) if asked.since else until - timedelta(days=DAYS)
    if since >= until:
        raise BadArgument(N_("--from must lie before --to."))
    return Period(since, until)


def _bound(text: str, now: datetime) -> datetime:
    """Return where a period begins or ends: of a date alone, its midnight by the machine's clock."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return instant(text, now)
    return datetime.combine(day, time.min).astimezone()


def shift_note(asked: Namespace) -> None:
    """Leave a note for the next shift."""
    body = text_of(asked.words)
    with opened(asked) as here:
        shifts.note(here.desk, body, by=here.by)
    output.say(_("The note stands on the dashboard."))


def _figures(here: Opened, query: Query, period: Period, names: list[str]) -> tuple[Figure, ...]:
    query = views.resolved(here.desk, query, by=here.by)
    return figures.key_figures(here.desk, period, by=here.by, names=names, condition=query.condition)


def _print(asked: Namespace, found: tuple[Figure, ...], period: Period) -> None:
    if asked.json:
        output.print_json([_record(each, period) for each in found])
    elif asked.csv:
        names = tuple(_record(found[0], period))
        output.print_csv(names, [tuple(_record(each, period).values()) for each in found])
    else:
        output.say(_("{since} to {until}").format(since=_day(period.since), until=_day(period.until)))
        output.print_table(HEADS, [_row(each) for each in found])


def _row(figure: Figure) -> tuple[str, ...]:
    kpi = figure.kpi
    words = (kpi.base, kpi.decides, kpi.formula)
    return (_(kpi.title), shown(figure), str(figure.over), *map(_, words))


def _record(figure: Figure, period: Period) -> dict[str, Any]:
    kpi, value = figure.kpi, figure.value
    return {
        "kpi": kpi.key,
        "title": kpi.title,
        "value": round(value.total_seconds()) if isinstance(value, timedelta) else value,
        "unit": kpi.unit.value,
        "over": figure.over,
        "from": period.since,
        "to": period.until,
        "time_base": kpi.base,
        "counts_by": kpi.decides,
        "formula": kpi.formula,
    }


def shown(figure: Figure) -> str:
    """Return a value as people read it; "–" where there is nothing to count over."""
    value = figure.value
    if value is None:
        return "–"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02} h"
    if figure.kpi.unit is Unit.SHARE:
        return f"{value:.0%}"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
