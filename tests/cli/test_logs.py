"""What the command line writes to the error stream for machines, and what for people."""

from __future__ import annotations

import io
import json
import logging

import pytest

from deskterm.cli.logs import ErrorStream, JsonLines
from deskterm.desk import Desk
from deskterm.domain.errors import NotAllowed
from deskterm.services import tickets
from tests.desks import open_ticket


class Stream(io.StringIO):
    """An error stream: a terminal, or a file."""

    is_terminal = False

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False], ids=["terminal", "file"])
def test_a_refusal_is_logged_where_nobody_reads_the_sentence(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    stream = Stream()
    stream.is_terminal = is_terminal
    monkeypatch.setattr("sys.stderr", stream)
    handler = ErrorStream()
    handler.setFormatter(JsonLines())
    number = open_ticket(sqlite_desk)
    logger = logging.getLogger("deskterm.desk")
    logger.addHandler(handler)
    try:
        with pytest.raises(NotAllowed):
            tickets.take(sqlite_desk, number, by="audrey")
        logger.warning("the disk is nearly full")
    finally:
        logger.removeHandler(handler)

    said = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    refused = [] if is_terminal else ["refused ticket.take to audrey"]
    assert said == [*refused, "the disk is nearly full"]
