"""What the rows of a log say, by its mapping, whatever they are about; or why a row can't be taken."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from itertools import takewhile
from operator import itemgetter
from typing import Generic, TypeVar

from deskterm.domain.errors import BadInput
from deskterm.i18n import N_
from deskterm.importers import dates
from deskterm.importers.mapping import NUMBER, PARTS, LogMapping
from deskterm.importers.records import Record
from deskterm.services.imported_names import Team
from deskterm.storage.types import NEVER
from deskterm.text import plain

REMEMBERED = 50_000
"""So many values of a column are worked out once; then all are forgotten."""
FIELD_LENGTH = 500
YEARS = range(1990, 2101)
JOINT = "/"
"""Stands between the words of two columns that tell a state together."""
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_GAPS = re.compile(r"[\s_-]+")

R = TypeVar("R")
K = TypeVar("K")
V = TypeVar("V")
Getter = Callable[[list[str]], tuple[str, ...]]


class Memo(dict[K, V]):
    """What values of a column mean, each worked out once: 140,000 rows have few."""

    def __init__(self, work: Callable[[K], V]) -> None:
        self.work = work

    def __missing__(self, value: K) -> V:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[value] = self.work(value)
        return found


class Header:
    """Where the columns of a file stand."""

    def __init__(self, mapping: LogMapping, names: Iterable[str]) -> None:
        self.mapping = mapping
        self.names = list(names)
        self._places = {_spelling(name): place for place, name in enumerate(self.names)}

    def place(self, column: str) -> int | None:
        """Return where a column stands, by its name or another one, None where the file has none."""
        for name in (column, *self.mapping.aliases.get(column, ())):
            place = self._places.get(_spelling(name))
            if place is not None:
                return place
        return None

    @property
    def lacking(self) -> list[str]:
        """The columns that the mapping needs and the file does not have."""
        return [name for name in self.mapping.needed if self.place(name) is None]

    def present(self, columns: Iterable[str]) -> list[str]:
        """Return those of some columns that the file has."""
        return [name for name in columns if self.place(name) is not None]

    def places(self, columns: Iterable[str | None]) -> list[int]:
        """Return where columns stand; the blank field at a row's end stands for missing ones."""
        found = (None if column is None else self.place(column) for column in columns)
        return [len(self.names) if place is None else place for place in found]

    def getter(self, columns: Iterable[str | None]) -> Getter:
        """Return what takes columns out of a row that ends in a blank field."""
        places = self.places(columns)
        if len(places) > 1:
            return itemgetter(*places)
        return lambda fields: tuple(fields[place] for place in places)


def _spelling(name: str) -> str:
    """Return what spellings of a column's name have in common: `SR Number`, `sr_number`."""
    return _GAPS.sub(" ", name.strip().casefold())


