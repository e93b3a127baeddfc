"""What an import did, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deskterm.i18n import _, ngettext
from deskterm.services.imports import Difference, Written

LISTED = 1000
"""So many differences are kept one by one; more are only counted."""


@dataclass(slots=True)
class Report:
    """Every row of the log that was read is in one of `written`, `known`, `later` and `rejected`."""

    file: str
    as_of: datetime | None
    is_dry_run: bool
    rejects: Path
    zone: str
    """In which dates without an offset were read."""
    of_problems: bool = False
    """Whether the log is about problems, and not about tickets."""
    resumed_after: int = 0
    """The line after which a killed import was taken up again; what stands above is not counted here."""
    written: int = 0
    known: int = 0
    """Rows that an earlier import had brought."""
    later: int = 0
    """Rows from after `as_of`."""
    rejected: int = 0
    clamped: int = 0
    """Rows whose time ran backwards; they have the time of the row before."""
    priorities: int = 0
    """Rows whose priority is not what the desk's matrix makes of impact and urgency."""
    new_tickets: int = 0
    extended_tickets: int = 0
    new_problems: int = 0
    extended_problems: int = 0
    people: set[str] = field(default_factory=set)
    """Names: of each the first time counts, for a dry run adds them with every chunk anew."""
    agents: set[str] = field(default_factory=set)
    teams: set[str] = field(default_factory=set)
    catalogue: set[str] = field(default_factory=set)
    reopen_differences: int = 0
    reassignment_differences: int = 0
    differences: list[Difference] = field(default_factory=list)
    """The first of the tickets whose counters are not the log's own."""

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.written + self.known + self.later + self.rejected

    @property
    def changed(self) -> bool:
        """Whether the desk has anything that it did not have before."""
        return self.written > 0

    def add(self, chunk: Written) -> None:
        """Count a chunk in."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(chunk, name))
        for name in ADDED:
            getattr(self, name).update(getattr(chunk, name))
        self.rejected += len(chunk.rejected)
        for difference in chunk.differences:
            if difference.counter == "reopen_count":
                self.reopen_differences += 1
            else:
                self.reassignment_differences += 1
        self.differences += chunk.differences[: LISTED - len(self.differences)]

    def summary(self) -> str:
        """Return the report as lines to read."""
        return "\n".join([self._outcome(), *self._rows(), *self._brought(), *self._counters()])

    def _outcome(self) -> str:
        if self.is_dry_run:
            return _("Dry run of {file}: nothing was changed.").format(file=self.file)
        if not self.changed:
            return _("{file} has nothing new: nothing was changed.").format(file=self.file)
        return _("{file} was imported.").format(file=self.file)

    def _rows(self) -> list[str]:
        lines = [
            _("Dates without an offset are in {zone}.").format(zone=self.zone),
            ngettext("{count} row read:", "{count} rows read:", self.rows).format(count=f"{self.rows:,}"),
            _("  {count} written").format(count=f"{self.written:,}"),
            _("  {count} known already").format(count=f"{self.known:,}"),
        ]
        if self.resumed_after:
            taken_up = _("Taken up again after line {line}; what stands above was imported before.")
            lines.insert(0, taken_up.format(line=f"{self.resumed_after:,}"))
        if self.as_of is not None:
            later = _("  {count} later than {as_of}, left out")
            lines.append(later.format(count=f"{self.later:,}", as_of=self.as_of.isoformat()))
        rejected = _("  {count} rejected")
        if self.rejected:
            rejected = _("  {count} rejected, each with its line and reason in {file}")
        return [*lines, rejected.format(count=f"{self.rejected:,}", file=self.rejects)]

    def _brought(self) -> list[str]:
        brought = (
            (self.new_tickets, _("new tickets")),
            (self.extended_tickets, _("tickets continued")),
            (self.new_problems, _("new problems")),
            (self.extended_problems, _("problems continued")),
            (len(self.people), _("people")),
            (len(self.agents), _("agents")),
            (len(self.teams), _("teams")),
            (len(self.catalogue), _("categories, services and configuration items")),
        )
        return [f"{count:,} {what}" for count, what in brought if count]

    def _counters(self) -> list[str]:
        lines = []
        if self.clamped:
            back = ngettext(
                "{count} row runs back in time; it has the time of the row before.",
                "{count} rows run back in time; they have the time of the row before.",
                self.clamped,
            )
            lines.append(back.format(count=f"{self.clamped:,}"))
        priorities = _("Priorities that the desk's matrix sees otherwise: {count}")
        if self.priorities or not self.of_problems:
            lines.append(priorities.format(count=f"{self.priorities:,}"))
        if self.of_problems:
            return lines
        reopened = _("Reopen counts that differ from the log's: {count}")
        reassigned = _("Reassignment counts that differ from the log's: {count}")
        lines.append(reopened.format(count=f"{self.reopen_differences:,}"))
        lines.append(reassigned.format(count=f"{self.reassignment_differences:,}"))
        entry = _("  {number} {counter}: {ours} here, {theirs} in the log")
        lines += [
            entry.format(number=each.number, counter=each.counter, ours=each.ours, theirs=each.theirs)
            for each in self.differences
        ]
        hidden = self.reopen_differences + self.reassignment_differences - len(self.differences)
        if hidden:
            lines.append(_("  and {count} more").format(count=f"{hidden:,}"))
        return lines


COUNTED = (
    "written",
    "known",
    "later",
    "clamped",
    "priorities",
    "new_tickets",
    "extended_tickets",
    "new_problems",
    "extended_problems",
)
ADDED = ("people", "agents", "teams", "catalogue")
