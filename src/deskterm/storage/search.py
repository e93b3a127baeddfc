"""Full-text search over tickets: own tokens in FTS5 (SQLite) or `tsvector` (PostgreSQL), newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    bindparam,
    column,
    literal_column,
    text,
)

SQLITE_TABLE = 'CREATE VIRTUAL TABLE ticket_words USING fts5(tokens, tokenize = "ascii")'
POSTGRES_TABLE = "CREATE TABLE ticket_words (ticket_id bigint PRIMARY KEY, tokens tsvector NOT NULL)"
POSTGRES_INDEX = "CREATE INDEX ticket_words_tokens ON ticket_words USING gin (tokens)"

SQLITE_PUT = text("INSERT OR REPLACE INTO ticket_words (rowid, tokens) VALUES (:ticket_id, :tokens)")
POSTGRES_PUT = text(
    "INSERT INTO ticket_words (ticket_id, tokens) VALUES (:ticket_id, array_to_tsvector(:words)) "
    "ON CONFLICT (ticket_id) DO UPDATE SET tokens = excluded.tokens"
)

SQLITE_FOUND = text("SELECT rowid FROM ticket_words WHERE ticket_words MATCH :sought")
POSTGRES_FOUND = text("SELECT ticket_id FROM ticket_words WHERE tokens @@ CAST(:sought AS tsquery)")
SQLITE_NEWEST = text(
    "SELECT rowid FROM ticket_words WHERE ticket_words MATCH :sought AND rowid > :above "
    "ORDER BY rowid DESC LIMIT :most"
)
POSTGRES_NEWEST = text(
    "SELECT ticket_id FROM ticket_words WHERE tokens @@ CAST(:sought AS tsquery) AND ticket_id > :above "
    "ORDER BY ticket_id DESC LIMIT :most"
)
TICKET_ID: ColumnElement[int] = literal_column("ticket.id", BigInteger)


def create(connection: Connection) -> None:
    """Make the search table; for the migration."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(POSTGRES_TABLE))
        connection.execute(text(POSTGRES_INDEX))
    else:
        connection.execute(text(SQLITE_TABLE))


def drop(connection: Connection) -> None:
    """Drop the search table; for the migration."""
    connection.execute(text("DROP TABLE ticket_words"))


def put(connection: Connection, tokens: Mapping[int, Sequence[str]]) -> None:
    """Index tickets, replacing what was indexed of them.

    Args:
        tokens: ticket id → the tokens of its words (`deskterm.domain.words.tokens`).
    """
    if not tokens:
        return
    if connection.dialect.name == "postgresql":
        rows = [{"ticket_id": key, "words": sorted(set(words))} for key, words in tokens.items()]
        connection.execute(POSTGRES_PUT, rows)
    else:
        connection.execute(
            SQLITE_PUT, [{"ticket_id": key, "tokens": " ".join(words)} for key, words in tokens.items()]
        )


def matching(dialect: Dialect, words: Iterable[str]) -> ColumnElement[bool]:
    """Return a condition on `ticket.id`: its words hold every one of these, each as the beginning of a token.

    Args:
        dialect: of the database that will be asked.
        words: tokens; never empty strings.
    """
    if dialect.name == "postgresql":
        sought = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
        found = POSTGRES_FOUND.bindparams(bindparam("sought", sought, unique=True))
    else:
        sought = " ".join('"' + word.replace('"', '""') + '"*' for word in words)
        found = SQLITE_FOUND.bindparams(bindparam("sought", sought, unique=True))
    return TICKET_ID.in_(found.columns(column("ticket_id", BigInteger)))


def newest(connection: Connection, word: str, *, above: int, most: int) -> list[int]:
    """Return the newest tickets that have a word, at most so many, only those numbered above a ticket."""
    statement = POSTGRES_NEWEST if connection.dialect.name == "postgresql" else SQLITE_NEWEST
    given = {"sought": _one(connection.dialect, word), "above": above, "most": most}
    return list(connection.execute(statement, given).scalars())


def _one(dialect: Dialect, word: str) -> str:
    if dialect.name == "postgresql":
        return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
    return '"' + word.replace('"', '""') + '"'
