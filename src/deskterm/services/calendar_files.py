"""The change calendar as iCalendar (RFC 5545): changes, windows and freezes out to a file and back in.

Built on `icalendar`, which folds lines, escapes text and writes the zones' rules as other programs want them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event
from icalendar.prop import vRecur
from sqlalchemy import select

from deskterm.desk import Desk
from deskterm.domain import change as rules
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeStatus
from deskterm.domain.change_rules import Recurring
from deskterm.domain.errors import BadInput, DeskError
from deskterm.i18n import N_
from deskterm.services import windows
from deskterm.services.calendar_zones import timezone
from deskterm.services.change_drafts import SpanDraft
from deskterm.services.drafts import checked
from deskterm.storage import bookings
from deskterm.storage.tables import Change
from deskterm.storage.types import NEVER, table
from deskterm.storage.visible import visible

CHANGE = table(Change)
HOST = "@deskterm"
SERVICES = "X-DESKTERM-SERVICES"
"""Names what a window or freeze is for, as JSON; absent for everything."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    moved: tuple[str, ...]
    """Changes that have another window now."""
    added: int
    """Windows and freezes that are new or were altered."""
    same: int
    refused: tuple[tuple[str, str], ...]
    """What was not taken, and why."""


def export(desk: Desk, *, by: str) -> bytes:
    """Return the calendar as an iCalendar file: every change with a window, every window and freeze."""
    calendar = Calendar()
    calendar.add("prodid", "-//deskterm//change calendar//EN")
    calendar.add("version", "2.0")
    with desk.look(by) as look:
        rows = look.connection.execute(
            select(CHANGE)
            .where(CHANGE.c.planned_end < NEVER, visible(look.actor, Change))
            .order_by(CHANGE.c.id)
        )
        for row in rows:
            calendar.add_component(_change_event(row, look.now))
        spans = dict(_spans(look.desk.standard(look.connection).changes.calendar, look.connection))
        first: dict[str, int] = {}
        for span in spans.values():
            first[span.zone] = min(first.get(span.zone, span.start.year), span.start.year)
        for zone, year in sorted(first.items()):
            calendar.add_component(timezone(zone, year - 1))
        for uid, span in spans.items():
            calendar.add_component(_span_event(uid, span, look.now))
    return bytes(calendar.to_ical())


def _spans(standard: Iterable[Recurring], connection: Any) -> Iterable[tuple[str, Recurring]]:
    for place, span in enumerate(standard, 1):
        yield f"standard-{place}{HOST}", span
    yield from bookings.added(connection).items()


def _change_event(row: Any, now: datetime) -> Event:
    event = Event()
    number = rules.number_of(row.id)
    event.add("uid", f"{number.lower()}{HOST}")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", row.planned_start)
    event.add("dtend", row.planned_end)
    event.add("summary", f"{number} {row.summary}")
    event.add("description", row.description)
    event.add("categories", ["CHANGE", row.kind.value.upper()])
    cancelled, fixed = ChangeStatus.CANCELLED, rules.OPEN - rules.PLANNING | {ChangeStatus.SCHEDULED}
    kept = row.status in fixed or row.status is ChangeStatus.CLOSED
    event.add("status", "CANCELLED" if row.status is cancelled else "CONFIRMED" if kept else "TENTATIVE")
    return event


