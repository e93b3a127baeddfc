"""The change calendar as iCalendar (RFC 5545): changes, windows and freezes out to a file and back in.

Built on `icalendar`, which folds lines, escapes text and writes the zones' rules as other programs want them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from deskterm.services.facts import Fact
from deskterm.storage import bookings
from deskterm.storage.tables import Change
from deskterm.storage.types import NEVER, table
from deskterm.storage.visible import visible

CHANGE = table(Change)
OF_DESK = re.compile(r"(?P<name>[\w-]+)@(?:(?P<desk>\w+)\.)?deskterm", re.ASCII)
"""How the events of a desk are named: `chg-8@4fd1.deskterm`, so that no other desk takes them for its own."""
SERVICES = "X-DESKTERM-SERVICES"
"""Names what a window or freeze is for, as JSON; absent for everything."""
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError)
"""What the library raises where a file is not as RFC 5545 has it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    moved: tuple[str, ...]
    """Changes that have another window now."""
    added: int
    """Windows and freezes that are new or were altered."""
    same: int
    skipped: tuple[tuple[str, str], ...]
    """What is cancelled in the file, and what that means here."""
    refused: tuple[tuple[str, str], ...]
    """What was not taken, and why."""


def export(desk: Desk, *, by: str) -> bytes:
    """Return the calendar as an iCalendar file: every change with a window, every window and freeze."""
    calendar = Calendar()
    calendar.add("prodid", "-//deskterm//change calendar//EN")
    calendar.add("version", "2.0")
    host = _host(desk)
    with desk.look(by) as look:
        rows = look.connection.execute(
            select(CHANGE)
            .where(CHANGE.c.planned_end < NEVER, visible(look.actor, Change))
            .order_by(CHANGE.c.id)
        )
        for row in rows:
            calendar.add_component(_change_event(row, host, look.now))
        spans = dict(_spans(look.desk.standard(look.connection).changes.calendar, host, look.connection))
        first: dict[str, int] = {}
        for span in spans.values():
            first[span.zone] = min(first.get(span.zone, span.start.year), span.start.year)
        for zone, year in sorted(first.items()):
            calendar.add_component(timezone(zone, year - 1))
        for uid, span in spans.items():
            calendar.add_component(_span_event(uid, span, look.now))
    return bytes(calendar.to_ical())


def _host(desk: Desk) -> str:
    return f"@{desk.facts()[Fact.INSTALLATION]}.deskterm"


def _spans(standard: Iterable[Recurring], host: str, connection: Any) -> Iterable[tuple[str, Recurring]]:
    for place, span in enumerate(standard, 1):
        yield f"standard-{place}{host}", span
    yield from bookings.added(connection).items()


def _change_event(row: Any, host: str, now: datetime) -> Event:
    event = Event()
    number = rules.number_of(row.id)
    event.add("uid", f"{number.lower()}{host}")
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

    What the desk exported itself comes back equal. The standard's windows are its own and left alone. What
    can't be carried as it is meant is refused, event by event.

    Args:
        kind: what other programs' events are; None refuses them.

    Raises:
        BadInput: this is no iCalendar file.
    """
    try:
        calendar = Calendar.from_ical(data)
    except UNREADABLE as error:
        raise BadInput(N_("This is no iCalendar file: {reason}"), reason=error) from error
    events = calendar.walk("VEVENT")
    altered = frozenset(str(event.get("uid", "")) for event in events if "RECURRENCE-ID" in event)
    taking = _Taking(desk, by, kind, _host(desk), altered, *_known(desk, by))
    moved: list[str] = []
    skipped: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    added = same = 0
    for event in events:
        uid = str(event.get("uid", ""))
        name = str(event.get("summary", uid))
        try:
            news = taking.event(event, uid)
        except _Cancelled as left:
            skipped.append((name, str(left)))
            continue
        except DeskError as error:
            refused.append((name, str(error)))
            continue
        if news is None:
            same += 1
        elif rules.NUMBER.fullmatch(news):
            moved.append(news)
        else:
            added += 1
    return Taken(tuple(moved), added, same, tuple(skipped), tuple(refused))


def _known(desk: Desk, by: str) -> tuple[Mapping[str, Recurring], str]:
    """Return the windows and freezes that there are, by their names, and the desk's time zone."""
    host = _host(desk)
    with desk.look(by) as look:
        standard = look.desk.standard(look.connection)
        return dict(_spans(standard.changes.calendar, host, look.connection)), standard.zone


class _Cancelled(BadInput):
    """An event that its file cancels."""

    template = N_("It is cancelled there, and left out.")


