"""Compiles the gettext catalogues when deskterm is built or installed, editable installs included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Writes a `.mo` beside every `.po`; only the wheel carries the compiled ones."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before files are gathered, so that the wheel finds them."""
        for source in sorted(Path(self.root, "src/deskterm/locale").glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            with source.open("rb") as words, compiled.open("wb") as out:
                write_mo(out, read_po(words, locale=source.parts[-3]))
