"""How a log writes its dates: ISO 8601, or a format of strptime's letters, compiled once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone, tzinfo

from deskterm.i18n import _

ISO = "iso"
"""Stands for ISO 8601 in a mapping, with or without an offset."""
PARTS: Mapping[str, str] = {
    "%Y": r"(?P<year>\d{4})",
    "%m": r"(?P<month>\d{1,2})",
    "%d": r"(?P<day>\d{1,2})",
    "%H": r"(?P<hour>\d{1,2})",
    "%I": r"(?P<hour>\d{1,2})",
    "%p": r"(?P<half>[AaPp])[Mm]",
    "%M": r"(?P<minute>\d{2})",
    "%S": r"(?P<second>\d{2})",
    "%f": r"(?P<fraction>\d{1,6})",
    "%z": r"(?P<offset>Z|[+-]\d{2}:?\d{2})",
    "%%": "%",
}
"""The letters of a format and what they read; days, months and hours need no leading zero."""

Read = Callable[[str], datetime]


def reader(formats: Iterable[str], zone: tzinfo) -> Read:
    """Return what reads a date in the first of some formats that it has.

    A date without an offset is in `zone`; where clocks go back, the first of two equal times is meant.
    What is returned raises ValueError for anything that is no such date.
    """
    tried = [_iso if each == ISO else _by(each) for each in formats]

    def read(text: str) -> datetime:
        for form in tried:
            try:
                at = form(text)
            except ValueError:
                continue
            return at if at.tzinfo is not None else at.replace(tzinfo=zone)
        raise ValueError(text)

    return read


def checked(form: str) -> str:
    """Return a format that can be read.

    Raises:
        ValueError: it can't; the sentence says why.
    """
    if form == ISO:
        return form
    unknown = [letter for letter in re.findall(r"%.?", form) if letter not in PARTS]
    if unknown:
        raise ValueError(
            _("nothing is called {letter} in a date; write one of: {known}").format(
                letter=unknown[0], known=" ".join(PARTS)
            )
        )
    try:
        names = set(_compiled(form).groupindex)
    except re.error:
        raise ValueError(_("a date has each of its parts once")) from None
    if not names >= {"year", "month", "day"}:
        raise ValueError(_('a date needs %Y, %m and %d; or write "iso" for ISO 8601'))
    if ("%I" in form) is not ("half" in names):
        raise ValueError(_("%I and %p go together"))
    return form


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _by(form: str) -> Read:
    pattern = _compiled(form)

    def read(text: str) -> datetime:
        found = pattern.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return _instant(found.groupdict())

    return read


def _compiled(form: str) -> re.Pattern[str]:
    pieces = re.split(r"(%.)", form)
    return re.compile("".join(PARTS.get(piece) or re.escape(piece) for piece in pieces), re.ASCII)


def _instant(parts: Mapping[str, str]) -> datetime:
    """Return an instant from its parts, naive where there is no offset."""
    year, month, day, hour, minute, second = (
        int(parts.get(name, "0")) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    if "half" in parts:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + 12 * (parts["half"] in "Pp")
    micro = int(parts.get("fraction", "0").ljust(6, "0"))
    zone = _offset(parts["offset"]) if "offset" in parts else None
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)


def _offset(text: str) -> timezone:
    if text == "Z":
        return timezone(timedelta(0))
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
