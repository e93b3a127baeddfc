"""What is asked before an act on many, and how its preview is summed up; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

PREVIEW_OVER = 10
"""An act on more tickets than this shows what it would change, and asks."""
PUBLIC_OVER = 5
"""A text to more callers than this asks, too."""
COUNT_OVER = 50
"""An act on more than this wants the count typed."""


class Confirmation(Enum):
    """What somebody does before an act on many begins."""

    NONE = auto()
    YES = auto()
    """Look at the preview and say yes."""
    COUNT = auto()
    """Look at the preview and type how many they are."""


class Tried(Protocol):
    """What is known of an act on one ticket before it is done: `services.bulk.Difference`."""

    @property
    def number(self) -> str:
        """The ticket."""

    @property
    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """Ledger column → (before, after)."""

    @property
    def refusal(self) -> Exception | None:
        """Why it would be refused; None where it would not."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change that some of the tickets would see."""

    field: str
    before: Any
    after: Any
    count: int


def confirmation(count: int, *, is_public: bool = False) -> Confirmation:
    """Return what an act on so many tickets asks for.

    Args:
        count: of tickets.
        is_public: whether it writes to their callers.
    """
    if count <= (PUBLIC_OVER if is_public else PREVIEW_OVER):
        return Confirmation.NONE
    return Confirmation.YES if count <= COUNT_OVER else Confirmation.COUNT


def summed(differences: Iterable[Tried]) -> tuple[Change, ...]:
    """Return equal changes as one, the most frequent first."""
    counted = Counter(
        (field, before, after)
        for difference in differences
        for field, (before, after) in difference.changes.items()
    )
    return tuple(Change(*change, count) for change, count in counted.most_common())


def refusals(differences: Iterable[Tried]) -> dict[str, str]:
    """Return the tickets that would refuse, with the sentence."""
    return {each.number: str(each.refusal) for each in differences if each.refusal is not None}
