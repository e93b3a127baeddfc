"""The words that people read: `python -m tests.words gather` collects them, `check` misses none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src" / "deskterm"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for the day of creation, so that a template changes only with its words."""


def gathered(source: Path = SOURCE) -> Catalog:
    """Return every message in a source tree, with the comments that begin with `Translators:`."""
    found = Catalog(
        project="deskterm",
        header_comment="# Words of deskterm, gathered by `make words`.",
        creation_date=EPOCH,
        fuzzy=False,
    )
    methods = [("**.py", "python")]
    for file, _line, message, comments, context in extract_from_dir(
        source, methods, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return found


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as a file without line numbers, which would change with every edit."""
    out = BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def gather(source: Path = SOURCE) -> int:
    """Write the template, and bring each language up to it."""
    found = gathered(source)
    _template(source).write_bytes(written(found))
    for file in _languages(source):
        with file.open("rb") as words:
            language = read_po(words, locale=file.parts[-3])
        language.update(found, no_fuzzy_matching=True)
        file.write_bytes(written(language))
    return 0


def check(source: Path = SOURCE) -> int:
    """Return 1, naming the messages, if the source and a catalogue do not have the same ones."""
    found = _ids(gathered(source))
    stale = False
    for file in (_template(source), *_languages(source)):
        with file.open("rb") as words:
            known = _ids(read_po(words))
        for sign, ids in (("+", found - known), ("-", known - found)):
            for message in sorted(ids, key=str):
                print(f"{file.relative_to(source)}: {sign} {message!r}", file=sys.stderr)
                stale = True
    if stale:
        print("The words have changed; gather them with: make words", file=sys.stderr)
    return int(stale)


def _ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def _template(source: Path) -> Path:
    return source / "locale" / "deskterm.pot"


def _languages(source: Path) -> list[Path]:
    return sorted((source / "locale").glob("*/LC_MESSAGES/*.po"))


if __name__ == "__main__":
    verbs: dict[str, Callable[[], int]] = {"check": check, "gather": gather}
    sys.exit(verbs[sys.argv[1]]())
