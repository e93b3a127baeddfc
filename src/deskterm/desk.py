"""The desk: the one way to change records, and the one way to look at them."""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session, col
from sqlmodel import select as choose
from sqlmodel.sql.expression import SelectOfScalar

from deskterm import rubbish
from deskterm.clock import Clock
from deskterm.domain.errors import Busy, Conflict, NotAllowed, NotFound, Unreachable
from deskterm.domain.ledger import Entry
from deskterm.domain.people import SYSTEM, Actor, Role, permit
from deskterm.domain.ticket import key_of
from deskterm.failpoints import Failpoint, failpoint
from deskterm.i18n import N_
from deskterm.storage import chain
from deskterm.storage.db import WRITES, check_revision, clock_of, is_retriable, open_engine, refusal
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Agent, DeskFact, Member, StandardVersion, Ticket, know_all
from deskterm.storage.tables.record import Record
from deskterm.storage.types import NEVER, UtcDateTime
from deskterm.storage.visible import scope_of, visible

if TYPE_CHECKING:
    from deskterm.domain.standard import Standard

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=Record)

PATIENCE_SECONDS = 5.0
"""How long a change waits for somebody else's lock before it gives up with a sentence."""
PENDING = 1 << 62
"""Where the ids of entries begin that are not written yet: after all that are."""
CALLER = "caller:"
"""Begins the ledger's name of somebody who acts as a caller; a person's id follows."""

FACTS = select(col(DeskFact.name), col(DeskFact.value))
NEWEST_STANDARD = Prepared(select(col(StandardVersion.id)).order_by(col(StandardVersion.id).desc()).limit(1))

ACTING = Prepared(
    select(col(Agent.roles), col(Member.team))
    .outerjoin(Member, col(Member.login) == col(Agent.login))
    .where(col(Agent.login) == bindparam("login"), col(Agent.active))
)
"""An active agent's roles, with each of the agent's teams or none."""

INSTANT = UtcDateTime()

log = logging.getLogger(__name__)


