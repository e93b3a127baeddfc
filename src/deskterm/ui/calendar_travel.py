"""Where a key takes the cursor of the change calendar, by the reader's clock."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from deskterm.ui.widgets.calendar import Layout, instant_of

DAY = timedelta(days=1)


def travelled(cursor: datetime, how: str, layout: Layout, hours: int) -> datetime:
    """Return where a key takes the cursor: an hour of a day, by the reader's clock.

    Args:
        cursor: where it is.
        how: the parameter of the key's command.
        layout: in a month, up and down go by weeks.
        hours: how many hours a line stands for.
    """
    local = cursor.astimezone()
    day, hour = local.date(), local.hour // hours * hours
    lines = {"down": 1, "up": -1, "page_down": 6, "page_up": -6}
    if how in lines:
        if layout is Layout.MONTH:
            return instant_of(day + lines[how] * 7 * DAY, hour)
        lines_on = hour + lines[how] * hours
        return instant_of(day + lines_on // 24 * DAY, lines_on % 24)
    if how in ("top", "bottom"):
        return instant_of(day, 0 if how == "top" else 24 - hours)
    if how in ("month_on", "month_back"):
        return instant_of(in_month(day, 1 if how == "month_on" else -1), hour)
    days = {"left": -1, "right": 1, "week_back": -7, "week_on": 7}
    return instant_of(day + days[how] * DAY, hour)


def in_month(day: date, by: int) -> date:
    """Return the same day so many months on, or the last of that month where it has no such day."""
    months = day.year * 12 + day.month - 1 + by
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