@dataclass(frozen=True, slots=True)
class _Taking:
    """What is known while a file is taken over."""

    desk: Desk
    by: str
    kind: SpanKind | None
    host: str
    altered: frozenset[str]
    """The series of which the file alters single occurrences."""
    known: Mapping[str, Recurring]
    zone: str
    """The zone of what names none."""

    def event(self, event: Any, uid: str) -> str | None:
        """Take an event over; return the change or span that it altered, None where all was so already."""
        if event.errors:
            raise BadInput(N_("This event can't be read: {reason}"), reason=": ".join(event.errors[0]))
        of_desk = OF_DESK.fullmatch(uid)
        if of_desk is not None and rules.NUMBER.fullmatch(of_desk["name"]):
            return self._move(event, uid, of_desk["name"].upper())
        self._check(event, uid)
        draft = self._draft(event, uid)
        if uid in self.known and _draft_of(self.known[uid], uid) == draft:
            return None
        if uid in self.known and uid.startswith("standard-"):
            raise BadInput(N_("The standard's windows are changed in the standard."))
        return windows.add_span(self.desk, draft, by=self.by)

    def _move(self, event: Any, uid: str, number: str) -> str | None:
        if not uid.endswith(self.host):
            raise BadInput(N_("This is {number} of another desk."), number=number)
        start, end = self._window(event)
        with self.desk.look(self.by) as look:
            row = look.connection.execute(
                select(CHANGE.c.planned_start, CHANGE.c.planned_end, CHANGE.c.version).where(
                    CHANGE.c.id == rules.key_of(number), visible(look.actor, Change)
                )
            ).first()
        if row is not None and (_second(row.planned_start), _second(row.planned_end)) == (start, end):
            return None
        if _is_cancelled(event):
            raise _Cancelled
        seen = row.version if row is not None else None
        windows.schedule(self.desk, number, start, end, seen=seen, by=self.by)
        return number

    def _check(self, event: Any, uid: str) -> None:
        """Refuse what no window or freeze can carry.

        Raises:
            _Cancelled: it is to be left out.
            BadInput: it would come out at other times than it is meant.
        """
        if _is_cancelled(event) and uid in self.known:
            raise _Cancelled(
                N_(
                    "It is cancelled there, but in force here. "
                    "Take it out with: deskterm calendar remove {uid}"
                ),
                uid=uid,
            )
        if _is_cancelled(event):
            raise _Cancelled
        if "EXDATE" in event or "RDATE" in event:
            raise BadInput(
                N_("It leaves out or adds single days (EXDATE, RDATE), which no rule here can say.")
            )
        if uid in self.altered:
            raise BadInput(
                N_("It alters single days of a series (RECURRENCE-ID), which no rule here can say.")
            )
        if isinstance(event.get("RRULE"), list):
            raise BadInput(N_("It repeats by several rules; make an event of each."))

    def _draft(self, event: Any, uid: str) -> SpanDraft:
        known = self.known.get(uid)
        try:
            categories = [str(each).lower() for each in getattr(event, "categories", [])]
            named = next(
                (each for each in SpanKind if each.value in categories), known.kind if known else self.kind
            )
            start, lasts, rule = event.start, event.duration, event.get("RRULE")
            rule = rule.to_ical().decode() if rule is not None else ""
            services = frozenset(json.loads(str(event.get(SERVICES, "[]"))))
        except UNREADABLE as error:
            raise BadInput(N_("This event can't be read: {reason}"), reason=error) from error
        if named is None:
            raise BadInput(N_("Say whether events of other calendars are windows or freezes."))
        start, zone = self._local(event, start)
        fields = {
            "uid": uid or None,
            "kind": named,
            "name": str(event.get("summary", named.value)),
            "zone": zone,
            "start": start,
            "days": lasts.days,
            "minutes": lasts.seconds // 60,
            "rule": _rule(rule),
            "services": services,
        }
        return checked(SpanDraft, fields)

    def _local(self, event: Any, start: datetime | date) -> tuple[datetime, str]:
        """Return a beginning by the wall clock of its zone, and the zone; without one it is the desk's.

        Raises:
            BadInput: the zone has no name that a rule could count by.
        """
        if not isinstance(start, datetime):
            return datetime.combine(start, time.min), self.zone
        named = event["DTSTART"].params.get("TZID")
        if start.tzinfo is None and named is None:
            return start, self.zone
        key = getattr(start.tzinfo, "key", None)
        if key is None:
            raise BadInput(N_("There is no time zone called {key}."), key=named)
        return start.replace(tzinfo=None), str(key)

    def _window(self, event: Any) -> tuple[datetime, datetime]:
        try:
            return self._instant(event, "DTSTART", event.start), self._instant(event, "DTEND", event.end)
        except UNREADABLE as error:
            raise BadInput(N_("This event can't be read: {reason}"), reason=error) from error

    def _instant(self, event: Any, name: str, at: datetime | date) -> datetime:
        if not isinstance(at, datetime):
            at = datetime.combine(at, time.min)
        if at.tzinfo is None:
            named = event[name].params.get("TZID") if name in event else None
            if named is not None:
                raise BadInput(N_("There is no time zone called {key}."), key=named)
            at = at.replace(tzinfo=ZoneInfo(self.zone))
        return at.astimezone(UTC)


def _second(at: datetime) -> datetime:
    """Return an instant as a file keeps it."""
    return at.replace(microsecond=0)


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


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
