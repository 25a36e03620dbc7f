"""The store of a sweep: one SQLite file, in which every result is whole or absent.

SQLite is in the standard library, its file format is documented and kept readable by its makers,
and a transaction is either in the file or not, whenever the process is killed. Two tables:
``sweep`` says what was run, ``points`` has a row for each point that is done or failed, its result
as the bytes of an NPZ file. ``sqlite3 FILE .schema`` and NumPy are enough to read it.

The process that called ``sweep`` alone writes. It keeps the write lock from the first moment to
the last, so that no second run can do the same work, while readers may look at any time. The
journal is a rollback journal, which needs no memory shared between machines, as the faster
write-ahead log does. On a network file system SQLite is as sound as its file locks are: where NFS
runs without them, keep the store on a local disk.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from os import PathLike, fspath
from pathlib import Path

from .differences import Identity, check_identity
from .grid import Grid
from .point import Outcome

APPLICATION = 0x6C64_7377  # "ldsw", in the place of the file where SQLite keeps such a mark
FORMAT = 1
_PATIENCE = 600_000  # milliseconds that a commit waits for readers
_YIELD = 0.1  # seconds in which a run that was between two commits takes its lock back
_SCHEMA = """
CREATE TABLE sweep (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE points (
    key TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    result BLOB,
    error TEXT,
    traceback TEXT,
    seconds REAL NOT NULL,
    CHECK ((status = 'done') = (result IS NOT NULL))
);
"""
# A result is never written over; a failure is, by the next try.
_INSERT = """
INSERT INTO points (key, status, result, error, traceback, seconds) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET status = excluded.status, result = excluded.result,
    error = excluded.error, traceback = excluded.traceback, seconds = excluded.seconds
WHERE points.status = 'failed'
"""


class StoreError(RuntimeError):
    """A file is no store of a sweep, or another run is writing to it."""


class Store:
    """A store that is open for writing, and locked against any other writer.

    Parameters
    ----------
    path : path or None
        The file, made if it does not exist; None keeps everything in memory.
    asked : Identity
        The sweep that is to be run.
    extend : bool
        Whether the grid may hold more values than the stored one.

    Raises
    ------
    SweepMismatch
        If the file holds another sweep.
    StoreError
        If it is no store, or another run is writing to it.
    """

    def __init__(self, path: str | PathLike[str] | None, asked: Identity, *, extend: bool) -> None:
        self.name = "memory" if path is None else fspath(path)
        if path is not None and not Path(path).absolute().parent.is_dir():
            raise StoreError(f"sweep: the folder of {self.name} does not exist. Make it first")
        self._database = sqlite3.connect(":memory:" if path is None else path, isolation_level=None)
        try:
            self._database.execute("PRAGMA synchronous = FULL")  # a commit outlives a power failure
            self._lock()
            stored = _identity(self._database, self.name)
            if stored is not None:
                check_identity(self.name, stored, asked, extend=extend)
            self._enter(asked, new=stored is None)
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise StoreError(f"sweep: {self.name} is no store of a sweep ({error})") from error
        except BaseException:
            self._database.close()
            raise

    def _lock(self) -> None:
        """Take the write lock, and make sure that no run was between two commits of its own."""
        self._database.execute("PRAGMA busy_timeout = 0")
        try:
            self._database.execute("BEGIN IMMEDIATE")
            if self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._database.execute("ROLLBACK")
                time.sleep(_YIELD)
                self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise StoreError(
                f"sweep: another run is writing to {self.name}. Wait for it, or stop it: what it has "
                "finished is kept"
            ) from None

    def _enter(self, identity: Identity, *, new: bool) -> None:
        if new:
            for statement in _SCHEMA.split(";"):
                self._database.execute(statement)
            self._database.execute(f"PRAGMA application_id = {APPLICATION}")
            self._database.execute(f"PRAGMA user_version = {FORMAT}")
        rows = {
            "function": identity.function,
            "code": identity.code,
            "axes": identity.grid.axes,
            "seeds": identity.grid.seeds,
        }
        self._database.executemany(
            "INSERT OR REPLACE INTO sweep VALUES (?, ?)",
            [(name, json.dumps(value)) for name, value in rows.items()],
        )
        self._database.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        self._commit()

    def _commit(self) -> None:
        self._database.execute("COMMIT")
        self._database.execute("BEGIN IMMEDIATE")

    def keys(self) -> dict[str, str]:
        """Return the keys of all stored points, with what became of them."""
        return dict(self._database.execute("SELECT key, status FROM points"))

    def count(self) -> int:
        """Return how many points are stored, done or failed."""
        return int(self._database.execute("SELECT count(*) FROM points").fetchone()[0])

    def write(self, outcomes: Iterable[Outcome]) -> None:
        """Add points; when this returns, they are on the disk.

        Raises
        ------
        StoreError
            If one of them has a result already.
        """
        if not self._database.in_transaction:  # Ctrl-C came between the two halves of a commit
            self._database.execute("BEGIN IMMEDIATE")
        for outcome in outcomes:
            status = "failed" if outcome.result is None else "done"
            row = (
                outcome.key,
                status,
                outcome.result,
                outcome.error,
                outcome.traceback,
                outcome.seconds,
            )
            if self._database.execute(_INSERT, row).rowcount != 1:
                raise StoreError(f"sweep: {self.name} already holds a result of the point {outcome.key}")
        self._commit()

    def read(self) -> tuple[Identity, Iterator[Outcome]]:
        """Return what is stored, as ``read_store`` does."""
        return _read(self._database, self.name)

    def close(self) -> None:
        """Leave the file to others."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
        self._database.close()


def read_store(path: str | PathLike[str]) -> tuple[Identity, list[Outcome]]:
    """Read a store, also while a run is writing to it.

    Raises
    ------
    StoreError
        If there is no such file, or it is no store of a sweep.
    """
    name = fspath(path)
    if not Path(path).is_file():
        raise StoreError(f"sweep: there is no store {name}. Run sweep(..., store={name!r}) first")
    # Writable, since what a killed run left half-written must be rolled back first.
    database = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True, timeout=60)
    try:
        identity, outcomes = _read(database, name)
        return identity, list(outcomes)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"sweep: {name} is no store of a sweep ({error})") from error
    finally:
        database.close()


def _read(database: sqlite3.Connection, name: str) -> tuple[Identity, Iterator[Outcome]]:
    identity = _identity(database, name)
    if identity is None:
        raise StoreError(f"sweep: {name} is empty. Run the sweep first")
    rows = database.execute("SELECT key, result, error, traceback, seconds FROM points ORDER BY rowid")
    return identity, (Outcome(*row) for row in rows)


def _identity(database: sqlite3.Connection, name: str) -> Identity | None:
    """Return what a file belongs to; None if it is new."""
    mark = database.execute("PRAGMA application_id").fetchone()[0]
    if mark == 0 and not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return None
    kind = database.execute("PRAGMA user_version").fetchone()[0]
    if mark != APPLICATION or kind != FORMAT:
        raise StoreError(
            f"sweep: {name} is no store of a sweep in format {FORMAT}. Name another file; this one is untouched"
        )
    held = {key: json.loads(value) for key, value in database.execute("SELECT name, value FROM sweep")}
    axes = {axis: tuple(values) for axis, values in held["axes"].items()}
    return Identity(held["function"], held["code"], Grid(axes, tuple(held["seeds"])))
