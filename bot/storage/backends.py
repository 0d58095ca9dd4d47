"""From the URLs of the settings to the backends that they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.storage.protocols import Journal, State, StorageError
from bot.storage.sqlite import Database, SqliteJournal, SqliteState


@dataclass(frozen=True)
class Storage:
    """Where this bot keeps its state and its journal."""

    state: State
    journal: Journal


def storage(state_url: str, journal_url: str, folder: Path) -> Storage:
    """Choose the backends that two URLs name; nothing is opened yet.

    Args:
        state_url, journal_url: `sqlite:FILE`; both may name the same file.
        folder: where the path of a relative file begins.

    Raises:
        StorageError: a URL of another scheme, or one without a file.

    """
    database = cache(Database)  # state and journal in one file share its connection
    return Storage(
        SqliteState(database(_file("state_url", state_url, folder))),
        SqliteJournal(database(_file("journal_url", journal_url, folder))),
    )


def _file(setting: str, url: str, folder: Path) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        scheme = f"the URL scheme {parts.scheme} is unknown" if parts.scheme else "the URL has no scheme"
        raise StorageError(f"{setting}: {scheme}; known: sqlite, as in sqlite:yibao.db")
    if parts.netloc or not parts.path:
        raise StorageError(
            f"{setting}: write sqlite:FILE, or sqlite:///FOLDER/FILE from the root of the file system"
        )
    return (folder / unquote(parts.path)).absolute()
