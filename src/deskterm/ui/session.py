"""What a console remembers from one start to the next: the view, its filter, the ticket under the cursor."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Session:
    """Where somebody was when the console was left."""

    view: str = ""
    """The view's name; empty for the first."""
    text: str = ""
    """The filter in force."""
    cursor: str = ""
    """The number under the cursor."""
    preview: str = "auto"


def load(file: Path) -> Session:
    """Return what was remembered; a file that is missing, or says something else, remembers nothing."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Session(**{name: str(value) for name, value in told.items()})
    except (OSError, ValueError, TypeError, AttributeError):
        return Session()


def save(file: Path, session: Session) -> None:
    """Remember, for the owner's eyes only; where that cannot be written, nothing is lost but comfort."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(asdict(session), out)
        beside.replace(file)
