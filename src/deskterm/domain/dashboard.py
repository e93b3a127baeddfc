"""What a lead's dashboard counts: each number is a filter, so that each of them can be opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from deskterm.i18n import N_


@dataclass(frozen=True, slots=True)
class Tile:
    """A number and the filter behind it."""

    key: str
    title: str
    """Marked for translation."""
    query: str
    sign: str = ""
    """Shown beside the number when there is anything in it."""


TILES: tuple[Tile, ...] = (
    Tile("breached", N_("BREACHED"), "is:open is:breached sort:breach", "!!"),
    Tile("at_risk", N_("AT RISK 1h"), "is:open breach:0m..1h sort:breach", "!"),
    Tile("unassigned", N_("UNASSIGNED"), "is:open no:assignee sort:breach", "!"),
    Tile("waiting", N_("WAITING ON US"), "is:open is:waiting sort:waiting"),
)
AGES: tuple[Tile, ...] = (
    Tile("under_4h", N_("under 4 h"), "is:open created<4h"),
    Tile("under_1d", N_("4 h to 1 d"), "is:open created>=4h created<1d"),
    Tile("under_3d", N_("1 to 3 d"), "is:open created>=1d created<3d"),
    Tile("under_7d", N_("3 to 7 d"), "is:open created>=3d created<7d"),
    Tile("over_7d", N_("over 7 d"), "is:open created>=7d", "!"),
)
"""Each ticket is in exactly one."""
MAJOR = Tile("major", N_("MAJOR"), "is:open is:major sort:breach", "!!")
QUIET = Tile("quiet", N_("no update in 3 d"), "is:open updated>3d", "!")


class Reach(StrEnum):
    """How far back what has happened is counted."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"

    def since(self, now: datetime) -> datetime:
        """Return where it begins: the reader's midnight, or so many days before that."""
        midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=DAYS[self] - 1)

    def flow(self, now: datetime) -> Mapping[str, Tile]:
        """Return what came in and what went out since then."""
        since = f"{self.since(now):%Y-%m-%d}"
        return {
            "in": Tile("in", N_("in"), f"created:{since}.. sort:created"),
            "out": Tile("out", N_("out"), f"resolved:{since}.. sort:resolved"),
        }


DAYS: Mapping[Reach, int] = {Reach.TODAY: 1, Reach.WEEK: 7, Reach.MONTH: 30}
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """An hour, or a day, of what came and went."""

    label: str
    span: str
    """The stretch as a filter says it."""
    came: int = 0
    went: int = 0


def buckets(
    reach: Reach, now: datetime, came: Iterable[datetime], went: Iterable[datetime]
) -> tuple[Bucket, ...]:
    """Return what came and went, hour by hour of today or day by day, up to now."""
    opened, resolved = _counted(reach, came), _counted(reach, went)
    step, at = HOUR if reach is Reach.TODAY else 24 * HOUR, reach.since(now)
    found: dict[str, Bucket] = {}
    while at <= now:
        local = at.astimezone()
        key, label = _key(reach, local), f"{local:%H}" if reach is Reach.TODAY else f"{local:%m-%d}"
        span = f"{local:%Y-%m-%dT%H}:00..{local:%Y-%m-%dT%H}:59" if reach is Reach.TODAY else key
        found[key] = Bucket(label, span, opened.get(key, 0), resolved.get(key, 0))
        at += step
    return tuple(found.values())


def _counted(reach: Reach, moments: Iterable[datetime]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for at in moments:
        key = _key(reach, at.astimezone())
        counted[key] = counted.get(key, 0) + 1
    return counted


def _key(reach: Reach, local: datetime) -> str:
    return f"{local:%Y-%m-%dT%H}" if reach is Reach.TODAY else f"{local:%Y-%m-%d}"


def within(scope: str, query: str) -> str:
    """Return a filter inside another, as the filter bar shows it."""
    return f"{scope} {query}".strip()
