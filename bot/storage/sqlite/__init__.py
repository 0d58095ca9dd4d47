"""State and journal in one SQLite file: what the bot uses where nothing else is configured."""

from bot.storage.sqlite.database import Database
from bot.storage.sqlite.journal import SqliteJournal
from bot.storage.sqlite.state import SqliteState

__all__ = ["Database", "SqliteJournal", "SqliteState"]