class Desk:
    """A desk's database, clock and standard, as one process has them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._writing = engine.execution_options(**{WRITES: True})
        self._standards: dict[int, Standard] = {}
        self._mixed: dict[tuple[int, int], Standard] = {}

    @classmethod
    def open(cls, url: str, *, clock: Clock | None = None) -> Desk:
        """Open the desk that a database holds.

        Args:
            url: SQLAlchemy's form, `sqlite:///…` or `postgresql+psycopg://…`.
            clock: the one that everybody on this database shares, where none is given.

        Raises:
            Unreachable: the database does not answer, or its schema is not this program's.
        """
        engine = open_engine(url)
        try:
            check_revision(engine)
            return cls(engine, clock or clock_of(engine))
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def transact(self, by: str, work: Callable[[Transaction], R], *, batch: str | None = None) -> R:
        """Run one change: all of it is committed, or nothing.

        Locks and collisions are waited out with jitter, and the work is run again from the start.

        Raises:
            Busy: somebody else held the lock for `PATIENCE_SECONDS`.
            Unreachable: the database went away.
        """
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._attempt(by, work, batch)
            except DBAPIError as error:
                if not is_retriable(error):
                    raise refusal(error) from error
                if time.monotonic() > give_up:
                    raise Busy from error
                time.sleep(random.uniform(0.001, 0.003))

    def _attempt(self, by: str, work: Callable[[Transaction], R], batch: str | None) -> R:
        self._get_ready()
        with self._writing.connect() as connection:
            with connection.begin(), Session(connection, autoflush=False, expire_on_commit=False) as session:
                failpoint(Failpoint.TRANSACTION_BEGUN)
                tx = Transaction(self, connection, session, by, batch)
                result = work(tx)
                tx.write()
                failpoint(Failpoint.TRANSACTION_WRITTEN)
            failpoint(Failpoint.TRANSACTION_COMMITTED)
            return result

    def _get_ready(self) -> None:
        """Do before the first change what takes long once, so that nobody waits for the lock meanwhile."""
        _settle()
        if not self._standards:
            with self.engine.connect() as connection:
                newest = NEWEST_STANDARD.scalar(connection)
                if newest is not None:
                    self._loaded(connection, newest)

    @contextmanager
    def look(self, by: str) -> Iterator[Look]:
        """Look at the desk through what an actor may see; nothing can be changed.

        Raises:
            NotAllowed: nobody active has this login.
            Unreachable: the database does not answer.
            Busy: it is locked.
        """
        try:
            with self.engine.connect() as connection:
                yield Look(self, connection, actor_of(connection, by), self.clock.now())
        except DBAPIError as error:
            raise refusal(error) from error

    def row(self, query: str) -> tuple[Any, ...]:
        """Return a query's one row as the driver reads it.

        For what is asked several times a second by everybody; past SQLAlchemy it takes 40 µs instead of 270.

        Raises:
            Unreachable: the database does not answer.
        """
        try:
            with closing(self.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
                cursor.execute(query)
                row: Any = cursor.fetchone()
                return tuple(row)
        except (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error) as error:
            raise Unreachable(reason=str(error)) from error

    def earliest(self, instants: Iterable[Any]) -> datetime | None:
        """Return the first of instants as the driver reads them, None where all are null or never."""
        found = map(INSTANT.result_processor(self.engine.dialect, None), instants)
        return min((at for at in found if at is not None and at != NEVER), default=None)

    def facts(self) -> dict[str, str]:
        """Return what the desk knows of itself, by the names of `services.facts.Fact`."""
        with self.look(SYSTEM) as look:
            return {row.name: row.value for row in look.connection.execute(FACTS)}

    def standard(self, connection: Connection, version: int | None = None) -> Standard:
        """Return the newest version of the management standard, or that under which a ticket was opened.

        A ticket keeps the policies that it was given; calendars are always the newest, for an office that
        closes earlier closes for every ticket (decision 14).
        """
        newest = NEWEST_STANDARD.scalar(connection)
        if newest is None:
            raise Unreachable(reason=N_("it has no standard; make the desk anew with: deskterm init"))
        if version is None or version == newest:
            return self._loaded(connection, newest)
        if (version, newest) not in self._mixed:
            own, new = self._loaded(connection, version), self._loaded(connection, newest)
            self._mixed[version, newest] = replace(own, calendars={**own.calendars, **new.calendars})
        return self._mixed[version, newest]

    def _loaded(self, connection: Connection, version: int) -> Standard:
        if version not in self._standards:
            from deskterm.standard.load import load

            text = connection.execute(
                select(col(StandardVersion.text)).where(col(StandardVersion.id) == version)
            ).scalar_one()
            self._standards[version] = load(text, version)
        return self._standards[version]


@cache
def _settle() -> None:
    """Load all tables, and leave the garbage collector no more to do than needs be."""
    know_all()
    rubbish.settle()


def actor_of(connection: Connection, login: str) -> Actor:
    """Return who a login is, asked anew at every act, so that a lost role is lost at once.

    Raises:
        NotAllowed: no active agent has this login.
    """
    if login == SYSTEM:
        return Actor(SYSTEM, frozenset({Role.SYSTEM}))
    if login.startswith(CALLER):
        return Actor(login, frozenset({Role.CALLER}), person_id=int(login.removeprefix(CALLER) or 0))
    found = ACTING.rows(connection, login=login)
    if not found:
        raise NotAllowed("{login} may not act on this desk.", login=login)
    roles, _ = found[0]
    teams = (team for _, team in found if team is not None)
    return Actor(login, frozenset(map(Role, roles.split())), frozenset(teams))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the desk: a connection, who looks, and when."""

    desk: Desk
    connection: Connection
    actor: Actor
    now: datetime


