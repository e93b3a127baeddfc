"""The verbs of configuration items: what depends on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.change_output import fields
from deskterm.cli.opening import opened
from deskterm.reads import catalogue as reads
from deskterm.services import windows

if TYPE_CHECKING:
    from argparse import Namespace

ITEM = ("name", "service", "depends_on")


def show(asked: Namespace) -> None:
    """List configuration items, their services, and what they depend on."""
    with opened(asked) as here:
        found = reads.items(here.desk, by=here.by)
    if asked.json:
        output.print_json([fields(row, ITEM) for row in found])
    else:
        output.print_table(ITEM, [(row.name, row.service, ", ".join(row.depends_on)) for row in found])


def relate(asked: Namespace) -> None:
    """Say that an item depends on another, or no longer does."""
    with opened(asked) as here:
        windows.relate(here.desk, asked.ci, asked.depends_on, gone=asked.gone, by=here.by)
    if asked.json:
        output.print_json({"ci": asked.ci, "depends_on": asked.depends_on, "gone": asked.gone})
