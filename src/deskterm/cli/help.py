"""`keys` and `completion`: what can be pressed, and what a shell may complete."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from deskterm.cli import output, tree
from deskterm.cli.opening import settings_of
from deskterm.cli.own_keys import own_keys
from deskterm.commands import Place, of_place
from deskterm.commands.listing import listed
from deskterm.i18n import _

if TYPE_CHECKING:
    from argparse import Namespace

BASH = """_deskterm() {{
    local verbs="{verbs}"
    case "${{COMP_WORDS[1]}}" in
{cases}
    esac
    [ "$COMP_CWORD" = 1 ] && COMPREPLY=($(compgen -W "$verbs" -- "${{COMP_WORDS[1]}}"))
}}
complete -o default -F _deskterm deskterm"""
BASH_CASE = '        {verb}) COMPREPLY=($(compgen -W "{words}" -- "${{COMP_WORDS[COMP_CWORD]}}")) ;;'


def keys(asked: Namespace) -> None:
    """List the keys of each place in the console, the user's own among them, and what is wrong there."""
    own = own_keys(settings_of(asked))
    for place in Place:
        output.say(f"{place}")
        for command, pressed in listed(replace(each, keys=own.of(each)) for each in of_place(place)):
            twins = f"   (deskterm {', '.join(command.verbs)})" if command.verbs else ""
            output.say(f"  {pressed:<14}  {_(command.help)}{twins}")
    for problem in own.problems:
        print(problem, file=sys.stderr)


def completion(asked: Namespace) -> None:
    """Print a script that lets a shell complete verbs and options."""
    words = dict(verbs(tree.parser()))
    writers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    print(writers[asked.shell](words))


def verbs(parser: ArgumentParser) -> Iterator[tuple[str, list[str]]]:
    """Yield each verb with its options and, where it has them, the verbs below it."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, verb in action.choices.items():
                below = [inner for inner, _words in verbs(verb)]
                options = [option for each in verb._actions for option in each.option_strings]
                yield name, below + [option for option in options if option.startswith("--")]


def _bash(words: dict[str, list[str]]) -> str:
    cases = "\n".join(BASH_CASE.format(verb=verb, words=" ".join(words[verb])) for verb in words)
    return BASH.format(verbs=" ".join(words), cases=cases)


def _zsh(words: dict[str, list[str]]) -> str:
    return "autoload -U +X bashcompinit && bashcompinit\n" + _bash(words)


def _fish(words: dict[str, list[str]]) -> str:
    lines = [f"complete -c deskterm -n __fish_use_subcommand -a '{verb}'" for verb in words]
    lines += [
        f"complete -c deskterm -n '__fish_seen_subcommand_from {verb}' -a '{' '.join(below)}'"
        for verb, below in words.items()
    ]
    return "\n".join(lines)
