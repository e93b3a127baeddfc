"""What the change calendar says around its sheet: the change under the cursor, conflicts, load, signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from deskterm.domain.approval import Verdict
from deskterm.domain.calendar import ConflictKind, Slot, SpanKind, sentence
from deskterm.domain.change import PLANNING, ChangeKind, ChangeStatus
from deskterm.i18n import _, ngettext
from deskterm.labels import event_words, label
from deskterm.text import plain
from deskterm.ui import change_words, times
from deskterm.ui.change_words import day_name
from deskterm.ui.gate import clip
from deskterm.ui.widgets.calendar import DAY, Layout, Mark, instant_of, shown_days

if TYPE_CHECKING:
    from deskterm.domain.calendar import Conflict, NoSlot
    from deskterm.reads.calendar import Page, Remark
    from deskterm.reads.change import ChangeRecord, TierRow
    from deskterm.reads.changes import ChangeRow

RULE = "─"
HEAD_LEAST = 60
"""Cells that a change's head needs to stand on one line."""
LOAD_MOST = 12
"""As many signs a day's load has at most."""


def heading(layout: Layout, cursor: datetime, *, is_wide: bool) -> str:
    """Return which days are shown, and by whose clock."""
    first, after = shown_days(layout, cursor)
    last = after - DAY
    if layout is Layout.MONTH:
        days = f"{cursor.astimezone():%Y-%m}"
    elif layout is Layout.DAY:
        days = f"{first:%Y-%m-%d}"
    else:
        week = _("week {number}").format(number=first.isocalendar().week)
        days = f"{week}  {first:%d.%m.}-{last:%d.%m.%Y}"
    return f"{_('CHANGES')}  {days}  {zone_words(cursor, is_wide=is_wide)}"


def zone_words(at: datetime, *, is_wide: bool) -> str:
    """Return by whose clock times are shown: `CEST`, or `times in Europe/Paris (CEST)`."""
    short, name = at.astimezone().tzname() or "", times.zone_name()
    if not is_wide:
        return short
    return _("times in {zone}").format(zone=f"{name} ({short})" if name not in ("", short) else short)


def legend(*, is_wide: bool) -> str:
    """Return what shades and signs mean."""
    few = (_("░ window"), _("▒ freeze"), _("> now"))
    if not is_wide:
        return "  ".join(few)
    signs = (
        _("!! conflict"), _("! warning"), _("E! emergency"), _("ok done"), _("rb rolled back"),
        _("? waits for a decision"), _("~ draft"),
    )  # fmt: skip
    return "  ".join((*few, *signs))


def head(mark: Mark, room: int) -> str:
    """Return a change in so many cells: number, summary, when, kind, risk, state.

    Where there are few, nothing is cut, and the line is to be wrapped.
    """
    change = mark.change
    how = (_window(mark), label(change.kind), _risk(change), label(change.status))
    if room < HEAD_LEAST:
        return "  ".join((f"{change.number} {change.summary}", *how))
    return _sides(f"{change.number} {change.summary}", "  ".join(how), room, " ")


def _window(mark: Mark) -> str:
    """Return when a change is, without the date, which the sheet shows: `Tue 22:00-Wed 01:00`."""
    start, end = mark.start.astimezone(), mark.end.astimezone()
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{day_name(mark.end)} {end:%H:%M}"
    return f"{day_name(mark.start)} {start:%H:%M}-{last}"


def _risk(change: ChangeRow) -> str:
    return _("risk {level}").format(level=change_words.coded(change.risk))


def rule(mark: Mark, width: int) -> str:
    """Return a change as the line between sheet and words: what it is, and at the right how it stands."""
    change, end = mark.change, RULE * 2
    how = (_window(mark), _risk(change), change.assignee, label(change.status))
    told = _sides(f"{change.number} {change.summary}", "  ".join(how), width - 2 * len(f"{end} "), RULE)
    return f"{end} {told} {end}"


def _sides(left: str, right: str, room: int, fill: str) -> str:
    """Return two texts at the ends of so many cells; the left one is cut where they meet."""
    left, right = plain(left, one_line=True), plain(right, one_line=True)
    for_left = max(0, room - cell_len(right) - len(f" {fill} "))
    if cell_len(left) > for_left:
        left = clip(left, for_left)
    gap = fill * (1 + for_left - cell_len(left))
    return clip(f"{left} {gap} {right}", room)


