"""One act on as many tickets as are named, each in its own transaction, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.arguments import nothing, numbers_and_words
from deskterm.cli.opening import Opened, opened
from deskterm.cli.program import DONE, SOME_FAILED, complain
from deskterm.domain.errors import Unreachable
from deskterm.services import bulk

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.desk import Action
    from deskterm.services.bulk import BulkResult


@dataclass(frozen=True, slots=True)
class Act:
    """An action with what it takes after the number."""

    action: Action[Any, Any]
    given: Sequence[object] = ()
    options: Mapping[str, object] = field(default_factory=dict)


def plain_act(asked: Namespace, action: Action[Any, Any]) -> int:
    """Do something that takes no words to the tickets that are named."""
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    return act(asked, numbers, action)


def act(
    asked: Namespace, numbers: Sequence[str], action: Action[Any, Any], *given: object, **options: object
) -> int:
    """Open the desk and do the same to each ticket."""
    with opened(asked) as here:
        return each(here, asked, numbers, lambda _number: Act(action, given, options))


def each(here: Opened, asked: Namespace, numbers: Sequence[str], choose: Callable[[str], Act]) -> int:
    """Do to each ticket what is chosen for it, tell what became of it, and return the exit code.

    One ticket's refusal is the command's; of several, those that refuse are named on the error stream and
    some failed. A database that went away ends it.
    """
    touched: set[int] = set()

    def do(number: str, batch: str) -> None:
        chosen = choose(number)
        touched.update(
            chosen.action.touch(here.desk, batch, number, *chosen.given, by=here.by, **chosen.options)
        )

    result = replace(bulk.each(do, numbers), touched=frozenset(touched))
    if asked.json:
        output.print_json(told(result, numbers))
    for number, error in result.refused.items():
        if len(numbers) == 1 or isinstance(error, Unreachable):
            raise error
        complain(error, about=number)
    return SOME_FAILED if result.refused else DONE


def told(result: BulkResult, numbers: Sequence[str]) -> list[dict[str, object]]:
    """Return what became of an act as JSON has it; the fields are documented in docs/cli.md."""
    changed = set(result.changed)
    return [
        {
            "number": number,
            "done": number not in result.refused,
            "changed": number in changed,
            "refused": str(result.refused[number]) if number in result.refused else None,
            "act": result.batch,
        }
        for number in dict.fromkeys(numbers)
    ]
