"""What no single value shows: names that lead nowhere, orders that fall, ways that run in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise, product

from deskterm.domain.errors import BadInput
from deskterm.i18n import _
from deskterm.standard import build
from deskterm.standard.findings import Finding, Names, no_calendar, no_team, unknown
from deskterm.standard.lines import Path
from deskterm.standard.models import CalendarSection, StandardFile
from deskterm.standard.spelling import DAYS, Interval, weekdays


def matrix(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield the cells of the priority matrix that are more urgent than one with more impact or urgency."""
    rows = file.priority.matrix
    for row, column in product(range(3), repeat=2):
        left = rows[row][column - 1] if column else 0
        above = rows[row - 1][column] if row else 0
        if rows[row][column] < max(left, above):
            yield Finding(
                ("priority", "matrix", row, column),
                _(
                    "priority {priority} is more urgent than {other} beside or above it; "
                    "less impact or urgency may not make a ticket more urgent"
                ).format(priority=rows[row][column], other=max(left, above)),
            )


def calendars(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield hours that overlap, and calendars that cannot be counted in."""
    for key, calendar in file.calendars.items():
        here: Path = ("calendars", key)
        found = [*_overlaps(here, calendar), *_both(here, calendar)]
        yield from found
        if not found:
            try:
                build.hours(calendar)
            except BadInput as error:
                yield Finding(here, str(error))


def _overlaps(here: Path, calendar: CalendarSection) -> Iterator[Finding]:
    days: dict[str, list[tuple[Interval, Path]]] = {}
    for span, intervals in calendar.week.items():
        for weekday in weekdays(span):
            placed = [(hours, (*here, "week", span, place)) for place, hours in enumerate(intervals)]
            days.setdefault(DAYS[weekday], []).extend(placed)
    for section in ("holiday_hours", "extra_days"):
        for day, intervals in getattr(calendar, section).items():
            days[str(day)] = [(hours, (*here, section, str(day))) for hours in intervals]
    said: set[Path] = set()
    for day_hours in days.values():
        for (first, _path), (second, path) in combinations(day_hours, 2):
            if first.start < second.end and second.start < first.end and path not in said:
                said.add(path)
                yield Finding(
                    path,
                    _("{hours} overlaps {others}; make one interval of the two").format(
                        hours=second, others=first
                    ),
                )


def _both(here: Path, calendar: CalendarSection) -> Iterator[Finding]:
    for day in calendar.extra_days:
        if day in calendar.closed or day in calendar.holiday_hours:
            yield Finding(
                (*here, "extra_days", str(day)),
                _("{day} is a holiday too; take it out of one of the two").format(day=day),
            )


def teams(file: StandardFile, names: Names) -> Iterator[Finding]:
    """Yield teams that escalate to nowhere, downwards or in a circle."""
    if file.default_team not in names.teams:
        yield Finding(("default_team",), no_team(file.default_team, names))
    for key, team in file.teams.items():
        if sentence := _wrong_way(file, names, key):
            yield Finding(("teams", key, "escalates_to"), sentence)
        if team.ladder not in names.ladders:
            sentence = unknown(_("there is no ladder {name}"), team.ladder, names.ladders)
            yield Finding(("teams", key, "ladder"), sentence)


def _wrong_way(file: StandardFile, names: Names, key: str) -> str | None:
    """Say what is wrong with where a team escalates to; a circle is told once, at its first team."""
    above = file.teams[key].escalates_to
    if above is None:
        return None
    if above not in names.teams:
        return no_team(above, names)
    way = _way_up(file, key)
    if key in way[1:]:
        sentence = _("the way up runs in a circle: {way}; let one of them end it").format(way=" → ".join(way))
        return sentence if key == next(team for team in file.teams if team in way) else None
    if above in file.teams and file.teams[above].tier < file.teams[key].tier:
        return _("{team} is tier {lower}, below this team; tickets only go up").format(
            team=above, lower=file.teams[above].tier
        )
    return None


def _way_up(file: StandardFile, key: str) -> list[str]:
    """Return the teams that a ticket passes, until the last or the first that it meets again."""
    way = [key]
    while (team := file.teams.get(way[-1])) and team.escalates_to:
        way.append(team.escalates_to)
        if way.count(way[-1]) > 1:
            break
    return way


def ladders(file: StandardFile, names: Names) -> Iterator[Finding]:
    """Yield steps that do not rise, and those at a percentage that no policy watches."""
    for key, ladder in file.ladders.items():
        for place, (lower, step) in enumerate(pairwise(ladder.steps), 1):
            if step.at <= lower.at:
                yield Finding(
                    ("ladders", key, "steps", place, "at"),
                    _("the steps must rise; {at} does not come after {lower}").format(
                        at=step.at, lower=lower.at
                    ),
                )
        targets = [
            target
            for policy in file.policies.values()
            for name, target in policy.targets.items()
            if name in ladder.targets
        ]
        for place, step in enumerate(ladder.steps):
            if (
                targets
                and len(names.policies) == len(file.policies)
                and not any(step.at in target.thresholds for target in targets)
            ):
                yield Finding(
                    ("ladders", key, "steps", place, "at"),
                    _("no policy has a threshold at {at} %; add it to one, or nothing happens then").format(
                        at=step.at
                    ),
                )


def closure(file: StandardFile, names: Names) -> Iterator[Finding]:
    """Yield a calendar that is not there."""
    if file.closure.calendar not in names.calendars:
        yield Finding(("closure", "calendar"), no_calendar(file.closure.calendar, names))


def catalogue(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield what is listed twice, and items of an unknown service, or that depend on none that is listed."""
    services = file.catalogue.services
    listed = {
        "services": services,
        "categories": file.catalogue.categories,
        "items": tuple(item.name for item in file.catalogue.items),
    }
    for section, entries in listed.items():
        for place, entry in enumerate(entries):
            if entry in entries[:place]:
                yield Finding(
                    ("catalogue", section, place), _("this is listed twice; take one of the two out")
                )
    for place, item in enumerate(file.catalogue.items):
        if item.service is not None and item.service not in services:
            sentence = unknown(_("there is no service {name}"), item.service, services)
            yield Finding(("catalogue", "items", place, "service"), sentence)
        names = set(listed["items"]) - {item.name}
        for other in sorted(item.depends_on - names):
            sentence = unknown(_("there is no other item {name}"), other, names)
            yield Finding(("catalogue", "items", place, "depends_on"), sentence)