def brief(record: ChangeRecord) -> str:
    """Return what matters most of a change's place and plan, in a line."""
    row, parts = record.row, [window_words(record)]
    if row.service:
        parts.append(_("svc {service}").format(service=row.service))
    if record.fields.get("downtime_minutes"):
        parts.append(_("down {minutes} min").format(minutes=record.fields["downtime_minutes"]))
    if row.ci:
        parts.append(row.ci)
    parts += [back_out_words(record), approval_words(record)]
    return "  ".join(part for part in parts if part)


def details(record: ChangeRecord) -> Iterator[str]:
    """Yield what there is to know of a change, a line for each kind of question."""
    row, fields = record.row, record.fields
    yield _line((_("owner"), row.assignee), (_("team"), row.team or "-"), ("", approval_words(record)))
    down = fields.get("downtime_minutes")
    service = row.service or "-"
    if down:
        service += " " + _("(down {minutes} min)").format(minutes=down)
    cis = ", ".join(filter(None, (row.ci, *record.items))) or "-"
    yield _line((_("service"), service), (_("CIs"), cis))
    yield _line(("", window_words(record)), ("", freeze_words(record)))
    yield _line((_("plan"), steps_words(record)), (_("tests"), tests_words(record)))
    back = back_out_words(record)
    if record.point_of_no_return is not None and back:
        at = times.moment(record.point_of_no_return, record.read_at)
        back += ", " + _("point of no return {at}").format(at=at)
    steps = [step.summary for step in record.sheet]
    yield _line(("", back or _("no roll-back steps yet")))
    yield _line((_("steps"), "  ".join(f"{place} {step}" for place, step in enumerate(steps, 1)) or "-"))
    yield _line(
        (_("links"), ", ".join(record.links) or "-"),
        (_("after"), ", ".join(record.after)),
        ("", " ".join(f"#{tag}" for tag in record.tags)),
        (_("watched by"), ", ".join(record.watchers)),
    )
    yield _line((_("history"), history_words(record)))
    yield _line((_("next"), change_words.next_words(record)))
    if record.missing:
        yield f"! {record.missing}"


def _line(*parts: tuple[str, str]) -> str:
    """Return named values on a line, three blanks apart; those without a value are left out."""
    return "   ".join(f"{name} {value}".strip() for name, value in parts if value)


def approval_words(record: ChangeRecord) -> str:
    """Return who approved a change, or who has to: `approved by osei Mon 11:02`, `CAB: 2 of 3, one more`."""
    pending = next((tier for tier in record.tiers if tier.verdict is Verdict.PENDING), None)
    if pending is not None:
        return f"{pending.name}: {change_words.tally_words(pending.tally)}{_due(pending, record.read_at)}"
    given = [
        f"{vote.by or vote.login} {times.moment(vote.at, record.read_at)}"
        for tier in record.tiers
        if tier.verdict is Verdict.GRANTED
        for vote in tier.votes
        if vote.granted and vote.at is not None
    ]
    if given:
        return _("approved by {names}").format(names=", ".join(given))
    if record.row.kind is ChangeKind.STANDARD:
        return _("authorised by its template")
    return _("nobody is asked to approve it yet")


def _due(tier: TierRow, now: datetime) -> str:
    if tier.due_at is None:
        return ""
    return ", " + _("until {until}").format(until=times.moment(tier.due_at, now))


def window_words(record: ChangeRecord) -> str:
    """Return which maintenance window a change is in, or that it is outside."""
    row = record.row
    if row.planned_start is None or row.planned_end is None:
        return _("no window yet")
    for span in record.spans:
        if span.kind is SpanKind.WINDOW and span.start <= row.planned_start and row.planned_end <= span.end:
            return _("inside window {name}").format(name=span.name)
    if any(conflict.kind is ConflictKind.OUTSIDE_WINDOW for conflict in record.conflicts):
        return _("outside the maintenance window")
    return _("no maintenance window around it")


def freeze_words(record: ChangeRecord) -> str:
    """Return which freezes a change is in."""
    names = [span.name for span in record.spans if span.kind is SpanKind.FREEZE]
    return _("freeze {names}").format(names=", ".join(names) or _("none"))


def steps_words(record: ChangeRecord) -> str:
    """Return how many steps there are, and how many of those with one have confirmed."""
    sheet = record.sheet
    told = ngettext("{count} step", "{count} steps", len(sheet)).format(count=len(sheet))
    owners = {step.owner: step.confirmed for step in record.steps if step.owner}
    if owners and record.row.status in PLANNING:
        confirmed = sum(owners.values())
        told += ", " + _("{yes} of {count} confirmed").format(yes=confirmed, count=len(owners))
    return told


