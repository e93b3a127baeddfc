"""The wheel carries all that a desk needs, and works with nothing but its dependencies beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from babel.messages.mofile import read_mo
from hatchling.builders.wheel import WheelBuilder

from deskterm import assets

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel, and our own one's dependencies."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel)
    (site,) = home.glob("lib/python3*/site-packages")
    # A path file adds a folder without reading the path files in it, so our editable install stays out.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python.parent


def test_the_wheel_carries_everything_that_is_not_code(wheel: Path) -> None:
    carried = set(ZipFile(wheel).namelist())

    for source, pattern in (
        ("styles", "*.tcss"),
        ("src/deskterm/storage/migrations", "**/*.py"),
        ("src/deskterm/standard", "*.toml"),
        ("src/deskterm/importers/mappings", "*.toml"),
        ("src/deskterm/query", "*.lark"),
        ("src/deskterm/locale", "*.pot"),
    ):
        files = list((ROOT / source).glob(pattern))
        inside = source.replace("src/", "").replace("styles", "deskterm/styles")
        assert files, f"{source}/{pattern}"
        assert {f"{inside}/{file.relative_to(ROOT / source).as_posix()}" for file in files} <= carried
    assert not [name for name in carried if name.startswith(("src/", "styles/", "tests/", "bench/"))]


def test_catalogues_are_compiled_into_the_wheel(tmp_path: Path) -> None:
    for file in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        (tmp_path / file).write_bytes((ROOT / file).read_bytes())
    messages = tmp_path / "src" / "deskterm" / "locale" / "fr" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    (tmp_path / "styles").mkdir()
    (tmp_path / ".gitignore").write_text("*.mo\n")
    (messages / "deskterm.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "On hold"\nmsgstr "En attente"\n'
    )

    built = next(WheelBuilder(str(tmp_path)).build(directory=str(tmp_path / "dist"), versions=["standard"]))

    with ZipFile(built).open("deskterm/locale/fr/LC_MESSAGES/deskterm.mo") as compiled:
        found = read_mo(compiled)["On hold"]
    assert found.string == "En attente"


def test_the_installed_program_speaks(installed: Path, tmp_path: Path) -> None:
    assert "deskterm" in run(installed / "deskterm", "--help", cwd=tmp_path)


def test_the_installed_program_founds_a_desk(installed: Path, tmp_path: Path) -> None:
    desk = ("--database", tmp_path / "desk.db")

    run(installed / "deskterm", *desk, "init", cwd=tmp_path)

    assert "number" in run(installed / "deskterm", *desk, "ls", cwd=tmp_path)


def test_the_installed_program_knows_the_mappings_that_ship(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "deskterm", "import", "mapping", "show", cwd=tmp_path)

    assert [line.split()[0] for line in shown.splitlines()[1:]] == ["servicenow", "vinst"]


def test_installed_styles_lie_inside_the_package(installed: Path, tmp_path: Path) -> None:
    script = "from deskterm import assets; print(assets.STYLES, len(list(assets.STYLES.glob('*.tcss'))))"

    place, count = run(installed / "python", "-c", script, cwd=tmp_path).split()

    assert Path(place).is_relative_to(installed.parent)
    assert int(count) == len(list((ROOT / "styles").glob("*.tcss")))


def test_an_editable_install_reads_the_styles_being_edited() -> None:
    assert assets.STYLES == ROOT / "styles"


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Return what a command prints, with nothing of this session in its environment but what it must have."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
