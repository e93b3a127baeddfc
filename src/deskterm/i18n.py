"""The gettext functions: `_` translates now, `N_` marks for later, `ngettext` counts."""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
LANGUAGE_VARIABLES = ("DESKTERM_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def languages() -> list[str]:
    """Return the languages that there are words in; the words in the code are English."""
    return sorted({"en", *(file.parts[-3] for file in LOCALE.glob("*/LC_MESSAGES/deskterm.mo"))})


@cache
def catalogue() -> gettext.NullTranslations:
    """Return the words of the language that the environment asks for, English where there are none."""
    wanted = next((os.environ[name] for name in LANGUAGE_VARIABLES if os.environ.get(name)), "en")
    return gettext.translation("deskterm", LOCALE, languages=[wanted.split(".")[0]], fallback=True)


def _(message: str) -> str:
    """Return a message in the reader's language."""
    return catalogue().gettext(message) if message else ""


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name
    """Mark a message for translation where it is written, to be translated where it is shown."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a message that goes with a count."""
    return catalogue().ngettext(one, many, count)
