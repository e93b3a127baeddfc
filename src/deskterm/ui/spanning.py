"""Putting maintenance windows and freezes into the calendar, and taking them out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.domain.calendar import SpanKind
from deskterm.domain.errors import GateNotMet
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import change_forms, times
from deskterm.ui.dialogs.form import Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker

if TYPE_CHECKING:
    from deskterm.domain.change_rules import Recurring
    from deskterm.services.change_drafts import SpanDraft
    from deskterm.ui.screen import DeskScreen

USUAL = timedelta(hours=2)
"""How long a window or freeze lasts until somebody says otherwise."""
OWN_RULE = "rule"
REPEATS: Mapping[str, str] = {
    "": N_("once"),
    "FREQ=DAILY": N_("every day"),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": N_("from Monday to Friday"),
    "FREQ=WEEKLY": N_("every week on that day"),
    "FREQ=MONTHLY;BYDAY={day}": N_("every month on that day of the week"),
    "FREQ=YEARLY": N_("every year"),
    OWN_RULE: N_("by the rule below"),
}
"""Rules of RFC 5545 that a form offers → how they are called; `{day}` is the first day, such as `2SA`."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


async def ask_span(screen: DeskScreen[Any], start: datetime) -> None:
    """Ask for a maintenance window or freeze, and put it into the calendar; it goes by the desk's own clock.

    Args:
        screen: where it is asked.
        start: when it begins until somebody says otherwise.
    """
    from deskterm.reads import calendar

    zone = await screen.console.ask(calendar.zone, screen.console.desk, by=screen.console.agent)
    kinds = tuple((kind.value, label(kind)) for kind in SpanKind)
    shown = start.astimezone(times.zone_of(zone)).replace(tzinfo=None).astimezone()
    begins, ends = change_forms.window_fields(shown, shown + USUAL)
    fields: list[Field] = [
        Choice("kind", _("What"), kinds),
        Line("name", _("What it is called")),
        begins,
        ends,
        Choice("repeats", _("How often"), tuple((rule, _(words)) for rule, words in REPEATS.items())),
        Line("rule", _("Own rule (RFC 5545)"), "", _("such as FREQ=MONTHLY;BYMONTHDAY=-1")),
        Line("services", _("For which services"), "", _("all; separate several by commas")),
        Line("zone", _("By the clock of"), zone),
    ]
    screen.app.push_screen(
        FormDialog(_("Maintenance window or freeze"), fields, partial(_add, screen), keep="span")
    )


async def _add(screen: DeskScreen[Any], values: dict[str, str]) -> None:
    from deskterm.services import windows

    console = screen.console
    draft = span_of(values, console.desk.clock.now())
    await console.ask(windows.add_span, console.desk, draft, by=console.agent)
    console.poke()
    screen.say(_("{name} is in the calendar; D takes it out").format(name=draft.name))


def span_of(values: Mapping[str, str], now: datetime) -> SpanDraft:
    """Return the draft of what was typed by the clock of its zone; whole days last by that clock.

    Raises:
        GateNotMet: no beginning, no end, no such zone.
        BadInput: a field is not what it should be.
    """
    from deskterm.services.change_drafts import SpanDraft
    from deskterm.services.drafts import checked

    start, end = change_forms.window(values, now)
    if times.zone_of(values["zone"].strip()) is None:
        raise GateNotMet(N_("There is no time zone {zone}."), field="zone", zone=values["zone"])
    first, last = (at.astimezone().replace(tzinfo=None) for at in (start, end))
    is_days = first.time() == last.time() == time() and first.date() < last.date()
    services = (name.strip() for name in values["services"].split(","))
    fields = {
        "kind": values["kind"],
        "name": values["name"].strip(),
        "zone": values["zone"].strip(),
        "start": first,
        "days": (last - first).days if is_days else 0,
        "minutes": 0 if is_days else (last - first) // timedelta(minutes=1),
        "rule": rule_of(values["repeats"], values["rule"], first),
        "services": frozenset(filter(None, services)),
    }
    return checked(SpanDraft, fields)


def rule_of(repeats: str, own: str, first: datetime) -> str:
    """Return the rule of RFC 5545 for what was chosen, `first` being the first beginning.

    A fifth Saturday is the last of its month.
    """
    if repeats == OWN_RULE:
        return own.strip()
    week = (first.day - 1) // 7 + 1
    return repeats.format(day=f"{week if week < 5 else -1}{DAYS[first.weekday()]}")


async def pick_span(screen: DeskScreen[Any]) -> None:
    """Let somebody pick a window or freeze that people added, and take it out of the calendar."""
    from deskterm.reads import calendar

    console = screen.console
    added = await console.ask(calendar.added, console.desk, by=console.agent)
    if not added:
        screen.say(_("Nobody added a window or freeze here; the others are written in the standard."))
        return

    def picked(uid: str | None) -> None:
        if uid is not None:
            screen.work(partial(_remove, screen, uid, added[uid].name), "perform")

    options = [Option(uid, span_line(span)) for uid, span in added.items()]
    screen.app.push_screen(Picker(_("Take out of the calendar"), options), picked)


async def _remove(screen: DeskScreen[Any], uid: str, name: str) -> None:
    from deskterm.services import windows

    console = screen.console
    await console.ask(windows.remove_span, console.desk, uid, by=console.agent)
    console.poke()
    screen.say(_("{name} is out of the calendar").format(name=name))


def span_line(span: Recurring) -> str:
    """Return a window or freeze as a line: what, name, first beginning, rule, services."""
    parts = (
        label(span.kind), span.name, f"{span.start:%Y-%m-%d %H:%M} {span.zone}", span.rule or _("once"),
        ", ".join(sorted(span.services)),
    )  # fmt: skip
    return "  ".join(part for part in parts if part)