def _span_event(uid: str, span: Recurring, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", span.start.replace(tzinfo=ZoneInfo(span.zone)))
    event.add("duration", timedelta(days=span.days) + span.length)
    event.add("summary", span.name)
    event.add("categories", [span.kind.value.upper()])
    event.add("transp", "TRANSPARENT")
    if span.rule:
        event.add("rrule", vRecur.from_ical(span.rule))
    if span.services:
        event.add(SERVICES, json.dumps(sorted(span.services), ensure_ascii=False))
    return event


def take(desk: Desk, data: bytes, *, kind: SpanKind | None = None, by: str) -> Taken:
    """Take a file over: changes move to where it has them, windows and freezes are added or altered.

    What the desk exported itself comes back equal. The standard's windows are its own and left alone.

    Args:
        kind: what other programs' events are; None refuses them.

    Raises:
        BadInput: this is no iCalendar file.
    """
    try:
        calendar = Calendar.from_ical(data)
    except (ValueError, IndexError, KeyError) as error:
        raise BadInput(N_("This is no iCalendar file: {reason}"), reason=error) from error
    known = _known(desk, by)
    moved: list[str] = []
    refused: list[tuple[str, str]] = []
    added = same = 0
    for event in calendar.walk("VEVENT"):
        uid = str(event.get("uid", ""))
        try:
            news = _taken(desk, event, uid, known, kind, by)
        except DeskError as error:
            refused.append((str(event.get("summary", uid)), str(error)))
            continue
        if news is None:
            same += 1
        elif rules.NUMBER.fullmatch(news):
            moved.append(news)
        else:
            added += 1
    return Taken(tuple(moved), added, same, tuple(refused))


def _known(desk: Desk, by: str) -> dict[str, Recurring]:
    with desk.look(by) as look:
        standard = look.desk.standard(look.connection).changes.calendar
        return dict(_spans(standard, look.connection))


def _taken(
    desk: Desk, event: Any, uid: str, known: dict[str, Recurring], kind: SpanKind | None, by: str
) -> str | None:
    """Take one event over, and return the change or span that it altered, None where all was so already."""
    number = uid.removesuffix(HOST).upper()
    if uid.endswith(HOST) and rules.NUMBER.fullmatch(number):
        return _move(desk, event, number, by)
    draft = _span_draft(event, uid, known.get(uid), kind)
    if uid in known and _draft_of(known[uid], uid) == draft:
        return None
    if uid.startswith("standard-") and uid in known:
        raise BadInput(N_("The standard's windows are changed in the standard."))
    return windows.add_span(desk, draft, by=by)


def _move(desk: Desk, event: Any, number: str, by: str) -> str | None:
    start, end = _instant(event.start), _instant(event.end)
    with desk.look(by) as look:
        row = look.connection.execute(
            select(CHANGE.c.planned_start, CHANGE.c.planned_end, CHANGE.c.version).where(
                CHANGE.c.id == rules.key_of(number), visible(look.actor, Change)
            )
        ).first()
    if row is not None and (row.planned_start, row.planned_end) == (start, end):
        return None
    windows.schedule(desk, number, start, end, seen=row.version if row is not None else None, by=by)
    return number


def _span_draft(event: Any, uid: str, known: Recurring | None, kind: SpanKind | None) -> SpanDraft:
    categories = [str(each).lower() for each in getattr(event, "categories", [])]
    named = next((each for each in SpanKind if each.value in categories), known.kind if known else kind)
    if named is None:
        raise BadInput(N_("Say whether events of other calendars are windows or freezes."))
    start: datetime | date = event.start
    if not isinstance(start, datetime):
        start = datetime.combine(start, time.min, tzinfo=UTC)
    lasts: timedelta = event.duration
    rule = event.get("rrule")
    return checked(
        SpanDraft,
        {
            "uid": uid or None,
            "kind": named,
            "name": str(event.get("summary", named.value)),
            "zone": _zone_of(start),
            "start": start.replace(tzinfo=None),
            "days": lasts.days,
            "minutes": lasts.seconds // 60,
            "rule": _rule(rule.to_ical().decode()) if rule is not None else "",
            "services": frozenset(json.loads(str(event.get(SERVICES, "[]")))),
        },
    )


def _draft_of(span: Recurring, uid: str) -> SpanDraft:
    """Return a known span as a draft, so that what is equal can be told."""
    lasts = timedelta(days=span.days) + span.length
    return SpanDraft(
        uid=uid,
        kind=span.kind,
        name=span.name,
        zone=span.zone,
        start=span.start,
        days=lasts.days,
        minutes=lasts.seconds // 60,
        rule=_rule(span.rule),
        services=span.services,
    )


def _rule(rule: str) -> str:
    """Return a rule with its parts in one order, since programs write them in different ones."""
    return ";".join(sorted(rule.upper().split(";"))) if rule else ""


def _zone_of(start: datetime) -> str:
    key = getattr(start.tzinfo, "key", None) or "UTC"
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(N_("There is no time zone called {key}."), key=key) from error
    return str(key)


def _instant(at: datetime | date) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time.min, tzinfo=UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
