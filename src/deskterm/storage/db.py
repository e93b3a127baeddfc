"""Engines: how a database is opened, locked, migrated, and told apart from the other kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from deskterm.clock import Clock, DatabaseClock, SystemClock
from deskterm.domain.errors import BadSettings, Busy, Unreachable
from deskterm.i18n import N_

HEAD = "0007"
"""The schema that this program reads and writes."""
EVENT_LOCK = 4711
"""Key of the advisory lock that makes ids rise in the order of commits (PostgreSQL)."""
NEWS = "deskterm_news"
"""The channel that says "the ledger grew" (PostgreSQL)."""
WRITES = "deskterm_writes"
"""The execution option of connections that take SQLite's write lock when they begin."""
SQLITE_BUSY_MILLISECONDS = 50
NETWORK_FILESYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "afs", "fuse.sshfs"})
RETRIABLE = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs that a second try may cure: serialization, deadlock, lock not available."""
AWAY = frozenset({"08", "53", "57", "58"})
"""Classes of SQLSTATE of a server that does not serve: connection, resources, operator, system."""
CANCELLED = "57014"
"""The SQLSTATE of a statement that we gave up ourselves."""
SIGNS = (
    "disk I/O", "disk is full", "unable to open", "readonly", "not a database", "malformed", "connection",
)  # fmt: skip
"""What drivers say of a database that is gone, full, broken or none."""


def parse(url: str) -> URL:
    """Return a database's URL in its parts.

    Raises:
        BadSettings: it is none; nothing of it is repeated, since it may hold a password.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise BadSettings(key="database", reason=N_("it is no URL of a database")) from None


def place(url: URL | str) -> str:
    """Return a database's URL for people: without a password, wherever that stands in it."""
    parsed = parse(url) if isinstance(url, str) else url
    secret = [name for name in parsed.query if "pass" in name.lower()]
    return parsed.difference_update_query(secret).render_as_string(hide_password=True)


def open_engine(url: str) -> Engine:
    """Open a database by URL.

    Raises:
        BadSettings: it is neither SQLite nor PostgreSQL, its driver is missing, or the file lies on
            a network filesystem, where SQLite's write-ahead log loses data.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, Path(parsed.database or ""))
    if parsed.get_backend_name() == "postgresql":
        return _open_postgres(url)
    raise BadSettings(key="database", reason=N_("it is neither sqlite:///… nor postgresql+psycopg://…"))


def _open_sqlite(url: str, file: Path) -> Engine:
    filesystem = filesystem_of(file)
    if filesystem in NETWORK_FILESYSTEMS:
        raise BadSettings(
            file=str(file),
            key="database",
            reason=f"SQLite can't live on a network filesystem ({filesystem}); use PostgreSQL",
        )
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "timeout": 0},
        pool_pre_ping=False,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA temp_store = MEMORY")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        except driver.Error as error:
            raise translated(connection, error) from error

    return engine


def _open_postgres(url: str) -> Engine:
    options = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=10s -c timezone=UTC"
    try:
        return create_engine(
            url,
            connect_args={"options": options},
            pool_pre_ping=True,
            pool_size=4,
            max_overflow=4,
            hide_parameters=True,
        )
    except ModuleNotFoundError as missing:
        raise BadSettings(
            key="database", reason="PostgreSQL needs the extra: pipx install 'deskterm[postgres]'"
        ) from missing


def filesystem_of(path: Path) -> str:
    """Return the type of the filesystem that a path is or would be on, empty where unknown."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    where = str(path.absolute())
    found = ("", "")
    for line in mounts.read_text(errors="replace").splitlines():
        _device, mount, kind, *_rest = line.split(" ")
        inside = mount == "/" or where == mount or where.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(found[0]):
            found = (mount, kind)
    return found[1]


@contextmanager
def cursor(connection: Connection) -> Iterator[Any]:
    """Lend the driver's own cursor, inside the connection's transaction; its errors are SQLAlchemy's."""
    if not connection.in_transaction():
        connection.begin()
    try:
        with closing(connection.connection.cursor()) as lent:
            yield lent
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(connection, error) from error


def translated(connection: Connection, error: Exception) -> BaseException:
    """Return a driver's error as SQLAlchemy raises it; a connection that was lost is given up."""
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    lost = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]  # it is the driver's own
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        None, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost
    )


def is_retriable(error: DBAPIError) -> bool:
    """Return whether the same transaction may succeed when it is tried again."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is not None:
        return sqlstate in RETRIABLE
    return isinstance(error, OperationalError) and (
        "database is locked" in str(error.orig) or error.connection_invalidated
    )


def refusal(error: DBAPIError) -> Exception:
    """Return the sentence for a database that went away, is none or is locked; the rest stays a bug."""
    reason = str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
    sqlstate = getattr(error.orig, "sqlstate", None) or ""
    away = sqlstate[:2] in AWAY and sqlstate != CANCELLED
    if away or error.connection_invalidated or any(sign in reason for sign in SIGNS):
        return Unreachable(reason=reason)
    return Busy() if is_retriable(error) else error


def lock_ledger(connection: Connection) -> None:
    """Let nobody else append to the ledger until this transaction ends, so that ids rise with commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": EVENT_LOCK})


def announce(connection: Connection) -> None:
    """Tell listeners that the ledger grew, when this transaction commits; SQLite has only the poll."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {NEWS}")


def insert_new(connection: Connection, into: Table) -> Any:
    """Return an INSERT that leaves alone what a unique key says is there already."""
    dialect: Any = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return dialect.insert(into).on_conflict_do_nothing()


def checkpoint(engine: Engine) -> None:
    """Fold SQLite's write-ahead log back into the database file; PostgreSQL does so by itself."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def clock_of(engine: Engine) -> Clock:
    """Return the clock that everybody on a database shares: its server's, or the machine's for a file.

    Raises:
        Unreachable: the server does not answer.
    """
    return (
        DatabaseClock(partial(_server_time, engine)) if engine.dialect.name == "postgresql" else SystemClock()
    )


def _server_time(engine: Engine) -> datetime:
    try:
        with engine.connect() as connection:
            theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    except DBAPIError as error:
        raise refusal(error) from error
    return theirs.astimezone(UTC)


def revision(engine: Engine) -> str | None:
    """Return the schema's revision, None for an empty database.

    Raises:
        Unreachable: the database does not answer.
    """
    try:
        with engine.connect() as connection:
            if not engine.dialect.has_table(connection, "alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
    except DBAPIError as error:
        raise refusal(error) from error


def check_revision(engine: Engine) -> None:
    """Refuse a database that this program does not know.

    Raises:
        Unreachable: there is no desk in it, or its schema is older or newer than this program.
    """
    found = revision(engine)
    if found is None:
        raise Unreachable(reason=N_("there is no desk in it yet; make one with: deskterm init"))
    if found > HEAD:
        raise Unreachable(reason=f"its schema {found} is newer than this program ({HEAD}); upgrade deskterm")
    if found < HEAD:
        raise Unreachable(reason=f"its schema {found} is older than this program; run: deskterm migrate")


def migrate(url: str) -> None:
    """Bring a database to this program's schema, making it where there is none.

    Raises:
        Unreachable: it does not answer, or the file is no database.
    """
    from alembic import command
    from alembic.config import Config

    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = open_engine(url)
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise refusal(error) from error
    finally:
        engine.dispose()