class Transaction:
    """One act of one person: records taken, changes recorded, all written together at the end."""

    def __init__(
        self, desk: Desk, connection: Connection, session: Session, by: str, batch: str | None
    ) -> None:
        self.desk = desk
        self.connection = connection
        self.session = session
        self.by = by
        self.batch = batch
        self.now = desk.clock.now()
        self.actor = actor_of(connection, by)
        self._events: list[chain.NewEvent] = []
        self._standards: dict[int, Standard] = {}

    @cached_property
    def standard(self) -> Standard:
        """The newest version of the management standard when the transaction first asked."""
        return self.desk.standard(self.connection)

    def standard_under(self, version: int) -> Standard:
        """Return the standard under which a ticket was opened, asking the database once."""
        if version not in self._standards:
            self._standards[version] = self.desk.standard(self.connection, version)
        return self._standards[version]

    def take(self, number: str, *, seen: int | None = None) -> Ticket:
        """Lock and return a ticket that the actor may see.

        Args:
            number: what people say: `INC-42`, `req-42`, `42`.
            seen: the version that the actor looked at; None where it does not matter.

        Raises:
            NotFound: there is none, or none that the actor may see.
            Conflict: it has changed since.
        """
        return self.lock(Ticket, key_of(number), number, seen=seen)

    def lock(self, kept_in: type[K], key: int, number: str, *, seen: int | None = None) -> K:
        """Lock and return a record of any kind that the actor may see; `take` for other records than tickets.

        Args:
            kept_in: its table, which has `id`, `version` and `team`.
            key: its integer.
            number: what people say, for the refusal.
            seen: the version that the actor looked at; None where it does not matter.

        Raises:
            NotFound: there is none, or none that the actor may see.
            Conflict: it has changed since.
        """
        statement = _locking(kept_in, scope_of(self.actor))
        taken: K | None = self.session.exec(statement, params={"key": key}).first()
        if taken is None:
            raise NotFound(what=number)
        if seen is not None and taken.version != seen:
            raise Conflict(number=number)
        return taken

    def record(
        self,
        subject_type: str,
        subject_id: int,
        kind: str,
        *,
        changes: dict[str, tuple[Any, Any]] | None = None,
        at: datetime | None = None,
        once: str | None = None,
        **details: Any,
    ) -> Entry:
        """Put an event in the ledger; it is written when the transaction commits.

        Returns:
            The event as an entry, with an id after all that are written.
        """
        event = chain.NewEvent(
            subject_type, subject_id, kind, at or self.now, self.by, changes or {}, details, self.batch, once
        )
        self._events.append(event)
        return Entry(PENDING + len(self._events), event.at, kind, self.by, event.changes, details)

    def pending(self, subject_type: str, subject_id: int) -> list[Entry]:
        """Return the entries of a record that this transaction will write."""
        return [
            Entry(PENDING + place, event.at, event.kind, event.by, event.changes, event.details)
            for place, event in enumerate(self._events, 1)
            if (event.subject_type, event.subject_id) == (subject_type, subject_id)
        ]

    @property
    def touched(self) -> frozenset[int]:
        """The integers of the tickets on which this transaction will write an event."""
        return frozenset(event.subject_id for event in self._events if event.subject_type == "ticket")

    def bind(self) -> None:
        """Give the events of one act a batch of their own if they are several, so that undo finds all."""
        if self.batch is None and len(self._events) > 1:
            batch = secrets.token_hex(8)
            self._events = [event._replace(batch=batch) for event in self._events]

    def write(self) -> None:
        """Write everything; the ledger last, so that its lock is held for as short as can be."""
        self.session.flush()
        chain.append(self.connection, self._events, self.now)


@lru_cache(maxsize=256)
def _locking(kept_in: type[K], scope: Actor) -> SelectOfScalar[K]:
    """Return the statement that locks one record of a kind, if it may be seen."""
    return (
        choose(kept_in).where(col(kept_in.id) == bindparam("key"), visible(scope, kept_in)).with_for_update()
    )


class Action(Generic[P, R]):
    """Something a person can do: a name in the permission matrix, and the work of one transaction."""

    def __init__(self, name: str, work: Callable[Concatenate[Transaction, P], R]) -> None:
        self.name = name
        self.work = work
        """The same inside a transaction that is already open, for acts made of acts."""
        self.__doc__ = work.__doc__
        self.__name__ = work.__name__
        self.__module__ = work.__module__

    def __call__(self, desk: Desk, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it, as one transaction, if the actor's roles cover it.

        Raises:
            NotAllowed: they don't.
        """
        return self.together(desk, None, *args, **kwargs)

    def together(self, desk: Desk, batch: str | None, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it as one of many that share a batch, so that all can be taken back at once."""
        return self._done(desk, batch, *args, **kwargs)[0]

    def touch(self, desk: Desk, batch: str, *args: P.args, **kwargs: P.kwargs) -> frozenset[int]:
        """Do it as `together` does, and return the tickets that have an event more; none if all was so."""
        return self._done(desk, batch, *args, **kwargs)[1]

    def _done(
        self, desk: Desk, batch: str | None, *args: P.args, **kwargs: P.kwargs
    ) -> tuple[R, frozenset[int]]:
        by = str(kwargs["by"])

        def work(tx: Transaction) -> tuple[R, frozenset[int]]:
            try:
                permit(tx.actor, self.name)
            except NotAllowed:
                log.warning("refused %s to %s", self.name, by, extra={"told": True})
                raise
            result = self.work(tx, *args, **kwargs)
            tx.bind()
            return result, tx.touched

        return desk.transact(by, work, batch=batch)


ACTIONS: dict[str, Action[Any, Any]] = {}
"""Every action by name; the rows of the permission matrix."""


def action(
    name: str,
) -> Callable[[Callable[Concatenate[Transaction, P], R]], Action[P, R]]:
    """Make a function over a transaction an action that people take.

    The function takes `by` as a keyword; whoever calls the action gives a desk where it takes a transaction.
    """

    def register(work: Callable[Concatenate[Transaction, P], R]) -> Action[P, R]:
        made = Action(name, work)
        ACTIONS[name] = made
        return made

    return register
