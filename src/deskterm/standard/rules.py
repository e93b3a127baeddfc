"""What is wrong with the rules that match tickets: values no ticket has, and rules no ticket reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deskterm.domain.routing import takers
from deskterm.domain.ticket import Kind
from deskterm.i18n import _
from deskterm.standard import build
from deskterm.standard.findings import Finding, Names, no_calendar, no_team, unknown
from deskterm.standard.lines import Path
from deskterm.standard.models import MatchSection, StandardFile


def policies(file: StandardFile, names: Names) -> Iterator[Finding]:
    """Yield ranks given twice, names that are not there, and policies that no ticket reaches."""
    ranks: dict[int, str] = {}
    for key, policy in file.policies.items():
        path: Path = ("policies", key)
        if policy.calendar not in names.calendars:
            yield Finding((*path, "calendar"), no_calendar(policy.calendar, names))
        if policy.rank in ranks:
            yield Finding(
                (*path, "rank"),
                _("{other} has rank {rank} already; give each policy its own").format(
                    other=ranks[policy.rank], rank=policy.rank
                ),
            )
        ranks.setdefault(policy.rank, key)
        for reason in sorted(policy.pauses - file.hold_reasons):
            sentence = unknown(_("no ticket is held for {name}"), reason, file.hold_reasons)
            yield Finding((*path, "pauses"), sentence)
        yield from _match((*path, "match"), policy.match, file)
    matches = [build.match(policy.match) for _key, policy in file.ranked]
    for place, (key, _policy) in enumerate(file.ranked):
        if before := takers(matches[place], matches[:place], file.priorities):
            yield Finding(
                ("policies", key, "match"),
                _(
                    "this policy can never match: {others} before it take all its tickets; "
                    "give it a lower rank, or ask for more in those"
                ).format(others=", ".join(file.ranked[other][0] for other in before)),
            )


def routes(file: StandardFile, names: Names) -> Iterator[Finding]:
    """Yield names given twice, teams that are not there, and rules that no ticket reaches."""
    counts = Counter(route.name for route in file.routes)
    matches = [build.match(route.match) for route in file.routes]
    for place, route in enumerate(file.routes):
        path: Path = ("routes", place)
        if route.team not in names.teams:
            yield Finding((*path, "team"), no_team(route.team, names))
        if counts[route.name] > 1:
            yield Finding(
                (*path, "name"), _("two routing rules have this name; the ledger could not tell which fired")
            )
        yield from _match((*path, "match"), route.match, file)
        if before := takers(matches[place], matches[:place], file.priorities):
            yield Finding(
                (*path, "match"),
                _(
                    "this rule can never match: {others} above it take all its tickets; move it up, "
                    "or ask for more in those"
                ).format(others=", ".join(f'"{file.routes[other].name}"' for other in before)),
            )


def approvals(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield approvals that ask for what no request has."""
    for place, approval in enumerate(file.approvals):
        path: Path = ("approvals", place, "match")
        if Kind.INCIDENT in approval.match.kind:
            yield Finding((*path, "kind"), _("only requests are approved; leave the kind out"))
        yield from _match(path, approval.match, file)


def _match(path: Path, match: MatchSection, file: StandardFile) -> Iterator[Finding]:
    """Yield what a rule asks for that no ticket can have."""
    for priority in sorted(match.priority - file.priorities):
        yield Finding(
            (*path, "priority"), _("the matrix never gives priority {priority}").format(priority=priority)
        )
    services = file.catalogue.services
    for service in sorted(match.service - set(services)) if services else ():
        yield Finding((*path, "service"), unknown(_("there is no service {name}"), service, services))
    categories = set(file.catalogue.categories)
    groups = {category.split(" / ")[0] for category in categories}
    known = categories | groups | {f"{category} / *" for category in categories | groups}
    for category in sorted(match.category - known) if known else ():
        yield Finding((*path, "category"), unknown(_("there is no category {name}"), category, known))
