"""A user's own keys, read from the file that the settings name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deskterm.commands import keymap

if TYPE_CHECKING:
    from deskterm.commands.keymap import Keymap
    from deskterm.config import Settings


def own_keys(settings: Settings) -> Keymap:
    """Read the user's own keys; no file is no keys of one's own."""
    file = file_of(settings)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        own = keymap.Keymap()
    else:
        own = keymap.read(text, str(file))
    return replace(own, has_single=settings.single_keys)


def file_of(settings: Settings) -> Path:
    """Return where the user's own keys are looked for."""
    from platformdirs import user_config_path

    return Path(settings.keys).expanduser() if settings.keys else user_config_path("deskterm") / "keys.toml"