def tests_words(record: ChangeRecord) -> str:
    """Return whether tests are planned, or how many checks passed."""
    if record.checks:
        passed = sum(check.passed for check in record.checks)
        return _("{passed} of {count} passed").format(passed=passed, count=len(record.checks))
    return _("planned") if record.fields.get("test_plan") else _("none planned")


def back_out_words(record: ChangeRecord) -> str:
    """Return how long the way back takes, empty where no step leads back."""
    minutes = sum(step.minutes for step in record.steps if step.rollback)
    return _("back-out {minutes} min").format(minutes=minutes) if minutes else ""


def history_words(record: ChangeRecord) -> str:
    """Return when a change was planned, how often it was moved, and what happened last."""
    placed = [entry for entry in record.log if entry.kind == "change.scheduled"]
    told = [_("opened {at}").format(at=times.moment(record.row.opened_at, record.read_at))]
    if len(placed) > 1:
        moved = ngettext("moved once", "moved {count} times", len(placed) - 1)
        told.append(moved.format(count=len(placed) - 1))
    if record.log:
        last = record.log[-1]
        at = times.moment(last.at, record.read_at)
        told.append(_("last: {what} by {who} {at}").format(what=event_words(last.kind), who=last.by, at=at))
    return ", ".join(told)


def conflict_line(mark: Mark, conflict: Conflict, room: int = 0) -> str:
    """Return a conflict as a line: `!! Wed 22:00 CHG-90: CHG-92 alters Mail at the same time.`

    The change is named by its summary, too, where all of that fits into `room` cells.
    """
    return _told("!!" if conflict.hard else "! ", mark.start, mark.change, sentence(conflict), room)


def remark_line(remark: Remark, now: datetime, room: int = 0) -> str:
    """Return what is to be known of a change besides conflicts, with its sign."""
    change = remark.entry.change
    until = times.moment(remark.until, now) if remark.until is not None else ""
    told = list(_remarks(remark, until))
    return _told(told[0][0], remark.entry.start, change, ", ".join(words for _sign, words in told), room)


def _told(sign: str, start: datetime, change: ChangeRow, words: str, room: int) -> str:
    at = f"{sign} {day_name(start)} {start.astimezone():%H:%M} {change.number}"
    full = f"{at} {change.summary}: {words}"
    return full if cell_len(full) <= room else f"{at}: {words}"


def _remarks(remark: Remark, until: str) -> Iterator[tuple[str, str]]:
    change = remark.entry.change
    if change.rolling_back:
        yield "rb", _("is being rolled back") if change.is_open else _("was rolled back")
    if change.kind is ChangeKind.EMERGENCY and change.is_open:
        yield (
            "E!",
            _("emergency, to be completed by {until}").format(until=until) if until else _("emergency"),
        )
    if change.status is ChangeStatus.ASSESS:
        yield "? ", _("waits for its assessment")
    if change.status is ChangeStatus.AUTHORISE:
        yield "? ", _("waits for {tier} until {until}").format(tier=remark.tier, until=until)


def room_line(number: str, room: Slot | NoSlot) -> str:
    """Return where a change would have room, or why nowhere."""
    from deskterm.reads import calendar

    if isinstance(room, Slot):
        window = change_words.span_words(room.start, room.end)
        return _("room for {number}: {window}   S takes it there").format(number=number, window=window)
    return calendar.why_no_slot(room)


def load_line(days: Sequence[date], marks: Iterable[Mark]) -> str:
    """Return how many changes there are on each day: `Mon ##   Tue ####`."""
    spans = [(mark.start, mark.end) for mark in marks]
    told = []
    for day in days:
        start, end = instant_of(day), instant_of(day + DAY)
        count = sum(begins < end and ends > start for begins, ends in spans)
        signs = "#" * count if count <= LOAD_MOST else f"{'#' * LOAD_MOST} {count}"
        told.append(f"{day_name(start)} {signs or '-'}")
    return f"{_('Load')}   {'   '.join(told)}"


def people_line(page: Page) -> str:
    """Return who takes part in how many of the changes ahead."""
    told = "   ".join(f"{login} {count}" for login, count in page.people)
    return f"{_('people on changes:')}  {told}" if told else ""
