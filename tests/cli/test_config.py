"""Settings: where they come from, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskterm.cli.program import main
from deskterm.config import Settings, load
from deskterm.domain.errors import BadSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_without_a_file_everything_has_its_default(file: Path) -> None:
    assert load(file, {}) == Settings()


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(file: Path) -> None:
    file.write_text('theme = "desk-light"\nbell = false\n')

    settings = load(file, {"DESKTERM_THEME": "desk-contrast", "HOME": "/root"})

    assert (settings.theme, settings.bell, settings.mouse) == ("desk-contrast", False, True)


def test_a_path_in_the_file_is_relative_to_the_file(file: Path) -> None:
    file.write_text('database = "desk.db"\n')

    assert load(file, {}).url == f"sqlite:///{file.parent / 'desk.db'}"


def test_a_url_stays_a_url(file: Path) -> None:
    assert (
        load(file, {"DESKTERM_DATABASE": "postgresql+psycopg://x/desk"}).url == "postgresql+psycopg://x/desk"
    )


@pytest.mark.parametrize(
    ("text", "environ", "sentence"),
    [
        ("colour = 1", {}, "{file}: colour: there is no such setting"),
        ("bell = 'loud'", {}, "{file}: bell: Input should be a valid boolean, unable to interpret input"),
        ("", {"DESKTERM_MOUSE": "perhaps"}, "DESKTERM_MOUSE: mouse: Input should be a valid boolean"),
        ("", {"DESKTERM_MOUSEE": "no"}, "DESKTERM_MOUSEE: mousee: there is no such setting"),
        ("bell =", {}, "{file}: the file: Invalid value"),
    ],
)
def test_a_bad_setting_is_named_with_where_it_stands(
    file: Path, text: str, environ: dict[str, str], sentence: str
) -> None:
    file.write_text(text)

    with pytest.raises(BadSettings) as refused:
        load(file, environ)

    assert str(refused.value).startswith(sentence.format(file=file))


def test_keys_lists_ones_own_and_says_what_is_wrong_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "keys.toml"
    own.write_text('"queue.preview" = ", w"\n"ticket.tke" = "T"\n')
    monkeypatch.setenv("DESKTERM_KEYS", str(own))

    code = main(["keys"])
    listed = capsys.readouterr()

    queue = listed.out.split("\nticket\n")[0]
    assert code == 0
    assert "  , w             Show the preview or hide it\n" in queue
    assert "  w               Show the preview" not in queue
    assert "  0-9             Go to the view with this number; 0 is all\n" in queue
    assert 'keys.toml, line 2: there is no command ticket.tke; did you mean "ticket.take"?' in listed.err