class Rows(ABC, Generic[R]):
    """Reads the rows of one file."""

    FIELDS: tuple[str, ...] = ()
    """The fields that `row` takes out of a row at once, in this order; all but the description."""
    CODED: tuple[str, ...] = ()
    """Those of them whose words the ledger keeps where they mean nothing here."""
    NO_NUMBER = ""
    """What is said of a number that is none."""

    def __init__(self, mapping: LogMapping, header: Header, zone: tzinfo) -> None:
        given = mapping.columns.given
        self.mapping = mapping
        self.header = header
        self.width = len(header.names)
        self.number = header.place(given["number"]) or 0
        self.taken = header.getter(given.get(name) for name in self.FIELDS)
        (self.description,) = header.places([given.get("description")])
        kept = header.present(mapping.keep)
        self.kept = header.getter(kept)
        self.kept_names = [*(given.get(name, name) for name in self.CODED), *kept]
        self.identity = header.getter(header.present(mapping.telling))
        final = mapping.final
        self.final_names = header.present(final.columns) if final is not None else []
        self.final = header.getter(self.final_names)
        self.closing = header.getter([final.known_at, final.closing_summary] if final is not None else [])
        self.last_kept: tuple[str, ...] = ()
        self.last_originals: Mapping[str, str] = {}
        self.missing = frozenset(("", *mapping.missing))
        self.read_date = dates.reader(mapping.dates, zone)
        self.instants = Memo(self._instant)
        self.names = Memo(self._name)
        self.paths = Memo(self._path)
        self.teams = Memo(self._team)
        self.priorities = Memo(partial(self.code, "priority", mapping.priority, None))
        self.alike = tuple(takewhile(lambda template: NUMBER not in template, mapping.summary))
        """The ways to make a summary that records share, up to the first that has their number."""
        self.own = mapping.summary[len(self.alike) :]
        self.summaries = Memo(self._made)

    @abstractmethod
    def row(self, record: Record) -> R:
        """Return what a row says.

        Raises:
            BadInput: why it can't be taken.
        """

    def fields(self, record: Record) -> list[str]:
        """Return a row's fields, and a blank one for all columns that the file does not have."""
        fields = record.fields
        if len(fields) != self.width:
            raise BadInput(
                N_("The row has {count} fields, the header {expected}."),
                count=len(fields),
                expected=self.width,
            )
        fields.append("")
        return fields

    def told(self, fields: list[str]) -> Iterator[str]:
        """Yield what a row says of `FIELDS`."""
        return map(str.strip, self.taken(fields))

    def checked(self, number: str) -> str:
        """Return a record's number, if it is one."""
        if not _NUMBER.fullmatch(number):
            raise BadInput(self.NO_NUMBER, value=short(number))
        return number

    def key(self, fields: list[str]) -> str:
        """Return what tells a row from others: everything in it that was known when it was recorded."""
        told = "\x1f".join(self.identity(fields))
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()

    def originals(self, fields: list[str], *words: str) -> Mapping[str, str]:
        """Return what the desk has no column for: the same object again while it stays the same.

        Args:
            fields: those of the row.
            words: for each of `CODED` the word that means nothing here; empty where it does mean something.
        """
        kept = (*words, *self.kept(fields))
        if kept != self.last_kept:
            cleaned = zip(self.kept_names, map(self.names.__getitem__, kept), strict=True)
            self.last_kept = kept
            self.last_originals = {name: value for name, value in cleaned if value is not None}
        return self.last_originals

    def finally_known(self, fields: list[str], at: datetime) -> tuple[Mapping[str, str], str | None] | None:
        """Return what leaks into all rows and how a record ended, None for rows before that was known."""
        if self.mapping.final is None:
            return None
        known_at, closing = self.closing(fields)
        try:
            known = self.instants[known_at.strip()]
        except BadInput:
            known = NEVER
        if at < known:
            return None
        values = zip(self.final_names, map(self.names.__getitem__, self.final(fields)), strict=True)
        return {name: value for name, value in values if value is not None}, self.names[closing]

    def called(self, number: str, summary: str, parts: tuple[str | None, ...]) -> str:
        """Return a record's summary: the log's own, or one that is made."""
        return self.names[summary] or self.summaries[parts] or self._filled(self.own, parts, number) or number

    def described(self, fields: list[str]) -> str:
        """Return a record's description, a text of many lines."""
        text = fields[self.description]
        if not text:
            return ""
        if "\0" in text:
            raise BadInput(N_("{value} has a NUL in it."), value=short(text))
        return "" if text.strip() in self.missing else plain(text).strip("\n")

    def code(self, field: str, table: Mapping[str, V], default: V | None, code: str) -> V | None:
        """Return what a column's code means, None where neither the row nor the mapping says anything.

        Raises:
            BadInput: the log has a code that nobody has mapped.
        """
        if code in table:
            return table[code]
        if code in self.missing:
            return default
        raise self.unknown(field, code)

    def unknown(self, field: str, code: str) -> BadInput:
        """Return the refusal of a code that nobody has mapped."""
        column = self.mapping.columns.given.get(field, field)
        return BadInput(N_("{column}: {value} is not known."), column=column, value=short(code))

    def state_code(self, words: tuple[str, str]) -> str:
        """Return the words of a row's one or two columns about its state, as a mapping writes them."""
        return JOINT.join(word for word in words if word not in self.missing)

    def _instant(self, stamp: str) -> datetime:
        """Return an instant in UTC; without an offset it is in the log's zone."""
        try:
            at = self.read_date(stamp)
            if at.year not in YEARS:
                raise ValueError(at)
            return at.astimezone(UTC)
        except ValueError as error:
            forms = ", ".join("ISO 8601" if form == dates.ISO else form for form in self.mapping.dates)
            raise BadInput(
                N_("{value} is no date in the form {forms}."), value=short(stamp), forms=forms
            ) from error

    def _name(self, text: str) -> str | None:
        """Return a name with single blanks, None for a missing one.

        Raises:
            BadInput: it is too long, or has a NUL.
        """
        if len(text) > FIELD_LENGTH:
            raise BadInput(
                N_("{value} is longer than {limit} characters."), value=short(text), limit=FIELD_LENGTH
            )
        if "\0" in text:
            raise BadInput(N_("{value} has a NUL in it."), value=short(text))
        name = " ".join(plain(text, one_line=True).split())
        return None if name in self.missing else name

    def _path(self, parts: tuple[str, str]) -> str | None:
        """Return the path of a category in the tree."""
        return " / ".join(name for name in map(self._name, parts) if name) or None

    def _team(self, text: str) -> Team | None:
        name = self._name(text)
        if name is None:
            return None
        return Team(self.mapping.teams.get(name, name), self.mapping.tiers.get(name.rpartition(" ")[2], 1))

    def _made(self, parts: tuple[str | None, ...]) -> str:
        return self._filled(self.alike, parts, "")

    def _filled(self, templates: Iterable[str], parts: tuple[str | None, ...], number: str) -> str:
        """Return the first of some summaries whose fields all say something, empty where none does."""
        values = dict(zip(PARTS, parts, strict=True)) | {NUMBER: number}
        known = {name: value for name, value in values.items() if value}
        for template in templates:
            try:
                return template.format_map(known)
            except KeyError:
                continue
        return ""


def short(text: str) -> str:
    """Return the beginning of what somebody wrote, for a reason."""
    shown = plain(text, one_line=True)
    return shown if len(shown) <= 40 else shown[:39] + "…"
