"""A management standard as a document for people: Markdown with a table for everything that is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from deskterm.domain.calendar import ConflictKind
from deskterm.domain.change import Risk
from deskterm.domain.macro import Act
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import Level
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import field_word, label
from deskterm.standard.load import read
from deskterm.standard.models import (
    CalendarSection,
    ChangesSection,
    ItemSection,
    LadderSection,
    MacroStepSection,
    MatchSection,
    RiskSection,
    StandardFile,
    TargetSection,
)
from deskterm.standard.problems import sentences
from deskterm.text import plain

DAY_NAMES = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
TELLS = {
    "assignee": N_("the assignee"),
    "team": N_("the team"),
    "lead": N_("the lead"),
    "manager": N_("the manager"),
}
REOPENS = {
    "resume": N_("goes on when reopened"),
    "restart": N_("starts anew when reopened"),
    "never": N_("stays ended when reopened"),
}
USUAL = TargetSection.model_validate("1m")
"""What a target does that only says how long."""


def document(text: str) -> str:
    """Return a standard as Markdown, in the reader's language.

    Raises:
        BadStandard: the text has problems; it lists all of them.
    """
    file = read(text)
    sections = (
        _priority,
        _calendars,
        _teams,
        _ladders,
        _policies,
        _routes,
        _approvals,
        _closure,
        _problems,
        _changes,
        _macros,
        _modules,
        _catalogue,
    )
    lines = [f"# {file.name}"]
    for section in sections:
        lines += section(file)
    return plain("\n".join(lines).rstrip()) + "\n"


def _priority(file: StandardFile) -> Iterator[str]:
    yield from _heading(_("Priority"))
    yield _("Impact and urgency make the priority; 1 is the most urgent.")
    levels = [label(level) for level in Level]
    rows = [
        (_("impact {level}").format(level=name), *row)
        for name, row in zip(levels, file.priority.matrix, strict=True)
    ]
    yield from _table(("", *(_("urgency {level}").format(level=name) for name in levels)), rows)


def _calendars(file: StandardFile) -> Iterator[str]:
    yield from _heading(_("Service hours"))
    yield _("Targets are counted while their calendar is open.")
    for key, calendar in file.calendars.items():
        yield from ("", f"### {key}", "", _("Time zone: {zone}").format(zone=calendar.zone))
        yield from _table((_("day"), _("open")), _hours(calendar))
        if calendar.holidays:
            yield from ("", _("Closed on: {days}").format(days=_list(map(_days, calendar.holidays))))


def _hours(calendar: CalendarSection) -> Iterator[tuple[str, str]]:
    week = calendar.by_weekday
    for hours, days in groupby(range(7), lambda day: week.get(day, ())):
        names = [_(DAY_NAMES[day]) for day in days]
        yield " – ".join(names[:1] + names[1:][-1:]), _list(hours) or _("closed")
    for single, hours in sorted(calendar.holiday_hours.items()):
        yield str(single), _list(hours) or _("closed")
    for single, hours in sorted(calendar.extra_days.items()):
        usual = next(iter(week.values()))
        yield _("{date} (extra working day)").format(date=single), _list(hours or usual)


def _days(days: Sequence[date]) -> str:
    return str(days[0]) if len(days) == 1 else f"{days[0]} – {days[-1]}"


def _teams(file: StandardFile) -> Iterator[str]:
    yield from _heading(_("Teams"))
    yield _("Tickets that no routing rule takes go to {team}.").format(
        team=file.teams[file.default_team].name
    )
    heads = (_("team"), _("tier"), _("escalates to"), _("lead"), _("manager"), _("ladder"))
    rows = [
        (
            _("{team} (restricted)").format(team=team.name) if team.restricted else team.name,
            team.tier,
            file.teams[team.escalates_to].name if team.escalates_to else "–",
            team.lead or "–",
            team.manager or "–",
            team.ladder,
        )
        for team in sorted(file.teams.values(), key=lambda team: team.tier)
    ]
    yield from _table(heads, rows)


def _ladders(file: StandardFile) -> Iterator[str]:
    yield from _heading(_("Escalation"))
    yield _("Who is told, and when a ticket moves up, as its target runs out.")
    for key, ladder in file.ladders.items():
        yield from ("", f"### {key}", "")
        yield from _limits(ladder)
        rows = [
            (
                f"{step.at} %",
                _list(_(TELLS[who]) for who in TELLS if who in step.tell),
                _("moves to the next tier") if step.next_tier else "–",
            )
            for step in ladder.steps
        ]
        yield from _table((_("of the target"), _("who is told"), _("the ticket")), rows)


def _limits(ladder: LadderSection) -> Iterator[str]:
    yield _("- Climbed by the clock: {targets}").format(
        targets=_list(label(name) for name in TargetName if name in ladder.targets)
    )
    yield _("- An alert that nobody acknowledges within {time} goes to the next person up.").format(
        time=ladder.acknowledge_within
    )
    if ladder.linked_tickets is not None:
        yield ngettext(
            "- A ticket with {count} linked ticket escalates by itself.",
            "- A ticket with {count} linked tickets escalates by itself.",
            ladder.linked_tickets,
        ).format(count=ladder.linked_tickets)


def _policies(file: StandardFile) -> Iterator[str]:
    yield from _heading(_("Service levels"))
    yield _(
        "The first policy that matches a ticket sets its targets. A day (d) is a working day of the calendar."
    )
    heads = (_("policy"), _("tickets"), _("calendar"), *(label(name) for name in TargetName), _("pauses"))
    rows = [
        (
            key,
            _match(policy.match),
            policy.calendar,
            *(_target(policy.targets.get(name)) for name in TargetName),
            _list(label(reason) for reason in sorted(policy.pauses)) or "–",
        )
        for key, policy in file.ranked
    ]
    yield from _table(heads, rows)


def _target(target: TargetSection | None) -> str:
    if target is None:
        return "–"
    said = [
        _("alerts at {percentages} %").format(percentages=_list(target.thresholds))
        if target.thresholds != USUAL.thresholds
        else "",
        _(REOPENS[target.on_reopen]) if target.on_reopen != USUAL.on_reopen else "",
        _("a new priority counts from then on") if target.on_priority != USUAL.on_priority else "",
    ]
    return "; ".join([str(target.within), *filter(None, said)])


def _routes(file: StandardFile) -> Iterator[str]:
    if not file.routes:
        return
    yield from _heading(_("Routing"))
    yield _("From top to bottom; the first rule that matches chooses the team.")
    rows = [(route.name, _match(route.match), file.teams[route.team].name) for route in file.routes]
    yield from _table((_("rule"), _("tickets"), _("team")), rows)


def _approvals(file: StandardFile) -> Iterator[str]:
    if not file.approvals:
        return
    yield from _heading(_("Approvals"))
    yield _("These requests wait for a yes before work begins.")
    rows = [(_match(approval.match), label(approval.approver_role)) for approval in file.approvals]
    yield from _table((_("requests"), _("approved by")), rows)


def _closure(file: StandardFile) -> Iterator[str]:
    yield from _heading(_("Hold and closure"))
    yield _("- Reasons to hold a ticket: {reasons}").format(
        reasons=_list(label(reason) for reason in sorted(file.hold_reasons))
    )
    days = file.closure.silent_days
    yield ngettext(
        "- A resolved ticket closes when its caller confirms, or after {count} business day of silence "
        "(calendar {calendar}).",
        "- A resolved ticket closes when its caller confirms, or after {count} business days of silence "
        "(calendar {calendar}).",
        days,
    ).format(count=days, calendar=file.closure.calendar)
    if "goal_percent" in file.model_fields_set:
        yield _("- Of a hundred targets {count} are to be met.").format(count=file.goal_percent)
    if "outbox" in file.model_fields_set:
        seconds = file.outbox.recall_seconds
        yield ngettext(
            "- A reply can be recalled for {count} second.",
            "- A reply can be recalled for {count} seconds.",
            seconds,
        ).format(count=seconds)


def _problems(file: StandardFile) -> Iterator[str]:
    if "problems" in file.model_fields_set:
        yield from _heading(_("Problems"))
        yield from sentences(file.problems)


def _changes(file: StandardFile) -> Iterator[str]:
    section = file.changes
    if section == ChangesSection():
        return
    yield from _heading(_("Changes"))
    for sentence, length in (
        (_("- Approvers are reminded after {time}."), section.remind_after),
        (_("- They are reminded again every {time} until the tier has decided."), section.remind_every),
        (_("- A tier decides within {time}; then the change goes back to draft."), section.decide_within),
        (_("- An emergency change is completed within {time}."), section.complete_within),
        (_("- A change closes after {time} without a new incident."), section.stable_for),
    ):
        yield sentence.format(time=length)
    yield _("- These conflicts block: {conflicts}").format(
        conflicts=_list(label(kind) for kind in ConflictKind if kind in section.blocking)
    )
    yield from _tiers(section)
    yield from _risk(section.risk)
    yield from _spans(section)
    if section.templates:
        yield from ("", _("Standard changes, authorised beforehand:"), "")
        yield from (f"- {template.name}: {template.purpose}" for template in section.templates.values())


def _tiers(section: ChangesSection) -> Iterator[str]:
    if not section.tiers:
        return
    yield from ("", _("Approvals are asked in this order; nobody votes on their own change."))
    heads = (_("tier"), _("who votes"), _("votes it takes"), _("from risk"), _("or impact"), _("kinds"))
    rows = [
        (
            tier.name,
            _list([*(label(role) for role in sorted(tier.roles)), *sorted(tier.members)]),
            f"{tier.percent} %",
            label(Risk(tier.from_risk)),
            label(Level(tier.up_to_impact)) if tier.up_to_impact else "–",
            _list(label(kind) for kind in sorted(tier.kinds)),
        )
        for tier in section.tiers.values()
    ]
    yield from _table(heads, rows)


def _risk(section: RiskSection) -> Iterator[str]:
    if section.rules:
        yield from ("", _("A change is at least so risky:"))
        rows = [(rule.name, label(Risk(rule.level))) for rule in section.rules]
        yield from _table((_("because"), _("risk")), rows)
    if section.questions:
        yield from (
            "",
            _("Questions; medium from {medium} % of all points, high from {high} %.").format(
                medium=section.medium_from, high=section.high_from
            ),
        )
        questions = [
            (each.text, each.weight, _list(f"{said} ({points})" for said, points in each.answers.items()))
            for each in section.questions
        ]
        yield from _table((_("question"), _("weight"), _("answers (points)")), questions)


def _spans(section: ChangesSection) -> Iterator[str]:
    spans = [(_("window"), each) for each in section.windows] + [
        (_("freeze"), each) for each in section.freezes
    ]
    if not spans:
        return
    yield from ("", _("Changes are made inside maintenance windows and outside freezes."))
    heads = (_("kind"), _("name"), _("first"), _("lasts"), _("repeats"), _("services"))
    rows = [
        (
            kind,
            each.name,
            f"{each.start:%Y-%m-%d %H:%M} {each.zone}",
            each.lasts,
            each.repeat or "–",
            _list(sorted(each.services)) or _("all"),
        )
        for kind, each in spans
    ]
    yield from _table(heads, rows)


def _macros(file: StandardFile) -> Iterator[str]:
    if not file.macros:
        return
    yield from _heading(_("Macros"))
    yield _("A macro takes several steps at once; undo takes all of them back.")
    rows = [(macro.name, key, "; ".join(map(_step, macro.steps))) for key, macro in file.macros.items()]
    yield from _table((_("macro"), _("key"), _("steps")), rows)


def _step(step: MacroStepSection) -> str:
    match step.act:
        case Act.SET:
            fields = step.set.model_dump(exclude_none=True) if step.set else {}
            return _list(f"{field_word(name)}: {value}" for name, value in fields.items())
        case Act.ASSIGN:
            return _("assign to {login}").format(login=step.assign)
        case Act.TRANSFER:
            return _("transfer to {team}").format(team=step.transfer)
        case Act.TAG:
            return _("tag {words}").format(words=_list(step.tag or ()))
        case Act.HOLD:
            reason = label(step.hold) if step.hold else ""
            return _("hold for {time} ({reason})").format(time=step.until, reason=reason)
        case Act.REPLY:
            return _("reply to the caller")
        case Act.NOTE:
            return _("leave a note")
        case Act.RESOLVE:
            return _("resolve ({how})").format(how=label(step.resolve) if step.resolve else "")


def _modules(file: StandardFile) -> Iterator[str]:
    if not file.modules:
        return
    yield from _heading(_("Text modules"))
    yield _("Typed as :: and the key while writing.")
    rows = [(module.name, key, module.text) for key, module in file.modules.items()]
    yield from _table((_("module"), _("key"), _("text")), rows)


def _catalogue(file: StandardFile) -> Iterator[str]:
    listed = {
        _("Services"): file.catalogue.services,
        _("Categories"): file.catalogue.categories,
        _("Configuration items"): [_item(item) for item in file.catalogue.items],
    }
    if any(listed.values()):
        yield from _heading(_("Catalogue"))
        yield from (f"- {title}: {_list(names)}" for title, names in listed.items() if names)


def _item(item: ItemSection) -> str:
    if not item.depends_on:
        return item.name
    return _("{name} (depends on {others})").format(name=item.name, others=_list(sorted(item.depends_on)))


def _match(match: MatchSection) -> str:
    """Return what a rule asks for, as a sentence's middle."""
    asked = [
        _list(label(kind) for kind in sorted(match.kind)),
        _("priority {any}").format(any=_list(sorted(match.priority))) if match.priority else "",
        _("service {any}").format(any=_list(sorted(match.service))) if match.service else "",
        _("category {any}").format(any=_list(sorted(match.category))) if match.category else "",
        _("department {any}").format(any=_list(sorted(match.department))) if match.department else "",
        _("by {any}").format(any=_list(label(channel) for channel in sorted(match.channel)))
        if match.channel
        else "",
        {None: "", True: _("caller is a VIP"), False: _("caller is no VIP")}[match.vip],
        _("words {any}").format(any=_list(sorted(match.words))) if match.words else "",
    ]
    return "; ".join(filter(None, asked)) or _("all")


def _heading(title: str) -> tuple[str, ...]:
    return ("", f"## {title}", "")


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield ""
    yield _row(heads)
    yield _row(["---"] * len(heads))
    yield from map(_row, rows)


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _list(entries: Iterable[object]) -> str:
    return ", ".join(str(entry) for entry in entries)
