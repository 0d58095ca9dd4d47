"""From the URLs of the settings to the backends that they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

from bot.storage.patient import PatientJournal
from bot.storage.protocols import Journal, State, StorageError
from bot.storage.sqlite import Database, SqliteJournal, SqliteState
from bot.storage.sturdy import SturdyState

SPOOL_FOLDER = "spool"
"""Where, in the data folder, turns wait for a journal that is away."""

_REDIS = ("redis", "rediss")
_POSTGRES = ("postgresql", "postgres")


@dataclass(frozen=True)
class Storage:
    """Where this bot keeps its state and its journal."""

    state: State
    journal: Journal


def storage(state_url: str, journal_url: str, folder: Path) -> Storage:
    """Choose the backends that two URLs name, both such that they bear an outage; nothing is opened yet.

    Args:
        state_url: `sqlite:FILE`, `redis://…` or `rediss://…`.
        journal_url: `sqlite:FILE` or `postgresql://…`; both may name the same file.
        folder: where the path of a relative file begins, and where the spool stands.

    Raises:
        StorageError: a URL of another scheme or without what it needs, or a backend that is not installed.

    """
    database = cache(Database)  # state and journal in one file share its connection
    state: State
    journal: Journal
    if _scheme("state_url", state_url, _REDIS) in _REDIS:
        state = _module("state_url", "redis").RedisState(state_url)
    else:
        state = SqliteState(database(_file("state_url", state_url, folder)))
    if _scheme("journal_url", journal_url, _POSTGRES) in _POSTGRES:
        journal = _module("journal_url", "postgres").PostgresJournal(journal_url)
    else:
        journal = SqliteJournal(database(_file("journal_url", journal_url, folder)))
    return Storage(SturdyState(state), PatientJournal(journal, folder.absolute() / SPOOL_FOLDER))


def _scheme(setting: str, url: str, others: tuple[str, ...]) -> str:
    scheme = urlsplit(url).scheme
    if scheme in ("sqlite", *others):
        return scheme
    wrong = f"the URL scheme {scheme} is unknown" if scheme else "the URL has no scheme"
    raise StorageError(f"{setting}: {wrong}; known: sqlite, as in sqlite:yibao.db, and {', '.join(others)}")


def _module(setting: str, name: str) -> ModuleType:
    """Import a backend that is an extra."""
    try:
        return import_module(f"bot.storage.{name}")
    except ModuleNotFoundError as error:
        raise StorageError(
            f"{setting}: the package {error.name} is not installed: pip install 'yibao-bot[{name}]'"
        ) from error


def _file(setting: str, url: str, folder: Path) -> Path:
    parts = urlsplit(url)
    if parts.netloc or not parts.path:
        raise StorageError(
            f"{setting}: write sqlite:FILE, or sqlite:///FOLDER/FILE from the root of the file system"
        )
    return (folder / unquote(parts.path)).absolute()
