"""Reading a management standard, and the ones that ship."""

from __future__ import annotations

import json
import re
from pathlib import Path

from deskterm.domain.errors import BadStandard
from deskterm.domain.standard import Standard
from deskterm.standard import build
from deskterm.standard.check import examine
from deskterm.standard.models import Catalogue, StandardFile

SHIPPED = Path(__file__).parent
LED = re.compile(r'^(lead|manager) = ".*"$', re.MULTILINE)


def shipped(name: str = "default", *, led_by: str | None = None) -> str:
    """Return the text of a standard that ships: `default`, or `servicenow` for an imported log.

    Args:
        led_by: the login of whoever leads and manages every team, in the place of the example's people.
    """
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    if led_by is None:
        return text
    written = json.dumps(led_by)
    return LED.sub(lambda named: f"{named[1]} = {written}", text)


def load(text: str, version: int) -> Standard:
    """Return the values that the rules use.

    Raises:
        BadStandard: the text has problems; it lists all of them.
    """
    return build.standard(read(text), version)


def catalogue(text: str) -> Catalogue:
    """Return the services, categories and configuration items that a standard brings along.

    Raises:
        BadStandard: the text has problems; it lists all of them.
    """
    return read(text).catalogue


def read(text: str) -> StandardFile:
    """Return a standard as it is written.

    Raises:
        BadStandard: the text has problems; it lists all of them.
    """
    file, problems = examine(text)
    if problems or file is None:
        raise BadStandard(tuple(str(problem) for problem in problems))
    return file
