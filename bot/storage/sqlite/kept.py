"""The table of values that end: sessions, answers, held parts of answers, limits; each kind by its keys."""

from __future__ import annotations

READ = "SELECT value FROM kept WHERE kind = ? AND key = ? AND expires > ?"
KEEP = "INSERT OR REPLACE INTO kept (kind, key, value, expires) VALUES (?, ?, ?, ?)"
DROP = "DELETE FROM kept WHERE kind = ? AND key = ?"
