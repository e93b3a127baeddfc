"""Known errors: which tickets one matches, and the draft of its article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from deskterm.domain.words import tokens
from deskterm.i18n import _

SHARED_WORDS = 2
"""Words that ticket and symptom must share where nothing else says that they are alike."""
SHORT = 3
"""Words of fewer letters say nothing; CJK pairs are as short as they are."""


class Reason(StrEnum):
    """What a ticket and a known error have in common."""

    CI = "ci"
    SERVICE = "service"
    CATEGORY = "category"
    WORDS = "words"


WEIGHTS: Mapping[Reason, int] = {Reason.CI: 4, Reason.SERVICE: 2, Reason.CATEGORY: 2, Reason.WORDS: 1}
ENOUGH = 3
"""The weight from which a known error is shown: a CI, service with words or category, or three words."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a ticket or a known error is recognised by."""

    service: str | None
    ci: str | None
    category: str | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """How well a known error fits a ticket."""

    reasons: frozenset[Reason]
    weight: int


def sign(*, service: str | None, ci: str | None, category: str | None, text: str) -> Sign:
    """Return what something is recognised by; `text` is its summary with description or symptom."""
    words = frozenset(token for token in tokens(text) if len(token) > SHORT or not token.isascii())
    return Sign(service, ci, category, words)


def match(ticket: Sign, error: Sign) -> Match | None:
    """Return how a known error fits a ticket, None where it does not.

    Another CI than the known error's speaks against it, however alike the words are.
    """
    if ticket.ci and error.ci and ticket.ci != error.ci:
        return None
    shared = len(ticket.words & error.words)
    common = {
        Reason.CI: bool(error.ci) and ticket.ci == error.ci,
        Reason.SERVICE: bool(error.service) and ticket.service == error.service,
        Reason.CATEGORY: _is_below(ticket.category, error.category),
        Reason.WORDS: shared >= SHARED_WORDS,
    }
    reasons = frozenset(reason for reason, holds in common.items() if holds)
    weight = sum(WEIGHTS[reason] for reason in reasons - {Reason.WORDS})
    weight += shared if Reason.WORDS in reasons else 0
    return Match(reasons, weight) if weight >= ENOUGH else None


def _is_below(category: str | None, wanted: str | None) -> bool:
    if not category or not wanted:
        return False
    return category == wanted or category.startswith(f"{wanted} / ")


def article(summary: str, symptom: str, workaround: str, root_cause: str, numbers: Iterable[str]) -> str:
    """Return the draft of a known error's article, in Markdown."""
    parts = [f"# {summary}", f"## {_('Symptom')}", symptom, f"## {_('Workaround')}", workaround]
    if root_cause:
        parts += [f"## {_('Root cause')}", root_cause]
    related = ", ".join(numbers)
    if related:
        parts += [f"## {_('Related')}", related]
    return "\n\n".join(parts) + "\n"
