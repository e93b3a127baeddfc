"""The settings of one installation: defaults, then a TOML file, then the environment."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deskterm.domain.errors import BadSettings
from deskterm.i18n import N_, _

PREFIX = "DESKTERM_"
RESERVED = ("DESKTERM_CONFIG", "DESKTERM_FAILPOINT", "DESKTERM_TEST_")
"""Beginnings of variables that are no settings: where the file is, what tests break and what they run on."""
PLACES = ("database", "spool", "keys")
"""Settings that are paths; in a file they are relative to it."""


class Settings(BaseModel):
    """What one installation is set to; what the desk is set to stands in its management standard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: Annotated[str, Field(min_length=1)] = str(user_data_path("deskterm") / "desk.db")
    """The desk's database: a file, or a URL such as `postgresql+psycopg://desk@db.example/desk`."""
    spool: str | None = None
    """The folder that the mail system empties, and the worker fills; None lets mail wait."""
    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = "desk@localhost"
    """The address that mail comes from."""
    lang: str | None = None
    """The language of words, such as `zh_CN`; None takes the machine's."""
    theme: Literal["desk-dark", "desk-light", "desk-contrast"] = "desk-dark"
    """The console's colours; with few of them, or with NO_COLOR, the terminal's own."""
    bell: bool | Literal["breach"] = True
    """Whether the terminal rings when something urgent happens; `breach` only for breaches and priority 1."""
    advance: Literal["next", "list", "stay"] = "stay"
    """Where the console goes after an act: to the next ticket, back to the list, or nowhere."""
    keys: str | None = None
    """The file of your own keys; None looks for `keys.toml` among the user's settings."""
    glyphs: Literal["unicode", "ascii"] = "unicode"
    """What lines and shades are painted with."""
    driver: Literal["own", "stock"] = "own"
    """What talks to the terminal: deskterm's own driver, or Textual's where that one errs."""
    editor: bool = True
    """Whether `^G` may start `$VISUAL` or `$EDITOR`, and `^Z` go to the shell."""
    lock_minutes: Annotated[float, Field(ge=0)] = 0
    """After so long without a key the console is locked; 0 never."""
    leave_minutes: Annotated[float, Field(ge=0)] = 0
    """A locked console is left after so long; 0 never."""
    unlock: str | None = None
    """What `deskterm passphrase` printed; None lets Enter unlock."""
    single_keys: bool = True
    """Whether single letters, digits and signs are keys; without, `:` and `^P` reach every command."""
    mouse: bool = True
    """Whether the console listens to the mouse; without, the terminal selects text as usual."""

    @property
    def url(self) -> str:
        """The database as SQLAlchemy's URL."""
        return database_url(self.database)


def database_url(place: str) -> str:
    """Return a database as SQLAlchemy's URL; what is no URL is the path of an SQLite file."""
    return place if "://" in place else f"sqlite:///{Path(place).expanduser().absolute()}"


def default_file(environ: Mapping[str, str]) -> Path:
    """Return where the settings are looked for: `DESKTERM_CONFIG`, or the user's place for settings."""
    named = environ.get("DESKTERM_CONFIG")
    return Path(named).expanduser() if named else user_config_path("deskterm") / "settings.toml"


def load(file: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings; a file that is not there sets nothing.

    Relative paths in the file are relative to the file.

    Raises:
        BadSettings: it names the file or the variable, the key, and what is wrong.
    """
    written = _written(file)
    _check(written, {key: str(file) for key in written})
    sources = dict.fromkeys(written, str(file))
    for variable, value in environ.items():
        key = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and not variable.startswith(RESERVED):
            written[key], sources[key] = value, variable
    return _check(written, sources)


def _written(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSettings(file=file, key=N_("the file"), reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(file=file, key=N_("the file"), reason=str(error)) from error
    for key in PLACES:
        place = written.get(key)
        if isinstance(place, str) and place and "://" not in place:
            written[key] = str(file.parent / Path(place).expanduser())
    return written


def _check(written: Mapping[str, Any], sources: Mapping[str, str]) -> Settings:
    try:
        return Settings.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        reason = _("there is no such setting") if first["type"] == "extra_forbidden" else first["msg"]
        raise BadSettings(file=sources[key], key=key, reason=reason) from error
