"""The tables of a file, and how a file of an earlier version gets them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.storage.protocols import StorageError

MIGRATIONS = (
    """
    CREATE TABLE kept (
        kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL NOT NULL,
        PRIMARY KEY (kind, key)
    );
    CREATE INDEX kept_expires ON kept (expires);
    CREATE TABLE turn (
        id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, channel TEXT NOT NULL, user TEXT NOT NULL,
        region TEXT, topic TEXT, kind TEXT NOT NULL, asked TEXT NOT NULL, answered TEXT NOT NULL
    );
    CREATE INDEX turn_at ON turn (at);
    CREATE INDEX turn_user_at ON turn (user, at);
    """,
    """
    ALTER TABLE kept ADD COLUMN token INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE place (
        at INTEGER PRIMARY KEY AUTOINCREMENT,
        user TEXT NOT NULL, process TEXT NOT NULL, number INTEGER NOT NULL,
        UNIQUE (user, process, number)
    );
    CREATE TABLE process (id TEXT PRIMARY KEY, until REAL NOT NULL);
    CREATE TABLE lock (
        token INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL UNIQUE,
        process TEXT NOT NULL, number INTEGER NOT NULL, until REAL NOT NULL
    );
    CREATE TABLE lease (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL);
    """,
    """
    CREATE TABLE feedback (
        turn TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (turn, user)
    );
    CREATE INDEX feedback_at ON feedback (at);
    CREATE INDEX feedback_user_at ON feedback (user, at);
    """,
    """
    CREATE TABLE tally (
        region TEXT NOT NULL, day TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
        count INTEGER NOT NULL, PRIMARY KEY (region, day, name, kind)
    ) WITHOUT ROWID;
    INSERT INTO tally
        SELECT '*', date(at, '+8 hours'), coalesce(region, ''), kind, count(*) FROM turn GROUP BY 2, 3, 4;
    INSERT INTO tally
        SELECT '', date(at, '+8 hours'), coalesce(topic, ''), kind, count(*) FROM turn GROUP BY 2, 3, 4;
    INSERT INTO tally
        SELECT region, date(at, '+8 hours'), coalesce(topic, ''), kind, count(*) FROM turn
        WHERE region <> '' GROUP BY 1, 2, 3, 4;
    CREATE INDEX turn_unknown_at ON turn (at) WHERE topic IS NULL AND kind IN ('decline', 'clarify');
    CREATE INDEX turn_left_out_at ON turn (at) WHERE topic IS NOT NULL AND kind = 'decline';
    """,
)
"""The schema, one script a version; the file's user_version counts those that it has had."""

_BUSY_SECONDS = 5


def connect(path: Path) -> sqlite3.Connection:
    """Open a file, made and brought up to date where needed.

    Raises:
        StorageError: the file cannot be opened, is no database, or was made by a newer version.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"the database {path} cannot be opened: {error}") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _migrate(path, connection)
    except sqlite3.Error as error:
        connection.close()
        raise explained(path, error) from error
    except StorageError:
        connection.close()
        raise
    return connection


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")  # two processes may open a new file at the same moment
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        connection.execute("ROLLBACK")
        raise StorageError(
            f"the database {path} has schema {version}, newer than this yibao's {len(MIGRATIONS)}: "
            "install the newer yibao"
        )
    for script in MIGRATIONS[version:]:
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def explained(path: Path, error: sqlite3.Error) -> StorageError:
    """Say which file an error is of."""
    return StorageError(f"the database {path}: {error}")
