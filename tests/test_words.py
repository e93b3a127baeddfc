"""Every word that people read is in the catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import words

SOURCE = """
from deskterm.i18n import N_, _, ngettext

LABEL = N_("On hold")
print(_("{number} was resolved").format(number=1), ngettext("{n} ticket", "{n} tickets", 2))
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "module.py").write_text(SOURCE)
    (tmp_path / "locale" / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locale" / "fr" / "LC_MESSAGES" / "deskterm.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "On hold"\nmsgstr "En attente"\n\nmsgid "Gone"\nmsgstr "Parti"\n'
    )
    return tmp_path


def test_gathered_words_are_fresh_and_keep_their_translations(source: Path) -> None:
    words.gather(source)

    assert words.check(source) == 0
    french = (source / "locale" / "fr" / "LC_MESSAGES" / "deskterm.po").read_text()
    assert 'msgid "On hold"\nmsgstr "En attente"' in french
    assert 'msgid_plural "{n} tickets"' in french
    assert "Gone" not in french


def test_gathering_twice_changes_nothing(source: Path) -> None:
    words.gather(source)
    before = {file: file.read_bytes() for file in source.rglob("*.po*")}

    words.gather(source)

    assert {file: file.read_bytes() for file in source.rglob("*.po*")} == before


def test_a_new_word_is_named(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words.gather(source)
    (source / "new.py").write_text("_('Take')\n")

    assert words.check(source) == 1
    assert "locale/deskterm.pot: + 'Take'" in capsys.readouterr().err.replace("\\", "/")
